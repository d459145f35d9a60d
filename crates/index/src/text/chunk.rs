//! Terms of scripts written with spaces: words are lower-cased and stemmed (English Porter2,
//! Porter 2001), numbers, dates and identifiers are kept whole beside their parts.

use rust_stemmers::{Algorithm, Stemmer};
use std::sync::OnceLock;

/// Letters, digits and the marks that hold them together: `GB/T`, `3.1.4`, `state-of-the-art`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// As written, after folding.
    pub text: &'a str,
    /// The byte it begins at.
    pub start: usize,
    /// Whether a single space is all that stands between this and the chunk before.
    pub follows: bool,
}

/// Appends the terms of a stretch of text.
pub fn push_terms(text: &str, terms: &mut Vec<String>) {
    let mut before: Option<&str> = None;
    for chunk in chunks(text) {
        terms.extend(chunk_terms(chunk.text));
        if let Some(designation) = before.filter(|_| chunk.follows)
            && let Some(joined) = join_designation(designation, chunk.text)
        {
            terms.push(joined);
        }
        before = Some(chunk.text);
    }
}

/// The chunks of a stretch of text.
pub fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut at = 0;
    let mut last_end = None;
    while let Some(offset) = text[at..].find(char::is_alphanumeric) {
        let start = at + offset;
        let end = chunk_end(text, start);
        let follows = last_end.is_some_and(|end: usize| &text[end..start] == " ");
        chunks.push(Chunk { text: &text[start..end], start, follows });
        last_end = Some(end);
        at = end;
    }
    chunks
}

/// The terms of one chunk: the whole, and its parts where it has any.
pub fn chunk_terms(chunk: &str) -> Vec<String> {
    let lower = chunk.to_lowercase();
    if let Some(number) = grouped_number(&lower) {
        return vec![number];
    }
    let word = without_apostrophes(&lower);
    if word.chars().all(char::is_alphanumeric) {
        return vec![stem(&word)];
    }
    let mut terms = Vec::new();
    if is_identifier(&word) {
        terms.push(word.clone());
    }
    terms.extend(word.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(stem));
    terms
}

/// `GB/T` + `7714-2015` → `gb/t7714-2015`: standards are written with and without the space.
fn join_designation(designation: &str, number: &str) -> Option<String> {
    let names = designation.chars().all(|c| c.is_uppercase() || c == '/');
    let numbers = number.starts_with(|c: char| c.is_ascii_digit());
    (names && numbers && designation.len() <= 6)
        .then(|| format!("{designation}{number}").to_lowercase())
}

/// Where the chunk that starts at `start` ends: a mark belongs to it between two characters only.
fn chunk_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((offset, c)) = chars.next() {
        let next_joins = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !(c.is_alphanumeric() || is_joiner(c) && next_joins) {
            break;
        }
        end = start + offset + c.len_utf8();
    }
    end
}

fn is_joiner(c: char) -> bool {
    matches!(c, '.' | '-' | '/' | '_' | ':' | '+' | '@' | '#' | '&' | '\'' | ',')
}

/// A compound worth a term of its own: with a digit, or held together by more than hyphens.
fn is_identifier(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit() || matches!(c, '/' | '_' | '@' | '#' | '+' | '&'))
}

/// `1,234,567` → `1234567`; `None` where the commas do not group thousands.
fn grouped_number(chunk: &str) -> Option<String> {
    let mut groups = chunk.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let digits = |g: &str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let thousands = |g: &&str| g.split('.').next().is_some_and(|whole| whole.len() == 3);
    (!rest.is_empty()
        && first.len() <= 3
        && digits(first)
        && rest.iter().all(|g| digits(g) && thousands(g)))
    .then(|| chunk.replace(',', ""))
}

/// `arsenal's` → `arsenal`, `don't` → `dont`.
fn without_apostrophes(word: &str) -> String {
    word.strip_suffix("'s").unwrap_or(word).replace('\'', "")
}

fn stem(word: &str) -> String {
    static STEMMER: OnceLock<Stemmer> = OnceLock::new();
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let stemmer = STEMMER.get_or_init(|| Stemmer::create(Algorithm::English));
    stemmer.stem(word).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_at_the_edge_are_not_part_of_a_chunk() {
        let texts: Vec<&str> = chunks("(v1.2), end-of-line.").iter().map(|c| c.text).collect();
        assert_eq!(texts, ["v1.2", "end-of-line"]);
    }

    #[test]
    fn thousands_lose_their_commas_and_lists_do_not_join() {
        assert_eq!(chunk_terms("12,500.5"), ["12500.5"]);
        assert_eq!(chunk_terms("a,b"), ["a", "b"]);
        assert_eq!(chunk_terms("1,2"), ["1,2", "1", "2"]);
    }

    #[test]
    fn hyphenated_words_are_their_parts() {
        assert_eq!(chunk_terms("well-known"), ["well", "known"]);
    }
}
