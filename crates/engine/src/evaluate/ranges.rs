//! How much of what a question is about stands in the passages that are shown, and how much else:
//! recall, precision and intersection over union of characters (Smith & Troynikov, "Evaluating
//! Chunking Strategies for Retrieval", 2024, who count tokens). This judges splitting, which ranks
//! of documents cannot.

use std::ops::Range;

/// Passages that are looked at.
pub(super) const SHOWN: usize = 5;

/// The three shares of one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shares {
    pub recall: f64,
    pub precision: f64,
    pub iou: f64,
}

/// Characters of a document, which is named.
pub(super) type Place<'a> = (&'a str, Range<u32>);

/// Compares what was shown with what should have been; what is shown twice counts once.
pub(super) fn shares(shown: &[Place<'_>], gold: &[Place<'_>]) -> Shares {
    let (shown, gold) = (apart(shown), apart(gold));
    let common: u32 = shown
        .iter()
        .flat_map(|(document, a)| {
            gold.iter().filter(move |(d, _)| d == document).map(move |(_, b)| (a, b))
        })
        .map(|(a, b)| a.end.min(b.end).saturating_sub(a.start.max(b.start)))
        .sum();
    let (shown, gold) = (length(&shown), length(&gold));
    let share = |of: u32| f64::from(common) / f64::from(of.max(1));
    Shares { recall: share(gold), precision: share(shown), iou: share(shown + gold - common) }
}

/// The same characters as ranges that do not overlap.
fn apart<'a>(places: &[Place<'a>]) -> Vec<Place<'a>> {
    let mut sorted = places.to_vec();
    sorted.sort_by_key(|(document, range)| (*document, range.start));
    let mut apart: Vec<Place<'a>> = Vec::new();
    for (document, range) in sorted {
        match apart.last_mut() {
            Some((last, before)) if *last == document && before.end >= range.start => {
                before.end = before.end.max(range.end);
            }
            _ => apart.push((document, range)),
        }
    }
    apart
}

fn length(places: &[Place<'_>]) -> u32 {
    places.iter().map(|(_, range)| range.end.saturating_sub(range.start)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shown: &[Place<'_>], gold: &[Place<'_>], expected: [f64; 3]) {
        let Shares { recall, precision, iou } = shares(shown, gold);
        for (found, expected) in [recall, precision, iou].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{recall} {precision} {iou}");
        }
    }

    #[test]
    fn characters_are_counted_once_and_by_document() {
        check(&[("a", 0..10)], &[("a", 5..15)], [0.5, 0.5, 5.0 / 15.0]);
        check(&[("a", 0..10), ("a", 5..20)], &[("a", 5..15)], [1.0, 0.5, 0.5]);
        check(&[("b", 0..10)], &[("a", 0..10)], [0.0, 0.0, 0.0]);
        check(&[], &[("a", 0..10)], [0.0, 0.0, 0.0]);
    }
}
