//! Removing documents, with a receipt.

use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use yinju_core::{DocumentId, LibraryId};

/// What is left of removed documents: zero everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Rows in the store.
    pub store: u32,
    /// Vectors.
    pub vectors: u32,
    /// Postings.
    pub postings: u32,
}

/// What was removed and, counted afterwards, what is left of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Documents removed.
    pub documents: u32,
    /// Passages removed with them.
    pub passages: u32,
    /// Counted after the removal.
    pub left: Left,
}

impl Engine {
    /// Removes documents from every index, from conversations' evidence and from the store. A
    /// crash in between leaves them in the store and out of the index; reconciling mends that.
    pub fn remove_documents(&self, ids: &[DocumentId]) -> Result<Receipt> {
        let mut receipt = Receipt { documents: ids.len() as u32, ..Receipt::default() };
        for id in ids {
            receipt.passages += self.store().document(*id)?.passages;
            self.cancel_document(*id);
        }
        let _turn = self.0.imports.between_documents();
        let side = self.encoder().ok();
        if let Some(side) = &side {
            side.index.remove_documents(ids)?;
            side.index.commit()?;
        }
        self.remove_beside(ids)?;
        self.forget_in_chats(ids)?;
        self.store().remove_documents(ids)?;
        receipt.left.store = self.store().rows_left(ids)?;
        if let Some(side) = &side {
            let census = side.index.census()?;
            for held in ids.iter().filter_map(|id| census.get(id)) {
                receipt.left.vectors += held.vectors.len() as u32;
                receipt.left.postings += held.postings.len() as u32;
            }
        }
        Ok(receipt)
    }

    /// Removes a library with all its documents.
    pub fn remove_library(&self, id: LibraryId) -> Result<Receipt> {
        let documents = self.store().documents(Some(id))?;
        let ids: Vec<_> = documents.iter().map(|document| document.reference.id).collect();
        let receipt = self.remove_documents(&ids)?;
        self.store().remove_library(id)?;
        Ok(receipt)
    }
}
