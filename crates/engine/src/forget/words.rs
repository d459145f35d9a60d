//! The words of removed documents, to be recognised in what was written from them. What is kept are
//! numbers of short runs of their text, so that a large library costs a fraction of its size. Not here:
//! what is done with a text that holds some.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};

/// Bytes of a run, without white space: eight Chinese characters, or some five English words. A name
/// or a turn of speech is shorter.
const RUN: usize = 24;
/// Of the removed text every eighth run is kept, of a text in question every one is looked at: what
/// both share is found from `RUN + STEP - 1` bytes on, wherever it begins.
const STEP: usize = 8;

/// Numbers of runs need no second hashing.
#[derive(Clone, Copy, Default)]
struct AsItIs;

impl BuildHasher for AsItIs {
    type Hasher = Number;
    fn build_hasher(&self) -> Number {
        Number(0)
    }
}

struct Number(u64);

impl Hasher for Number {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// Runs of removed text.
#[derive(Default)]
pub(super) struct Words {
    runs: HashSet<u64, AsItIs>,
}

impl Words {
    /// Adds a text that was removed.
    pub(super) fn add(&mut self, text: &str) {
        let folded = folded(text);
        let runs = folded.as_bytes().windows(RUN).step_by(STEP);
        self.runs.extend(runs.map(number));
        // The end would otherwise be missed by up to a step.
        self.runs.extend(folded.as_bytes().last_chunk::<RUN>().map(|run| number(run)));
    }

    /// Whether a text holds words of what was removed that stand in none of `kept`, which are folded.
    pub(super) fn are_in(&self, text: &str, kept: &[String]) -> bool {
        let folded = folded(text);
        let shared = folded.as_bytes().windows(RUN).filter(|run| self.runs.contains(&number(run)));
        let is_kept = |run: &[u8]| {
            kept.iter().any(|text| text.as_bytes().windows(RUN).any(|window| window == run))
        };
        shared.into_iter().any(|run| !is_kept(run))
    }
}

/// A text as it is compared: lines break elsewhere in an answer, and tables have bars.
pub(super) fn folded(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '|' | '\\' | '*'));
    kept.flat_map(char::to_lowercase).collect()
}

/// A multiplicative hash: every byte of every prompt that is kept is looked at with it.
fn number(run: &[u8]) -> u64 {
    let words = run.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
    let mixed = words.fold(0_u64, |mixed, word| {
        (mixed.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    });
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REMOVED: &str =
        "The keeper of the northern lamp kept forty barrels\nof whale oil in the cellar.";

    fn check(text: &str, expected: bool) {
        let mut words = Words::default();
        words.add(REMOVED);
        words.add("灯塔的看守人在东边的地窖里藏了四十桶鲸油。");
        assert_eq!(words.are_in(text, &[]), expected, "{text}");
    }

    #[test]
    fn a_run_is_found_wherever_it_begins_and_however_it_is_set() {
        check("He KEPT forty barrels of whale oil in the cellar, they say.", true);
        check("| forty barrels of **whale oil** in the |", true);
        check("据说，看守人在东边的地窖里藏了四十桶油", true);
        check("The keeper of a lamp had oil.", false);
        check("灯塔的看守人有鲸油", false);
    }

    #[test]
    fn words_that_something_kept_says_too_are_its_own() {
        let mut words = Words::default();
        words.add(REMOVED);
        let kept = [folded(REMOVED)];
        assert!(!words.are_in(REMOVED, &kept));
    }
}
