//! How far one stage of an import is ahead of the next. Passages wait in the store, however many
//! they are; what waits here is a pair of numbers for every document.

use super::work::DocumentWork;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How soon it is asked again whose turn it is, where it was nobody's.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Documents and how many of their passages are ready for the next stage; first come, first
/// served.
#[derive(Default)]
pub(super) struct Ahead {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// No more will come.
    is_closed: bool,
    /// Nobody takes any more.
    is_abandoned: bool,
}

struct Waiting {
    work: Arc<DocumentWork>,
    /// Ordinals that are ready and were not taken.
    ordinals: Range<u32>,
    /// Whether no more of it will come.
    is_whole: bool,
}

impl Waiting {
    fn has_news(&self) -> bool {
        !self.ordinals.is_empty() || self.is_whole
    }
}

/// What a stage works on next.
pub(super) struct Portion {
    pub(super) work: Arc<DocumentWork>,
    /// Which of its passages; none where only its end is news.
    pub(super) ordinals: Range<u32>,
    /// Whether these are its last.
    pub(super) is_last: bool,
}

/// What there is to take.
pub(super) enum Next {
    Portion(Portion),
    /// Nothing came in the time that was given.
    Nothing,
    /// Nothing will come.
    Over,
}

impl Ahead {
    /// A document has so many passages that are ready. `is_whole`: it will not have more.
    pub(super) fn advance(&self, work: &Arc<DocumentWork>, passages: u32, is_whole: bool) {
        let mut state = self.state();
        let known = state.waiting.iter_mut().find(|waiting| waiting.work.id == work.id);
        if let Some(waiting) = known {
            waiting.ordinals.end = passages;
            waiting.is_whole = is_whole;
        } else {
            let work = Arc::clone(work);
            state.waiting.push_back(Waiting { work, ordinals: 0..passages, is_whole });
        }
        self.changed.notify_all();
    }

    /// A document is over and goes no further.
    pub(super) fn forget(&self, work: &DocumentWork) {
        self.state().waiting.retain(|waiting| waiting.work.id != work.id);
        self.changed.notify_all();
    }

    /// At most so many passages of the first document that has any; waits no longer than it is
    /// given, or without an end.
    pub(super) fn next(&self, most: u32, patience: Option<Duration>) -> Next {
        self.next_by(most, patience, |_| Some(0))
    }

    /// The same of the document that comes first by `turn`, the least first; those without one wait.
    pub(super) fn next_by(
        &self,
        most: u32,
        patience: Option<Duration>,
        turn: impl Fn(&DocumentWork) -> Option<usize>,
    ) -> Next {
        let until = patience.map(|patience| Instant::now() + patience);
        let mut state = self.state();
        loop {
            let news = state.waiting.iter().enumerate().filter(|(_, waiting)| waiting.has_news());
            let turns = news.map(|(at, waiting)| (at, turn(&waiting.work)));
            let turns: Vec<_> = turns.collect();
            let first = turns.iter().filter_map(|(at, turn)| Some((turn.as_ref()?, *at))).min();
            if let Some((_, at)) = first {
                self.changed.notify_all();
                return Next::Portion(state.take(at, most));
            }
            if state.is_closed && turns.is_empty() {
                return Next::Over;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            // Whose turn it is changes without anything coming.
            let left = if turns.is_empty() { left } else { Some(LOOK_AGAIN) };
            state = match left {
                Some(Duration::ZERO) => return Next::Nothing,
                Some(left) => {
                    let waited = self.changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Waits until fewer than so many documents do.
    pub(super) fn wait_for_room(&self, most: usize) {
        let mut state = self.state();
        while state.waiting.len() >= most && !state.is_abandoned {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No more will come once the value is dropped, however that happens.
    pub(super) fn feed(&self) -> impl Drop + '_ {
        Closing(self)
    }

    /// Nobody will take any more once the value is dropped.
    pub(super) fn drain(&self) -> impl Drop + '_ {
        Abandoning(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, at: usize, most: u32) -> Portion {
        let waiting = &mut self.waiting[at];
        let start = waiting.ordinals.start;
        let end = waiting.ordinals.end.min(start.saturating_add(most)).max(start);
        waiting.ordinals.start = end;
        let is_last = waiting.is_whole && waiting.ordinals.is_empty();
        let work = Arc::clone(&waiting.work);
        if is_last {
            self.waiting.remove(at);
        }
        Portion { work, ordinals: start..end, is_last }
    }
}

struct Closing<'a>(&'a Ahead);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_all();
    }
}

struct Abandoning<'a>(&'a Ahead);

impl Drop for Abandoning<'_> {
    fn drop(&mut self) {
        self.0.state().is_abandoned = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::super::work::FileWork;
    use super::*;
    use std::path::PathBuf;
    use yinju_core::{CancelToken, DocumentId, LibraryId};

    fn work(id: u64) -> Arc<DocumentWork> {
        let file = FileWork::new(LibraryId(1), PathBuf::from("x.pdf"), None);
        Arc::new(DocumentWork::new(DocumentId(id), file, CancelToken::new()))
    }

    /// Document, ordinals, and whether they are its last.
    fn taken(ahead: &Ahead, most: u32) -> Option<(u64, Range<u32>, bool)> {
        match ahead.next(most, Some(Duration::ZERO)) {
            Next::Portion(portion) => Some((portion.work.id.0, portion.ordinals, portion.is_last)),
            Next::Nothing | Next::Over => None,
        }
    }

    #[test]
    fn documents_are_taken_in_turn_and_in_portions() {
        let ahead = Ahead::default();
        let (first, second) = (work(1), work(2));
        ahead.advance(&first, 3, false);
        ahead.advance(&second, 1, true);
        assert_eq!(taken(&ahead, 2), Some((1, 0..2, false)));
        assert_eq!(taken(&ahead, 2), Some((1, 2..3, false)));
        assert_eq!(taken(&ahead, 2), Some((2, 0..1, true)));
        assert_eq!(taken(&ahead, 2), None);
        ahead.advance(&first, 3, true);
        assert_eq!(taken(&ahead, 2), Some((1, 3..3, true)));
    }

    #[test]
    fn it_is_over_when_nothing_is_left_and_nobody_feeds_it() {
        let ahead = Ahead::default();
        let first = work(1);
        {
            let _feeding = ahead.feed();
            ahead.advance(&first, 1, false);
        }
        assert!(taken(&ahead, 9).is_some());
        assert!(matches!(ahead.next(9, None), Next::Over));
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let ahead = Ahead::default();
        let first = work(1);
        ahead.advance(&first, 1, false);
        ahead.forget(&first);
        ahead.wait_for_room(1);
        assert_eq!(taken(&ahead, 1), None);
    }
}
