//! The cells of a sheet → blocks: tables, and the lines that stand over and under them.
//!
//! A sheet is a plane on which people put several things; what is parted by an empty row is read as two.

use crate::flow::Piece;
use yinju_core::{BlockKind, CellSpan, Table, normal};

/// Columns after these are left out: nobody reads a table so wide.
pub(super) const MOST_COLUMNS: usize = 256;
/// Rows of a piece; a longer table is several that go on with one another.
const ROWS_OF_PIECE: usize = 400;

/// A merged cell: its first place, and how many rows and columns it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Merged {
    pub row: usize,
    pub column: usize,
    pub rows: usize,
    pub columns: usize,
}

/// A cell's text on one line, as it is shown everywhere.
pub(crate) fn cell(text: &str) -> String {
    let shown = |c: char| if normal::is_space(c) { vec![' '] } else { normal::shown(c) };
    let text: String = text.chars().flat_map(shown).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The blocks of a sheet.
pub(crate) fn pieces(mut rows: Vec<Vec<String>>, merged: &[Merged]) -> Vec<Piece> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0).min(MOST_COLUMNS);
    for row in &mut rows {
        row.resize(width, String::new());
    }
    let is_empty = |row: &Vec<String>| row.iter().all(String::is_empty);
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        if is_empty(&rows[start]) {
            start += 1;
            continue;
        }
        let end = (start..rows.len()).find(|row| is_empty(&rows[*row])).unwrap_or(rows.len());
        region(&rows[start..end], start, merged, &mut pieces);
        start = end;
    }
    pieces
}

/// Rows without an empty one among them: single cells at the top are its title, at the bottom its notes.
fn region(rows: &[Vec<String>], above: usize, merged: &[Merged], pieces: &mut Vec<Piece>) {
    let covered = |row: usize| {
        merged.iter().any(|cell| cell.row < above + row && above + row < cell.row + cell.rows)
    };
    let is_line =
        |row: usize| rows[row].iter().filter(|cell| !cell.is_empty()).count() == 1 && !covered(row);
    let first = (0..rows.len()).find(|row| !is_line(*row));
    let (Some(first), Some(last)) = (first, (0..rows.len()).rfind(|row| !is_line(*row))) else {
        pieces.extend(rows.iter().filter_map(|row| lines(row)));
        return;
    };
    pieces.extend(rows[..first].iter().filter_map(|row| lines(row)));
    table(&rows[first..=last], above + first, merged, pieces);
    pieces.extend(rows[last + 1..].iter().filter_map(|row| lines(row)));
}

fn lines(row: &[String]) -> Option<Piece> {
    let text = row.iter().find(|cell| !cell.is_empty())?;
    Some(Piece::new(BlockKind::Paragraph, None, text.clone()))
}

fn table(rows: &[Vec<String>], above: usize, merged: &[Merged], pieces: &mut Vec<Piece>) {
    let used = |column: usize| rows.iter().any(|row| !row[column].is_empty());
    let width = rows[0].len();
    let (Some(left), Some(right)) = ((0..width).find(|c| used(*c)), (0..width).rfind(|c| used(*c)))
    else {
        return;
    };
    if left == right {
        pieces.extend(rows.iter().filter_map(|row| lines(row)));
        return;
    }
    let cut: Vec<Vec<String>> = rows.iter().map(|row| row[left..=right].to_vec()).collect();
    let grouped = merged.iter().any(|cell| cell.row == above && cell.columns > 1);
    let header_rows = header_rows(&cut, grouped);
    for (part, rows) in cut.chunks(ROWS_OF_PIECE).enumerate() {
        let from = part * ROWS_OF_PIECE;
        let spans = merged.iter().filter_map(|cell| {
            let row = cell.row.checked_sub(above + from).filter(|row| *row < rows.len())?;
            let column = cell.column.checked_sub(left).filter(|column| *column <= right - left)?;
            let short = |count: usize, most: usize| u16::try_from(count.min(most)).ok();
            Some(CellSpan {
                row: u16::try_from(row).ok()?,
                column: u16::try_from(column).ok()?,
                rows: short(cell.rows, rows.len() - row)?,
                columns: short(cell.columns, right - left + 1 - column)?,
            })
        });
        pieces.push(Piece::table(Table {
            rows: rows.to_vec(),
            header_rows: if part == 0 { header_rows } else { 0 },
            spans: spans.filter(|span| span.rows > 1 || span.columns > 1).collect(),
            continues: part > 0,
        }));
    }
}

/// Rows of names over the columns: the first, if it holds no values, and the second below names that
/// stand over several columns.
fn header_rows(rows: &[Vec<String>], grouped: bool) -> u8 {
    let named = rows.iter().take(2).take_while(|row| names(row)).count();
    if rows.len() <= named {
        u8::from(rows.len() > 1)
    } else {
        named.min(1 + usize::from(grouped)) as u8
    }
}

fn names(row: &[String]) -> bool {
    let filled: Vec<&String> = row.iter().filter(|cell| !cell.is_empty()).collect();
    // A year over a column is a name as well.
    let is_year =
        |cell: &str| cell.len() == 4 && (cell.starts_with("19") || cell.starts_with("20"));
    filled.len() * 2 > row.len() && filled.iter().all(|cell| !is_number(cell) || is_year(cell))
}

fn is_number(cell: &str) -> bool {
    let of_number = |c: char| c.is_ascii_digit() || ".,-−+%()（）¥￥$€£/: ".contains(c);
    cell.chars().any(|c| c.is_ascii_digit()) && cell.chars().all(of_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split('|').map(cell).collect()).collect()
    }

    #[test]
    fn a_title_and_a_note_stand_around_a_table() {
        let rows = sheet(
            "销售统计\n单位：万元\n地区|2023|2022\n华东|1,200|980\n华南|640|\n注：未经审计\n\nX|Y\n1|2",
        );
        let pieces = pieces(rows, &[]);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "销售统计",
                "单位：万元",
                "地区\t2023\t2022\n华东\t1,200\t980\n华南\t640\t",
                "注：未经审计",
                "X\tY\n1\t2"
            ]
        );
        assert_eq!(pieces[2].table.as_ref().unwrap().header_rows, 1);
        assert_eq!(pieces[4].table.as_ref().unwrap().header_rows, 1);
    }

    #[test]
    fn merged_cells_keep_their_places() {
        let merged = Merged { row: 1, column: 1, rows: 2, columns: 1 };
        let table = pieces(sheet("||\n|a|b\n||c"), &[merged]).remove(0).table.unwrap();
        assert_eq!(table.spans, [CellSpan { row: 0, column: 0, rows: 2, columns: 1 }]);
        assert_eq!(table.filled()[1], ["a", "c"]);
    }

    #[test]
    fn long_tables_go_on() {
        let rows = (0..900).map(|n| vec![n.to_string(), "x".into()]).collect();
        let pieces = pieces(rows, &[]);
        let goes_on: Vec<bool> =
            pieces.iter().map(|p| p.table.as_ref().unwrap().continues).collect();
        assert_eq!(goes_on, [false, true, true]);
    }
}
