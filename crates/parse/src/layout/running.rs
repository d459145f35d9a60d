//! Headers and footers: what stands in the margins of neighbouring pages too, and page numbers.

use super::blocks::Paragraph;
use crate::frame::Frame;
use std::collections::VecDeque;
use yinju_core::BlockKind;

/// Margins in which headers and footers stand, in page heights.
const MARGIN: f32 = 0.12;
/// Left and right pages have headers of their own, so pages are compared two apart.
const REACH: usize = 2;
/// At most this many blocks of a margin are looked at.
const MOST_BLOCKS: usize = 4;

/// What stands in the margins of the pages around the one being finished.
#[derive(Debug, Default)]
pub(crate) struct RunningHeads {
    pages: VecDeque<(usize, Vec<MarginText>)>,
}

/// A block of a margin: its words with numbers blotted out, and its height on the page.
#[derive(Clone, Debug, PartialEq)]
struct MarginText {
    words: String,
    /// Hundredths of the page's height.
    place: i32,
}

impl RunningHeads {
    /// Remembers a page's margins, and forgets pages out of reach.
    pub(crate) fn add(&mut self, page: usize, paragraphs: &[Paragraph], frame: &Frame) {
        let texts = paragraphs.iter().filter(|p| margin_of(p, frame).is_some());
        let texts = texts.take(2 * MOST_BLOCKS).map(|p| margin_text(p, frame)).collect();
        self.pages.push_back((page, texts));
        while self.pages.len() > 2 * REACH + 1 {
            self.pages.pop_front();
        }
    }

    /// Marks the headers and footers of a page that was added, headers first, footers last.
    pub(crate) fn mark(&self, page: usize, paragraphs: &mut [Paragraph], frame: &Frame) {
        for paragraph in paragraphs.iter_mut().filter(|p| p.kind == BlockKind::Paragraph) {
            let Some(kind) = margin_of(paragraph, frame) else { continue };
            let text = margin_text(paragraph, frame);
            if self.repeats(page, &text) || is_page_number(&paragraph.text()) {
                paragraph.kind = kind;
            }
        }
        paragraphs.sort_by_key(|p| match p.kind {
            BlockKind::Header => 0,
            BlockKind::Footer => 2,
            _ => 1,
        });
    }

    fn repeats(&self, page: usize, text: &MarginText) -> bool {
        let neighbours = self.pages.iter().filter(|(p, _)| *p != page && p.abs_diff(page) <= REACH);
        neighbours
            .flat_map(|(_, texts)| texts)
            .any(|other| other.words == text.words && other.place.abs_diff(text.place) <= 1)
    }
}

/// Header, footer or neither, by place and length alone.
fn margin_of(paragraph: &Paragraph, frame: &Frame) -> Option<BlockKind> {
    let (rect, height) = (paragraph.rect(), frame.height());
    let short = paragraph.lines.len() <= 2 && paragraph.ink() <= 120;
    if !short || paragraph.kind != BlockKind::Paragraph {
        None
    } else if rect.y1 < height * MARGIN {
        Some(BlockKind::Header)
    } else if rect.y0 > height * (1.0 - MARGIN) {
        Some(BlockKind::Footer)
    } else {
        None
    }
}

fn margin_text(paragraph: &Paragraph, frame: &Frame) -> MarginText {
    let blot = |c: char| if c.is_ascii_digit() { '#' } else { c };
    let mut words: String = paragraph.text().split_whitespace().collect::<String>();
    words = words.chars().map(blot).collect();
    while words.contains("##") {
        words = words.replace("##", "#");
    }
    let place = paragraph.rect().centre().1 / frame.height() * 100.0;
    MarginText { words, place: place.round() as i32 }
}

/// `12`, `— 12 —`, `xiv`, `12 / 96`, `第 12 页 共 96 页`, `Page 12 of 96`.
fn is_page_number(text: &str) -> bool {
    let lower = text.to_lowercase();
    let trimmed = lower.trim_matches(|c: char| c.is_whitespace() || "-–—·.|[]()".contains(c));
    let bare: String = ["page", "of", "第", "页", "共", "頁"]
        .iter()
        .fold(trimmed.to_owned(), |t, w| t.replace(w, ""));
    let has_digit = bare.chars().any(|c| c.is_ascii_digit());
    let digits =
        bare.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "/,，-–".contains(c));
    let roman =
        !trimmed.is_empty() && trimmed.len() <= 6 && trimmed.chars().all(|c| "ivxlc".contains(c));
    roman || (has_digit && digits && bare.len() <= 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(is_page_number(text), expected, "{text}");
    }

    #[test]
    fn page_numbers_in_many_coats() {
        for text in
            ["12", "— 12 —", "xiv", "12 / 96", "第 12 页 共 96 页", "Page 12 of 96", "- 3 -"]
        {
            check(text, true);
        }
        for text in ["Chapter 2", "12 apples", "civil law", "", "第三章"] {
            check(text, false);
        }
    }
}
