//! Headers and footers: what stands in the margins of neighbouring pages too, and page numbers.

use super::blocks::Paragraph;
use super::census::{Census, half_points};
use super::headings::Headings;
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
    look: Look,
}

/// How and where a block of a margin stands, whatever it says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    kind: BlockKind,
    face: u32,
    /// Half points.
    size: u16,
    /// Thousandths of the page's height.
    top: i32,
}

impl Look {
    fn is(&self, other: &Self) -> bool {
        let same_font = self.face == other.face && self.size == other.size;
        self.kind == other.kind && same_font && self.top.abs_diff(other.top) <= 2
    }
}

impl RunningHeads {
    /// Remembers a page's margins, and forgets pages out of reach.
    pub(crate) fn add(&mut self, page: usize, paragraphs: &[Paragraph], frame: &Frame) {
        let texts = paragraphs.iter().filter_map(|p| margin_text(p, margin_of(p, frame)?, frame));
        let texts = texts.take(2 * MOST_BLOCKS).collect();
        self.pages.push_back((page, texts));
        while self.pages.len() > 2 * REACH + 1 {
            self.pages.pop_front();
        }
    }

    /// Marks the headers and footers of a page that was added, headers first, footers last.
    pub(crate) fn mark(
        &self,
        page: usize,
        paragraphs: &mut [Paragraph],
        frame: &Frame,
        census: &Census,
        headings: &Headings,
    ) {
        let runs = |paragraph: &Paragraph| {
            let kind = margin_of(paragraph, frame)?;
            let text = margin_text(paragraph, kind, frame)?;
            // Titles of statements that follow one another look alike too, and each stands once.
            let names_section = || {
                census.is_aside(&paragraph.lines[0])
                    && self.looks_alike(page, text.look)
                    && headings.says(paragraph, paragraphs)
            };
            let is_running =
                self.repeats(page, &text) || is_page_number(&paragraph.text()) || names_section();
            is_running.then_some(kind)
        };
        let kinds: Vec<Option<BlockKind>> = paragraphs.iter().map(runs).collect();
        for (paragraph, kind) in paragraphs.iter_mut().zip(kinds) {
            paragraph.kind = kind.unwrap_or(paragraph.kind);
        }
        paragraphs.sort_by_key(|p| match p.kind {
            BlockKind::Header => 0,
            BlockKind::Footer => 2,
            _ => 1,
        });
    }

    fn repeats(&self, page: usize, text: &MarginText) -> bool {
        let is_same = |o: &MarginText| o.words == text.words && o.place.abs_diff(text.place) <= 1;
        self.neighbours(page).flatten().any(is_same)
    }

    /// Whether two pages nearby have text that looks like this at the same height: the head of a
    /// section that is as long as a page or two.
    fn looks_alike(&self, page: usize, look: Look) -> bool {
        self.neighbours(page).filter(|texts| texts.iter().any(|o| o.look.is(&look))).count() >= 2
    }

    fn neighbours(&self, page: usize) -> impl Iterator<Item = &Vec<MarginText>> {
        let is_near = move |p: usize| p != page && p.abs_diff(page) <= REACH;
        self.pages.iter().filter(move |(p, _)| is_near(*p)).map(|(_, texts)| texts)
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

fn margin_text(paragraph: &Paragraph, kind: BlockKind, frame: &Frame) -> Option<MarginText> {
    let first = paragraph.lines.first()?;
    let blot = |c: char| if c.is_ascii_digit() { '#' } else { c };
    let mut words: String = paragraph.text().split_whitespace().collect::<String>();
    words = words.chars().map(blot).collect();
    while words.contains("##") {
        words = words.replace("##", "#");
    }
    let place = paragraph.rect().centre().1 / frame.height() * 100.0;
    let top = (first.rect.y0 / frame.height() * 1000.0).round() as i32;
    let look = Look { kind, face: first.face, size: half_points(first), top };
    Some(MarginText { words, place: place.round() as i32, look })
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
    use crate::layout::{
        self,
        tests::{PAGE, set},
    };
    use crate::rules::Rules;
    use yinju_core::document::OutlineEntry;

    /// Five pages of text, the title of each at its top in smaller type; the kinds of these titles.
    fn kinds_of(titles: [&str; 5], sections: &[&str]) -> Vec<BlockKind> {
        let page = |title: &str| {
            let line = |at: usize| {
                set("words of a page that go on and on", 50.0, 130.0 + 14.0 * at as f32, 12.0)
            };
            let glyphs = (0..20).flat_map(line).chain(set(title, 50.0, 60.0, 9.0));
            layout::paragraphs(glyphs.collect(), &Rules::default(), &PAGE)
        };
        let entry =
            |title: &&str| OutlineEntry { level: 1, title: (*title).to_owned(), page: None };
        let outline: Vec<OutlineEntry> = sections.iter().map(entry).collect();
        let (mut heads, mut census) = (RunningHeads::default(), Census::default());
        let mut pages = titles.map(page);
        for (number, paragraphs) in pages.iter().enumerate() {
            heads.add(number, paragraphs, &PAGE);
            census.add(paragraphs);
        }
        let headings = Headings::new(&outline);
        let mark = |(number, paragraphs): (usize, &mut Vec<Paragraph>)| {
            heads.mark(number, paragraphs, &PAGE, &census, &headings);
            let title = titles[number];
            paragraphs.iter().find(|p| p.text().contains(title)).map(|p| p.kind)
        };
        pages.iter_mut().enumerate().filter_map(mark).collect()
    }

    #[test]
    fn titles_that_stand_once_are_no_running_heads() {
        let titles =
            ["Balance sheets", "Statements of income", "Cash flows", "Equity", "Taxes paid"];
        assert_eq!(kinds_of(titles, &[]), [BlockKind::Paragraph; 5]);
        assert_eq!(kinds_of(titles, &titles), [BlockKind::Header; 5]);
        assert_eq!(kinds_of(["Annual report 2022"; 5], &[]), [BlockKind::Header; 5]);
    }

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
