//! A candidate table as its lines draw it: where columns and rows can end, and where they do.

use super::regions::Lines;
use crate::frame::Rect;
use crate::rules::Rule;

/// Lines closer than this, in points, are one border: double lines, neighbours' edges.
const ONE_BORDER: f32 = 4.5;
/// A border stands where lines cover this share of it.
const COVERED: f32 = 0.6;
/// More columns or rows than this are a drawing.
const MOST: usize = 400;

/// The lines of a candidate, and the positions they lie at.
#[derive(Clone, Debug)]
pub(super) struct Lattice {
    lines: Lines,
    /// Left edges of columns and the last one's right edge.
    pub(super) xs: Vec<f32>,
    /// Top edges of rows and the last one's bottom edge.
    pub(super) ys: Vec<f32>,
}

impl Lattice {
    /// `None` where the lines leave no room for a cell.
    pub(super) fn new(lines: Lines) -> Option<Self> {
        let rect = lines.rect();
        let xs = borders(lines.upright.iter().map(|r| r.at), rect.x0, rect.x1);
        let ys = borders(lines.level.iter().map(|r| r.at), rect.y0, rect.y1);
        let usable = xs.len() >= 2 && ys.len() >= 2 && xs.len() + ys.len() <= MOST;
        usable.then_some(Self { lines, xs, ys })
    }

    pub(super) fn rect(&self) -> Rect {
        let (x, y) = (&self.xs, &self.ys);
        Rect::new(x[0], y[0], x[x.len() - 1], y[y.len() - 1])
    }

    /// Whether upright lines part its columns.
    pub(super) fn has_columns(&self) -> bool {
        self.xs.len() > 2
    }

    /// Whether no line is drawn, only cells or rows shaded.
    pub(super) fn is_shading(&self) -> bool {
        self.lines.upright.iter().chain(&self.lines.level).all(|rule| rule.edge)
    }

    /// Whether lines stand around it alone, as around a listing or a remark.
    pub(super) fn is_frame(&self) -> bool {
        self.xs.len() == 2 && self.ys.len() == 2
    }

    /// Whether an upright line stands at `x` between two heights.
    pub(super) fn upright_at(&self, x: f32, from: f32, to: f32) -> bool {
        covered(&self.lines.upright, x, from, to) >= COVERED
    }

    /// Whether a level line lies at `y` between two places.
    pub(super) fn level_at(&self, y: f32, from: f32, to: f32) -> bool {
        covered(&self.lines.level, y, from, to) >= COVERED
    }

    /// Whether a drawn line, not the edge of shading, lies at `y` over the whole width.
    pub(super) fn ruled_across(&self, y: f32) -> bool {
        let rect = self.rect();
        let drawn: Vec<Rule> = self.lines.level.iter().filter(|r| !r.edge).copied().collect();
        covered(&drawn, y, rect.x0, rect.x1) >= 0.9
    }
}

/// Positions of lines, those of one border as one, with both ends of the whole.
fn borders(at: impl Iterator<Item = f32>, low: f32, high: f32) -> Vec<f32> {
    let mut at: Vec<f32> = at.chain([low, high]).collect();
    at.sort_by(f32::total_cmp);
    at.chunk_by(|a, b| b - a <= ONE_BORDER)
        .map(|group| f32::midpoint(group[0], group[group.len() - 1]))
        .collect()
}

/// The share of a stretch that lines near a position cover.
fn covered(rules: &[Rule], at: f32, from: f32, to: f32) -> f32 {
    let near = rules.iter().filter(|r| (r.at - at).abs() <= ONE_BORDER);
    let mut parts: Vec<(f32, f32)> =
        near.map(|r| (r.from.max(from), r.to.min(to))).filter(|(a, b)| b > a).collect();
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut end) = (0.0, from);
    for (a, b) in parts {
        sum += (b - a.max(end)).max(0.0);
        end = end.max(b);
    }
    sum / (to - from).max(0.1)
}
