//! Whether what looks like a table is one.

use super::build::{Cell, TableDraft, is_number};
use crate::layout::kinds::starts_item;
use yinju_core::text::is_cjk;

/// Cells with text, as a share of all, that a table has at least.
const FILLED: f32 = 0.34;
const FILLED_WITHOUT_LINES: f32 = 0.6;
/// Without lines it takes so many rows to show a table.
const LEAST_ROWS: usize = 3;
/// Cells as long as this on average, a Chinese character counting as two, are columns of prose.
const PROSE: usize = 60;
/// … and so they are when all columns have cells longer than this.
const PROSE_IN_ALL: usize = 20;
const MOST_COLUMNS: usize = 40;

/// A table drawn with lines: more than a box, and not a drawing.
pub(super) fn ruled(table: &TableDraft) -> bool {
    let shape = table.rows >= 2 && table.columns >= 2 && table.columns <= MOST_COLUMNS;
    shape
        && filled(table) >= FILLED
        && full_rows(table) >= 2
        && full_rows(table) * 2 >= table.rows
        && !is_contents(table)
        && !is_page(table)
}

/// A table without lines: much more has to speak for it.
pub(super) fn aligned(table: &TableDraft, size: f32) -> bool {
    let shape = table.rows >= LEAST_ROWS && (2..=MOST_COLUMNS).contains(&table.columns);
    shape
        && filled(table) >= FILLED_WITHOUT_LINES
        && full_rows(table) * 4 >= table.rows * 3
        && columns_bear(table)
        && !is_prose(table)
        && !is_list(table)
        && !is_code(table)
        && !is_matrix(table)
        && !is_contents(table)
        && !numbers_formulas(table)
        && (table.columns > 2 || is_even(table, size))
}

fn filled(table: &TableDraft) -> f32 {
    let filled = table.cells.iter().filter(|c| !c.is_empty()).count();
    filled as f32 / table.cells.len().max(1) as f32
}

/// Rows with text in two cells and more.
fn full_rows(table: &TableDraft) -> usize {
    let mut counts = vec![0; table.rows];
    table.cells.iter().filter(|c| !c.is_empty()).for_each(|c| counts[c.row] += 1);
    counts.iter().filter(|n| **n >= 2).count()
}

fn column(table: &TableDraft, column: usize) -> impl Iterator<Item = &Cell> {
    table.cells.iter().filter(move |c| c.column == column && c.columns == 1 && !c.is_empty())
}

fn weight(text: &str) -> usize {
    text.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum()
}

/// Average length of a column's cells.
fn length(table: &TableDraft, at: usize) -> usize {
    let (count, sum) =
        column(table, at).fold((0, 0), |(n, sum), c| (n + 1, sum + weight(&c.text())));
    sum / usize::max(count, 1)
}

/// Every column has text in a third of the rows; the first may name groups of them.
fn columns_bear(table: &TableDraft) -> bool {
    (1..table.columns).all(|at| column(table, at).count() * 3 >= table.rows)
}

/// Lines of a program, whose gaps happen to fall together.
fn is_code(table: &TableDraft) -> bool {
    let filled: Vec<String> =
        table.cells.iter().filter(|c| !c.is_empty()).map(Cell::text).collect();
    let looks = |text: &&String| {
        let braces = text.contains(['{', '}', '\\']) && !text.contains(is_cjk);
        braces || text.ends_with(';') || text.starts_with("//") || text.starts_with('%')
    };
    filled.iter().filter(looks).count() * 4 > filled.len()
}

/// Symbols below one another: a matrix, a figure's marks.
fn is_matrix(table: &TableDraft) -> bool {
    let filled = table.cells.iter().filter(|c| !c.is_empty());
    let (count, short) = filled.fold((0, 0), |(count, short), cell| {
        let text = cell.text();
        let is_short = weight(&text) <= 2 && !is_number(&text);
        (count + 1, short + usize::from(is_short))
    });
    short * 5 > count * 2
}

/// Every column reads like a text of its own.
fn is_prose(table: &TableDraft) -> bool {
    (0..table.columns).all(|at| length(table, at) > PROSE_IN_ALL)
        || (0..table.columns).filter(|at| length(table, *at) > PROSE).count() > 1
}

/// Bullets or numbers before the items of a list.
fn is_list(table: &TableDraft) -> bool {
    let (marks, all) = column(table, 0).fold((0, 0), |(marks, all), cell| {
        let text = cell.text();
        let mark = starts_item(&format!("{text} ")) || weight(&text) <= 1;
        (marks + usize::from(mark && weight(&text) <= 4), all + 1)
    });
    table.columns == 2 && marks * 2 > all
}

/// A table of contents: dots that lead to page numbers, or titles with rising page numbers.
fn is_contents(table: &TableDraft) -> bool {
    let dotted = |c: &&Cell| ["....", ". . .", "……", "···"].iter().any(|d| c.text().contains(d));
    let leaders = table.cells.iter().filter(dotted).count();
    let only_dots = |c: &&Cell| !c.is_empty() && c.text().chars().all(|c| ". ·…".contains(c));
    let dots = table.cells.iter().filter(only_dots).count();
    let last: Vec<String> = column(table, table.columns - 1).map(Cell::text).collect();
    let numbers: Vec<u32> = last.iter().filter_map(|t| t.trim().parse().ok()).collect();
    let rising = numbers.len() == last.len() && last.len() >= 3 && numbers.is_sorted();
    leaders * 2 > table.rows
        || dots * 3 > table.cells.iter().filter(|c| !c.is_empty()).count()
        || (rising
            && table.columns <= 3
            && (0..table.columns - 1).any(|at| column(table, at).any(|c| !is_number(&c.text()))))
}

/// `(3.1)` at the right of formulas.
fn numbers_formulas(table: &TableDraft) -> bool {
    let is_label = |c: &Cell| {
        let text = c.text();
        text.starts_with(['(', '（']) && text.ends_with([')', '）']) && weight(&text) <= 8
    };
    table.columns == 2 && column(table, 1).filter(|c| is_label(c)).count() * 2 > table.rows
}

/// A frame around a whole page of text.
fn is_page(table: &TableDraft) -> bool {
    table.columns == 2 && (0..2).all(|at| length(table, at) > 400)
}

/// Cells of both columns begin below one another.
fn is_even(table: &TableDraft, size: f32) -> bool {
    (0..2).all(|at| {
        let left = |c: &Cell| c.lines.iter().map(|l| l.rect.x0).fold(f32::MAX, f32::min);
        let right = |c: &Cell| c.lines.iter().map(|l| l.rect.x1).fold(f32::MIN, f32::max);
        agree(column(table, at).map(left), size) || agree(column(table, at).map(right), size)
    })
}

/// Most positions are within half a character of the commonest.
fn agree(positions: impl Iterator<Item = f32>, size: f32) -> bool {
    let positions: Vec<f32> = positions.collect();
    let near = |x: &f32| positions.iter().filter(|p| (*p - x).abs() < size * 0.5).count();
    positions.iter().map(near).max().is_some_and(|most| most * 4 >= positions.len() * 3)
}
