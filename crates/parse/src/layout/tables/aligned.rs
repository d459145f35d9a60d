//! Tables that no line marks: rows of pieces that stand below one another.

use super::build::{self, Marks, TableDraft};
use super::columns::{parts, stretches};
use super::extend;
use crate::frame::{Direction, Rect};
use crate::glyph::Glyph;
use crate::layout::lines::TextLine;
use std::collections::VecDeque;

/// Rows further apart than this many font sizes, top to top, are not of one table.
const FARTHEST: f32 = 3.2;
/// So many rows of several pieces are needed.
const LEAST_ROWS: usize = 3;
/// A line with so many parts is a row, though no gap is wide.
const DENSE: usize = 3;
/// Between them, so many lines of one piece in a row may stand: a cell's second and third line.
const MOST_BETWEEN: usize = 4;
/// A cell of so many lines may be written before the next cell of its row.
const CELL_LINES: usize = 5;

/// Pieces at one height, and where they stood in content order.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) lines: Vec<TextLine>,
    at: Vec<usize>,
}

impl Row {
    fn new(at: usize, line: TextLine) -> Self {
        Self { lines: vec![line], at: vec![at] }
    }

    pub(super) fn rect(&self) -> Rect {
        self.lines.iter().map(|l| l.rect).reduce(Rect::union).unwrap_or_default()
    }

    /// Whether it is text that runs from left to right.
    pub(super) fn is_level(&self) -> bool {
        self.lines.iter().all(is_level)
    }

    pub(super) fn glyphs(&self) -> Vec<Glyph> {
        self.lines.iter().flat_map(|line| line.glyphs.iter().copied()).collect()
    }

    /// Several pieces, or one whose words stand as far apart as the cells of a narrow table.
    fn is_parted(&self) -> bool {
        self.lines.len() > 1 || (is_level(&self.lines[0]) && parts(&self.lines[0].glyphs) >= DENSE)
    }
}

fn is_level(line: &TextLine) -> bool {
    line.direction == Direction::Right && line.table.is_none()
}

/// Replaces runs of pieces that are tables, and completes the tables that lines marked.
pub(super) fn find(pieces: Vec<TextLine>) -> Vec<TextLine> {
    let mut rows = rows(pieces);
    let mut done: Vec<Row> = Vec::new();
    while let Some(mut row) = rows.pop_front() {
        if let Some(table) = row.lines[0].table.as_mut().filter(|t| t.marks != Marks::Grid) {
            extend::take_in(table, &mut done, &mut rows);
            table.complete();
        } else if row.is_parted() {
            let mut run = vec![row];
            while let Some(next) = rows.pop_front_if(|next| goes_on(&run, next)) {
                run.push(next);
            }
            finish(run, &mut done, &mut rows);
            continue;
        }
        done.push(row);
    }
    let mut pieces: Vec<(usize, TextLine)> =
        done.into_iter().flat_map(|row| row.at.into_iter().zip(row.lines)).collect();
    pieces.sort_by_key(|(at, _)| *at);
    pieces.into_iter().map(|(_, line)| line).collect()
}

/// Pieces at one height, none over or under another, whichever comes first.
fn rows(pieces: Vec<TextLine>) -> VecDeque<Row> {
    let mut rows: VecDeque<Row> = VecDeque::with_capacity(pieces.len());
    for (at, piece) in pieces.into_iter().enumerate() {
        let recent = rows.len().saturating_sub(CELL_LINES);
        match rows.range_mut(recent..).rev().find(|row| is_beside(row, &piece)) {
            Some(row) => {
                row.lines.push(piece);
                row.at.push(at);
            }
            None => rows.push_back(Row::new(at, piece)),
        }
    }
    rows
}

/// Shared height of pieces in one row, as a share of the piece's own: a cell set in the middle of a
/// row of two lines is half a line away from both.
const BESIDE: f32 = 0.3;

fn is_beside(row: &Row, piece: &TextLine) -> bool {
    is_level(piece)
        && row.is_level()
        && row.rect().overlap_y(piece.rect) > piece.rect.height() * BESIDE
        && row.lines.iter().all(|l| l.rect.overlap_x(piece.rect) < l.size * 0.1)
}

fn goes_on(run: &[Row], row: &Row) -> bool {
    let Some(last) = run.last() else { return false };
    let between = run.iter().rev().take_while(|r| !r.is_parted()).count();
    let (above, here) = (last.rect(), row.rect());
    let step = here.y0 - above.y0;
    row.is_level()
        && last.is_level()
        && step > 0.0
        && step < row.lines[0].size * FARTHEST + above.height()
        && (row.is_parted() || (between < MOST_BETWEEN && may_be_between(run, row)))
}

/// A line that lies in the table it would belong to, and is no line of prose: short, or parted.
fn may_be_between(run: &[Row], row: &Row) -> bool {
    let whole = run.iter().map(Row::rect).reduce(Rect::union).unwrap_or_default();
    let line = row.rect();
    let widest = stretches(&row.glyphs()).iter().map(|s| s.1 - s.0).fold(0.0, f32::max);
    line.x0 > whole.x0 - 2.0 && line.x1 < whole.x1 + 2.0 && widest < whole.width() * 0.6
}

/// Puts a run where it belongs: as a table with the rows around it that fit, or as it was.
fn finish(mut run: Vec<Row>, done: &mut Vec<Row>, after: &mut VecDeque<Row>) {
    let kept = run.iter().rposition(Row::is_parted).map_or(0, |last| last + 1);
    let rest = run.split_off(kept);
    rest.into_iter().rev().for_each(|row| after.push_front(row));
    match table(&run) {
        Some(mut table) => {
            let at = run.iter().flat_map(|row| row.at.iter().copied()).min().unwrap_or_default();
            extend::take_in(&mut table, done, after);
            table.complete();
            done.extend(TextLine::of_table(table).map(|line| Row::new(at, line)));
        }
        None => done.append(&mut run),
    }
}

fn table(run: &[Row]) -> Option<TableDraft> {
    let parted = run.iter().filter(|row| row.is_parted()).count();
    (parted >= LEAST_ROWS)
        .then(|| run.iter().flat_map(Row::glyphs).collect())
        .and_then(build::aligned)
}
