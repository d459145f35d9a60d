//! Means with their uncertainty: percentile bootstrap (Efron & Tibshirani 1993, ch. 13), paired where
//! two settings answered the same questions (Sakai 2006 on its use in retrieval).

use serde::{Deserialize, Serialize};

/// Resamples; the ends of a 95 % interval of them move by less than a hundredth of its width.
const RESAMPLES: usize = 4_000;
/// The same questions give the same interval each time.
const SEED: u64 = 0x5EED;

/// A mean, and where it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Of a mean over questions. Differences of two settings, question by question, give the
    /// interval of the paired difference.
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let mut random = fastrand::Rng::with_seed(SEED);
        let mut resample = || {
            let drawn = (0..values.len()).map(|_| values[random.usize(..values.len())]);
            drawn.sum::<f64>() / values.len() as f64
        };
        let mut means: Vec<f64> = (0..RESAMPLES).map(|_| resample()).collect();
        means.sort_by(f64::total_cmp);
        let at = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Self { mean, low: at(0.025), high: at(0.975) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_as_wide_as_the_normal_one() {
        let values: Vec<f64> = (0..100).map(|n| f64::from(u8::from(n < 80))).collect();
        let Interval { mean, low, high } = Interval::of(&values);
        assert!((mean - 0.8).abs() < 1e-9);
        // 1.96 · sqrt(.8 · .2 / 100) = .078
        assert!((low - 0.722).abs() < 0.02 && (high - 0.878).abs() < 0.02, "{low} {high}");
    }

    #[test]
    fn what_never_changes_is_certain() {
        assert_eq!(Interval::of(&[1.0; 5]), Interval { mean: 1.0, low: 1.0, high: 1.0 });
        assert_eq!(Interval::of(&[]), Interval::default());
    }
}
