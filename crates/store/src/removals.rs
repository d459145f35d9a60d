//! Documents that go, and what their removal has yet to reach. Deliberately not here: how a place is
//! reached (`engine`).

use crate::{Result, Store};
use yinju_core::DocumentId;

/// Some rows of a document, a few megabytes at most.
const REMOVE_SOME: [&str; 3] = [
    "DELETE FROM pages WHERE document_id = ?1 AND number IN
         (SELECT number FROM pages WHERE document_id = ?1 ORDER BY number LIMIT 64)",
    "DELETE FROM pages_again WHERE document_id = ?1 AND number IN
         (SELECT number FROM pages_again WHERE document_id = ?1 ORDER BY number LIMIT 64)",
    "DELETE FROM passages WHERE id IN
         (SELECT id FROM passages WHERE document_id = ?1 LIMIT 128)",
];

/// What is left to do of a removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedRemoval {
    /// The document, which is gone from the store.
    pub document: DocumentId,
    /// Where it may still be: an index, or the conversations.
    pub place: String,
}

impl Store {
    /// Removes documents with their pages, passages and vectors, and notes the places from which they
    /// have yet to go. From the first moment on they are `Cancelled` and noted; then they are removed
    /// a few rows at a time, since what is removed is overwritten, which goes through the log, and a full
    /// disk has room for little of it. After a crash it is done once more.
    pub fn remove_documents(&self, ids: &[DocumentId], places: &[String]) -> Result<()> {
        self.note_removal(ids, places)?;
        for id in ids {
            self.remove_document(*id)?;
        }
        // What was removed must not linger in the write-ahead log either.
        self.truncate_log()
    }

    fn note_removal(&self, ids: &[DocumentId], places: &[String]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for id in ids {
            let hide = "UPDATE documents SET status = 'cancelled', problem = NULL WHERE id = ?1";
            transaction.execute(hide, [id.0])?;
            for place in places {
                let note = "INSERT OR IGNORE INTO removals (document_id, place) VALUES (?1, ?2)";
                transaction.execute(note, (id.0, place))?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn remove_document(&self, id: DocumentId) -> Result<()> {
        let connection = self.lock();
        for statement in REMOVE_SOME {
            let mut remove = connection.prepare_cached(statement)?;
            while remove.execute([id.0])? > 0 {}
        }
        connection.execute("DELETE FROM documents WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Removals that did not reach every place.
    pub fn unfinished_removals(&self) -> Result<Vec<UnfinishedRemoval>> {
        let connection = self.lock();
        let query = "SELECT document_id, place FROM removals ORDER BY place, document_id";
        let mut statement = connection.prepare_cached(query)?;
        let rows = statement.query_map([], |row| {
            Ok(UnfinishedRemoval { document: DocumentId(row.get(0)?), place: row.get(1)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that documents are gone from a place.
    pub fn reached(&self, ids: &[DocumentId], place: &str) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for id in ids {
            let statement = "DELETE FROM removals WHERE document_id = ?1 AND place = ?2";
            transaction.execute(statement, (id.0, place))?;
        }
        Ok(transaction.commit()?)
    }
}
