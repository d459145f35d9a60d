//! The threads of an import: readers, one that embeds, one that indexes.

use super::reading::{Failure, Read};
use super::tally::Tally;
use super::{ImportProgress, ImportSummary, Report, concerns_all};
use crate::encoder::EncoderSide;
use crate::reconcile::index_document;
use crate::{Engine, Result};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use yinju_core::ports::TextRole;
use yinju_core::{
    CancelToken, DocumentId, DocumentReader, DocumentStatus, LibraryId, Problem, ProblemCode, Stage,
};
use yinju_store::Store;

/// Passages embedded between two commits: what a crash can cost, about a second of work.
const PASSAGES_PER_COMMIT: usize = 16;
/// Documents that wait for an embedder; more would only hold memory.
const DOCUMENTS_AHEAD: usize = 8;
/// Documents that share one commit of the index.
const DOCUMENTS_PER_COMMIT: usize = 32;

/// A file to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileWork {
    pub(super) library: LibraryId,
    pub(super) path: PathBuf,
    pub(super) password: Option<String>,
}

impl FileWork {
    pub(super) fn new(library: LibraryId, path: PathBuf, password: Option<&str>) -> Self {
        Self { library, path, password: password.map(str::to_owned) }
    }
}

/// A document on its way, and the job it came from.
pub(super) struct DocumentWork {
    pub(super) id: DocumentId,
    pub(super) file: FileWork,
}

/// What there is to do.
#[derive(Default)]
pub(super) struct Work {
    /// Files to be read.
    pub(super) files: Vec<FileWork>,
    /// Documents whose passages wait for vectors.
    pub(super) parsed: Vec<DocumentWork>,
}

