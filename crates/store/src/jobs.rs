//! Files that an import has yet to deal with; what a crash leaves here is taken up again.

use crate::rows::{self, text};
use crate::{Result, Store};
use std::path::{Path, PathBuf};
use yinju_core::LibraryId;

/// A file waiting to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Row id.
    pub id: u64,
    /// Into which library.
    pub library: LibraryId,
    /// Which file.
    pub path: PathBuf,
}

impl Store {
    /// Queues files, each once, in one transaction.
    pub fn add_jobs(&self, library: LibraryId, paths: &[PathBuf]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO jobs (library_id, path) VALUES (?1, ?2)")?;
            for path in paths {
                insert.execute((library.0, path.to_string_lossy()))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// All queued files, oldest first.
    pub fn jobs(&self) -> Result<Vec<Job>> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT id, library_id, path FROM jobs ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(Job {
                id: row.get(0)?,
                library: LibraryId(row.get(1)?),
                path: PathBuf::from(text(row, 2)?),
            })
        })?;
        rows::all(rows)
    }

    /// Takes a file off the queue.
    pub fn finish_job(&self, library: LibraryId, path: &Path) -> Result<()> {
        let statement = "DELETE FROM jobs WHERE library_id = ?1 AND path = ?2";
        self.bulk().execute(statement, (library.0, path.to_string_lossy()))?;
        Ok(())
    }
}
