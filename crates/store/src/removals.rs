//! Documents that go, and what their removal has yet to reach. Deliberately not here: how a place is
//! reached (`engine`).

use crate::{Result, Store};
use yinju_core::DocumentId;

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
    /// have yet to go, both or neither.
    pub fn remove_documents(&self, ids: &[DocumentId], places: &[String]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for id in ids {
            transaction.execute("DELETE FROM documents WHERE id = ?1", [id.0])?;
            for place in places {
                let note = "INSERT OR IGNORE INTO removals (document_id, place) VALUES (?1, ?2)";
                transaction.execute(note, (id.0, place))?;
            }
        }
        transaction.commit()?;
        drop(connection);
        self.empty_log()
    }

    /// What was removed must not linger in the write-ahead log either.
    pub fn empty_log(&self) -> Result<()> {
        self.lock().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
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
