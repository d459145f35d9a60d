//! The second stage of a search: what the index found, put in order. Not here: by what, which is the
//! room `rank`'s.

use crate::Result;
use yinju_core::ports::RankedPassage;
use yinju_core::{ArmScores, ModelId, PassageId};
use yinju_rank::{LateInteraction, RankConfig};
use yinju_store::Store;

/// Reorders the first `config.depth` passages, comparing them with the question where it is given;
/// those behind them stay behind, with a score of 0.
pub(crate) fn rerank(
    store: &Store,
    encoder: &ModelId,
    question: Option<LateInteraction>,
    mut ranked: Vec<RankedPassage>,
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
    let ordered = yinju_rank::order(&arms, config).into_iter();
    let ordered = ordered.map(|(place, score)| RankedPassage { score, ..ranked[place] });
    Ok(ordered.chain(rest.into_iter().map(|found| RankedPassage { score: 0.0, ..found })).collect())
}
