//! How long a draft is: as long as what was seen so far makes it pay. Pure: seconds are told, not
//! taken.
//!
//! Three things are learnt while answers are written. How often the token that came next elsewhere
//! comes next again is seen at every token, drafted or not, so nothing is spent on finding out. What
//! passes cost is measured, since it is the machine's: where memory is slow and products are fast,
//! four rows cost little more than one. And an account is kept of what drafts gained in this answer,
//! which bounds what they may lose.

/// Rows of a pass that are tried. The kernels take them by fours.
const SIZES: [usize; 4] = [4, 8, 12, 16];
/// What they cost, in passes over one row, before any was measured (`what_rows_cost` of the tests, on
/// AVX2): `docs/performance.md`, “Drafts”.
const COSTS: [f64; SIZES.len()] = [1.4, 2.0, 2.7, 3.4];
/// How far a shorter time than was believed moves what is believed, and a longer one: whatever else
/// the machine does only ever makes a pass longer.
const STEPS: [f64; 2] = [0.5, 0.1];

/// The least numbers of tokens in common of each class of guesses.
const CLASSES: [usize; 4] = [2, 3, 5, 9];
/// How often guesses of each class are right, before any was seen.
const RIGHT: [f64; CLASSES.len()] = [0.5, 0.65, 0.8, 0.9];
/// How many guesses that is worth.
const WEIGHT: f64 = 6.0;
/// What is left of a guess at the next one of its class: some 40 count.
const MEMORY: f64 = 0.975;

/// A draft must be expected to gain so much of a pass, as neither rates nor costs are exact.
const MARGIN: f64 = 1.1;
/// What drafts may lose of an answer's time, as a share of it.
const MAY_LOSE: f64 = 0.015;
/// And in passes over one row, at its beginning, when nothing is gained yet: less where answers before
/// gained nothing. The least is room for one draft of the shortest.
const MAY_LOSE_FIRST: [f64; 2] = [0.6, 1.0];

/// What was expected of a token, and whether it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    /// How many of the tokens before it stood where the guess was taken from.
    pub(super) matched: usize,
    pub(super) right: bool,
}

/// What was learnt of guesses and costs, and the account of this answer.
pub(crate) struct Pace {
    rates: [Rate; CLASSES.len()],
    costs: [f64; SIZES.len()],
    /// Seconds of a pass over one row in this answer, as of late.
    single: Option<f64>,
    /// Passes over one row that drafts may lose at the beginning of this answer.
    credit: f64,
    /// Seconds that drafts gained in this answer; less than 0 where they lost.
    gained: f64,
    /// Seconds this answer would have taken without them so far.
    without: f64,
}

/// How often guesses were right, older ones counting less.
#[derive(Clone, Copy)]
struct Rate {
    right: f64,
    all: f64,
}

impl Pace {
    /// Tokens of the longest draft.
    pub(super) const MOST: usize = SIZES[SIZES.len() - 1] - 1;

    /// Nothing learnt yet.
    pub(crate) fn new() -> Self {
        Self {
            rates: RIGHT.map(|right| Rate { right: right * WEIGHT, all: WEIGHT }),
            costs: COSTS,
            single: None,
            credit: MAY_LOSE_FIRST[1],
            gained: 0.0,
            without: 0.0,
        }
    }

    /// Begins an answer. Its first pass drafts nothing: how long one row takes depends on how much
    /// was read.
    pub(super) fn begin(&mut self) {
        let [least, most] = MAY_LOSE_FIRST;
        let gained = self.single.map_or(0.0, |single| self.gained / single);
        self.credit = (self.credit + gained).clamp(least, most);
        (self.single, self.gained, self.without) = (None, 0.0, 0.0);
    }

    /// A token came that had been expected, or another.
    pub(super) fn guessed(&mut self, guess: Guess) {
        let rate = &mut self.rates[class(guess.matched)];
        rate.right = rate.right * MEMORY + f64::from(u8::from(guess.right));
        rate.all = rate.all * MEMORY + 1.0;
    }

    /// A pass over so many rows, of which so many gave a token.
    pub(super) fn passed(&mut self, rows: usize, tokens: usize, seconds: f64) {
        let single = match self.single {
            Some(before) if rows == 1 => moved(before, seconds),
            Some(before) => before,
            // Scaled down where the first pass of an answer was no single row after all.
            None => seconds / self.cost(rows),
        };
        self.single = Some(single);
        self.without += tokens as f64 * single;
        if rows > 1 {
            self.gained += tokens as f64 * single - seconds;
            let cost = &mut self.costs[size(rows)];
            *cost = moved(*cost, seconds / single);
        }
    }

