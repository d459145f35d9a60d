//! Footnotes: small blocks at the foot of a column that begin with a raised mark.

use super::blocks::Paragraph;
use crate::frame::Frame;
use yinju_core::BlockKind;

/// Notes are at most this many times the size of body text.
const SMALLER: f32 = 0.93;
/// They stand below this share of the page's height.
const LOWER: f32 = 0.4;
/// A page of more blocks is no prose, and would take long to look through.
const MOST_BLOCKS: usize = 2_000;
/// A raised mark is at most this many times the size of its note.
const RAISED: f32 = 0.85;

/// Names the footnotes of a page among its paragraphs and items; `body` is the size of body text in
/// points. What follows a footnote and is as small belongs to it.
pub(crate) fn name(paragraphs: &mut [Paragraph], body: f32, frame: &Frame) {
    if paragraphs.len() > MOST_BLOCKS {
        return;
    }
    let mut follows = false;
    for block in 0..paragraphs.len() {
        let paragraph = &paragraphs[block];
        follows = may_be_note(paragraph, body, frame)
            && (follows || has_mark(paragraph))
            && is_last_in_column(paragraph, paragraphs, body);
        if follows {
            paragraphs[block].kind = BlockKind::Footnote;
        }
    }
}

fn may_be_note(paragraph: &Paragraph, body: f32, frame: &Frame) -> bool {
    matches!(paragraph.kind, BlockKind::Paragraph | BlockKind::ListItem)
        && is_small(paragraph, body)
        && paragraph.rect().y0 > frame.height() * LOWER
}

fn is_small(paragraph: &Paragraph, body: f32) -> bool {
    paragraph.lines.iter().all(|line| line.size < body * SMALLER)
}

/// `1`, `*` or `①` at its start; a number only where it is smaller than what follows, as
/// references begin with numbers too.
fn has_mark(paragraph: &Paragraph) -> bool {
    let Some(line) = paragraph.lines.first() else { return false };
    let Some(first) = line.glyphs.first() else { return false };
    match first.c {
        '∗' | '*' | '†' | '‡' | '§' | '¶' | '①'..='⑳' => line.glyphs.len() > 1,
        c => c.is_ascii_digit() && first.size < line.size * RAISED,
    }
}

/// Whether nothing but other notes and the page's footer is below.
fn is_last_in_column(note: &Paragraph, paragraphs: &[Paragraph], body: f32) -> bool {
    let rect = note.rect();
    let is_below = |p: &&Paragraph| p.rect().y0 > rect.y0 && p.rect().overlap_x(rect) > 0.0;
    let is_note =
        |p: &Paragraph| p.kind == BlockKind::Footer || (p.table.is_none() && is_small(p, body));
    paragraphs.iter().filter(is_below).all(is_note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;
    use crate::glyph::Glyph;
    use crate::layout::TextLine;

    /// A block of one line; the first character may be of another size than the rest.
    fn block(text: &str, y: f32, size: f32, first: f32) -> Paragraph {
        let glyph = |(i, c): (usize, char)| {
            let x0 = 50.0 + i as f32 * size / 2.0;
            Glyph {
                c,
                rect: Rect::new(x0, y, x0 + size / 2.0, y + size),
                size: if i == 0 { first } else { size },
                ..Glyph::default()
            }
        };
        let line = TextLine::new(text.chars().enumerate().map(glyph).collect()).unwrap();
        Paragraph::new(BlockKind::Paragraph, vec![line])
    }

    fn check(mut blocks: Vec<Paragraph>, notes: &[bool]) {
        name(&mut blocks, 10.0, &Frame::new([0.0, 0.0, 600.0, 800.0], 0));
        let found: Vec<bool> = blocks.iter().map(|b| b.kind == BlockKind::Footnote).collect();
        assert_eq!(found, notes);
    }

    #[test]
    fn notes_stand_small_and_marked_at_the_foot() {
        let body = || block("A body of text.", 600.0, 10.0, 10.0);
        let note = |y| block("1 A note to it.", y, 8.0, 5.0);
        check(vec![body(), note(700.0)], &[false, true]);
        check(
            vec![body(), note(700.0), block("and more of it", 712.0, 8.0, 8.0)],
            &[false, true, true],
        );
        check(vec![note(500.0), body()], &[false, false]);
        check(vec![body(), block("1 Brenner, A. Tea.", 700.0, 8.0, 8.0)], &[false, false]);
        check(vec![body(), block("∗ Both contributed.", 700.0, 8.0, 8.0)], &[false, true]);
        check(vec![body(), block("1 A body again", 700.0, 10.0, 5.0)], &[false, false]);
    }
}
