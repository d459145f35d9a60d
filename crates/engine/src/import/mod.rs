//! Importing files: what is asked for, what is told, and who is at work.
//!
//! Every step is kept in the store before the next begins, so that a crash costs no finished work:
//! a queued file is a job, pages and passages are kept as they come, a document that is read is
//! `Parsed`, vectors are kept batch by batch, and it is `Ready` only after the index has committed
//! the last of it. Words are found as soon as they are read, and meaning follows behind.

mod ahead;
mod aside;
mod discover;
pub(crate) mod embedding;
mod ending;
mod indexing;
mod inflow;
mod limits;
mod pipeline;
pub(crate) mod reading;
mod recognise;
mod tally;
mod turns;
mod work;

pub(crate) use discover::readable_files;
pub use discover::{SkipReason, Skipped};
pub use limits::ReadingLimits;

use crate::{Engine, Result};
use aside::Pending;
use discover::Found;
use pipeline::Pipeline;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use work::Work;
use yinju_core::ports::Hashing;
use yinju_core::{CancelToken, DocumentId, DocumentStatus, LibraryId, Problem, ProblemCode, Stage};

/// What to import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Files, and folders whose PDFs are taken at any depth.
    pub paths: Vec<PathBuf>,
    /// Into which library.
    pub library: LibraryId,
    /// Tried on files that are locked.
    pub password: Option<String>,
}

/// A step of an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportProgress {
    /// The document, once its content is known.
    pub document: Option<DocumentId>,
    /// The file.
    #[serde(serialize_with = "yinju_core::path::lossy")]
    pub path: PathBuf,
    /// What is being done.
    pub stage: Stage,
    /// Pages or passages done in this stage.
    pub done: u32,
    /// Of how many, or 0 while that is not known.
    pub total: u32,
    /// Whether the page that came last was recognised from its image, which takes a second a page.
    pub recognising: bool,
    /// How far it is hashed, while it is.
    pub hashing: Option<Hashing>,
    /// Why it failed.
    pub error: Option<Problem>,
    /// Files dealt with.
    pub files_done: u32,
    /// Of how many.
    pub files_total: u32,
}

/// Seconds spent in each stage, added over threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named as the stages")]
pub struct StageSeconds {
    pub parse: f64,
    pub split: f64,
    pub embed: f64,
    pub index: f64,
}

/// How an import ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportSummary {
    /// Files looked at.
    pub documents: u32,
    /// Pages read.
    pub pages: u32,
    /// Passages made searchable.
    pub passages: u32,
    /// Files that are not searchable now.
    pub failed: u32,
    /// Files whose content was there already.
    pub unchanged: u32,
    /// Passages that an encoder computed.
    #[serde(default)]
    pub embedded: u32,
    /// Files that hold a new version of a document.
    #[serde(default)]
    pub changed: u32,
    /// Pages of the documents made searchable that hold something nobody could read.
    pub unread: u32,
    /// From beginning to end.
    pub seconds: f64,
    /// From the beginning until the words of all documents were found.
    #[serde(default)]
    pub seconds_to_words: f64,
    /// Where the time went.
    pub seconds_by_stage: StageSeconds,
    /// What stands in the folders that were named and was not imported.
    pub skipped: Vec<Skipped>,
}

/// Hears of every step, from several threads.
pub type Report<'a> = &'a (dyn Fn(ImportProgress) + Sync);

/// Who asked for an import, and when.
struct Told<'a> {
    cancel: &'a CancelToken,
    report: Report<'a>,
    since: Instant,
}

/// Who is at work in this process.
#[derive(Default)]
pub(crate) struct Imports {
    /// One import at a time: they would only take turns at the cores.
    turn: Mutex<()>,
    /// Held while documents go into the index, so that a removal never meets one half-way.
    indexing: Mutex<()>,
    /// How to stop each document that is being worked on.
    active: Mutex<HashMap<DocumentId, CancelToken>>,
    /// Whether to leave half of the machine's time to others.
    gentle: AtomicBool,
    /// Whether a folder is followed since somebody last looked.
    has_new_watch: AtomicBool,
    /// What to embed first.
    pub(crate) looked_at: turns::LookedAt,
}

impl Imports {
    /// Waits until no document is on its way into the index, and keeps it so.
    pub(crate) fn between_documents(&self) -> MutexGuard<'_, ()> {
        self.indexing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no import is at work, and keeps it so.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no import is at work.
    fn is_at_rest(&self) -> bool {
        self.turn.try_lock().is_ok()
    }

    fn active(&self) -> MutexGuard<'_, HashMap<DocumentId, CancelToken>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another folder is followed from now on.
    pub(crate) fn change_watches(&self) {
        self.has_new_watch.store(true, Ordering::Relaxed);
    }

