//! A question read twice: the terms its postings are looked up by, and the units of meaning whose
//! presence in a passage says whether the passage can bear an answer.

use super::{Run, chunk, cjk, cut, fold::fold, runs, stop};
use std::collections::{BTreeMap, BTreeSet};
use yinju_core::ports::OwnWord;

/// A question, analysed. Made once for a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Terms to look up and how often each is asked for. Stop words are left out unless the
    /// question has nothing else.
    pub terms: BTreeMap<String, u32>,
    /// What the question is about, each unit once.
    pub units: BTreeSet<Unit>,
    /// How the question writes each unit, by the unit's own term.
    pub written: BTreeMap<String, String>,
}

/// One thing a question names: a word, a name, a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit {
    /// Its own term.
    pub whole: String,
    /// Terms that together are as good as the whole, for words that are cut differently in the
    /// passage (a name jieba does not know); empty where there are none.
    pub parts: Vec<String>,
    /// The terms of each other name of the same thing, for a person's own words.
    pub others: Vec<Vec<String>>,
}

impl Question {
    /// Analyses a question.
    pub fn read(text: &str) -> Self {
        let folded = fold(text);
        let mut question = Self::default();
        for run in runs(&folded) {
            match run {
                Run::Cjk(text) => question.read_cjk(text),
                Run::Spaced(text) => question.read_spaced(text),
            }
        }
        if question.terms.is_empty() {
            for term in super::terms(text) {
                question.ask_for(term);
            }
        }
        question
    }

    /// Analyses a question in which some words are known to be one each. All of their terms are
    /// looked up, stop words among them too, and those of their other names.
    pub fn with_words(text: &str, words: &[OwnWord]) -> Self {
        let mut question = Self::read(text);
        for word in words {
            let pieces = Self::read(&word.text).units;
            question.units.retain(|unit| !pieces.contains(unit));
            let parts = super::terms(&word.text);
            let others: Vec<Vec<String>> =
                word.same.iter().map(|name| super::terms(name)).collect();
            for term in parts.iter().chain(others.iter().flatten()) {
                question.terms.entry(term.clone()).or_insert(1);
            }
            let mut whole = fold(&word.text).to_lowercase();
            cut(&mut whole);
            question.written.insert(whole.clone(), word.text.clone());
            question.units.insert(Unit { whole, parts, others });
        }
        question
    }

    /// The terms of all units and of their parts; some come more than once.
    pub fn unit_terms(&self) -> impl Iterator<Item = &str> {
        self.units
            .iter()
            .flat_map(|unit| {
                let others = unit.others.iter().flatten();
                unit.parts.iter().chain(others).chain(std::iter::once(&unit.whole))
            })
            .map(String::as_str)
    }

    fn ask_for(&mut self, mut term: String) {
        cut(&mut term);
        *self.terms.entry(term).or_default() += 1;
    }

    fn name(&mut self, written: &str, mut whole: String, mut parts: Vec<String>) {
        cut(&mut whole);
        self.written.entry(whole.clone()).or_insert_with(|| written.to_owned());
        parts.iter_mut().for_each(cut);
        self.units.insert(Unit { whole, parts, others: Vec::new() });
    }

    /// Chinese: stop words are found by the precise cut, since search mode and bigrams run across
    /// them. A bigram is asked for unless both of its characters belong to stop words.
    fn read_cjk(&mut self, run: &str) {
        let content = content_spans(run);
        let mut terms = Vec::new();
        cjk::push_terms(run, &mut terms);
        let asked = |term: &String| {
            run.match_indices(term.as_str())
                .any(|(at, _)| overlaps(&content, (at, at + term.len())))
        };
        for term in terms.into_iter().filter(|t| asked(t)) {
            self.ask_for(term);
        }
        for (start, end) in content {
            self.name_cjk(run, start, end);
        }
    }

