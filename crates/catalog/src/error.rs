//! What can go wrong with models, named by cause, and how a person is told.

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
    /// Whether it could not be reached at all.
    pub unreachable: bool,
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
        /// Which model.
        model: ModelId,
        /// What each source said, in the order of trying.
        attempts: Vec<Attempt>,
    },
    /// A server answered something that cannot be used.
    #[error("{0}")]
    Refused(String),
    /// A server did not answer at all.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The connection broke too often.
    #[error("the connection broke: {0}")]
    Disconnected(String),
    /// What was named as a mirror is no address.
    #[error("the mirror {0} is no address that begins with https://")]
    Mirror(String),
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
    /// No connection is made from this machine.
    #[error("no connection was made: this machine is set to stay by itself")]
    AirGapped,
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
        matches!(self, Self::Cancelled | Self::AirGapped | Self::DiskFull { .. } | Self::Io { .. })
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
        E::WrongKind(..) | E::Mirror(_) => ProblemCode::BadUsage,
        E::HashMismatch { .. } => ProblemCode::ModelHashMismatch,
        E::NoSource { attempts, .. } if attempts.iter().all(|each| each.unreachable) => {
            ProblemCode::HubsUnreachable
        }
        E::NoSource { .. } | E::Refused(_) | E::Disconnected(_) => ProblemCode::DownloadFailed,
        E::Unreachable(_) | E::AirGapped => ProblemCode::HubsUnreachable,
        E::DiskFull { .. } => ProblemCode::DiskFull,
        E::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            ProblemCode::FileNotFound
        }
        E::Io { .. } => ProblemCode::FileUnreadable,
        E::Cancelled => ProblemCode::Cancelled,
        E::Catalogue(_) => ProblemCode::Internal,
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
        E::NoSource { attempts, .. } if attempts.iter().all(|each| each.unreachable) => Some(
            "check the connection; where these sites are blocked, set YINJU_MIRROR to the address \
             of a mirror, or get the files by other means and `yinju models import` them"
                .to_owned(),
        ),
        E::NoSource { .. } | E::Refused(_) | E::Disconnected(_) | E::Unreachable(_) => {
            Some("check the connection and try again: it goes on where it stopped".to_owned())
        }
        E::DiskFull { .. } => {
            Some("free some space and try again: it goes on where it stopped".to_owned())
        }
        E::AirGapped => Some(
            "get the files by other means and `yinju models import` them, or allow connections \
             with `yinju ledger --air-gapped off`"
                .to_owned(),
        ),
        E::WrongKind(..) => Some("`yinju models list` shows which model does what".to_owned()),
        _ => None,
    }
}
