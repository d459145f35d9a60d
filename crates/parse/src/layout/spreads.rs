//! Two pages on one sheet: a scanned book laid open, a handout printed two up. The left one is read first.

use crate::frame::{Frame, Rect};
use crate::glyph::Glyph;
use crate::rules::Rules;

/// A sheet with two pages is at least this many times as wide as high.
const WIDE: f32 = 1.2;
/// The fold lies so far from the left edge, in widths of the sheet.
const FOLD: (f32, f32) = (0.4, 0.6);
/// Nothing is written in a strip of so many widths of the sheet, and of font sizes, around the fold.
const STRIP: f32 = 0.012;
const STRIP_SIZES: f32 = 0.9;
/// A gap of so many font sizes that runs down a whole page makes it a table's.
const COLUMN_GAP: f32 = 1.0;
/// The text of each page is at least so wide, in widths of the sheet: values beside their names are not.
const WIDTH: f32 = 0.25;
/// Each page has at least this many characters.
const LEAST_INK: usize = 20;

/// Where the fold of a sheet is, if it holds two pages of text.
pub(super) fn fold(glyphs: &[Glyph], rules: &Rules, frame: &Frame) -> Option<f32> {
    let width = frame.width();
    if width < frame.height() * WIDE {
        return None;
    }
    let boxes: Vec<Rect> = glyphs.iter().filter(|g| !g.is_space()).map(|g| g.rect).collect();
    let size = super::common_size(glyphs);
    let least = (width * STRIP).max(size * STRIP_SIZES);
    let is_fold = |(from, to): &(f32, f32)| {
        let middle = f32::midpoint(*from, *to) / width;
        to - from >= least && middle > FOLD.0 && middle < FOLD.1
    };
    let gaps = gaps(&boxes);
    // More gaps than one of this width are those of columns.
    let mut columns = gaps.iter().filter(|(from, to)| to - from >= size * COLUMN_GAP);
    let (from, to) = *gaps.iter().find(|gap| is_fold(gap))?;
    if !columns.all(is_fold) {
        return None;
    }
    let x = f32::midpoint(from, to);
    let crossed = rules.level.iter().any(|rule| rule.from < from && rule.to > to);
    let (left, right): (Vec<Rect>, Vec<Rect>) = boxes.iter().partition(|rect| rect.x1 <= x);
    let is_page = |side: &[Rect]| {
        let text = side.iter().copied().reduce(Rect::union).map_or(0.0, Rect::width);
        side.len() >= LEAST_INK && text >= width * WIDTH
    };
    (is_page(&left) && is_page(&right) && !crossed).then_some(x)
}

/// Upright strips between the leftmost and the rightmost box that none of them reaches into.
fn gaps(boxes: &[Rect]) -> Vec<(f32, f32)> {
    let mut sides: Vec<(f32, f32)> = boxes.iter().map(|rect| (rect.x0, rect.x1)).collect();
    sides.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut gaps = Vec::new();
    let Some((_, mut end)) = sides.first().copied() else { return gaps };
    for (from, to) in sides {
        if from > end {
            gaps.push((end, from));
        }
        end = end.max(to);
    }
    gaps
}
