//! The second stage of a search: what the index found, put in order. Not here: by what, which is the
//! room `rank`'s.

use crate::Result;
use std::collections::HashMap;
use yinju_core::ports::RankedPassage;
use yinju_core::{ArmScores, Language, ModelId, PassageId};
use yinju_rank::{LateInteraction, RankConfig};
use yinju_store::Store;

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
    let arms: Vec<ArmScores> = ranked.iter().map(|found| found.arms).collect();
    let ordered = yinju_rank::order(&arms, asked_in, config).into_iter();
    let ordered = ordered.map(|(place, score)| RankedPassage { score, ..ranked[place] });
    Ok(ordered.chain(rest.into_iter().map(|found| RankedPassage { score: 0.0, ..found })).collect())
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
    let vectors: HashMap<PassageId, Vec<f32>> = store
        .with_vectors(&ids, encoder)?
        .into_iter()
        .map(|(passage, vector)| (passage.id, vector))
        .collect();
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

/// The cosine of two vectors of length 1.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
