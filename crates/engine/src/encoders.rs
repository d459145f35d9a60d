//! Several encoders for one home: one is in use, vectors of others are made and kept beside it, and a
//! change takes a moment once they are complete. Passages stay as they were cut; a text longer than
//! the other encoder reads is cut at its limit.

use crate::encoder::EncoderSide;
use crate::home::remove_index;
use crate::import::embedding::embed_texts;
use crate::reconcile::{put_in, reconcile};
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use yinju_core::ports::IndexedDocument;
use yinju_core::{CancelToken, Document, DocumentId, ModelId, PassageIndex, Problem, ProblemCode};

/// The setting that names the encoder in use.
const SETTING: &str = "encoder";
/// Passages embedded between two looks at whether to stop; what a stop can cost.
const PASSAGES_AT_ONCE: u32 = 16;

/// How far an encoder's vectors are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderProgress {
    /// Passages that have theirs.
    pub done: u32,
    /// Passages there are.
    pub total: u32,
}

/// An encoder that vectors are kept of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderStatus {
    /// Which.
    pub id: ModelId,
    /// Whether searches use it.
    pub in_use: bool,
    /// How far it is.
    #[serde(flatten)]
    pub progress: EncoderProgress,
}

/// Hears how far it is.
pub type OnEncoded<'a> = &'a mut dyn FnMut(EncoderProgress);

impl Engine {
    /// The encoder that searches use.
    pub fn encoder_in_use(&self) -> Result<ModelId> {
        let chosen = self.store().setting(SETTING)?.and_then(|id| id.parse().ok());
        Ok(chosen.unwrap_or_else(|| self.models().default_encoder()))
    }

    /// Encoders that vectors are kept of, the one in use first.
    pub fn encoders(&self) -> Result<Vec<EncoderStatus>> {
        let current = self.encoder_in_use()?;
        let others = self.store().encoders()?.into_iter().filter(|id| *id != current);
        let status = |id: ModelId| {
            let progress = self.encoder_progress(&id)?;
            Ok(EncoderStatus { in_use: id == current, id, progress })
        };
        std::iter::once(current.clone()).chain(others).map(status).collect()
    }

    /// Makes the vectors of another encoder, beside those in use; searches and imports go on. What
    /// was made before a stop or a crash is kept.
    pub fn prepare_encoder(
        &self,
        id: &ModelId,
        cancel: &CancelToken,
        on_progress: OnEncoded<'_>,
    ) -> Result<()> {
        if *id == self.encoder_in_use()? {
            return Ok(());
        }
        let side = self.side(id)?;
        self.embed_with(&side, cancel, on_progress)?;
        self.index_with(&side)
    }

    /// Uses another encoder from now on, once its vectors are complete. Those of the one before
    /// are kept: going back takes a moment.
    pub fn use_encoder(
        &self,
        id: &ModelId,
        cancel: &CancelToken,
        on_progress: OnEncoded<'_>,
    ) -> Result<()> {
        self.prepare_encoder(id, cancel, on_progress)?;
        // Documents that came meanwhile.
        let _turn = self.0.imports.turn();
        self.prepare_encoder(id, cancel, on_progress)?;
        let before = self.encoder().ok().filter(|before| before.spec.id != *id);
        let next = self.side(id)?;
        reconcile(self.store(), &next)?;
        {
            let mut current = self.0.encoder.lock().unwrap_or_else(PoisonError::into_inner);
            self.store().set_setting(SETTING, id.as_str())?;
            *current = Some(next);
        }
        let mut others = self.0.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.remove(id);
        others.extend(before.map(|before| (before.spec.id.clone(), before)));
        Ok(())
    }

    /// Forgets the vectors of an encoder that is not in use.
    pub fn drop_encoder(&self, id: &ModelId) -> Result<()> {
        if *id == self.encoder_in_use()? {
            return Err(Problem::new(ProblemCode::BadUsage, format!("{id} is in use"))
                .hint("use another encoder first"));
        }
        // The index first: ended in between, the vectors make it again, whereas an index without
        // vectors would belong to nobody.
        self.delete_index(id)?;
        self.store().remove_encoder(id)?;
        Ok(())
    }

