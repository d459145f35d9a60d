//! Answering without a language model: the sentences of the evidence that answer a question best,
//! word for word. Deliberately not here: joining or shortening them.

use crate::check::Checked;
use crate::cited::Cited;
use crate::markers::{Reading, read};
use crate::sources::{self, Candidate, Pages};
use crate::terms::Terms;
use std::collections::BTreeMap;
use yinju_core::text::is_cjk;
use yinju_core::{Evidence, Sentence, Support};

/// How sentences are chosen. The defaults were set on `cmrc2018`, 1,478 questions with the gold
/// paragraph and four that resemble the question most: see `tests/cmrc.rs`, `quotes_hold_the_answer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuoteConfig {
    /// Most sentences shown.
    pub most: usize,
    /// A further sentence needs this share of the best one's score.
    pub share: f32,
    /// What a sentence gets of the score of the one before it: an answer follows what names it.
    pub carry: f32,
    /// What a sentence gets of its passage's score.
    pub passage: f32,
    /// What a number gets where a number is asked for, as a factor.
    pub asked_kind: f32,
    /// What a passage loses for each rank, as a share.
    pub rank_loss: f32,
}

impl Default for QuoteConfig {
    fn default() -> Self {
        Self { most: 4, share: 0.5, carry: 0.3, passage: 0.3, asked_kind: 1.25, rank_loss: 0.03 }
    }
}

/// Answers a question with one to four sentences, the best first, each followed by its marker. Text
/// and citations keep what [`crate::check`] promises. Empty where the evidence has no sentence that
/// can be shown.
pub fn answer(question: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    answer_with(&QuoteConfig::default(), question, evidence, pages)
}

/// [`answer`] with other settings.
pub fn answer_with(config: &QuoteConfig, question: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    let mut all = sources::candidates(evidence, pages);
    all.retain(|candidate| candidate.sentences == 1);
    let chosen = choose(config, &Asked::of(question), &all);
    let mut cited = Cited::new(evidence);
    let mut sentences = Vec::new();
    for candidate in chosen {
        if let Some(marker) = cited.number(candidate) {
            let text = on_one_line(candidate.text());
            sentences.push(Sentence { text, markers: vec![marker], support: Support::Supported });
        }
    }
    let shown: Vec<String> = sentences.iter().map(|s| format!("{} [{}]", s.text, s.markers[0])).collect();
    Checked {
        text: shown.join("\n\n"),
        citations: cited.into_citations(),
        sentences,
        removed_markers: Vec::new(),
    }
}

/// A question's terms and what kind of thing it asks for.
struct Asked {
    terms: Terms,
    number: bool,
    name: bool,
}

impl Asked {
    fn of(question: &str) -> Self {
        let lower = question.to_lowercase();
        let asks = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        Self {
            terms: Terms::of_question(question),
            number: asks(&[
                "多少", "几", "哪年", "哪一年", "何时", "什么时候", "什么时间", "多大", "多高", "多长", "多久", "when",
                "how many", "how much", "how long", "how old", "what year", "which year", "what date",
            ]),
            name: asks(&["who ", "whom", "whose"]),
        }
    }

    fn kind_fits(&self, terms: &Terms) -> bool {
        (self.number && terms.has_number()) || (self.name && terms.has_name())
    }
}

fn choose<'a>(config: &QuoteConfig, asked: &Asked, all: &'a [Candidate]) -> Vec<&'a Candidate> {
    let scores = scores(config, asked, all);
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let Some(best) = order.first().map(|first| scores[*first]) else { return Vec::new() };
    let mut chosen: Vec<&Candidate> = Vec::new();
    for index in order.into_iter().filter(|i| scores[*i] >= config.share * best) {
        let known = chosen.iter().any(|c| c.text() == all[index].text());
        if !known && chosen.len() < config.most {
            chosen.push(&all[index]);
        }
    }
    // Where the question's words stand nowhere, every score is 0: the first sentence is enough.
    chosen.truncate(if best > 0.0 { config.most } else { 1 });
    chosen
}

/// The score of every sentence: BM25-like overlap with the question, then what its neighbour, its
/// passage, the kind of thing asked for and the rank add.
fn scores(config: &QuoteConfig, asked: &Asked, all: &[Candidate]) -> Vec<f32> {
    let weights = weights(asked, all);
    let average = all.iter().map(Candidate::length).sum::<f32>() / all.len().max(1) as f32;
    let overlap: Vec<f32> = all.iter().map(|c| overlap(&weights, c.terms(), c.length() / average)).collect();
    let passages = passages(&weights, all);
    (0..all.len())
        .map(|i| {
            let before = i.checked_sub(1).filter(|b| all[*b].evidence == all[i].evidence);
            let score = overlap[i]
                + config.carry * before.map_or(0.0, |b| overlap[b])
                + config.passage * passages.get(&all[i].evidence).copied().unwrap_or_default();
            let kind = if asked.kind_fits(all[i].terms()) { config.asked_kind } else { 1.0 };
            score * kind * (1.0 - config.rank_loss * all[i].evidence as f32).max(0.1)
        })
        .collect()
}

/// The question's terms, weighted by how few sentences hold them.
fn weights(asked: &Asked, all: &[Candidate]) -> Vec<(String, f32)> {
    let count = all.len() as f32;
    let weigh = |(term, weight): (String, f32)| {
        let holders = all.iter().filter(|c| c.terms().has(&term)).count() as f32;
        let rarity = (1.0 + (count - holders + 0.5) / (holders + 0.5)).ln();
        (term, weight * rarity)
    };
    asked.terms.iter().map(weigh).collect()
}

fn overlap(weights: &[(String, f32)], terms: &Terms, relative_length: f32) -> f32 {
    let found: f32 = weights.iter().filter(|(term, _)| terms.has(term)).map(|(_, w)| w).sum();
    found / (0.75 + 0.25 * relative_length)
}

/// How much of the question each passage holds as a whole.
fn passages(weights: &[(String, f32)], all: &[Candidate]) -> BTreeMap<usize, f32> {
    let mut found = BTreeMap::new();
    for evidence in all.iter().map(|c| c.evidence) {
        found.entry(evidence).or_insert_with(|| {
            let own: Vec<&Candidate> = all.iter().filter(|c| c.evidence == evidence).collect();
            let held = weights.iter().filter(|(term, _)| own.iter().any(|c| c.terms().has(term)));
            held.map(|(_, weight)| weight).sum()
        });
    }
    found
}

/// A quotation without the page's line breaks. Brackets around a number become full-width ones: in the
/// shown text only our own markers look like markers.
fn on_one_line(quote: &str) -> String {
    let mut out = String::with_capacity(quote.len());
    for line in quote.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let joins = out.chars().next_back().is_none_or(is_cjk) || line.starts_with(is_cjk);
        if !joins {
            out.push(' ');
        }
        out.push_str(line);
    }
    without_foreign_markers(&out)
}

fn without_foreign_markers(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for at in 0..chars.len() {
        if chars[at] == '[' && matches!(read(&chars[at..]), Reading::Marker { .. }) {
            let close = chars[at..].iter().position(|c| matches!(c, ']' | '】' | '］'));
            chars[at] = '［';
            if let Some(close) = close {
                chars[at + close] = '］';
            }
        }
    }
    chars.into_iter().collect()
}
