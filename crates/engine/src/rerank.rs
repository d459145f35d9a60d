//! The later stages of a search: what the index found, put in order; and the first of those put in
//! order again by a cross-encoder, where one is named. Not here: by what passages are compared,
//! which is the room `rank`'s.

use crate::look::Found;
use crate::search::{Rerank, SearchQuery};
use crate::{Engine, Result};
use std::collections::HashMap;
use yinju_core::ports::RankedPassage;
use yinju_core::{ArmScores, CancelToken, Language, ModelId, PassageId};
use yinju_rank::{LateInteraction, RankConfig};
use yinju_store::Store;

/// How many passages a cross-encoder reads: some 6,000 tokens, for which one of a hundred million
/// parameters takes seconds on two cores. Late interaction has the right passage among the first
/// ten for .984 to 1.000 of the questions of `docs/evaluation.md`.
const READ_TOGETHER: usize = 20;

/// Reorders the first `config.depth` passages, comparing them with the question where it is given;
/// those behind them stay behind, with a score of 0.
pub(crate) fn rerank(
    store: &Store,
    encoder: &ModelId,
    question: Option<LateInteraction>,
    mut ranked: Vec<RankedPassage>,
    asked_in: Language,
    config: &RankConfig,
) -> Result<Vec<RankedPassage>> {
    let rest = ranked.split_off(ranked.len().min(config.depth));
    if let Some(mut question) = question {
        let ids: Vec<PassageId> = ranked.iter().map(|found| found.passage).collect();
        for (found, tokens) in ranked.iter_mut().zip(store.token_vectors(&ids, encoder)?) {
            found.arms.late = tokens.and_then(|tokens| question.similarity(&tokens));
        }
    }
    let mut arms: Vec<ArmScores> = ranked.iter().map(|found| found.arms).collect();
    let told = told_in_own_language(store, encoder, &ranked, config)?;
    for (arms, told) in arms.iter_mut().zip(told) {
        arms.across &= !told;
    }
    let ordered = yinju_rank::order(&arms, asked_in, config).into_iter();
    let ordered = ordered.map(|(place, score)| RankedPassage { score, ..ranked[place] });
    Ok(ordered.chain(behind(rest)).collect())
}

/// Which candidates in the other language than the question's say what one in its own says: translations of
/// one another, of which a person wants the one that they can read.
fn told_in_own_language(
    store: &Store,
    encoder: &ModelId,
    ranked: &[RankedPassage],
    config: &RankConfig,
) -> Result<Vec<bool>> {
    let across = |found: &RankedPassage| found.arms.across;
    if ranked.iter().all(across) || !ranked.iter().any(across) {
        return Ok(vec![false; ranked.len()]);
    }
    let vectors = vectors(store, encoder, ranked)?;
    let own: Vec<&Vec<f32>> = ranked
        .iter()
        .filter(|found| !across(found))
        .filter_map(|found| vectors.get(&found.passage))
        .collect();
    let is_told = |found: &RankedPassage| {
        let vector = vectors.get(&found.passage).filter(|_| across(found));
        vector.is_some_and(|v| own.iter().any(|other| dot(v, other) >= config.told_twice))
    };
    Ok(ranked.iter().map(is_told).collect())
}

impl Engine {
    /// Ranks as without a model, then orders the first passages by what the model says of each
    /// together with the question; those behind them stay behind, with a score of 0.
    pub(crate) fn look_with(&self, model: &ModelId, query: &SearchQuery) -> Result<Found> {
        let model = self.models().reranker(model)?;
        let limit = query.limit.max(READ_TOGETHER);
        let first = SearchQuery { rerank: Rerank::On, limit, ..query.clone() };
        let Found { mut ranked, narrowed, warnings } = self.look_once(&first)?;
        let rest = ranked.split_off(ranked.len().min(READ_TOGETHER));
        let (mut ranked, texts) = self.texts_of(ranked)?;
        if !texts.is_empty() {
            let (question, cancel) = (query.text.trim(), CancelToken::new());
            let scores = self.0.adapters.reranker.scores(&model, question, &texts, &cancel)?;
            order_by(&mut ranked, &scores);
        }
        ranked.extend(behind(rest));
        ranked.truncate(query.limit);
        Ok(Found { ranked, narrowed, warnings })
    }

    /// The passages that are still there, each with its text as the encoder read it.
    fn texts_of(&self, ranked: Vec<RankedPassage>) -> Result<(Vec<RankedPassage>, Vec<String>)> {
        let (mut there, mut texts) = (Vec::new(), Vec::new());
        for found in ranked {
            if let Some(passage) = self.store().passage(found.passage)? {
                let title = self.store().document(found.document)?.reference.title;
                texts.push(passage.draft.in_context(&title));
                there.push(found);
            }
        }
        Ok((there, texts))
    }
}

/// Orders by logits, equal ones as they came, and gives each passage the probability the model means
/// by its logit.
fn order_by(ranked: &mut [RankedPassage], logits: &[f32]) {
    for (found, logit) in ranked.iter_mut().zip(logits) {
        found.arms.cross = Some(*logit);
        found.score = 1.0 / (1.0 + (-logit).exp());
    }
    let logit = |found: &RankedPassage| found.arms.cross.unwrap_or(f32::NEG_INFINITY);
    ranked.sort_by(|a, b| logit(b).total_cmp(&logit(a)));
}

fn behind(rest: Vec<RankedPassage>) -> impl Iterator<Item = RankedPassage> {
    rest.into_iter().map(|found| RankedPassage { score: 0.0, ..found })
}

/// Puts down what is like a better passage or of its document, among the first `config.depth`.
pub(crate) fn spread(
    store: &Store,
    encoder: &ModelId,
    mut ranked: Vec<RankedPassage>,
    config: &RankConfig,
) -> Result<Vec<RankedPassage>> {
    let rest = ranked.split_off(ranked.len().min(config.depth));
    let ids: Vec<PassageId> = ranked.iter().map(|found| found.passage).collect();
    let vectors = vectors(store, encoder, &ranked)?;
    // By ranks: scores of different modes have no common scale.
    let relevance: Vec<f32> =
        (0..ranked.len()).map(|rank| 1.0 - rank as f32 / ranked.len() as f32).collect();
    let similarity = |a: usize, b: usize| {
        let cosine = vectors.get(&ids[a]).zip(vectors.get(&ids[b])).map_or(0.0, |(a, b)| dot(a, b));
        let same = if ranked[a].document == ranked[b].document { 1.0 } else { 0.0 };
        f32::midpoint(cosine.clamp(0.0, 1.0), same)
    };
    let order = yinju_rank::spread(&relevance, similarity, config.spread);
    let spread: Vec<RankedPassage> = order.into_iter().map(|place| ranked[place]).collect();
    Ok(spread.into_iter().chain(rest).collect())
}

fn vectors(
    store: &Store,
    encoder: &ModelId,
    ranked: &[RankedPassage],
) -> Result<HashMap<PassageId, Vec<f32>>> {
    let ids: Vec<PassageId> = ranked.iter().map(|found| found.passage).collect();
    Ok(store.vectors(&ids, encoder)?.into_iter().collect())
}

/// The cosine of two vectors of length 1.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
