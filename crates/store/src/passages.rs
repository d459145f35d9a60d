//! Passages and where they stand.

use crate::{Result, Store, StoreError};
use rusqlite::{OptionalExtension, Row};
use yinju_core::{DocumentId, Passage, PassageDraft, PassageId};

impl Store {
    /// Keeps a document's passages and marks it as parsed, in one transaction.
    pub fn add_passages(&self, document: DocumentId, drafts: &[PassageDraft]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM passages WHERE document_id = ?1", [document.0])?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO passages (document_id, ordinal, draft) VALUES (?1, ?2, ?3)",
            )?;
            for draft in drafts {
                let blob =
                    postcard::to_stdvec(draft).map_err(|_| StoreError::Corrupt("passage"))?;
                insert.execute((document.0, draft.ordinal, blob))?;
            }
        }
        transaction.execute(
            "UPDATE documents SET status = 'parsed', problem = NULL WHERE id = ?1",
            [document.0],
        )?;
        Ok(transaction.commit()?)
    }

    /// Takes over the pages, passages and vectors of a document with the same content.
    pub fn copy_content(&self, from: DocumentId, to: DocumentId) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for statement in [
            "DELETE FROM passages WHERE document_id = ?2 AND ?1 > 0",
            "INSERT OR REPLACE INTO pages
                (document_id, number, label, status, characters, warnings, page)
             SELECT ?2, number, label, status, characters, warnings, page
             FROM pages WHERE document_id = ?1",
            "INSERT INTO passages (document_id, ordinal, draft)
             SELECT ?2, ordinal, draft FROM passages WHERE document_id = ?1",
            "INSERT INTO vectors (passage_id, encoder, vector)
             SELECT n.id, v.encoder, v.vector FROM passages n
             JOIN passages o ON o.document_id = ?1 AND o.ordinal = n.ordinal
             JOIN vectors v ON v.passage_id = o.id WHERE n.document_id = ?2",
            "UPDATE documents SET status = 'parsed', problem = NULL,
                title = (SELECT title FROM documents WHERE id = ?1),
                info = (SELECT info FROM documents WHERE id = ?1) WHERE id = ?2",
        ] {
            transaction.execute(statement, (from.0, to.0))?;
        }
        Ok(transaction.commit()?)
    }

    /// A passage of a searchable document.
    pub fn passage(&self, id: PassageId) -> Result<Option<Passage>> {
        let query = "SELECT p.id, p.document_id, p.draft FROM passages p
             JOIN documents d ON d.id = p.document_id WHERE p.id = ?1 AND d.status = 'ready'";
        let row = self.lock().query_row(query, [id.0], read).optional()?;
        row.map(decode).transpose()
    }

    /// All passages of a document, in order.
    pub fn passages(&self, document: DocumentId) -> Result<Vec<Passage>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, document_id, draft FROM passages WHERE document_id = ?1 ORDER BY ordinal",
        )?;
        let rows =
            statement.query_map([document.0], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(decode).collect()
    }

    /// Ids of a document's passages, sorted.
    pub fn passage_ids(&self, document: DocumentId) -> Result<Vec<PassageId>> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT id FROM passages WHERE document_id = ?1 ORDER BY id")?;
        let rows = statement.query_map([document.0], |row| row.get(0).map(PassageId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

type Encoded = (PassageId, DocumentId, Vec<u8>);

fn read(row: &Row<'_>) -> rusqlite::Result<Encoded> {
    Ok((PassageId(row.get(0)?), DocumentId(row.get(1)?), row.get(2)?))
}

fn decode((id, document, blob): Encoded) -> Result<Passage> {
    let draft = postcard::from_bytes(&blob).map_err(|_| StoreError::Corrupt("passage"))?;
    Ok(Passage { id, document, draft })
}
