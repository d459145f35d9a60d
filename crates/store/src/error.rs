//! What can go wrong with the store, and how a person is told.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use yinju_core::{Problem, ProblemCode};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer version of the program.
    #[error("the home folder was written by a newer version of Yinju")]
    Newer,
    /// There is no such row.
    #[error("no {0} with this id")]
    NotFound(&'static str),
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[source] rusqlite_migration::Error),
    /// The file is not what was written.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A file of the store could not be read or written.
    #[error("the store's files cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// A stored value does not read back.
    #[error("a stored {0} does not read back")]
    Corrupt(&'static str),
}

/// Whether this process met with damage in a store.
static DAMAGE: AtomicBool = AtomicBool::new(false);

/// Whether damage was met with since the program began: the next opening has reason to look.
pub fn damage_was_seen() -> bool {
    DAMAGE.load(Ordering::Relaxed)
}

/// Remembers that damage was met with.
pub(crate) fn note_damage() {
    DAMAGE.store(true, Ordering::Relaxed);
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::Newer
            }
            // What stopped it matters: a full disk is no damage.
            Error::RusqliteError { err, .. } => Self::Sqlite(err),
            other => Self::Migration(other),
        }
    }
}

impl StoreError {
    /// Which problem it is to a person.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::Newer => ProblemCode::HomeNewer,
            Self::NotFound("library") => ProblemCode::LibraryNotFound,
            Self::NotFound("conversation") => ProblemCode::ChatNotFound,
            Self::NotFound(_) => ProblemCode::DocumentNotFound,
            Self::Sqlite(error) => code_of(error),
            Self::Io(error) => match error.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge => ProblemCode::DiskFull,
                _ => ProblemCode::HomeUnusable,
            },
            Self::Migration(_) | Self::Corrupt(_) | Self::Damaged(_) => ProblemCode::StoreDamaged,
        }
    }
}

/// A write that the system refuses is SQLite's `FULL` where the disk is full, and one of its
/// input/output errors where a quota is used up.
fn code_of(error: &rusqlite::Error) -> ProblemCode {
    use rusqlite::ErrorCode as Sqlite;
    use rusqlite::ffi;
    let extended = error.sqlite_error().map(|error| error.extended_code);
    match error.sqlite_error_code() {
        Some(Sqlite::DiskFull) => ProblemCode::DiskFull,
        Some(Sqlite::SystemIoFailure)
            if matches!(
                extended,
                Some(
                    ffi::SQLITE_IOERR_WRITE
                        | ffi::SQLITE_IOERR_FSYNC
                        | ffi::SQLITE_IOERR_TRUNCATE
                        | ffi::SQLITE_IOERR_SHMSIZE
                )
            ) =>
        {
            ProblemCode::DiskFull
        }
        Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => ProblemCode::HomeInUse,
        Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => ProblemCode::StoreDamaged,
        // Reading what should be there gave too little.
        Some(Sqlite::SystemIoFailure)
            if matches!(
                extended,
                Some(ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS)
            ) =>
        {
            ProblemCode::StoreDamaged
        }
        Some(
            Sqlite::CannotOpen
            | Sqlite::PermissionDenied
            | Sqlite::ReadOnly
            | Sqlite::SystemIoFailure,
        ) => ProblemCode::HomeUnusable,
        _ if is_of_another_form(error) => ProblemCode::StoreDamaged,
        _ => ProblemCode::Internal,
    }
}

/// Whether the tables or their rows are not what the migrations made: statements are fixed, so one
/// that is not understood, or gives a value of another kind, met bytes that changed.
fn is_of_another_form(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::SqlInputError { .. }
            | Error::InvalidColumnName(_)
            | Error::InvalidColumnIndex(_)
            | Error::InvalidColumnType(..)
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
    )
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = error.code();
        if code == ProblemCode::StoreDamaged {
            note_damage();
        }
        let problem = if code == ProblemCode::DiskFull {
            Problem::new(code, format!("the disk is full, or the quota is used up ({error})"))
        } else {
            Problem::new(code, &error)
        };
        match hint(code) {
            Some(text) => problem.hint(text),
            None => problem,
        }
    }
}

fn hint(code: ProblemCode) -> Option<&'static str> {
    Some(match code {
        ProblemCode::HomeNewer => "open it with the newer version, or choose another --home",
        ProblemCode::DiskFull => {
            "make room on the disk, or remove documents; what was finished is kept"
        }
        ProblemCode::HomeInUse => "close the other window or command that uses this folder",
        ProblemCode::StoreDamaged => {
            "start again: what can be read is recovered then; `yinju backup list` names the copies"
        }
        ProblemCode::HomeUnusable => "check that the home folder exists and may be written",
        ProblemCode::LibraryNotFound => "`yinju libraries` lists what there is",
        ProblemCode::DocumentNotFound => "`yinju documents` lists what there is",
        ProblemCode::ChatNotFound => "`yinju chats` lists what there is",
        _ => return None,
    })
}
