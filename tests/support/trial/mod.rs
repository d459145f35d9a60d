//! Trials: what the program does when it is killed, its files are damaged, the disk is full or there
//! is no network. Each is a number of rounds drawn from a seed; short in every test run, long by
//! `cargo xtask trial`. Here stands what they share; what is expected stands in each.

pub mod damage;
pub mod full_disk;
pub mod inside;
pub mod kill;
#[cfg(target_os = "linux")]
mod left_over;
pub mod living;
pub mod offline;
mod papers;
mod program;
mod seen;

pub use papers::Papers;
pub use program::{Ended, Started, complaint, say};

use fastrand::Rng;
use std::time::{SystemTime, UNIX_EPOCH};

/// How many rounds, from which seed, and what went wrong so far.
pub struct Trial {
    name: &'static str,
    seed: u64,
    first: u64,
    rounds: u64,
    failures: Vec<String>,
}

impl Trial {
    /// So many rounds unless `YINJU_TRIAL_ROUNDS` says otherwise, from a seed of the moment unless
    /// `YINJU_TRIAL_SEED` names one; `YINJU_TRIAL_FIRST` begins at a later round of it.
    pub fn new(name: &'static str, rounds: u64) -> Self {
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_nanos());
        let seed = number("YINJU_TRIAL_SEED").unwrap_or(moment as u64 % 1_000_000_007);
        let rounds = number("YINJU_TRIAL_ROUNDS").unwrap_or(rounds);
        let first = number("YINJU_TRIAL_FIRST").unwrap_or(0);
        println!("{name}: {rounds} rounds from seed {seed}, the first is {first}");
        Self { name, seed, first, rounds, failures: Vec::new() }
    }

    /// Its rounds, each with its own dice: one can be repeated without those before it.
    pub fn rounds(&self) -> impl Iterator<Item = (u64, Rng)> + use<> {
        let seed = self.seed;
        (self.first..self.first + self.rounds).map(move |round| (round, dice(seed, round)))
    }

    /// Dice for what all rounds share.
    pub fn dice(&self) -> Rng {
        dice(self.seed, u64::MAX / 2)
    }

    /// Something that must not be.
    pub fn fail(&mut self, round: u64, what: impl std::fmt::Display) {
        let line = format!("{} seed {} round {round}: {what}", self.name, self.seed);
        println!("FAIL {line}");
        self.failures.push(line);
    }

    /// Fails the test if any round did.
    pub fn end(self) {
        let (name, rounds, failures) = (self.name, self.rounds, self.failures.len());
        println!("{name}: {rounds} rounds, {failures} failures");
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Neighbouring seeds give unlike dice only after they are mixed.
fn dice(seed: u64, round: u64) -> Rng {
    Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(round.rotate_left(32)))
}
