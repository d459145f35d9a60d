//! Where files with a document's content are. The oldest place stands first and names the document.

use crate::{Result, Store, paths};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use yinju_core::DocumentId;

/// The first place of the document `d`, as a column.
pub(crate) const FIRST_PLACE: &str =
    "(SELECT path FROM places WHERE document_id = d.id ORDER BY id LIMIT 1)";

impl Store {
    /// All places of a document, oldest first.
    pub fn places(&self, document: DocumentId) -> Result<Vec<PathBuf>> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT path FROM places WHERE document_id = ?1 ORDER BY id")?;
        let rows = statement.query_map([document.0], |row| row.get(0).map(paths::path))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// All places of files with this content, whatever library they are in.
    pub fn places_of_content(&self, sha256: &str) -> Result<Vec<PathBuf>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT path FROM places JOIN documents d ON d.id = document_id
             WHERE d.sha256 = ?1 ORDER BY places.id",
        )?;
        let rows = statement.query_map([sha256], |row| row.get(0).map(paths::path))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Documents that have a place, oldest first.
    pub fn documents_at(&self, path: &Path) -> Result<Vec<DocumentId>> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT document_id FROM places WHERE path = ?1 ORDER BY id")?;
        let rows = statement.query_map([paths::bytes(path)], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Nothing with this content lies here any more. The last place is kept, to name the document.
    pub fn forget_place(&self, document: DocumentId, path: &Path) -> Result<()> {
        let statement = "DELETE FROM places WHERE document_id = ?1 AND path = ?2
             AND (SELECT count(*) FROM places WHERE document_id = ?1) > 1";
        self.lock().execute(statement, (document.0, paths::bytes(path)))?;
        Ok(())
    }
}

/// A file with this content lies here, and so no other does.
pub(crate) fn add(connection: &Connection, document: DocumentId, path: &Path) -> Result<()> {
    let path = paths::bytes(path);
    let made = connection
        .prepare_cached("INSERT OR IGNORE INTO places (document_id, path) VALUES (?1, ?2)")?
        .execute((document.0, &path))?;
    if made > 0 {
        let elsewhere = "DELETE FROM places WHERE path = ?2 AND document_id IN
            (SELECT other.id FROM documents other JOIN documents new ON new.id = ?1
             WHERE other.sha256 <> new.sha256)
            AND (SELECT count(*) FROM places p WHERE p.document_id = places.document_id) > 1";
        connection.prepare_cached(elsewhere)?.execute((document.0, &path))?;
    }
    Ok(())
}
