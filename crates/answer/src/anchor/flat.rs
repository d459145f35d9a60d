//! The letters of a document in one row, without what differs between two settings of the same words:
//! white space, hyphens at the ends of lines, case and width.

use std::collections::HashMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use yinju_core::text::is_cjk;
use yinju_core::{CharRange, PageNumber};

/// Places that are looked at for one altered quotation.
const WINDOWS: usize = 8;
/// A run of letters that stands more often marks no place.
const OFTEN: usize = 64;

/// Characters on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The page.
    pub page: PageNumber,
    /// Characters of its text.
    pub range: CharRange,
}

/// The text of a version of a document, page by page, in which words are looked up.
pub struct VersionText {
    letters: Vec<char>,
    /// Of each letter the page, by its place, and the character on it.
    at: Vec<(u32, u32)>,
    pages: Vec<(PageNumber, Vec<char>)>,
    /// Where runs of three letters begin, for texts of ideographs, and of six.
    short: HashMap<[char; 3], Vec<u32>>,
    long: HashMap<[char; 6], Vec<u32>>,
}

impl VersionText {
    /// Of pages in their order.
    pub fn of(pages: impl IntoIterator<Item = (PageNumber, String)>) -> Self {
        let mut new = Self {
            letters: Vec::new(),
            at: Vec::new(),
            pages: Vec::new(),
            short: HashMap::new(),
            long: HashMap::new(),
        };
        for (number, text) in pages {
            let place = new.pages.len() as u32;
            for (letter, at) in letters(&text) {
                new.letters.push(letter);
                new.at.push((place, at));
            }
            new.pages.push((number, text.chars().collect()));
        }
        for (at, run) in new.letters.array_windows().enumerate() {
            new.short.entry(*run).or_default().push(at as u32);
        }
        for (at, run) in new.letters.array_windows().enumerate() {
            new.long.entry(*run).or_default().push(at as u32);
        }
        new
    }

    pub(super) fn letters(&self) -> &[char] {
        &self.letters
    }

    /// Where some letters stand.
    pub(super) fn occurrences(&self, words: &[char]) -> Vec<usize> {
        if words.is_empty() || words.len() > self.letters.len() {
            return Vec::new();
        }
        let is_here = |at: &usize| self.letters[*at..].starts_with(words);
        match words.first_chunk::<3>() {
            Some(run) => {
                let starts = self.short.get(run).into_iter().flatten();
                starts.map(|at| *at as usize).filter(is_here).collect()
            }
            None => (0..=self.letters.len() - words.len()).filter(is_here).collect(),
        }
    }

    /// Places that share the most runs of letters with some words, a little wider than these.
    pub(super) fn windows_like(&self, words: &[char]) -> Vec<Range<usize>> {
        let is_short = words.iter().filter(|c| is_cjk(**c)).count() * 3 > words.len();
        let width = words.len().div_ceil(2).max(8);
        let mut votes: HashMap<usize, u32> = HashMap::new();
        let mut vote = |offset: usize, starts: Option<&Vec<u32>>| {
            for at in starts.filter(|starts| starts.len() <= OFTEN).into_iter().flatten() {
                let begin = (*at as usize).saturating_sub(offset);
                *votes.entry(begin / width).or_default() += 1;
            }
        };
        if is_short {
            words.array_windows().enumerate().for_each(|(n, run)| vote(n, self.short.get(run)));
        } else {
            words.array_windows().enumerate().for_each(|(n, run)| vote(n, self.long.get(run)));
        }
        let mut votes: Vec<(usize, u32)> = votes.into_iter().collect();
        votes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let window = |(bucket, _): (usize, u32)| {
            let begin = (bucket * width).saturating_sub(width);
            begin..(bucket * width + words.len() + 2 * width).min(self.letters.len())
        };
        votes.into_iter().take(WINDOWS).map(window).collect()
    }

    /// The first letter from a character of a page on.
    pub(super) fn letter_at(&self, page: PageNumber, character: u32) -> Option<usize> {
        let place = self.pages.iter().position(|(number, _)| *number == page)? as u32;
        Some(self.at.partition_point(|at| *at < (place, character)))
    }

