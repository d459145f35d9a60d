//! The title of a document on its first page, and who wrote it where and when. Both stand out as
//! headings do, but nothing stands under them.

use super::blocks::Paragraph;
use super::census::{Census, Style};
use super::headings::is_matter;
use super::numbering::Number;
use std::ops::Range;
use yinju_core::{BlockKind, PageNumber};

/// Where the title and the names are, as numbers of blocks. Both are empty on later pages.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Front {
    title: Vec<usize>,
    /// From the first block of the page to the last before the text begins.
    matter: Range<usize>,
}

/// A title is this many times the size of body text at least.
const LARGER: f32 = 1.2;
/// What else on the first page is as large is a title too.
const SUBTITLE: f32 = 1.6;
/// A title has at most this many characters and lines.
const LONGEST: usize = 200;
const MOST_LINES: usize = 5;
/// A block of body size with more characters is text.
const TEXT: usize = 120;

impl Front {
    pub(crate) fn read(page: PageNumber, paragraphs: &[Paragraph], census: &Census) -> Self {
        if page.index() > 0 {
            return Self::default();
        }
        let size = |p: &Paragraph| p.lines.first().map_or(0.0, |line| line.size);
        let is_title = |p: &Paragraph| may_be_title(p) && size(p) >= census.body() * LARGER;
        let titles = (0..paragraphs.len()).rev().filter(|at| is_title(&paragraphs[*at]));
        let by_size =
            |a: &usize, b: &usize| size(&paragraphs[*a]).total_cmp(&size(&paragraphs[*b]));
        let Some(start) = titles.max_by(by_size) else { return Self::default() };
        let style = Style::of(&paragraphs[start]);
        let rest = &paragraphs[start..];
        let blocks = rest.iter().take_while(|p| Style::of(p) == style).count();
        // What looks like other headings is one of them.
        if style.is_some_and(|style| census.count(style) > blocks) {
            return Self::default();
        }
        let after = start + blocks;
        let is_text = |p: &Paragraph| begins_text(p, census.body());
        let text = paragraphs[after..].iter().position(is_text);
        let matter = 0..text.map_or(paragraphs.len(), |at| after + at);
        let least = size(&paragraphs[start]).min(census.body() * SUBTITLE);
        let title = matter
            .clone()
            .filter(|at| is_title(&paragraphs[*at]) && size(&paragraphs[*at]) >= least);
        Self { title: title.collect(), matter }
    }

    pub(crate) fn is_title(&self, block: usize) -> bool {
        self.title.contains(&block)
    }

    /// Whether a block is beside the title and stands out as names and dates do: as
    /// nothing else does that comes after it, or with the marks of notes and addresses.
    pub(crate) fn is_name(&self, block: usize, paragraphs: &[Paragraph], census: &Census) -> bool {
        if !self.matter.contains(&block) || self.is_title(block) {
            return false;
        }
        if paragraphs[block].text().contains(['@', '†', '‡', '∗', '＊']) {
            return true;
        }
        let style = Style::of(&paragraphs[block]);
        let here = paragraphs[self.matter.clone()].iter().filter(|p| Style::of(p) == style).count();
        style.is_none_or(|style| census.count(style) <= here)
    }
}

fn may_be_title(paragraph: &Paragraph) -> bool {
    let text = paragraph.text();
    paragraph.kind == BlockKind::Paragraph
        && paragraph.ink() <= LONGEST
        && paragraph.lines.len() <= MOST_LINES
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && Number::read(&text).is_none()
        && !is_matter(&text)
}

fn begins_text(paragraph: &Paragraph, body: f32) -> bool {
    let text = paragraph.text();
    let is_body = paragraph.lines.first().is_some_and(|line| line.size < body * 1.1);
    (is_body && paragraph.ink() > TEXT)
        || paragraph.table.is_some()
        || (paragraph.ink() <= TEXT && (Number::read(&text).is_some() || is_matter(&text)))
}
