//! The doors of this room that foreign bytes come through without PDFium, for the fuzz targets in
//! `fuzz/`: each takes any bytes and panics where what must hold does not. Compiled for them and for
//! a test alone. Not here: files through PDFium, which mutants of real ones are thrown at
//! (`yinju-worker`).

use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::layout::{self, Headings, Paragraph};
use crate::photo::Photo;
use crate::rules::{Rule, Rules};
use crate::{garbled, source};
use std::io::Cursor;
use std::path::Path;
use yinju_core::text::slice_chars;
use yinju_core::{PageNumber, normal};

/// A look at a file's two ends; and what its characters would be taken for.
pub fn look(bytes: &[u8]) {
    let look = source::look_into(&mut Cursor::new(bytes)).expect("memory can be read");
    assert_eq!(look.length, bytes.len() as u64);
    assert!(bytes.len() > 4 || !look.has_header && !look.has_table);
    let text = String::from_utf8_lossy(bytes);
    let controls = text.chars().filter(|c| c.is_control()).count();
    let meaningless = text.chars().filter(|c| normal::is_meaningless(*c)).count();
    let _ = garbled::judge(text.chars(), meaningless, controls);
}

/// Pictures of any kind, and scanned books, become pages or a reason why they do not.
pub fn set_on_pages(bytes: &[u8]) {
    let Some(photo) = Photo::seen(bytes) else { return };
    if let Ok(pages) = photo.as_pdf(Path::new("fuzzed"), &Cursor::new(bytes.to_vec())) {
        assert!(pages.get_ref().starts_with(b"%PDF-"));
    }
}

/// What is shown of a character is visible, and is shown as itself.
pub fn normalise(text: &str) {
    for c in text.chars() {
        for shown in normal::shown(c) {
            assert!(!shown.is_control(), "{c:?} shows {shown:?}");
            assert_eq!(normal::shown(shown), [shown], "{c:?}");
        }
    }
}

/// Glyphs anywhere on a page become blocks that hold all of them and nothing else.
pub fn lay_out(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let (width, height) = (bytes.length(), bytes.length());
    let frame = Frame::new([0.0, 0.0, width, height], bytes.next() % 4);
    let rules = rules(&mut bytes, &frame);
    let glyphs = glyphs(&mut bytes, &frame);
    let mut before: Vec<char> = glyphs.iter().map(|g| g.c).filter(|c| *c != ' ').collect();
    let mut paragraphs = layout::paragraphs(glyphs, &rules, &frame);
    name(&mut paragraphs, &frame);
    let composed = layout::compose(&paragraphs, &frame);
    let mut after: Vec<char> = composed.text.chars().filter(|c| !c.is_whitespace()).collect();
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after, "nothing visible is lost or invented");
    check_blocks(&composed.text, &composed.blocks);
    check_lines(&composed.text, &composed.lines);
}

/// Up to sixteen lines either way, most of them on a grid, as those of tables are.
fn rules(bytes: &mut Bytes<'_>, frame: &Frame) -> Rules {
    let (level, upright) = (bytes.next() % 17, bytes.next() % 17);
    let mut lines = |count: u8, along: f32, across: f32| -> Vec<Rule> {
        let mut line = || {
            let place = |byte: u8, length: f32| f32::from(byte % 32) / 31.0 * length;
            let (at, edge) = (place(bytes.next(), across), bytes.next() > 200);
            let (from, to) = (place(bytes.next(), along), place(bytes.next(), along));
            Rule { at, from: from.min(to), to: from.max(to), edge }
        };
        let mut lines: Vec<Rule> = (0..count).map(|_| line()).collect();
        lines.sort_by(|a, b| a.at.total_cmp(&b.at));
        lines
    };
    let level = lines(level, frame.width(), frame.height());
    Rules { level, upright: lines(upright, frame.height(), frame.width()) }
}

/// As the pages of a document are named: beside each other.
fn name(paragraphs: &mut [Paragraph], frame: &Frame) {
    let (mut heads, mut census) = (layout::RunningHeads::default(), layout::Census::default());
    for page in 0..2 {
        heads.add(page, paragraphs, frame);
        census.add(paragraphs);
    }
    heads.mark(0, paragraphs, frame, &census, &Headings::default());
    layout::name(PageNumber::from_index(0), paragraphs, &mut Headings::default(), &census, frame);
}

