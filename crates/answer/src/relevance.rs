//! Whether anything that was found has to do with the question, decided from the scores of the arms
//! before any language model is asked. Deliberately not here: searching, and the wording of a refusal.

use yinju_core::language::prose;
use yinju_core::{Hit, Language, Relevance};

/// What the scores say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Something found may hold the answer.
    Answerable,
    /// Nothing found has to do with the question.
    NotInDocuments,
}

/// Where "has to do with it" begins: a passage is relevant where its similarity and its share of the
/// question's terms together reach the threshold of the question's language.
///
/// Similarities mean something for one encoder only; the defaults are those of
/// `multilingual-e5-small`. The similarity is late interaction's where it was asked, else the cosine.
/// Those of late interaction refuse what `docs/evaluation.md` says (Refusals): of the answerable .5 to
/// 3.5 %, of questions about other things 94 %, and of those whose paragraph alone is missing 81 % in
/// Chinese and 32 % in English. Across languages they refuse 3 % of 1,246 and 45 % of 1,100, and coverage
/// alone 2.3 % of 300 and 85 % of 300.
#[derive(Clone, Debug, PartialEq)]
pub struct RelevanceConfig {
    /// How many of the first hits are looked at.
    pub hits: usize,
    /// What counts as coverage where the postings were not asked (dense mode).
    pub unknown_coverage: f32,
    /// For late interaction's similarity; `None` where this encoder's is not calibrated.
    pub late: Option<Thresholds>,
    /// For the cosine; `None` likewise, and then coverage alone decides.
    pub cosine: Option<Thresholds>,
    /// Coverage that suffices where there is no cosine to go by.
    pub coverage_alone: f32,
    /// From -1 to 1: moves every threshold, a similarity's by at most .05 and coverage's by at most .3.
    pub strictness: f32,
}

/// How far strictness moves what a similarity has to reach: about from where nothing is refused to
/// where a quarter of the answerable questions is.
const SIMILARITY_SPAN: f32 = 0.05;
/// How far it moves what coverage alone has to reach.
const COVERAGE_SPAN: f32 = 0.3;

/// What a similarity of one kind has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// What full coverage of the question's terms adds to a similarity.
    pub coverage_weight: f32,
    /// For a Chinese question and a Chinese passage.
    pub chinese: f32,
    /// For a question and a passage in another language they share.
    pub other: f32,
    /// Least similarity where question and passage differ in language: such a passage has none of
    /// the question's terms. Similarities tell little here, so this lets through what may be an
    /// answer.
    pub across: f32,
}

impl Default for RelevanceConfig {
    fn default() -> Self {
        let late =
            Thresholds { coverage_weight: 0.1, chinese: 0.885, other: 0.845, across: 0.7235 };
        let cosine =
            Thresholds { coverage_weight: 0.05, chinese: 0.888, other: 0.832, across: 0.739 };
        Self {
            hits: 5,
            unknown_coverage: 0.6,
            late: Some(late),
            cosine: Some(cosine),
            coverage_alone: 0.45,
            strictness: 0.0,
        }
    }
}

impl RelevanceConfig {
    /// For an encoder whose similarities nobody calibrated: words decide, and a passage in another language
    /// than the question is never ruled out.
    pub fn uncalibrated() -> Self {
        Self { late: None, cosine: None, ..Self::default() }
    }

    /// By the encoder's catalogue id.
    pub fn for_encoder(id: &str) -> Self {
        if id == "multilingual-e5-small" { Self::default() } else { Self::uncalibrated() }
    }
}

/// Decides whether a question can be answered from these hits.
pub fn judge(question: &str, hits: &[Hit], config: &RelevanceConfig) -> Verdict {
    match weigh(question, hits, config) {
        Some(relevance) if relevance.score >= relevance.needed => Verdict::Answerable,
        _ => Verdict::NotInDocuments,
    }
}

