//! Columns told apart by the gaps between them.

use crate::glyph::Glyph;

/// A gap of this many font sizes parts two stretches of text: wider than most spaces between words.
const STRETCH_GAP: f32 = 0.38;
/// A gap of this many font sizes parts two words.
const WORD_GAP: f32 = 0.2;
/// A gutter between columns is at least this wide, in font sizes …
const GUTTER: f32 = 0.75;
/// … wider where only two rows bear it out …
const GUTTER_OF_TWO: f32 = 1.4;
/// … and narrower where so many do: spaces of as many lines of prose do not fall together.
const GUTTER_OF_MANY: f32 = 0.42;
const MANY: usize = 6;
/// One row in so many may reach across a gutter: a cell that spans columns.
const ACROSS: usize = 6;

/// A stretch of text on a row, from its left to its right edge.
pub(super) type Stretch = (f32, f32);

/// The stretches of the characters of one row.
pub(super) fn stretches(row: &[Glyph]) -> Vec<Stretch> {
    apart(row, STRETCH_GAP)
}

/// The pieces of text of one row that spaces part.
pub(super) fn pieces(row: &[Glyph]) -> Vec<Stretch> {
    apart(row, WORD_GAP)
}

/// The words of the characters of one row, numbers apart from the letters after them.
pub(super) fn words(row: &[Glyph]) -> Vec<Stretch> {
    let seams = changes(row);
    let mut words = Vec::new();
    for (from, to) in pieces(row) {
        let mut start = from;
        for seam in seams.iter().filter(|x| **x > from + 0.1 && **x < to - 0.1) {
            words.push((start, *seam));
            start = *seam;
        }
        words.push((start, to));
    }
    words
}

/// How many parts of a row stand as far apart as columns do.
pub(super) fn parts(row: &[Glyph]) -> usize {
    apart(row, GUTTER).len()
}

fn apart(row: &[Glyph], least: f32) -> Vec<Stretch> {
    let mut boxes: Vec<(f32, f32, f32)> =
        row.iter().filter(|g| !g.is_space()).map(|g| (g.rect.x0, g.rect.x1, g.size)).collect();
    boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut stretches: Vec<Stretch> = Vec::new();
    for (x0, x1, size) in boxes {
        match stretches.last_mut() {
            Some(open) if x0 - open.1 < size * least => open.1 = open.1.max(x1),
            _ => stretches.push((x0, x1)),
        }
    }
    stretches
}

/// The middles of the gutters that part the rows into columns, from left to right.
pub(super) fn gutters(rows: &[Vec<Stretch>], size: f32) -> Vec<f32> {
    let parted: Vec<&Vec<Stretch>> = rows.iter().filter(|row| row.len() > 1).collect();
    if parted.len() < 2 {
        return Vec::new();
    }
    let least = match parted.len() {
        2 => GUTTER_OF_TWO,
        n if n < MANY => GUTTER,
        _ => GUTTER_OF_MANY,
    };
    let may_cross = parted.len() / ACROSS;
    let found = empty_runs(&parted, may_cross)
        .into_iter()
        .filter(|(from, to)| to - from >= least * size)
        .map(|(from, to)| f32::midpoint(from, to))
        .filter(|x| parts_enough(&parted, *x))
        .collect();
    without_names(without_slivers(found, &parted), &parted)
}

/// Where numbers set to the right meet words set to the left, as in a spreadsheet's first columns:
/// the same place in nearly all of many rows, though there may be no gap at all.
pub(super) fn seams(rows: &[Vec<Glyph>]) -> Vec<f32> {
    let mut places: Vec<f32> = rows.iter().flat_map(|row| changes(row)).collect();
    places.sort_by(f32::total_cmp);
    let groups = places.chunk_by(|a, b| b - a < SAME_SEAM);
    groups
        .filter(|group| rows.len() >= MANY && group.len() * 5 >= rows.len() * 4)
        .map(|group| group[group.len() / 2])
        .collect()
}

/// Seams are within so many points of one another from row to row.
const SAME_SEAM: f32 = 0.6;

