//! A person's own questions, by which a library is measured, and what the measurements gave. What a
//! run holds is the engine's affair: here it is a text.

use crate::rows::{self, text};
use crate::{Result, Store, StoreError};
use yinju_core::{DocumentId, PageNumber};

/// A question with where its answer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnQuestion {
    /// Its id.
    pub id: u64,
    /// What is asked.
    pub question: String,
    /// The document with the answer.
    pub document: DocumentId,
    /// The pages with the answer, from
    pub first: PageNumber,
    /// to.
    pub last: PageNumber,
}

/// A measurement that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// Its id.
    pub id: u64,
    /// When it was made, in UTC.
    pub created: String,
    /// What was measured, as JSON.
    pub run: String,
}

impl Store {
    /// All questions, oldest first.
    pub fn own_questions(&self) -> Result<Vec<OwnQuestion>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, question, document_id, first_page, last_page FROM own_questions ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| {
            let page = |index| Ok::<_, rusqlite::Error>(page_from(row.get(index)?));
            Ok(OwnQuestion {
                id: row.get(0)?,
                question: text(row, 1)?,
                document: DocumentId(row.get(2)?),
                first: page(3)?,
                last: page(4)?,
            })
        })?;
        rows::all(rows)
    }

    /// Keeps a question; the id it comes with does not count.
    pub fn add_own_question(&self, new: &OwnQuestion) -> Result<u64> {
        let connection = self.lock();
        connection.execute(
            "INSERT INTO own_questions (question, document_id, first_page, last_page)
             VALUES (?1, ?2, ?3, ?4)",
            (&new.question, new.document.0, new.first.get(), new.last.get()),
        )?;
        Ok(connection.last_insert_rowid() as u64)
    }

    /// Removes a question.
    pub fn remove_own_question(&self, id: u64) -> Result<()> {
        self.lock().execute("DELETE FROM own_questions WHERE id = ?1", [id])?;
        Ok(())
    }

    /// All runs, the latest first.
    pub fn own_runs(&self) -> Result<Vec<StoredRun>> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT id, created, run FROM own_runs ORDER BY id DESC")?;
        let rows = statement.query_map([], |row| {
            Ok(StoredRun { id: row.get(0)?, created: row.get(1)?, run: row.get(2)? })
        })?;
        rows::all(rows)
    }

    /// Keeps a run.
    pub fn add_own_run(&self, run: &str) -> Result<StoredRun> {
        let connection = self.lock();
        let stored = connection.query_row(
            "INSERT INTO own_runs (run) VALUES (?1) RETURNING id, created",
            [run],
            |row| Ok(StoredRun { id: row.get(0)?, created: row.get(1)?, run: run.to_owned() }),
        )?;
        Ok(stored)
    }

    /// Removes a run.
    pub fn remove_own_run(&self, id: u64) -> Result<()> {
        match self.lock().execute("DELETE FROM own_runs WHERE id = ?1", [id])? {
            0 => Err(StoreError::NotFound("run")),
            _ => Ok(()),
        }
    }
}

/// Only numbers from 1 are written.
fn page_from(number: u32) -> PageNumber {
    PageNumber::from_index(number.saturating_sub(1) as usize)
}
