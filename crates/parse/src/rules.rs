//! The straight level and upright lines a page draws: what tables are ruled with. Edges of filled
//! rectangles count too, as cells are often told apart by shading alone.
//!
//! What the lines mean is not decided here but in `layout::tables`.

use crate::frame::Frame;
use pdfium_render::prelude::{
    PdfPage, PdfPageObjectsCommon, PdfPagePathObject, PdfPathFillMode, PdfPathSegmentType as Kind,
    PdfPathSegments,
};

/// At most this many objects of a page are looked at, and this many lines kept: a page with more is
/// a drawing.
const MAX_OBJECTS: usize = 20_000;
const MAX_RULES: usize = 1_500;
/// At most this many segments of a path are looked at.
const MAX_SEGMENTS: u32 = 400;
/// Filled shapes up to this thickness in points are lines.
const THICKEST: f32 = 3.0;
/// Shorter lines are parts of letters, arrows or dashes.
const SHORTEST: f32 = 5.0;
/// How far a line may lean and still be level, in points.
const LEAN: f32 = 0.7;

/// A line along one axis, in points on the page as seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    /// Where it lies on the other axis.
    pub at: f32,
    /// Its start.
    pub from: f32,
    /// Its end.
    pub to: f32,
    /// Whether it is the edge of a filled shape rather than a line.
    pub edge: bool,
}

impl Rule {
    pub(crate) fn length(&self) -> f32 {
        self.to - self.from
    }
}

/// The lines of a page, ends and overlaps joined, from top to bottom and from left to right.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rules {
    pub level: Vec<Rule>,
    pub upright: Vec<Rule>,
}

/// Gathers the lines of a page.
pub(crate) fn read(page: &PdfPage<'_>, frame: &Frame) -> Rules {
    let mut rules = Rules::default();
    let objects = page.objects();
    for index in 0..objects.len().min(MAX_OBJECTS) {
        let Ok(object) = objects.get(index) else { continue };
        let Some(path) = object.as_path_object() else { continue };
        rules.add_path(path, frame);
        if rules.level.len() + rules.upright.len() > MAX_RULES {
            return Rules::default();
        }
    }
    Rules { level: joined(rules.level), upright: joined(rules.upright) }
}

type Point = (f32, f32);

impl Rules {
    fn add_path(&mut self, path: &PdfPagePathObject<'_>, frame: &Frame) {
        let Ok(matrix) = path.matrix() else { return };
        let stroked = path.is_stroked().unwrap_or(false);
        let filled = path.fill_mode().is_ok_and(|mode| mode != PdfPathFillMode::None);
        let segments = path.segments().transform(matrix);
        let mut shape: Vec<Point> = Vec::new();
        for index in 0..segments.len().min(MAX_SEGMENTS) {
            let Ok(segment) = segments.get(index) else { break };
            let (x, y) = segment.point();
            let point = frame.point(x.value, y.value);
            match segment.segment_type() {
                Kind::MoveTo => {
                    self.add_shape(&shape, stroked, filled);
                    shape = vec![point];
                }
                Kind::LineTo => shape.push(point),
                Kind::BezierTo | Kind::Unknown => return,
            }
            if segment.is_close() {
                shape.extend(shape.first().copied());
            }
        }
        self.add_shape(&shape, stroked, filled);
    }

    fn add_shape(&mut self, shape: &[Point], stroked: bool, filled: bool) {
        if shape.len() < 2 || shape.iter().any(|(x, y)| !x.is_finite() || !y.is_finite()) {
            return;
        }
        if stroked {
            shape.windows(2).for_each(|ends| self.add_line(ends[0], ends[1], false));
        } else if filled && (4..=6).contains(&shape.len()) {
            self.add_filled(shape);
        }
    }

    /// A thin shape is a line, a larger one has four edges.
    fn add_filled(&mut self, shape: &[Point]) {
        let range = |values: &mut dyn Iterator<Item = f32>| {
            values.fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        let (x0, x1) = range(&mut shape.iter().map(|p| p.0));
        let (y0, y1) = range(&mut shape.iter().map(|p| p.1));
        let (x, y) = (f32::midpoint(x0, x1), f32::midpoint(y0, y1));
        if y1 - y0 <= THICKEST {
            self.add_line((x0, y), (x1, y), false);
        } else if x1 - x0 <= THICKEST {
            self.add_line((x, y0), (x, y1), false);
        } else {
            for y in [y0, y1] {
                self.add_line((x0, y), (x1, y), true);
            }
            for x in [x0, x1] {
                self.add_line((x, y0), (x, y1), true);
            }
        }
    }

    fn add_line(&mut self, a: Point, b: Point, edge: bool) {
        let (dx, dy) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        let rule =
            |at: f32, from: f32, to: f32| Rule { at, from: from.min(to), to: from.max(to), edge };
        if dy <= LEAN && dx >= SHORTEST {
            self.level.push(rule(f32::midpoint(a.1, b.1), a.0, b.0));
        } else if dx <= LEAN && dy >= SHORTEST {
            self.upright.push(rule(f32::midpoint(a.0, b.0), a.1, b.1));
        }
    }
}

/// Lines on one another, or end to end, are one line.
const SAME_PLACE: f32 = 1.0;
const END_TO_END: f32 = 2.0;

fn joined(mut rules: Vec<Rule>) -> Vec<Rule> {
    rules.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut done: Vec<Rule> = Vec::with_capacity(rules.len());
    for group in rules.chunk_by_mut(|a, b| b.at - a.at <= SAME_PLACE) {
        group.sort_by(|a, b| a.from.total_cmp(&b.from));
        let start = done.len();
        for rule in group.iter() {
            match done[start..].last_mut() {
                Some(last) if rule.from - last.to <= END_TO_END => {
                    last.to = last.to.max(rule.to);
                    last.edge &= rule.edge;
                }
                _ => done.push(*rule),
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(at: f32, from: f32, to: f32) -> Rule {
        Rule { at, from, to, edge: false }
    }

    #[test]
    fn lines_end_to_end_are_one() {
        let rules = vec![rule(10.0, 0.0, 50.0), rule(10.4, 50.5, 90.0), rule(30.0, 0.0, 90.0)];
        assert_eq!(joined(rules), [rule(10.0, 0.0, 90.0), rule(30.0, 0.0, 90.0)]);
    }

    #[test]
    fn a_thin_shape_is_a_line_and_a_large_one_has_edges() {
        let mut rules = Rules::default();
        let rectangle = |w: f32, h: f32| [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)];
        rules.add_shape(&rectangle(100.0, 1.0), false, true);
        assert_eq!((rules.level.len(), rules.upright.len()), (1, 0));
        rules.add_shape(&rectangle(100.0, 20.0), false, true);
        assert_eq!((rules.level.len(), rules.upright.len()), (3, 2));
        assert!(rules.level[1].edge);
    }
}
