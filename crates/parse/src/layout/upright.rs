//! Pages written from top to bottom: their columns are read from right to left, tier by tier.

use super::lines::{TextLine, extent};
use crate::frame::Direction;

/// From this share of a page's characters on, it is written from top to bottom.
const MOST: f32 = 0.6;
/// Tiers are at least this many font sizes apart.
const TIER_GAP: f32 = 2.5;
/// Pieces of a column closer than this many font sizes are one line.
const JOIN_GAP: f32 = 1.5;
/// Pieces whose middles are closer than this many font sizes stand in one column.
const SAME_COLUMN: f32 = 0.6;

/// Whether a page's lines run from top to bottom.
pub(super) fn is_upright(pieces: &[TextLine]) -> bool {
    let ink = |piece: &TextLine| piece.ink() as f32;
    let all: f32 = pieces.iter().map(ink).sum();
    let down: f32 = pieces.iter().filter(|p| p.direction == Direction::Down).map(ink).sum();
    all > 0.0 && down >= all * MOST
}

/// Columns from right to left, each from top to bottom.
pub(super) fn in_columns(mut pieces: Vec<TextLine>) -> Vec<TextLine> {
    pieces.sort_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0));
    let mut tiers: Vec<Vec<TextLine>> = Vec::new();
    let mut end = f32::MIN;
    for piece in pieces {
        let (top, bottom, size) = (piece.rect.y0, piece.rect.y1, piece.size);
        match tiers.last_mut() {
            Some(tier) if top < end + size * TIER_GAP => tier.push(piece),
            _ => tiers.push(vec![piece]),
        }
        end = end.max(bottom);
    }
    tiers.into_iter().flat_map(columns).collect()
}

fn columns(mut tier: Vec<TextLine>) -> Vec<TextLine> {
    tier.sort_by(|a, b| b.rect.centre().0.total_cmp(&a.rect.centre().0));
    let mut columns: Vec<Vec<TextLine>> = Vec::new();
    for piece in tier {
        let same = |column: &Vec<TextLine>| {
            let (x, of) = (piece.rect.centre().0, column[0].rect.centre().0);
            (x - of).abs() < piece.size.max(column[0].size) * SAME_COLUMN
        };
        match columns.last_mut() {
            Some(column) if same(column) => column.push(piece),
            _ => columns.push(vec![piece]),
        }
    }
    columns.into_iter().flat_map(joined).collect()
}

/// The pieces of a column, those that touch as one line.
fn joined(mut column: Vec<TextLine>) -> Vec<TextLine> {
    column.sort_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0));
    let mut lines: Vec<Vec<TextLine>> = Vec::new();
    for piece in column {
        let touches = |last: &TextLine| {
            let gap = extent(piece.rect, Direction::Down).0 - extent(last.rect, Direction::Down).1;
            last.direction == piece.direction && gap < piece.size * JOIN_GAP
        };
        match lines.last_mut() {
            Some(line) if line.last().is_some_and(touches) => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    lines.into_iter().filter_map(TextLine::join).collect()
}