    /// The page a letter stands on.
    pub(super) fn page_at(&self, letter: usize) -> PageNumber {
        let place = self.at.get(letter).map_or(0, |(place, _)| *place as usize);
        self.pages[place].0
    }

    /// Where the line ends in which a letter stands.
    pub(super) fn end_of_line(&self, letter: usize) -> usize {
        let line = |at: usize| {
            let (place, character) = self.at[at];
            let text = &self.pages[place as usize].1[..character as usize];
            (place, text.iter().filter(|c| **c == '\n').count())
        };
        if letter >= self.letters.len() {
            return letter;
        }
        let first = line(letter);
        (letter..self.letters.len()).find(|at| line(*at) != first).unwrap_or(self.letters.len())
    }

    /// Whether letters neither begin nor end in the middle of a word.
    pub(super) fn is_whole(&self, start: usize, end: usize) -> bool {
        let is_cut = |at: usize| {
            let pair = at.checked_sub(1).and_then(|before| self.at.get(before..=at));
            pair.is_some_and(|pair| {
                let text = &self.pages[pair[0].0 as usize].1;
                pair[0].0 == pair[1].0
                    && pair[1].1 == pair[0].1 + 1
                    && pair.iter().all(|(_, at)| is_of_a_word(text[*at as usize]))
            })
        };
        !is_cut(start) && !is_cut(end)
    }

    /// The characters of some letters, a span for each page.
    pub(super) fn spans(&self, start: usize, end: usize) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (place, character) in &self.at[start..end] {
            let page = self.pages[*place as usize].0;
            match spans.last_mut() {
                Some(last) if last.page == page => last.range.end = character + 1,
                _ => {
                    let range = CharRange { start: *character, end: character + 1 };
                    spans.push(Span { page, range });
                }
            }
        }
        spans
    }

    /// The same, as far as the words reach that begin or end in the middle.
    pub(super) fn whole_words(&self, start: usize, end: usize) -> Vec<Span> {
        let mut spans = self.spans(start, end);
        let is_inside = |text: &[char], at: usize| {
            at > 0
                && text.get(at - 1..=at).is_some_and(|pair| pair.iter().all(|c| is_of_a_word(*c)))
        };
        if let Some(first) = spans.first_mut() {
            let text = self.text_of(first.page);
            while is_inside(text, first.range.start as usize) {
                first.range.start -= 1;
            }
        }
        if let Some(last) = spans.last_mut() {
            let text = self.text_of(last.page);
            while is_inside(text, last.range.end as usize) {
                last.range.end += 1;
            }
        }
        spans
    }

    /// The words of a span.
    pub fn words(&self, span: &Span) -> String {
        let range = span.range.start as usize..span.range.end as usize;
        self.text_of(span.page).get(range).unwrap_or_default().iter().collect()
    }

    fn text_of(&self, page: PageNumber) -> &[char] {
        let known = self.pages.iter().find(|(number, _)| *number == page);
        known.map_or(&[], |(_, text)| text)
    }
}

/// Ideographs are words by themselves.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

/// The letters of a text.
pub(super) fn folded(text: &str) -> Vec<char> {
    letters(text).map(|(letter, _)| letter).collect()
}

/// Each letter with the character it comes from.
fn letters(text: &str) -> impl Iterator<Item = (char, u32)> {
    let characters: Vec<char> = text.chars().collect();
    let ends_line = |at: usize| {
        let next = characters.get(at + 1);
        matches!(characters[at], '-' | '\u{2010}') && next.is_some_and(|c| matches!(c, '\n' | '\r'))
    };
    let kept = (0..characters.len())
        .filter(|at| !characters[*at].is_whitespace() && !ends_line(*at))
        .flat_map(|at| {
            let folded = characters[at].to_string().nfkc().collect::<String>().to_lowercase();
            let letters = folded.chars().filter(|c| !c.is_whitespace());
            letters.map(|letter| (letter, at as u32)).collect::<Vec<_>>()
        });
    kept.collect::<Vec<_>>().into_iter()
}
