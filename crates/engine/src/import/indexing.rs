//! The stage that makes passages searchable, those of a document that is still being read too.

use super::ahead::{Next, Portion};
use super::ending::End;
use super::pipeline::Pipeline;
use super::work::DocumentWork;
use crate::Result;
use crate::reconcile::put_in;
use std::sync::Arc;
use std::time::{Duration, Instant};
use yinju_core::{DocumentStatus, PassageIndex, Problem, Stage};

/// Passages handed to the index at once.
const PASSAGES_AT_ONCE: u32 = 256;
/// How long passages wait for a commit, which makes them searchable: a commit takes a tenth of a
/// second and more, and leaves a segment that has to be merged (`docs/performance.md`).
const COMMIT_EVERY: Duration = Duration::from_secs(2);
/// Documents that are done and wait for one commit at most.
const DOCUMENTS_PER_COMMIT: usize = 32;

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
    /// How long it may wait.
    fn patience(&self) -> Option<Duration> {
        self.since.map(|since| COMMIT_EVERY.saturating_sub(since.elapsed()))
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
    pub(super) fn index_all(&self) {
        let _draining = self.embedded.drain();
        let mut open = Open::default();
        loop {
            match self.embedded.next(PASSAGES_AT_ONCE, open.patience()) {
                Next::Portion(portion) => match self.index(&portion) {
                    Ok(()) => open.add(&portion),
                    Err(problem) => self.fail(&portion.work, problem),
                },
                Next::Nothing => {}
                Next::Over => return self.commit(&mut open),
            }
            let is_idle = !open.done.is_empty() && !self.embedded.has_news();
            let is_due = open.patience() == Some(Duration::ZERO);
            if is_idle || is_due || open.done.len() >= DOCUMENTS_PER_COMMIT {
                self.commit(&mut open);
            }
        }
    }

    /// Hands passages to the index. If some are gone that it may have, it gets the whole document
    /// anew at the end.
    fn index(&self, portion: &Portion) -> Result<()> {
        let start = Instant::now();
        self.engine().0.last_use.is_now();
        let Portion { work, ordinals, is_last } = portion;
        let _indexing = self.engine().0.imports.between_documents();
        if work.is_over() || (work.is_stale() && !is_last) {
            return Ok(());
        }
        let mut ordinals = ordinals.clone();
        if work.is_stale() {
            self.side().index.remove_documents(&[work.id])?;
            ordinals.start = 0;
        }
        let ids = self.store().ids_at(work.id, ordinals.clone())?;
        let side = self.side();
        put_in(self.store(), &*side.index, &side.spec.id, work.id, &ids)?;
        self.tally().spent(Stage::Index, start);
        if let Some(total) = work.passages() {
            self.step(work, Stage::Index, ordinals.end, total);
        }
        Ok(())
    }

    /// Makes what was handed over searchable.
    fn commit(&self, open: &mut Open) {
        let Open { since: Some(_), touched, done } = std::mem::take(open) else { return };
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
            return;
        }
        for (work, passages) in done {
            match self.make_ready(&work) {
                Ok(()) => {
                    self.tally().passages(passages);
                    self.finish(&work, End::well(Stage::Done));
                }
                Err(problem) => self.fail(&work, problem),
            }
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
