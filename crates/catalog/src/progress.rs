//! How far a pull is. Only the noun; drawing it is the caller's.

use yinju_core::ModelId;

/// What a pull is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PullStage {
    /// Asking a source.
    Connecting,
    /// Bytes arrive.
    Downloading,
    /// Computing hashes.
    Verifying,
}

/// One step of a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// Of which model.
    pub model: ModelId,
    /// From where, as `huggingface`.
    pub source: String,
    /// Which file.
    pub item: String,
    /// What is being done.
    pub stage: PullStage,
    /// Bytes done of this item.
    pub done: u64,
    /// Bytes of this item, where known.
    pub total: Option<u64>,
}

/// Who is told of progress, together with what stays the same during a pull.
pub(crate) struct Reporter<'a> {
    model: ModelId,
    source: String,
    report: &'a mut dyn FnMut(PullProgress),
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(model: &ModelId, report: &'a mut dyn FnMut(PullProgress)) -> Self {
        Self { model: model.clone(), source: String::new(), report }
    }

    /// From here on bytes come from `source`.
    pub(crate) fn source(&mut self, source: &str) {
        source.clone_into(&mut self.source);
    }

    pub(crate) fn tell(&mut self, item: &str, stage: PullStage, done: u64, total: Option<u64>) {
        (self.report)(PullProgress {
            model: self.model.clone(),
            source: self.source.clone(),
            item: item.to_owned(),
            stage,
            done,
            total,
        });
    }
}
