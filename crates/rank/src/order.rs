//! What four opinions of a passage come to: a conditional logit (`McFadden` 1974), whose scores are
//! probabilities that a passage is the one looked for, given that one of the candidates is.

use serde::{Deserialize, Serialize};
use yinju_core::{ArmScores, Language};

/// What each opinion counts. Fitted together on the questions of `docs/evaluation.md` (48
/// candidates each, multilingual-e5-small, every set weighing the same); fitted without the set
/// that is tested, recall@1 is lower by .003 at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Late interaction.
    pub late: f32,
    /// The cosine; beside late interaction less than nothing, since both rise where a passage is
    /// merely of the question's kind.
    pub cosine: f32,
    /// BM25, where words are trusted.
    pub bm25: f32,
    /// The share of the question that is covered, where words are trusted.
    pub coverage: f32,
    /// What a passage in the other language gets, since all of the above are less for its language
    /// alone: for a Chinese question,
    pub across_chinese: f32,
    /// and for an English one. Set on `XQuAD` with half of its texts in either language: recall@1
    /// is .900 and .904 instead of .706 and .862 (`docs/evaluation.md`, mixed libraries); more
    /// begins to put translations before originals.
    pub across_english: f32,
}

impl Weights {
    fn across(&self, question: Language) -> f32 {
        match question {
            Language::Zh => self.across_chinese,
            Language::En => self.across_english,
        }
    }
}

/// How candidates are put in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RankConfig {
    /// How many candidates are compared: with 24 instead of 48 recall@10 loses up to .005, with
    /// all of both arms' fifty it gains nothing.
    pub depth: usize,
    /// How many passages in the other language than the question's are among them, whatever those
    /// in its own look like. A quarter of `depth`; no other number was tried.
    pub across: usize,
    /// What a passage in the other language gets, it gets unless a candidate in the question's own is as near
    /// as this to it by the cosine: that is its original, or its translation, and whoever asks reads that.
    pub told_twice: f32,
    /// What relevance counts where results are spread over documents, 0 to 1; the rest is being
    /// unlike what stands before. Half is a guess, not measured.
    pub spread: f32,
    /// With late interaction,
    pub compared: Weights,
    /// and without.
    pub fused: Weights,
    /// Words are not trusted where even the best candidate covers no more of the question than
    /// this, as happens between languages,
    pub ignored_coverage: f32,
    /// and trusted in full from here on; evenly in between.
    pub trusted_coverage: f32,
}

impl Default for RankConfig {
    fn default() -> Self {
        Self {
            depth: 48,
            across: 12,
            told_twice: 0.84,
            spread: 0.5,
            compared: Weights {
                late: 167.9,
                cosine: -34.1,
                bm25: 0.0606,
                coverage: 2.65,
                across_chinese: 8.0,
                across_english: 5.0,
            },
            fused: Weights {
                late: 0.0,
                cosine: 134.1,
                bm25: 0.0856,
                coverage: 9.04,
                across_chinese: 12.0,
                across_english: 9.0,
            },
            ignored_coverage: 0.2,
            trusted_coverage: 0.5,
        }
    }
}

/// Places of the candidates for a question in a language, best first, each with its probability; equal ones as they came. A
/// candidate that was not compared counts as the least similar of those that were.
pub fn order(
    candidates: &[ArmScores],
    question: Language,
    config: &RankConfig,
) -> Vec<(usize, f32)> {
    let least =
        |of: fn(&ArmScores) -> Option<f32>| candidates.iter().filter_map(of).fold(1.0, f32::min);
    let (late, cosine) = (least(|arms| arms.late), least(|arms| arms.cosine));
    let is_compared = candidates.iter().any(|arms| arms.late.is_some());
    let weights = if is_compared { config.compared } else { config.fused };
    let coverage = candidates.iter().filter_map(|arms| arms.coverage);
    let trust = trust(coverage.fold(0.0, f32::max), config);
    let scores = candidates.iter().map(|arms| {
        let words = weights.bm25 * arms.bm25.unwrap_or(0.0)
            + weights.coverage * arms.coverage.unwrap_or(0.0);
        let meaning = weights.late * arms.late.unwrap_or(late)
            + weights.cosine * arms.cosine.unwrap_or(cosine);
        let across = if arms.across { weights.across(question) } else { 0.0 };
        meaning + trust * words + across
    });
    let mut ordered: Vec<(usize, f32)> =
        probabilities(scores.collect()).into_iter().enumerate().collect();
    ordered.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ordered
}

