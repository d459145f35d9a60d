//! Two ranked lists made one: weighted reciprocal rank fusion (Cormack, Clarke & Büttcher, SIGIR
//! 2009). Ranks need no common scale; the weight takes trust from an arm that has little to say.

use crate::config::FusionConfig;
use std::collections::BTreeMap;
use yinju_core::PassageId;

/// One arm's passages, best first, and how far it is trusted, 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct Ranking<'a> {
    /// Best first.
    pub passages: &'a [PassageId],
    /// 0 leaves the arm's order out, though its passages stay candidates at the end.
    pub trust: f32,
}

/// All passages of the rankings with their fused scores, best first, equal scores by id.
pub fn fuse(rankings: &[Ranking<'_>], config: &FusionConfig) -> Vec<(PassageId, f32)> {
    let mut scores: BTreeMap<PassageId, f32> = BTreeMap::new();
    for ranking in rankings {
        for (rank, passage) in ranking.passages.iter().enumerate() {
            let score = ranking.trust / (config.rank_constant + 1.0 + rank as f32);
            *scores.entry(*passage).or_default() += score;
        }
    }
    let mut fused: Vec<(PassageId, f32)> = scores.into_iter().collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}

/// How far postings are trusted that cover at best this share of the question.
pub fn lexical_trust(best_coverage: f32, config: &FusionConfig) -> f32 {
    let FusionConfig { ignored_coverage: low, trusted_coverage: high, .. } = *config;
    if best_coverage >= high {
        return 1.0;
    }
    ((best_coverage - low) / (high - low)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(trust: f32) -> Vec<u64> {
        let lexical = [PassageId(1), PassageId(2)];
        let dense = [PassageId(2), PassageId(3)];
        let rankings =
            [Ranking { passages: &lexical, trust }, Ranking { passages: &dense, trust: 1.0 }];
        let fused = fuse(&rankings, &FusionConfig::default());
        fused.into_iter().map(|(passage, _)| passage.0).collect()
    }

    #[test]
    fn what_both_arms_found_comes_first() {
        assert_eq!(order(1.0), [2, 1, 3]);
    }

    #[test]
    fn an_untrusted_arm_does_not_move_the_other() {
        assert_eq!(order(0.0), [2, 3, 1]);
    }

    #[test]
    fn trust_grows_with_coverage_between_the_thresholds() {
        let trust = |coverage, ignored_coverage, trusted_coverage| {
            let config =
                FusionConfig { ignored_coverage, trusted_coverage, ..FusionConfig::default() };
            lexical_trust(coverage, &config)
        };
        assert!(trust(0.1, 0.2, 0.4) <= 0.0);
        assert!((trust(0.3, 0.2, 0.4) - 0.5).abs() < 1e-5);
        assert!(trust(0.7, 0.2, 0.4) >= 1.0);
        assert!(trust(0.2, 0.2, 0.2) >= 1.0 && trust(0.1, 0.2, 0.2) <= 0.0);
        assert!(trust(0.0, 0.0, 0.0) >= 1.0, "always trusted: plain fusion");
    }
}
