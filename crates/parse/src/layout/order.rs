//! Pieces of lines in content order → whole lines in reading order.

use super::lines::TextLine;
use crate::frame::Frame;

/// Puts lines in the order a person reads them.
pub(crate) fn in_reading_order(pieces: Vec<TextLine>, _frame: &Frame) -> Vec<TextLine> {
    join_rows(pieces)
}

/// Pieces that follow one another on one row become one line.
fn join_rows(pieces: Vec<TextLine>) -> Vec<TextLine> {
    let mut lines: Vec<TextLine> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match lines.pop() {
            Some(last) if on_one_row(&last, &piece) => lines.push(last.join(piece)),
            Some(last) => lines.extend([last, piece]),
            None => lines.push(piece),
        }
    }
    lines
}

fn on_one_row(left: &TextLine, right: &TextLine) -> bool {
    let smaller = left.rect.height().min(right.rect.height());
    left.direction == right.direction
        && !left.direction.is_vertical()
        && left.rect.overlap_y(right.rect) > smaller * 0.5
        && right.rect.x0 >= left.rect.x1 - left.size * 0.5
}
