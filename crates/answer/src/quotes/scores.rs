//! Which sentences answer a question best.
//!
//! Two levels, each weighted by rarity as BM25 does: a passage by how much of the question it holds
//! among the passages, a sentence by how much it holds among the sentences of its passage. So the name
//! of the subject chooses the passage and, as all its sentences are about it, not the sentence. For
//! the same reason words of the document's title and of the headings above a passage count for less
//! within it: in a kettle's manual `kettle` tells one sentence from another by chance.

use super::QuoteConfig;
use super::asked::Asked;
use crate::sources::Candidate;
use crate::terms::Terms;
use yinju_core::Evidence;

/// A sentence no longer than this, as a share of the longest quotation, is a heading or a fragment.
const FRAGMENT: f32 = 0.06;

/// Sentences with what they share with a question.
pub(super) struct Scores<'a> {
    config: QuoteConfig,
    sentences: Vec<Scored<'a>>,
}

struct Scored<'a> {
    candidate: &'a Candidate,
    /// Shares of the question by term, as worth within the passage; they add up to 1 at most.
    shares: Vec<f32>,
    /// Position in the passage, from 0.
    position: usize,
    /// What the passage, the kind of thing asked for, the rank and the length make of it.
    factor: f32,
}

impl<'a> Scores<'a> {
    /// Scores sentences; those of a passage stand together and in order.
    pub fn new(
        config: &QuoteConfig,
        asked: &Asked,
        all: &[&'a Candidate],
        evidence: &[Evidence],
    ) -> Self {
        let passages: Vec<&[&Candidate]> = all.chunk_by(|a, b| a.evidence == b.evidence).collect();
        let question = question_terms(config, asked);
        let whole: Vec<Vec<bool>> = passages.iter().map(|own| held(&question, own)).collect();
        let rarity = rarity(&question, &whole);
        let total = rarity.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let mut sentences = Vec::new();
        for (own, has) in passages.iter().zip(&whole) {
            let covered: f32 =
                rarity.iter().zip(has).filter(|(_, has)| **has).map(|(r, _)| r).sum();
            let passage = (covered / total).powf(config.sharpness);
            let above = own.first().map(|c| headings(&evidence[c.evidence])).unwrap_or_default();
            let own = Passage { sentences: own.to_vec(), above, worth: passage };
            score_passage(config, asked, &question, &own, &mut sentences);
        }
        Self { config: *config, sentences }
    }

    /// The best sentences, best first. Where the question's words stand nowhere, the first sentence.
    pub fn choose(&self) -> Vec<&'a Candidate> {
        let terms = self.sentences.first().map_or(0, |s| s.shares.len());
        let mut worth = vec![1.0; terms];
        let mut chosen: Vec<usize> = Vec::new();
        let mut least = 0.0;
        while chosen.len() < self.config.most {
            let Some((next, score)) = self.best(&worth, &chosen) else { break };
            if !chosen.is_empty() && (score <= 0.0 || score < least) {
                break;
            }
            if chosen.is_empty() {
                least = self.config.share * score;
            }
            for (worth, share) in worth.iter_mut().zip(&self.sentences[next].shares) {
                if *share > 0.0 {
                    *worth *= self.config.repeated;
                }
            }
            chosen.push(next);
        }
        chosen.into_iter().map(|i| self.sentences[i].candidate).collect()
    }

    fn best(&self, worth: &[f32], chosen: &[usize]) -> Option<(usize, f32)> {
        let text = |i: &usize| self.sentences[*i].candidate.text();
        let open = (0..self.sentences.len()).filter(|i| !chosen.iter().any(|c| text(c) == text(i)));
        let mut best: Option<(usize, f32)> = None;
        for (i, score) in open.map(|i| (i, self.score(i, worth))) {
            if best.is_none_or(|(_, top)| score > top) {
                best = Some((i, score));
            }
        }
        best
    }

