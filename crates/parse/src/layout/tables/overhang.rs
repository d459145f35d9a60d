//! Cells longer than their columns' gaps: where a row's own edges are, when its text reaches over
//! the gutter that the other rows show.

use super::bands::Band;
use super::build::is_number;
use super::columns::{Stretch, pieces, stretches};
use crate::glyph::Glyph;

/// Cells of a column begin, end or have their middle within so many font sizes of one another.
const SAME_EDGE: f32 = 0.3;
/// An edge is a column's own when this share of its cells has it …
const OWN_EDGE: f32 = 0.6;
/// … and so many cells at least show it.
const LEAST_CELLS: usize = 2;

/// How the cells of a column stand: what most of them share.
#[derive(Clone, Copy, Debug, Default)]
struct Alignment {
    left: Option<f32>,
    right: Option<f32>,
    middle: Option<f32>,
    /// From the leftmost to the rightmost of its cells; `None` for an empty column.
    reach: Option<Stretch>,
    /// Whether most of its cells are numbers.
    numbers: bool,
}

impl Alignment {
    fn of(cells: &[(Stretch, bool)], size: f32) -> Self {
        let shared = |at: fn(&Stretch) -> f32| {
            let places: Vec<f32> = cells.iter().map(|(cell, _)| at(cell)).collect();
            let near =
                |x: f32| places.iter().filter(|p| (**p - x).abs() < size * SAME_EDGE).count();
            let best = places.iter().copied().max_by_key(|x| near(*x))?;
            let enough =
                near(best) >= LEAST_CELLS && near(best) as f32 >= places.len() as f32 * OWN_EDGE;
            enough.then_some(best)
        };
        Self {
            left: shared(|s| s.0),
            right: shared(|s| s.1),
            middle: shared(|s| f32::midpoint(s.0, s.1)),
            reach: cells.iter().map(|(s, _)| *s).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))),
            numbers: cells.iter().filter(|(_, number)| *number).count() * 2 > cells.len(),
        }
    }

    /// Whether a piece of text stands as the column's cells do.
    fn holds(&self, (from, to): Stretch, size: f32) -> bool {
        let near =
            |edge: Option<f32>, at: f32| edge.is_some_and(|e| (e - at).abs() < size * SAME_EDGE);
        near(self.left, from) || near(self.right, to) || near(self.middle, f32::midpoint(from, to))
    }
}

