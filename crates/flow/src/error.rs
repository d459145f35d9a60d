//! What can go wrong before a file has pages. What goes wrong in a part of it is a warning of a page.

use std::path::PathBuf;
use yinju_core::{Problem, ProblemCode};

/// Why a file could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// Its bytes cannot be had.
    #[error("{} cannot be read: {reason}", path.display())]
    FileUnreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file has no bytes.
    #[error("{} is empty (0 bytes)", .0.display())]
    EmptyFile(PathBuf),
    /// Its bytes are not what its name says.
    #[error("{} is not {expected}", path.display())]
    OtherContent {
        /// Which file.
        path: PathBuf,
        /// What was expected, with its article.
        expected: &'static str,
    },
    /// Its structure is beyond repair.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is protected by a password or a shop's rights management.
    #[error("{} is encrypted: {scheme}", path.display())]
    Encrypted {
        /// Which file.
        path: PathBuf,
        /// By what.
        scheme: &'static str,
    },
    /// It is, or unpacks to, more than is read.
    #[error("{} is too large: {reason}", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Which limit it goes beyond.
        reason: String,
    },
}

impl FlowError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::FileUnreadable { .. } => ProblemCode::FileUnreadable,
            Self::EmptyFile(_) => ProblemCode::EmptyFile,
            Self::OtherContent { .. } => ProblemCode::UnsupportedFile,
            Self::TooLarge { .. } => ProblemCode::FileTooLarge,
            Self::Damaged { .. } => ProblemCode::DamagedFile,
            Self::Encrypted { .. } => ProblemCode::UnsupportedEncryption,
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "check that the disk it is on works",
            Self::EmptyFile(_) => "copy or download the file again",
            Self::OtherContent { .. } => "open it in the program it belongs to and save it anew",
            Self::Damaged { .. } => {
                "download the file again, or open it elsewhere and save a new copy"
            }
            Self::Encrypted { .. } => {
                "open it in the program it belongs to and save a copy without protection"
            }
            Self::TooLarge { .. } => "split the file into smaller ones and import those",
        }
    }
}

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        Problem::new(error.code(), &error).hint(error.remedy())
    }
}
