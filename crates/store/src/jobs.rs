//! Files that an import has yet to deal with; what a crash leaves here is taken up again, unless it
//! was the same file twice.

use crate::rows;
use crate::{Result, Store, paths};
use rusqlite::Row;
use std::path::{Path, PathBuf};
use yinju_core::{LibraryId, Problem};

/// A file waiting to be imported, or set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Row id.
    pub id: u64,
    /// Into which library.
    pub library: LibraryId,
    /// Which file.
    pub path: PathBuf,
    /// How often it was begun and did not come to an end.
    pub attempts: u32,
    /// Why it is not tried again by itself.
    pub set_aside: Option<Problem>,
}

impl Store {
    /// Queues files, each once, in one transaction.
    pub fn add_jobs(&self, library: LibraryId, files: &[PathBuf]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT OR IGNORE INTO jobs (library_id, path) VALUES (?1, ?2)")?;
            for file in files {
                insert.execute((library.0, paths::bytes(file)))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// All files that wait or were set aside, oldest first.
    pub fn jobs(&self) -> Result<Vec<Job>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, library_id, path, attempts, reason FROM jobs ORDER BY id",
        )?;
        let rows = statement.query_map([], read)?;
        rows::all(rows)
    }

    /// Work on a file begins: if nothing is heard of it any more, this is what is known.
    pub fn begin_job(&self, library: LibraryId, file: &Path) -> Result<()> {
        self.change_job("UPDATE jobs SET attempts = attempts + 1", library, file)
    }

    /// Work on a file came further than any before it, so it is not the file that ends it.
    pub fn advance_job(&self, library: LibraryId, file: &Path) -> Result<()> {
        let change = "UPDATE jobs SET attempts = min(attempts, 1), reason = NULL";
        self.change_job(change, library, file)
    }

    /// Work on a file stops for a reason that is not the file's; it goes on another time.
    pub fn rest_job(&self, library: LibraryId, file: &Path) -> Result<()> {
        self.change_job("UPDATE jobs SET attempts = max(attempts - 1, 0)", library, file)
    }

    /// A file is not tried again by itself.
    pub fn set_job_aside(&self, id: u64, reason: &Problem) -> Result<()> {
        let reason = serde_json::to_string(reason).unwrap_or_else(|_| reason.message.clone());
        self.lock().execute("UPDATE jobs SET reason = ?2 WHERE id = ?1", (id, reason))?;
        Ok(())
    }

    /// Takes jobs off the queue by hand; those that there were.
    pub fn drop_jobs(&self, ids: &[u64]) -> Result<Vec<Job>> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut dropped = Vec::new();
        {
            let mut statement = transaction.prepare_cached(
                "DELETE FROM jobs WHERE id = ?1 RETURNING id, library_id, path, attempts, reason",
            )?;
            for id in ids {
                let rows = statement.query_map([id], read)?;
                dropped.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
            }
        }
        transaction.commit()?;
        Ok(dropped)
    }

    /// Takes a file off the queue.
    pub fn finish_job(&self, library: LibraryId, file: &Path) -> Result<()> {
        self.change_job("DELETE FROM jobs", library, file)
    }

    fn change_job(&self, change: &str, library: LibraryId, file: &Path) -> Result<()> {
        let statement = format!("{change} WHERE library_id = ?1 AND path = ?2");
        let connection = self.bulk();
        connection.prepare_cached(&statement)?.execute((library.0, paths::bytes(file)))?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Job> {
    let reason: Option<String> = row.get(4)?;
    Ok(Job {
        id: row.get(0)?,
        library: LibraryId(row.get(1)?),
        path: paths::path(row.get(2)?),
        attempts: row.get(3)?,
        set_aside: reason.map(|reason| {
            // A damaged reason is still one.
            serde_json::from_str(&reason).unwrap_or_else(|_| Problem::internal(reason))
        }),
    })
}
