//! From how likely each pixel is text to rectangles around lines (the post-processing of Liao et al.
//! 2020, "Real-time Scene Text Detection with Differentiable Binarization").

use crate::geometry::{Point, Quad, least_rectangle};
use crate::network::Map;

/// A pixel this likely is text. Of PP-OCR.
const TEXT: f32 = 0.3;
/// A rectangle whose pixels are this likely on average is kept. Of `RapidOCR` for PP-OCRv6.
const KEPT: f32 = 0.5;
/// The network marks the inner part of a line; area times this by perimeter is how much is missing on
/// each side. Of `RapidOCR` for PP-OCRv6.
const UNCLIP: f32 = 1.6;
/// Rectangles lower than this are specks.
const LEAST_HEIGHT: f32 = 2.0;
/// More rectangles than this no page has; the rest is left out.
const MOST: usize = 3000;

/// Pixels that hang together.
struct Region {
    /// The outer corners of the first and last pixel of each row.
    outline: Vec<Point>,
    likelihood: f32,
}

/// Rectangles around lines, in pixels of the map.
pub(crate) fn rectangles(likelihood: &Map) -> Vec<Quad> {
    let mut seen = vec![false; likelihood.numbers.len()];
    let mut quads = Vec::new();
    for at in 0..seen.len() {
        if seen[at] || likelihood.numbers[at] < TEXT || quads.len() >= MOST {
            continue;
        }
        quads.extend(rectangle(region(likelihood, at, &mut seen)));
    }
    quads
}

fn rectangle(region: Region) -> Option<Quad> {
    let Region { outline, likelihood } = region;
    let quad = least_rectangle(outline)?;
    let (length, height) = (quad.length(), quad.height());
    let area = length * height;
    if length.min(height) < LEAST_HEIGHT || likelihood < KEPT * area {
        return None;
    }
    Some(quad.grown(area * UNCLIP / (2.0 * (length + height))))
}

/// All pixels that hang together with one, by their sides and corners.
fn region(likelihood: &Map, first: usize, seen: &mut [bool]) -> Region {
    let (width, height) = (likelihood.width, likelihood.height);
    let mut rows: std::collections::BTreeMap<usize, [usize; 2]> = std::collections::BTreeMap::new();
    let mut sum = 0.0;
    let mut waiting = vec![first];
    seen[first] = true;
    while let Some(at) = waiting.pop() {
        let (x, y) = (at % width, at / width);
        sum += likelihood.numbers[at];
        let ends = rows.entry(y).or_insert([x, x]);
        *ends = [ends[0].min(x), ends[1].max(x)];
        for y in y.saturating_sub(1)..(y + 2).min(height) {
            for x in x.saturating_sub(1)..(x + 2).min(width) {
                let next = y * width + x;
                if !seen[next] && likelihood.numbers[next] >= TEXT {
                    seen[next] = true;
                    waiting.push(next);
                }
            }
        }
    }
    let corners = rows.iter().flat_map(|(y, [left, right])| {
        let (above, below) = (*y as f32, (y + 1) as f32);
        let (left, right) = (*left as f32, (right + 1) as f32);
        [[left, above], [right, above], [left, below], [right, below]]
    });
    Region { outline: corners.collect(), likelihood: sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(width: usize, numbers: Vec<f32>) -> Map {
        Map { height: numbers.len() / width, width, channels: 1, numbers }
    }

    #[test]
    fn two_bars_are_two_rectangles_grown_by_what_is_missing() {
        let mut numbers = vec![0.0; 40 * 30];
        for (y, x) in (5..9).chain(20..24).flat_map(|y| (10..30).map(move |x| (y, x))) {
            numbers[y * 40 + x] = 0.9;
        }
        let quads = rectangles(&map(40, numbers));
        assert_eq!(quads.len(), 2);
        let by = 80.0 * UNCLIP / 48.0;
        assert!((quads[0].height() - (4.0 + 2.0 * by)).abs() < 1e-3);
        assert!((quads[0].corners[0][0] - (10.0 - by)).abs() < 1e-3);
    }

    #[test]
    fn specks_and_doubtful_regions_are_left_out() {
        let mut numbers = vec![0.0; 400];
        numbers[5] = 1.0;
        numbers[100..140].fill(0.35);
        assert!(rectangles(&map(20, numbers)).is_empty());
    }

    proptest! {
        #[test]
        fn any_map_is_taken(width in 1_usize..40, numbers in prop::collection::vec(0.0_f32..1.0, 0..800)) {
            let whole = numbers.len() / width * width;
            let quads = rectangles(&map(width, numbers[..whole].to_vec()));
            prop_assert!(quads.iter().flat_map(|q| q.corners).flatten().all(f32::is_finite));
        }
    }
}
