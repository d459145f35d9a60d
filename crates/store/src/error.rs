//! What can go wrong with the store, and how a person is told.

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
    /// A stored value does not read back.
    #[error("a stored {0} does not read back")]
    Corrupt(&'static str),
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::Newer
            }
            other => Self::Migration(other),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        use rusqlite::ErrorCode as Sqlite;
        let code = match &error {
            StoreError::Newer => ProblemCode::HomeNewer,
            StoreError::NotFound("library") => ProblemCode::LibraryNotFound,
            StoreError::NotFound("conversation") => ProblemCode::ChatNotFound,
            StoreError::NotFound(_) => ProblemCode::DocumentNotFound,
            StoreError::Sqlite(e) => match e.sqlite_error_code() {
                Some(Sqlite::DiskFull) => ProblemCode::DiskFull,
                Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => ProblemCode::HomeInUse,
                Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => ProblemCode::StoreDamaged,
                Some(
                    Sqlite::CannotOpen
                    | Sqlite::PermissionDenied
                    | Sqlite::ReadOnly
                    | Sqlite::SystemIoFailure,
                ) => ProblemCode::HomeUnusable,
                _ => ProblemCode::Internal,
            },
            StoreError::Migration(_) | StoreError::Corrupt(_) => ProblemCode::StoreDamaged,
        };
        let problem = Problem::new(code, &error);
        match hint(code) {
            Some(text) => problem.hint(text),
            None => problem,
        }
    }
}

fn hint(code: ProblemCode) -> Option<&'static str> {
    Some(match code {
        ProblemCode::HomeNewer => "open it with the newer version, or choose another --home",
        ProblemCode::DiskFull => "free some space; what was finished is kept, the rest goes on",
        ProblemCode::HomeInUse => "close the other window or command that uses this folder",
        ProblemCode::StoreDamaged => "move yinju.db away and import the files again",
        ProblemCode::HomeUnusable => "check that the home folder exists and may be written",
        ProblemCode::LibraryNotFound => "`yinju libraries` lists what there is",
        ProblemCode::DocumentNotFound => "`yinju documents` lists what there is",
        ProblemCode::ChatNotFound => "`yinju chats` lists what there is",
        _ => return None,
    })
}
