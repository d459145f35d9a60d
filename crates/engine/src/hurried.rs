//! Passages found by their words that have no vector yet: the first of them are embedded while the person
//! waits, so that they are judged as all others, and their documents come first in the import from then
//! on.

use crate::encoder::EncoderSide;
use crate::import::embedding::embed_texts;
use crate::{Engine, Result};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use yinju_core::ports::{Embedding, RankedPassage};
use yinju_core::{CancelToken, DocumentId, PassageId};

/// Passages embedded for one question at most: as many as are shown, and some to be put behind.
const MOST: usize = 16;
/// So many at a time.
const AT_ONCE: usize = 4;
/// No more are begun after so long.
const PATIENCE: Duration = Duration::from_millis(400);

impl Engine {
    /// Gives the first passages without a vector theirs, and their cosines with the question.
    pub(crate) fn embed_found(
        &self,
        side: &EncoderSide,
        question: &Embedding,
        found: &mut [RankedPassage],
    ) -> Result<()> {
        let start = Instant::now();
        let waiting: Vec<usize> =
            (0..found.len()).filter(|at| found[*at].arms.cosine.is_none()).take(MOST).collect();
        self.0.imports.looked_at.look(&documents(waiting.iter().map(|at| &found[*at])));
        for places in waiting.chunks(AT_ONCE) {
            if start.elapsed() >= PATIENCE {
                break;
            }
            let ids: Vec<PassageId> = places.iter().map(|at| found[*at].passage).collect();
            let mut texts = Vec::new();
            for id in &ids {
                let Some(passage) = self.store().passage(*id)? else { continue };
                let title = self.store().document(passage.document)?.reference.title;
                texts.push((*id, passage.draft.in_context(&title)));
            }
            embed_texts(self.store(), side, texts, &CancelToken::new())?;
            let vectors: HashMap<_, _> =
                self.store().vectors(&ids, &side.spec.id)?.into_iter().collect();
            for at in places {
                let vector = vectors.get(&found[*at].passage);
                found[*at].arms.cosine = vector.map(|vector| cosine(&question.vector, vector));
            }
        }
        Ok(())
    }
}

fn documents<'a>(found: impl Iterator<Item = &'a RankedPassage>) -> Vec<DocumentId> {
    let mut documents = Vec::new();
    for RankedPassage { document, .. } in found {
        if !documents.contains(document) {
            documents.push(*document);
        }
    }
    documents
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}