/// The edges of columns on every band: `xs`, but where a cell reaches over a gutter and the text
/// after it stands as the next column's cells do, the gap between the two; and where a row's words
/// stand one in each column, though beside its other cells, the gaps between these.
/// `names_groups` says of a band and a column whether both it and the next have names below.
pub(super) fn edges(
    bands: &[Band],
    xs: &[f32],
    size: f32,
    names_groups: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<f32>> {
    let columns = |without: Option<usize>| -> Vec<Alignment> {
        let others: Vec<&Band> =
            bands.iter().enumerate().filter(|(i, _)| Some(*i) != without).map(|(_, b)| b).collect();
        let alignment = |c| Alignment::of(&own_cells(&others, (xs[c], xs[c + 1])), size);
        (0..xs.len() - 1).map(alignment).collect()
    };
    let all = columns(None);
    let of_band = |(i, band): (usize, &Band)| {
        let edges = edges_of(band, xs, &all, size);
        let (parts, row) = (pieces(&band.glyphs), stretches(&band.glyphs));
        let crossed = |at: &usize| parts.iter().any(|s| crosses(*s, edges[*at]));
        let mut open = (1..xs.len() - 1).filter(crossed).peekable();
        let crowded =
            |at: usize| row.iter().filter(|s| s.0 > xs[at] && s.1 < xs[at + 1]).count() > 1;
        let names = i == 0 && (0..xs.len() - 1).any(crowded);
        if (open.peek().is_none() && !names) || open.any(|at| names_groups(i, at - 1)) {
            return edges;
        }
        in_order(&row, xs, &columns(Some(i))).unwrap_or(edges)
    };
    bands.iter().enumerate().map(of_band).collect()
}

fn crosses((from, to): Stretch, x: f32) -> bool {
    from < x - 1.0 && to > x + 1.0
}

fn overlap(a: Stretch, b: Stretch) -> f32 {
    a.1.min(b.1) - a.0.max(b.0)
}

/// The edges of a row whose stretches each belong to another column, the nearest ones in order: a
/// name set to the left over numbers set to the right stands over none of them. `None` where one
/// reaches over cells of two columns.
fn in_order(row: &[Stretch], xs: &[f32], columns: &[Alignment]) -> Option<Vec<f32>> {
    let away = |s: Stretch, c: usize| columns[c].reach.map_or(0.0, |own| -overlap(s, own).min(0.0));
    let beside = |s: Stretch, c: usize| {
        let near = s.1 > xs[c.saturating_sub(1)] && s.0 < xs[(c + 2).min(xs.len() - 1)];
        near && columns.iter().enumerate().all(|(other, column)| {
            other == c || column.reach.is_none_or(|own| overlap(s, own) < 1.0)
        })
    };
    // best[c]: the least distance of the stretches so far with the last one in column c.
    let mut best: Vec<Option<(f32, Vec<usize>)>> = vec![Some((0.0, Vec::new())); 1];
    for (n, stretch) in row.iter().enumerate() {
        let mut next: Vec<Option<(f32, Vec<usize>)>> = vec![None; columns.len()];
        for c in (0..columns.len()).filter(|c| beside(*stretch, *c)) {
            let before = if n == 0 { best.iter() } else { best[..c.min(best.len())].iter() };
            let least = before.flatten().min_by(|a, b| a.0.total_cmp(&b.0));
            next[c] = least.map(|(sum, places)| {
                (sum + away(*stretch, c), places.iter().copied().chain([c]).collect())
            });
        }
        best = next;
    }
    let (_, places) = best.into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut edges = xs.to_vec();
    for (pair, at) in row.windows(2).zip(places.windows(2)) {
        let middle = f32::midpoint(pair[0].1, pair[1].0);
        for edge in &mut edges[at[0] + 1..=at[1]] {
            if crosses(pair[0], *edge)
                || crosses(pair[1], *edge)
                || *edge < pair[0].1
                || *edge > pair[1].0
            {
                *edge = middle;
            }
        }
    }
    let (first, last) = (*places.first()?, *places.last()?);
    edges[1..=first].iter_mut().for_each(|edge| *edge = edge.min(row[0].0 - 0.1));
    let end = row[row.len() - 1].1;
    let inner = edges.len() - 1;
    edges[last + 1..inner].iter_mut().for_each(|edge| *edge = edge.max(end + 0.1));
    Some(edges)
}

/// The pieces of text that lie in a column whole, and whether each is a number.
fn own_cells(bands: &[&Band], (from, to): Stretch) -> Vec<(Stretch, bool)> {
    let within = |s: &Stretch| s.0 >= from - 1.0 && s.1 <= to + 1.0;
    let cells = bands.iter().flat_map(|band| {
        let own = stretches(&band.glyphs).into_iter().filter(within);
        own.map(|s| (s, is_number(&text(&band.glyphs, s)))).collect::<Vec<_>>()
    });
    cells.collect()
}

fn text(glyphs: &[Glyph], (from, to): Stretch) -> String {
    let mut inside: Vec<&Glyph> =
        glyphs.iter().filter(|g| g.rect.centre().0 >= from && g.rect.centre().0 <= to).collect();
    inside.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    inside.iter().map(|g| g.c).collect()
}

fn edges_of(band: &Band, xs: &[f32], columns: &[Alignment], size: f32) -> Vec<f32> {
    let mut edges = xs.to_vec();
    let whole = stretches(&band.glyphs);
    let parts = pieces(&band.glyphs);
    for at in 1..xs.len() - 1 {
        let Some(stretch) = whole.iter().find(|s| crosses(**s, xs[at])) else { continue };
        // What begins in the column to the left and ends at the latest where the next one ends.
        let reach = (edges[at - 1].max(stretch.0 - 1.0), xs[at + 1]);
        if let Some(edge) = gap(band, &parts, reach, (&columns[at - 1], &columns[at]), size) {
            edges[at] = edge;
        }
    }
    edges
}

/// The gap between two pieces of a row that parts the cell of one column from the next one's.
fn gap(
    band: &Band,
    parts: &[Stretch],
    (from, to): Stretch,
    (left, right): (&Alignment, &Alignment),
    size: f32,
) -> Option<f32> {
    let near: Vec<Stretch> =
        parts.iter().filter(|s| s.0 >= from - 1.0 && s.1 <= to + 1.0).copied().collect();
    let (first, last) = (near.first()?, near.last()?);
    let width = |pair: &[Stretch]| pair[1].0 - pair[0].1;
    // Names of columns stand over numbers; in other rows a number follows.
    let names = !parts.iter().any(|s| is_number(&text(&band.glyphs, *s)));
    let parted = near.windows(2).filter(|pair| {
        let (before, after) = ((first.0, pair[0].1), (pair[1].0, last.1));
        left.holds(before, size)
            && right.holds(after, size)
            && (names || !right.numbers || is_number(&text(&band.glyphs, after)))
    });
    let best = parted.max_by(|a, b| width(a).total_cmp(&width(b)))?;
    // Words of one cell stand no further apart than two cells.
    let spaces = near.windows(2).filter(|pair| pair[1].0 <= best[0].1).map(width);
    let widest = spaces.fold(0.0, f32::max);
    (width(best) >= widest - 0.1).then(|| f32::midpoint(best[0].1, best[1].0))
}
