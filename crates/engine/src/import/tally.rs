//! Counting what an import did.

use super::{ImportSummary, StageSeconds};
use std::time::{Duration, Instant};
use yinju_core::Stage;

/// The summary as it grows.
pub(super) struct Tally {
    start: Instant,
    summary: ImportSummary,
}

impl Tally {
    /// What was begun then.
    pub(super) fn new(start: Instant) -> Self {
        Self { start, summary: ImportSummary::default() }
    }

    /// Words of documents are found from now on.
    pub(super) fn words(&mut self) {
        self.summary.seconds_to_words = self.start.elapsed().as_secs_f64();
    }

    /// A file is dealt with.
    pub(super) fn file(&mut self, stage: Stage) {
        self.summary.documents += 1;
        match stage {
            Stage::Unchanged => self.summary.unchanged += 1,
            Stage::Failed | Stage::Cancelled => self.summary.failed += 1,
            _ => {}
        }
    }

    /// A file is a new version of its document.
    pub(super) fn changed(&mut self) {
        self.summary.changed += 1;
    }

    pub(super) fn pages(&mut self, pages: u32) {
        self.summary.pages += pages;
    }

    /// So many passages were embedded.
    pub(super) fn embedded(&mut self, passages: usize) {
        self.summary.embedded += passages as u32;
    }

    /// Pages of a finished document that hold something nobody could read.
    pub(super) fn unread(&mut self, pages: u32) {
        self.summary.unread += pages;
    }

    pub(super) fn passages(&mut self, passages: u32) {
        self.summary.passages += passages;
    }

    /// Time since `from` went into a stage.
    pub(super) fn spent(&mut self, stage: Stage, from: Instant) {
        self.took(stage, from.elapsed());
    }

    /// So much time went into a stage.
    pub(super) fn took(&mut self, stage: Stage, time: Duration) {
        let StageSeconds { parse, split, embed, index } = &mut self.summary.seconds_by_stage;
        let slot = match stage {
            Stage::Parse => parse,
            Stage::Split => split,
            Stage::Embed => embed,
            _ => index,
        };
        *slot += time.as_secs_f64();
    }

    pub(super) fn summary(&self) -> ImportSummary {
        ImportSummary { seconds: self.start.elapsed().as_secs_f64(), ..self.summary.clone() }
    }
}
