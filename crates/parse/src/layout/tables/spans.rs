//! Cells that cover several places where no line shows it: names of groups of columns over the
//! columns' own names, names that stand beside the group of rows they name.

use super::build::{Cell, TableDraft, is_number};

/// Joins the empty places beside and below names to them. Only what follows from where text stands
/// and where none does; what could be read in two ways stays as it is.
pub(super) fn infer(table: &mut TableDraft) {
    if table.header_rows == 2 {
        name_columns(table);
    }
    name_rows(table);
}

fn text(table: &TableDraft, row: usize, column: usize) -> Option<String> {
    table.cell(row, column).filter(|c| !c.is_empty()).map(Cell::text)
}

/// A header of two rows: what stands over an empty place covers both; what stands over names covers
/// as many as the others over the same run of them.
fn name_columns(table: &mut TableDraft) {
    if table.cells.iter().any(|c| c.row < 2 && c.row + c.rows > 2) {
        return;
    }
    let has_groups = table.cells.iter().any(|c| c.row == 0 && c.columns > 1);
    let filled: Vec<[bool; 2]> = (0..table.columns)
        .map(|c| [text(table, 0, c).is_some(), text(table, 1, c).is_some()])
        .collect();
    let covered = |column: usize| {
        table.cells.iter().any(|c| c.row == 0 && c.column < column && column < c.column + c.columns)
    };
    // The first column's name is in the lower row where it is the rows' own.
    let first = (2..table.rows).filter_map(|row| text(table, row, 0));
    let labels = usize::from(first.filter(|t| !is_number(t)).count() * 2 > table.rows - 2);
    let mut groups: Vec<(usize, usize, usize)> = Vec::new();
    let mut column = 0;
    while column < table.columns {
        let run = filled[column..].iter().take_while(|f| f[1]).count();
        if run == 0 {
            column += 1;
            continue;
        }
        let end = column + run;
        let names: Vec<usize> = (column..end).filter(|c| filled[*c][0]).collect();
        if let Some((from, width)) = parts(column.max(labels), end, &names)
            && !(column..end).any(covered)
        {
            groups.extend(names.iter().enumerate().map(|(i, at)| (*at, from + i * width, width)));
        }
        column = end;
    }
    if groups.is_empty() && !has_groups {
        return;
    }
    for (from, to, columns) in groups {
        table.join((0, from), (0, to), (1, columns));
    }
    for (column, _) in filled.iter().enumerate().filter(|(_, places)| **places == [true, false]) {
        let wide = table.cell(0, column).is_none_or(|c| c.columns > 1);
        if !wide && table.cell(1, column).is_some() {
            table.join((0, column), (0, column), (2, 1));
        }
    }
}

/// Where the first of equal parts begins and how wide they are, when each name has one of its own
/// up to the end and there is one way to have it so.
fn parts(start: usize, end: usize, names: &[usize]) -> Option<(usize, usize)> {
    let first = *names.first()?;
    let mut ways = (start..=first).filter_map(|from| {
        let width = (end - from) / names.len();
        let own =
            |(i, at): (usize, &usize)| (from + i * width..from + (i + 1) * width).contains(at);
        let fits = (end - from).is_multiple_of(names.len()) && width > 1;
        (fits && names.iter().enumerate().all(own)).then_some((from, width))
    });
    let way = ways.next()?;
    ways.next().is_none().then_some(way)
}

/// A name in the first column goes on beside the rows below it that have none, where the second
/// column has names in all of them: a row without a name there may be a sum.
fn name_rows(table: &mut TableDraft) {
    let body = table.header_rows..table.rows;
    let is_word =
        |row: usize, column: usize| text(table, row, column).is_some_and(|t| !is_number(&t));
    let named = body.clone().filter(|row| is_word(*row, 1)).count();
    let first = body.clone().filter(|row| is_word(*row, 0)).count();
    let plain = |row: usize| {
        (0..2).all(|c| table.cell(row, c).is_some_and(|c| c.rows == 1 && c.columns == 1))
    };
    let groups = table.columns > 2
        && body.len() >= 3
        && first >= 2
        && named + 1 >= body.len()
        && first * 3 <= body.len() * 2
        && body.clone().all(plain);
    if !groups {
        return;
    }
    let (mut row, mut found) = (body.start, Vec::new());
    while row < body.end {
        let goes_on = |r: &usize| text(table, *r, 0).is_none() && is_word(*r, 1);
        let more = (row + 1..body.end).take_while(goes_on).count();
        if is_word(row, 0) && is_word(row, 1) && more > 0 {
            found.push((row, more + 1));
        }
        row += more + 1;
    }
    for (row, rows) in found {
        table.join((row, 0), (row, 0), (rows, 1));
    }
}

impl TableDraft {
    /// Makes the cell at one place the one of a rectangle, `(rows, columns)` from another place.
    fn join(&mut self, at: (usize, usize), to: (usize, usize), size: (usize, usize)) {
        let inside = |c: &Cell| {
            (to.0..to.0 + size.0).contains(&c.row) && (to.1..to.1 + size.1).contains(&c.column)
        };
        let Some(mut cell) = self.cell(at.0, at.1).cloned() else { return };
        (cell.row, cell.column) = to;
        (cell.rows, cell.columns) = size;
        self.cells.retain(|c| !inside(c));
        let place = self.cells.partition_point(|c| (c.row, c.column) < to);
        self.cells.insert(place, cell);
    }
}
