//! Results that do not say the same thing twice: near-duplicates are known by their shingles (Broder
//! 1997), and a list is spread over documents by maximal marginal relevance (Carbonell & Goldstein,
//! SIGIR 1998).

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Letters of a shingle.
const SHINGLE: usize = 8;
/// Texts that share so much are one: the same paragraph in two editions, not two paragraphs from one
/// template.
const SAME: f32 = 0.9;

/// A text as the set of its shingles; white space, punctuation and case do not count.
#[derive(Clone, Debug)]
pub struct Shingles(HashSet<u64>);

impl Shingles {
    /// Of a text; one shorter than a shingle is a shingle.
    pub fn of(text: &str) -> Self {
        let letters: Vec<char> =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let windows = letters.windows(SHINGLE.min(letters.len()).max(1));
        Self(windows.map(hash).collect())
    }

    /// Whether two texts are as good as equal (Jaccard similarity of .9 and more).
    pub fn is_same(&self, other: &Self) -> bool {
        let (small, large) = (self.0.len().min(other.0.len()), self.0.len().max(other.0.len()));
        if (small as f32) < SAME * large as f32 {
            return false;
        }
        let shared = self.0.intersection(&other.0).count();
        shared as f32 >= SAME * (small + large - shared) as f32
    }
}

fn hash(letters: &[char]) -> u64 {
    let mut hasher = DefaultHasher::new();
    letters.hash(&mut hasher);
    hasher.finish()
}

/// Places of a ranked list in an order that gives up relevance for what is new. `relevance` and
/// `similarity` are 0 to 1; `weight` is what relevance counts, 1 leaves the list as it is.
pub fn spread(
    relevance: &[f32],
    similarity: impl Fn(usize, usize) -> f32,
    weight: f32,
) -> Vec<usize> {
    let mut left: Vec<usize> = (0..relevance.len()).collect();
    let mut nearest = vec![0.0_f32; relevance.len()];
    let mut chosen = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let worth = |&place: &usize| weight * relevance[place] - (1.0 - weight) * nearest[place];
        let best = (0..left.len())
            .max_by(|a, b| worth(&left[*a]).total_cmp(&worth(&left[*b])).then(b.cmp(a)))
            .unwrap_or(0);
        let place = left.remove(best);
        for other in &left {
            nearest[*other] = nearest[*other].max(similarity(place, *other));
        }
        chosen.push(place);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_paragraph_is_known_in_another_layout() {
        let text = "The committee shall publish its decisions within thirty days of each meeting.";
        let same = |other: &str| Shingles::of(text).is_same(&Shingles::of(other));
        assert!(same(&text.to_uppercase().replace(' ', "\n")));
        assert!(!same("The committee shall publish its reports within thirty days of a meeting."));
        assert!(!same(&text[..40]));
        assert!(Shingles::of("短句").is_same(&Shingles::of("短 句。")));
    }

    #[test]
    fn relevance_gives_way_to_what_is_new() {
        let relevance = [1.0, 0.9, 0.5];
        let alike = |a: usize, b: usize| f32::from(u8::from(a + b == 1));
        assert_eq!(spread(&relevance, alike, 1.0), [0, 1, 2]);
        assert_eq!(spread(&relevance, alike, 0.5), [0, 2, 1]);
        assert!(spread(&[], alike, 0.5).is_empty());
    }
}
