//! Rows at the edge of a table that its lines or gaps did not take in: a header above the first line,
//! rows whose cells stand too near one another to be seen as pieces.

use super::aligned::Row;
use super::build::{self, Cell, Marks, TableDraft};
use super::columns::{Stretch, parts, stretches};
use crate::frame::Rect;
use crate::glyph::Glyph;
use crate::layout::lines::{gather, in_rows};
use std::collections::VecDeque;

/// A row further away than this many font sizes, edge to edge, is not of the table.
const FARTHEST: f32 = 1.6;
/// How far text may reach into the next column, in points.
const OVERHANG: f32 = 1.5;

/// Takes in the rows next to the table, in content order before it and after it, as long as they
/// fit on top of it or under it.
pub(super) fn take_in(table: &mut TableDraft, before: &mut Vec<Row>, after: &mut VecDeque<Row>) {
    loop {
        if let Some(more) = before.last().and_then(|row| grown(table, row)) {
            *table = more;
            before.pop();
        } else if let Some(more) = after.front().and_then(|row| grown(table, row)) {
            *table = more;
            after.pop_front();
        } else {
            return;
        }
    }
}

/// The table with a row more, if the row is one of its.
fn grown(table: &TableDraft, row: &Row) -> Option<TableDraft> {
    let (rect, whole, size) = (row.rect(), table.rect(), row.lines[0].size);
    let above = rect.centre().1 < whole.centre().1;
    let gap = if above { whole.y0 - rect.y1 } else { rect.y0 - whole.y1 };
    if let (Some(other), true) = (&row.lines[0].table, gap.abs() < size * FARTHEST) {
        return united(table, other);
    }
    if !row.is_level() || gap < -size || gap > size * FARTHEST {
        return None;
    }
    let text = row.glyphs();
    match table.marks {
        Marks::Grid => None,
        Marks::Lines => fits(table, &text, above).then(|| table.with_row(text, above)),
        Marks::Gaps => anew(table, text, whole, above),
    }
}

/// Two parts that only shading told apart.
fn united(table: &TableDraft, other: &TableDraft) -> Option<TableDraft> {
    if table.marks != Marks::Gaps || other.marks != Marks::Gaps {
        return None;
    }
    let cells = table.cells.iter().chain(&other.cells);
    let all = cells.flat_map(|c| &c.lines).flat_map(|l| l.glyphs.iter().copied()).collect();
    let fits = |united: &TableDraft| {
        united.columns >= table.columns.max(other.columns) && united.rows >= table.rows + other.rows
    };
    build::aligned(all).filter(fits)
}

/// Columns found anew with the row: they must not become fewer.
fn anew(table: &TableDraft, text: Vec<Glyph>, whole: Rect, above: bool) -> Option<TableDraft> {
    let row = stretches(&text);
    let widest = row.iter().map(|s| s.1 - s.0).fold(0.0, f32::max);
    if row.len() < 2 || parts(&text) < 2 || widest > whole.width() * 0.6 {
        return None;
    }
    let lines = table.cells.iter().flat_map(|c| &c.lines);
    let all: Vec<Glyph> = lines.flat_map(|l| l.glyphs.iter().copied()).chain(text).collect();
    let grown = build::aligned(all)?;
    // A line of the text below has no cell of its own in most columns.
    let crosses = !above && row.iter().any(|s| column(&grown, *s).is_none());
    let kept = grown.columns >= table.columns && grown.rows >= table.rows;
    (kept && !crosses).then_some(grown)
}

/// Whether every part of a row has columns of its own; a header's may have several.
fn fits(table: &TableDraft, text: &[Glyph], above: bool) -> bool {
    let parts = stretches(text);
    let mut columns: Vec<(usize, usize)> = parts.iter().map(|s| reach(table, *s)).collect();
    columns.dedup();
    let apart = columns.windows(2).all(|w| w[0].1 < w[1].0);
    let single = columns.iter().all(|(from, to)| from == to);
    let covered: usize = columns.iter().map(|(from, to)| to - from + 1).sum();
    let widest = columns.iter().map(|(from, to)| to - from + 1).max().unwrap_or(0);
    apart
        && (above || single)
        && columns.len() >= 2
        && covered * 2 >= table.columns
        && widest < table.columns
}

/// The columns a stretch reaches into, from the first to the last.
fn reach(table: &TableDraft, (x0, x1): Stretch) -> (usize, usize) {
    let inner = &table.edges[1..table.edges.len() - 1];
    let before = |x: f32| inner.iter().filter(|edge| **edge < x).count();
    (before(x0 + OVERHANG), before(x1 - OVERHANG))
}

/// The column that holds a stretch whole.
fn column(table: &TableDraft, (x0, x1): Stretch) -> Option<usize> {
    let edges = &table.edges;
    let count = edges.len() - 1;
    (0..count).find(|i| {
        let slack = |outermost: bool| if outermost { 12.0 } else { OVERHANG };
        x0 > edges[*i] - slack(*i == 0) && x1 < edges[i + 1] + slack(i + 1 == count)
    })
}

impl TableDraft {
    pub(super) fn rect(&self) -> Rect {
        let lines = self.cells.iter().flat_map(|c| &c.lines);
        lines.map(|l| l.rect).reduce(Rect::union).unwrap_or_default()
    }

    /// The table with a row of plain cells at the top or at the bottom.
    fn with_row(&self, glyphs: Vec<Glyph>, top: bool) -> Self {
        let mut table = self.clone();
        table.add_row(glyphs, top);
        table
    }

    fn add_row(&mut self, glyphs: Vec<Glyph>, top: bool) {
        let mut joined = vec![false; self.columns];
        for (from, to) in stretches(&glyphs).into_iter().map(|s| reach(self, s)) {
            joined[from + 1..=to].fill(true);
        }
        let inner = &self.edges[1..self.edges.len() - 1];
        let mut texts: Vec<Vec<Glyph>> = vec![Vec::new(); self.columns];
        for glyph in glyphs {
            let at = glyph.rect.centre().0;
            let column = inner.iter().filter(|edge| **edge < at).count();
            let first = (0..=column).rfind(|c| !joined[*c]).unwrap_or(0);
            texts[first].push(glyph);
        }
        let row = if top { 0 } else { self.rows };
        if top {
            self.cells.iter_mut().for_each(|cell| cell.row += 1);
        }
        let cells = texts.into_iter().enumerate().filter(|(column, _)| !joined[*column]);
        let cells = cells.map(|(column, text)| Cell {
            row,
            column,
            rows: 1,
            columns: 1 + joined[column + 1..].iter().take_while(|j| **j).count(),
            lines: in_rows(gather(text)),
        });
        let at = if top { 0 } else { self.cells.len() };
        self.cells.splice(at..at, cells);
        self.rows += 1;
    }
}
