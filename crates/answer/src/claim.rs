//! One sentence of an answer against the evidence: which quotations bear it out, and how well.
//!
//! Three layers, none of which asks a model. How much: the share of what the sentence says (bigrams, words,
//! names, numbers) that the quotations say too. Whether it agrees: numbers, units, names and denials
//! ([`crate::agree`]). Whether it stands together: what is pieced together from passages that say it apart
//! is borne out in part. Deliberately not here: paraphrase and entailment; a sentence in another language
//! than its passage can only be compared by names and numbers.

use crate::agree::{Clash, clash};
use crate::apart::is_put_together;
use crate::declining::{Declining, declining};
use crate::relations::is_misplaced;
use crate::rows::{self, Fit};
use crate::sources::Candidate;
use crate::taken::{is_of_another, makes_a_cause};
use crate::terms::Terms;
use std::collections::BTreeSet;
use yinju_core::Language;
use yinju_core::{Evidence, Support};

/// Where support begins and ends, as shares of a sentence's weight found in the quotation.
///
/// Set on gold answer sentences of `cmrc2018` and the same with one number or name exchanged
/// (`tests/cmrc.rs`, `corrupted_claims`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// From here a sentence is supported.
    pub supported: f32,
    /// From here it is supported in part.
    pub partial: f32,
    /// From here a passage the model did not name is cited.
    pub clear: f32,
    /// Below this a marker the model wrote is not believed.
    pub believable: f32,
    /// How much better another passage must be before a believable marker is moved to it.
    pub better: f32,
    /// What a further quotation must add to be cited as well.
    pub gain: f32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            supported: 0.65,
            partial: 0.4,
            clear: 0.55,
            believable: 0.3,
            better: 0.25,
            gain: 0.2,
        }
    }
}

/// What a quotation loses for being as long as one may be: a second sentence must bear out more than
/// a word that happens to stand in it.
const LENGTH: f32 = 0.15;
/// What it loses for each rank of its passage; this decides between equals only.
const RANK: f32 = 0.002;

/// From which share on a piece of a sentence is all there.
const WHOLE: f32 = 0.85;

/// A marker as the model wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Byte of the draft without markers, from the start of the sentence.
    pub at: usize,
    /// The number written.
    pub number: u32,
}

/// A quotation a sentence is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bond {
    /// Where the model marked it; `None` where it did not.
    pub at: Option<usize>,
    /// Index of the candidate.
    pub candidate: usize,
}

/// What became of a sentence.
#[derive(Debug)]
pub(crate) struct Binding {
    pub bonds: Vec<Bond>,
    pub support: Support,
    pub removed: Vec<u32>,
}

impl Binding {
    /// That of a sentence which nothing bears out.
    pub fn none(marks: &[Mark]) -> Self {
        let removed = marks.iter().map(|mark| mark.number).collect();
        Self { bonds: Vec::new(), support: Support::Unsupported, removed }
    }
}

/// The evidence a draft is held against.
pub(crate) struct Bench<'a> {
    pub gate: Gate,
    /// What was asked; empty where that is not known.
    pub question: &'a str,
    pub evidence: &'a [Evidence],
    pub candidates: &'a [Candidate],
}

