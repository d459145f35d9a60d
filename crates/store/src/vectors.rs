//! Vectors of passages, kept so that an index is rebuilt without embedding anything twice.

use crate::{Result, Store, StoreError};
use yinju_core::{DocumentId, ModelId, Passage, PassageDraft, PassageId};

impl Store {
    /// Passages of a document that have no vector of this encoder yet, in order.
    pub fn passages_without_vector(
        &self,
        document: DocumentId,
        encoder: &ModelId,
    ) -> Result<Vec<Passage>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.draft FROM passages p
             LEFT JOIN vectors v ON v.passage_id = p.id AND v.encoder = ?2
             WHERE p.document_id = ?1 AND v.passage_id IS NULL ORDER BY p.ordinal",
        )?;
        let rows = statement.query_map((document.0, encoder.as_str()), |row| {
            Ok((PassageId(row.get(0)?), row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|row| {
            let (id, blob) = row?;
            Ok(Passage { id, document, draft: decode(&blob)? })
        })
        .collect()
    }

    /// Keeps vectors, in one transaction.
    pub fn add_vectors(&self, encoder: &ModelId, vectors: &[(PassageId, Vec<f32>)]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO vectors (passage_id, encoder, vector) VALUES (?1, ?2, ?3)",
            )?;
            for (id, vector) in vectors {
                let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
                insert.execute((id.0, encoder.as_str(), bytes))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// A document's passages with their vectors, in order; those without one are left out.
    pub fn passages_with_vectors(
        &self,
        document: DocumentId,
        encoder: &ModelId,
    ) -> Result<Vec<(Passage, Vec<f32>)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT p.id, p.draft, v.vector FROM passages p JOIN vectors v ON v.passage_id = p.id
             WHERE p.document_id = ?1 AND v.encoder = ?2 ORDER BY p.ordinal",
        )?;
        let rows = statement.query_map((document.0, encoder.as_str()), |row| {
            Ok((PassageId(row.get(0)?), row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        rows.map(|row| {
            let (id, blob, bytes) = row?;
            let vector = bytes
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            Ok((Passage { id, document, draft: decode(&blob)? }, vector))
        })
        .collect()
    }
}

fn decode(blob: &[u8]) -> Result<PassageDraft> {
    postcard::from_bytes(blob).map_err(|_| StoreError::Corrupt("passage"))
}
