//! Pages whose text is only to be seen: rendered, recognised by whoever was given for it, and turned
//! into glyphs that go the way of all others. Not here: recognising, and which pages need it.

use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::layout::{self, TextLine, extent};
use crate::render::{Rendered, render};
use pdfium_render::prelude::PdfPage;
use yinju_core::Problem;

/// Resolution pages are rendered at: what PP-OCR reads 10-point Chinese at without loss
/// (`docs/evaluation.md`).
const DOTS_PER_INCH: f32 = 150.0;

/// A page as it looks, in shades of grey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// A byte a pixel, 0 for black, row by row from the top.
    pub pixels: Vec<u8>,
}

/// A character that was recognised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenChar {
    /// The character.
    pub c: char,
    /// Its corners in pixels, clockwise as it is read, from above its beginning.
    pub corners: [[f32; 2]; 4],
    /// How sure it is, 0 to 1.
    pub confidence: f32,
}

/// The characters of a line, as they are read.
pub type SeenLine = Vec<SeenChar>;

/// Recognises the lines of a page, in any order.
pub type Recognise<'a> = dyn FnMut(&Picture) -> Result<Vec<SeenLine>, Problem> + 'a;

/// Lines of glyphs for everything that is recognised on a page, roughly from its top to its bottom.
pub(crate) fn read(
    page: &PdfPage<'_>,
    frame: &Frame,
    recognise: &mut Recognise<'_>,
) -> Result<Vec<Vec<Glyph>>, Problem> {
    let Some((picture, points)) = picture(page, frame) else { return Ok(Vec::new()) };
    let seen = recognise(&picture)?;
    Ok(glyphs(&seen, points))
}

/// Glyphs for everything that is recognised in parts of a page, part by part.
pub(crate) fn read_parts(
    page: &PdfPage<'_>,
    frame: &Frame,
    parts: &[Rect],
    recognise: &mut Recognise<'_>,
) -> Result<Vec<Vec<Glyph>>, Problem> {
    let whole = if parts.is_empty() { None } else { picture(page, frame) };
    let Some((whole, points)) = whole else { return Ok(vec![Vec::new(); parts.len()]) };
    let read = |part: &Rect| {
        let (picture, [left, top]) = whole.part(*part, points);
        let mut seen = recognise(&picture)?;
        for corner in seen.iter_mut().flatten().flat_map(|seen| &mut seen.corners) {
            *corner = [corner[0] + left, corner[1] + top];
        }
        Ok(glyphs(&seen, points).concat())
    };
    parts.iter().map(read).collect()
}

/// Lines less sure than this, in hundredths, are patterns and no letters: among them are photographs.
const LEGIBLE: u8 = 70;

/// Lines of glyphs that were recognised, but for those that hardly were.
pub(crate) fn legible(glyphs: Vec<Glyph>, frame: &Frame) -> Vec<TextLine> {
    let lines = layout::lines(glyphs, frame).into_iter();
    lines.filter(|line| line.confidence() >= Some(LEGIBLE)).collect()
}

/// What is written in a picture of its own, line by line, and how sure each is.
pub(crate) fn read_picture(
    picture: &Picture,
    recognise: &mut Recognise<'_>,
) -> Result<Vec<(String, u8)>, Problem> {
    let glyphs = glyphs(&recognise(picture)?, 1.0).concat();
    let frame = Frame::new([0.0, 0.0, picture.width as f32, picture.height as f32], 0);
    let lines = legible(glyphs, &frame).into_iter();
    let lines = lines.map(|line| (line.text(), line.confidence().unwrap_or_default()));
    Ok(lines.filter(|(text, _)| !text.trim().is_empty()).collect())
}

impl Picture {
    /// What stands in a rectangle given in points, and the pixel it begins at.
    fn part(&self, part: Rect, points: f32) -> (Self, [f32; 2]) {
        let pixel = |at: f32, most: u32| ((at / points).max(0.0) as u32).min(most);
        let (left, right) = (pixel(part.x0, self.width), pixel(part.x1, self.width));
        let (top, bottom) = (pixel(part.y0, self.height), pixel(part.y1, self.height));
        let row = |y: u32| {
            let start = (y * self.width) as usize;
            &self.pixels[start + left as usize..start + right as usize]
        };
        let pixels = (top..bottom).flat_map(row).copied().collect();
        let part = Self { width: right - left, height: bottom - top, pixels };
        (part, [left as f32, top as f32])
    }
}

/// The page in shades of grey, and how many points a pixel is; `None` where there is nothing to see.
fn picture(page: &PdfPage<'_>, frame: &Frame) -> Option<(Picture, f32)> {
    let Rendered { width, height, rgba, scale } = render(page, frame, DOTS_PER_INCH)?;
    let pixels = rgba.chunks_exact(4).map(grey).collect();
    Some((Picture { width: width as u32, height: height as u32, pixels }, 1.0 / scale))
}

/// Luma of ITU-R BT.601.
fn grey(pixel: &[u8]) -> u8 {
    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((r * 299 + g * 587 + b * 114) / 1000) as u8
}

/// A line as it will be set: its characters, and the box around them.
struct Set {
    glyphs: Vec<Glyph>,
    rect: Rect,
    direction: Direction,
}

