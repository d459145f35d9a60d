//! Words whose letters are set apart: `C O N T R A C T` and `合 同 总 价` are read as words again.
//!
//! A line is judged by itself: where nearly all of its letters stand alone, the gaps between them are
//! the line's letter spacing, and only what is clearly wider parts words.

use super::lines::along;
use crate::glyph::Glyph;
use yinju_core::text::is_cjk;

/// Fewer Latin letters may be a list of them: `a b c`.
const LEAST_LETTERS: usize = 5;
/// Chinese titles of two characters are set apart as well: `目　录`.
const LEAST_CHINESE: usize = 2;
/// From this share of gaps on, a line's letters stand alone. Of a Chinese line some words may not.
const ALONE: f32 = 0.8;
const ALONE_CHINESE: f32 = 0.7;
/// Letters further apart than this many font sizes are cells.
const WIDEST: f32 = 3.2;
/// Words are this many times further apart than the letters, and by so many font sizes.
const WORDS_APART: f32 = 1.5;
const WORD_GAP: f32 = 0.18;

/// The line without the spaces that only set letters apart.
pub(super) fn close_up(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    if glyphs.iter().filter(|g| g.is_space()).take(2).count() == 0 {
        return glyphs;
    }
    let latin = |c: char| c.is_alphabetic() && !is_cjk(c);
    let glyphs = close_up_script(glyphs, latin, ALONE, LEAST_LETTERS);
    let chinese = |c: char| is_cjk(c) && c.is_alphanumeric();
    close_up_script(glyphs, chinese, ALONE_CHINESE, LEAST_CHINESE)
}

fn close_up_script(
    glyphs: Vec<Glyph>,
    is_letter: impl Fn(char) -> bool,
    alone: f32,
    least: usize,
) -> Vec<Glyph> {
    let gaps = gaps(&glyphs, &is_letter);
    let mut spaced: Vec<f32> =
        gaps.iter().filter(|gap| gap.space.is_some()).map(|g| g.width).collect();
    let letters = glyphs.iter().filter(|g| is_letter(g.c)).count();
    // Two characters are a title only where nothing else is on the line.
    let whole = || glyphs.iter().all(|g| g.is_space() || is_letter(g.c));
    if letters < least
        || (spaced.len() as f32) < gaps.len() as f32 * alone
        || (letters == LEAST_CHINESE && !whole())
        || spaced.is_empty()
    {
        return glyphs;
    }
    spaced.sort_by(f32::total_cmp);
    let usual = spaced[spaced.len() / 2];
    if usual > WIDEST {
        return glyphs;
    }
    let between_words = |gap: &Gap| gap.width > usual * WORDS_APART && gap.width > usual + WORD_GAP;
    let closed: Vec<usize> =
        gaps.iter().filter(|gap| !between_words(gap)).filter_map(|gap| gap.space).collect();
    let kept = glyphs.into_iter().enumerate().filter(|(at, _)| closed.binary_search(at).is_err());
    kept.map(|(_, glyph)| glyph).collect()
}

/// From one letter to the next.
struct Gap {
    /// In font sizes.
    width: f32,
    /// The space in it, by its place in the line.
    space: Option<usize>,
}

fn gaps(glyphs: &[Glyph], is_letter: &impl Fn(char) -> bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (at, this) in glyphs.iter().enumerate().filter(|(_, g)| is_letter(g.c)) {
        let space = glyphs.get(at + 1).filter(|g| g.is_space()).map(|_| at + 1);
        let next = glyphs.get(space.unwrap_or(at) + 1).filter(|next| is_letter(next.c));
        if let Some(next) = next {
            let width = (along(next).0 - along(this).1) / this.size.max(next.size);
            gaps.push(Gap { width, space });
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;

    /// Characters of size 10, half as wide; a space is 3 wide, `_` one of 12.
    fn line(text: &str) -> Vec<Glyph> {
        let mut x = 0.0;
        let glyph = |c: char| {
            let width = match c {
                ' ' => 3.0,
                '_' => 12.0,
                _ => 5.0,
            };
            x += width;
            Glyph {
                c: if c == '_' { ' ' } else { c },
                rect: Rect::new(x - width, 0.0, x, 10.0),
                size: 10.0,
                descent: 2.0,
                ..Glyph::default()
            }
        };
        text.chars().map(glyph).collect()
    }

    #[test]
    fn letters_set_apart_are_words_again() {
        for (drawn, read) in [
            ("C O N T R A C T_O F_S A L E", "CONTRACT OF SALE"),
            ("采_购_合_同", "采购合同"),
            ("目_录", "目录"),
            ("合 同 总 价： 人 民 币 伍 拾 万 元", "合同总价： 人民币伍拾万元"),
            ("a b c", "a b c"),
            ("A plan I like", "A plan I like"),
            ("第一章 总则", "第一章 总则"),
            ("甲 方：某公司", "甲 方：某公司"),
        ] {
            let closed: String = close_up(line(drawn)).iter().map(|g| g.c).collect();
            assert_eq!(closed, read);
        }
    }
}