fn check_blocks(text: &str, blocks: &[yinju_core::Block]) {
    let mut at = 0;
    for block in blocks {
        assert_eq!(block.range.start, at, "blocks tile the text");
        assert!(!block.range.is_empty());
        at = block.range.end;
    }
    assert_eq!(at as usize, text.chars().count());
}

fn check_lines(text: &str, lines: &[yinju_core::Line]) {
    let mut at = 0;
    for line in lines {
        assert!(line.range.start >= at, "lines follow one another");
        at = line.range.end;
        assert_eq!(line.edges.len(), line.range.len());
        assert!(!slice_chars(text, line.range).contains('\n'));
        let b = line.bbox;
        assert!([b.x0, b.y0, b.x1, b.y1].iter().all(|v| (0.0..=1.0).contains(v)), "{b:?}");
        assert!(b.x0 <= b.x1 && b.y0 <= b.y1);
    }
}

/// The first byte says whether a glyph follows the one before, as in a line, or stands anywhere.
fn glyphs(bytes: &mut Bytes<'_>, frame: &Frame) -> Vec<Glyph> {
    let mut glyphs: Vec<Glyph> = Vec::new();
    while !bytes.0.is_empty() && glyphs.len() < 2_000 {
        let how = bytes.next();
        let c = bytes.character();
        let next = match glyphs.last() {
            Some(last) if how < 200 => beside(last, c, bytes),
            _ => anywhere(c, bytes, frame),
        };
        // What shows nowhere is not handed on by whoever reads a page.
        if frame.shows(next.rect) {
            glyphs.push(next);
        }
    }
    glyphs
}

fn beside(last: &Glyph, c: char, bytes: &mut Bytes<'_>) -> Glyph {
    let gap = (f32::from(bytes.next()) - 100.0) / 100.0 * last.size;
    let rect = last.rect;
    let x0 = rect.x1 + gap;
    let rect = Rect { x0, x1: x0 + rect.width(), ..rect };
    Glyph { c, rect, generated: c == ' ' && gap > 0.0, ..*last }
}

fn anywhere(c: char, bytes: &mut Bytes<'_>, frame: &Frame) -> Glyph {
    let flags = bytes.next();
    let (left, top) = (bytes.share() * frame.width(), bytes.share() * frame.height());
    let (width, height) = (bytes.length() / 16.0, bytes.length() / 16.0);
    let direction = match flags % 16 {
        0 => Direction::Left,
        1 => Direction::Down,
        2 => Direction::Up,
        _ => Direction::Right,
    };
    let size = (bytes.length() / 16.0).clamp(0.1, 10_000.0);
    let rect = Rect::new(left, top, left + width, top + height);
    Glyph {
        c,
        rect,
        direction,
        size,
        bold: flags > 127,
        face: u32::from(flags / 32),
        ..Glyph::default()
    }
}

/// Bytes to draw values from; at their end it is all zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.next(), self.next()])
    }

    /// Around a page: from a tenth before to a tenth behind.
    fn share(&mut self) -> f32 {
        f32::from(self.word()) / 65535.0 * 1.2 - 0.1
    }

    /// Mostly what paper measures, at times nothing, at times more than fits.
    fn length(&mut self) -> f32 {
        match self.word() {
            0 => 0.0,
            65535 => 3.0e38,
            word @ 60_000.. => f32::from(word) * 1.0e6,
            word => f32::from(word) / 64.0,
        }
    }

    /// Any character that a page can show.
    fn character(&mut self) -> char {
        let c = match self.next() {
            byte @ 0..128 => char::from(byte),
            byte @ 128..192 => char::from_u32(0x4E00 + u32::from(byte) * 64).unwrap_or(' '),
            _ => char::from_u32(u32::from(self.word())).unwrap_or('?'),
        };
        if normal::is_space(c) { ' ' } else { normal::shown(c).first().copied().unwrap_or('x') }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_doors_take_anything(bytes in any::<Vec<u8>>()) {
            look(&bytes);
            set_on_pages(&bytes);
            lay_out(&bytes);
            normalise(&String::from_utf8_lossy(&bytes));
        }
    }
}
