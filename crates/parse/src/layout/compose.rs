//! Blocks → the page's text, with the ranges and edges that lead from characters back to the page.

use super::blocks::Paragraph;
use super::lines::TextLine;
use super::tables::TableDraft;
use crate::bidi;
use crate::frame::{Direction, Frame, edge};
use crate::glyph::Glyph;
use yinju_core::text::is_cjk;
use yinju_core::{Block, CharRange, Line};

/// The text of a page and its structure; blocks tile the text, separators included.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Composed {
    pub text: String,
    pub blocks: Vec<Block>,
    pub lines: Vec<Line>,
}

/// Writes blocks one after the other: a line ends with `\n`, an empty line separates blocks and
/// belongs to the block before it.
pub(crate) fn compose(paragraphs: &[Paragraph], frame: &Frame) -> Composed {
    let mut composer = Composer { frame, at: 0, composed: Composed::default() };
    // A picture without words leaves nothing in the text.
    let last = paragraphs.iter().rposition(|paragraph| !paragraph.lines.is_empty());
    for (i, paragraph) in paragraphs.iter().enumerate() {
        composer.write(paragraph, last.is_none_or(|last| i >= last));
    }
    composer.composed
}

struct Composer<'a> {
    frame: &'a Frame,
    /// Characters written.
    at: usize,
    composed: Composed,
}

impl Composer<'_> {
    fn write(&mut self, paragraph: &Paragraph, last: bool) {
        let start = self.at;
        let first_line = self.composed.lines.len();
        match &paragraph.table {
            Some(table) => self.write_table(table),
            None => self.write_lines(&paragraph.lines),
        }
        if !last && self.at > start {
            self.put('\n');
        }
        let lines = &self.composed.lines[first_line..];
        let boxes = match paragraph.picture {
            Some(picture) => vec![self.frame.fraction(picture)],
            None => lines.iter().map(|line| line.bbox).collect(),
        };
        self.composed.blocks.push(Block {
            kind: paragraph.kind,
            level: paragraph.level,
            range: CharRange::new(start, self.at),
            boxes,
            table: paragraph.table.as_ref().map(|table| table.table()),
        });
    }

    /// A line a row, with a tab between places, so that every number is in its row and column.
    fn write_table(&mut self, table: &TableDraft) {
        for row in 0..table.rows {
            for column in 0..table.columns {
                if column > 0 {
                    self.put('\t');
                }
                let lines = table.cell(row, column).map_or(&[][..], |cell| &cell.lines);
                for (i, line) in lines.iter().enumerate() {
                    if i > 0 && !glued(&lines[i - 1], line) {
                        self.put(' ');
                    }
                    self.write_characters(line, false);
                }
            }
            self.put('\n');
        }
    }

    /// A line of text a line of the page; a word that ends on the next one stands whole before the break.
    fn write_lines(&mut self, lines: &[TextLine]) {
        let mut waits = false;
        for line in lines {
            self.write_characters(line, waits);
            waits = line.goes_on;
            if !line.goes_on {
                self.put('\n');
            }
        }
    }

    /// Writes a line, with a break for its first space where one `waits`.
    fn write_characters(&mut self, line: &TextLine, mut waits: bool) {
        let start = self.at;
        let glyphs = bidi::to_logical(&line.glyphs);
        for glyph in &glyphs {
            let breaks = waits && glyph.is_space();
            self.put(if breaks { '\n' } else { glyph.c });
            waits &= !breaks;
        }
        self.composed.lines.push(Line {
            range: CharRange::new(start, self.at),
            bbox: self.frame.fraction(line.rect),
            edges: glyphs.iter().map(|g| self.edges(g, line.direction)).collect(),
            vertical: line.direction.is_vertical(),
            confidence: line.confidence(),
        });
    }

    fn put(&mut self, c: char) {
        self.composed.text.push(c);
        self.at += 1;
    }

    /// Leading edge, trailing edge.
    fn edges(&self, glyph: &Glyph, direction: Direction) -> [u16; 2] {
        let (w, h, r) = (self.frame.width(), self.frame.height(), glyph.rect);
        match direction {
            Direction::Right => [edge(r.x0, w), edge(r.x1, w)],
            Direction::Left => [edge(r.x1, w), edge(r.x0, w)],
            Direction::Down => [edge(r.y0, h), edge(r.y1, h)],
            Direction::Up => [edge(r.y1, h), edge(r.y0, h)],
        }
    }
}

/// Whether two lines of one cell are read without a space between them.
fn glued(above: &TextLine, below: &TextLine) -> bool {
    let ends = (above.glyphs.last(), below.glyphs.first());
    above.goes_on || matches!(ends, (Some(last), Some(first)) if is_cjk(last.c) && is_cjk(first.c))
}