fn trust(best_coverage: f32, config: &RankConfig) -> f32 {
    let RankConfig { ignored_coverage: low, trusted_coverage: high, .. } = *config;
    if best_coverage >= high {
        return 1.0;
    }
    ((best_coverage - low) / (high - low)).clamp(0.0, 1.0)
}

fn probabilities(mut scores: Vec<f32>) -> Vec<f32> {
    let best = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    for score in &mut scores {
        *score = (*score - best).exp();
    }
    let sum = scores.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    scores.into_iter().map(|score| score / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(late: Option<f32>, cosine: f32, bm25: f32, coverage: f32) -> ArmScores {
        let (cosine, bm25, coverage) = (Some(cosine), Some(bm25), Some(coverage));
        ArmScores { cosine, bm25, coverage, late, cross: None, across: false }
    }

    fn places(candidates: &[ArmScores]) -> Vec<usize> {
        order(candidates, Language::En, &RankConfig::default())
            .into_iter()
            .map(|(place, _)| place)
            .collect()
    }

    #[test]
    fn the_nearest_tokens_come_first() {
        let far = candidate(Some(0.84), 0.85, 1.0, 0.1);
        let near = candidate(Some(0.90), 0.85, 1.0, 0.1);
        assert_eq!(places(&[far, near, far]), [1, 0, 2]);
        let unknown = candidate(None, 0.85, 1.0, 0.1);
        assert_eq!(places(&[unknown, near, far]), [1, 0, 2]);
    }

    #[test]
    fn without_comparison_both_arms_are_fused() {
        let of = |cosine, coverage| candidate(None, cosine, coverage * 20.0, coverage);
        assert_eq!(places(&[of(0.80, 0.2), of(0.83, 0.9), of(0.86, 0.2)]), [1, 2, 0]);
        assert_eq!(places(&[of(0.80, 0.1), of(0.83, 0.2), of(0.86, 0.1)]), [2, 1, 0]);
    }

    #[test]
    fn words_count_where_they_cover_the_question_only() {
        let near = |coverage| candidate(Some(0.90), 0.85, 1.0, coverage);
        let worded = |coverage| candidate(Some(0.88), 0.85, 45.0, coverage);
        assert_eq!(places(&[near(0.1), worded(0.9)]), [1, 0]);
        assert_eq!(places(&[near(0.1), worded(0.1)]), [0, 1]);
    }

    #[test]
    fn another_language_costs_a_passage_nothing() {
        let own = candidate(Some(0.86), 0.85, 6.0, 0.5);
        let other = ArmScores { across: true, ..candidate(Some(0.85), 0.83, 0.0, 0.0) };
        assert_eq!(places(&[own, other]), [1, 0]);
        let far = ArmScores { across: true, ..candidate(Some(0.80), 0.78, 0.0, 0.0) };
        assert_eq!(places(&[own, far]), [0, 1]);
    }

    #[test]
    fn scores_are_probabilities() {
        let some = [candidate(Some(0.9), 0.8, 3.0, 0.5), candidate(Some(0.8), 0.9, 9.0, 0.5)];
        let sum: f32 =
            order(&some, Language::En, &RankConfig::default()).iter().map(|(_, p)| p).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert!(order(&[], Language::En, &RankConfig::default()).is_empty());
    }
}
