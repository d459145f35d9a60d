//! The page number that is printed on a page, where the file does not say it: what stands in its margin and
//! counts on with the margins of the pages around it. Where they do not agree, nothing is said.

use super::blocks::Paragraph;
use super::lines::TextLine;
use crate::frame::Frame;
use std::collections::VecDeque;

/// Margins in which page numbers stand, in page heights.
const MARGIN: f32 = 0.13;
/// Pages to each side that are asked.
const REACH: usize = 2;
/// So many pages count alike, the one in question among them, or those to both sides of it.
const AGREEING: usize = 3;
/// At most this many blocks of a page are looked at.
const MOST_BLOCKS: usize = 12;
/// Books of more pages are volumes that count on.
const LARGEST: i64 = 20_000;

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    Arabic,
    LowerRoman,
    UpperRoman,
}

/// A number in a margin, less the number of its page in the file: the same on every page of a part.
type Offset = (Digits, i64);

/// What the margins of the pages around the one being finished count.
#[derive(Debug, Default)]
pub(crate) struct PrintedNumbers {
    pages: VecDeque<(usize, Vec<Offset>)>,
}

impl PrintedNumbers {
    /// Remembers the numbers in a page's margins, and forgets pages out of reach; pages count from 0.
    pub(crate) fn add(&mut self, page: usize, paragraphs: &[Paragraph], frame: &Frame) {
        let margin = frame.height() * MARGIN;
        let in_margin = |p: &&Paragraph| {
            let rect = p.rect();
            rect.y1 < margin || rect.y0 > frame.height() - margin
        };
        let texts = paragraphs.iter().filter(in_margin).take(MOST_BLOCKS).flat_map(|p| {
            p.lines.iter().take(2).chain(p.lines.iter().skip(2).last()).map(TextLine::text)
        });
        let mut offsets: Vec<Offset> = texts
            .flat_map(|text| numbers(&text))
            .map(|(digits, number)| (digits, number - page as i64 - 1))
            .collect();
        offsets.dedup();
        self.pages.push_back((page, offsets));
        while self.pages.len() > 2 * REACH + 1 {
            self.pages.pop_front();
        }
    }

    /// The number printed on a page that was added; nothing where it is the page's number in the file.
    pub(crate) fn of(&self, page: usize) -> Option<String> {
        let near = || self.pages.iter().filter(|(p, _)| p.abs_diff(page) <= REACH);
        let has = |at: usize, offset: &Offset| {
            near().any(|(p, offsets)| *p == at && offsets.contains(offset))
        };
        let count = |offset: &Offset| near().filter(|(_, all)| all.contains(offset)).count();
        let mut candidates: Vec<(usize, Offset)> = Vec::new();
        for offset in near().flat_map(|(_, offsets)| offsets) {
            let stands =
                has(page, offset) || page > 0 && has(page - 1, offset) && has(page + 1, offset);
            if stands && !candidates.iter().any(|(_, known)| known == offset) {
                candidates.push((count(offset), *offset));
            }
        }
        candidates.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let (most, (digits, offset)) = *candidates.first()?;
        let is_one = candidates.get(1).is_none_or(|(count, _)| *count < most);
        let number = page as i64 + 1 + offset;
        let is_said = offset != 0 || digits != Digits::Arabic;
        (most >= AGREEING && is_one && number > 0 && is_said).then(|| written(number, digits))
    }
}

/// The numbers that a line of a margin begins or ends with, or that it is about: `12`, `— xiv —`, `Page 12 of
/// 96`, `12  CHAPTER THREE`, `第 12 页`.
fn numbers(text: &str) -> Vec<(Digits, i64)> {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || "-–—·|()[]第页頁共/,，".contains(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches('.').to_owned())
        .collect();
    let skip =
        usize::from(words.first().is_some_and(|word| {
            matches!(word.to_lowercase().as_str(), "page" | "p" | "pp" | "seite")
        }));
    let ends = [words.get(skip), words.last()];
    let mut found: Vec<(Digits, i64)> =
        ends.into_iter().flatten().filter_map(|w| number(w)).collect();
    found.dedup();
    found
}

fn number(word: &str) -> Option<(Digits, i64)> {
    if word.chars().all(|c| c.is_ascii_digit()) {
        let number: i64 = word.parse().ok()?;
        return (number > 0 && number <= LARGEST && !word.starts_with('0'))
            .then_some((Digits::Arabic, number));
    }
    let digits = if word.chars().all(|c| "ivxlc".contains(c)) {
        Digits::LowerRoman
    } else {
        Digits::UpperRoman
    };
    let number = roman_value(&word.to_lowercase())?;
    // What is written otherwise is a word: `mix`, `civil`.
    (written(number, digits) == word).then_some((digits, number))
}

const ROMAN: [(i64, &str); 9] = [
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
];

fn roman_value(word: &str) -> Option<i64> {
    let (mut rest, mut value) = (word, 0);
    while !rest.is_empty() {
        let (number, after) =
            ROMAN.iter().find_map(|(number, sign)| Some((number, rest.strip_prefix(sign)?)))?;
        value += number;
        rest = after;
    }
    (value > 0 && value < 400).then_some(value)
}

fn written(number: i64, digits: Digits) -> String {
    if digits == Digits::Arabic {
        return number.to_string();
    }
    let (mut rest, mut text) = (number, String::new());
    for (value, sign) in ROMAN {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    if digits == Digits::UpperRoman { text.to_uppercase() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages whose margins say these lines, and what is said of each page.
    fn check(margins: &[&[&str]], expected: &[Option<&str>]) {
        for (page, expected) in expected.iter().enumerate() {
            let mut printed = PrintedNumbers::default();
            let near = margins.iter().enumerate().filter(|(near, _)| near.abs_diff(page) <= REACH);
            for (near, lines) in near {
                let all = lines.iter().flat_map(|line| numbers(line));
                let offsets = all.map(|(digits, n)| (digits, n - near as i64 - 1)).collect();
                printed.pages.push_back((near, offsets));
            }
            assert_eq!(printed.of(page).as_deref(), *expected, "page {page}");
        }
    }

    #[test]
    fn numbers_that_count_on_are_printed_ones() {
        check(
            &[&["17"], &["Chapter 3  18"], &["19 A title of 2023"], &["- 20 -"]],
            &[Some("17"), Some("18"), Some("19"), Some("20")],
        );
        check(
            &[&["i"], &["ii"], &["iii"], &["iv"]],
            &[Some("i"), Some("ii"), Some("iii"), Some("iv")],
        );
        check(
            &[&["第 7 页 共 90 页"], &["第 8 页 共 90 页"], &["第 9 页 共 90 页"]],
            &[Some("7"), Some("8"), Some("9")],
        );
        // The first page of a chapter says nothing; the pages to both sides do.
        check(
            &[&["11"], &["12"], &[], &["14"], &["15"]],
            &[None, Some("12"), Some("13"), Some("14"), None],
        );
    }

    #[test]
    fn where_margins_do_not_agree_nothing_is_said() {
        check(&[&["2023"], &["2023"], &["2023"]], &[None; 3]);
        check(&[&["1"], &["2"], &["3"]], &[None; 3]);
        check(&[&["5"], &[], &["9"]], &[None; 3]);
        check(&[&["mix"], &["civil"], &["did"]], &[None; 3]);
    }
}
