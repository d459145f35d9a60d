//! Removing documents to the last word, with a receipt of what was looked at.
//!
//! The store goes first, and notes with it every place that has yet to be reached: the indexes, and
//! what is kept of conversations. What a crash or a full disk leaves undone is done at the next start;
//! until then nothing shows it, since hits and quotations are read from the store.

use crate::encoder::stand_in;
use crate::forget::Removed;
use crate::mending::MendingIndex;
use crate::{Engine, Result, is_about_a_model, reserve};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use yinju_core::{DocumentId, LibraryId, ModelId, PassageIndex, Problem, ProblemCode};

/// What is kept of conversations, as a place of the store's notes.
const CHATS: &str = "conversations";
/// Before the id of an encoder: its index, likewise.
const INDEX: &str = "index ";

/// What is left of removed documents: zero everywhere, unless a place could not be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Rows in the store.
    pub store: u32,
    /// Vectors, in the indexes of all encoders; of one that was not reached all are counted.
    pub vectors: u32,
    /// Postings, likewise.
    pub postings: u32,
    /// Answers that show something of them.
    #[serde(default)]
    pub answers: u32,
}

/// A place that could not be reached; the next start tries again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreached {
    /// Which.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Whether for want of room on the disk.
    #[serde(skip)]
    is_full: bool,
}

/// What was removed and, counted afterwards, what is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Documents removed.
    pub documents: u32,
    /// Passages removed with them.
    pub passages: u32,
    /// Counted after the removal.
    pub left: Left,
    /// Indexes that were looked at, by their encoders.
    pub indexes: Vec<ModelId>,
    /// What could not be looked at.
    pub unreached: Vec<Unreached>,
    /// Bytes of the store's file given back to the disk.
    pub freed_bytes: u64,
}

impl Engine {
    /// Removes documents from the store and its copies, from every index and from what conversations
    /// show of them. On a full disk the reserve is given up for it.
    pub fn remove_documents(&self, ids: &[DocumentId]) -> Result<Receipt> {
        let mut receipt = Receipt { documents: ids.len() as u32, ..Receipt::default() };
        for id in ids {
            receipt.passages += self.store().document(*id)?.passages;
            self.cancel_document(*id);
        }
        let _turn = self.0.imports.between_documents();
        let folder = self.0.home.folder();
        // Copies hold the documents' words too; and what is freed first is room for the rest.
        let _no_copy_meanwhile = self.0.copying();
        let had_backups = self.backups().forget()?;
        reserve::give_up_if_tight(folder);
        let removed = self.to_be_removed(ids)?;
        let is_short = match self.remove_everywhere(ids, &removed, &mut receipt) {
            Err(problem) if problem.code != ProblemCode::DiskFull => return Err(problem),
            outcome => outcome.is_err() || receipt.unreached.iter().any(|place| place.is_full),
        };
        if is_short {
            reserve::give_up(folder);
            let Receipt { documents, passages, .. } = receipt;
            receipt = Receipt { documents, passages, ..Receipt::default() };
            self.remove_everywhere(ids, &removed, &mut receipt)?;
        }
        receipt.freed_bytes = self.give_back();
        reserve::keep(folder);
        if had_backups {
            self.renew_backup();
        }
        Ok(receipt)
    }

    /// Removes documents, and counts what is left. Once more does no harm.
    fn remove_everywhere(
        &self,
        ids: &[DocumentId],
        removed: &Removed,
        receipt: &mut Receipt,
    ) -> Result<()> {
        let indexes = self.indexed_encoders()?;
        // Asked for while the store can still tell how long their vectors are.
        let opened: Vec<_> = indexes.iter().map(|id| self.index_of(id)).collect();
        let places: Vec<String> = indexes.iter().map(index_place).chain([CHATS.into()]).collect();
        self.store().remove_documents(ids, &places)?;
        for (encoder, opened) in indexes.into_iter().zip(opened) {
            self.take_out(&encoder, opened, ids, receipt)?;
        }
        self.forget_in_chats(removed)?;
        receipt.left.answers = self.answers_left(ids)?;
        self.store().reached(ids, CHATS)?;
        receipt.left.store = self.store().rows_left(ids)?;
        Ok(())
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
        self.store().truncate_log()?;
        Ok(receipt)
    }

