//! What must hold whatever the glyphs are, and a few layouts drawn by hand.

use super::*;
use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::rules::Rules;
use proptest::prelude::*;
use yinju_core::text::slice_chars;

pub(super) const PAGE: Frame = Frame::new([0.0, 0.0, 600.0, 800.0], 0);

fn glyph(c: char, x: f32, y: f32, size: f32) -> Glyph {
    let width = if c.is_ascii() { size * 0.5 } else { size };
    let rect = Rect { x0: x, y0: y - size * 0.9, x1: x + width, y1: y + size * 0.2 };
    Glyph { c, rect, size, ..Glyph::default() }
}

/// Text set from left to right at a baseline; a space leaves a gap and no glyph.
pub(super) fn set(text: &str, x: f32, y: f32, size: f32) -> Vec<Glyph> {
    let mut at = x;
    let mut glyphs = Vec::new();
    for c in text.chars() {
        let glyph = glyph(c, at, y, size);
        at = glyph.rect.x1;
        glyphs.extend((c != ' ').then_some(glyph));
    }
    glyphs
}

fn text_of(glyphs: Vec<Glyph>) -> String {
    compose(&paragraphs(glyphs, &Rules::default(), &PAGE), &PAGE).text
}

#[test]
fn gaps_between_latin_words_become_spaces_and_chinese_gets_none() {
    assert_eq!(text_of(set("two words", 50.0, 100.0, 10.0)), "two words\n");
    let mut spread = set("引", 50.0, 100.0, 10.0);
    spread.extend(set("据", 63.0, 100.0, 10.0));
    spread.extend(set("PDF", 75.5, 100.0, 10.0));
    assert_eq!(text_of(spread), "引据PDF\n");
}

#[test]
fn cells_of_a_row_stay_on_one_line() {
    let mut row = set("营业收入", 50.0, 100.0, 10.0);
    row.extend(set("186,420", 300.0, 100.0, 10.0));
    row.extend(set("152,310", 400.0, 100.0, 10.0));
    assert_eq!(text_of(row), "营业收入 186,420 152,310\n");
}

#[test]
fn columns_written_row_by_row_are_read_one_after_the_other() {
    let rows = (0..5).flat_map(|row| {
        let y = 100.0 + 14.0 * row as f32;
        let left = set(&format!("left column with text line {row}"), 50.0, y, 10.0);
        [left, set(&format!("right column with text line {row}"), 320.0, y, 10.0)].concat()
    });
    let text = text_of(rows.collect());
    let (left, right) =
        (text.find("left column with text line 4"), text.find("right column with text line 0"));
    assert!(left < right, "{text}");
}

#[test]
fn two_pages_on_a_sheet_are_read_one_after_the_other() {
    const SHEET: Frame = Frame::new([0.0, 0.0, 840.0, 600.0], 0);
    let row = |row: usize, left: &str, right: &str| {
        let y = 100.0 + 20.0 * row as f32;
        [set(left, 40.0, y, 14.0), set(right, 430.0, y, 14.0)].concat()
    };
    let rows = [
        row(0, "The first rule of the society is that all", "The second rule is that meetings are"),
        row(1, "members pay five guineas before the day", "held on the third Tuesday of each"),
        row(2, "a year.", "month in the Blue Room."),
    ];
    let text = |rows: &[Vec<Glyph>]| {
        compose(&paragraphs(rows.concat(), &Rules::default(), &SHEET), &SHEET).text
    };
    let read = text(&rows);
    assert!(read.find("a year.") < read.find("The second rule"), "{read}");
    // What runs across the middle makes it one page.
    let title =
        set("A title that is set across the whole of the sheet and its middle", 200.0, 60.0, 14.0);
    let read = text(&[vec![title], rows.to_vec()].concat());
    assert!(read.starts_with("A title") && read.contains("all The second rule"), "{read}");
}

#[test]
fn a_title_that_was_drawn_last_is_read_first() {
    let column = |x: f32| {
        let line = move |row: usize| {
            set("words of a column that go on and on", x, 400.0 + 14.0 * row as f32, 10.0)
        };
        (0..6).flat_map(line)
    };
    let glyphs =
        column(50.0).chain(column(320.0)).chain(set("The title of it all", 50.0, 120.0, 20.0));
    assert!(text_of(glyphs.collect()).starts_with("The title"));
}