impl Bench<'_> {
    /// Binds a sentence (without its markers) to quotations.
    pub fn bind(&self, sentence: &str, marks: &[Mark]) -> Binding {
        let claim = Terms::of(without_lead_in(sentence));
        let mut binding = Binding::none(&[]);
        if self.repeats_heading(sentence) {
            binding.support = Support::NotAClaim;
            binding.removed = marks.iter().map(|mark| mark.number).collect();
            return binding;
        }
        for mark in marks {
            let said = segment(sentence, marks, *mark).unwrap_or_else(|| claim.clone());
            match self.resolve(mark.number, &said, sentence) {
                Some(candidate) => binding.add(Bond { at: Some(mark.at), candidate }),
                None => binding.removed.push(mark.number),
            }
        }
        if is_claim(sentence, &claim) {
            self.complete(&claim, &mut binding);
            binding.support = self.support(sentence, &claim, marks, &binding.bonds);
        } else {
            binding.support = Support::NotAClaim;
        }
        self.drop_unborne(sentence, marks, &mut binding);
        binding
    }

    /// Whether a sentence that is bound to quotations shares a word with the question, or they do. Words
    /// of two languages cannot be compared.
    pub fn speaks_of_what_is_asked(&self, sentence: &str, binding: &Binding) -> bool {
        let asked = Terms::of_question(self.question);
        let is_foreign = |bond: &Bond| {
            let hit = &self.evidence[self.candidates[bond.candidate].evidence].hit;
            Language::of(self.question) != Language::of(&hit.passage.draft.text)
        };
        let said = Terms::union([&Terms::of(sentence), &self.quoted(&binding.bonds)]);
        !binding.bonds.is_empty()
            && (asked.recall_in(&said) > 0.0
                || asked.is_empty()
                || binding.bonds.iter().any(is_foreign))
    }

    /// Whether a sentence is no more than a heading of the evidence: small models like to repeat one.
    fn repeats_heading(&self, sentence: &str) -> bool {
        let said = letters(sentence);
        let mut headings = self.candidates.iter().filter(|candidate| candidate.heading);
        !said.is_empty() && headings.any(|heading| letters(heading.text()) == said)
    }

    /// The quotation for a marker: from its own passage if that is believable, else from one that
    /// clearly says the same.
    fn resolve(&self, number: u32, said: &Terms, sentence: &str) -> Option<usize> {
        let own = self.evidence.iter().position(|e| e.marker == number)?;
        let (best, recall) = self.best(said, &Terms::default(), |_| true)?;
        let (quote, own_recall) =
            self.best(said, &Terms::default(), |e| e == own).unwrap_or((best, 0.0));
        if own_recall >= self.gate.believable && own_recall + self.gate.better >= recall {
            return Some(quote);
        }
        if recall >= self.gate.clear {
            return Some(best);
        }
        if !self.is_foreign(sentence, own) {
            return None;
        }
        if own_recall > 0.0 { Some(quote) } else { self.longest(own) }
    }

    /// Where words cannot be compared, the longest quotation of a passage stands for it.
    fn longest(&self, evidence: usize) -> Option<usize> {
        let own = (0..self.candidates.len()).filter(|i| self.candidates[*i].evidence == evidence);
        own.max_by_key(|i| (self.candidates[*i].range.len(), std::cmp::Reverse(*i)))
    }

    /// The candidate that, with what is already quoted, says most of a claim; and how much that is.
    fn best(
        &self,
        claim: &Terms,
        quoted: &Terms,
        from: impl Fn(usize) -> bool,
    ) -> Option<(usize, f32)> {
        let mut best: Option<(usize, f32, f32)> = None;
        for (index, candidate) in
            self.candidates.iter().enumerate().filter(|(_, c)| from(c.evidence))
        {
            let recall = claim.recall_in_both(quoted, candidate.terms());
            let score = recall - LENGTH * candidate.length() - RANK * candidate.evidence as f32;
            if best.is_none_or(|(_, _, top)| score > top) {
                best = Some((index, recall, score));
            }
        }
        best.map(|(index, recall, _)| (index, recall))
    }

    /// Cites what the model left uncited: the best passage where none is, one more where much is open.
    fn complete(&self, claim: &Terms, binding: &mut Binding) {
        if binding.bonds.is_empty() {
            match self.best(claim, &Terms::default(), |_| true) {
                Some((candidate, recall)) if recall >= self.gate.clear => {
                    binding.add(Bond { at: None, candidate });
                }
                _ => return,
            }
        }
        let quoted = self.quoted(&binding.bonds);
        let recall = claim.recall_in(&quoted);
        if recall + self.gate.gain > 1.0 {
            return;
        }
        if let Some((candidate, more)) = self.best(claim, &quoted, |_| true) {
            // A number that stands anywhere is not borne out; the words around it must be there too.
            let words = claim.without_numbers();
            let said = words.recall_in_both(&quoted, self.candidates[candidate].terms());
            let more_words = said >= words.recall_in(&quoted) + self.gate.gain / 2.0;
            if more_words && more >= recall + self.gate.gain {
                binding.add(Bond { at: None, candidate });
            }
        }
    }

    /// What the quotations say; a table's row says it of what its headings name.
    fn quoted(&self, bonds: &[Bond]) -> Terms {
        let candidates = || bonds.iter().map(|bond| &self.candidates[bond.candidate]);
        let above = candidates().filter(|candidate| candidate.row.is_some()).map(|candidate| {
            let hit = &self.evidence[candidate.evidence].hit;
            Terms::of(&format!("{}\n{}", hit.document.title, hit.passage.draft.section.join("\n")))
        });
        let above: Vec<Terms> = above.collect();
        Terms::union(candidates().map(Candidate::terms).chain(&above))
    }

    fn support(&self, sentence: &str, claim: &Terms, marks: &[Mark], bonds: &[Bond]) -> Support {
        let quoted = self.quoted(bonds);
        let recall = claim.recall_in(&quoted);
        let missing = claim.has_number_missing_in(&quoted);
        if recall < self.gate.partial {
            // Across languages a shared name or number is all that words can show.
            let foreign = bonds.iter().any(|bond| self.is_foreign_bond(sentence, bond));
            let anchored = foreign && !missing && claim.shares_anchor_with(&quoted);
            return if anchored { Support::Partial } else { Support::Unsupported };
        }
        if missing {
            return if self.number_stands_nearby(claim, bonds) {
                Support::Partial
            } else {
                Support::Unsupported
            };
        }
        match self.worst_cell(sentence, claim, bonds) {
            Some(Fit::Other) => return Support::Unsupported,
            Some(Fit::Unnamed) => return Support::Partial,
            Some(Fit::Named) | None => {}
        }
        match self.clash(sentence, bonds) {
            Some(Clash::Negation | Clash::Name | Clash::Unit) => Support::Unsupported,
            Some(Clash::Noun | Clash::Denial) => Support::Partial,
            None if self.is_misplaced(sentence, bonds) => Support::Unsupported,
            None if recall < self.gate.supported => Support::Partial,
            None if self.is_put_together(sentence, bonds) => Support::Partial,
            None if self.misleads(sentence, bonds) => Support::Partial,
            None if self.is_pieced_together(claim, recall, bonds)
                && !self.is_marked_piece_by_piece(sentence, marks, bonds) =>
            {
                Support::Partial
            }
            None => Support::Supported,
        }
    }

    /// How well the numbers of a sentence fit the cells that hold them; `None` where none is a table's.
    fn worst_cell(&self, sentence: &str, claim: &Terms, bonds: &[Bond]) -> Option<Fit> {
        let quoted = || bonds.iter().map(|bond| &self.candidates[bond.candidate]);
        let named = Terms::union([&rows::read(sentence), &rows::read(self.question)]);
        let fit = |value: &str| {
            let said = |c: &Candidate| c.row.is_none() && c.terms().says_number(value);
            if quoted().any(said) {
                return None;
            }
            quoted().filter_map(|c| c.row.as_ref()?.0.fit(c.row.as_ref()?.1, value, &named)).max()
        };
        claim.numbers().filter_map(fit).min()
    }

    fn is_put_together(&self, sentence: &str, bonds: &[Bond]) -> bool {
        let is_row = |bond: &Bond| self.candidates[bond.candidate].row.is_some();
        // What a row of a table says stands in its cells and heads.
        if bonds.iter().any(|bond| is_row(bond) || self.is_foreign_bond(sentence, bond)) {
            return false;
        }
        let quoted = || bonds.iter().map(|bond| &self.candidates[bond.candidate]);
        let (headings, prose): (Vec<&Candidate>, Vec<&Candidate>) =
            quoted().partition(|candidate| candidate.heading);
        let prose: Vec<&str> = prose.into_iter().map(Candidate::text).collect();
        let about = quoted().map(|candidate| {
            let hit = &self.evidence[candidate.evidence].hit;
            format!("{}\n{}", hit.document.title, hit.passage.draft.section.join("\n"))
        });
        let about = about.chain(headings.into_iter().map(|heading| heading.text().to_owned()));
        let about = about.collect::<Vec<_>>().join("\n");
        is_put_together(without_lead_in(sentence), &prose, self.question, &about)
    }

    /// Whether a reader takes it for something else than its quotations say.
    fn misleads(&self, sentence: &str, bonds: &[Bond]) -> bool {
        if bonds.iter().any(|bond| self.is_foreign_bond(sentence, bond)) {
            return false;
        }
        let candidates = || bonds.iter().map(|bond| &self.candidates[bond.candidate]);
        let hits: Vec<_> = candidates().map(|c| &self.evidence[c.evidence].hit).collect();
        let all: Vec<_> = self.evidence.iter().map(|evidence| &evidence.hit).collect();
        let quoted = candidates().map(Candidate::text).collect::<Vec<_>>().join("\n");
        is_of_another(self.question, sentence, &hits, &all) || makes_a_cause(sentence, &quoted)
    }

    fn is_misplaced(&self, sentence: &str, bonds: &[Bond]) -> bool {
        let quoted = bonds.iter().map(|bond| &self.candidates[bond.candidate]);
        let prose: Vec<&str> = quoted.filter(|c| c.row.is_none()).map(Candidate::text).collect();
        is_misplaced(without_lead_in(sentence), &prose)
    }

    fn clash(&self, sentence: &str, bonds: &[Bond]) -> Option<Clash> {
        if bonds.iter().any(|bond| self.is_foreign_bond(sentence, bond)) {
            return None;
        }
        let quoted: Vec<&str> =
            bonds.iter().map(|bond| self.candidates[bond.candidate].text()).collect();
        let near = bonds.iter().map(|bond| {
            let hit = &self.evidence[self.candidates[bond.candidate].evidence].hit;
            let (title, draft) = (&hit.document.title, &hit.passage.draft);
            format!("{title}\n{}\n{}", draft.section.join("\n"), draft.text)
        });
        clash(
            self.question,
            without_lead_in(sentence),
            &quoted,
            &near.collect::<Vec<_>>().join("\n"),
        )
    }

    /// Whether no quotation alone says it, but several passages between them.
    fn is_pieced_together(&self, claim: &Terms, recall: f32, bonds: &[Bond]) -> bool {
        let alone =
            bonds.iter().map(|bond| claim.recall_in(self.candidates[bond.candidate].terms()));
        let passages: BTreeSet<usize> =
            bonds.iter().map(|bond| self.candidates[bond.candidate].evidence).collect();
        passages.len() > 1 && recall >= alone.fold(0.0, f32::max) + self.gate.gain
    }

    /// Whether each piece of it carries its own marker and is all there in what that shows.
    fn is_marked_piece_by_piece(&self, sentence: &str, marks: &[Mark], bonds: &[Bond]) -> bool {
        let is_whole = |bond: &Bond| {
            let mark = marks.iter().find(|mark| Some(mark.at) == bond.at);
            let said = mark.and_then(|mark| segment(sentence, marks, *mark));
            let quoted = self.candidates[bond.candidate].terms();
            said.is_some_and(|said| said.recall_in(quoted) >= WHOLE)
        };
        bonds.len() > 1 && bonds.iter().all(is_whole)
    }

    fn number_stands_nearby(&self, claim: &Terms, bonds: &[Bond]) -> bool {
        let passages =
            bonds.iter().map(|bond| &self.evidence[self.candidates[bond.candidate].evidence]);
        let texts: Vec<Terms> = passages.map(|e| Terms::of(&e.hit.passage.draft.text)).collect();
        !claim.has_number_missing_in(&Terms::union(&texts))
    }

    /// A sentence nothing bears out carries no marker, unless words cannot be compared at all.
    fn drop_unborne(&self, sentence: &str, marks: &[Mark], binding: &mut Binding) {
        let comparable = |bond: &Bond| !self.is_foreign_bond(sentence, bond);
        if binding.support != Support::Unsupported || !binding.bonds.iter().any(comparable) {
            return;
        }
        *binding = Binding::none(marks);
    }

    fn is_foreign_bond(&self, sentence: &str, bond: &Bond) -> bool {
        self.is_foreign(sentence, self.candidates[bond.candidate].evidence)
    }

    fn is_foreign(&self, sentence: &str, evidence: usize) -> bool {
        Language::of(sentence) != Language::of(&self.evidence[evidence].hit.passage.draft.text)
    }
}

