//! Answering without a language model: the sentences of the evidence that answer a question best,
//! word for word. Deliberately not here: joining or shortening them.

mod asked;
mod named;
mod scores;

use asked::Asked;
use scores::Scores;

use crate::check::Checked;
use crate::identifiers;
use crate::quoting::Writer;
use crate::sources::{self, Candidate, Pages};
use crate::terms::Terms;
use yinju_core::Evidence;

/// How sentences are chosen. The defaults were set on every ninth question of `cmrc2018`, `drcd` and
/// `squad` with five paragraphs each, the gold one among those that resemble the question most:
/// `tests/cmrc.rs`, `sweep_of_quote_settings`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuoteConfig {
    /// Most sentences shown.
    pub most: usize,
    /// A further sentence needs this share of the best one's score.
    pub share: f32,
    /// What every sentence of a passage gets for being there, where 1 is the whole question.
    pub base: f32,
    /// What a sentence gets of the overlap of the one before it: an answer follows what names it.
    pub carry: f32,
    /// What the first sentence of a passage gets: it says what the passage is about.
    pub first: f32,
    /// How sharply passages that hold less of the question fall behind, as an exponent.
    pub sharpness: f32,
    /// What a sentence gets for holding the kind of thing asked for (a date, a number, a name, another
    /// name, a place, a cause), as a factor.
    pub asked_kind: f32,
    /// What single characters weigh beside bigrams: `病逝` answers `逝世`.
    pub character: f32,
    /// What a term is still worth to the next sentence when one already shown has it.
    pub repeated: f32,
    /// What a term is worth within a passage when the document's title or a heading above the passage
    /// has it.
    pub in_heading: f32,
    /// What a passage loses for each rank, as a share.
    pub rank_loss: f32,
}

impl Default for QuoteConfig {
    fn default() -> Self {
        Self {
            most: 4,
            share: 0.3,
            base: 0.3,
            carry: 0.4,
            first: 0.05,
            sharpness: 1.0,
            asked_kind: 1.4,
            character: 0.6,
            repeated: 0.7,
            in_heading: 0.3,
            rank_loss: 0.03,
        }
    }
}

/// Answers a question with one to four sentences, the best first, each followed by its marker. Text
/// and citations keep what [`crate::check()`] promises. Empty where the evidence has no sentence that
/// can be shown.
pub fn answer(question: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    answer_with(&QuoteConfig::default(), question, evidence, pages)
}

/// [`answer`] with other settings.
pub fn answer_with(
    config: &QuoteConfig,
    question: &str,
    evidence: &[Evidence],
    pages: &Pages,
) -> Checked {
    let mut all = sources::candidates(evidence, pages);
    all.retain(|candidate| candidate.sentences == 1);
    if all.iter().any(|candidate| !candidate.heading) {
        all.retain(|candidate| !candidate.heading);
    }
    let chosen = named_first(config, question, &all, evidence);
    let mut writer = Writer::new(evidence);
    for candidate in chosen {
        if let Some(quotation) = writer.cite(candidate) {
            writer.text.push_str(if writer.text.is_empty() { "" } else { "\n\n" });
            writer.quote(&quotation);
        }
    }
    writer.finish()
}

/// The rows of tables that a question names, and what else answers it best.
fn named_first<'a>(
    config: &QuoteConfig,
    question: &str,
    all: &'a [Candidate],
    evidence: &[Evidence],
) -> Vec<&'a Candidate> {
    let mut chosen = named::rows(question, all, evidence);
    let others = choose(config, question, all, evidence);
    let is_new = |c: &&Candidate| !chosen.iter().any(|row| row.text() == c.text());
    let others: Vec<&Candidate> = others.into_iter().filter(is_new).collect();
    chosen.extend(others);
    // Beside the row of a code, the row of another says nothing of it.
    let exact = identifiers::named(question);
    let holds = |c: &Candidate| exact.iter().any(|identifier| identifier.stands_in(c.text()));
    if chosen.iter().any(|c| c.row.is_some() && holds(c)) {
        chosen.retain(|c| c.row.is_none() || holds(c));
    }
    chosen.truncate(config.most);
    chosen
}

/// The sentences that answer a question best, best first; those of a passage have to stand together.
pub(crate) fn choose<'a>(
    config: &QuoteConfig,
    question: &str,
    sentences: impl IntoIterator<Item = &'a Candidate>,
    evidence: &[Evidence],
) -> Vec<&'a Candidate> {
    let sentences: Vec<&Candidate> = sentences.into_iter().collect();
    Scores::new(config, &Asked::of(question), &sentences, evidence).choose()
}

/// Whether a text holds the kind of thing a question asks for.
pub(crate) fn has_kind_asked(question: &str, text: &str) -> bool {
    Asked::of(question).kind_fits(text, &Terms::of(text))
}
