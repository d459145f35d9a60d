//! What can go wrong with models, named by cause, and how a person is told.

use crate::e5s1::E5s1Error;
use std::io;
use std::path::{Path, PathBuf};
use yinju_core::{ModelId, Problem, ProblemCode};

/// One source that was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which, as `huggingface`.
    pub source: String,
    /// Why it gave nothing.
    pub reason: String,
}

/// What can go wrong with models.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The catalogue itself cannot be read.
    #[error("the catalogue cannot be read: {0}")]
    Catalogue(String),
    /// No such model is in the catalogue or installed.
    #[error("no model is called {0}")]
    UnknownModel(ModelId),
    /// It is in the catalogue but not on this machine, or not whole.
    #[error("the model {0} is not installed")]
    NotInstalled(ModelId),
    /// An encoder was asked for and this is none, or the other way round.
    #[error("{0} is not {1}")]
    WrongKind(ModelId, &'static str),
    /// A file's hash is not the one it must have.
    #[error("{} has the wrong SHA-256: {found}, not {expected}", file.display())]
    HashMismatch {
        /// Which file; where it is a download, where it was set aside.
        file: PathBuf,
        /// The hash it must have.
        expected: String,
        /// The hash it has.
        found: String,
    },
    /// Every source was tried in vain.
    #[error("{model} could not be fetched: {}", list(attempts))]
    NoSource {
        /// Which model or component.
        model: ModelId,
        /// What each source said, in the order of trying.
        attempts: Vec<Attempt>,
    },
    /// A server answered something that cannot be used.
    #[error("{0}")]
    Refused(String),
    /// The connection broke too often.
    #[error("the connection broke: {0}")]
    Disconnected(String),
    /// The registry's client is not on this machine.
    #[error("pip was not found (tried {0})")]
    NoPip(String),
    /// The registry's client failed.
    #[error("pip could not download {package}: {reason}")]
    PipFailed {
        /// `name==version`.
        package: String,
        /// The end of what it printed.
        reason: String,
    },
    /// A package does not hold what the catalogue says.
    #[error("{} cannot be unpacked: {reason}", file.display())]
    Package {
        /// The package.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// What was fetched cannot be converted.
    #[error("the download cannot be converted: {0}")]
    Convert(#[from] E5s1Error),
    /// The catalogue names a conversion that this program does not know.
    #[error("the conversion {0} is not known")]
    UnknownConversion(String),
    /// This component is not built for this system.
    #[error("{0} is not available for this system")]
    NoBuild(String),
    /// A file that was to be imported is no model.
    #[error("{} is not a model: {reason}", path.display())]
    NotAModel {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A model that was to be imported is of a kind that cannot be run.
    #[error("{} cannot be used: {reason}", path.display())]
    Unsupported {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The disk is full.
    #[error("no space left at {}", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
}

impl CatalogError {
    /// A failure of reading or writing `path`; a full disk is told apart.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source },
        }
    }

    /// Whether another source may do better; a full disk or a person's stop ends the pull.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Cancelled | Self::DiskFull { .. } | Self::Io { .. })
    }
}

fn list(attempts: &[Attempt]) -> String {
    let tried: Vec<_> = attempts.iter().map(|a| format!("{}: {}", a.source, a.reason)).collect();
    tried.join("; ")
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        let problem = Problem::new(code(&error), &error);
        match hint(&error) {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

fn code(error: &CatalogError) -> ProblemCode {
    use CatalogError as E;
    match error {
        E::UnknownModel(_) => ProblemCode::ModelUnknown,
        E::NotInstalled(_) => ProblemCode::ModelMissing,
        E::WrongKind(..) => ProblemCode::BadUsage,
        E::HashMismatch { .. } => ProblemCode::ModelHashMismatch,
        E::NoSource { .. }
        | E::Refused(_)
        | E::Disconnected(_)
        | E::NoPip(_)
        | E::PipFailed { .. }
        | E::Package { .. } => ProblemCode::DownloadFailed,
        E::Convert(_) | E::NotAModel { .. } => ProblemCode::ModelDamaged,
        E::Unsupported { .. } | E::NoBuild(_) => ProblemCode::ModelUnsupported,
        E::DiskFull { .. } => ProblemCode::DiskFull,
        E::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            ProblemCode::FileNotFound
        }
        E::Io { .. } => ProblemCode::FileUnreadable,
        E::Cancelled => ProblemCode::Cancelled,
        E::Catalogue(_) | E::UnknownConversion(_) => ProblemCode::Internal,
    }
}

fn hint(error: &CatalogError) -> Option<String> {
    use CatalogError as E;
    match error {
        E::UnknownModel(_) => Some("`yinju models list` shows what there is".to_owned()),
        E::NotInstalled(id) => Some(format!("`yinju models pull {id}` fetches it")),
        E::HashMismatch { .. } => Some(
            "the file is damaged or is not the published one; remove the model and pull it again"
                .to_owned(),
        ),
        E::NoSource { .. } | E::Refused(_) | E::Disconnected(_) | E::PipFailed { .. } => {
            Some("check the connection and try again: it goes on where it stopped".to_owned())
        }
        E::NoPip(_) => Some("install Python's pip (Debian: apt install python3-pip)".to_owned()),
        E::DiskFull { .. } => {
            Some("free some space and try again: it goes on where it stopped".to_owned())
        }
        E::NotAModel { .. } | E::Unsupported { .. } => Some(
            "a GGUF file, or a folder with config.json, model.safetensors and tokenizer.json, can be imported"
                .to_owned(),
        ),
        E::WrongKind(..) => Some("`yinju models list` shows which model does what".to_owned()),
        _ => None,
    }
}
