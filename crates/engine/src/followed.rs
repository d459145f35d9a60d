//! Where a passage sends its reader: what stands on the page, under the heading or below the label that it
//! names is what answers, and comes before the passage that only says where it is.

use crate::look::Found;
use crate::narrow::{holds_heading, printed};
use crate::search::{Rerank, SearchQuery};
use crate::{Engine, Result};
use std::collections::BTreeSet;
use std::ops::Range;
use yinju_core::ports::{Marking, RankedPassage};
use yinju_core::text::{byte_of_char, slice_chars};
use yinju_core::{Passage, PassageId, PassageIndex};
use yinju_question::{Plan, Query, SectionName, Target, references};
use yinju_store::PageSummary;

/// So many of the first passages are read for references: what comes later answers nothing.
const LOOKED_AT: usize = 3;
/// A chapter of more passages is no place that answers.
const MOST_TARGETS: usize = 40;
/// What is referred to may be less like the question than the reference, which often repeats it, by this
/// much in the mean cosine of tokens.
const LESS_ALIKE: f32 = 0.02;

impl Engine {
    /// Puts what the first passages refer to before them, where their reference is what the question found.
    pub(crate) fn references_followed(
        &self,
        query: &SearchQuery,
        mut found: Found,
    ) -> Result<Found> {
        let is_placed = found.narrowed.as_ref().is_some_and(|narrowed| narrowed.passages);
        let read = if query.is_asked { Query::of_question } else { Query::read };
        let typed = read(&query.text)?;
        // Whoever says what has to be in a passage, or must not, means each that is found. A cross-encoder
        // has read the passages themselves.
        let is_chosen = typed.has_phrases() || !typed.filters.languages.is_empty();
        if is_placed || is_chosen || matches!(query.rerank, Rerank::With(_)) {
            return Ok(found);
        }
        let topic = if query.is_asked { Plan::of(&query.text).topic } else { query.text.clone() };
        let query = SearchQuery { text: topic, limit: MOST_TARGETS, ..query.clone() };
        let first: Vec<RankedPassage> = found.ranked.iter().take(LOOKED_AT).copied().collect();
        for referring in first {
            let Some(passage) = self.store().passage(referring.passage)? else { continue };
            let targets = self.sent_to(&query, &passage)?;
            if targets.is_empty() {
                continue;
            }
            let Some(target) = self.look_among(&query, targets)?.first().copied() else { continue };
            put(&mut found.ranked, &referring, target);
        }
        Ok(found)
    }

    /// The passages that a passage's references mean, without itself.
    fn sent_to(&self, query: &SearchQuery, passage: &Passage) -> Result<Vec<PassageId>> {
        let text = &passage.draft.text;
        let references = references(text);
        if references.is_empty() {
            return Ok(Vec::new());
        }
        let index = &self.encoder()?.index;
        let marked = index.marks(Marking::Question(&query.text), text);
        let asked: Vec<(usize, &str)> = marked
            .into_iter()
            .map(|range| (byte_of_char(text, range.start as usize), slice_chars(text, range)))
            .collect();
        let meant: Vec<Target> = references
            .into_iter()
            .filter(|reference| is_what_was_found(&reference.sentence, &asked))
            .map(|reference| reference.target)
            .collect();
        if meant.is_empty() {
            return Ok(Vec::new());
        }
        let passages = self.store().passages(passage.document)?;
        let pages = self.store().page_summaries(passage.document)?;
        let mut targets: Vec<PassageId> = meant
            .iter()
            .map(|target| of_target(target, &passages, &pages))
            .filter(|targets| targets.len() <= MOST_TARGETS)
            .flatten()
            .filter(|target| *target != passage.id)
            .collect();
        targets.sort_unstable();
        targets.dedup();
        Ok(targets)
    }
}

/// Whether a passage was found for its reference: most of what it has of the question's words stand there.
fn is_what_was_found(sentence: &Range<usize>, asked: &[(usize, &str)]) -> bool {
    let lower = |word: &str| word.to_lowercase();
    let all: BTreeSet<String> = asked.iter().map(|(_, word)| lower(word)).collect();
    let here = asked.iter().filter(|(at, _)| sentence.contains(at));
    let here: BTreeSet<String> = here.map(|(_, word)| lower(word)).collect();
    !here.is_empty() && here.len() * 3 >= all.len() * 2
}

fn of_target(target: &Target, passages: &[Passage], pages: &[PageSummary]) -> Vec<PassageId> {
    let is_meant = |passage: &&Passage| match target {
        Target::Page(number) => {
            let meant = printed(&[*number..=*number], pages);
            passage.pages().iter().any(|on| meant.iter().any(|range| range.contains(&on.get())))
        }
        Target::Section(name) => is_under(passage, name),
        Target::Labelled(_) => passage.draft.text.lines().any(|line| target.labels(line)),
    };
    passages.iter().filter(is_meant).map(|passage| passage.id).collect()
}

fn is_under(passage: &Passage, name: &SectionName) -> bool {
    passage.draft.section.iter().any(|heading| name.is(heading))
        || holds_heading(passage, std::slice::from_ref(name))
}

/// Before the passage that refers to it where the question is as like it, else right behind.
fn put(ranked: &mut Vec<RankedPassage>, referring: &RankedPassage, target: RankedPassage) {
    let place = |ranked: &[RankedPassage], passage: PassageId| {
        ranked.iter().position(|found| found.passage == passage)
    };
    let known = place(ranked, target.passage);
    let Some(at) = place(ranked, referring.passage) else { return };
    if known.is_some_and(|known| known < at) {
        return;
    }
    let is_as_like = match (target.arms.late, referring.arms.late) {
        (Some(target), Some(referring)) => target >= referring - LESS_ALIKE,
        _ => target.arms.cosine >= referring.arms.cosine,
    };
    if let Some(known) = known {
        ranked.remove(known);
    }
    let score = referring.score;
    ranked.insert(if is_as_like { at } else { at + 1 }, RankedPassage { score, ..target });
}
