//! A streamed answer, made safe to show while it comes: markers in one spelling, `[n]`, and only such
//! as point at evidence. Deliberately not here: whether the evidence bears the sentence out; that is
//! known when the sentence is whole ([`crate::check()`]), and the checked text then replaces this one.

use crate::markers::{Reading, read};
use std::fmt::Write as _;
use yinju_core::text::is_cjk;

/// Takes pieces of text as they come and gives pieces that can be shown. What may be the start of a
/// marker is held back until it is known; white space is held back until something follows it.
///
/// Between backticks nothing is a marker: `a[0]` in code stays code.
#[derive(Debug)]
pub struct MarkerStream {
    evidence: u32,
    held: Vec<char>,
    code: CodeState,
    writer: Writer,
    removed: Vec<u32>,
}

impl MarkerStream {
    /// For an answer that was given so many numbered passages.
    pub fn new(evidence_count: u32) -> Self {
        Self {
            evidence: evidence_count,
            held: Vec::new(),
            code: CodeState::default(),
            writer: Writer::default(),
            removed: Vec::new(),
        }
    }

    /// Takes the next piece; gives what can be shown now, which may be nothing.
    pub fn push(&mut self, piece: &str) -> String {
        self.held.extend(piece.chars());
        self.drain(false)
    }

    /// The end: gives what was held back.
    pub fn finish(&mut self) -> String {
        self.drain(true)
    }

    /// Markers that point nowhere and were left out, in order.
    pub fn removed(&self) -> &[u32] {
        &self.removed
    }

    fn drain(&mut self, last: bool) -> String {
        let mut at = 0;
        while at < self.held.len() {
            let in_code = self.code.is_open();
            let reading = if in_code { Reading::Text } else { read(&self.held[at..]) };
            match reading {
                Reading::Marker { len, numbers } => {
                    self.mark(&numbers);
                    at += len;
                }
                Reading::Unfinished if !last => break,
                _ => {
                    self.code.take(self.held[at]);
                    self.writer.text(self.held[at]);
                    at += 1;
                }
            }
        }
        self.held.drain(..at);
        std::mem::take(&mut self.writer.out)
    }

    fn mark(&mut self, numbers: &[u32]) {
        let known = 1..=self.evidence;
        self.code.take(' ');
        for number in numbers {
            if known.contains(number) {
                self.writer.marker(*number);
            } else {
                self.removed.push(*number);
                self.writer.dropped = true;
            }
        }
    }
}

/// Whether the text is between backticks: as many as opened it close it.
#[derive(Debug, Default)]
struct CodeState {
    run: usize,
    open: usize,
}

impl CodeState {
    fn take(&mut self, c: char) {
        if c == '`' {
            self.run += 1;
            return;
        }
        self.settle();
        // A stretch of code in one or two backticks does not go beyond its line.
        if c == '\n' && self.open < 3 {
            self.open = 0;
        }
    }

    fn settle(&mut self) {
        match (self.run, self.open) {
            (0, _) => {}
            (run, 0) => self.open = run,
            (run, open) if run >= open => self.open = 0,
            _ => {}
        }
        self.run = 0;
    }

    fn is_open(&mut self) -> bool {
        if self.run > 0 { self.run < self.open || self.open == 0 } else { self.open > 0 }
    }
}

/// Keeps spaces back, so that a marker that is left out leaves no hole.
#[derive(Debug, Default)]
struct Writer {
    out: String,
    spaces: String,
    dropped: bool,
}

impl Writer {
    fn text(&mut self, c: char) {
        if c == ' ' {
            if !self.dropped || self.spaces.is_empty() {
                self.spaces.push(c);
            }
            return;
        }
        if !(self.dropped && closes(c)) {
            self.out.push_str(&self.spaces);
        }
        self.spaces.clear();
        self.dropped = false;
        self.out.push(c);
    }

    fn marker(&mut self, number: u32) {
        self.out.push_str(&self.spaces);
        self.spaces.clear();
        self.dropped = false;
        let _ = write!(self.out, "[{number}]");
    }
}

/// A character that wants no space before it.
fn closes(c: char) -> bool {
    c == '\n' || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')') || is_cjk(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(evidence: u32, pieces: &[&str]) -> (String, Vec<u32>) {
        let mut stream = MarkerStream::new(evidence);
        let mut text: String = pieces.iter().map(|piece| stream.push(piece)).collect();
        text.push_str(&stream.finish());
        (text, stream.removed().to_vec())
    }

    fn check(text: &str, expected: &str, removed: &[u32]) {
        assert_eq!(shown(3, &[text]), (expected.to_owned(), removed.to_vec()), "{text}");
    }

    #[test]
    fn markers_come_out_in_one_spelling() {
        check("甲【1】。乙（[2]）。", "甲[1]。乙[2]。", &[]);
        check("a [1, 2]. b [1][2].", "a [1][2]. b [1][2].", &[]);
    }

    #[test]
    fn markers_to_nowhere_are_left_out() {
        check("a [9]. b [0] c", "a. b c", &[9, 0]);
        check("a [1, 9].", "a [1].", &[9]);
        check("[2008]年", "年", &[2008]);
    }

    #[test]
    fn code_keeps_its_brackets() {
        check("`a[0]` x [1]", "`a[0]` x [1]", &[]);
        check("```\na[7]\n``` [7]", "```\na[7]\n```", &[7]);
        check("it`s [9].", "it`s [9].", &[]);
    }

    #[test]
    fn half_a_marker_is_held_back() {
        let mut stream = MarkerStream::new(2);
        assert_eq!(stream.push("光荣["), "光荣");
        assert_eq!(stream.push("1"), "");
        assert_eq!(stream.push("]。"), "[1]。");
        assert_eq!(stream.push("见（"), "见");
        assert_eq!(stream.push("图"), "（图");
        assert_eq!(stream.push("["), "");
        assert_eq!(stream.finish(), "[");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[a `\\[\\]12,（）【】。\n]{0,60}", cut in 0usize..60) {
            let cut = text.char_indices().nth(cut).map_or(text.len(), |(byte, _)| byte);
            prop_assert_eq!(shown(2, &[&text]), shown(2, &[&text[..cut], &text[cut..]]));
        }

        #[test]
        fn any_text_goes_through(text in any::<String>()) {
            let (shown, removed) = shown(u32::MAX, &[&text]);
            prop_assert!(removed.iter().all(|n| *n == 0));
            prop_assert!(shown.len() <= text.len() * 4 + 8);
        }
    }
}
