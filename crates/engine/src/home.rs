//! The home folder: what lies where, and the lock that keeps two processes apart.

use crate::Result;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use yinju_core::{ModelId, Problem, ProblemCode};

/// How long another process may take to let go: a window that was just closed is still saving.
const PATIENCE: Duration = Duration::from_secs(2);
/// By these an index of a version that marked no folders is known.
const INDEX_FILES: [&str; 2] = ["index.json", "lock"];
const POLL: Duration = Duration::from_millis(50);

/// A home that this process holds. The lock goes when the value does, or when the process dies.
pub(crate) struct Home {
    folder: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes the folder if needed and takes its lock.
    pub(crate) fn lock(folder: &Path) -> Result<Self> {
        let unusable = |error: io::Error| unusable(folder, &error);
        fs::create_dir_all(folder).map_err(unusable)?;
        let lock = File::create(folder.join("home.lock")).map_err(unusable)?;
        let end = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { folder: folder.to_owned(), _lock: lock }),
                Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(POLL),
                Err(TryLockError::WouldBlock) => return Err(in_use(folder)),
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
    }

    /// The store's file.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join("yinju.db")
    }

    /// The folder of an encoder's index.
    pub(crate) fn index(&self, encoder: &ModelId) -> PathBuf {
        self.folder.join("index").join(encoder.as_str())
    }

    /// Encoders that have a folder for their index.
    pub(crate) fn indexes(&self) -> Vec<ModelId> {
        let Ok(entries) = fs::read_dir(self.folder.join("index")) else { return Vec::new() };
        let folders = entries.flatten().filter(|entry| entry.path().is_dir());
        folders.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Makes the folder of an index, if it is not there.
pub(crate) fn make_index(folder: &Path) -> Result<()> {
    yinju_owned::make(folder, &INDEX_FILES).map_err(|error| unusable(folder, &error))
}

/// Removes the folder of an index; one that is absent is removed already.
pub(crate) fn remove_index(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        make_index(folder)?;
    }
    let Some((indexes, name)) = folder.parent().zip(folder.file_name()) else { return Ok(()) };
    yinju_owned::remove(indexes, name).map_err(|error| unusable(folder, &error))
}

fn in_use(folder: &Path) -> Problem {
    let message = format!("{} is in use by another Yinju", folder.display());
    Problem::new(ProblemCode::HomeInUse, message)
        .hint("close the other window or command, or choose another --home")
}

fn unusable(folder: &Path, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::StorageFull {
        return Problem::new(ProblemCode::DiskFull, "the disk is full")
            .hint("free some space and start again");
    }
    let message = format!("{} cannot be used: {error}", folder.display());
    Problem::new(ProblemCode::HomeUnusable, message)
        .hint("check that the folder may be written, or choose another --home")
}
