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

/// Where "has to do with it" begins.
#[derive(Clone, Debug, PartialEq)]
pub struct RelevanceConfig {
    /// How many of the first hits are looked at.
    pub hits: usize,
    /// A passage with this share of the question's terms is relevant whatever its vector says.
    pub coverage_alone: f32,
    /// With at least this share of the terms …
    pub coverage: f32,
    /// … a passage in the question's language needs this cosine.
    pub cosine: f32,
    /// A passage in the question's language that the postings did not return, or scored below
    /// `coverage`, needs this cosine.
    pub cosine_alone: f32,
    /// A passage in another language has none of the question's terms: its cosine alone decides.
    pub cosine_across: f32,
}

impl Default for RelevanceConfig {
    fn default() -> Self {
        Self {
            hits: 5,
            coverage_alone: 0.7,
            coverage: 0.4,
            cosine: 0.85,
            cosine_alone: 0.9,
            cosine_across: 0.83,
        }
    }
}

/// Decides whether a question can be answered from these hits.
pub fn judge(question: &str, hits: &[Hit], config: &RelevanceConfig) -> Verdict {
    let language = Language::of(question);
    let relevant = |hit: &Hit| is_relevant(language, hit, config);
    if hits.iter().take(config.hits).any(relevant) {
        Verdict::Answerable
    } else {
        Verdict::NotInDocuments
    }
}

fn is_relevant(language: Language, hit: &Hit, config: &RelevanceConfig) -> bool {
    let coverage = hit.arms.coverage.unwrap_or(0.0);
    let across = Language::of(&hit.passage.draft.text) != language;
    if coverage >= config.coverage_alone {
        return true;
    }
    hit.arms.cosine.is_some_and(|cosine| {
        (coverage >= config.coverage && cosine >= config.cosine)
            || cosine >= config.cosine_alone
            || (across && cosine >= config.cosine_across)
    })
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
        assert_eq!(judge(question, &[hit], &RelevanceConfig::default()), expected);
    }

    #[test]
    fn nothing_found_is_nothing_to_answer_from() {
        assert_eq!(judge("问", &[], &RelevanceConfig::default()), Verdict::NotInDocuments);
    }

    #[test]
    fn words_alone_suffice_if_there_are_enough() {
        check("问题是什么", "问题如下", None, Some(0.95), Verdict::Answerable);
        check("问题是什么", "别的事情", None, Some(0.1), Verdict::NotInDocuments);
    }

    #[test]
    fn another_language_is_judged_by_its_vector() {
        check("What is it?", "这是一个段落", Some(0.88), Some(0.0), Verdict::Answerable);
        check("What is it?", "这是一个段落", Some(0.76), Some(0.0), Verdict::NotInDocuments);
    }
}