impl Binding {
    fn add(&mut self, bond: Bond) {
        if !self.bonds.iter().any(|known| known.candidate == bond.candidate) {
            self.bonds.push(bond);
        }
    }
}

/// What stands between the marker before and this one: `甲是乙[1]，丙是丁[2]` makes two claims.
/// `None` where that is too little to go by.
fn segment(sentence: &str, marks: &[Mark], mark: Mark) -> Option<Terms> {
    let start = marks.iter().map(|m| m.at).filter(|at| *at < mark.at).max().unwrap_or(0);
    let terms = Terms::of(without_lead_in(sentence.get(start..mark.at)?));
    (terms.weight() >= 3.0).then_some(terms)
}

/// List numbers, `根据资料，…` and `According to the passage, …` are about the answer, not part of it.
fn without_lead_in(sentence: &str) -> &str {
    let trimmed = without_list_number(sentence.trim_start());
    let opens =
        ["根据", "依据", "按照", "According to", "Based on"].iter().any(|o| trimmed.starts_with(o));
    let Some((head, rest)) = trimmed.split_once(['，', ',']).filter(|_| opens) else {
        return trimmed;
    };
    let names_source = [
        "资料",
        "文档",
        "材料",
        "信息",
        "内容",
        "passage",
        "document",
        "source",
        "information",
        "text",
    ]
    .iter()
    .any(|word| head.contains(word));
    if names_source && head.chars().count() <= 40 { rest } else { trimmed }
}

fn without_list_number(line: &str) -> &str {
    let opened = line.strip_prefix(['（', '(']).unwrap_or(line);
    let after = opened.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = opened.len() - after.len();
    let rest =
        after.strip_prefix(['.', '、', ')', '）', '．']).filter(|_| (1..=3).contains(&digits));
    // `3.5 million` begins with a number, not with its place in a list.
    rest.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        .map_or(line, str::trim_start)
}

/// The letters and digits of a text, without what lists and Markdown put around them.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_claim(sentence: &str, terms: &Terms) -> bool {
    let text = sentence.trim();
    let heading = text.ends_with(['：', ':', '？', '?']);
    let declines = declining(text) == Some(Declining::Alone);
    !terms.is_empty() && !heading && !declines && !is_courtesy(text)
}

fn is_courtesy(text: &str) -> bool {
    let lower = text.to_lowercase();
    let begins = [
        "好的",
        "当然",
        "希望这",
        "以下是",
        "sure",
        "certainly",
        "of course",
        "i hope",
        "here is",
        "here are",
    ];
    begins.iter().any(|b| lower.starts_with(b)) && text.chars().count() <= 60
}