/// Where a row goes from a digit to a letter without a space.
fn changes(row: &[Glyph]) -> Vec<f32> {
    let mut glyphs: Vec<&Glyph> = row.iter().filter(|g| !g.is_space()).collect();
    glyphs.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    let meets = |w: &&[&Glyph]| {
        w[0].c.is_ascii_digit()
            && w[1].c.is_alphabetic()
            && (w[1].rect.x0 - w[0].rect.x1).abs() < w[0].size * GUTTER_OF_MANY
    };
    glyphs.windows(2).filter(meets).map(|w| f32::midpoint(w[0].rect.x1, w[1].rect.x0)).collect()
}

/// A header set in the middle of its column can look like a column of its own beside short cells;
/// then a longer cell reaches across the gutter between.
fn without_slivers(mut gutters: Vec<f32>, rows: &[&Vec<Stretch>]) -> Vec<f32> {
    let crossed = |x: f32| rows.iter().any(|row| row.iter().any(|s| s.0 < x && s.1 > x));
    let mut i = 0;
    while i < gutters.len() {
        let left = if i == 0 { f32::MIN } else { gutters[i - 1] };
        let right = gutters.get(i + 1).copied().unwrap_or(f32::MAX);
        let own = |from: f32, to: f32| {
            rows.iter().filter(|row| row.iter().any(|s| s.0 >= from && s.1 <= to)).count()
        };
        let few = own(left, gutters[i]).min(own(gutters[i], right)) * 4 <= rows.len();
        if few && crossed(gutters[i]) {
            gutters.remove(i);
        } else {
            i += 1;
        }
    }
    gutters
}

/// A name that stands in the gap before its column or after it, as those set to the left over
/// numbers set to the right do, is no column: the first row alone has text there, and none in the
/// column beside.
fn without_names(mut gutters: Vec<f32>, rows: &[&Vec<Stretch>]) -> Vec<f32> {
    if rows.len() < 3 {
        return gutters;
    }
    let mut column = 0;
    while column < gutters.len() {
        let edge = |i: usize| match i {
            0 => f32::MIN,
            i => gutters.get(i - 1).copied().unwrap_or(f32::MAX),
        };
        let filled = |c: usize| -> Vec<bool> {
            let (from, to) = (edge(c), edge(c + 1));
            let holds = |row: &&Vec<Stretch>| row.iter().any(|s| s.0 >= from && s.1 <= to);
            rows.iter().map(holds).collect()
        };
        let is_name = |c: &[bool]| c[0] && !c[1..].contains(&true);
        let (here, next) = (filled(column), filled(column + 1));
        let name_first = is_name(&here) && !next[0];
        let name_last = is_name(&next) && !here[0];
        if name_first || name_last {
            gutters.remove(column);
        } else {
            column += 1;
        }
    }
    gutters
}

/// Runs of x between the outermost stretches that at most `may_cross` rows cover.
fn empty_runs(rows: &[&Vec<Stretch>], may_cross: usize) -> Vec<(f32, f32)> {
    let mut events: Vec<(f32, i32)> =
        rows.iter().flat_map(|row| row.iter()).flat_map(|s| [(s.0, 1), (s.1, -1)]).collect();
    events.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut runs = Vec::new();
    let (mut open, mut since) = (0, None);
    for (x, step) in events {
        let before = open;
        open += step;
        let limit = may_cross as i32;
        if before > limit && open <= limit {
            since = Some(x);
        } else if before <= limit && open > limit {
            runs.extend(since.take().map(|from| (from, x)));
        }
    }
    runs
}

/// Text on both sides of a gutter in a third of the rows at least, and in two.
fn parts_enough(rows: &[&Vec<Stretch>], x: f32) -> bool {
    let parted = rows
        .iter()
        .filter(|row| row.iter().any(|s| s.1 <= x) && row.iter().any(|s| s.0 >= x))
        .count();
    parted >= 2 && parted * 3 >= rows.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gutters_stand_where_every_row_has_a_gap() {
        let rows = vec![
            vec![(0.0, 40.0), (60.0, 90.0), (120.0, 150.0)],
            vec![(0.0, 20.0), (62.0, 100.0), (125.0, 150.0)],
            vec![(0.0, 45.0), (60.0, 80.0), (121.0, 140.0)],
        ];
        assert_eq!(gutters(&rows, 10.0), [52.5, 110.0]);
    }

    #[test]
    fn one_row_has_no_columns() {
        assert!(gutters(&[vec![(0.0, 10.0), (50.0, 60.0)]], 10.0).is_empty());
    }
}
