//! All tokens so far, and the place before where the last of them stood. Pure.

use super::pace::Guess;

/// Fewer tokens than these say too little of what comes next. Among places the one that shares most
/// is taken, so three and more come before two.
const LEAST: usize = 2;
/// More in common is not looked for: places that share so much seldom go on differently.
const ENOUGH: usize = 16;

/// The tokens of an answer and of what it answers.
pub(super) struct Trail {
    tokens: Vec<u32>,
    place: Option<Place>,
}

/// A place whose tokens are the last ones again.
#[derive(Clone, Copy)]
struct Place {
    /// Where the token after them stands.
    next: usize,
    /// How many they are.
    matched: usize,
}

impl Trail {
    /// After these tokens.
    pub(super) fn new(tokens: Vec<u32>) -> Self {
        let place = find(&tokens);
        Self { tokens, place }
    }

    /// Goes on by a token, and says what had been expected of it, if anything.
    pub(super) fn push(&mut self, token: u32) -> Option<Guess> {
        let expected = self.place.map(|place| (place, self.tokens[place.next] == token));
        self.tokens.push(token);
        self.place = match expected {
            Some((Place { next, matched }, true)) => {
                Some(Place { next: next + 1, matched: matched + 1 })
            }
            _ => find(&self.tokens),
        };
        expected.map(|(Place { matched, .. }, right)| Guess { matched, right })
    }

    /// How many of the last tokens stood somewhere before.
    pub(super) fn matched(&self) -> Option<usize> {
        self.place.map(|place| place.matched)
    }

    /// So many tokens that came next there. Where the place runs into the end, what came next goes
    /// on to be repeated.
    pub(super) fn next(&self, count: usize) -> Vec<u32> {
        let Some(Place { next, .. }) = self.place else { return Vec::new() };
        let mut all = Vec::with_capacity(count);
        for at in next..next + count {
            let repeated = at.checked_sub(self.tokens.len());
            all.push(repeated.map_or_else(|| self.tokens[at], |at| all[at]));
        }
        all
    }
}

/// The place that shares most last tokens, the latest of several.
fn find(tokens: &[u32]) -> Option<Place> {
    let mut best = None;
    for next in LEAST..tokens.len() {
        let matched = shared_end(&tokens[..next], tokens);
        if matched >= best.map_or(LEAST, |Place { matched, .. }| matched) {
            best = Some(Place { next, matched });
        }
    }
    best
}

fn shared_end(a: &[u32], b: &[u32]) -> usize {
    let pairs = a.iter().rev().zip(b.iter().rev());
    pairs.take(ENOUGH).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokens: &[u32], expected: Option<(usize, &[u32])>) {
        let trail = Trail::new(tokens.to_vec());
        assert_eq!(trail.matched(), expected.map(|(matched, _)| matched), "{tokens:?}");
        let next = expected.map_or(&[][..], |(_, next)| next);
        assert_eq!(trail.next(next.len()), next, "{tokens:?}");
    }

    #[test]
    fn what_shares_most_goes_on() {
        check(&[], None);
        check(&[7, 7], None);
        check(&[1, 2, 3, 4, 2], None);
        check(&[1, 2, 3, 4, 1, 2], Some((2, &[3, 4, 1, 2])));
        // The latest of those that share as much.
        check(&[1, 2, 3, 1, 2, 4, 1, 2], Some((2, &[4, 1, 2])));
        // Three in common come before two.
        check(&[9, 1, 2, 3, 1, 2, 4, 9, 1, 2], Some((3, &[3, 1])));
    }

    #[test]
    fn what_runs_into_the_end_repeats_itself() {
        check(&[5, 5, 5], Some((2, &[5, 5, 5, 5])));
        check(&[1, 2, 3, 1, 2], Some((2, &[3, 1, 2, 3, 1, 2, 3])));
    }

    #[test]
    fn guesses_grow_while_they_are_right() {
        let mut trail = Trail::new(vec![1, 2, 3, 4, 5, 1, 2]);
        assert_eq!(trail.push(3), Some(Guess { matched: 2, right: true }));
        assert_eq!(trail.push(4), Some(Guess { matched: 3, right: true }));
        assert_eq!(trail.push(9), Some(Guess { matched: 4, right: false }));
        assert_eq!(trail.push(1), None);
        assert_eq!(trail.push(2), None);
        assert_eq!((trail.matched(), trail.next(2)), (Some(2), vec![3, 4]));
    }
}