    /// How many tokens to draft, at most `most`, after so many that stood elsewhere before.
    pub(super) fn choose(&self, matched: usize, most: usize) -> usize {
        let Some(single) = self.single else { return 0 };
        let left = (self.gained + self.without * MAY_LOSE) / single + self.credit;
        let (mut best, mut chosen) = (MARGIN, 0);
        let (mut expected, mut sure, mut drafted) = (1.0, 1.0, 0);
        for (rows, cost) in SIZES.into_iter().zip(self.costs) {
            while drafted < most.min(rows - 1) {
                sure *= self.rates[class(matched + drafted)].share();
                expected += sure;
                drafted += 1;
            }
            if expected / cost > best && cost - 1.0 <= left {
                (best, chosen) = (expected / cost, drafted);
            }
        }
        chosen
    }

    fn cost(&self, rows: usize) -> f64 {
        if rows == 1 { 1.0 } else { self.costs[size(rows)] }
    }
}

impl Rate {
    fn share(self) -> f64 {
        self.right / self.all
    }
}

/// What is believed after something was measured.
fn moved(before: f64, measured: f64) -> f64 {
    let [down, up] = STEPS;
    before + (measured - before) * if measured < before { down } else { up }
}

/// The class of guesses with so many tokens in common.
fn class(matched: usize) -> usize {
    CLASSES.iter().rposition(|least| *least <= matched).unwrap_or(0)
}

/// The size that so many rows count as.
fn size(rows: usize) -> usize {
    SIZES.iter().position(|size| rows <= *size).unwrap_or(SIZES.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pace that has seen a single row take a second.
    fn begun() -> Pace {
        let mut pace = Pace::new();
        pace.begin();
        pace.passed(1, 1, 1.0);
        pace
    }

    #[test]
    fn nothing_is_drafted_before_a_row_was_measured() {
        let mut pace = Pace::new();
        pace.begin();
        assert_eq!(pace.choose(20, 15), 0);
        pace.passed(1, 1, 1.0);
        assert!(pace.choose(20, 15) > 0);
        pace.begin();
        assert_eq!(pace.choose(20, 15), 0);
    }

    #[test]
    fn drafts_grow_with_what_is_in_common_and_keep_to_the_room() {
        let mut pace = begun();
        pace.gained = 10.0;
        let (short, long) = (pace.choose(2, 15), pace.choose(20, 15));
        assert!(0 < short && short < long, "{short} {long}");
        assert!((1..=5).contains(&pace.choose(20, 5)));
        assert_eq!(pace.choose(20, 0), 0);
    }

    #[test]
    fn wrong_guesses_end_drafts_and_right_ones_bring_them_back() {
        let mut pace = begun();
        let guess = |pace: &mut Pace, right| {
            for _ in 0..40 {
                pace.guessed(Guess { matched: 2, right });
            }
        };
        guess(&mut pace, false);
        assert_eq!(pace.choose(2, 15), 0);
        assert!(pace.choose(20, 15) > 0, "longer ones are a class of their own");
        guess(&mut pace, true);
        assert!(pace.choose(2, 15) > 0);
    }

    #[test]
    fn rows_that_cost_as_much_as_passes_are_not_worth_it() {
        let mut pace = begun();
        for _ in 0..100 {
            for rows in SIZES {
                pace.passed(rows, rows, rows as f64);
            }
        }
        assert_eq!(pace.choose(20, 15), 0);
    }

    /// Costs as they were believed, all guesses believed to be right, and none is.
    #[test]
    fn what_drafts_lose_is_bounded() {
        let mut pace = begun();
        for _ in 0..400 {
            pace.rates = [Rate { right: 1.0, all: 1.0 }; CLASSES.len()];
            let rows = 1 + pace.choose(20, 15);
            pace.passed(rows, 1, pace.cost(rows));
        }
        let lost = -pace.gained / pace.without;
        assert!(lost > 0.0 && lost < MAY_LOSE + MAY_LOSE_FIRST[1] / 400.0 + 1e-9, "{lost}");
    }
}
