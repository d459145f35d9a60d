//! What the window's commands share: the engine, the import queue, and what is being done.

use crate::dto;
use crate::dto::event;
use crate::imports::{ImportQueue, Job};
use crate::options::Options;
use crate::samples::Samples;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use tauri::{AppHandle, Emitter, Runtime};
use yinju_compose::Places;
use yinju_core::{CancelToken, LibraryId, Problem};
use yinju_engine::{Backups, Engine};

/// Where files go that are dropped or picked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// A library that is there.
    pub library: Option<LibraryId>,
    /// What to call a new one, where there is none.
    pub name: String,
}

/// The state behind every command.
pub struct Shell {
    engine: OnceLock<Result<Engine, Problem>>,
    /// The home, whether it could be opened or not.
    home: OnceLock<PathBuf>,
    /// Imports, one after the other.
    pub imports: ImportQueue,
    /// The sample library that came with the program.
    pub samples: Samples,
    target: Mutex<Target>,
    answering: Mutex<CancelToken>,
    pulling: Mutex<CancelToken>,
    testing: Mutex<CancelToken>,
}

impl Shell {
    /// Opens the engine beside the window, which is usable meanwhile; then finishes what an
    /// earlier run left half-done and imports the files of the command line.
    pub fn start<R: Runtime>(app: AppHandle<R>, options: &Options) -> Arc<Self> {
        let samples = Samples::find(&app, options.samples.as_deref());
        let shell = Arc::new(Self::closed(samples));
        ImportQueue::run(Arc::clone(&shell), app.clone());
        let (opening, options) = (Arc::clone(&shell), options.clone());
        thread::spawn(move || {
            opening.opened(options.places().and_then(|places| opening.open(&places)));
            app.emit(event::LIBRARY_CHANGED, ()).unwrap_or_else(|e| tracing::warn!("{e}"));
            opening.imports.push(Job::Resume);
            if !options.paths.is_empty() {
                opening.import_or_refuse(options.paths);
            }
            opening.follow_folders();
            // The first question is then answered as fast as the second.
            if let Ok(engine) = opening.engine() {
                engine.warm_up();
                engine.tend();
                engine.check_in_idle_time(&CancelToken::new());
            }
        });
        shell
    }

    /// Looks at the folders that libraries follow, now and whenever they change.
    fn follow_folders(self: &Arc<Self>) {
        let shell = Arc::clone(self);
        thread::spawn(move || {
            let Ok(engine) = shell.engine() else { return };
            let followed = engine.follow_folders(&CancelToken::new(), &mut || {
                shell.imports.push_once(Job::Look);
                Ok(())
            });
            if let Err(problem) = followed {
                tracing::warn!(%problem, "folders are followed no more");
            }
        });
    }

    /// A shell whose engine is not open yet.
    pub fn closed(samples: Samples) -> Self {
        Self {
            engine: OnceLock::new(),
            home: OnceLock::new(),
            imports: ImportQueue::default(),
            samples,
            target: Mutex::new(Target { library: None, name: "Documents".into() }),
            answering: Mutex::default(),
            pulling: Mutex::default(),
            testing: Mutex::default(),
        }
    }

    /// Hands over the engine, or why there is none. Only the first call counts.
    pub fn opened(&self, engine: Result<Engine, Problem>) {
        if let Err(problem) = &engine {
            tracing::error!(code = problem.code.as_str(), "{problem}");
        }
        self.engine.set(engine).unwrap_or_else(|_| tracing::warn!("the engine was open already"));
    }

    fn open(&self, places: &Places) -> Result<Engine, Problem> {
        self.home.get_or_init(|| places.home.clone());
        places.engine()
    }

    /// The program ends.
    pub fn close(&self) {
        if let Some(Ok(engine)) = self.engine.get() {
            engine.close();
        }
    }

    /// The copies of the home's store, once it was tried to open it.
    pub fn backups(&self) -> Result<Backups, Problem> {
        let tried = self.engine.wait().as_ref().map(Engine::backups);
        let home = || self.home.get().map(|home| Backups::of(home));
        tried.or_else(|problem| home().ok_or_else(|| problem.clone()))
    }

    /// The engine; blocks until it is open.
    pub fn engine(&self) -> Result<&Engine, Problem> {
        self.engine.wait().as_ref().map_err(Clone::clone)
    }

    /// Where dropped and picked files go from now on.
    pub fn aim(&self, target: Target) {
        *lock(&self.target) = target;
    }

    /// Queues files and folders for the library aimed at.
    pub fn import(&self, paths: Vec<PathBuf>) -> Result<LibraryId, Problem> {
        let target = lock(&self.target).clone();
        let library = resolve(self.engine()?, &target)?;
        self.imports.push(Job::Import { paths, library, password: None });
        Ok(library)
    }

    /// The same where nobody waits for the outcome: a problem goes to the queue's board.
    pub fn import_or_refuse(&self, paths: Vec<PathBuf>) {
        if let Err(problem) = self.import(paths) {
            self.imports.refuse(problem);
        }
    }

    /// A fresh token for an answer; the one before is stopped.
    pub fn begin_answer(&self) -> CancelToken {
        renew(&self.answering)
    }

    /// Stops the answer that is being written.
    pub fn stop_answer(&self) {
        lock(&self.answering).cancel();
    }

    /// A fresh token for fetching a model; the one before is stopped.
    pub fn begin_pull(&self) -> CancelToken {
        renew(&self.pulling)
    }

    /// Stops fetching a model; what was fetched is kept.
    pub fn stop_pull(&self) {
        lock(&self.pulling).cancel();
    }

    /// A fresh token for a test or the making of vectors; the one before is stopped.
    pub fn begin_test(&self) -> CancelToken {
        renew(&self.testing)
    }

    /// Stops it; what was made is kept.
    pub fn stop_test(&self) {
        lock(&self.testing).cancel();
    }
}

/// The library aimed at, else the first, else a new one.
fn resolve(engine: &Engine, target: &Target) -> Result<LibraryId, Problem> {
    let libraries = engine.libraries()?;
    let aimed = libraries.iter().find(|library| Some(library.id) == target.library);
    match aimed.or(libraries.first()) {
        Some(library) => Ok(library.id),
        None => engine.create_library(&target.name),
    }
}

fn renew(slot: &Mutex<CancelToken>) -> CancelToken {
    let fresh = CancelToken::new();
    std::mem::replace(&mut *lock(slot), fresh.clone()).cancel();
    fresh
}

/// Locks, also after a panic elsewhere: what these locks guard is replaced as a whole.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs blocking work with the engine, off the threads that drive the window.
pub async fn blocking<T, F>(shell: &Arc<Shell>, work: F) -> dto::Result<T>
where
    T: Send + 'static,
    F: FnOnce(&Shell, &Engine) -> Result<T, Problem> + Send + 'static,
{
    let shell = Arc::clone(shell);
    tauri::async_runtime::spawn_blocking(move || work(&shell, shell.engine()?))
        .await
        .map_err(dto::ProblemDto::internal)?
        .map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_answer_stops_the_one_before() {
        let shell = Shell::closed(Samples::default());
        let first = shell.begin_answer();
        let second = shell.begin_answer();
        assert!(first.is_cancelled() && !second.is_cancelled());
        shell.stop_answer();
        assert!(second.is_cancelled());
    }
}
