//! What is kept of conversations loses the words of documents that are removed: quotations, evidence,
//! nearest passages, sentences that rest on them or hold their words whoever wrote them, prompts and
//! drafts. Questions and titles are the person's own and stay.

mod text;
mod words;

use crate::{Engine, Result};
use std::collections::BTreeSet;
use words::{Words, folded};
use yinju_answer::layout;
use yinju_core::{
    Answer, CharRange, ChatId, DocumentId, Hit, Language, Origin, Problem, ProblemCode, Sentence,
    Support,
};

/// Documents that are removed, and what they say.
#[derive(Default)]
pub(crate) struct Removed {
    documents: BTreeSet<DocumentId>,
    words: Words,
    /// What a row of a table calls a document that is silent.
    titles: BTreeSet<String>,
}

impl Removed {
    /// Documents of whose words nothing is known but what an answer shows of them.
    pub(crate) fn of(documents: impl IntoIterator<Item = DocumentId>) -> Self {
        Self { documents: documents.into_iter().collect(), ..Self::default() }
    }

    fn has(&self, document: DocumentId) -> bool {
        self.documents.contains(&document)
    }

    fn add_title(&mut self, title: &str) {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        self.titles.extend((!title.is_empty()).then_some(title));
    }

    fn add_hit(&mut self, hit: &Hit) {
        self.words.add(&hit.passage.draft.text);
        self.add_title(&hit.document.title);
    }
}

impl Engine {
    /// The words of documents that are about to be removed.
    pub(crate) fn to_be_removed(&self, documents: &[DocumentId]) -> Result<Removed> {
        let mut removed = Removed::of(documents.iter().copied());
        for id in documents {
            removed.add_title(&self.store().document(*id)?.reference.title);
            for passage in self.store().passages(*id)? {
                removed.words.add(&passage.draft.text);
            }
        }
        Ok(removed)
    }

    /// Takes the words of removed documents out of every conversation and every unfinished answer.
    pub(crate) fn forget_in_chats(&self, removed: &Removed) -> Result<()> {
        for summary in self.store().chats()? {
            let mut chat = self.store().chat(summary.id)?;
            for (ordinal, turn) in chat.turns.iter_mut().enumerate() {
                if forget(turn, removed) {
                    self.store().replace_turn(chat.id, ordinal as u32, turn)?;
                }
            }
        }
        for (chat, mut draft) in self.store().drafts()? {
            if forget(&mut draft, removed) {
                self.store().put_draft(chat, &draft)?;
            }
        }
        Ok(self.store().truncate_log()?)
    }

    /// Answers that still show something of documents: 0 once all is forgotten.
    pub(crate) fn answers_left(&self, documents: &[DocumentId]) -> Result<u32> {
        let names = |answer: &Answer| named(answer).iter().any(|id| documents.contains(id));
        let mut left = 0;
        for summary in self.store().chats()? {
            left += self.store().chat(summary.id)?.turns.iter().filter(|turn| names(turn)).count();
        }
        Ok(left as u32)
    }

    /// Takes out of an answer the words of documents that were removed while it was made.
    pub(crate) fn forget_removed(&self, answer: &mut Answer) -> Result<bool> {
        let gone = self.gone(answer)?;
        Ok(!gone.is_empty() && forget(answer, &Removed::of(gone)))
    }

    /// The same for one that was kept a moment ago.
    pub(crate) fn forget_kept(
        &self,
        chat: ChatId,
        ordinal: u32,
        answer: &mut Answer,
    ) -> Result<()> {
        if self.forget_removed(answer)? {
            self.store().replace_turn(chat, ordinal, answer)?;
            self.store().truncate_log()?;
        }
        Ok(())
    }

    fn gone(&self, answer: &Answer) -> Result<Vec<DocumentId>> {
        let mut gone = Vec::new();
        for id in named(answer) {
            match self.store().document(id).map_err(Problem::from) {
                Err(problem) if problem.code == ProblemCode::DocumentNotFound => gone.push(id),
                found => drop(found?),
            }
        }
        Ok(gone)
    }
}

/// Every document of which an answer shows something.
fn named(answer: &Answer) -> BTreeSet<DocumentId> {
    answer.documents().map(|document| document.id).collect()
}