    fn score(&self, index: usize, worth: &[f32]) -> f32 {
        let sentence = &self.sentences[index];
        let before = index.checked_sub(1).filter(|_| sentence.position > 0);
        let first = if sentence.position == 0 { self.config.first } else { 0.0 };
        let sum = |s: &Scored| {
            s.shares.iter().zip(worth).map(|(share, worth)| share * worth).sum::<f32>()
        };
        let carried = self.config.carry * before.map_or(0.0, |b| sum(&self.sentences[b]));
        sentence.factor * (self.config.base + first + sum(sentence) + carried)
    }
}

/// The sentences of one passage.
struct Passage<'a> {
    sentences: Vec<&'a Candidate>,
    /// The title of its document and the headings it stands under.
    above: String,
    /// How much of the question it holds.
    worth: f32,
}

fn headings(evidence: &Evidence) -> String {
    let hit = &evidence.hit;
    let section = hit.passage.draft.section.iter().map(String::as_str);
    std::iter::once(hit.document.title.as_str()).chain(section).collect::<Vec<_>>().join("\n")
}

fn score_passage<'a>(
    config: &QuoteConfig,
    asked: &Asked,
    question: &[Wanted],
    own: &Passage<'a>,
    out: &mut Vec<Scored<'a>>,
) {
    let holds: Vec<Vec<bool>> =
        own.sentences.iter().map(|c| held(question, std::slice::from_ref(c))).collect();
    let mut rarity = rarity(question, &holds);
    let above = Terms::of(&own.above);
    for (rarity, wanted) in rarity.iter_mut().zip(question) {
        if wanted.stands_in(&own.above, &above) {
            *rarity *= config.in_heading;
        }
    }
    let total = rarity.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    for (position, (&candidate, has)) in own.sentences.iter().zip(holds).enumerate() {
        let share = |(r, has): (&f32, bool)| if has { r / total } else { 0.0 };
        let kind = asked.kind_fits(candidate.text(), candidate.terms());
        let rank = (1.0 - config.rank_loss * candidate.evidence as f32).max(0.1);
        let whole = if candidate.length() < FRAGMENT { 0.5 } else { 1.0 };
        out.push(Scored {
            candidate,
            shares: rarity.iter().zip(has).map(share).collect(),
            position,
            factor: own.worth * rank * whole * if kind { config.asked_kind } else { 1.0 },
        });
    }
}

/// Something of the question to be found.
enum Wanted {
    Term(String, f32),
    Character(char, f32),
}

impl Wanted {
    fn weight(&self) -> f32 {
        match self {
            Self::Term(_, weight) | Self::Character(_, weight) => *weight,
        }
    }

    fn stands_in(&self, text: &str, terms: &Terms) -> bool {
        match self {
            Self::Term(term, _) => terms.has(term),
            Self::Character(c, _) => text.contains(*c),
        }
    }
}

fn question_terms(config: &QuoteConfig, asked: &Asked) -> Vec<Wanted> {
    let terms = asked.terms.iter().map(|(term, weight)| Wanted::Term(term, weight));
    let characters = asked.characters.iter().map(|c| Wanted::Character(*c, config.character));
    terms.chain(characters).collect()
}

/// Which of the question some sentences hold together.
fn held(question: &[Wanted], sentences: &[&Candidate]) -> Vec<bool> {
    let held = |wanted: &Wanted| sentences.iter().any(|c| wanted.stands_in(c.text(), c.terms()));
    question.iter().map(held).collect()
}

/// Weights of the question by how few of `texts` hold each part: `ln(1 + (N − n + ½) / (n + ½))`.
fn rarity(question: &[Wanted], texts: &[Vec<bool>]) -> Vec<f32> {
    let count = texts.len() as f32;
    let weigh = |(i, wanted): (usize, &Wanted)| {
        let holders = texts.iter().filter(|has| has[i]).count() as f32;
        wanted.weight() * (1.0 + (count - holders + 0.5) / (holders + 0.5)).ln()
    };
    question.iter().enumerate().map(weigh).collect()
}
