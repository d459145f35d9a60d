//! What can go wrong in the index, by cause, and how a person is told.

use std::io;
use std::path::{Path, PathBuf};
use yinju_core::{Problem, ProblemCode};

/// Why the index could not do something.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The files are not what was written; the index has to be rebuilt from the store.
    #[error("the search index in {folder} is damaged: {reason}")]
    Damaged {
        /// The index's folder.
        folder: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The files were made for another encoder or by another version; they have to be rebuilt.
    #[error("the search index in {folder} is of another kind: {reason}")]
    Outdated {
        /// The index's folder.
        folder: PathBuf,
        /// What differs.
        reason: String,
    },
    /// Another process has it open.
    #[error("the search index in {folder} is in use by another process")]
    InUse {
        /// The index's folder.
        folder: PathBuf,
    },
    /// The disk is full, or so nearly that writing would be dangerous.
    #[error("the disk with the search index is full")]
    DiskFull,
    /// The operating system refused.
    #[error("the search index cannot use {path}: {source}")]
    Io {
        /// What it was doing it with.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A vector that is not of the encoder's length, or holds a number that is none.
    #[error("a vector of {found} numbers where {expected} finite ones were expected")]
    BadVector {
        /// The encoder's length.
        expected: usize,
        /// The vector's.
        found: usize,
    },
    /// A search by vectors without a vector.
    #[error("a search by meaning needs the question's vector")]
    VectorMissing,
    /// The engine underneath failed in a way that says nothing about the files.
    #[error("the search index failed while {doing}: {reason}")]
    Engine {
        /// In the middle of what.
        doing: &'static str,
        /// What it said.
        reason: String,
    },
}

impl IndexError {
    pub(crate) fn damaged(folder: &Path, reason: &(impl ToString + ?Sized)) -> Self {
        Self::Damaged { folder: folder.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn outdated(folder: &Path, reason: &(impl ToString + ?Sized)) -> Self {
        Self::Outdated { folder: folder.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        if is_disk_full(&source) {
            return Self::DiskFull;
        }
        Self::Io { path: path.to_owned(), source }
    }

    /// An engine that panicked has met what it cannot go on with: a full disk, or files that are not
    /// what was written.
    pub(crate) fn panicked(folder: &Path, reason: &str) -> Self {
        if tells_of_full_disk(reason) { Self::DiskFull } else { Self::damaged(folder, reason) }
    }

    /// A failure of an engine that gives its reason as text only.
    pub(crate) fn engine(doing: &'static str, reason: &(impl ToString + ?Sized)) -> Self {
        let reason = reason.to_string();
        if tells_of_full_disk(&reason) {
            return Self::DiskFull;
        }
        Self::Engine { doing, reason }
    }
}

fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Engines hand on the system's words: of Linux and macOS (`ENOSPC`, 28), of Windows
/// (`ERROR_DISK_FULL`, 112).
fn tells_of_full_disk(reason: &str) -> bool {
    ["No space left on device", "os error 28)", "os error 112)", "StorageFull"]
        .iter()
        .any(|sign| reason.contains(sign))
}

impl From<IndexError> for Problem {
    fn from(error: IndexError) -> Self {
        let message = error.to_string();
        match error {
            IndexError::Damaged { .. } | IndexError::Outdated { .. } => {
                Problem::new(ProblemCode::IndexDamaged, message)
                    .hint("it is made again from your library; no document is lost")
            }
            IndexError::InUse { .. } => Problem::new(ProblemCode::HomeInUse, message)
                .hint("close the other Yinju window or command and try again"),
            IndexError::DiskFull => Problem::new(ProblemCode::DiskFull, message)
                .hint("free some space and try again; what was imported is safe"),
            IndexError::Io { .. } => Problem::new(ProblemCode::HomeUnusable, message)
                .hint("check that the folder exists and that you may write to it"),
            IndexError::BadVector { .. }
            | IndexError::VectorMissing
            | IndexError::Engine { .. } => Problem::internal(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(error: IndexError) -> ProblemCode {
        Problem::from(error).code
    }

    #[test]
    fn causes_become_codes() {
        let full = io::Error::from_raw_os_error(28);
        assert_eq!(code(IndexError::io(Path::new("x"), full)), ProblemCode::DiskFull);
        let told = "IO error: No space left on device (os error 28)";
        assert_eq!(code(IndexError::engine("writing", told)), ProblemCode::DiskFull);
        let damaged = IndexError::damaged(Path::new("x"), "torn");
        assert_eq!(code(damaged), ProblemCode::IndexDamaged);
        assert_eq!(code(IndexError::VectorMissing), ProblemCode::Internal);
    }
}
