//! Tables of Word: cells that are wider than a column, and cells that go on in the row below.

use crate::flow::Piece;
use crate::grid::{self, Cell};
use yinju_core::BlockKind;

/// A cell with more characters than this is a part of the page, not of a table.
const LONGEST_CELL: usize = 2_000;

/// A table being read.
#[derive(Debug, Default)]
pub(super) struct WordTable {
    rows: Vec<Row>,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<WordCell>,
    /// Columns left free before the first cell.
    before: usize,
    is_header: bool,
}

#[derive(Debug)]
struct WordCell {
    pieces: Vec<Piece>,
    columns: usize,
    merge: Merge,
}

/// `w:vMerge`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Merge {
    #[default]
    None,
    /// The first of several.
    Restart,
    /// Goes on with the cell above.
    Continue,
}

/// What is known of a cell before its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellShape {
    pub columns: usize,
    pub merge: Merge,
}

impl Default for CellShape {
    fn default() -> Self {
        Self { columns: 1, merge: Merge::None }
    }
}

impl WordTable {
    pub(super) fn begin_row(&mut self) {
        self.rows.push(Row::default());
    }

    pub(super) fn header_row(&mut self) {
        self.row().is_header = true;
    }

    pub(super) fn leave_free(&mut self, columns: usize) {
        self.row().before = columns;
    }

    pub(super) fn cell(&mut self, shape: CellShape, pieces: Vec<Piece>) {
        let CellShape { columns, merge } = shape;
        self.row().cells.push(WordCell { pieces, columns, merge });
    }

    fn row(&mut self) -> &mut Row {
        if self.rows.is_empty() {
            self.rows.push(Row::default());
        }
        self.rows.last_mut().expect("one was put there")
    }

    /// The table as pieces: one a page it stands on, or, where it only lays out the page, what is in
    /// its cells.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        if self.rows.iter().flat_map(|row| &row.cells).any(WordCell::holds_a_page) {
            return self.contents();
        }
        let headers = self.rows.iter().take_while(|row| row.is_header).count();
        let headers = if headers == self.rows.len() { 0 } else { headers };
        match grid::lay_out(self.cells(), headers) {
            Some(table) => self.on_pages(&table),
            None => self.contents(),
        }
    }

    fn contents(self) -> Vec<Piece> {
        self.rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.pieces).collect()
    }

    fn cells(&self) -> Vec<Vec<Cell>> {
        let heights = self.heights();
        let row = |(row, heights): (&Row, Vec<usize>)| {
            let free = (row.before > 0).then(|| Cell::new("", row.before, 1));
            let cells = row.cells.iter().zip(heights).filter(|(_, height)| *height > 0);
            free.into_iter().chain(cells.map(|(cell, height)| cell.laid(height))).collect()
        };
        self.rows.iter().zip(heights).map(row).collect()
    }

    /// Rows each cell covers; 0 for one that goes on with the one above.
    fn heights(&self) -> Vec<Vec<usize>> {
        let mut heights: Vec<Vec<usize>> =
            self.rows.iter().map(|row| vec![1; row.cells.len()]).collect();
        // By column: the cell that the next row may go on with.
        let mut above: Vec<(usize, (usize, usize))> = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let mut now = Vec::new();
            let mut column = row.before;
            for (index, cell) in row.cells.iter().enumerate() {
                let first = above.iter().find(|(c, _)| *c == column).map(|(_, cell)| *cell);
                match (cell.merge, first) {
                    (Merge::Continue, Some((row, cell))) => {
                        heights[row][cell] += 1;
                        heights[at][index] = 0;
                        now.push((column, (row, cell)));
                    }
                    (Merge::None, _) => {}
                    _ => now.push((column, (at, index))),
                }
                column += cell.columns;
            }
            above = now;
        }
        heights
    }

    fn on_pages(self, table: &yinju_core::Table) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let begins = |row: &Row| row.cells.iter().flat_map(|c| &c.pieces).any(|p| p.page_break);
        let inner = 1..self.rows.len();
        let starts = inner.filter(|at| begins(&self.rows[*at]));
        let starts: Vec<usize> = std::iter::once(0).chain(starts).collect();
        let ends = starts.iter().copied().skip(1).chain([self.rows.len()]);
        for (from, to) in starts.iter().copied().zip(ends) {
            let mut piece = Piece::table(grid::rows_of(table, from, to));
            piece.page_break = self.rows.get(from).is_some_and(begins);
            let cells = self.rows[from..to].iter().flat_map(|row| &row.cells);
            piece.notes = cells.flat_map(|c| &c.pieces).flat_map(|p| p.notes.clone()).collect();
            pieces.push(piece);
        }
        pieces
    }
}

impl WordCell {
    fn holds_a_page(&self) -> bool {
        let inside = |piece: &Piece| matches!(piece.kind, BlockKind::Table | BlockKind::Heading);
        let length: usize = self.pieces.iter().map(|piece| piece.text.chars().count()).sum();
        self.pieces.iter().any(inside) || length > LONGEST_CELL
    }

    fn laid(&self, height: usize) -> Cell {
        let texts: Vec<&str> = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        Cell::new(&texts.join("\n"), self.columns, height)
    }
}