    /// An encoder with its index, in use or beside.
    pub(crate) fn side(&self, id: &ModelId) -> Result<Arc<EncoderSide>> {
        if *id == self.encoder_in_use()? {
            return self.encoder();
        }
        let mut others = self.0.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = others.get(id) {
            return Ok(Arc::clone(side));
        }
        let side = Arc::new(EncoderSide::open(&self.0, self.models().encoder_named(id)?)?);
        others.insert(id.clone(), Arc::clone(&side));
        Ok(side)
    }

    /// Whether an index is open.
    pub(crate) fn is_open(&self, id: &ModelId) -> bool {
        let current = self.0.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        let others = self.0.others.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().is_some_and(|side| side.spec.id == *id) || others.contains_key(id)
    }

    /// Closes and deletes an index; who asks it next makes it again from the store.
    pub(crate) fn give_up_index(&self, id: &ModelId) -> Result<()> {
        {
            let mut current = self.0.encoder.lock().unwrap_or_else(PoisonError::into_inner);
            if current.as_ref().is_some_and(|side| side.spec.id == *id) {
                *current = None;
            }
        }
        self.delete_index(id)
    }

    /// Deletes the index of an encoder that nothing is kept of.
    pub(crate) fn delete_index(&self, id: &ModelId) -> Result<()> {
        self.0.others.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        remove_index(&self.0.home.index(id))
    }

    fn encoder_progress(&self, id: &ModelId) -> Result<EncoderProgress> {
        let mut progress = EncoderProgress::default();
        for document in self.searched()? {
            progress.total += document.passages;
            progress.done += self.store().ids_with_vector(document.reference.id, id)?.len() as u32;
        }
        Ok(progress)
    }

    pub(crate) fn searched(&self) -> Result<Vec<Document>> {
        let documents = self.store().documents(None)?.into_iter();
        Ok(documents.filter(|document| document.status.is_searched()).collect())
    }

    fn embed_with(
        &self,
        side: &EncoderSide,
        cancel: &CancelToken,
        on_progress: OnEncoded<'_>,
    ) -> Result<()> {
        let mut progress = self.encoder_progress(&side.spec.id)?;
        on_progress(progress);
        for document in self.searched()? {
            let id = document.reference.id;
            let end = document.passages;
            for first in (0..end).step_by(PASSAGES_AT_ONCE as usize) {
                if cancel.is_cancelled() {
                    return Err(Problem::cancelled());
                }
                let ordinals = first..end.min(first + PASSAGES_AT_ONCE);
                let waiting = self.store().passages_without_vector(id, &side.spec.id, ordinals)?;
                if waiting.is_empty() {
                    continue;
                }
                let title = &document.reference.title;
                let texts = waiting.iter().map(|p| (p.id, p.draft.in_context(title))).collect();
                embed_texts(self.store(), side, texts, cancel)?;
                progress.done += waiting.len() as u32;
                on_progress(progress);
            }
        }
        Ok(())
    }

    /// Makes an index hold what the store has for its encoder.
    fn index_with(&self, side: &EncoderSide) -> Result<()> {
        let held = side.index.census()?;
        let searched = self.searched()?;
        let known: BTreeSet<_> = searched.iter().map(|document| document.reference.id).collect();
        let stale: Vec<_> = held.keys().filter(|id| !known.contains(id)).copied().collect();
        side.index.remove_documents(&stale)?;
        for id in known {
            self.index_document(side, id, &held)?;
        }
        side.index.commit()
    }

    fn index_document(
        &self,
        side: &EncoderSide,
        id: DocumentId,
        held: &BTreeMap<DocumentId, IndexedDocument>,
    ) -> Result<()> {
        let passages = self.store().passage_ids(id)?;
        let embedded = self.store().ids_with_vector(id, &side.spec.id)?;
        let held = held.get(&id);
        if held.is_some_and(|held| held.vectors == embedded && held.postings == passages) {
            return Ok(());
        }
        if held.is_some() {
            side.index.remove_documents(&[id])?;
        }
        put_in(self.store(), &*side.index, &side.spec.id, id, &passages)
    }
}
