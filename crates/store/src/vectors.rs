//! Vectors of passages, kept so that an index is rebuilt without embedding anything twice.

use crate::passages::{decode, read};
use crate::{Result, Store};
use rusqlite::OptionalExtension;
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
             LEFT JOIN vectors v ON v.passage_id = p.id AND v.encoder = ?2
             WHERE p.document_id = ?1 AND p.ordinal >= ?3 AND p.ordinal < ?4
             AND v.passage_id IS NULL ORDER BY p.ordinal",
        )?;
        let of = (document.0, encoder.as_str(), ordinals.start, ordinals.end);
        let rows = statement.query_map(of, read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(decode).collect()
    }

    /// Ids of a document's passages that have a vector of this encoder, sorted.
    pub fn ids_with_vector(
        &self,
        document: DocumentId,
        encoder: &ModelId,
    ) -> Result<Vec<PassageId>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id FROM passages p JOIN vectors v ON v.passage_id = p.id
             WHERE p.document_id = ?1 AND v.encoder = ?2 ORDER BY p.id",
        )?;
        let of = (document.0, encoder.as_str());
        let rows = statement.query_map(of, |row| row.get(0).map(PassageId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps embeddings, in one transaction. A passage that is gone by now needs none.
    pub fn add_vectors(
        &self,
        encoder: &ModelId,
        embeddings: &[(PassageId, Embedding)],
    ) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO vectors (passage_id, encoder, vector)
                 SELECT id, ?2, ?3 FROM passages WHERE id = ?1",
            )?;
            let mut insert_tokens = transaction.prepare_cached(
                "INSERT OR REPLACE INTO token_vectors (passage_id, tokens)
                 SELECT passage_id, ?2 FROM vectors WHERE passage_id = ?1",
            )?;
            for (id, Embedding { vector, tokens }) in embeddings {
                let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
                insert.execute((id.0, encoder.as_str(), bytes))?;
                if !tokens.0.is_empty() {
                    insert_tokens.execute((id.0, &tokens.0))?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Token vectors of passages, in their order; `None` for one that has none of this encoder.
    pub fn token_vectors(
        &self,
        ids: &[PassageId],
        encoder: &ModelId,
    ) -> Result<Vec<Option<TokenVectors>>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT t.tokens FROM token_vectors t JOIN vectors v ON v.passage_id = t.passage_id
             WHERE t.passage_id = ?1 AND v.encoder = ?2",
        )?;
        let mut tokens = |id: &PassageId| {
            let row = statement.query_row((id.0, encoder.as_str()), |row| row.get(0));
            Ok(row.optional()?.map(TokenVectors))
        };
        ids.iter().map(&mut tokens).collect()
    }

    /// Passages with these ids that have a vector, with it.
    pub fn with_vectors(
        &self,
        ids: &[PassageId],
        encoder: &ModelId,
    ) -> Result<Vec<(Passage, Vec<f32>)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.document_id, p.ordinal, p.draft, v.vector
             FROM passages p JOIN vectors v ON v.passage_id = p.id
             WHERE p.id = ?1 AND v.encoder = ?2",
        )?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let mut rows = statement.query((id.0, encoder.as_str()))?;
            if let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(4)?;
                found.push((decode(read(row)?)?, floats(&bytes)));
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

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}
