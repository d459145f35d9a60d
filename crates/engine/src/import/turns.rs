//! Whose turn it is while there is more to do than the machine can do at once: reading before
//! embedding, and what a person looks at before all else.

use super::pipeline::lock;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use yinju_core::DocumentId;

/// Without a page for so long, a file that is read alone leaves a core idle: it is being recognised,
/// or comes over a network.
const QUIET: Duration = Duration::from_millis(300);
/// The same where every reader has a file.
const QUIET_WITH_ALL: Duration = Duration::from_secs(3);
/// Documents remembered as looked at.
const LOOKED_AT: usize = 64;

/// Who is reading.
pub(super) struct Readers {
    /// How many files can be read at once.
    slots: usize,
    state: Mutex<State>,
}

struct State {
    /// Files that are being read.
    busy: usize,
    /// When the last page came.
    page: Instant,
}

impl Readers {
    pub(super) fn new(slots: usize) -> Self {
        Self { slots, state: Mutex::new(State { busy: 0, page: Instant::now() }) }
    }

    /// A file is read as long as the value lives.
    pub(super) fn begin(&self) -> impl Drop + '_ {
        let mut state = lock(&self.state);
        state.busy += 1;
        state.page = Instant::now();
        drop(state);
        Reading(self)
    }

    /// A page was read.
    pub(super) fn page_came(&self) {
        lock(&self.state).page = Instant::now();
    }

    /// Whether others may compute without holding reading up.
    pub(super) fn leave_room(&self) -> bool {
        let state = lock(&self.state);
        let quiet = if state.busy < self.slots { QUIET } else { QUIET_WITH_ALL };
        state.busy == 0 || state.page.elapsed() >= quiet
    }
}

struct Reading<'a>(&'a Readers);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).busy -= 1;
    }
}

/// Documents that a person looked at, the last first.
#[derive(Default)]
pub(crate) struct LookedAt(Mutex<VecDeque<DocumentId>>);

impl LookedAt {
    /// These come first from now on, the first of them before all.
    pub(crate) fn look(&self, documents: &[DocumentId]) {
        let mut known = lock(&self.0);
        known.retain(|id| !documents.contains(id));
        for id in documents.iter().take(LOOKED_AT).rev() {
            known.push_front(*id);
        }
        known.truncate(LOOKED_AT);
    }

    /// When it is a document's turn, the least first; none for one that nobody looked at.
    pub(super) fn turn_of(&self, document: DocumentId) -> Option<usize> {
        lock(&self.0).iter().position(|id| *id == document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_last_comes_first() {
        let looked_at = LookedAt::default();
        looked_at.look(&[DocumentId(1), DocumentId(2)]);
        looked_at.look(&[DocumentId(2), DocumentId(3)]);
        let turns = [1, 2, 3, 4].map(|id| looked_at.turn_of(DocumentId(id)));
        assert_eq!(turns, [Some(2), Some(0), Some(1), None]);
    }

    #[test]
    fn nothing_waits_for_readers_that_rest() {
        let readers = Readers::new(2);
        assert!(readers.leave_room());
        let reading = readers.begin();
        assert!(!readers.leave_room());
        drop(reading);
        assert!(readers.leave_room());
    }
}
