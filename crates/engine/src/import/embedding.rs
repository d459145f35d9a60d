//! The stage that gives passages their vectors, and how a passage gets one.

use super::ahead::Portion;
use super::pipeline::Pipeline;
use crate::Result;
use crate::encoder::EncoderSide;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::time::Instant;
use yinju_core::ports::TextRole;
use yinju_core::{CancelToken, DocumentStatus, Passage, Stage};
use yinju_store::{Store, TextHash};

impl Pipeline<'_> {
    /// Gives passages their vectors and keeps them; those that have theirs from an earlier run keep
    /// it.
    pub(super) fn embed(&self, portion: &Portion) -> Result<()> {
        let start = Instant::now();
        let Portion { work, ordinals, is_last } = portion;
        self.check_running(work)?;
        let encoder = &self.side().spec.id;
        let waiting = self.store().passages_without_vector(work.id, encoder, ordinals.clone())?;
        let is_busy = !waiting.is_empty() && {
            let title = self.store().document(work.id)?.reference.title;
            embed_passages(self.store(), self.side(), &title, &waiting, &work.cancel)?
        };
        if is_busy {
            self.came_further(work)?;
        }
        // As long as the document is being read, that is what is told of it.
        if let Some(total) = work.passages() {
            self.step(work, Stage::Embed, ordinals.end, total);
        }
        if *is_last {
            self.store().set_status(work.id, DocumentStatus::Embedded, None)?;
        }
        self.embedded.advance(work, ordinals.end, *is_last);
        self.tally().spent(Stage::Embed, start);
        if self.engine().0.imports.is_gentle() && is_busy {
            std::thread::sleep(start.elapsed());
        }
        Ok(())
    }
}

/// Gives passages of one document their vectors and keeps them. A text that was embedded before, in
/// whatever document, is not embedded again; whether any was.
pub(crate) fn embed_passages(
    store: &Store,
    side: &EncoderSide,
    title: &str,
    passages: &[Passage],
    cancel: &CancelToken,
) -> Result<bool> {
    let texts: Vec<String> = passages.iter().map(|p| p.draft.in_context(title)).collect();
    let hashes: Vec<_> = passages.iter().map(|p| p.id).zip(texts.iter().map(hash)).collect();
    let missing: HashSet<_> = store.reuse_vectors(&side.spec.id, &hashes)?.into_iter().collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let (hashes, texts): (Vec<_>, Vec<_>) =
        hashes.into_iter().zip(texts).filter(|((id, _), _)| missing.contains(id)).unzip();
    let embeddings = side.embedder.embed(TextRole::Passage, &texts, cancel)?;
    let rows: Vec<_> =
        hashes.into_iter().zip(embeddings).map(|((id, text), e)| (id, text, e)).collect();
    store.add_vectors(&side.spec.id, &rows)?;
    Ok(true)
}

fn hash(text: &String) -> TextHash {
    TextHash(Sha256::digest(text.as_bytes()).into())
}
