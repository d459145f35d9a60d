//! Removing documents, with a receipt.

use crate::{Engine, Result, reserve};
use serde::{Deserialize, Serialize};
use yinju_core::{DocumentId, LibraryId, ProblemCode};

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
    /// Bytes of the store's file given back to the disk.
    pub freed_bytes: u64,
}

impl Engine {
    /// Removes documents from every index, from conversations' evidence, from the copies of the store
    /// and from the store. A crash in between leaves them in the store and out of the index;
    /// reconciling mends that. On a full disk the reserve is given up for it.
    pub fn remove_documents(&self, ids: &[DocumentId]) -> Result<Receipt> {
        let mut receipt = Receipt { documents: ids.len() as u32, ..Receipt::default() };
        for id in ids {
            receipt.passages += self.store().document(*id)?.passages;
            self.cancel_document(*id);
        }
        let _turn = self.0.imports.between_documents();
        let folder = self.0.home.folder();
        // They hold the documents' words too; and what is freed first is room for the rest.
        let _no_copy_meanwhile = self.0.copying();
        let had_backups = self.backups().forget()?;
        reserve::give_up_if_tight(folder);
        receipt.left = match self.remove_everywhere(ids) {
            Err(problem) if problem.code == ProblemCode::DiskFull => {
                reserve::give_up(folder);
                self.remove_everywhere(ids)
            }
            done => done,
        }?;
        receipt.freed_bytes = self.give_back();
        reserve::keep(folder);
        if had_backups {
            self.renew_backup();
        }
        Ok(receipt)
    }

    /// Removes documents, and counts what is left. Once more does no harm.
    fn remove_everywhere(&self, ids: &[DocumentId]) -> Result<Left> {
        let side = self.encoder().ok();
        if let Some(side) = &side {
            side.index.remove_documents(ids)?;
            side.index.commit()?;
        }
        self.remove_beside(ids)?;
        self.forget_in_chats(ids)?;
        self.store().remove_documents(ids)?;
        let mut left = Left { store: self.store().rows_left(ids)?, ..Left::default() };
        if let Some(side) = &side {
            let census = side.index.census()?;
            for held in ids.iter().filter_map(|id| census.get(id)) {
                left.vectors += held.vectors.len() as u32;
                left.postings += held.postings.len() as u32;
            }
        }
        Ok(left)
    }

    /// Gives the room of what was removed back to the disk; what is removed is removed without.
    fn give_back(&self) -> u64 {
        self.store().shrink().unwrap_or_else(|error| {
            tracing::warn!(%error, "the store keeps the room of what was removed");
            0
        })
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
