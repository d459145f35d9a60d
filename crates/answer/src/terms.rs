//! What a text says, as weighted terms: Chinese character bigrams, stemmed words, names, numbers.
//! Deliberately not here: a dictionary. Bigrams carry recall where a dictionary ends, and this
//! comparison is only ever between a few sentences.

use crate::numbers::{self, Number};
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;
use yinju_core::language::is_ideograph;
use yinju_core::normal;

/// What a bigram of two content characters weighs; the measure for the others.
const BIGRAM: f32 = 1.0;
/// A bigram with one function character (`的公`) says little.
const HALF_FUNCTION: f32 = 0.2;
/// A word is about as long as two bigrams.
const WORD: f32 = 2.0;
/// A name decides whether a sentence is about the same thing.
const NAME: f32 = 3.0;
/// A number that a claim got wrong makes it false.
const NUMBER: f32 = 4.0;

const FUNCTION_CHARACTERS: &str = "的了是在和与與也就都而及或个個有被由对對这這那其于於为為之所以因此但并並则則从從到把给給让讓使向等着著过過地得很更最又还還只吗嗎呢吧啊中上下里裡后後前时時";

/// Words of questions: they ask, they are not looked for.
const QUESTION_WORDS: [&str; 26] = [
    "为什么",
    "什么样",
    "什么",
    "哪一年",
    "哪年",
    "哪些",
    "哪个",
    "哪一",
    "哪里",
    "哪两个",
    "哪",
    "多少",
    "怎么样",
    "怎么",
    "怎样",
    "如何",
    "谁",
    "几",
    "何时",
    "何地",
    "何",
    "是否",
    "請問",
    "请问",
    "什麼",
    "為什麼",
];

const STOP_WORDS: &str = " a an the of to in on at by for from with as and or but nor so if then than that this \
 these those is are was were be been being am do does did done has have had having it its he she they them his her \
 their we you your our i me my not no into over under about after before during between through can could will would \
 shall should may might must there here what which who whom whose when where why how many much also such other more \
 most some any all each both only very just own same too s t ";

/// The terms of a text and the values of its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Terms {
    weights: BTreeMap<String, f32>,
    /// Values that must be found in the evidence of a claim.
    strict: BTreeSet<String>,
    /// Every value that could be read.
    values: BTreeSet<String>,
}

impl Terms {
    /// The terms of a statement or of a stretch of a page.
    pub fn of(text: &str) -> Self {
        let chars: Vec<char> = text.nfkc().collect();
        let mut reader = Reader { chars: &chars, at: 0, terms: Self::default() };
        reader.read();
        reader.terms
    }

    /// The terms of a question, without the words that only ask.
    pub fn of_question(text: &str) -> Self {
        let kept = QUESTION_WORDS.iter().fold(text.to_owned(), |t, word| t.replace(word, " | "));
        Self::of(&kept)
    }

