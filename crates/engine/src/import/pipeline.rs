//! The stages of an import and the threads they run in: readers, one that embeds, one that
//! indexes. A passage goes on to the next stage while its document still is in the one before.
//! Deliberately not here: what a stage does.

use super::ahead::{Ahead, Next};
use super::tally::Tally;
use super::work::{DocumentWork, FileWork, Work};
use super::{ImportProgress, ImportSummary, Report, concerns_all};
use crate::encoder::EncoderSide;
use crate::{Engine, Result};
use crossbeam_channel::{Receiver, unbounded};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use yinju_core::ports::Hashing;
use yinju_core::{
    CancelToken, DocumentId, DocumentReader, DocumentStatus, LibraryId, PageStatus, Problem,
    ProblemCode, Stage,
};
use yinju_store::Store;

/// Documents that wait for the embedder before another file is begun: the first are searchable
/// sooner if the cores are not all busy with reading the last.
const DOCUMENTS_AHEAD: usize = 8;
/// Passages embedded between two commits: what a crash can cost, about a second of work.
const PASSAGES_PER_COMMIT: u32 = 16;

/// How the work on a document ended.
pub(super) struct End {
    pub(super) stage: Stage,
    /// The document's state from now on; none where it stays what it is.
    pub(super) status: Option<DocumentStatus>,
    pub(super) error: Option<Problem>,
}

impl End {
    /// Without a problem, in the state it has.
    pub(super) fn well(stage: Stage) -> Self {
        Self { stage, status: None, error: None }
    }
}

/// One run of an import.
pub(super) struct Pipeline<'a> {
    engine: &'a Engine,
    side: Arc<EncoderSide>,
    cancel: &'a CancelToken,
    report: Report<'a>,
    files_total: u32,
    files_done: AtomicU32,
    /// Whether the last page read was recognised.
    recognising: AtomicBool,
    tally: Mutex<Tally>,
    /// Files that work began on.
    begun: Mutex<HashSet<(LibraryId, PathBuf)>>,
    /// Passages that are read and wait for vectors.
    pub(super) read: Ahead,
    /// Passages that have their vectors and wait for the index.
    pub(super) embedded: Ahead,
    /// The first problem that concerns every file.
    stopped_by: Mutex<Option<Problem>>,
}

