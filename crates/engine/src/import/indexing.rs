//! The stages that make passages searchable, those of a document that is still being read too: first by
//! their words, then by their meaning.

use super::ahead::{Ahead, Next, Portion};
use super::ending::End;
use super::pipeline::Pipeline;
use super::work::DocumentWork;
use crate::Result;
use crate::reconcile::{put_in, put_vectors_in};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use yinju_core::{DocumentStatus, PassageIndex, Problem, Stage};

/// Passages handed to the index at once.
const PASSAGES_AT_ONCE: u32 = 256;
/// How long passages wait for a commit, which makes them searchable: a commit takes a tenth of a
/// second and more, and leaves a segment that has to be merged (`docs/performance.md`).
const COMMIT_EVERY: Duration = Duration::from_secs(2);
/// How long the words of a whole document do.
const COMMIT_WORDS: Duration = Duration::from_millis(250);
/// Part of the time that goes into commits at most.
const COMMITTING: u32 = 4;

/// What the next commit makes searchable.
#[derive(Default)]
struct Open {
    /// When the first of it was handed to the index.
    since: Option<Instant>,
    /// Documents of which it holds something, once each.
    touched: Vec<Arc<DocumentWork>>,
    /// Those of which it holds the last, with how many passages they have.
    done: Vec<(Arc<DocumentWork>, u32)>,
}

impl Open {
    /// How long it may wait; without an end where there is nothing to commit.
    fn patience(&self, stage: Stage, last_took: Duration) -> Option<Duration> {
        let has_whole_words = stage == Stage::Words && !self.done.is_empty();
        let longest = if has_whole_words { COMMIT_WORDS } else { COMMIT_EVERY };
        let longest = longest.max(COMMITTING * last_took);
        self.since.map(|since| longest.saturating_sub(since.elapsed()))
    }

    fn add(&mut self, portion: &Portion) {
        self.since.get_or_insert_with(Instant::now);
        if !self.touched.iter().any(|work| work.id == portion.work.id) {
            self.touched.push(Arc::clone(&portion.work));
        }
        if portion.is_last {
            self.done.push((Arc::clone(&portion.work), portion.ordinals.end));
        }
    }
}

impl Pipeline<'_> {
    /// Has what was read found by its words, and hands it on to be embedded.
    pub(super) fn index_words(&self) {
        let (_feeding, _draining) = (self.worded.feed(), self.read.drain());
        self.index_all(&self.read, Stage::Words, |portion| {
            self.put_words_in(portion)?;
            self.worded.advance(&portion.work, portion.ordinals.end, portion.is_last);
            Ok(())
        });
    }

    /// Has what was embedded found by its meaning.
    pub(super) fn index_vectors(&self) {
        let _draining = self.embedded.drain();
        self.index_all(&self.embedded, Stage::Index, |portion| self.put_vectors_in(portion));
    }

    fn index_all(&self, from: &Ahead, stage: Stage, put: impl Fn(&Portion) -> Result<()>) {
        let mut open = Open::default();
        let mut last_took = Duration::ZERO;
        loop {
            match from.next(PASSAGES_AT_ONCE, open.patience(stage, last_took)) {
                Next::Portion(portion) => {
                    let start = Instant::now();
                    self.engine().0.last_use.is_now();
                    match put(&portion) {
                        Ok(()) => open.add(&portion),
                        Err(problem) => self.fail(&portion.work, problem),
                    }
                    self.tally().spent(Stage::Index, start);
                }
                Next::Nothing => {}
                Next::Over => {
                    self.commit(&mut open, stage);
                    return;
                }
            }
            if open.patience(stage, last_took) == Some(Duration::ZERO) {
                last_took = self.commit(&mut open, stage);
            }
        }
    }

    /// Hands words to the index that it does not have. If some are gone that it may have, it gets the
    /// whole document anew at the end, with the vectors that are known.
    fn put_words_in(&self, Portion { work, ordinals, is_last }: &Portion) -> Result<()> {
        let _indexing = self.engine().0.imports.between_documents();
        if work.is_over() || (work.is_stale() && !is_last) {
            return Ok(());
        }
        let side = self.side();
        let ids = if work.is_stale() {
            side.index.remove_documents(&[work.id])?;
            self.store().ids_at(work.id, 0..ordinals.end)?
        } else {
            let mut ids = self.store().ids_at(work.id, ordinals.clone())?;
            let posted: HashSet<_> = side.index.posted(&ids)?.into_iter().collect();
            ids.retain(|id| !posted.contains(id));
            ids
        };
        put_in(self.store(), &*side.index, &side.spec.id, work.id, &ids)
    }

    fn put_vectors_in(&self, Portion { work, ordinals, is_last }: &Portion) -> Result<()> {
        let _indexing = self.engine().0.imports.between_documents();
        if work.is_over() || (work.is_stale() && !is_last) {
            return Ok(());
        }
        let side = self.side();
        // What the index had before the document was put in anew is gone from it.
        let first = if work.is_stale() { 0 } else { ordinals.start };
        let ids = self.store().ids_at(work.id, first..ordinals.end)?;
        put_vectors_in(self.store(), &*side.index, &side.spec.id, work.id, &ids)?;
        if let Some(total) = work.passages() {
            self.step(work, Stage::Index, ordinals.end, total);
        }
        Ok(())
    }

    /// Makes what was handed over searchable. How long it took.
    fn commit(&self, open: &mut Open, stage: Stage) -> Duration {
        let Open { since: Some(_), touched, done } = std::mem::take(open) else {
            return Duration::ZERO;
        };
        let start = Instant::now();
        let committed = {
            let _indexing = self.engine().0.imports.between_documents();
            self.side().index.commit()
        };
        self.tally().spent(Stage::Index, start);
        if let Err(problem) = committed {
            for work in touched {
                self.fail(&work, problem.clone());
            }
            return start.elapsed();
        }
        for (work, passages) in done {
            if stage == Stage::Words {
                self.words_are_found(&work, passages);
                continue;
            }
            match self.make_ready(&work) {
                Ok(()) => {
                    self.tally().passages(passages);
                    self.finish(&work, End::well(Stage::Done));
                }
                Err(problem) => self.fail(&work, problem),
            }
        }
        start.elapsed()
    }

    fn words_are_found(&self, work: &DocumentWork, passages: u32) {
        if !work.is_over() {
            self.tally().words();
            self.step(work, Stage::Words, passages, passages);
        }
    }

    fn make_ready(&self, work: &DocumentWork) -> Result<()> {
        if work.is_over() {
            return Err(Problem::cancelled());
        }
        let unread = self.store().document(work.id)?.coverage.unread();
        self.tally().unread(unread);
        Ok(self.store().set_status(work.id, DocumentStatus::Ready, None)?)
    }

    /// A document that will not be searched must not be in the index.
    pub(super) fn take_out_of_index(&self, work: &DocumentWork) {
        let was_there = self.store().passage_ids(work.id).is_ok_and(|ids| !ids.is_empty());
        if let Some(problem) = was_there.then(|| self.empty_index_of(work)).and_then(Result::err) {
            self.stop(problem);
        }
    }

    /// Takes everything of a document out of the index.
    pub(super) fn empty_index_of(&self, work: &DocumentWork) -> Result<()> {
        let _indexing = self.engine().0.imports.between_documents();
        self.side().index.remove_documents(&[work.id])?;
        self.side().index.commit()
    }
}
