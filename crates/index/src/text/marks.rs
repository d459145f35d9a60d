//! Where in a text a question or a phrase is found, in the characters of the text as it stands.
//! Spellings that the postings take for the same are the same here.

use super::question::Question;
use super::{Run, chunk, fold::fold, runs};
use std::collections::BTreeSet;
use yinju_core::CharRange;

/// The words of a text that a question names.
pub fn of_question(question: &Question, text: &str) -> Vec<CharRange> {
    let named: BTreeSet<&str> = if question.units.is_empty() {
        question.terms.keys().map(String::as_str).collect()
    } else {
        question.unit_terms().filter(|term| is_worth_marking(term)).collect()
    };
    let folded = Folded::of(text);
    let mut marked = vec![false; folded.places.len()];
    let mut at = 0;
    for run in runs(&folded.text) {
        match run {
            Run::Cjk(run) => {
                mark_parts(run, at, &named, &mut marked);
                at += run.chars().count();
            }
            Run::Spaced(run) => {
                mark_chunks(run, at, &named, &mut marked);
                at += run.chars().count();
            }
        }
    }
    folded.ranges(&marked)
}

/// Where these words stand in a row, whatever white space is between them.
pub fn of_phrase(phrase: &str, text: &str) -> Vec<CharRange> {
    let wanted: Vec<char> = Letters::of(&Folded::of(phrase)).chars;
    let folded = Folded::of(text);
    let letters = Letters::of(&folded);
    let mut marked = vec![false; folded.places.len()];
    if wanted.is_empty() {
        return Vec::new();
    }
    for start in 0..(letters.chars.len() + 1).saturating_sub(wanted.len()) {
        let end = start + wanted.len();
        if letters.chars[start..end] == wanted && letters.are_whole(start, end) {
            marked[letters.places[start]..=letters.places[end - 1]].fill(true);
        }
    }
    folded.ranges(&marked)
}

/// A lone Latin letter is part of an abbreviation and marks half of a text.
fn is_worth_marking(term: &str) -> bool {
    !(term.len() == 1 && term.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn mark_parts(run: &str, at: usize, named: &BTreeSet<&str>, marked: &mut [bool]) {
    for term in named.iter().filter(|term| !term.is_ascii()) {
        for (byte, _) in run.match_indices(term) {
            let start = at + run[..byte].chars().count();
            marked[start..start + term.chars().count()].fill(true);
        }
    }
}

fn mark_chunks(run: &str, at: usize, named: &BTreeSet<&str>, marked: &mut [bool]) {
    for found in chunk::chunks(run) {
        if chunk::chunk_terms(found.text).iter().any(|term| named.contains(term.as_str())) {
            let start = at + run[..found.start].chars().count();
            marked[start..start + found.text.chars().count()].fill(true);
        }
    }
}

/// A text folded, each of its characters with the one it comes from.
struct Folded {
    text: String,
    places: Vec<u32>,
}

impl Folded {
    /// Folded word by word, so that a word that changes its length shifts no other.
    fn of(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), places: Vec::new() };
        let mut at = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            folded.push(word, at);
            at += word.chars().count() as u32;
        }
        folded
    }

    fn push(&mut self, word: &str, at: u32) {
        let whole = fold(word);
        let length = word.chars().count();
        if whole.chars().count() == length {
            self.text.push_str(&whole);
            self.places.extend(at..at + length as u32);
            return;
        }
        for (c, place) in word.chars().zip(at..) {
            let one = fold(c.encode_utf8(&mut [0; 4]));
            self.places.extend(one.chars().map(|_| place));
            self.text.push_str(&one);
        }
    }

    /// The characters of the text whose folded ones are marked, those in a row together.
    fn ranges(&self, marked: &[bool]) -> Vec<CharRange> {
        let mut ranges: Vec<CharRange> = Vec::new();
        let places = self.places.iter().zip(marked).filter(|(_, is_marked)| **is_marked);
        for (&place, _) in places {
            match ranges.last_mut() {
                Some(last) if last.end >= place => last.end = last.end.max(place + 1),
                _ => ranges.push(CharRange { start: place, end: place + 1 }),
            }
        }
        ranges
    }
}

/// The characters of a folded text in lower case, without white space between two of a script that
/// has none and single elsewhere; each with its index there.
#[derive(Default)]
struct Letters {
    chars: Vec<char>,
    places: Vec<usize>,
}

impl Letters {
    fn of(folded: &Folded) -> Self {
        let mut letters = Self::default();
        let mut space = false;
        for (place, c) in folded.text.chars().enumerate() {
            if c.is_whitespace() {
                space = true;
                continue;
            }
            let glued = letters.chars.last().is_none_or(|last| is_cjk(*last) || is_cjk(c));
            if std::mem::take(&mut space) && !glued {
                letters.push(' ', place);
            }
            c.to_lowercase().for_each(|c| letters.push(c, place));
        }
        letters
    }

    fn push(&mut self, c: char, place: usize) {
        self.chars.push(c);
        self.places.push(place);
    }

    /// Whether no word is cut at either end.
    fn are_whole(&self, start: usize, end: usize) -> bool {
        let joins = |a: Option<&char>, b: Option<&char>| {
            let is_letter = |c: &&char| c.is_alphanumeric() && !is_cjk(**c);
            a.filter(is_letter).zip(b.filter(is_letter)).is_some()
        };
        let before = start.checked_sub(1).and_then(|before| self.chars.get(before));
        !joins(before, self.chars.get(start))
            && !joins(self.chars.get(end - 1), self.chars.get(end))
    }
}

fn is_cjk(c: char) -> bool {
    yinju_core::text::is_cjk(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, ranges: Vec<CharRange>) -> Vec<String> {
        let slice = |range| yinju_core::text::slice_chars(text, range).to_owned();
        ranges.into_iter().map(slice).collect()
    }

    #[test]
    fn what_a_question_names_is_marked_in_every_spelling() {
        let check = |question: &str, text: &str, expected: &[&str]| {
            let ranges = of_question(&Question::read(question), text);
            assert_eq!(words(text, ranges), expected, "{question} / {text}");
        };
        check(
            "How are engines tested?",
            "Engines: the test of an engine.",
            &["Engines", "test", "engine"],
        );
        check("数据出境是什么？", "關於數據出境的規定", &["數據出境"]);
        check("Ｑｄｒａｎｔ 1.7", "qdrant 1.7 and Résumé", &["qdrant", "1.7"]);
        check("GB/T 7714", "见 GB/T 7714-2015 第3页", &["GB/T", "7714-2015"]);
        check("😀", "nothing 😀", &[]);
        check("", "nothing", &[]);
    }

    #[test]
    fn a_phrase_is_words_in_a_row() {
        let check = |phrase: &str, text: &str, expected: &[&str]| {
            assert_eq!(words(text, of_phrase(phrase, text)), expected, "{phrase} / {text}");
        };
        check("fuel pump", "A Fuel\n pump, fuel pumps.", &["Fuel\n pump"]);
        check("数据 出境", "數據出境辦法", &["數據出境"]);
        check("act", "actor act.", &["act"]);
        check("ﬁx", "a fix", &["fix"]);
        check("", "nothing", &[]);
    }
}
