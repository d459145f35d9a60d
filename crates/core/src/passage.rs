//! A stretch of a document that is embedded, indexed and cited as a unit.

use crate::ids::{DocumentId, PassageId};
use crate::page::{CharRange, PageNumber};
use crate::text::{is_cjk, unwrap_lines};
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

    /// What the encoder is given: the reading under its document's title and the headings above
    /// it, so that a passage that does not name what it is about is still found. A heading the
    /// reading begins with is not repeated.
    pub fn in_context(&self, title: &str) -> String {
        let reading = self.reading();
        let mut context = beginning(title, TITLE_TOKENS).to_owned();
        let nearest = &self.section[self.section.len().saturating_sub(HEADINGS)..];
        for heading in nearest.iter().filter(|heading| !reading.starts_with(heading.as_str())) {
            context.push('\n');
            context.push_str(beginning(heading, HEADING_TOKENS));
        }
        format!("{}\n{reading}", context.trim()).trim_start().to_owned()
    }
}

/// How much of a title is embedded with a passage, and of its headings: tokens, about; a Chinese
/// character counts 1 and any other a third. Beside them and the prefix a passage of
/// `SplitConfig::max_tokens` still fits an encoder of 512.
const TITLE_TOKENS: usize = 30;
const HEADING_TOKENS: usize = 15;
/// Headings embedded with a passage, the nearest ones.
const HEADINGS: usize = 2;

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

/// As much of a text as has about so many tokens.
fn beginning(text: &str, tokens: usize) -> &str {
    let mut thirds = 0;
    let end = text.char_indices().find(|(_, c)| {
        thirds += if is_cjk(*c) { 3 } else { 1 };
        thirds > tokens * 3
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, section: &[&str], expected: &str) {
        let draft = PassageDraft {
            ordinal: 0,
            text: "2.1 Method\nWe\nmeasure.".to_owned(),
            spans: Vec::new(),
            section: section.iter().map(ToString::to_string).collect(),
            tokens: 5,
            markdown: None,
        };
        assert_eq!(draft.in_context(title), expected);
    }

    #[test]
    fn a_passage_is_embedded_under_its_title_and_nearest_headings() {
        check(
            "A paper",
            &["Part", "2 Work", "2.1 Method"],
            "A paper\n2 Work\n2.1 Method We measure.",
        );
        check("", &[], "2.1 Method We measure.");
    }

    #[test]
    fn long_titles_are_cut_between_characters() {
        check(&"长".repeat(40), &[], &format!("{}\n2.1 Method We measure.", "长".repeat(30)));
        assert_eq!(beginning(&"a".repeat(100), 30).len(), 90);
    }
}
