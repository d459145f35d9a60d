//! The Chinese dictionary: where words begin and end, and which of them are names.
//!
//! One dictionary for the process, for whoever cuts text into terms and whoever compares what two texts
//! say. Deliberately not here: what a word is worth, and any script but Chinese.

use jieba_rs::{Jieba, TokenizeMode};
use std::sync::OnceLock;

/// A word and the bytes it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Its first byte.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
}

/// The dictionary, loaded when the first Chinese text comes (about a tenth of a second), so that
/// starting the window does not wait for it.
fn jieba() -> &'static Jieba {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    JIEBA.get_or_init(Jieba::new)
}

/// The words of a text, each character in one of them. Names the dictionary lacks are guessed by its
/// hidden Markov model.
pub fn words(text: &str) -> Vec<Word<'_>> {
    cut(text, TokenizeMode::Default)
}

/// The same, with the words inside long words too.
pub fn words_and_parts(text: &str) -> Vec<Word<'_>> {
    cut(text, TokenizeMode::Search)
}

fn cut(text: &str, mode: TokenizeMode) -> Vec<Word<'_>> {
    let tokens = jieba().tokenize(text, mode, true).into_iter();
    tokens.map(|t| Word { text: t.word, start: t.byte_start, end: t.byte_end }).collect()
}

/// What a noun names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// One person, place, organisation or work (ICTCLAS tags `nr`, `ns`, `nt`, `nz`).
    Name,
    /// A kind of thing.
    Common,
}

/// The nouns in a text, of two characters and more.
pub fn nouns(text: &str) -> Vec<(&str, Noun)> {
    let kind = |tag: &str| match tag {
        "n" | "nl" | "ng" | "j" => Some(Noun::Common),
        _ if ["nr", "ns", "nt", "nz"].iter().any(|name| tag.starts_with(name)) => Some(Noun::Name),
        _ => None,
    };
    let tagged = jieba().tag(text, true).into_iter();
    let long = tagged.filter(|word| word.word.chars().nth(1).is_some());
    long.filter_map(|word| Some((word.word, kind(word.tag)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_come_with_their_parts() {
        let found =
            |words: Vec<Word<'_>>| words.iter().map(|w| w.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(found(words("南京市")), ["南京市"]);
        assert!(found(words_and_parts("南京市")).contains(&"南京".to_owned()));
    }

    #[test]
    fn names_are_told_from_other_words() {
        let found = nouns("鲁迅于1881年出生在浙江绍兴，写了很多小说");
        for name in ["鲁迅", "浙江", "绍兴"] {
            assert!(found.contains(&(name, Noun::Name)), "{found:?}");
        }
        assert!(found.contains(&("小说", Noun::Common)), "{found:?}");
        assert!(!found.iter().any(|(word, _)| *word == "出生"));
    }
}
