//! From the likeliest character of each step to text with places (Graves et al. 2006,
//! "Connectionist Temporal Classification").

use crate::network::{STEP_WIDTH, Step};
use crate::{LineImage, RecognizedChar};

/// Which characters the network's numbers stand for.
pub(crate) struct Alphabet {
    /// Each may be several code points, as for letters with marks.
    characters: Vec<String>,
}

impl Alphabet {
    /// From the list in the model's file: one a line, 0 being none, the last being a space.
    pub(crate) fn new(list: &str) -> Self {
        let listed = list.strip_suffix('\n').unwrap_or(list).split('\n');
        let mut characters = vec![String::new()];
        characters.extend(listed.map(|c| c.trim_end_matches('\r').to_owned()));
        characters.push(" ".to_owned());
        Self { characters }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.characters.len()
    }
}

/// A run of steps that say the same.
struct Run {
    number: usize,
    /// The middle of the run, in steps.
    middle: f32,
    confidence: f32,
}

/// The characters of a line and where along it they stand.
pub(crate) fn decode(steps: &[Step], alphabet: &Alphabet, image: LineImage) -> Vec<RecognizedChar> {
    let runs = runs(steps);
    let width = image.width.max(1) as f32;
    let place = |middle: f32| (middle + 1.0) * STEP_WIDTH as f32 / width;
    // Nothing is wider than an ideograph, which is about as wide as its line is high.
    let reach = 0.5 * image.height as f32 / width;
    let mut characters = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let here = place(run.middle);
        let before = at.checked_sub(1).map(|at| place(runs[at].middle));
        let after = runs.get(at + 1).map(|run| place(run.middle));
        let start = before.map_or(here - reach, |x| f32::midpoint(x, here).max(here - reach));
        let end = after.map_or(here + reach, |x| f32::midpoint(here, x).min(here + reach));
        let text = alphabet.characters.get(run.number).map_or("", String::as_str);
        characters.extend(text.chars().map(|character| RecognizedChar {
            character,
            start: start.clamp(0.0, 1.0),
            end: end.clamp(0.0, 1.0),
            confidence: run.confidence,
        }));
    }
    trimmed(characters)
}

fn runs(steps: &[Step]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut first = 0;
    for (at, step) in steps.iter().enumerate() {
        let before = at.checked_sub(1).map_or(0, |at| steps[at].character);
        if step.character == 0 {
            continue;
        }
        if step.character == before {
            let run = runs.last_mut().expect("the step before began or continued one");
            run.middle = (first + at) as f32 / 2.0;
            run.confidence = run.confidence.max(step.confidence);
        } else {
            first = at;
            let confidence = step.confidence;
            runs.push(Run { number: step.character, middle: at as f32, confidence });
        }
    }
    runs
}

/// Without spaces at the ends, and with one where there were several.
fn trimmed(characters: Vec<RecognizedChar>) -> Vec<RecognizedChar> {
    let mut kept: Vec<RecognizedChar> = Vec::with_capacity(characters.len());
    for character in characters {
        let space = character.character.is_whitespace();
        if !space || kept.last().is_some_and(|last| !last.character.is_whitespace()) {
            kept.push(character);
        }
    }
    if kept.last().is_some_and(|last| last.character.is_whitespace()) {
        kept.pop();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IMAGE: LineImage = LineImage { width: 80, height: 32 };

    fn steps(numbers: &[usize]) -> Vec<Step> {
        numbers.iter().map(|n| Step { character: *n, confidence: 0.5 }).collect()
    }

    fn check(numbers: &[usize], expected: &str) {
        let characters = decode(&steps(numbers), &Alphabet::new("a\nb\nc"), IMAGE);
        assert_eq!(characters.iter().map(|c| c.character).collect::<String>(), expected);
    }

    #[test]
    fn repeats_are_one_unless_something_stands_between() {
        check(&[0, 1, 1, 0, 1, 2, 2, 3], "aabc");
        check(&[], "");
        check(&[0, 0, 0], "");
    }

    #[test]
    fn spaces_stand_between_and_singly() {
        check(&[4, 1, 4, 0, 4, 2, 4], "a b");
    }

    #[test]
    fn a_number_that_is_not_listed_says_nothing() {
        check(&[1, 99, 2], "ab");
    }

    #[test]
    fn a_list_may_end_with_a_line() {
        assert_eq!(Alphabet::new("a\nb\n").len(), Alphabet::new("a\nb").len());
    }

    proptest! {
        #[test]
        fn places_go_from_left_to_right(numbers in prop::collection::vec(0_usize..6, 0..200)) {
            let image = LineImage { width: numbers.len() * STEP_WIDTH, height: 32 };
            let characters = decode(&steps(&numbers), &Alphabet::new("a\nb\nc"), image);
            for pair in characters.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start + 1e-5);
            }
            for c in characters {
                prop_assert!(0.0 <= c.start && c.start <= c.end && c.end <= 1.0);
            }
        }
    }
}
