//! The stage that gives passages their vectors.

use super::ahead::Portion;
use super::pipeline::Pipeline;
use crate::Result;
use std::time::Instant;
use yinju_core::ports::TextRole;
use yinju_core::{DocumentStatus, Stage};

impl Pipeline<'_> {
    /// Gives passages their vectors and keeps them; those that have theirs from an earlier run keep
    /// it.
    pub(super) fn embed(&self, portion: &Portion) -> Result<()> {
        let start = Instant::now();
        let Portion { work, ordinals, is_last } = portion;
        self.check_running(work)?;
        let encoder = &self.side().spec.id;
        let waiting = self.store().passages_without_vector(work.id, encoder, ordinals.clone())?;
        if !waiting.is_empty() {
            let title = self.store().document(work.id)?.reference.title;
            let texts: Vec<_> = waiting.iter().map(|p| p.draft.in_context(&title)).collect();
            let embeddings = self.side().embedder.embed(TextRole::Passage, &texts, &work.cancel)?;
            let rows: Vec<_> = waiting.iter().map(|p| p.id).zip(embeddings).collect();
            self.store().add_vectors(encoder, &rows)?;
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
        if self.engine().0.imports.is_gentle() && !waiting.is_empty() {
            std::thread::sleep(start.elapsed());
        }
        Ok(())
    }
}
