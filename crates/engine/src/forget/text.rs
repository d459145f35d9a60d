//! The text of an answer without what rests on removed documents: sentences, rows of a table, points of
//! a list, and headings under which nothing is left.

use super::Removed;
use std::collections::BTreeSet;
use yinju_core::{Answer, Sentence};

/// What is taken out of one answer.
pub(super) struct Editor<'a> {
    /// What is known of the documents, and what the answer showed of them.
    pub(super) removed: [&'a Removed; 2],
    /// Of their citations.
    pub(super) markers: &'a BTreeSet<u32>,
    /// Quotations that stay, folded: words that stand in one of them are not the removed document's.
    pub(super) quotes: Vec<String>,
}

impl Editor<'_> {
    /// Whether the text changed.
    pub(super) fn edit(&self, answer: &mut Answer) -> bool {
        let before = answer.text.clone();
        let (gone, kept): (Vec<Sentence>, Vec<Sentence>) =
            std::mem::take(&mut answer.sentences).into_iter().partition(|s| self.is_gone(s));
        answer.sentences = kept;
        let lines: Vec<String> =
            before.lines().filter_map(|line| self.line(line, &gone, answer)).collect();
        answer.text = without_bare_headings(&lines);
        if self.has_words(&answer.text) {
            // A sentence that could not be found in the text as it stands in the list.
            answer.sentences.retain(|sentence| !self.has_words(&sentence.text));
            let kept = answer.sentences.iter().map(|s| marked(s, self.markers));
            answer.text = kept.collect::<Vec<_>>().join("\n\n");
        }
        for sentence in &mut answer.sentences {
            sentence.markers.retain(|marker| !self.markers.contains(marker));
        }
        if answer.text == before {
            return false;
        }
        answer.citations.retain(|c| answer.text.contains(&format!("[{}]", c.marker)));
        true
    }

    /// One that rests on removed documents alone, or holds words that nothing else bears out.
    fn is_gone(&self, sentence: &Sentence) -> bool {
        let rests = !sentence.markers.is_empty()
            && sentence.markers.iter().all(|marker| self.markers.contains(marker));
        rests || self.has_words(&sentence.text)
    }

    fn has_words(&self, text: &str) -> bool {
        self.removed.iter().any(|removed| removed.words.are_in(text, &self.quotes))
    }

    /// A line without its sentences that go; `None` for one that goes whole.
    fn line(&self, line: &str, gone: &[Sentence], answer: &mut Answer) -> Option<String> {
        let line = line.trim_end();
        let is_whole = line.starts_with('|') || line.starts_with('#');
        let cut = if is_whole { line.to_owned() } else { without_sentences(line, gone) };
        if self.is_silent_row(line) || self.is_marked(&cut, is_whole) || self.has_words(&cut) {
            answer.sentences.retain(|sentence| !line.contains(sentence.text.trim()));
            return None;
        }
        let is_emptied = cut != line && !cut.contains(char::is_alphanumeric);
        (!is_emptied).then(|| without_markers(&cut, self.markers))
    }

    /// Whether a row of a comparison says that a removed document says nothing.
    fn is_silent_row(&self, line: &str) -> bool {
        let cells = line.trim_matches(['|', ' ']).split(" | ");
        let names = cells.map(|cell| cell.trim().replace("\\|", "|"));
        let is_a_title = |name: String| self.removed.iter().any(|r| r.titles.contains(&name));
        line.starts_with('|') && !line.contains('[') && names.into_iter().any(is_a_title)
    }

    /// Whether a marker of a removed document is left: in a row it stands for the row, elsewhere a
    /// sentence that cites others too may keep its place.
    fn is_marked(&self, line: &str, is_row: bool) -> bool {
        let mut shown = self.markers.iter().filter(|m| line.contains(&format!("[{m}]")));
        let others = without_markers(line, self.markers).contains(['[']);
        shown.next().is_some() && (is_row || !others)
    }
}

fn marked(sentence: &Sentence, gone: &BTreeSet<u32>) -> String {
    let markers = sentence.markers.iter().filter(|marker| !gone.contains(marker));
    let markers = markers.map(|marker| format!("[{marker}]")).collect::<Vec<_>>().concat();
    format!("{} {markers}", sentence.text.trim()).trim_end().to_owned()
}

fn without_markers(line: &str, markers: &BTreeSet<u32>) -> String {
    let line = markers.iter().fold(line.to_owned(), |line, m| line.replace(&format!("[{m}]"), ""));
    line.trim_end().to_owned()
}

/// Cuts sentences out, each with the markers in it and after it. The list has them without markers,
/// which stand before their full stops.
fn without_sentences(line: &str, gone: &[Sentence]) -> String {
    let mut line = line.to_owned();
    for sentence in gone {
        let wanted: Vec<char> = sentence.text.chars().filter(|c| !c.is_whitespace()).collect();
        let letters = letters(&line);
        let stands = |window: &[(usize, char)]| window.iter().map(|(_, letter)| letter).eq(&wanted);
        let found = letters.windows(wanted.len().max(1)).position(stands);
        let Some(first) = found.filter(|_| !wanted.is_empty()) else { continue };
        let (start, (last, letter)) = (letters[first].0, letters[first + wanted.len() - 1]);
        let mut end = last + letter.len_utf8();
        while let Some(length) = marker_at(&line[end..]) {
            end += length;
        }
        line.replace_range(start..end, "");
    }
    line
}

/// The characters of a line that are neither white space nor of a marker, with where they stand.
fn letters(line: &str) -> Vec<(usize, char)> {
    let (mut letters, mut at) = (Vec::new(), 0);
    while let Some(c) = line[at..].chars().next() {
        if let Some(length) = marker_at(&line[at..]) {
            at += length;
            continue;
        }
        letters.extend((!c.is_whitespace()).then_some((at, c)));
        at += c.len_utf8();
    }
    letters
}

/// Bytes of a marker a text begins with, the space before it included.
fn marker_at(text: &str) -> Option<usize> {
    let (number, after) = text.trim_start().strip_prefix('[')?.split_once(']')?;
    let is_marker = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_marker.then(|| text.len() - after.len())
}

/// Headings and heads of tables stay where something stands below them.
fn without_bare_headings(lines: &[String]) -> String {
    let is_heading = |line: &str| line.starts_with('#');
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let below = lines[at + 1..].iter().map(String::as_str).find(|line| !line.is_empty());
        let is_bare = is_heading(line) && below.is_none_or(is_heading);
        let is_head = line.starts_with('|') && lines.get(at + 1).is_some_and(|l| is_rule(l));
        let is_first = at == 0 || !lines[at - 1].starts_with('|');
        let has_rows = lines.get(at + 2).is_some_and(|line| line.starts_with('|'));
        let rule_of_none = is_rule(line) && !lines.get(at + 1).is_some_and(|l| l.starts_with('|'));
        let head_of_none = is_head && is_first && !has_rows;
        if !(is_bare || head_of_none || rule_of_none) {
            kept.push(line);
        }
    }
    let mut text = kept.join("\n").trim().to_owned();
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

/// The line between the head of a Markdown table and its rows.
fn is_rule(line: &str) -> bool {
    line.starts_with('|') && line.contains("---") && !line.contains(char::is_alphanumeric)
}