    /// The terms of several texts together.
    pub fn union<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), |mut sum, next| {
            sum.weights.extend(next.weights.iter().map(|(term, weight)| (term.clone(), *weight)));
            sum.strict.extend(next.strict.iter().cloned());
            sum.values.extend(next.values.iter().cloned());
            sum
        })
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.weight() <= 0.0
    }

    /// How much is said.
    pub fn weight(&self) -> f32 {
        self.weights.values().sum::<f32>() + NUMBER * self.strict.len() as f32
    }

    /// The share of what is said here that `other` says too, by weight, 0 to 1.
    pub fn recall_in(&self, other: &Self) -> f32 {
        self.recall_in_both(other, &Self::default())
    }

    /// The share of what is said here that one of two texts says too.
    pub fn recall_in_both(&self, one: &Self, other: &Self) -> f32 {
        let words = self.weights.iter().filter(|(term, _)| one.has(term) || other.has(term));
        let numbers =
            self.strict.iter().filter(|v| one.values.contains(*v) || other.values.contains(*v));
        let found = words.map(|(_, weight)| weight).sum::<f32>() + NUMBER * numbers.count() as f32;
        if self.is_empty() { 0.0 } else { found / self.weight() }
    }

    /// Whether a number of this text is not said by `other`.
    pub fn has_number_missing_in(&self, other: &Self) -> bool {
        self.strict.iter().any(|value| !other.values.contains(value))
    }

    /// Whether a number or a name stands in both: what two languages can share.
    pub fn shares_anchor_with(&self, other: &Self) -> bool {
        let name = |(term, weight): (&String, &f32)| *weight >= NAME && other.has(term);
        self.strict.iter().any(|value| other.values.contains(value))
            || self.weights.iter().any(name)
    }

    /// Whether a name in Latin letters of this text is not said by `other`.
    pub fn has_name_missing_in(&self, other: &Self) -> bool {
        let mut names = self.weights.iter().filter(|(_, weight)| **weight >= NAME);
        names.any(|(term, _)| !other.has(term))
    }

    /// The values of the numbers that must be found in the evidence of a claim.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.strict.iter().map(String::as_str)
    }

    /// Whether a number with this value is said.
    pub fn says_number(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    /// The weight of the words that both say.
    pub fn shared_with(&self, other: &Self) -> f32 {
        self.weights.iter().filter(|(term, _)| other.has(term)).map(|(_, weight)| weight).sum()
    }

    /// The words alone.
    pub fn without_numbers(&self) -> Self {
        Self { weights: self.weights.clone(), ..Self::default() }
    }

    /// Whether there is a number.
    pub fn has_number(&self) -> bool {
        !self.values.is_empty()
    }

    /// Whether there is a name in Latin letters.
    pub fn has_name(&self) -> bool {
        self.weights.values().any(|weight| *weight >= NAME)
    }

    /// The terms and their weights; numbers with a `#` before them.
    pub fn iter(&self) -> impl Iterator<Item = (String, f32)> + '_ {
        let words = self.weights.iter().map(|(term, weight)| (term.clone(), *weight));
        words.chain(self.strict.iter().map(|value| (format!("#{value}"), NUMBER)))
    }

    /// Whether a term of [`Self::iter`] is said here.
    pub fn has(&self, term: &str) -> bool {
        match term.strip_prefix('#') {
            Some(value) => self.values.contains(value),
            None => self.weights.contains_key(term),
        }
    }
}

