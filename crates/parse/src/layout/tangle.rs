//! Text whose content order goes on above itself, put in order.
//!
//! Chunks that read downwards are kept whole and sorted by the two rules of T. Breuel, "High
//! performance document layout analysis" (2003): above comes first where columns overlap, left
//! comes first where nothing lies across between them. Content order decides what is left open.

use super::lines::TextLine;
use crate::frame::{Direction, Frame, Rect};

/// With more chunks than this a page is a drawing, whose order has no meaning to restore.
const MOST_CHUNKS: usize = 120;
/// Headers and footers may be written at any time; they stand in these margins, in page heights.
const MARGIN: f32 = 0.09;
/// A chunk of fewer lines says nothing about the order of columns.
const PROSE_LINES: usize = 3;
/// … and neither does one narrower than this share of the one beside it: notes in the margin.
const COLUMN_WIDTH: f32 = 0.3;

/// The lines in reading order; unchanged where they already are.
pub(crate) fn untangle(lines: Vec<TextLine>, frame: &Frame) -> Vec<TextLine> {
    let chunks = chunks(lines);
    let rects: Vec<Chunk> = chunks.iter().map(|c| Chunk::of(c, frame)).collect();
    if chunks.len() > MOST_CHUNKS || !is_tangled(&rects) {
        return chunks.into_iter().flatten().collect();
    }
    let mut slots: Vec<Option<Vec<TextLine>>> = chunks.into_iter().map(Some).collect();
    let sorted = sort(&rects);
    sorted.into_iter().filter_map(|i| slots[i].take()).flatten().collect()
}

/// A run of lines each of which stands under the one before.
struct Chunk {
    rect: Rect,
    lines: usize,
    /// Header, footer or turned text: it has no place in the order of the body.
    aside: bool,
}

impl Chunk {
    fn of(lines: &[TextLine], frame: &Frame) -> Self {
        let rect = lines.iter().map(|l| l.rect).reduce(Rect::union).unwrap_or_default();
        let margin = frame.height() * MARGIN;
        let in_margin = rect.y1 < margin || rect.y0 > frame.height() - margin;
        let turned = lines.iter().any(|l| l.direction != Direction::Right);
        Self { rect, lines: lines.len(), aside: in_margin || turned }
    }
}

fn chunks(lines: Vec<TextLine>) -> Vec<Vec<TextLine>> {
    let mut chunks: Vec<Vec<TextLine>> = Vec::new();
    for line in lines {
        match chunks.last_mut() {
            Some(chunk) if chunk.last().is_some_and(|last| goes_on(last, &line)) => {
                chunk.push(line);
            }
            _ => chunks.push(vec![line]),
        }
    }
    chunks
}

/// Whether a line stands right under the one before, in its column.
fn goes_on(last: &TextLine, line: &TextLine) -> bool {
    last.table.is_none()
        && line.table.is_none()
        && last.direction == line.direction
        && line.rect.y0 > last.rect.y0
        && line.rect.y0 - last.rect.y1 < last.size.max(line.size) * 2.5
        && last.rect.overlap_x(line.rect) > 0.0
}

fn is_tangled(chunks: &[Chunk]) -> bool {
    let body: Vec<&Chunk> = chunks.iter().filter(|c| !c.aside).collect();
    body.windows(2).any(|pair| goes_up(pair[0], pair[1]) || goes_left(pair[0], pair[1]))
        || rises_over_all(&body)
}

/// A chunk stands over all that was written before it: a title that was drawn last.
fn rises_over_all(chunks: &[&Chunk]) -> bool {
    let mut top = f32::MAX;
    chunks.iter().enumerate().any(|(at, chunk)| {
        let before = &chunks[..at];
        let rises = chunk.rect.y1 <= top + 1.0;
        top = top.min(chunk.rect.y0);
        let over = |other: &&Chunk| {
            let narrower = other.rect.width().min(chunk.rect.width());
            other.rect.overlap_x(chunk.rect) > narrower * 0.5
        };
        rises && before.iter().any(over)
    })
}

/// The next chunk is above this one, in the same column.
fn goes_up(this: &Chunk, next: &Chunk) -> bool {
    let narrower = this.rect.width().min(next.rect.width());
    this.rect.overlap_x(next.rect) > narrower * 0.5 && next.rect.y1 <= this.rect.y0 + 1.0
}

/// The next chunk is a column left of this one.
fn goes_left(this: &Chunk, next: &Chunk) -> bool {
    let prose = this.lines >= PROSE_LINES && next.lines >= PROSE_LINES;
    let is_column = next.rect.width() >= this.rect.width() * COLUMN_WIDTH;
    prose && is_column && next.rect.x1 <= this.rect.x0 && this.rect.overlap_y(next.rect) > 0.0
}

/// Depth-first topological order; a ring is broken where content order enters it.
fn sort(chunks: &[Chunk]) -> Vec<usize> {
    let mut sorted = Vec::with_capacity(chunks.len());
    let mut seen = vec![false; chunks.len()];
    for i in 0..chunks.len() {
        visit(i, chunks, &mut seen, &mut sorted);
    }
    sorted
}

fn visit(i: usize, chunks: &[Chunk], seen: &mut [bool], sorted: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[i], true) {
        return;
    }
    for j in 0..chunks.len() {
        if !seen[j] && comes_before(j, i, chunks) {
            visit(j, chunks, seen, sorted);
        }
    }
    sorted.push(i);
}

fn comes_before(a: usize, b: usize, chunks: &[Chunk]) -> bool {
    let (first, second) = (&chunks[a], &chunks[b]);
    if first.aside || second.aside {
        return false;
    }
    if first.rect.overlap_x(second.rect) > 0.0 {
        return first.rect.centre().1 < second.rect.centre().1;
    }
    first.rect.x1 <= second.rect.x0 && !chunks.iter().any(|c| lies_across(c, first, second))
}

/// Something that spans both columns at a height between the two.
fn lies_across(between: &Chunk, first: &Chunk, second: &Chunk) -> bool {
    let middle = between.rect.centre().1;
    let (a, b) = (first.rect.centre().1, second.rect.centre().1);
    !between.aside
        && between.rect.overlap_x(first.rect) > 0.0
        && between.rect.overlap_x(second.rect) > 0.0
        && middle > a.min(b)
        && middle < a.max(b)
}
