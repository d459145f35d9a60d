//! The stage that gives passages their vectors, and how a passage gets one.

use super::ahead::{Next, Portion};
use super::pipeline::Pipeline;
use super::work::DocumentWork;
use crate::Result;
use crate::encoder::EncoderSide;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use yinju_core::ports::TextRole;
use yinju_core::{CancelToken, DocumentStatus, PassageId, Stage};
use yinju_store::{Store, TextHash};

/// Passages embedded between two commits: what a crash can cost, about a second of work.
const PASSAGES_PER_COMMIT: u32 = 32;

/// A passage and its text as the encoder reads it.
pub(crate) type Text = (PassageId, String);

impl Pipeline<'_> {
    /// Gives passages their vectors as they come, those of several documents together.
    pub(super) fn embed_all(&self) {
        let (_feeding, _draining) = (self.embedded.feed(), self.worded.drain());
        while let Some(portions) = self.next_to_embed() {
            let start = Instant::now();
            let is_busy = match self.embed(&portions) {
                Ok(is_busy) => is_busy,
                // One of them may be to blame; the others are not.
                Err(_) => portions.iter().fold(false, |is_busy, portion| {
                    let embedded = self.embed(std::slice::from_ref(portion));
                    let failed = |problem| self.fail(&portion.work, problem);
                    embedded.map_err(failed).unwrap_or_default() || is_busy
                }),
            };
            self.tally().spent(Stage::Embed, start);
            if self.engine().0.imports.is_gentle() && is_busy {
                std::thread::sleep(start.elapsed());
            }
        }
    }

    /// What is embedded next, and committed together; none once nothing will come.
    fn next_to_embed(&self) -> Option<Vec<Portion>> {
        let turn = |work: &DocumentWork| self.turn_to_embed(work);
        let Next::Portion(first) = self.worded.next_by(PASSAGES_PER_COMMIT, None, turn) else {
            return None;
        };
        let mut left = PASSAGES_PER_COMMIT - first.ordinals.len() as u32;
        let mut portions = vec![first];
        while left > 0 {
            let Next::Portion(more) = self.worded.next_by(left, Some(Duration::ZERO), turn) else {
                break;
            };
            left -= more.ordinals.len() as u32;
            portions.push(more);
        }
        Some(portions)
    }

    /// What a person looks at comes first; the rest as it came, and once nobody is kept from reading by
    /// it.
    fn turn_to_embed(&self, work: &DocumentWork) -> Option<usize> {
        let looked_at = self.engine().0.imports.looked_at.turn_of(work.id);
        let may_work = || work.is_over() || self.is_stopped() || self.readers.leave_room();
        looked_at.or_else(|| may_work().then_some(usize::MAX))
    }

    /// Gives passages their vectors and keeps them; those that have theirs from an earlier run keep
    /// it. Whether there was anything to do.
    fn embed(&self, portions: &[Portion]) -> Result<bool> {
        let encoder = &self.side().spec.id;
        let mut texts = Vec::new();
        let mut busy = Vec::new();
        let alive = || portions.iter().filter(|portion| !portion.work.is_over());
        for Portion { work, ordinals, .. } in alive() {
            self.check_running(work)?;
            if work.passages().is_some() {
                self.go_on(work)?;
            }
            let waiting =
                self.store().passages_without_vector(work.id, encoder, ordinals.clone())?;
            if !waiting.is_empty() {
                let title = self.store().document(work.id)?.reference.title;
                texts.extend(waiting.iter().map(|p| (p.id, p.draft.in_context(&title))));
                busy.push(work);
            }
        }
        let embedded = embed_texts(self.store(), self.side(), texts, self.cancel())?;
        self.tally().embedded(embedded);
        let is_busy = embedded > 0;
        if is_busy {
            busy.into_iter().try_for_each(|work| self.came_further(work))?;
        }
        for Portion { work, ordinals, is_last } in alive() {
            self.check_running(work)?;
            // As long as the document is being read, that is what is told of it.
            if let Some(total) = work.passages() {
                self.step(work, Stage::Embed, ordinals.end, total);
            }
            if *is_last {
                self.store().set_status(work.id, DocumentStatus::Embedded, None)?;
            }
            self.embedded.advance(work, ordinals.end, *is_last);
        }
        Ok(is_busy)
    }
}

/// Gives passages their vectors and keeps them. A text that was embedded before, in whatever document,
/// is not embedded again; how many were.
pub(crate) fn embed_texts(
    store: &Store,
    side: &EncoderSide,
    texts: Vec<Text>,
    cancel: &CancelToken,
) -> Result<usize> {
    let hashes: Vec<_> = texts.iter().map(|(id, text)| (*id, hash(text))).collect();
    let missing: HashSet<_> = store.reuse_vectors(&side.spec.id, &hashes)?.into_iter().collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let texts = texts.into_iter().map(|(_, text)| text);
    let (hashes, texts): (Vec<_>, Vec<_>) =
        hashes.into_iter().zip(texts).filter(|((id, _), _)| missing.contains(id)).unzip();
    let embeddings = side.embedder.embed(TextRole::Passage, &texts, cancel)?;
    let rows: Vec<_> =
        hashes.into_iter().zip(embeddings).map(|((id, text), e)| (id, text, e)).collect();
    store.add_vectors(&side.spec.id, &rows)?;
    Ok(rows.len())
}

fn hash(text: &String) -> TextHash {
    TextHash(Sha256::digest(text.as_bytes()).into())
}