fn glyphs(seen: &[SeenLine], points: f32) -> Vec<Vec<Glyph>> {
    let mut lines: Vec<Set> = seen.iter().filter_map(|line| set(line, points)).collect();
    let direction = commonest(&lines);
    even_sizes(&mut lines);
    lines.sort_by(|a, b| top(a, direction).total_cmp(&top(b, direction)));
    let mut rows: Vec<Vec<Set>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| is_level_with(last, &line, direction)) => {
                row.push(line);
            }
            _ => rows.push(vec![line]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| extent(a.rect, direction).0.total_cmp(&extent(b.rect, direction).0));
    }
    rows.into_iter().flatten().map(|line| line.glyphs).collect()
}

fn set(line: &SeenLine, points: f32) -> Option<Set> {
    let (first, last) = (line.first()?, line.last()?);
    let (dx, dy) =
        (last.corners[1][0] - first.corners[0][0], last.corners[1][1] - first.corners[0][1]);
    let direction = match (dx.abs() >= dy.abs(), dx >= 0.0, dy >= 0.0) {
        (true, true, _) => Direction::Right,
        (true, false, _) => Direction::Left,
        (false, _, true) => Direction::Down,
        (false, _, false) => Direction::Up,
    };
    let glyph = |seen: &SeenChar| {
        let (xs, ys) = (seen.corners.map(|c| c[0] * points), seen.corners.map(|c| c[1] * points));
        let low = |v: [f32; 4]| v.into_iter().fold(f32::MAX, f32::min);
        let high = |v: [f32; 4]| v.into_iter().fold(f32::MIN, f32::max);
        let rect = Rect::new(low(xs), low(ys), high(xs), high(ys));
        let confidence = Some((seen.confidence.clamp(0.0, 1.0) * 100.0).round() as u8);
        let c = if seen.c.is_whitespace() { ' ' } else { seen.c };
        Glyph { c, rect, direction, size: 1.0, confidence, ..Glyph::default() }
    };
    let glyphs: Vec<Glyph> = line.iter().map(glyph).filter(|g| g.rect.is_finite()).collect();
    let rect = glyphs.iter().map(|g| g.rect).reduce(Rect::union)?;
    Some(Set { glyphs, rect, direction })
}

fn commonest(lines: &[Set]) -> Direction {
    let all = [Direction::Right, Direction::Up, Direction::Left, Direction::Down];
    let count = |d: &Direction| lines.iter().filter(|l| l.direction == *d).count();
    all.into_iter().rev().max_by_key(count).unwrap_or_default()
}

/// Height of a recognised line's box in font sizes: ascenders, descenders and a margin.
const BOX_HEIGHT: f32 = 1.25;
/// Boxes this much higher or lower than the middle one are of the same size: their letters differ.
const SAME_HEIGHT: f32 = 1.3;

/// Gives characters a font size by the height of their line, the same where heights differ little.
fn even_sizes(lines: &mut [Set]) {
    let mut heights: Vec<f32> = lines.iter().map(height).collect();
    heights.sort_by(f32::total_cmp);
    let middle = heights.get(heights.len() / 2).copied().unwrap_or(1.0);
    for line in lines {
        let own = height(line);
        let alike = own.max(middle) <= own.min(middle) * SAME_HEIGHT;
        let size = (if alike { middle } else { own } / BOX_HEIGHT).max(0.5);
        line.glyphs.iter_mut().for_each(|glyph| glyph.size = size);
    }
}

fn height(line: &Set) -> f32 {
    // Of the middle character: a line that leans has a box higher than its letters.
    let middle = line.glyphs[line.glyphs.len() / 2].rect;
    if line.direction.is_vertical() { middle.width() } else { middle.height() }
}

/// Where a line begins across the direction of reading; grows from line to line.
fn top(line: &Set, direction: Direction) -> f32 {
    across(line, direction).0
}

fn across(line: &Set, direction: Direction) -> (f32, f32) {
    let r = line.rect;
    match direction {
        Direction::Right => (r.y0, r.y1),
        Direction::Left => (-r.y1, -r.y0),
        Direction::Down => (-r.x1, -r.x0),
        Direction::Up => (r.x0, r.x1),
    }
}

fn is_level_with(last: &Set, line: &Set, direction: Direction) -> bool {
    let (a, b) = (across(last, direction), across(line, direction));
    a.1.min(b.1) - a.0.max(b.0) > (a.1 - a.0).min(b.1 - b.0) * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, x: f32, y: f32) -> SeenLine {
        let seen = |(i, c): (usize, char)| {
            let (x0, x1) = (x + 20.0 * i as f32, x + 20.0 * (i + 1) as f32);
            let corners = [[x0, y], [x1, y], [x1, y + 25.0], [x0, y + 25.0]];
            SeenChar { c, corners, confidence: 0.9 }
        };
        text.chars().enumerate().map(seen).collect()
    }

    #[test]
    fn lines_come_from_top_to_bottom_and_from_left_to_right() {
        let seen = [line("丙丁", 10.0, 100.0), line("乙", 200.0, 12.0), line("甲", 10.0, 10.0)];
        let glyphs = glyphs(&seen, 0.5).concat();
        assert_eq!(glyphs.iter().map(|g| g.c).collect::<String>(), "甲乙丙丁");
        assert_eq!(glyphs[0].rect, Rect::new(5.0, 5.0, 15.0, 17.5));
        assert_eq!(glyphs[0].confidence, Some(90));
        assert!((glyphs[0].size - 10.0).abs() < 0.01);
    }
}
