//! The stages of an import and the threads they run in: readers, one that has words found, one that
//! embeds, one that has meaning found. A passage goes on to the next stage while its document still is
//! in the one before. Deliberately not here: what a stage does.

use super::ahead::Ahead;
use super::tally::Tally;
use super::turns::Readers;
use super::work::{DocumentWork, FileWork, Work};
use super::{ImportProgress, ImportSummary, Report};
use crate::encoder::EncoderSide;
use crate::{Engine, Result};
use crossbeam_channel::{Receiver, unbounded};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use yinju_core::ports::Hashing;
use yinju_core::{CancelToken, DocumentReader, LibraryId, PageStatus, Problem, Stage};
use yinju_store::Store;

/// Documents that wait for the index before another file is begun.
const DOCUMENTS_AHEAD: usize = 8;

/// One run of an import.
pub(super) struct Pipeline<'a> {
    engine: &'a Engine,
    side: Arc<EncoderSide>,
    cancel: &'a CancelToken,
    pub(super) report: Report<'a>,
    pub(super) files_total: u32,
    pub(super) files_done: AtomicU32,
    /// Whether the last page read was recognised.
    recognising: AtomicBool,
    tally: Mutex<Tally>,
    /// Files of another version of documents that are worked on: they come after all others.
    postponed: Mutex<Vec<FileWork>>,
    /// Files that work began on.
    pub(super) begun: Mutex<HashSet<(LibraryId, PathBuf)>>,
    /// Who is reading, and whether others should wait for it.
    pub(super) readers: Readers,
    /// Passages that are read and wait for the index.
    pub(super) read: Ahead,
    /// Passages that are found by their words and wait for vectors.
    pub(super) worded: Ahead,
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
        since: Instant,
    ) -> Self {
        Self {
            engine,
            side,
            cancel,
            report,
            files_total,
            files_done: AtomicU32::new(0),
            recognising: AtomicBool::new(false),
            tally: Mutex::new(Tally::new(since)),
            postponed: Mutex::default(),
            begun: Mutex::default(),
            readers: Readers::new(engine.0.adapters.reader.slots()),
            read: Ahead::default(),
            worded: Ahead::default(),
            embedded: Ahead::default(),
            stopped_by: Mutex::new(None),
        }
    }

    /// Goes on counting where another run ended.
    pub(super) fn after(self, other: Self) -> Self {
        Self { tally: other.tally, files_done: other.files_done, ..self }
    }

    /// What was postponed.
    pub(super) fn postponed(&self) -> Vec<FileWork> {
        std::mem::take(&mut *lock(&self.postponed))
    }

    /// The work on what the file held before ends first.
    pub(super) fn postpone(&self, file: &FileWork) {
        lock(&self.postponed).push(file.clone());
        self.rest_job(file);
    }

    /// Whether a file comes later, and stays on the queue until then.
    pub(super) fn is_postponed(&self, file: &FileWork) -> bool {
        let is_it = |other: &FileWork| (other.library, &other.path) == (file.library, &file.path);
        lock(&self.postponed).iter().any(is_it)
    }

    /// Works through everything; returns when the last file is dealt with.
    pub(super) fn run(&self, work: Work) -> Result<ImportSummary> {
        let (files, queue) = unbounded();
        work.files.into_iter().for_each(|file| drop(files.send(file)));
        drop(files);
        std::thread::scope(|scope| {
            scope.spawn(|| self.index_vectors());
            scope.spawn(|| self.embed_all());
            scope.spawn(|| self.index_words());
            if !queue.is_empty() {
                scope.spawn(|| self.side.splitter.warm_up());
            }
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
            lock(&self.begun).insert((work.file.library, work.file.path.clone()));
            if let Err(problem) = self.hand_on(&work) {
                self.fail(&work, problem);
            }
        }
        std::thread::scope(|scope| {
            for _ in 0..self.reader().slots().max(1) {
                scope.spawn(|| self.read_files(queue));
            }
        });
        // Embedding may take minutes, and needs no reader.
        self.reader().rest();
    }

    fn read_files(&self, queue: &Receiver<FileWork>) {
        for file in queue {
            self.read.wait_for_room(DOCUMENTS_AHEAD);
            if self.is_stopped() {
                self.leave_file(&file);
            } else {
                let _reading = self.readers.begin();
                self.read_file(&file);
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

    /// A document is read and waits for its turn to be embedded: nothing is done to it meanwhile.
    pub(super) fn let_wait(&self, work: &DocumentWork) -> Result<()> {
        work.waits();
        Ok(self.store().rest_job(work.file.library, &work.file.path)?)
    }

    /// Work on a document that waited goes on.
    pub(super) fn go_on(&self, work: &DocumentWork) -> Result<()> {
        if work.goes_on() {
            self.store().begin_job(work.file.library, &work.file.path)?;
        }
        Ok(())
    }

    /// Something new was kept of a document.
    pub(super) fn came_further(&self, work: &DocumentWork) -> Result<()> {
        if work.comes_further() {
            self.store().advance_job(work.file.library, &work.file.path)?;
        }
        Ok(())
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
        self.readers.page_came();
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

    pub(super) fn stopped_by(&self) -> MutexGuard<'_, Option<Problem>> {
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

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