    /// Reaches what earlier removals could not.
    pub(crate) fn finish_removals(&self) -> Result<()> {
        let mut places: BTreeMap<String, Vec<DocumentId>> = BTreeMap::new();
        for left in self.store().unfinished_removals()? {
            places.entry(left.place).or_default().push(left.document);
        }
        let indexed = self.indexed_encoders()?;
        for (place, ids) in places {
            // A crash may have come in the middle of their rows.
            self.store().remove_documents(&ids, &[])?;
            let Some(encoder) = place.strip_prefix(INDEX) else {
                self.forget_in_chats(&Removed::of(ids.iter().copied()))?;
                self.store().reached(&ids, &place)?;
                continue;
            };
            let Some(encoder) = indexed.iter().find(|id| id.as_str() == encoder) else {
                // Its index was deleted meanwhile.
                self.store().reached(&ids, &place)?;
                continue;
            };
            let mut receipt = Receipt::default();
            self.take_out(encoder, self.index_of(encoder), &ids, &mut receipt)?;
            for Unreached { place, reason, .. } in receipt.unreached {
                tracing::warn!(place, reason, "a removal is still not finished");
            }
        }
        Ok(())
    }

    /// Encoders that have an index: the one in use, those that vectors are kept of, and those of which
    /// only the index is left.
    pub(crate) fn indexed_encoders(&self) -> Result<Vec<ModelId>> {
        let mut known: BTreeSet<ModelId> = self.store().encoders()?.into_iter().collect();
        known.insert(self.encoder_in_use()?);
        known.extend(self.0.home.indexes());
        let is_there = |id: &ModelId| {
            let is_open = self.is_open(id);
            is_open || self.0.home.index(id).exists()
        };
        Ok(known.into_iter().filter(is_there).collect())
    }

    /// The index of an encoder, whose model need not be there; `None` where nothing is kept of the
    /// encoder, so that its index cannot be of use.
    fn index_of(&self, id: &ModelId) -> Result<Option<Arc<dyn PassageIndex>>> {
        match self.side(id) {
            Err(problem) if is_about_a_model(&problem) => {}
            side => return Ok(Some(Arc::clone(&side?.index) as Arc<dyn PassageIndex>)),
        }
        let Some(dimensions) = self.store().dimensions(id)? else { return Ok(None) };
        let source = self.0.source(stand_in(id, dimensions));
        Ok(Some(Arc::new(MendingIndex::open(source)?)))
    }

    fn take_out(
        &self,
        encoder: &ModelId,
        index: Result<Option<Arc<dyn PassageIndex>>>,
        ids: &[DocumentId],
        receipt: &mut Receipt,
    ) -> Result<()> {
        let place = index_place(encoder);
        let counted = index.and_then(|index| match index {
            Some(index) => count_after_removal(&*index, ids),
            None => self.delete_index(encoder).map(|()| (0, 0)),
        });
        match counted {
            Ok((vectors, postings)) => {
                receipt.left.vectors += vectors;
                receipt.left.postings += postings;
                receipt.indexes.push(encoder.clone());
                Ok(self.store().reached(ids, &place)?)
            }
            // On a full disk the whole index goes, which frees room; it is made again of what is left.
            Err(problem)
                if problem.code == ProblemCode::DiskFull && self.give_up_index(encoder).is_ok() =>
            {
                receipt.indexes.push(encoder.clone());
                Ok(self.store().reached(ids, &place)?)
            }
            Err(Problem { message: reason, code, .. }) => {
                receipt.left.vectors += receipt.passages;
                receipt.left.postings += receipt.passages;
                let is_full = code == ProblemCode::DiskFull;
                receipt.unreached.push(Unreached { place, reason, is_full });
                Ok(())
            }
        }
    }
}

/// Vectors and postings that are left.
fn count_after_removal(index: &dyn PassageIndex, ids: &[DocumentId]) -> Result<(u32, u32)> {
    index.remove_documents(ids)?;
    index.commit()?;
    let census = index.census()?;
    let held = ids.iter().filter_map(|id| census.get(id));
    Ok(held.fold((0, 0), |(vectors, postings), held| {
        (vectors + held.vectors.len() as u32, postings + held.postings.len() as u32)
    }))
}

fn index_place(encoder: &ModelId) -> String {
    format!("{INDEX}{encoder}")
}