#[test]
fn upright_columns_are_read_from_right_to_left() {
    let column = |text: &str, x: f32| {
        let glyph = |(row, c): (usize, char)| Glyph {
            direction: Direction::Down,
            ..glyph(c, x, 100.0 + 12.0 * row as f32, 12.0)
        };
        text.chars().enumerate().map(glyph).collect::<Vec<_>>()
    };
    let glyphs = [column("不得转租违者终止", 400.0), column("应于每月五日缴纳", 430.0)].concat();
    assert_eq!(text_of(glyphs), "应于每月五日缴纳\n不得转租违者终止\n");
}

#[test]
fn a_new_paragraph_opens_with_an_indent() {
    let mut glyphs = set("第一段的第一行写满了整整一行", 70.0, 100.0, 10.0);
    glyphs.extend(set("第一段的第二行也写满了整整一行啊", 50.0, 115.0, 10.0));
    glyphs.extend(set("第二段的第一行写满了整整一行", 70.0, 130.0, 10.0));
    assert_eq!(text_of(glyphs).matches("\n\n").count(), 1);
}

#[test]
fn superscripts_stay_on_their_line() {
    let mut glyphs = set("x", 50.0, 100.0, 10.0);
    glyphs.extend(set("2", 55.0, 96.0, 6.0));
    glyphs.extend(set("+y", 58.5, 100.0, 10.0));
    assert_eq!(text_of(glyphs), "x2+y\n");
}

fn any_glyph() -> impl Strategy<Value = Glyph> {
    let direction = prop_oneof![
        8 => Just(Direction::Right),
        1 => Just(Direction::Down),
        1 => Just(Direction::Up),
        1 => Just(Direction::Left)
    ];
    let c = prop_oneof![
        3 => proptest::char::range('a', 'z'),
        3 => proptest::char::range('一', '龥'),
        1 => Just(' '),
    ];
    let place = (-50.0_f32..650.0, -50.0_f32..850.0, 0.0_f32..40.0, 0.0_f32..40.0);
    (c, place, direction, 0.1_f32..60.0, any::<bool>(), any::<bool>()).prop_map(
        |(c, (x0, y0, w, h), direction, size, bold, generated)| {
            let rect = Rect { x0, y0, x1: x0 + w, y1: y0 + h };
            Glyph {
                c,
                rect,
                direction,
                size,
                bold,
                generated: generated && c == ' ',
                ..Glyph::default()
            }
        },
    )
}

/// Glyphs that follow one another as in real lines, with jumps between.
fn any_page() -> impl Strategy<Value = Vec<Glyph>> {
    let run = (any_glyph(), "[a-z一-十 ]{1,30}").prop_map(|(first, text)| {
        let size = first.size.clamp(4.0, 30.0);
        set(&text, first.rect.x0, first.rect.y0, size)
    });
    prop_oneof![
        proptest::collection::vec(any_glyph(), 0..120),
        proptest::collection::vec(run, 0..25).prop_map(|runs| runs.concat()),
    ]
}

proptest! {
    #[test]
    fn nothing_visible_is_lost_or_invented(glyphs in any_page()) {
        let mut before: Vec<char> = glyphs.iter().map(|g| g.c).filter(|c| *c != ' ').collect();
        let composed = compose(&paragraphs(glyphs, &Rules::default(), &PAGE), &PAGE);
        let mut after: Vec<char> = composed.text.chars().filter(|c| !c.is_whitespace()).collect();
        before.sort_unstable();
        after.sort_unstable();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn blocks_tile_the_text_and_every_character_has_edges(glyphs in any_page()) {
        let composed = compose(&paragraphs(glyphs, &Rules::default(), &PAGE), &PAGE);
        let mut at = 0;
        for block in &composed.blocks {
            prop_assert_eq!(block.range.start, at);
            prop_assert!(!block.range.is_empty());
            at = block.range.end;
        }
        prop_assert_eq!(at as usize, composed.text.chars().count());
        let mut line_end = 0;
        for line in &composed.lines {
            prop_assert!(line.range.start >= line_end);
            line_end = line.range.end;
            prop_assert_eq!(line.edges.len(), line.range.len());
            prop_assert!(!slice_chars(&composed.text, line.range).contains('\n'));
            let b = line.bbox;
            prop_assert!([b.x0, b.y0, b.x1, b.y1].iter().all(|v| (0.0..=1.0).contains(v)));
            prop_assert!(b.x0 <= b.x1 && b.y0 <= b.y1);
        }
    }
}
