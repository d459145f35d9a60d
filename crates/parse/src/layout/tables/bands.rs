//! Rows told apart by the lines of text they hold.

use crate::glyph::Glyph;

/// Characters are taken this much lower than their boxes, so that tight lines stay apart.
const TRIM: f32 = 0.22;
/// Gaps that differ by this many font sizes are of two kinds: within a row and between rows.
const TWO_KINDS: f32 = 0.35;

/// Wide gaps that are fewer than one in so many part groups of rows.
const MOST_LINES: usize = 4;

/// Characters at one height, with the top and bottom they reach.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) y0: f32,
    pub(super) y1: f32,
    pub(super) glyphs: Vec<Glyph>,
}

/// Characters that overlap in height, from top to bottom. Cells set in the middle of a row whose
/// other cells have two lines make one band of it.
pub(super) fn of(glyphs: &[Glyph]) -> Vec<Band> {
    let mut sorted: Vec<Glyph> = glyphs.iter().filter(|g| !g.is_space()).copied().collect();
    sorted.sort_by(|a, b| a.rect.y0.total_cmp(&b.rect.y0));
    let mut bands: Vec<Band> = Vec::new();
    for glyph in sorted {
        let trim = glyph.rect.height() * TRIM;
        let (y0, y1) = (glyph.rect.y0 + trim, glyph.rect.y1 - trim);
        match bands.last_mut() {
            Some(band) if y0 < band.y1 => {
                band.y0 = band.y0.min(y0);
                band.y1 = band.y1.max(y1);
                band.glyphs.push(glyph);
            }
            _ => bands.push(Band { y0, y1, glyphs: vec![glyph] }),
        }
    }
    bands
}

/// Whether a band is a cell's that stands beside two rows, in the middle between them: nearer to
/// both than lines of text are to one another, and with nothing of theirs over or under it.
pub(super) fn is_between(bands: &[Band], i: usize) -> bool {
    let (Some(above), Some(below)) = (i.checked_sub(1).map(|a| &bands[a]), bands.get(i + 1)) else {
        return false;
    };
    let height = bands[i].y1 - bands[i].y0;
    let near = |upper: &Band, lower: &Band| lower.y0 - upper.y1 < height * 0.35;
    let apart = |other: &Band| {
        let clash = |a: &Glyph, b: &Glyph| a.rect.overlap_x(b.rect) > 0.0;
        !bands[i].glyphs.iter().any(|a| other.glyphs.iter().any(|b| clash(a, b)))
    };
    near(above, &bands[i]) && near(&bands[i], below) && apart(above) && apart(below)
}

/// What a band has in each column: `None` where nothing, else whether it is a number.
pub(super) type Filling = Vec<Option<bool>>;

/// Which bands begin a row; the others go on with the row above. A row that goes on fills no column
/// that the row's first band left empty, says no new numbers, and either stands closer than rows do
/// or leaves the first column empty.
pub(super) fn starts(bands: &[Band], fillings: &[Filling], size: f32) -> Vec<bool> {
    let tight = tight_gap(bands, size);
    let mut starts = vec![true; bands.len()];
    let mut first = 0;
    for i in 1..bands.len() {
        let gap = bands[i].y0 - bands[i - 1].y1;
        let near = tight.map_or(gap < size, |limit| gap < limit);
        starts[i] = !(near && goes_on(&fillings[first], &fillings[i], tight.is_some()));
        if starts[i] {
            first = i;
        }
    }
    starts
}

/// The gap under which lines are of one row, where gaps are of two kinds.
fn tight_gap(bands: &[Band], size: f32) -> Option<f32> {
    let mut gaps: Vec<f32> = bands.windows(2).map(|w| w[1].y0 - w[0].y1).collect();
    gaps.sort_by(f32::total_cmp);
    let step = gaps.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    let wide = gaps.iter().filter(|gap| **gap >= step[1]).count();
    let two_kinds = step[1] - step[0] > size * TWO_KINDS && wide * MOST_LINES >= gaps.len();
    two_kinds.then(|| f32::midpoint(step[0], step[1]))
}

fn goes_on(first: &Filling, next: &Filling, by_gap: bool) -> bool {
    let within = first.iter().zip(next).all(|(above, below)| below.is_none() || above.is_some());
    let filled = next.iter().flatten().count();
    let numbers = next.iter().flatten().any(|number| *number);
    let all = filled == first.iter().flatten().count();
    let first_empty = next.first().is_some_and(Option::is_none);
    within && if by_gap { !(all && numbers) } else { first_empty && !numbers && !all }
}
