//! What passages are to encoders, kept so that an index is rebuilt without embedding anything twice.
//! Kept by the text: passages that say the same share it, and it goes with the last of them.

use crate::passages::{decode, read};
use crate::{Result, Store};
use rusqlite::{Connection, OptionalExtension};
use std::ops::Range;
use yinju_core::ports::{Embedding, TokenVectors};
use yinju_core::{DocumentId, ModelId, Passage, PassageId};

impl Store {
    /// Passages with these ordinals that have no vector of this encoder yet, in order.
    pub fn passages_without_vector(
        &self,
        document: DocumentId,
        encoder: &ModelId,
        ordinals: Range<u32>,
    ) -> Result<Vec<Passage>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.document_id, p.ordinal, p.draft FROM passages p
             LEFT JOIN passage_embeddings v ON v.passage_id = p.id AND v.encoder = ?2
             WHERE p.document_id = ?1 AND p.ordinal >= ?3 AND p.ordinal < ?4
             AND v.passage_id IS NULL ORDER BY p.ordinal",
        )?;
        let of = (document.0, encoder.as_str(), ordinals.start, ordinals.end);
        let rows = statement.query_map(of, read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().filter_map(decode).collect())
    }

    /// Ids of a document's passages that have a vector of this encoder, sorted; of which passages, see
    /// [`Self::passage_ids`].
    pub fn ids_with_vector(
        &self,
        document: DocumentId,
        encoder: &ModelId,
    ) -> Result<Vec<PassageId>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id FROM passages p JOIN passage_embeddings v ON v.passage_id = p.id
             JOIN documents d ON d.id = p.document_id
             WHERE p.document_id = ?1 AND v.encoder = ?2
             AND (p.ordinal >= 0 OR NOT d.is_replacing) ORDER BY p.id",
        )?;
        let of = (document.0, encoder.as_str());
        let rows = statement.query_map(of, |row| row.get(0).map(PassageId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Gives passages the embeddings that are kept of their texts, and says which got none. A
    /// passage that is gone by now needs none.
    pub fn reuse_vectors(
        &self,
        encoder: &ModelId,
        texts: &[(PassageId, TextHash)],
    ) -> Result<Vec<PassageId>> {
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        let mut missing = Vec::new();
        for (id, text) in texts {
            if !attach(&transaction, encoder, *id, text)? {
                missing.push(*id);
            }
        }
        transaction.commit()?;
        Ok(missing)
    }

    /// Keeps embeddings, in one transaction.
    pub fn add_vectors(
        &self,
        encoder: &ModelId,
        embeddings: &[(PassageId, TextHash, Embedding)],
    ) -> Result<()> {
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        for (id, text, Embedding { vector, tokens }) in embeddings {
            let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO embeddings (encoder, text_sha256, vector)
                     SELECT ?2, ?3, ?4 FROM passages WHERE id = ?1",
                )?
                .execute((id.0, encoder.as_str(), text.0, bytes))?;
            if !tokens.0.is_empty() {
                transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO embedding_tokens (embedding_id, tokens)
                         SELECT id, ?3 FROM embeddings WHERE encoder = ?1 AND text_sha256 = ?2",
                    )?
                    .execute((encoder.as_str(), text.0, &tokens.0))?;
            }
            attach(&transaction, encoder, *id, text)?;
        }
        Ok(transaction.commit()?)
    }

    /// Forgets everything of an encoder.
    pub fn remove_encoder(&self, encoder: &ModelId) -> Result<()> {
        let statement = "DELETE FROM passage_embeddings WHERE encoder = ?1";
        self.lock().execute(statement, [encoder.as_str()])?;
        Ok(())
    }

    /// Encoders that something is kept of.
    pub fn encoders(&self) -> Result<Vec<ModelId>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT DISTINCT encoder FROM embeddings")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        // What is no name was never an encoder's.
        let named = rows.filter_map(|row| row.map(|id| id.parse().ok()).transpose());
        Ok(named.collect::<rusqlite::Result<_>>()?)
    }

    /// Numbers of a vector of an encoder, where any is kept: its index can be opened without it.
    pub fn dimensions(&self, encoder: &ModelId) -> Result<Option<usize>> {
        let query = "SELECT length(vector) / 4 FROM embeddings WHERE encoder = ?1 LIMIT 1";
        Ok(self.lock().query_row(query, [encoder.as_str()], |row| row.get(0)).optional()?)
    }

    /// Token vectors of passages, in their order; `None` for one that has none of this encoder.
    pub fn token_vectors(
        &self,
        ids: &[PassageId],
        encoder: &ModelId,
    ) -> Result<Vec<Option<TokenVectors>>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT t.tokens FROM passage_embeddings v
             JOIN embedding_tokens t ON t.embedding_id = v.embedding_id
             WHERE v.passage_id = ?1 AND v.encoder = ?2",
        )?;
        let mut tokens = |id: &PassageId| {
            let row = statement.query_row((id.0, encoder.as_str()), |row| row.get(0));
            Ok(row.optional()?.map(TokenVectors))
        };
        ids.iter().map(&mut tokens).collect()
    }

    /// Vectors of passages with these ids, of those that have one.
    pub fn vectors(
        &self,
        ids: &[PassageId],
        encoder: &ModelId,
    ) -> Result<Vec<(PassageId, Vec<f32>)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT e.vector FROM passage_embeddings v JOIN embeddings e ON e.id = v.embedding_id
             WHERE v.passage_id = ?1 AND v.encoder = ?2",
        )?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let bytes: Option<Vec<u8>> =
                statement.query_row((id.0, encoder.as_str()), |row| row.get(0)).optional()?;
            found.extend(bytes.and_then(|bytes| Some((*id, floats(&bytes)?))));
        }
        Ok(found)
    }

    /// Passages with these ids, each with its vector if it has one; those that read back.
    pub fn with_vectors(
        &self,
        ids: &[PassageId],
        encoder: &ModelId,
    ) -> Result<Vec<(Passage, Option<Vec<f32>>)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.document_id, p.ordinal, p.draft, e.vector
             FROM passages p
             LEFT JOIN passage_embeddings v ON v.passage_id = p.id AND v.encoder = ?2
             LEFT JOIN embeddings e ON e.id = v.embedding_id WHERE p.id = ?1",
        )?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query((id.0, encoder.as_str()))?;
            if let Some(row) = rows.next()? {
                let bytes: Option<Vec<u8>> = row.get(4)?;
                let vector = bytes.and_then(|bytes| floats(&bytes));
                found.extend(decode(read(row)?).map(|passage| (passage, vector)));
            }
        }
        Ok(found)
    }

    /// Ids of the passages with these ordinals, in order.
    pub fn ids_at(&self, document: DocumentId, ordinals: Range<u32>) -> Result<Vec<PassageId>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id FROM passages WHERE document_id = ?1 AND ordinal >= ?2 AND ordinal < ?3
             ORDER BY ordinal",
        )?;
        let of = (document.0, ordinals.start, ordinals.end);
        let rows = statement.query_map(of, |row| row.get(0).map(PassageId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// SHA-256 of a text as an encoder is given it, its prefix not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextHash(pub [u8; 32]);

/// Whether the text's embedding is kept and the passage is there to have it.
fn attach(
    connection: &Connection,
    encoder: &ModelId,
    passage: PassageId,
    text: &TextHash,
) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO passage_embeddings (passage_id, encoder, embedding_id)
         SELECT p.id, ?2, e.id FROM passages p
         JOIN embeddings e ON e.encoder = ?2 AND e.text_sha256 = ?3 WHERE p.id = ?1",
    )?;
    Ok(statement.execute((passage.0, encoder.as_str(), text.0))? > 0)
}

/// None where a number is cut off or is none.
pub(crate) fn floats(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let floats: Vec<f32> = numbers.iter().map(|b| f32::from_le_bytes(*b)).collect();
    let reads_back = rest.is_empty() && floats.iter().all(|number| number.is_finite());
    reads_back.then_some(floats)
}
