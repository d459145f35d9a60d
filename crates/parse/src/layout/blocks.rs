//! Lines in reading order → blocks: paragraphs, headings, items of a list.

use super::kinds::starts_item;
use super::lines::{TextLine, extent};
use crate::frame::{Direction, Rect};
use yinju_core::BlockKind;

/// A run of lines that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paragraph {
    pub lines: Vec<TextLine>,
    pub kind: BlockKind,
    pub level: Option<u8>,
}

impl Paragraph {
    pub(crate) fn new(kind: BlockKind, lines: Vec<TextLine>) -> Self {
        Self { lines, kind, level: None }
    }

    /// The box around all lines.
    pub(crate) fn rect(&self) -> Rect {
        self.lines.iter().map(|l| l.rect).reduce(Rect::union).unwrap_or_default()
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
    for line in lines {
        match paragraphs.last_mut() {
            Some(paragraph) if continues(&paragraph.lines, &line) => paragraph.lines.push(line),
            _ => paragraphs.push(Paragraph::new(BlockKind::Paragraph, vec![line])),
        }
    }
    paragraphs
}

/// Lines further apart than this many font sizes, baseline to baseline, are never one block.
const MOST_LEADING: f32 = 2.6;
/// A step this much over the block's own leading starts a new block.
const WIDER_LEADING: f32 = 1.22;
/// Sizes within this ratio are one size.
const SAME_SIZE: f32 = 1.12;
/// A first line stands in by this many font sizes at least.
const LEAST_INDENT: f32 = 0.9;

fn continues(block: &[TextLine], line: &TextLine) -> bool {
    let Some(last) = block.last() else { return false };
    let step = line.baseline() - last.baseline();
    last.direction == line.direction
        && same_style(last, line)
        && step > 0.0
        && step < line.size.max(last.size) * MOST_LEADING
        && !opens_wider(block, step)
        && shares_column(block, line)
        && !starts_item(&line.text())
        && !starts_paragraph(block, line)
}

fn same_style(a: &TextLine, b: &TextLine) -> bool {
    let ratio = a.size.max(b.size) / a.size.min(b.size).max(0.1);
    ratio < SAME_SIZE && a.bold == b.bold
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
    block.iter().map(|l| extent(l.rect, l.direction)).fold((f32::MAX, f32::MIN), |a, b| {
        (a.0.min(b.0), a.1.max(b.1))
    })
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
    let indented = from - start > line.size * LEAST_INDENT && from - last_from > line.size * LEAST_INDENT;
    let ended_early = end - last_to > (end - start) * 0.2 && ends_sentence(last);
    let hangs_in = block.len() == 1 && start - from > line.size * LEAST_INDENT && to < end - line.size * 4.0;
    (indented && !centred) || ended_early || (hangs_in && ends_sentence(last))
}

fn ends_sentence(line: &TextLine) -> bool {
    let last = line.glyphs.iter().rev().map(|g| g.c).find(|c| !"”’」』\"')）".contains(*c));
    last.is_some_and(|c| "。．.！!？?：:；;…".contains(c))
}
