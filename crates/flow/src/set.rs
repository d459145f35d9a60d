//! Pieces of a page → its text, blocks and lines, as if set in one column on a nominal page.
//!
//! The text is exactly the pieces': a line too wide for the column goes on in the next without a
//! character between. Every character but the line ends is in one line and has edges.

use crate::flow::Piece;
use yinju_core::text::is_cjk;
use yinju_core::{BBox, Block, CharRange, Line};

/// The nominal page: US Letter in points.
pub(crate) const WIDTH: f32 = 612.0;
/// See [`WIDTH`].
pub(crate) const HEIGHT: f32 = 792.0;

/// Three quarters of an inch around the column.
const MARGIN: f32 = 54.0;

/// Columns of a line; characters of scripts without spaces take two.
const COLUMNS: usize = 90;

/// Points between lines, where a page does not need them closer.
const PITCH: f32 = 14.0;

/// Share of the pitch a line's box takes, so that boxes of lines stay apart.
const LINE_HEIGHT: f32 = 0.86;

/// What there is on a page.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Composed {
    pub text: String,
    pub blocks: Vec<Block>,
    pub lines: Vec<Line>,
}

/// Writes pieces one after the other: a line ends with `\n`, an empty line separates blocks and belongs
/// to the block before it.
pub(crate) fn compose(pieces: Vec<Piece>) -> Composed {
    let mut composer = Composer::default();
    let last = pieces.len().saturating_sub(1);
    for (i, piece) in pieces.into_iter().enumerate() {
        composer.write(piece, i == last);
    }
    composer.place_lines();
    composer.composed
}

#[derive(Default)]
struct Composer {
    composed: Composed,
    /// Characters written.
    at: usize,
    /// For every line the row of the page it stands in.
    rows: Vec<usize>,
    next_row: usize,
    /// For every block its first line.
    first_lines: Vec<usize>,
}

impl Composer {
    fn write(&mut self, piece: Piece, last: bool) {
        let start = self.at;
        self.first_lines.push(self.rows.len());
        for (at, line) in piece.text.split('\n').enumerate() {
            self.write_line(line, piece.confidence.get(at).copied().flatten());
            self.end_line();
        }
        if !last {
            self.end_line();
            self.next_row += 1;
        }
        self.composed.blocks.push(Block {
            kind: piece.kind,
            level: piece.level,
            range: CharRange::new(start, self.at),
            boxes: Vec::new(),
            table: piece.table,
        });
    }

    fn write_line(&mut self, line: &str, confidence: Option<u8>) {
        let chars: Vec<char> = line.chars().collect();
        let mut from = 0;
        while from < chars.len() {
            let to = from + fitting(&chars[from..]);
            self.composed.lines.push(Line {
                range: CharRange::new(self.at + from, self.at + to),
                bbox: BBox::new(0.0, 0.0, 0.0, 0.0),
                edges: edges(&chars[from..to]),
                vertical: false,
                confidence,
            });
            self.rows.push(self.next_row);
            self.next_row += 1;
            from = to;
        }
        self.composed.text.push_str(line);
        self.at += chars.len();
    }

    fn end_line(&mut self) {
        self.composed.text.push('\n');
        self.at += 1;
    }

    /// Heights are known once all lines are.
    fn place_lines(&mut self) {
        let room = (HEIGHT - 2.0 * MARGIN) / HEIGHT;
        let pitch = (room / self.next_row.max(1) as f32).min(PITCH / HEIGHT);
        for (line, row) in self.composed.lines.iter_mut().zip(&self.rows) {
            let top = MARGIN / HEIGHT + pitch * *row as f32;
            let ends = (line.edges.first(), line.edges.last());
            let (left, right) = (ends.0.map_or(0, |e| e[0]), ends.1.map_or(0, |e| e[1]));
            let side = |edge: u16| f32::from(edge) / 65535.0;
            line.bbox = BBox::new(side(left), top, side(right), top + pitch * LINE_HEIGHT);
        }
        let ends = self.first_lines.iter().skip(1).copied().chain([self.rows.len()]);
        let ranges: Vec<_> = self.first_lines.iter().copied().zip(ends).collect();
        for (block, (from, to)) in self.composed.blocks.iter_mut().zip(ranges) {
            block.boxes = self.composed.lines[from..to].iter().map(|line| line.bbox).collect();
        }
    }
}

/// How many characters fit a line: up to a space or next to a character of a script without them,
/// else as many as there is room for.
fn fitting(chars: &[char]) -> usize {
    let (mut columns, mut best) = (0, 0);
    for (i, c) in chars.iter().enumerate() {
        columns += columns_of(*c);
        // A space at the end of a line takes no room.
        if columns > COLUMNS && *c != ' ' {
            return if best > 0 { best } else { i.max(1) };
        }
        let next_wide = chars.get(i + 1).is_some_and(|next| is_cjk(*next));
        if *c == ' ' || *c == '\t' || is_cjk(*c) || next_wide {
            best = i + 1;
        }
    }
    chars.len()
}

fn columns_of(c: char) -> usize {
    if is_cjk(c) { 2 } else { 1 }
}

fn edges(chars: &[char]) -> Vec<[u16; 2]> {
    let column = |n: usize| {
        let x = MARGIN + (WIDTH - 2.0 * MARGIN) * n.min(COLUMNS) as f32 / COLUMNS as f32;
        (x / WIDTH * 65535.0).round() as u16
    };
    let mut at = 0;
    let edge = |c: &char| {
        let from = at;
        at += columns_of(*c);
        [column(from), column(at)]
    };
    chars.iter().map(edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::BlockKind;
    use yinju_core::text::slice_chars;

    fn composed(texts: &[&str]) -> Composed {
        let piece = |text: &&str| Piece::new(BlockKind::Paragraph, None, (*text).to_owned());
        compose(texts.iter().map(piece).collect())
    }

    fn check(text: &str, expected: &[&str]) {
        let composed = composed(&[text]);
        let lines: Vec<_> =
            composed.lines.iter().map(|l| slice_chars(&composed.text, l.range)).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_are_wrapped_without_a_character_changed() {
        let word = "word ".repeat(18);
        check(&format!("{word}after"), &[&word, "after"]);
        let zh = "字".repeat(45);
        check(&format!("{zh}尾"), &[&zh, "尾"]);
        let endless = "x".repeat(90);
        check(&format!("{endless}y"), &[&endless, "y"]);
        check("one\ntwo", &["one", "two"]);
    }

    #[test]
    fn blocks_are_separated_by_an_empty_line_that_is_theirs() {
        let composed = composed(&["a", "b\nc"]);
        assert_eq!(composed.text, "a\n\nb\nc\n");
        let ranges: Vec<_> = composed.blocks.iter().map(|b| (b.range.start, b.range.end)).collect();
        assert_eq!(ranges, [(0, 3), (3, 7)]);
        assert_eq!(composed.blocks[1].boxes.len(), 2);
    }

    #[test]
    fn crowded_pages_stay_on_the_page() {
        let composed = composed(&["a\n".repeat(3_000).trim_end()]);
        let last = composed.lines.last().unwrap().bbox;
        assert!(last.y1 < 1.0 && last.y0 < last.y1);
    }
}