impl<'a> Pipeline<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        side: Arc<EncoderSide>,
        cancel: &'a CancelToken,
        report: Report<'a>,
        files_total: u32,
    ) -> Self {
        Self {
            engine,
            side,
            cancel,
            report,
            files_total,
            files_done: AtomicU32::new(0),
            recognising: AtomicBool::new(false),
            tally: Mutex::new(Tally::new()),
            begun: Mutex::default(),
            read: Ahead::default(),
            embedded: Ahead::default(),
            stopped_by: Mutex::new(None),
        }
    }

    /// Works through everything; returns when the last file is dealt with.
    pub(super) fn run(&self, work: Work) -> Result<ImportSummary> {
        let (files, queue) = unbounded();
        work.files.into_iter().for_each(|file| drop(files.send(file)));
        drop(files);
        std::thread::scope(|scope| {
            scope.spawn(|| self.index_all());
            scope.spawn(|| self.embed_all());
            scope.spawn(|| self.read_all(work.parsed, &queue));
        });
        match self.stopped_by().take() {
            Some(problem) => Err(problem),
            None => Ok(self.tally().summary()),
        }
    }

    /// Hands on what was read before, and reads as many files at once as the reader can.
    fn read_all(&self, parsed: Vec<Arc<DocumentWork>>, queue: &Receiver<FileWork>) {
        let _feeding = self.read.feed();
        for work in parsed {
            self.read.wait_for_room(DOCUMENTS_AHEAD);
            if let Err(problem) = self.begin(&work.file).and_then(|_| self.hand_on(&work)) {
                self.fail(&work, problem);
            }
        }
        std::thread::scope(|scope| {
            for _ in 0..self.reader().slots().max(1) {
                scope.spawn(|| self.read_files(queue));
            }
        });
    }

    fn read_files(&self, queue: &Receiver<FileWork>) {
        for file in queue {
            self.read.wait_for_room(DOCUMENTS_AHEAD);
            if self.is_stopped() {
                self.leave_file(&file);
            } else {
                self.read_file(&file);
            }
        }
    }

    fn embed_all(&self) {
        let (_feeding, _draining) = (self.embedded.feed(), self.read.drain());
        while let Next::Portion(portion) = self.read.next(PASSAGES_PER_COMMIT, None) {
            if portion.work.is_over() {
                continue;
            }
            if let Err(problem) = self.embed(&portion) {
                self.fail(&portion.work, problem);
            }
        }
    }

    /// Work on a file begins, and that is kept: what never comes to an end is known by it. Whether
    /// nothing else works on the same file.
    pub(super) fn begin(&self, file: &FileWork) -> Result<bool> {
        let place = (file.library, file.path.clone());
        let is_first = lock(&self.begun).insert(place);
        if is_first {
            self.store().begin_job(file.library, &file.path)?;
        }
        Ok(is_first)
    }

    /// Something new was kept of a document.
    pub(super) fn came_further(&self, work: &DocumentWork) -> Result<()> {
        if work.comes_further() {
            self.store().advance_job(work.file.library, &work.file.path)?;
        }
        Ok(())
    }

    /// Gives up a document whose file holds something else by now; one that nobody knew before is
    /// forgotten.
    pub(super) fn abandon(
        &self,
        work: &DocumentWork,
        is_new: bool,
        problem: &Problem,
    ) -> Result<()> {
        self.let_go(work);
        work.cancel.cancel();
        self.take_out_of_index(work);
        if is_new {
            return Ok(self.store().remove_documents(&[work.id])?);
        }
        let status = DocumentStatus::Failed;
        Ok(self.store().set_status(work.id, status, Some(problem))?)
    }

    /// A document is dealt with: its job is done and everybody is told. Of several stages that work
    /// on it, the first says how it ended.
    pub(super) fn finish(&self, work: &DocumentWork, end: End) {
        self.read.forget(work);
        self.embedded.forget(work);
        if !work.end() {
            return;
        }
        work.cancel.cancel();
        if let (Some(status), false) = (end.status, work.was_ready) {
            // A removed document has no status any more.
            drop(self.store().set_status(work.id, status, end.error.as_ref()));
            self.take_out_of_index(work);
        }
        self.engine.0.imports.end(work.id);
        self.finish_job(&work.file);
        self.end_of_file(Some(work.id), &work.file.path, end.stage, end.error);
    }

    /// A file is dealt with of which there is no document, or another one that is worked on.
    pub(super) fn finish_file(&self, file: &FileWork, stage: Stage, error: Option<Problem>) {
        self.finish_job(file);
        self.end_of_file(file.document, &file.path, stage, error);
    }

    /// The same for a file that is worked on already, which says itself when it is done.
    pub(super) fn leave_to_another(&self, file: &FileWork) {
        self.end_of_file(file.document, &file.path, Stage::Unchanged, None);
    }

    /// A path that leads nowhere.
    pub(super) fn nowhere(&self, path: &Path, problem: Problem) {
        self.end_of_file(None, path, Stage::Failed, Some(problem));
    }

    /// Work on a document cannot go on.
    pub(super) fn fail(&self, work: &DocumentWork, problem: Problem) {
        if problem.code == ProblemCode::Cancelled || self.is_gone(work) {
            return self.leave(work);
        }
        if concerns_all(&problem) {
            self.stop(problem);
            return self.rest(work);
        }
        let status = match problem.code {
            ProblemCode::NoText => DocumentStatus::NoText,
            _ => DocumentStatus::Failed,
        };
        let end = End { stage: Stage::Failed, status: Some(status), error: Some(problem) };
        self.finish(work, end);
    }

    /// Whether it was removed; then what went wrong does not matter.
    fn is_gone(&self, work: &DocumentWork) -> bool {
        let not_found = |error| Problem::from(error).code == ProblemCode::DocumentNotFound;
        self.store().document(work.id).is_err_and(not_found)
    }

    /// The same for a file that cannot be opened, or is not what it was.
    pub(super) fn fail_file(&self, file: &FileWork, problem: Problem) {
        if problem.code == ProblemCode::Cancelled {
            return self.leave_file(file);
        }
        if concerns_all(&problem) {
            self.rest_job(file);
            return self.stop(problem);
        }
        // What is known of a document that is read again is as good as lost without its file.
        if let Some(id) = file.document {
            drop(self.store().set_status(id, DocumentStatus::Failed, Some(&problem)));
        }
        self.finish_file(file, Stage::Failed, Some(problem));
    }

    /// The person stopped it, or all had to stop. What stops all is mended and gone on with later,
    /// so then everything stays as it is.
    fn leave(&self, work: &DocumentWork) {
        if self.stopped_by().is_some() {
            return self.rest(work);
        }
        let status = Some(DocumentStatus::Cancelled);
        self.finish(work, End { stage: Stage::Cancelled, status, error: None });
    }

    pub(super) fn leave_file(&self, file: &FileWork) {
        if self.stopped_by().is_some() {
            return self.rest_job(file);
        }
        self.finish_file(file, Stage::Cancelled, None);
    }

    /// Leaves a document for a later run. It is not to blame.
    fn rest(&self, work: &DocumentWork) {
        self.let_go(work);
        self.rest_job(&work.file);
    }

    fn rest_job(&self, file: &FileWork) {
        let was_begun = lock(&self.begun).remove(&(file.library, file.path.clone()));
        // On a full disk this cannot be kept, and then a file that is not to blame was begun once.
        if was_begun {
            drop(self.store().rest_job(file.library, &file.path));
        }
    }

    fn let_go(&self, work: &DocumentWork) {
        self.read.forget(work);
        self.embedded.forget(work);
        if work.end() {
            self.engine.0.imports.end(work.id);
        }
    }

    fn finish_job(&self, file: &FileWork) {
        if let Err(error) = self.store().finish_job(file.library, &file.path) {
            self.stop(error.into());
        }
    }

    fn end_of_file(
        &self,
        document: Option<DocumentId>,
        path: &Path,
        stage: Stage,
        error: Option<Problem>,
    ) {
        self.tally().file(stage);
        let files_done = self.files_done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.report)(ImportProgress {
            document,
            path: path.to_owned(),
            stage,
            done: 0,
            total: 0,
            recognising: false,
            hashing: None,
            error,
            files_done,
            files_total: self.files_total,
        });
    }

    pub(super) fn stop(&self, problem: Problem) {
        self.stopped_by().get_or_insert(problem);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped_by().is_some() || self.cancel.is_cancelled()
    }

    pub(super) fn check_running(&self, work: &DocumentWork) -> Result<()> {
        if work.cancel.is_cancelled() || self.is_stopped() {
            return Err(Problem::cancelled());
        }
        Ok(())
    }

    /// Tells how far a document is.
    pub(super) fn step(&self, work: &DocumentWork, stage: Stage, done: u32, total: u32) {
        self.tell(Some(work), &work.file.path, stage, done, total);
    }

    /// Remembers how the last page was read.
    pub(super) fn note_reading(&self, status: PageStatus) {
        let recognised = matches!(status, PageStatus::Ocr | PageStatus::Mixed);
        self.recognising.store(recognised, Ordering::Relaxed);
    }

    /// Tells how far a file is.
    pub(super) fn tell(
        &self,
        work: Option<&DocumentWork>,
        path: &Path,
        stage: Stage,
        done: u32,
        total: u32,
    ) {
        (self.report)(ImportProgress {
            document: work.map(|work| work.id),
            path: path.to_owned(),
            stage,
            done,
            total,
            recognising: stage == Stage::Parse && self.recognising.load(Ordering::Relaxed),
            hashing: None,
            error: None,
            files_done: self.files_done.load(Ordering::Relaxed),
            files_total: self.files_total,
        });
    }

    /// Tells how far a file is hashed.
    pub(super) fn tell_hashing(&self, path: &Path, hashing: Hashing) {
        (self.report)(ImportProgress {
            document: None,
            path: path.to_owned(),
            stage: Stage::Parse,
            done: 0,
            total: 0,
            recognising: false,
            hashing: Some(hashing),
            error: None,
            files_done: self.files_done.load(Ordering::Relaxed),
            files_total: self.files_total,
        });
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        lock(&self.tally)
    }

    fn stopped_by(&self) -> MutexGuard<'_, Option<Problem>> {
        lock(&self.stopped_by)
    }

    pub(super) fn cancel(&self) -> &'a CancelToken {
        self.cancel
    }

    pub(super) fn engine(&self) -> &'a Engine {
        self.engine
    }

    pub(super) fn store(&self) -> &'a Store {
        self.engine.store()
    }

    pub(super) fn reader(&self) -> &'a dyn DocumentReader {
        &*self.engine.0.adapters.reader
    }

    pub(super) fn side(&self) -> &EncoderSide {
        &self.side
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
