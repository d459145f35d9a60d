//! A stretch of a document that is embedded, indexed and cited as a unit.

use crate::ids::{DocumentId, PassageId};
use crate::page::{CharRange, PageNumber};
use crate::text::unwrap_lines;
use serde::{Deserialize, Serialize};

/// Characters on one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Which page.
    pub page: PageNumber,
    /// Which characters of its text.
    pub range: CharRange,
}

/// A passage before it is stored. Its text is exactly the text of its spans, joined with `\n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageDraft {
    /// Position within the document, from 0.
    pub ordinal: u32,
    /// The text as it stands on the pages.
    pub text: String,
    /// Where it stands, in reading order; more than one where it crosses a page break.
    pub spans: Vec<Span>,
    /// Headings above it, outermost first.
    pub section: Vec<String>,
    /// Length in the encoder's tokens, without prefix and special tokens.
    pub tokens: u32,
    /// The same with its tables as Markdown under their header, where it holds any.
    pub markdown: Option<String>,
}

impl PassageDraft {
    /// What encoders, postings and language models are given: running text, tables as Markdown.
    pub fn reading(&self) -> String {
        self.markdown.clone().unwrap_or_else(|| unwrap_lines(&self.text))
    }
}

/// A stored passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Its id.
    pub id: PassageId,
    /// The document it is from.
    pub document: DocumentId,
    /// What it says and where.
    #[serde(flatten)]
    pub draft: PassageDraft,
}

impl Passage {
    /// The pages it touches, in order.
    pub fn pages(&self) -> Vec<PageNumber> {
        let mut pages: Vec<_> = self.draft.spans.iter().map(|span| span.page).collect();
        pages.dedup();
        pages
    }
}