/// What the hit that comes nearest to being relevant, or is so most clearly, scores; `None` where
/// there is none.
pub fn weigh(question: &str, hits: &[Hit], config: &RelevanceConfig) -> Option<Relevance> {
    let language = Language::of(question);
    let hits = &hits[..hits.len().min(config.hits)];
    let postings_asked = hits.iter().any(|hit| hit.arms.coverage.is_some());
    let unknown = if postings_asked { 0.0 } else { config.unknown_coverage };
    let weighed = hits.iter().flat_map(|hit| scales(language, hit, unknown, config));
    weighed.max_by(|a, b| (a.score - a.needed).total_cmp(&(b.score - b.needed)))
}

/// The scores of a hit of which one has to suffice.
fn scales(language: Language, hit: &Hit, unknown: f32, config: &RelevanceConfig) -> Vec<Relevance> {
    let similar = |score, needed: f32| Relevance {
        score,
        needed: needed + SIMILARITY_SPAN * config.strictness,
    };
    let coverage = hit.arms.coverage.unwrap_or(unknown);
    let needed = config.coverage_alone + COVERAGE_SPAN * config.strictness;
    let covered = Relevance { score: coverage, needed };
    // What is of no language is not of another one: a list of references resembles any question more
    // than an answer in another language may, and would open a whole library to it.
    let is_across = prose(&hit.passage.draft.text).is_some_and(|other| other != language);
    let late = hit.arms.late.zip(config.late);
    let Some((similarity, thresholds)) = late.or(hit.arms.cosine.zip(config.cosine)) else {
        let is_unknown = is_across && config.cosine.is_none();
        return vec![if is_unknown { Relevance { score: 1.0, needed: 0.0 } } else { covered }];
    };
    if is_across {
        return vec![covered, similar(similarity, thresholds.across)];
    }
    let threshold = match language {
        Language::Zh => thresholds.chinese,
        Language::En => thresholds.other,
    };
    vec![similar(similarity + thresholds.coverage_weight * coverage, threshold)]
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
        hit.arms = ArmScores { cosine, coverage, ..ArmScores::default() };
        let verdict = judge(question, &[hit], &RelevanceConfig::default());
        assert_eq!(verdict, expected, "{question} {cosine:?} {coverage:?}");
    }

    #[test]
    fn nothing_found_is_nothing_to_answer_from() {
        assert_eq!(judge("问", &[], &RelevanceConfig::default()), Verdict::NotInDocuments);
    }

    #[test]
    fn late_interaction_decides_where_it_was_asked() {
        let verdict = |late| {
            let mut hit = evidence(&["问题如下"]).0.remove(0).hit;
            let (cosine, coverage) = (Some(0.99), Some(0.4));
            hit.arms = ArmScores { cosine, coverage, late: Some(late), ..ArmScores::default() };
            judge("问题是什么", &[hit], &RelevanceConfig::default())
        };
        assert_eq!(verdict(0.86), Verdict::Answerable);
        assert_eq!(verdict(0.80), Verdict::NotInDocuments);
    }

    #[test]
    fn words_and_vector_decide_together() {
        check("问题是什么", "问题如下", Some(0.87), Some(0.9), Verdict::Answerable);
        check("问题是什么", "别的事情", Some(0.86), Some(0.3), Verdict::NotInDocuments);
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
        check(
            "What is it?",
            "这是一个段落，里面说的是这件事情的来历和经过。",
            Some(0.77),
            Some(0.0),
            Verdict::Answerable,
        );
        check(
            "What is it?",
            "这是一个段落，里面说的是这件事情的来历和经过。",
            Some(0.71),
            Some(0.0),
            Verdict::NotInDocuments,
        );
    }

    #[test]
    fn cosines_of_an_unknown_encoder_are_not_believed() {
        let mut hit = evidence(&["别的事情"]).0.remove(0).hit;
        hit.arms = ArmScores { cosine: Some(0.99), coverage: Some(0.1), ..ArmScores::default() };
        let config = RelevanceConfig::for_encoder("m3e-base");
        assert_eq!(judge("问题是什么", &[hit], &config), Verdict::NotInDocuments);
    }
}
