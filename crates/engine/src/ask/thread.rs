//! What a conversation has put before a language model, to go on from. A follow-up is appended to the
//! very same messages, so that the model reads nothing twice: only the passages that are new, and the
//! question.

use std::collections::BTreeMap;
use yinju_answer::prompt::{self, Trust, Turn};
use yinju_core::ports::{Message, Role};
use yinju_core::{Answer, AskMode, Evidence, Hit, ModelId, PassageId};

/// Turns put before a model that starts afresh: enough for "and the second one?", and the evidence
/// stays the greater part of what it reads.
const TURNS_REMEMBERED: usize = 2;
/// A conversation longer than this starts afresh: every word is written the slower the more was read.
const LONGEST: u32 = 4_096;

/// What a model has read and written so far.
#[derive(Default)]
pub(super) struct Thread {
    /// As it was given, and as it answered; empty where it starts afresh.
    messages: Vec<Message>,
    /// Every passage that stands in the messages, under its number.
    evidence: Vec<Evidence>,
    /// The questions before, where it starts afresh.
    history: Vec<Turn>,
    /// About how many tokens it has.
    pub(super) tokens: u32,
}

impl Thread {
    /// Goes on from the last answer where the same model wrote it from messages that are still there.
    pub(super) fn of(turns: &[Answer], model: &ModelId, context: u32) -> Self {
        let last = turns.iter().rev().find(|turn| turn.model.is_some());
        last.and_then(|turn| Self::after(turn, model, context))
            .unwrap_or_else(|| Self::afresh(turns))
    }

    fn after(turn: &Answer, model: &ModelId, context: u32) -> Option<Self> {
        let provenance = turn.provenance.as_ref()?;
        let draft = provenance.draft.clone()?;
        let tokens = turn.tokens.prompt + turn.tokens.generated;
        let goes_on = provenance.mode == AskMode::Answer
            && turn.model.as_deref() == Some(model.as_str())
            && !provenance.messages.is_empty()
            && !turn.interrupted
            && tokens <= LONGEST.min(context / 2);
        goes_on.then(|| {
            let mut messages = provenance.messages.clone();
            messages.push(Message { role: Role::Assistant, content: draft });
            Self { messages, evidence: turn.evidence.clone(), tokens, ..Self::default() }
        })
    }

    fn afresh(turns: &[Answer]) -> Self {
        let recent = turns.iter().rev().filter(|turn| !turn.refused).take(TURNS_REMEMBERED);
        let mut history: Vec<_> = recent
            .map(|turn| Turn { question: turn.question.clone(), answer: turn.text.clone() })
            .collect();
        history.reverse();
        Self { history, ..Self::default() }
    }

    /// Whether the model has read what came before.
    pub(super) fn goes_on(&self) -> bool {
        !self.messages.is_empty()
    }

    /// Hits as evidence: those the model has read keep their numbers, others get the next.
    pub(super) fn number(&self, hits: Vec<Hit>) -> Vec<Evidence> {
        let known: BTreeMap<PassageId, u32> =
            self.evidence.iter().map(|e| (e.hit.passage.id, e.marker)).collect();
        let mut next = self.evidence.iter().map(|e| e.marker).max().unwrap_or(0);
        let mut number = |hit: &Hit| {
            known.get(&hit.passage.id).copied().unwrap_or_else(|| {
                next += 1;
                next
            })
        };
        hits.into_iter().map(|hit| Evidence { marker: number(&hit), hit }).collect()
    }

    /// Whether the model has read this passage.
    pub(super) fn has(&self, evidence: &Evidence) -> bool {
        self.evidence.iter().any(|known| known.hit.passage.id == evidence.hit.passage.id)
    }

    /// The chat to continue, with these passages put before the question.
    pub(super) fn messages(&self, question: &str, new: &[Evidence], trust: Trust) -> Vec<Message> {
        if !self.goes_on() {
            return prompt::messages(question, &self.history, new, trust);
        }
        let mut messages = self.messages.clone();
        messages.push(prompt::follow_up(question, new, trust));
        messages
    }

    /// What an answer may cite: what was found for its question, then what the model read before.
    pub(super) fn citable(self, found: Vec<Evidence>) -> Vec<Evidence> {
        let mut all = found;
        for known in self.evidence {
            if !all.iter().any(|e| e.marker == known.marker) {
                all.push(known);
            }
        }
        all
    }
}