/// Takes the words of removed documents out of an answer; whether any were there.
fn forget(answer: &mut Answer, removed: &Removed) -> bool {
    let names = named(answer).into_iter().any(|id| removed.has(id));
    if !names && !holds_any(answer, removed) {
        return false;
    }
    layout::carry_over(answer);
    let shown = shown_of(answer, removed);
    let is_gone = |id: DocumentId| removed.has(id);
    let (gone, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut answer.citations).into_iter().partition(|c| is_gone(c.document.id));
    let markers: BTreeSet<u32> = gone.iter().map(|citation| citation.marker).collect();
    answer.citations = kept;
    answer.evidence.retain(|evidence| !is_gone(evidence.hit.document.id));
    if let Some(refusal) = &mut answer.refusal {
        refusal.nearest.retain(|hit| !is_gone(hit.document.id));
        refusal.unreadable_pages.retain(|pages| !is_gone(pages.document.id));
    }
    answer.reasoning = None;
    if let Some(provenance) = &mut answer.provenance {
        provenance.messages.clear();
        provenance.set_apart.retain(|apart| !is_gone(apart.document.id));
        provenance.draft = None;
    }
    let had_text = !answer.text.is_empty();
    if names && answer.evidence.is_empty() && answer.citations.is_empty() {
        // It was written from nothing else: what carries no marker is of the documents too.
        answer.text.clear();
        answer.sentences.clear();
        answer.blocks.clear();
        if had_text {
            note(answer);
        }
        return true;
    }
    let quotes = answer.citations.iter().map(|citation| folded(&citation.quote)).collect();
    let editor = text::Editor { removed: [removed, &shown], markers: &markers, quotes };
    if editor.edit(answer) {
        note(answer);
    }
    true
}

/// What an answer shows of removed documents: of some nothing else is there any more.
fn shown_of(answer: &Answer, removed: &Removed) -> Removed {
    let mut shown = Removed::default();
    let nearest = answer.refusal.iter().flat_map(|refusal| &refusal.nearest);
    let hits = answer.evidence.iter().map(|evidence| &evidence.hit).chain(nearest);
    hits.filter(|hit| removed.has(hit.document.id)).for_each(|hit| shown.add_hit(hit));
    for citation in answer.citations.iter().filter(|c| removed.has(c.document.id)) {
        shown.words.add(&citation.quote);
        shown.add_title(&citation.document.title);
    }
    shown
}

/// Whether the words stand in an answer that names none of the documents: a model repeats what an
/// earlier answer said.
fn holds_any(answer: &Answer, removed: &Removed) -> bool {
    let quotes: Vec<String> = answer.citations.iter().map(|c| folded(&c.quote)).collect();
    let evidence = answer.evidence.iter().map(|e| folded(&e.hit.passage.draft.text));
    let kept: Vec<String> = quotes.into_iter().chain(evidence).collect();
    let provenance = answer.provenance.as_ref();
    let messages = provenance.into_iter().flat_map(|p| &p.messages).map(|m| m.content.as_str());
    let draft = provenance.and_then(|p| p.draft.as_deref());
    let reasoning = answer.reasoning.as_deref();
    let mut texts = messages.chain(draft).chain(reasoning).chain([answer.text.as_str()]);
    texts.any(|text| removed.words.are_in(text, &kept))
}

/// Says in the answer that something was taken out, once.
fn note(answer: &mut Answer) {
    let note = match Language::of(&answer.question) {
        Language::Zh => "（此回答引用的文档已被移除，相关内容已删去。）",
        Language::En => "(A document this answer quoted was removed, and its words with it.)",
    };
    if answer.refused || answer.sentences.iter().any(|sentence| sentence.text == note) {
        return;
    }
    let text = format!("{}\n\n{note}", answer.text.trim_end());
    text.trim_start().clone_into(&mut answer.text);
    let end = answer.text.chars().count();
    answer.sentences.push(Sentence {
        text: note.to_owned(),
        markers: Vec::new(),
        support: Support::NotAClaim,
        origin: Origin::Program,
        range: CharRange::new(end - note.chars().count(), end),
    });
    answer.blocks = layout::blocks(&answer.text, &answer.sentences);
}

#[cfg(test)]
mod tests;
