//! Passages and where they stand. Deliberately not here: how they come while a file is read
//! (`reading`), and their vectors.

use crate::{Result, Store, StoreError, rows};
use rusqlite::{OptionalExtension, Row};
use yinju_core::{DocumentId, Passage, PassageDraft, PassageId};

impl Store {
    /// Takes over the pages, passages and vectors of a document with the same content.
    pub fn copy_content(&self, from: DocumentId, to: DocumentId) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for statement in [
            "DELETE FROM passages WHERE document_id = ?2 AND ?1 > 0",
            "DELETE FROM pages WHERE document_id = ?2 AND ?1 > 0",
            "INSERT INTO pages
                (document_id, number, label, status, characters, warnings, page, confidence)
             SELECT ?2, number, label, status, characters, warnings, page, confidence
             FROM pages WHERE document_id = ?1",
            "INSERT INTO passages (document_id, ordinal, draft, page, start)
             SELECT ?2, ordinal, draft, page, start FROM passages WHERE document_id = ?1",
            "INSERT INTO passage_embeddings (passage_id, encoder, embedding_id)
             SELECT n.id, v.encoder, v.embedding_id FROM passages n
             JOIN passages o ON o.document_id = ?1 AND o.ordinal = n.ordinal
             JOIN passage_embeddings v ON v.passage_id = o.id WHERE n.document_id = ?2",
            "UPDATE documents SET status = 'parsed', problem = NULL, is_replacing = 0,
                title = (SELECT title FROM documents WHERE id = ?1),
                info = (SELECT info FROM documents WHERE id = ?1),
                cut = (SELECT cut FROM documents WHERE id = ?1) WHERE id = ?2",
        ] {
            transaction.execute(statement, (from.0, to.0))?;
        }
        Ok(transaction.commit()?)
    }

    /// A passage of a document that may be searched; none where it does not read back.
    pub fn passage(&self, id: PassageId) -> Result<Option<Passage>> {
        let query = "SELECT p.id, p.document_id, p.ordinal, p.draft FROM passages p
             JOIN documents d ON d.id = p.document_id
             WHERE p.id = ?1 AND d.status IN ('queued', 'parsed', 'embedded', 'ready')
             AND (p.ordinal >= 0 OR NOT d.is_replacing)";
        let row = self.lock().query_row(query, [id.0], read).optional()?;
        Ok(row.and_then(decode))
    }

    /// All passages of a document, in order.
    pub fn passages(&self, document: DocumentId) -> Result<Vec<Passage>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, document_id, ordinal, draft FROM passages WHERE document_id = ?1
             ORDER BY ordinal",
        )?;
        let rows =
            statement.query_map([document.0], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().filter_map(decode).collect())
    }

    /// Ids of a document's passages, sorted; those of an earlier version that have not come again are
    /// none of its.
    pub fn passage_ids(&self, document: DocumentId) -> Result<Vec<PassageId>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document_id
                 WHERE p.document_id = ?1 AND (p.ordinal >= 0 OR NOT d.is_replacing)
                 ORDER BY p.id",
        )?;
        let rows = statement.query_map([document.0], |row| row.get(0).map(PassageId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A passage as it stands in a row: id, document, ordinal, and the rest.
pub(crate) type Encoded = (PassageId, DocumentId, i64, Vec<u8>);

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Encoded> {
    Ok((PassageId(row.get(0)?), DocumentId(row.get(1)?), row.get(2)?, row.get(3)?))
}

/// The ordinal stands in a column of its own, so that a passage that moves stays the same.
pub(crate) fn encode(draft: &PassageDraft) -> Result<Vec<u8>> {
    let placeless = PassageDraft { ordinal: 0, ..draft.clone() };
    postcard::to_stdvec(&placeless).map_err(|_| StoreError::Corrupt("passage"))
}

/// None where it does not read back.
pub(crate) fn decode((id, document, ordinal, blob): Encoded) -> Option<Passage> {
    let mut draft: PassageDraft = rows::decoded("passage", postcard::from_bytes(&blob))?;
    draft.ordinal = u32::try_from(ordinal).unwrap_or_default();
    Some(Passage { id, document, draft })
}

/// The page and the character a passage begins with.
pub(crate) fn place(draft: &PassageDraft) -> (u32, u32) {
    draft.spans.first().map_or((0, 0), |span| (span.page.get(), span.range.start))
}
