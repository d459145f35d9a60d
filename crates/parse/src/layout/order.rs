//! Pieces of lines in content order → whole lines in reading order.
//!
//! Content order is kept unless the geometry speaks against it: columns whose lines alternate, and
//! text that goes on above itself. Columns are read from right to left on pages written from top to
//! bottom alone.

use super::lines::{TextLine, on_one_row};
use super::{tangle, upright};
use crate::frame::{Direction, Frame, Rect};

/// Columns alternate on at least this many rows before they are believed to be columns.
const LEAST_ROWS: usize = 4;
/// Pieces narrower than this share of the page are cells of a table rather than a column's lines.
const COLUMN_WIDTH: f32 = 0.22;
/// … and so are pieces with fewer visible characters.
const COLUMN_INK: usize = 9;

/// Puts lines in the order a person reads them.
pub(crate) fn in_reading_order(pieces: Vec<TextLine>, frame: &Frame) -> Vec<TextLine> {
    if upright::is_upright(&pieces) {
        return upright::in_columns(pieces);
    }
    let pieces = match gutter(&pieces, frame) {
        Some(x) => part_columns(pieces, x),
        None => pieces,
    };
    tangle::untangle(join_rows(pieces), frame)
}

/// Where the gap between two columns is, if their lines follow one another in turn.
fn gutter(pieces: &[TextLine], frame: &Frame) -> Option<f32> {
    let gaps: Vec<(f32, f32)> = pieces
        .windows(2)
        .filter(|pair| pair.iter().all(|p| is_column(p, frame)) && on_one_row(&pair[0], &pair[1]))
        .map(|pair| (pair[0].rect.x1, pair[1].rect.x0))
        .collect();
    let middles = gaps.iter().map(|(from, to)| f32::midpoint(*from, *to));
    let rows = |x: f32| gaps.iter().filter(|(from, to)| *from <= x && x <= *to).count();
    let best = middles.max_by_key(|x| rows(*x))?;
    (rows(best) >= LEAST_ROWS).then_some(best)
}

fn is_column(piece: &TextLine, frame: &Frame) -> bool {
    piece.table.is_none()
        && piece.direction == Direction::Right
        && piece.ink() >= COLUMN_INK
        && piece.rect.width() > frame.width() * COLUMN_WIDTH
}

/// Between lines that cross the gutter, everything left of it comes before everything right of it.
fn part_columns(pieces: Vec<TextLine>, x: f32) -> Vec<TextLine> {
    let mut parted = Vec::with_capacity(pieces.len());
    let mut right = Vec::new();
    for piece in pieces {
        let Rect { x0, x1, .. } = piece.rect;
        if x0 < x && x1 > x {
            parted.append(&mut right);
            parted.push(piece);
        } else if x1 <= x {
            parted.push(piece);
        } else {
            right.push(piece);
        }
    }
    parted.append(&mut right);
    parted
}

/// Pieces that follow one another on one row become one line: cells of a table, a number and what
/// it counts.
fn join_rows(pieces: Vec<TextLine>) -> Vec<TextLine> {
    let mut rows: Vec<Vec<TextLine>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| on_one_row(last, &piece)) => row.push(piece),
            _ => rows.push(vec![piece]),
        }
    }
    rows.into_iter().filter_map(TextLine::join).collect()
}