    /// Whether another folder is followed since this was last asked.
    pub(crate) fn watches_changed(&self) -> bool {
        self.has_new_watch.swap(false, Ordering::Relaxed)
    }

    fn is_gentle(&self) -> bool {
        self.gentle.load(Ordering::Relaxed)
    }

    /// Begins work on a document; `None` if another thread has.
    fn begin(&self, document: DocumentId) -> Option<CancelToken> {
        let mut active = self.active();
        if active.contains_key(&document) {
            return None;
        }
        Some(active.entry(document).or_default().clone())
    }

    fn token(&self, document: DocumentId) -> CancelToken {
        self.active().entry(document).or_default().clone()
    }

    fn end(&self, document: DocumentId) {
        self.active().remove(&document);
    }
}

impl Engine {
    /// Imports files and folders, after whatever an earlier import left undone. A file that fails
    /// is reported and costs no other; only what concerns every file (a full disk, a missing
    /// model) ends the import with an error, and then everything finished so far is kept.
    pub fn import(
        &self,
        request: &ImportRequest,
        cancel: &CancelToken,
        report: Report<'_>,
    ) -> Result<ImportSummary> {
        let since = Instant::now();
        let found = discover::files(&request.paths, cancel);
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        self.store().add_jobs(request.library, &found.files)?;
        let _turn = self.0.imports.turn();
        let told = Told { cancel, report, since };
        self.run(Some(request.library), request.password.as_deref(), found, told)
    }

    /// Imports rest as long as they compute, on a battery say; from the next few passages on.
    pub fn import_gently(&self, gentle: bool) {
        self.0.imports.gentle.store(gentle, Ordering::Relaxed);
    }

    /// Finishes what an earlier run left half-done.
    pub fn resume(&self, cancel: &CancelToken, report: Report<'_>) -> Result<ImportSummary> {
        let _turn = self.0.imports.turn();
        self.run(None, None, Found::default(), Told { cancel, report, since: Instant::now() })
    }

    /// Tries a document again, for one that failed or was stopped. Fails with `file_not_found` or
    /// `file_changed` where the file is not what it was.
    pub fn retry(
        &self,
        document: DocumentId,
        password: Option<String>,
        cancel: &CancelToken,
        report: Report<'_>,
    ) -> Result<ImportSummary> {
        let known = self.store().document(document)?;
        let path = self.open_document(&known, cancel)?.path;
        if known.status != DocumentStatus::Ready {
            self.store().set_status(document, DocumentStatus::Queued, None)?;
        }
        let paths = vec![path];
        self.import(&ImportRequest { paths, library: known.library, password }, cancel, report)
    }

    /// Stops work on a document; what was read is kept for a retry.
    pub fn cancel_document(&self, document: DocumentId) {
        if let Some(token) = self.0.imports.active().get(&document) {
            token.cancel();
        }
    }

    fn run(
        &self,
        library: Option<LibraryId>,
        password: Option<&str>,
        found: Found,
        Told { cancel, report, since }: Told<'_>,
    ) -> Result<ImportSummary> {
        let Pending { work, set_aside } =
            self.pending(library.map(|library| (library, found.files.as_slice())), password)?;
        let nowhere = [found.missing, set_aside].concat();
        let total = work.files.len() + work.parsed.len() + nowhere.len();
        if total == 0 {
            return Ok(ImportSummary { skipped: found.skipped, ..ImportSummary::default() });
        }
        let side = self.encoder()?;
        let begin = || Pipeline::new(self, Arc::clone(&side), cancel, report, total as u32, since);
        let mut pipeline = begin();
        for (path, problem) in nowhere {
            pipeline.nowhere(&path, problem);
        }
        let mut summary = pipeline.run(work);
        while summary.is_ok() {
            let files = pipeline.postponed();
            if files.is_empty() {
                break;
            }
            pipeline = begin().after(pipeline);
            summary = pipeline.run(Work { files, ..Work::default() });
        }
        self.tend();
        Ok(ImportSummary { skipped: found.skipped, ..summary? })
    }
}

/// Whether a problem concerns every file, not one.
fn concerns_all(problem: &Problem) -> bool {
    use ProblemCode as Code;
    matches!(
        problem.code,
        Code::DiskFull
            | Code::HomeUnusable
            | Code::StoreDamaged
            | Code::IndexDamaged
            | Code::WorkerMissing
            | Code::PdfiumMissing
            | Code::ProtocolMismatch
            | Code::ModelMissing
            | Code::ModelDamaged
            | Code::ModelUnsupported
            | Code::ModelHashMismatch
    )
}
