//! Named sets of documents.

use crate::rows::{self, text};
use crate::{Result, Store, StoreError};
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use yinju_core::LibraryId;

/// A library and how much is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibrarySummary {
    /// Its id.
    pub id: LibraryId,
    /// Its name, unique.
    pub name: String,
    /// Documents known.
    pub documents: u32,
    /// Documents that are searchable.
    pub ready: u32,
    /// Pages read.
    pub pages: u32,
    /// Passages cut.
    pub passages: u32,
}

impl Store {
    /// All libraries, oldest first.
    pub fn libraries(&self) -> Result<Vec<LibrarySummary>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT l.id, l.name, count(d.id), coalesce(sum(d.status = 'ready'), 0),
                coalesce(sum(c.text + c.ocr + c.mixed + c.empty + c.garbled + c.failed), 0),
                coalesce(sum(c.passages), 0)
             FROM libraries l LEFT JOIN documents d ON d.library_id = l.id
             LEFT JOIN document_counts c ON c.document_id = d.id
             GROUP BY l.id ORDER BY l.id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(LibrarySummary {
                id: LibraryId(row.get(0)?),
                name: text(row, 1)?,
                documents: row.get(2)?,
                ready: row.get(3)?,
                pages: row.get(4)?,
                passages: row.get(5)?,
            })
        })?;
        rows::all(rows)
    }

    /// The library with this name, made if there is none.
    pub fn ensure_library(&self, name: &str) -> Result<LibraryId> {
        let connection = self.lock();
        connection.execute("INSERT OR IGNORE INTO libraries (name) VALUES (?1)", [name])?;
        let query = "SELECT id FROM libraries WHERE name = ?1";
        Ok(LibraryId(connection.query_row(query, [name], |row| row.get(0))?))
    }

    /// The library with this name.
    pub fn library_named(&self, name: &str) -> Result<Option<LibraryId>> {
        let query = "SELECT id FROM libraries WHERE name = ?1";
        Ok(self.lock().query_row(query, [name], |row| row.get(0)).optional()?.map(LibraryId))
    }

    /// Gives a library another name.
    pub fn rename_library(&self, id: LibraryId, name: &str) -> Result<()> {
        let statement = "UPDATE libraries SET name = ?2 WHERE id = ?1";
        match self.lock().execute(statement, (id.0, name))? {
            0 => Err(StoreError::NotFound("library")),
            _ => Ok(()),
        }
    }

    /// A library's own words, as they were written.
    pub fn word_list(&self, id: LibraryId) -> Result<String> {
        let query = "SELECT words FROM libraries WHERE id = ?1";
        let found = self.lock().query_row(query, [id.0], |row| text(row, 0)).optional()?;
        found.ok_or(StoreError::NotFound("library"))
    }

    /// The same of several libraries, of all where none is named; empty ones are left out.
    pub fn word_lists(&self, libraries: &[LibraryId]) -> Result<Vec<String>> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT id, words FROM libraries WHERE words <> ''")?;
        let rows = statement.query_map([], |row| Ok((LibraryId(row.get(0)?), text(row, 1)?)))?;
        let lists: Vec<(LibraryId, String)> = rows::all(rows)?;
        let is_meant = |id: &LibraryId| libraries.is_empty() || libraries.contains(id);
        Ok(lists.into_iter().filter(|(id, _)| is_meant(id)).map(|(_, words)| words).collect())
    }

    /// Keeps a library's own words.
    pub fn set_word_list(&self, id: LibraryId, words: &str) -> Result<()> {
        let statement = "UPDATE libraries SET words = ?2 WHERE id = ?1";
        match self.lock().execute(statement, (id.0, words))? {
            0 => Err(StoreError::NotFound("library")),
            _ => Ok(()),
        }
    }

    /// Removes a library with everything in it.
    pub fn remove_library(&self, id: LibraryId) -> Result<()> {
        match self.lock().execute("DELETE FROM libraries WHERE id = ?1", [id.0])? {
            0 => Err(StoreError::NotFound("library")),
            _ => Ok(()),
        }
    }
}
