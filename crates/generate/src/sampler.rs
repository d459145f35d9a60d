//! Choosing the next token from its scores.
//!
//! In the order of llama.cpp: repeats are made less likely, the likeliest `top_k` are kept, of
//! these the nucleus `top_p` (<https://arxiv.org/abs/1904.09751>), then one is drawn.

use yinju_core::ports::Sampling;

/// How many of the last written tokens count as repeats. Tokens of the prompt do not: an answer
/// that quotes its evidence repeats them on purpose.
const REPEAT_WINDOW: usize = 64;

/// How often the best tokens are looked at again after some of them turned out to be forbidden,
/// before all tokens are.
const FORBIDDING: usize = 8;

/// Chooses tokens; the same seed and scores give the same choices.
pub(crate) struct Sampler<'a> {
    sampling: &'a Sampling,
    random: SplitMix64,
}

impl<'a> Sampler<'a> {
    /// A sampler at the beginning of an answer.
    pub(crate) fn new(sampling: &'a Sampling) -> Self {
        Self { sampling, random: SplitMix64(sampling.seed) }
    }

    /// The next token after the `written` ones.
    pub(crate) fn choose(&mut self, scores: &mut [f32], written: &[u32]) -> u32 {
        self.penalise(scores, written);
        if self.sampling.temperature > 0.0 { self.draw(scores) } else { likeliest(scores) }
    }

    /// The same among the tokens that `may` be written; `None` where none may, or only such whose
    /// scores are minus infinity. What is drawn is what would be drawn if all others had that score.
    pub(crate) fn choose_among(
        &mut self,
        may: &dyn Fn(u32) -> bool,
        scores: &mut [f32],
        written: &[u32],
    ) -> Option<u32> {
        self.penalise(scores, written);
        self.forbid(scores, may);
        let best = likeliest(scores);
        let any = scores.get(best as usize).is_some_and(|score| *score > f32::NEG_INFINITY);
        any.then(|| if self.sampling.temperature > 0.0 { self.draw(scores) } else { best })
    }

    /// Gives minus infinity to tokens that may not be, as far as the choice looks at them: asking
    /// for every token of a large vocabulary takes a fifth of a small model's pass.
    fn forbid(&self, scores: &mut [f32], may: &dyn Fn(u32) -> bool) {
        let looked_at = match (self.sampling.temperature > 0.0, self.sampling.top_k as usize) {
            (false, _) => 1,
            (true, 0) => scores.len(),
            (true, k) => k,
        };
        for _ in 0..FORBIDDING {
            let mut forbidden = false;
            for token in best(scores, looked_at) {
                let score = &mut scores[token as usize];
                if *score > f32::NEG_INFINITY && !may(token) {
                    *score = f32::NEG_INFINITY;
                    forbidden = true;
                }
            }
            if !forbidden {
                return;
            }
        }
        for (token, score) in scores.iter_mut().enumerate() {
            if *score > f32::NEG_INFINITY && !may(token as u32) {
                *score = f32::NEG_INFINITY;
            }
        }
    }

    /// <https://arxiv.org/abs/1909.05858>, each token once however often it was written.
    fn penalise(&self, scores: &mut [f32], written: &[u32]) {
        let penalty = self.sampling.repeat_penalty;
        if penalty <= 0.0 || (penalty - 1.0).abs() < f32::EPSILON {
            return;
        }
        let mut recent = written[written.len().saturating_sub(REPEAT_WINDOW)..].to_vec();
        recent.sort_unstable();
        recent.dedup();
        for token in recent {
            if let Some(score) = scores.get_mut(token as usize) {
                *score = if *score > 0.0 { *score / penalty } else { *score * penalty };
            }
        }
    }

    fn draw(&mut self, scores: &[f32]) -> u32 {
        let candidates = self.nucleus(scores);
        let total: f64 = candidates.iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.unit() * total;
        for &(token, weight) in &candidates {
            left -= weight;
            if left < 0.0 {
                return token;
            }
        }
        candidates.last().map_or_else(|| likeliest(scores), |&(token, _)| token)
    }

    /// The tokens to draw from with their weights, likeliest first, never empty unless `scores` is.
    fn nucleus(&self, scores: &[f32]) -> Vec<(u32, f64)> {
        let kept = match self.sampling.top_k as usize {
            0 => scores.len(),
            k => k,
        };
        let mut order = best(scores, kept);
        // Weights of nothing, which rounding must not choose.
        while order.len() > 1 && order.last().is_some_and(|token| is_out(scores[*token as usize])) {
            order.pop();
        }
        let weighted = weigh(scores, &order, f64::from(self.sampling.temperature));
        cut(weighted, f64::from(self.sampling.top_p))
    }
}

fn is_out(score: f32) -> bool {
    score.total_cmp(&f32::NEG_INFINITY).is_eq()
}

/// The tokens with the greatest scores, at most so many, greatest first.
fn best(scores: &[f32], most: usize) -> Vec<u32> {
    if most == 1 {
        return if scores.is_empty() { Vec::new() } else { vec![likeliest(scores)] };
    }
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    let by_score =
        |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
    if most < order.len() {
        order.select_nth_unstable_by(most, by_score);
        order.truncate(most);
    }
    order.sort_unstable_by(by_score);
    order
}

