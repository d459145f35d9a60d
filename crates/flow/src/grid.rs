//! Rows of cells as HTML and Word write them, where a cell may cover several places → a grid.

use yinju_core::{CellSpan, Table};

/// HTML lets a cell cover 1,000 columns; nobody reads a table of more than these.
const MOST_COLUMNS: usize = 256;

/// A grid of more places is not one a person reads, and memory that a few bytes of file can ask for.
const MOST_PLACES: usize = 200_000;

/// A cell as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// On one line.
    pub text: String,
    /// Columns it covers.
    pub columns: usize,
    /// Rows it covers.
    pub rows: usize,
}

impl Cell {
    /// White space of any kind becomes a space: a tab or line end in a cell would read as another
    /// cell or row.
    pub(crate) fn new(text: &str, columns: usize, rows: usize) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { text, columns: columns.clamp(1, MOST_COLUMNS), rows: rows.max(1) }
    }
}

/// Lays cells out row by row, each in the first place that no cell from above covers. Nothing where
/// that is no table: fewer than two columns, no text, or more places than anybody reads.
pub(crate) fn lay_out(cells: Vec<Vec<Cell>>, header_rows: usize) -> Option<Table> {
    let height = cells.len();
    let mut covered: Vec<Vec<bool>> = vec![Vec::new(); height];
    let mut rows: Vec<Vec<String>> = vec![Vec::new(); height];
    let mut spans = Vec::new();
    let mut places = 0_usize;
    for (row, cells) in cells.into_iter().enumerate() {
        for cell in cells {
            let column = free_place(&covered[row]);
            let below = cell.rows.min(height - row);
            places = places.saturating_add(cell.columns * below);
            if places > MOST_PLACES || column >= MOST_COLUMNS {
                return None;
            }
            for place in covered.iter_mut().skip(row).take(below) {
                cover(place, column, cell.columns);
            }
            if cell.columns > 1 || below > 1 {
                spans.push(span(row, column, below, cell.columns));
            }
            // Places that a cell before covers are empty.
            rows[row].resize(column, String::new());
            rows[row].push(cell.text);
        }
    }
    let width = covered.iter().map(Vec::len).max().unwrap_or_default();
    let has_text = rows.iter().flatten().any(|text| !text.is_empty());
    if width < 2 || !has_text || width * height > MOST_PLACES {
        return None;
    }
    for row in &mut rows {
        row.resize(width, String::new());
    }
    let header_rows = u8::try_from(header_rows.min(height)).unwrap_or(u8::MAX);
    Some(Table { rows, header_rows, spans, continues: false })
}

fn free_place(row: &[bool]) -> usize {
    row.iter().position(|covered| !covered).unwrap_or(row.len())
}

fn cover(row: &mut Vec<bool>, column: usize, columns: usize) {
    row.resize(row.len().max(column + columns), false);
    row[column..column + columns].fill(true);
}

fn span(row: usize, column: usize, rows: usize, columns: usize) -> CellSpan {
    let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
    CellSpan { row: short(row), column: short(column), rows: short(rows), columns: short(columns) }
}

/// Rows `from..to` of a table as a table of their own, which goes on with the one before if it does
/// not begin it.
pub(crate) fn rows_of(table: &Table, from: usize, to: usize) -> Table {
    let spans = table.spans.iter().filter_map(|span| {
        let first = usize::from(span.row).max(from);
        let last = (usize::from(span.row) + usize::from(span.rows)).min(to);
        let rows = u16::try_from(last.checked_sub(first)?).ok().filter(|rows| *rows > 0)?;
        let row = u16::try_from(first - from).ok()?;
        (rows > 1 || span.columns > 1).then_some(CellSpan { row, rows, ..*span })
    });
    let header_rows = usize::from(table.header_rows).saturating_sub(from).min(to - from);
    Table {
        rows: table.rows[from..to].to_vec(),
        header_rows: header_rows as u8,
        spans: spans.collect(),
        continues: table.continues || from > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(rows: &[&[(&str, usize, usize)]]) -> Vec<Vec<Cell>> {
        let row = |row: &&[(&str, usize, usize)]| {
            row.iter().map(|(text, columns, rows)| Cell::new(text, *columns, *rows)).collect()
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn cells_go_to_the_first_free_place() {
        let rows: [&[_]; 3] =
            [&[("a", 1, 2), ("b", 2, 1)], &[("c", 1, 1), ("d", 1, 9)], &[("e", 1, 1), ("f", 1, 1)]];
        let table = lay_out(cells(&rows), 1).unwrap();
        assert_eq!(table.rows, [["a", "b", ""], ["", "c", "d"], ["e", "f", ""]]);
        assert_eq!(table.spans, [span(0, 0, 2, 1), span(0, 1, 1, 2), span(1, 2, 2, 1)]);
        assert_eq!(table.filled()[2], ["e", "f", "d"]);
    }

    #[test]
    fn what_nobody_reads_is_no_table() {
        assert!(lay_out(cells(&[&[("a", 1, 1)], &[("b", 1, 1)]]), 0).is_none());
        assert!(lay_out(cells(&[&[("", 1, 1), (" \n", 1, 1)]]), 0).is_none());
        let wide: Vec<_> = vec![vec![Cell::new("x", 200, 1)]; 2_000];
        assert!(lay_out(wide, 0).is_none());
    }

    #[test]
    fn parts_of_a_table_keep_what_is_theirs() {
        let rows: [&[_]; 3] = [&[("h", 2, 1)], &[("a", 1, 2), ("b", 1, 1)], &[("c", 1, 1)]];
        let table = lay_out(cells(&rows), 1).unwrap();
        let (first, second) = (rows_of(&table, 0, 2), rows_of(&table, 2, 3));
        assert_eq!((first.header_rows, first.continues, first.spans.len()), (1, false, 1));
        assert_eq!((second.header_rows, second.continues, second.spans.len()), (0, true, 0));
    }
}