    /// A lone character is a unit only where it is the whole run, as only then it is a term.
    fn name_cjk(&mut self, run: &str, start: usize, end: usize) {
        let word = &run[start..end];
        let length = word.chars().count();
        if length == 1 && word.len() < run.len() {
            return;
        }
        let parts = if length > 2 {
            cjk::bigram_spans(word).into_iter().map(|(s, e)| word[s..e].to_owned()).collect()
        } else {
            Vec::new()
        };
        self.name(word, word.to_owned(), parts);
    }

    fn read_spaced(&mut self, text: &str) {
        let mut terms = Vec::new();
        chunk::push_terms(text, &mut terms);
        let mut stops = BTreeSet::new();
        for piece in chunk::chunks(text) {
            let lower = piece.text.to_lowercase();
            let mut found = chunk::chunk_terms(piece.text);
            if stop::is_english_stop(lower.trim_end_matches("'s")) {
                stops.extend(found);
            } else if !found.is_empty() {
                let whole = found.remove(0);
                self.name(piece.text, whole, found);
            }
        }
        for term in terms.into_iter().filter(|t| !stops.contains(t)) {
            self.ask_for(term);
        }
    }
}

/// Byte spans of the words of a run that are not stop words. Single characters in a row are one
/// span: a name the dictionary does not know falls into characters.
fn content_spans(run: &str) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut last_was_single = false;
    for word in yinju_lexicon::words(run) {
        let (start, end) = (word.start, word.end);
        let single = word.text.chars().nth(1).is_none();
        if stop::is_chinese_stop(word.text) {
            last_was_single = false;
            continue;
        }
        match spans.last_mut() {
            Some(last) if single && last_was_single && last.1 == start => last.1 = end,
            _ => spans.push((start, end)),
        }
        last_was_single = single;
    }
    spans
}

fn overlaps(spans: &[(usize, usize)], (start, end): (usize, usize)) -> bool {
    spans.iter().any(|&(s, e)| s < end && start < e)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<String> {
        Question::read(text).units.into_iter().map(|u| u.whole).collect()
    }

    #[test]
    fn question_words_are_not_what_is_asked_about() {
        assert_eq!(units("谁的"), Vec::<String>::new());
        assert_eq!(units("Who is the president?"), ["presid"]);
        let found = units("这家公司由哪两个公司合作开发的？");
        assert!(found.contains(&"合作开发".to_owned()) || found.contains(&"合作".to_owned()));
        assert!(!found.iter().any(|u| u.contains('哪')), "{found:?}");
    }

    #[test]
    fn a_question_of_stop_words_is_looked_up_by_them() {
        assert!(!Question::read("who is it").terms.is_empty());
        assert!(!Question::read("是什么").terms.is_empty());
    }

    #[test]
    fn long_words_may_be_found_in_parts() {
        let question = Question::read("合作开发");
        let unit = question.units.first().unwrap();
        assert_eq!(unit.whole, "合作开发");
        assert_eq!(unit.parts, ["合作", "作开", "开发"]);
    }

    #[test]
    fn own_words_are_one_unit_each_with_their_other_names() {
        let word = OwnWord { text: "和义堂".into(), same: vec!["Heyi Hall".into()] };
        let question = Question::with_words("和义堂在哪里？", std::slice::from_ref(&word));
        let own = question.units.iter().find(|unit| unit.whole == "和义堂").unwrap();
        assert!(own.parts.contains(&"和义".to_owned()), "{own:?}");
        assert_eq!(own.others, [["heyi", "hall"]]);
        assert!(question.terms.contains_key("和义") && question.terms.contains_key("hall"));
        assert!(!question.units.iter().any(|unit| unit.whole == "义堂"), "{question:?}");
    }

    #[test]
    fn an_identifier_is_one_unit_with_parts() {
        let question = Question::read("GB/T 7714-2015");
        assert!(question.terms.contains_key("gb/t7714-2015"));
        let whole: Vec<&str> = question.units.iter().map(|u| u.whole.as_str()).collect();
        assert_eq!(whole, ["7714-2015", "gb/t"]);
    }
}
