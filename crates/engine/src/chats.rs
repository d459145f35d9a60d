//! Conversations: kept, listed, exported, and cleared of documents that are removed.

use crate::{Engine, Result};
use yinju_core::{Answer, ChatId, DocumentId, Problem, ProblemCode};
use yinju_export::{Conversation, Format};
use yinju_store::{Chat, ChatSummary};

impl Engine {
    /// All conversations, the latest first.
    pub fn chats(&self) -> Result<Vec<ChatSummary>> {
        Ok(self.store().chats()?)
    }

    /// One conversation.
    pub fn chat(&self, id: ChatId) -> Result<Chat> {
        Ok(self.store().chat(id)?)
    }

    /// Removes a conversation.
    pub fn remove_chat(&self, id: ChatId) -> Result<()> {
        Ok(self.store().remove_chat(id)?)
    }

    /// A conversation with its evidence, as a file's bytes.
    pub fn export(&self, id: ChatId, format: Format) -> Result<Vec<u8>> {
        let Chat { title, created, turns, .. } = self.store().chat(id)?;
        if turns.is_empty() {
            return Err(Problem::new(ProblemCode::NothingToExport, "the conversation is empty"));
        }
        Ok(yinju_export::export(&Conversation { title, created, turns }, format)?)
    }

    /// Takes the words of removed documents out of every conversation. The questions, and what a
    /// model said in its own words, stay.
    pub(crate) fn forget_in_chats(&self, documents: &[DocumentId]) -> Result<()> {
        for summary in self.store().chats()? {
            let mut chat = self.store().chat(summary.id)?;
            for (ordinal, turn) in chat.turns.iter_mut().enumerate() {
                if forget(turn, documents) {
                    self.store().replace_turn(chat.id, ordinal as u32, turn)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether anything was taken out.
fn forget(answer: &mut Answer, documents: &[DocumentId]) -> bool {
    let gone = |id: DocumentId| documents.contains(&id);
    let held = answer.evidence.len() + answer.citations.len();
    let quoted: Vec<u32> = answer
        .citations
        .iter()
        .filter(|citation| gone(citation.document.id))
        .map(|citation| citation.marker)
        .collect();
    answer.evidence.retain(|evidence| !gone(evidence.hit.document.id));
    answer.citations.retain(|citation| !gone(citation.document.id));
    let mut changed = held != answer.evidence.len() + answer.citations.len();
    if let Some(refusal) = &mut answer.refusal {
        let before = refusal.nearest.len() + refusal.unreadable_pages.len();
        refusal.nearest.retain(|hit| !gone(hit.document.id));
        refusal.unreadable_pages.retain(|pages| !gone(pages.document.id));
        changed |= before != refusal.nearest.len() + refusal.unreadable_pages.len();
    }
    for sentence in &mut answer.sentences {
        sentence.markers.retain(|marker| !quoted.contains(marker));
    }
    if answer.model.is_none() && !quoted.is_empty() {
        forget_quoted_text(answer);
    }
    for marker in quoted {
        answer.text = answer.text.replace(&format!("[{marker}]"), "");
    }
    changed
}

/// An answer without a model is made of nothing but the documents' own sentences.
fn forget_quoted_text(answer: &mut Answer) {
    answer.sentences.retain(|sentence| !sentence.markers.is_empty());
    let kept = answer.sentences.iter().map(|sentence| {
        let markers: Vec<_> = sentence.markers.iter().map(|m| format!("[{m}]")).collect();
        format!("{} {}", sentence.text, markers.concat())
    });
    answer.text = kept.collect::<Vec<_>>().join("\n\n");
}
