//! The import queue: one import after the other, and a board the window reads. Order within an
//! import, retries and what is kept are the engine's.

mod board;

use crate::dto::event::{IMPORTS, LIBRARY_CHANGED};
use crate::dto::import::ImportStateDto;
use crate::shell::{Shell, lock};
use board::Board;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Emitter, Runtime};
use yinju_core::{CancelToken, DocumentId, LibraryId, PageNumber, Problem, Stage};
use yinju_engine::{Engine, ImportProgress, ImportRequest, ImportSummary};

/// The window is told of progress at most this often; ends of files are always told.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// Something for the queue to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Files and folders into a library.
    Import {
        /// Where they are.
        paths: Vec<PathBuf>,
        /// Where they go.
        library: LibraryId,
        /// What opens them, if they are locked.
        password: Option<String>,
    },
    /// A document once more.
    Retry(DocumentId, Option<String>),
    /// Pages of a document that was read, once more and from their images.
    Recognise {
        /// Whose pages.
        document: DocumentId,
        /// Which; all that could not be read where none is named.
        pages: Vec<PageNumber>,
        /// What opens the file, if it is locked.
        password: Option<String>,
    },
    /// What an earlier run left half-done.
    Resume,
    /// What changed in the folders that libraries follow.
    Look,
}

impl Job {
    /// The one document it is about.
    fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Retry(document, _) | Self::Recognise { document, .. } => Some(*document),
            Self::Import { .. } | Self::Resume | Self::Look => None,
        }
    }
}

/// Imports, one after the other.
#[derive(Default)]
pub struct ImportQueue {
    waiting: Mutex<VecDeque<Job>>,
    came: Condvar,
    running: Mutex<CancelToken>,
    board: Mutex<Board>,
}

impl ImportQueue {
    /// Puts a job at the end.
    pub fn push(&self, job: Job) {
        lock(&self.waiting).push_back(job);
        self.came.notify_one();
    }

    /// The same, unless it waits already.
    pub fn push_once(&self, job: Job) {
        if !lock(&self.waiting).contains(&job) {
            self.push(job);
        }
    }

    /// Stops the running import and forgets those that wait. What is done stays.
    pub fn cancel_all(&self) {
        lock(&self.waiting).clear();
        lock(&self.running).cancel();
    }

    /// Notes why an import could not even begin.
    pub fn refuse(&self, problem: Problem) {
        lock(&self.board).refuse(problem);
    }

    /// How far everything is.
    pub fn state(&self) -> ImportStateDto {
        let waiting = lock(&self.waiting).len() as u32;
        lock(&self.board).state(waiting)
    }

    /// Starts the thread that works the queue off.
    pub fn run<R: Runtime>(shell: Arc<Shell>, app: AppHandle<R>) {
        thread::spawn(move || {
            let bell = Bell { app, last: Mutex::default() };
            loop {
                let job = shell.imports.next();
                match shell.engine() {
                    Ok(engine) => shell.imports.work(engine, job, &bell),
                    Err(problem) => shell.imports.refuse(problem),
                }
            }
        });
    }

    fn next(&self) -> Job {
        let mut waiting = lock(&self.waiting);
        loop {
            if let Some(job) = waiting.pop_front() {
                return job;
            }
            waiting = self.came.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work<R: Runtime>(&self, engine: &Engine, job: Job, bell: &Bell<R>) {
        let cancel = CancelToken::new();
        *lock(&self.running) = cancel.clone();
        lock(&self.board).begin(&job);
        bell.ring(&self.state(), true);
        let about = job.document();
        let outcome = perform(engine, job, &cancel, &|progress: ImportProgress| {
            let ended = ends_file(progress.stage);
            lock(&self.board).note(progress);
            bell.ring(&self.state(), ended);
        });
        let about = about.and_then(|id| engine.document(id).ok()).map(|known| known.reference);
        lock(&self.board).end(about.as_ref(), outcome);
        bell.ring(&self.state(), true);
    }
}

fn perform(
    engine: &Engine,
    job: Job,
    cancel: &CancelToken,
    progress: &(dyn Fn(ImportProgress) + Sync),
) -> Result<ImportSummary, Problem> {
    match job {
        Job::Import { paths, library, password } => {
            engine.import(&ImportRequest { paths, library, password }, cancel, progress)
        }
        Job::Retry(document, password) => engine.retry(document, password, cancel, progress),
        Job::Recognise { document, pages, password } => {
            engine.recognise_pages(document, &pages, password.as_deref(), cancel, progress)
        }
        Job::Resume => engine.resume(cancel, progress),
        Job::Look => {
            let looked = engine.look_at_folders(cancel, progress)?;
            Ok(looked.iter().map(|watched| &watched.summary).fold(
                ImportSummary::default(),
                |sum, one| ImportSummary {
                    documents: sum.documents + one.documents,
                    pages: sum.pages + one.pages,
                    passages: sum.passages + one.passages,
                    failed: sum.failed + one.failed,
                    unchanged: sum.unchanged + one.unchanged,
                    unread: sum.unread + one.unread,
                    ..sum
                },
            ))
        }
    }
}

fn ends_file(stage: Stage) -> bool {
    matches!(stage, Stage::Done | Stage::Failed | Stage::Unchanged | Stage::Cancelled)
}

/// Tells the window, not too often.
struct Bell<R: Runtime> {
    app: AppHandle<R>,
    last: Mutex<Option<Instant>>,
}

impl<R: Runtime> Bell<R> {
    fn ring(&self, state: &ImportStateDto, whatever: bool) {
        let mut last = lock(&self.last);
        if !whatever && last.is_some_and(|last| last.elapsed() < TELL_EVERY) {
            return;
        }
        *last = Some(Instant::now());
        let told = self
            .app
            .emit(IMPORTS, state)
            .and_then(|()| if whatever { self.app.emit(LIBRARY_CHANGED, ()) } else { Ok(()) });
        told.unwrap_or_else(|error| tracing::warn!("{error}"));
    }
}
