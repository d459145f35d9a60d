//! Passages for a question, and whether they have to do with it.

use super::keeping::ChatPlace;
use super::request::AskRequest;
use crate::look::Found;
use crate::search::{SearchQuery, check_question};
use crate::{Engine, Result};
use yinju_answer::relevance::{self, RelevanceConfig};
use yinju_core::{Hit, Relevance};

/// The setting that says how readily is refused.
const STRICTNESS: &str = "strictness";

/// What a question is answered from.
pub(super) struct Gathered {
    pub(super) hits: Vec<Hit>,
    /// Whether any of it may hold the answer.
    pub(super) is_answerable: bool,
    pub(super) relevance: Option<Relevance>,
    /// The texts that were searched for.
    pub(super) searched: Vec<String>,
}

impl Engine {
    /// How readily a question is refused: 0 as measured, 1 at the least doubt, -1 hardly ever.
    pub fn strictness(&self) -> Result<f32> {
        let kept = self.store().setting(STRICTNESS)?;
        let kept = kept.and_then(|text| text.parse().ok());
        Ok(kept.filter(|strictness: &f32| strictness.is_finite()).unwrap_or(0.0))
    }

    /// Sets it for every question that does not bring its own.
    pub fn set_strictness(&self, strictness: f32) -> Result<()> {
        Ok(self.store().set_setting(STRICTNESS, &strictness.clamp(-1.0, 1.0).to_string())?)
    }

    /// Passages for a question; for one that leans on those before it, also for all of them together.
    pub(super) fn evidence_for(&self, request: &AskRequest, place: &ChatPlace) -> Result<Gathered> {
        let query = SearchQuery {
            text: request.question.clone(),
            scope: request.scope.clone(),
            limit: request.top.max(1),
            is_asked: true,
            ..SearchQuery::default()
        }
        .with_spare();
        let limit = query.limit;
        let earlier: Vec<&str> = place.turns.iter().map(|turn| turn.question.as_str()).collect();
        let mut found = self.look(&query)?;
        let mut searched = vec![request.question.clone()];
        let standalone = yinju_question::standalone(&request.question, &earlier);
        if let Some(text) = standalone.filter(|text| check_question(text).is_ok()) {
            searched.push(text.clone());
            found = self.look(&SearchQuery { text, ..query })?.joined(found, limit);
        }
        found.warnings.iter().for_each(|warning| self.0.notices.add(warning.message.clone()));
        self.judged(request, found, searched)
    }

    fn judged(
        &self,
        request: &AskRequest,
        found: Found,
        searched: Vec<String>,
    ) -> Result<Gathered> {
        let hits = self.hits(found.ranked, request.top.max(1))?;
        let mut config = RelevanceConfig::for_encoder(self.encoder()?.spec.id.as_str());
        config.strictness = match request.strictness {
            Some(strictness) => strictness.clamp(-1.0, 1.0),
            None => self.strictness()?,
        };
        let relevance = relevance::weigh(&request.question, &hits, &config);
        // Who names a page or a chapter wants what stands there, whatever it is about.
        let is_placed = found.narrowed.is_some_and(|narrowed| narrowed.passages);
        let is_relevant = relevance.is_some_and(|r| r.score >= r.needed);
        // Who asks for an answer whatever it is worth gets what was found.
        let is_insisted = request.strictness.is_some_and(|strictness| strictness <= -1.0);
        let is_answerable = !hits.is_empty() && (is_placed || is_relevant || is_insisted);
        Ok(Gathered { hits, is_answerable, relevance, searched })
    }
}
