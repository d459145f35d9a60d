//! Whether anything that was found has to do with the question, decided from the scores of the arms
//! before any language model is asked. Deliberately not here: searching, and the wording of a refusal.

use crate::language::Language;
use yinju_core::Hit;

/// What the scores say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Something found may hold the answer.
    Answerable,
    /// Nothing found has to do with the question.
    NotInDocuments,
}

/// Where "has to do with it" begins: a passage is relevant where
/// `cosine + coverage_weight · coverage` reaches the threshold of the question's language.
///
/// Cosines mean something for one encoder only; the defaults are those of `multilingual-e5-small`.
/// They were set on answerable and unanswerable questions, whole paragraphs as passages:
///
/// | questions of passages | answerable refused | unanswerable refused |
/// |---|---|---|
/// | `cmrc2018` of `cmrc2018`; `xquad_zh` of `cmrc2018` | 1.5 % of 400 | 96 % of 400 |
/// | `xquad_en` of `xquad_en`; the same with the article left out | 3.4 % of 623 | 98 % of 623 |
/// | `xquad_en` of `xquad_zh`; of `cmrc2018` | 5 % of 623 | 41 % of 623 |
/// | `cmrc2018`, `xquad_zh` of `cmrc2018`, coverage alone | 2.3 % of 300 | 85 % of 300 |
#[derive(Clone, Debug, PartialEq)]
pub struct RelevanceConfig {
    /// How many of the first hits are looked at.
    pub hits: usize,
    /// What full coverage of the question's terms adds to a cosine.
    pub coverage_weight: f32,
    /// What counts as coverage where the postings were not asked (dense mode).
    pub unknown_coverage: f32,
    /// Threshold for a Chinese question and a Chinese passage. `None`: cosines of this encoder are not
    /// calibrated, and coverage alone decides.
    pub chinese: Option<f32>,
    /// Threshold for a question and a passage in another language they share.
    pub other: Option<f32>,
    /// Least cosine where question and passage differ in language: such a passage has none of the
    /// question's terms. Cosines tell little here, so this lets through what may be an answer.
    pub across: Option<f32>,
    /// Coverage that suffices where there is no cosine to go by.
    pub coverage_alone: f32,
}

impl Default for RelevanceConfig {
    fn default() -> Self {
        Self {
            hits: 5,
            coverage_weight: 0.05,
            unknown_coverage: 0.6,
            chinese: Some(0.90),
            other: Some(0.84),
            across: Some(0.739),
            coverage_alone: 0.45,
        }
    }
}

impl RelevanceConfig {
    /// For an encoder whose cosines nobody calibrated: words decide, and a passage in another language
    /// than the question is never ruled out.
    pub fn uncalibrated() -> Self {
        Self { chinese: None, other: None, across: None, ..Self::default() }
    }

    /// By the encoder's catalogue id.
    pub fn for_encoder(id: &str) -> Self {
        if id == "multilingual-e5-small" { Self::default() } else { Self::uncalibrated() }
    }
}

/// Decides whether a question can be answered from these hits.
pub fn judge(question: &str, hits: &[Hit], config: &RelevanceConfig) -> Verdict {
    let language = Language::of(question);
    let hits = &hits[..hits.len().min(config.hits)];
    let postings_asked = hits.iter().any(|hit| hit.arms.coverage.is_some());
    let unknown = if postings_asked { 0.0 } else { config.unknown_coverage };
    let relevant = |hit: &Hit| is_relevant(language, hit, unknown, config);
    if hits.iter().any(relevant) { Verdict::Answerable } else { Verdict::NotInDocuments }
}

fn is_relevant(language: Language, hit: &Hit, unknown: f32, config: &RelevanceConfig) -> bool {
    let coverage = hit.arms.coverage.unwrap_or(unknown);
    let suffices = coverage >= config.coverage_alone;
    if Language::of(&hit.passage.draft.text) != language {
        let Some(least) = config.across else { return true };
        return suffices || hit.arms.cosine.is_some_and(|cosine| cosine >= least);
    }
    let threshold = match language {
        Language::Zh => config.chinese,
        Language::En => config.other,
    };
    match (hit.arms.cosine, threshold) {
        (Some(cosine), Some(threshold)) => cosine + config.coverage_weight * coverage >= threshold,
        _ => suffices,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::evidence;
    use yinju_core::ArmScores;

    fn check(
        question: &str,
        passage: &str,
        cosine: Option<f32>,
        coverage: Option<f32>,
        expected: Verdict,
    ) {
        let mut hit = evidence(&[passage]).0.remove(0).hit;
        hit.arms = ArmScores { cosine, bm25: None, coverage };
        let verdict = judge(question, &[hit], &RelevanceConfig::default());
        assert_eq!(verdict, expected, "{question} {cosine:?} {coverage:?}");
    }

    #[test]
    fn nothing_found_is_nothing_to_answer_from() {
        assert_eq!(judge("问", &[], &RelevanceConfig::default()), Verdict::NotInDocuments);
    }

    #[test]
    fn words_and_vector_decide_together() {
        check("问题是什么", "问题如下", Some(0.87), Some(0.9), Verdict::Answerable);
        check("问题是什么", "别的事情", Some(0.87), Some(0.3), Verdict::NotInDocuments);
        check("What is it?", "It is this.", Some(0.85), Some(0.3), Verdict::Answerable);
        check("What is it?", "Rain fell.", Some(0.80), Some(0.3), Verdict::NotInDocuments);
    }

    #[test]
    fn one_arm_alone_can_decide() {
        check("问题是什么", "问题如下", None, Some(0.6), Verdict::Answerable);
        check("问题是什么", "别的事情", None, Some(0.2), Verdict::NotInDocuments);
        check("问题是什么", "问题如下", Some(0.89), None, Verdict::Answerable);
        check("问题是什么", "别的事情", Some(0.85), None, Verdict::NotInDocuments);
    }

    #[test]
    fn another_language_is_judged_by_its_vector() {
        check("What is it?", "这是一个段落", Some(0.77), Some(0.0), Verdict::Answerable);
        check("What is it?", "这是一个段落", Some(0.71), Some(0.0), Verdict::NotInDocuments);
    }

    #[test]
    fn cosines_of_an_unknown_encoder_are_not_believed() {
        let mut hit = evidence(&["别的事情"]).0.remove(0).hit;
        hit.arms = ArmScores { cosine: Some(0.99), bm25: None, coverage: Some(0.1) };
        let config = RelevanceConfig::for_encoder("m3e-base");
        assert_eq!(judge("问题是什么", &[hit], &config), Verdict::NotInDocuments);
    }
}
