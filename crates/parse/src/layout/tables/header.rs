//! Which rows of a table name its columns.

use super::build::{Cell, Grid, TableDraft, is_number};
use super::lattice::Lattice;

/// A header of more rows is a table of its own.
const DEEPEST: usize = 4;

/// The number of header rows: those above the first line across where lines part only the header,
/// else bold ones, else a first row of words over numbers, with what its cells span.
pub(super) fn rows(table: &TableDraft, ruled: Option<(&Lattice, &Grid)>) -> usize {
    if let Some(rows) = ruled.and_then(|(lattice, grid)| above_line(table, lattice, grid)) {
        return rows;
    }
    let bold = (0..table.rows).take_while(|row| is_bold(table, *row)).count();
    let first = if bold > 0 && bold < table.rows { bold } else { usize::from(names(table)) };
    // A cell over several columns names a group of them; their own names follow.
    let groups = first == 1 && row(table, 0).any(|c| c.columns > 1 && c.columns < table.columns);
    let deepest = row(table, 0).map(|c| c.rows).max().unwrap_or(1);
    let rows = first.max(if first > 0 { deepest } else { 0 }) + usize::from(groups && deepest == 1);
    if rows <= DEEPEST && rows < table.rows { rows } else { 0 }
}

/// Rows above the first drawn line across, where lines are fewer than rows.
fn above_line(table: &TableDraft, lattice: &Lattice, grid: &Grid) -> Option<usize> {
    let inner = &grid.ys[1..grid.ys.len() - 1];
    let lines: Vec<f32> = lattice.ys[1..lattice.ys.len() - 1]
        .iter()
        .copied()
        .filter(|y| lattice.ruled_across(*y))
        .collect();
    if lines.is_empty() || lines.len() * 2 > inner.len() {
        return None;
    }
    let rows = 1 + inner.iter().filter(|y| **y < lines[0] - 1.0).count();
    (rows <= DEEPEST && rows < table.rows).then_some(rows)
}

fn row(table: &TableDraft, row: usize) -> impl Iterator<Item = &Cell> {
    table.cells.iter().filter(move |c| c.row == row)
}

fn is_bold(table: &TableDraft, at: usize) -> bool {
    let mut filled = row(table, at).filter(|c| !c.is_empty()).peekable();
    filled.peek().is_some() && filled.all(Cell::is_bold)
}

/// `2024` names a column.
fn is_year(text: &str) -> bool {
    let digits = text.trim_end_matches(['年', 'E', 'A']);
    digits.parse().is_ok_and(|year: u16| (1900..2100).contains(&year))
}

/// Words or years in most of the first row.
fn names(table: &TableDraft) -> bool {
    let filled: Vec<&Cell> = row(table, 0).filter(|c| !c.is_empty()).collect();
    let words = filled.iter().all(|c| !is_number(&c.text()) || is_year(&c.text()));
    words && filled.len() * 2 > table.columns.min(row(table, 0).count()) && table.rows > 1
}
