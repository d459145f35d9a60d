//! Lines in reading order → blocks: paragraphs, headings, items of a list.

use super::kinds::{begins_figure, starts_caption, starts_item};
use super::lines::{TextLine, extent};
use super::numbering::{Number, is_loud, starts_title};
use super::tables::TableDraft;
use crate::frame::{Direction, Rect};
use yinju_core::BlockKind;

/// A run of lines that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paragraph {
    pub lines: Vec<TextLine>,
    pub kind: BlockKind,
    pub level: Option<u8>,
    /// The cells of a table; then `lines` holds theirs, cell by cell.
    pub table: Option<Box<TableDraft>>,
    /// Where a figure stands; then `lines` holds what is written in it.
    pub picture: Option<Rect>,
}

impl Paragraph {
    pub(crate) fn new(kind: BlockKind, lines: Vec<TextLine>) -> Self {
        Self { lines, kind, level: None, table: None, picture: None }
    }

    fn of_table(table: Box<TableDraft>) -> Self {
        let lines = table.cells.iter().flat_map(|cell| cell.lines.clone()).collect();
        Self { table: Some(table), ..Self::new(BlockKind::Table, lines) }
    }

    /// The box around all lines.
    pub(crate) fn rect(&self) -> Rect {
        self.lines.iter().map(|l| l.rect).reduce(Rect::union).unwrap_or_default()
    }

    /// Its lines, and for a table those of its cells as well, which are the same ones once more.
    pub(crate) fn every_line(&mut self) -> impl Iterator<Item = &mut TextLine> {
        let cells = self.table.iter_mut().flat_map(|table| &mut table.cells);
        cells.flat_map(|cell| &mut cell.lines).chain(&mut self.lines)
    }

    /// Visible characters.
    pub(crate) fn ink(&self) -> usize {
        self.lines.iter().map(TextLine::ink).sum()
    }

    /// Its lines, one after the other.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(TextLine::text).collect::<Vec<_>>().join("\n")
    }
}

/// Cuts the lines of a page into blocks.
pub(crate) fn group(lines: Vec<TextLine>) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    for mut line in lines {
        if let Some(table) = line.table.take() {
            paragraphs.push(Paragraph::of_table(table));
            continue;
        }
        match paragraphs.last_mut() {
            Some(paragraph)
                if paragraph.table.is_none() && continues(recent(&paragraph.lines), &line) =>
            {
                paragraph.lines.push(line);
            }
            _ => paragraphs.push(Paragraph::new(BlockKind::Paragraph, vec![line])),
        }
    }
    paragraphs
}

/// What a line is compared with: a block's last lines, so that a block of 100,000 lines costs no
/// more than a hundred of a thousand.
fn recent(lines: &[TextLine]) -> &[TextLine] {
    &lines[lines.len().saturating_sub(40)..]
}

/// Lines further apart than this many font sizes, baseline to baseline, are never one block.
const MOST_LEADING: f32 = 2.6;
/// A step this much over the block's own leading starts a new block.
const WIDER_LEADING: f32 = 1.22;
/// Sizes within this ratio are one size.
const SAME_SIZE: f32 = 1.12;
/// Capitals are a heading's from this ratio on.
const SLIGHTLY_LARGER: f32 = 1.04;
/// A first line stands in by this many font sizes at least.
const LEAST_INDENT: f32 = 0.9;

fn continues(block: &[TextLine], line: &TextLine) -> bool {
    let Some(last) = block.last() else { return false };
    let step = line.baseline() - last.baseline();
    last.direction == line.direction
        && same_size(last, line)
        && same_weight(block, last, line)
        && step > 0.0
        && step < line.size.max(last.size) * MOST_LEADING
        && !opens_wider(block, step)
        && shares_column(block, line)
        && !leaves_heading(block, line)
        && !enters_heading(last, line)
        && !starts_item(&line.text())
        && !starts_paragraph(block, line)
}

fn same_size(a: &TextLine, b: &TextLine) -> bool {
    a.size.max(b.size) / a.size.min(b.size).max(0.1) < SAME_SIZE
}

