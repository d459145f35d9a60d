//! What is common in a document and what stands out: sizes, fonts and styles of its text, over all
//! pages read so far. What is body text is a property of the document, not of a title page.

use super::blocks::Paragraph;
use super::lines::{TextLine, common_size};
use crate::glyph::Glyph;
use std::collections::HashMap;
use yinju_core::text::is_cjk;

/// How text looks, as far as it tells headings of one depth from those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Style {
    /// In half points.
    pub size: u16,
    pub bold: bool,
    pub capitals: bool,
}

impl Style {
    pub(crate) fn of(paragraph: &Paragraph) -> Option<Self> {
        let first = paragraph.lines.first()?;
        // Latin letters beside Chinese ones are often a little larger.
        let chinese: Vec<Glyph> = first.glyphs.iter().filter(|g| is_cjk(g.c)).copied().collect();
        let size = if chinese.is_empty() { first.size } else { common_size(&chinese) };
        let letters = || first.glyphs.iter().map(|g| g.c).filter(|c| c.is_alphabetic());
        let capitals = letters().any(char::is_uppercase) && !letters().any(char::is_lowercase);
        Some(Self { size: (size * 2.0).round() as u16, bold: first.bold, capitals })
    }
}

/// A line's size in half points.
pub(crate) fn half_points(line: &TextLine) -> u16 {
    (line.size * 2.0).round() as u16
}

/// Blocks up to this long are counted by their style.
const SHORT: usize = 120;
/// Fonts with less than this share of the characters are rare.
const RARE: f32 = 0.15;

/// Characters by size, by weight and by font; short blocks by style.
#[derive(Debug, Default)]
pub(crate) struct Census {
    sizes: HashMap<u16, usize>,
    faces: HashMap<u32, usize>,
    styles: HashMap<Style, usize>,
    bold: usize,
    all: usize,
}

impl Census {
    /// Counts a page.
    pub(crate) fn add(&mut self, paragraphs: &[Paragraph]) {
        for paragraph in paragraphs {
            paragraph.lines.iter().for_each(|line| self.add_line(line));
            let is_short = paragraph.table.is_none() && paragraph.ink() <= SHORT;
            if let Some(style) = Style::of(paragraph).filter(|_| is_short) {
                *self.styles.entry(style).or_default() += 1;
            }
        }
    }

    fn add_line(&mut self, line: &TextLine) {
        let ink = line.ink();
        *self.sizes.entry(half_points(line)).or_default() += ink;
        *self.faces.entry(line.face).or_default() += ink;
        self.bold += if line.bold { ink } else { 0 };
        self.all += ink;
    }

    /// The size of body text in points.
    pub(crate) fn body(&self) -> f32 {
        let most = self.sizes.iter().max_by_key(|&(size, count)| (*count, *size));
        most.map_or(10.0, |(size, _)| f32::from(*size) / 2.0).max(0.5)
    }

    /// Whether most text is bold, so that being bold says nothing.
    pub(crate) fn is_bold(&self) -> bool {
        self.bold * 2 > self.all
    }

    /// Whether a font is known and seldom used.
    pub(crate) fn is_rare(&self, face: u32) -> bool {
        let count = self.faces.get(&face).copied().unwrap_or(0);
        face != 0 && (count as f32) < self.all as f32 * RARE
    }

    /// Whether a line is not set as body text is: in smaller type, or in a font seldom used.
    pub(crate) fn is_aside(&self, line: &TextLine) -> bool {
        let ratio = line.size / self.body();
        ratio < 0.95 || (ratio < 1.05 && self.is_rare(line.face))
    }

    /// How many short blocks look like this.
    pub(crate) fn count(&self, style: Style) -> usize {
        self.styles.get(&style).copied().unwrap_or(0)
    }
}
