//! An answer of quotations as it is written: words of pages, each with its marker, and whatever the
//! program puts between them.

use crate::check::Checked;
use crate::cited::Cited;
use crate::layout;
use crate::markers::{Reading, read};
use crate::sources::Candidate;
use std::fmt::Write as _;
use yinju_core::text::unwrap_lines;
use yinju_core::{CharRange, Evidence, Origin, Sentence, Support};

/// Words that were cited, to be written.
pub(crate) struct Quotation {
    text: String,
    marker: u32,
}

/// The text so far, and what is quoted in it.
pub(crate) struct Writer<'a> {
    pub text: String,
    cited: Cited<'a>,
    sentences: Vec<Sentence>,
}

impl<'a> Writer<'a> {
    pub fn new(evidence: &'a [Evidence]) -> Self {
        Self { text: String::new(), cited: Cited::new(evidence), sentences: Vec::new() }
    }

    /// The words of a candidate; `None` where they cannot be verified.
    pub fn cite(&mut self, candidate: &Candidate) -> Option<Quotation> {
        let marker = self.cited.number(candidate)?;
        Some(Quotation { text: without_foreign_markers(&unwrap_lines(candidate.text())), marker })
    }

    /// Writes a quotation with its marker.
    pub fn quote(&mut self, quotation: &Quotation) {
        self.add(quotation, &quotation.text.clone());
    }

    /// The same in a cell of a table or a point of a list.
    pub fn quote_in_cell(&mut self, quotation: &Quotation) {
        self.add(quotation, &cell(&quotation.text));
    }

    fn add(&mut self, Quotation { text, marker }: &Quotation, written: &str) {
        let start = self.text.chars().count();
        let _ = write!(self.text, "{written} [{marker}]");
        let range = CharRange::new(start, self.text.chars().count());
        let (origin, support) = (Origin::Quoted, Support::Supported);
        let (text, markers) = (text.clone(), vec![*marker]);
        self.sentences.push(Sentence { text, markers, support, origin, range });
    }

    pub fn finish(self) -> Checked {
        Checked {
            blocks: layout::blocks(&self.text, &self.sentences),
            text: self.text,
            citations: self.cited.into_citations(),
            sentences: self.sentences,
            removed_markers: Vec::new(),
            declined: false,
        }
    }
}

/// Text that cannot end a cell or a line.
pub(crate) fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Brackets around a number become full-width ones: in the shown text only our own markers look like
/// markers.
pub(crate) fn without_foreign_markers(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for at in 0..chars.len() {
        if chars[at] == '[' && matches!(read(&chars[at..]), Reading::Marker { .. }) {
            let close = chars[at..].iter().position(|c| matches!(c, ']' | '】' | '］'));
            chars[at] = '［';
            if let Some(close) = close {
                chars[at + close] = '］';
            }
        }
    }
    chars.into_iter().collect()
}