/// Bold starts something new, except as the head of a table and in the run of a paragraph.
fn same_weight(block: &[TextLine], last: &TextLine, line: &TextLine) -> bool {
    let in_table = last.cells > 1 && line.cells > 1;
    let (_, end) = span(block);
    let full = end - extent(last.rect, last.direction).1 < last.size * 2.0;
    let in_paragraph = block.len() > 1 && !block[0].bold && full;
    last.bold == line.bold || in_table || in_paragraph
}

/// Whether the step to the next line is wider than between the lines so far.
fn opens_wider(block: &[TextLine], step: f32) -> bool {
    let own = block.windows(2).map(|w| w[1].baseline() - w[0].baseline()).reduce(f32::min);
    own.is_some_and(|own| step > own * WIDER_LEADING + 0.5)
}

fn shares_column(block: &[TextLine], line: &TextLine) -> bool {
    let (start, end) = span(block);
    let (from, to) = extent(line.rect, line.direction);
    end.min(to) - start.max(from) > 0.0
}

fn span(block: &[TextLine]) -> (f32, f32) {
    block
        .iter()
        .map(|l| extent(l.rect, l.direction))
        .fold((f32::MAX, f32::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// An indented first line, or a line after one that ended early with the end of a sentence.
fn starts_paragraph(block: &[TextLine], line: &TextLine) -> bool {
    let Some(last) = block.last() else { return true };
    if last.direction == Direction::Left {
        return false;
    }
    let (start, end) = span(block);
    let (from, to) = extent(line.rect, line.direction);
    let (last_from, last_to) = extent(last.rect, last.direction);
    let centred = ((from + to) - (last_from + last_to)).abs() < line.size;
    let leads = |text: &str| starts_item(text) || starts_caption(text);
    let hangs = block.len() == 1 && leads(&last.text());
    let inset = line.size * LEAST_INDENT;
    let indented = from - start > inset && from - last_from > inset && !centred && !hangs;
    let ended_early = end - last_to > (end - start) * 0.2 && ends_sentence(last);
    indented || ended_early || leaves_caption(last, line) || enters_caption(last, line)
}

/// Below a numbered heading in a font of its own comes the text, or the next heading.
fn leaves_heading(block: &[TextLine], line: &TextLine) -> bool {
    let is_number = |line: &TextLine| Number::read(&line.text()).is_some();
    match block {
        [head] if head.face != line.face && !is_number(line) => {
            is_number(head) || is_loud(&head.text())
        }
        [.., last] if last.bold && line.bold => is_number(&block[0]) && is_number(line),
        _ => false,
    }
}

/// A heading in a font of its own, numbered or in large capitals, close below a text.
fn enters_heading(last: &TextLine, line: &TextLine) -> bool {
    let text = line.text();
    let is_numbered = || starts_title(&text) && Number::read(&text).is_some();
    last.face != line.face
        && (is_numbered() || (line.size > last.size * SLIGHTLY_LARGER && is_loud(&text)))
}

/// Below a centred caption the text goes on at the left; and a caption goes on only after a line that is full.
fn leaves_caption(last: &TextLine, line: &TextLine) -> bool {
    let is_short = last.rect.width() + line.size * 2.0 < line.rect.width();
    let leaves = line.rect.x0 < last.rect.x0 - line.size && !centred(last, line);
    let text = last.text();
    let stands_alone =
        last.rect.width() + line.size * 4.0 < line.rect.width() && centred(last, line);
    ((is_short || leaves) && starts_caption(&text)) || (stands_alone && begins_figure(&text))
}

/// A caption below the last row of its table.
fn enters_caption(last: &TextLine, line: &TextLine) -> bool {
    starts_caption(&line.text()) && (last.cells > 1 || !centred(last, line))
}

fn centred(a: &TextLine, b: &TextLine) -> bool {
    (a.rect.centre().0 - b.rect.centre().0).abs() < b.size
}

fn ends_sentence(line: &TextLine) -> bool {
    let last = line.glyphs.iter().rev().map(|g| g.c).find(|c| !"”’」』\"')）".contains(*c));
    last.is_some_and(|c| "。．.！!？?：:；;…".contains(c))
}