/// Softmax weights, not yet divided by their sum.
fn weigh(scores: &[f32], order: &[u32], temperature: f64) -> Vec<(u32, f64)> {
    let greatest = order.first().map_or(0.0, |&token| f64::from(scores[token as usize]));
    let weight = |score: f32| ((f64::from(score) - greatest) / temperature).exp();
    order.iter().map(|&token| (token, weight(scores[token as usize]))).collect()
}

/// The first candidates that together have at least the share `top_p`, at least one.
fn cut(mut candidates: Vec<(u32, f64)>, top_p: f64) -> Vec<(u32, f64)> {
    let wanted = candidates.iter().map(|(_, weight)| weight).sum::<f64>() * top_p;
    let mut sum = 0.0;
    let needed = candidates.iter().take_while(|(_, weight)| {
        let more = sum < wanted;
        sum += weight;
        more
    });
    let needed = needed.count().max(1);
    candidates.truncate(needed);
    candidates
}

/// The first token with the greatest score.
fn likeliest(scores: &[f32]) -> u32 {
    let mut best = 0;
    for (token, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = token;
        }
    }
    best as u32
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
struct SplitMix64(u64);

impl SplitMix64 {
    /// Uniform in `[0, 1)`.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampling(temperature: f32, top_p: f32, top_k: u32) -> Sampling {
        Sampling { temperature, top_p, top_k, repeat_penalty: 1.0, ..Sampling::default() }
    }

    fn draws(sampling: &Sampling, scores: &[f32], count: usize) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling);
        (0..count).map(|_| sampler.choose(&mut scores.to_vec(), &[])).collect()
    }

    #[test]
    fn no_temperature_takes_the_likeliest() {
        assert_eq!(draws(&sampling(0.0, 1.0, 0), &[0.1, 2.0, 2.0, -1.0], 2), [1, 1]);
    }

    #[test]
    fn top_k_and_top_p_bound_the_choice() {
        let scores = [1.0, 3.0, 2.0, 0.0];
        assert!(draws(&sampling(5.0, 1.0, 2), &scores, 200).iter().all(|t| [1, 2].contains(t)));
        assert!(draws(&sampling(1.0, 0.1, 0), &scores, 200).iter().all(|t| *t == 1));
        let all = draws(&sampling(50.0, 1.0, 0), &scores, 200);
        assert!((0..4).all(|token| all.contains(&token)));
    }

    #[test]
    fn shares_follow_the_softmax() {
        let scores = [2f32.ln(), 1f32.ln(), 1f32.ln()];
        let drawn = draws(&sampling(1.0, 1.0, 0), &scores, 4000);
        let share = drawn.iter().filter(|t| **t == 0).count() as f64 / 4000.0;
        assert!((share - 0.5).abs() < 0.03, "{share}");
    }

    #[test]
    fn a_seed_repeats_itself_and_another_differs() {
        let scores = [0.0f32; 64];
        let one = sampling(1.0, 1.0, 0);
        let other = Sampling { seed: 7, ..one.clone() };
        assert_eq!(draws(&one, &scores, 20), draws(&one, &scores, 20));
        assert_ne!(draws(&one, &scores, 20), draws(&other, &scores, 20));
    }

    #[test]
    fn repeats_become_less_likely() {
        let sampling = Sampling { repeat_penalty: 2.0, ..sampling(0.0, 1.0, 0) };
        assert_eq!(Sampler::new(&sampling).choose(&mut [3.0, 2.0], &[0]), 1);
        assert_eq!(Sampler::new(&sampling).choose(&mut [-1.5, -2.0], &[0]), 1);
    }

    /// However many rounds it takes to see that the best are forbidden.
    #[test]
    fn what_may_not_be_is_as_if_it_had_no_score() {
        let scores: Vec<f32> = (0..300).map(|token| (token * 37 % 300) as f32 / 40.0).collect();
        for (step, top_k) in [(2, 40), (7, 40), (29, 3), (150, 1), (3, 0), (299, 40)] {
            let may = |token: u32| token % step == 1;
            let without = |(token, score): (usize, &f32)| {
                if may(token as u32) { *score } else { f32::NEG_INFINITY }
            };
            let masked: Vec<f32> = scores.iter().enumerate().map(without).collect();
            for temperature in [0.0, 1.0] {
                let sampling = sampling(temperature, 1.0, top_k);
                let (mut one, mut other) = (Sampler::new(&sampling), Sampler::new(&sampling));
                for _ in 0..50 {
                    let chosen = one.choose_among(&may, &mut scores.clone(), &[]);
                    assert_eq!(chosen, Some(other.choose(&mut masked.clone(), &[])));
                    assert!(chosen.is_some_and(may));
                }
            }
        }
        let nothing = |_| false;
        for temperature in [0.0, 1.0] {
            let sampling = sampling(temperature, 1.0, 40);
            let mut sampler = Sampler::new(&sampling);
            assert_eq!(sampler.choose_among(&nothing, &mut scores.clone(), &[]), None);
        }
    }

    #[test]
    fn scores_that_are_no_numbers_do_not_panic() {
        draws(&sampling(1.0, 0.9, 2), &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY], 3);
        draws(&sampling(0.0, 0.9, 2), &[f32::NAN, f32::NAN], 1);
    }
}