/// Whether a character connects rather than names.
pub(crate) fn is_function_character(c: char) -> bool {
    FUNCTION_CHARACTERS.contains(c)
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    terms: Terms,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(&c) = self.chars.get(self.at) {
            if is_ideograph(c) {
                self.ideographs();
            } else if c.is_ascii_digit() {
                self.number();
            } else if c.is_alphabetic() {
                self.word();
            } else {
                self.at += 1;
            }
        }
    }

    /// A run of ideographs; white space inside it is a line break of the page.
    fn ideographs(&mut self) {
        let mut run = Vec::new();
        while let Some(&c) = self.chars.get(self.at) {
            if is_ideograph(c) {
                run.push(c);
            } else if !c.is_whitespace() {
                break;
            }
            self.at += 1;
        }
        for pair in run.windows(2) {
            let weight = match pair.iter().filter(|c| FUNCTION_CHARACTERS.contains(**c)).count() {
                0 => BIGRAM,
                1 => HALF_FUNCTION,
                _ => continue,
            };
            self.add(pair.iter().collect(), weight);
        }
        if let [only] = run[..]
            && !FUNCTION_CHARACTERS.contains(only)
        {
            self.add(only.to_string(), BIGRAM / 2.0);
        }
        let mut at = 0;
        while at < run.len() {
            at += numbers::chinese(&run[at..]).map_or(1, |number| self.take(number));
        }
    }

    fn number(&mut self) {
        if let Some(number) = numbers::arabic(&self.chars[self.at..]) {
            self.at += if self.is_doubtful(number.len) { number.len } else { self.take(number) };
        } else {
            self.at += 1;
        }
        let suffix: String =
            self.chars[self.at..].iter().take_while(|c| c.is_alphabetic()).collect();
        if matches!(suffix.to_lowercase().as_str(), "st" | "nd" | "rd" | "th" | "s") {
            self.at += suffix.chars().count();
        }
    }

    /// Whether a character that means nothing stands beside a number: it may be its sign, or a digit.
    fn is_doubtful(&self, length: usize) -> bool {
        let means_nothing = |c: Option<&char>| c.is_some_and(|c| normal::is_meaningless(*c));
        let before = self.chars[..self.at].iter().rev().find(|c| **c != ' ');
        means_nothing(before) || means_nothing(self.chars.get(self.at + length))
    }

    fn take(&mut self, number: Number) -> usize {
        if number.strict {
            self.terms.strict.insert(number.value.clone());
        }
        self.terms.values.insert(number.value);
        number.len
    }

    fn word(&mut self) {
        let starts_sentence = self.starts_sentence();
        let mut word = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            if c.is_alphanumeric() && !is_ideograph(c) {
                word.push(c);
            } else if !self.is_line_hyphen() {
                break;
            } else {
                self.at += 1;
            }
            self.at += 1;
        }
        self.add_word(&word, starts_sentence);
    }

    /// `exam-⏎ple`: the hyphen and the line break are the page's, not the word's.
    fn is_line_hyphen(&self) -> bool {
        matches!(self.chars[self.at..], ['-' | '\u{AD}' | '\u{2}', '\n', next, ..] if next.is_lowercase())
    }

    fn starts_sentence(&self) -> bool {
        let before = self.chars[..self.at].iter().rev().find(|c| !c.is_whitespace());
        before.is_none_or(|c| matches!(c, '.' | '!' | '?' | '。' | '*' | '-' | '•' | '#'))
    }

    fn add_word(&mut self, word: &str, starts_sentence: bool) {
        let lower = word.to_lowercase();
        if let Some(value) = numbers::english(&lower) {
            self.terms.values.insert(value.to_owned());
        }
        if STOP_WORDS.contains(&format!(" {lower} ")) {
            return;
        }
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let mixed = word.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit());
        let name = mixed || (capital && !starts_sentence);
        self.add(
            Stemmer::create(Algorithm::English).stem(&lower).into_owned(),
            if name { NAME } else { WORD },
        );
    }

    fn add(&mut self, term: String, weight: f32) {
        let slot = self.terms.weights.entry(term).or_insert(weight);
        *slot = slot.max(weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recall(claim: &str, evidence: &str) -> f32 {
        Terms::of(claim).recall_in(&Terms::of(evidence))
    }

    #[test]
    fn line_breaks_of_a_page_change_nothing() {
        assert!((recall("战国无双系列", "战国无\n双系列") - 1.0).abs() < 1e-6);
        assert!((recall("an example sentence", "an exam-\nple\nsentence") - 1.0).abs() < 1e-6);
    }

    #[test]
    fn numbers_are_compared_by_value() {
        let evidence = Terms::of("共有二十张地图，2008年发售。");
        assert!(!Terms::of("20张地图").has_number_missing_in(&evidence));
        assert!(Terms::of("2009年").has_number_missing_in(&evidence));
        assert!(
            !Terms::of("It was founded in the 1990s").has_number_missing_in(&Terms::of("1990"))
        );
    }

    #[test]
    fn a_number_beside_what_nobody_can_read_is_none() {
        let missing = |evidence: &str| {
            Terms::of("The change was 5.2 percent").has_number_missing_in(&Terms::of(evidence))
        };
        assert!(!missing("a change of 5.2 percent"));
        for doubtful in ["a change of \u{FFFD}5.2", "a change of \u{F02D} 5.2", "of 5.2\u{FFFD}1"] {
            assert!(missing(doubtful), "{doubtful}");
        }
    }

    #[test]
    fn inflection_does_not_matter() {
        assert!(recall("the company develops games", "Companies developed a game") > 0.99);
    }

    #[test]
    fn questions_lose_their_question_words() {
        let terms = Terms::of_question("这个模式是由谁改编的？");
        assert!(terms.has("改编") && !terms.has("谁"));
        assert!(Terms::of_question("What is it?").is_empty());
    }

    #[test]
    fn languages_share_names_and_numbers() {
        let zh = Terms::of("由光荣和Omega Force于2009年开发。");
        assert!(Terms::of("Developed by Omega Force").shares_anchor_with(&zh));
        assert!(!Terms::of("developed by nobody").shares_anchor_with(&zh));
    }
}
