//! Words divided at the end of a line, made whole: a hyphen that the line break asked for goes, one that the
//! word has stays.
//!
//! The document tells which: the word stands elsewhere with its hyphen, or without. Where it tells
//! nothing, what looks like two words keeps the hyphen and what does not loses it.

use super::blocks::Paragraph;
use super::lines::TextLine;
use crate::bidi;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use yinju_core::text::is_cjk;

/// More words than this are no longer remembered: a dictionary has as many.
const MOST_WORDS: usize = 400_000;
/// Two words of so many letters that are never written as one are a compound, whatever the document
/// does with other words.
const LETTERS: usize = 4;

/// The words a document writes within its lines.
#[derive(Debug, Default)]
pub(crate) struct Words {
    seen: HashSet<u64>,
    /// Whether a word was divided that nobody writes with a hyphen.
    divides: bool,
}

impl Words {
    /// Remembers a page's words.
    pub(crate) fn add(&mut self, paragraphs: &[Paragraph]) {
        for line in paragraphs.iter().flat_map(|p| &p.lines) {
            self.add_line(&line.text());
        }
        let pairs = paragraphs.iter().flat_map(|p| p.lines.windows(2));
        let divided = pairs.filter_map(|pair| Division::of(&pair[0], &pair[1]));
        self.divides |= { divided }.any(|d| d.is_of_letters() && !self.both_are_words(&d));
    }

    fn add_line(&mut self, text: &str) {
        // The last word of a line, if it is divided, and the first of the next are parts.
        for word in text.split_whitespace().filter(|word| !word.ends_with(HYPHENS)) {
            let word = bare(word);
            if self.seen.len() < MOST_WORDS && !word.is_empty() && !word.chars().any(is_cjk) {
                self.seen.insert(hash(&word));
                // A word that others hold together with is one as well: `art` in `state-of-the-art`.
                let parts = word.split('-').filter(|part| !part.is_empty());
                parts.for_each(|part| _ = self.seen.insert(hash(part)));
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.seen.contains(&hash(&bare(word)))
    }

    fn both_are_words(&self, division: &Division) -> bool {
        self.has(division.last_part()) && self.has(&division.end)
    }

    /// Whether the hyphen is the word's own.
    fn keeps_hyphen(&self, division: &Division) -> bool {
        let Division { start, end } = division;
        if !division.is_of_letters() {
            return true;
        }
        let whole = self.has(&format!("{}{end}", division.last_part()));
        let compound = self.has(&format!("{start}-{end}"));
        if whole || compound {
            return !whole;
        }
        let long = |word: &str| bare(word).chars().count() >= LETTERS;
        let is_pair = self.both_are_words(division);
        if start.contains('-') {
            self.has(division.last_part())
        } else {
            is_pair && (!self.divides || (long(start) && long(end)))
        }
    }
}

const HYPHENS: [char; 2] = ['-', '\u{2010}'];

/// Small letters alone, with the hyphens inside.
fn bare(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.chars()
        .map(|c| if c == '\u{2010}' { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

/// A word that ends on the next line.
struct Division {
    /// Without the hyphen at its end.
    start: String,
    end: String,
}

impl Division {
    fn of(line: &TextLine, next: &TextLine) -> Option<Self> {
        if !line.glyphs.last().is_some_and(|g| HYPHENS.contains(&g.c)) || line.table.is_some() {
            return None;
        }
        let right_to_left =
            |line: &TextLine| line.glyphs.iter().any(|g| bidi::is_right_to_left(g.c));
        let start =
            line.text().split_whitespace().next_back()?.trim_end_matches(HYPHENS).to_owned();
        let end = next.text().split_whitespace().next()?.to_owned();
        let of_word = |c: char| c.is_alphanumeric() && !is_cjk(c);
        let divided = start.ends_with(of_word) && end.starts_with(of_word);
        let is_word = divided && !right_to_left(line) && !right_to_left(next);
        is_word.then_some(Self { start, end })
    }

    /// Whether it is written in small letters, or all in capitals: no code, number or name.
    fn is_of_letters(&self) -> bool {
        let end = bare_letters(&self.end);
        let all = |is: fn(char) -> bool| self.last_part().chars().chain(end.chars()).all(is);
        let rest_of_small = self.last_part().chars().skip(1).all(char::is_lowercase);
        let small = rest_of_small && end.chars().all(char::is_lowercase);
        all(char::is_alphabetic) && end.chars().count() > 1 && (small || all(char::is_uppercase))
    }

    /// What stands before the hyphen at the end of the line, from the last hyphen before it on.
    fn last_part(&self) -> &str {
        let part = self.start.rsplit(HYPHENS).next().unwrap_or_default();
        part.trim_start_matches(|c: char| !c.is_alphanumeric())
    }
}

/// A word up to the mark that follows it, or to its own next hyphen.
fn bare_letters(word: &str) -> &str {
    let word = word.split(HYPHENS).next().unwrap_or_default();
    word.trim_end_matches(|c: char| !c.is_alphanumeric())
}

/// Makes the divided words of a page's blocks whole.
pub(crate) fn mend(paragraphs: &mut [Paragraph], words: &Words) {
    for paragraph in paragraphs {
        let cells = paragraph.table.iter_mut().flat_map(|table| &mut table.cells);
        cells.for_each(|cell| mend_lines(&mut cell.lines, words));
        mend_lines(&mut paragraph.lines, words);
    }
}

fn mend_lines(lines: &mut [TextLine], words: &Words) {
    for at in 1..lines.len() {
        let Some(division) = Division::of(&lines[at - 1], &lines[at]) else { continue };
        let line = &mut lines[at - 1];
        line.goes_on = true;
        if !words.keeps_hyphen(&division) {
            line.glyphs.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(document: &str, start: &str, end: &str) -> bool {
        let mut words = Words::default();
        document.lines().for_each(|line| words.add_line(line));
        words.keeps_hyphen(&Division { start: start.into(), end: end.into() })
    }

    #[test]
    fn the_document_says_whether_a_hyphen_is_the_words_own() {
        for (document, start, end) in [
            ("a long-term plan", "long", "term"),
            ("the planet and its warming", "planet", "warming"),
            ("", "XJ", "900"),
            ("", "12", "15,"),
            ("", "pre", "2020"),
            ("", "Jean", "Pierre"),
            ("of the art", "state-of-the", "art"),
        ] {
            assert!(keeps(document, start, end), "{start}-{end}");
        }
        for (document, start, end) in [
            ("the climate", "cli", "mate"),
            ("", "emis", "sions."),
            ("to understand; under my standing", "under", "standing"),
            ("non-governmental", "non-govern", "mental"),
            ("THE INTRODUCTION", "INTRO", "DUCTION"),
        ] {
            let document = format!("{document}\nunderstanding");
            assert!(!keeps(&document, start, end), "{start}{end}");
        }
    }
}