/// One run of an import.
pub(super) struct Pipeline<'a> {
    engine: &'a Engine,
    side: Arc<EncoderSide>,
    cancel: &'a CancelToken,
    report: Report<'a>,
    files_total: u32,
    files_done: AtomicU32,
    tally: Mutex<Tally>,
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
            tally: Mutex::new(Tally::new()),
            stopped_by: Mutex::new(None),
        }
    }

    /// Works through everything; returns when the last file is dealt with.
    pub(super) fn run(&self, work: Work) -> Result<ImportSummary> {
        let (files, file_queue) = unbounded();
        let (parsed, parsed_queue) = bounded(DOCUMENTS_AHEAD);
        let (embedded, embedded_queue) = bounded(DOCUMENTS_PER_COMMIT);
        let begun: Vec<_> =
            work.parsed.into_iter().filter(|work| self.begin(work.id).is_some()).collect();
        work.files.into_iter().for_each(|file| drop(files.send(file)));
        drop(files);
        std::thread::scope(|scope| {
            let next = parsed.clone();
            scope.spawn(move || begun.into_iter().for_each(|work| drop(next.send(work))));
            for _ in 0..self.reader().slots().max(1) {
                let (queue, next) = (file_queue.clone(), parsed.clone());
                scope.spawn(move || self.read_all(&queue, &next));
            }
            drop(parsed);
            scope.spawn(move || self.embed_all(&parsed_queue, &embedded));
            scope.spawn(move || self.index_all(&embedded_queue));
        });
        match self.stopped_by.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(problem) => Err(problem),
            None => Ok(self.tally().summary()),
        }
    }

    fn read_all(&self, queue: &Receiver<FileWork>, next: &Sender<DocumentWork>) {
        for file in queue {
            if self.is_stopped() {
                self.leave(None, &file);
                continue;
            }
            self.step(None, &file.path, Stage::Parse, 0, 0);
            match self.read(&file) {
                Ok(Read::Parsed(id)) => drop(next.send(DocumentWork { id, file })),
                Ok(Read::Unchanged(id)) => self.finish(Some(id), &file, Stage::Unchanged, None),
                Ok(Read::Elsewhere) => self.finish(None, &file, Stage::Unchanged, None),
                Err(failure) => self.fail(failure, &file),
            }
        }
    }

    fn embed_all(&self, queue: &Receiver<DocumentWork>, next: &Sender<DocumentWork>) {
        for work in queue {
            if self.is_stopped() {
                self.leave(Some(work.id), &work.file);
                continue;
            }
            match self.embed(&work) {
                Ok(()) => drop(next.send(work)),
                Err(problem) => self.fail((Some(work.id), problem), &work.file),
            }
        }
    }

    fn index_all(&self, queue: &Receiver<DocumentWork>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            batch.extend(queue.try_iter().take(DOCUMENTS_PER_COMMIT - 1));
            if let Err(problem) = self.index(&batch) {
                for work in &batch {
                    self.fail((Some(work.id), problem.clone()), &work.file);
                }
            }
        }
    }

    /// Gives every passage its vector, keeping them batch by batch.
    fn embed(&self, work: &DocumentWork) -> Result<()> {
        let start = Instant::now();
        let cancel = self.engine.0.imports.token(work.id);
        let encoder = &self.side.spec.id;
        let waiting = self.store().passages_without_vector(work.id, encoder)?;
        let total = waiting.len() as u32;
        self.step(Some(work.id), &work.file.path, Stage::Embed, 0, total);
        let mut done = 0;
        for batch in waiting.chunks(PASSAGES_PER_COMMIT) {
            self.check_running(&cancel)?;
            let begun = Instant::now();
            let texts: Vec<_> = batch.iter().map(|p| p.draft.reading()).collect();
            let vectors = self.side.embedder.embed(TextRole::Passage, &texts, &cancel)?;
            let rows: Vec<_> = batch.iter().map(|p| p.id).zip(vectors).collect();
            self.store().add_vectors(encoder, &rows)?;
            done += batch.len() as u32;
            self.step(Some(work.id), &work.file.path, Stage::Embed, done, total);
            if self.engine.0.imports.is_gentle() {
                std::thread::sleep(begun.elapsed());
            }
        }
        self.store().set_status(work.id, DocumentStatus::Embedded, None)?;
        self.tally().spent(Stage::Embed, start);
        Ok(())
    }

    /// Makes documents searchable with one commit.
    fn index(&self, batch: &[DocumentWork]) -> Result<()> {
        let start = Instant::now();
        let _indexing = self.engine.0.imports.between_documents();
        let mut present = Vec::with_capacity(batch.len());
        for work in batch {
            // Removed since it was embedded: nothing is left to be indexed.
            if self.store().document(work.id).is_err() {
                self.leave(Some(work.id), &work.file);
                continue;
            }
            self.step(Some(work.id), &work.file.path, Stage::Index, 0, 0);
            let passages = index_document(self.store(), &self.side, work.id)?;
            present.push((work, passages));
        }
        self.side.index.commit()?;
        for (work, passages) in present {
            self.store().set_status(work.id, DocumentStatus::Ready, None)?;
            self.tally().passages(passages);
            self.finish(Some(work.id), &work.file, Stage::Done, None);
        }
        self.tally().spent(Stage::Index, start);
        Ok(())
    }

    /// A file is dealt with: its job is done and everybody is told.
    fn finish(
        &self,
        id: Option<DocumentId>,
        file: &FileWork,
        stage: Stage,
        error: Option<Problem>,
    ) {
        if let Some(id) = id {
            self.engine.0.imports.end(id);
        }
        if let Err(error) = self.store().finish_job(file.library, &file.path) {
            self.stop(error.into());
        }
        self.end_of_file(id, &file.path, stage, error);
    }

    /// A file that leads nowhere.
    pub(super) fn file_failed(&self, path: &Path, problem: Problem) {
        self.end_of_file(None, path, Stage::Failed, Some(problem));
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
        let (path, files_total) = (path.to_owned(), self.files_total);
        let progress = ImportProgress {
            document,
            path,
            stage,
            done: 0,
            total: 0,
            error,
            files_done,
            files_total,
        };
        (self.report)(progress);
    }

    fn fail(&self, (id, problem): Failure, file: &FileWork) {
        if problem.code == ProblemCode::Cancelled {
            return self.leave(id, file);
        }
        if concerns_all(&problem) {
            if let Some(id) = id {
                self.engine.0.imports.end(id);
            }
            return self.stop(problem);
        }
        let status = match problem.code {
            ProblemCode::NoText => DocumentStatus::NoText,
            _ => DocumentStatus::Failed,
        };
        if let Some(id) = id {
            // A removed document has no status any more.
            drop(self.store().set_status(id, status, Some(&problem)));
        }
        self.finish(id, file, Stage::Failed, Some(problem));
    }

    /// The person stopped it, or all had to stop. What stops all is mended and gone on with later,
    /// so then the job stays.
    fn leave(&self, id: Option<DocumentId>, file: &FileWork) {
        let kept = self.stopped_by.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if kept {
            if let Some(id) = id {
                self.engine.0.imports.end(id);
            }
            return;
        }
        if let Some(id) = id {
            drop(self.store().set_status(id, DocumentStatus::Cancelled, None));
        }
        self.finish(id, file, Stage::Cancelled, None);
    }

    fn stop(&self, problem: Problem) {
        let mut slot = self.stopped_by.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(problem);
    }

    fn is_stopped(&self) -> bool {
        let stopped = self.stopped_by.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        stopped || self.cancel.is_cancelled()
    }

    pub(super) fn check_running(&self, cancel: &CancelToken) -> Result<()> {
        if cancel.is_cancelled() || self.is_stopped() {
            return Err(Problem::cancelled());
        }
        Ok(())
    }

    pub(super) fn step(
        &self,
        document: Option<DocumentId>,
        path: &Path,
        stage: Stage,
        done: u32,
        total: u32,
    ) {
        (self.report)(ImportProgress {
            document,
            path: path.to_owned(),
            stage,
            done,
            total,
            error: None,
            files_done: self.files_done.load(Ordering::Relaxed),
            files_total: self.files_total,
        });
    }

    pub(super) fn begin(&self, id: DocumentId) -> Option<CancelToken> {
        self.engine.0.imports.begin(id)
    }

    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self) -> &Store {
        self.engine.store()
    }

    pub(super) fn reader(&self) -> &dyn DocumentReader {
        &*self.engine.0.adapters.reader
    }

    pub(super) fn side(&self) -> &EncoderSide {
        &self.side
    }
}
