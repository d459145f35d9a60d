//! Passages for a question, and whether they have to do with it.

use super::keeping::ChatPlace;
use super::request::AskRequest;
use crate::exact;
use crate::look::Found;
use crate::search::{SearchQuery, check_question};
use crate::{Engine, Result};
use yinju_answer::identifiers::{self, Identifier};
use yinju_answer::relevance::{self, RelevanceConfig};
use yinju_core::{Hit, PassageIndex, Relevance};
use yinju_question::Year;

/// The setting that says how readily is refused.
const STRICTNESS: &str = "strictness";

/// A passage that covers less of a question holds a stray word of it.
const HARDLY_COVERED: f32 = 0.3;

/// What a question is answered from.
pub(super) struct Gathered {
    pub(super) hits: Vec<Hit>,
    /// Whether any of it may hold the answer.
    pub(super) is_answerable: bool,
    pub(super) relevance: Option<Relevance>,
    /// What the question names exactly and no document in scope holds.
    pub(super) missing: Vec<String>,
    /// The texts that were searched for.
    pub(super) searched: Vec<String>,
}

fn holds(hit: &Hit, identifier: &Identifier) -> bool {
    exact::holds(&hit.passage, &hit.document.title, identifier)
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
        // Who names a page or a chapter wants what stands there, whatever it is about.
        let is_placed = found.narrowed.is_some_and(|narrowed| narrowed.passages);
        let top = request.top.max(1);
        let mut hits = self.hits(found.ranked, top)?;
        let exact = if is_placed { Vec::new() } else { identifiers::named(&request.question) };
        let mut missing = named_first(&exact, &mut hits);
        missing.extend(self.unknown_abbreviations(&request.question, &hits)?);
        let plan = yinju_question::Plan::of(&request.question);
        if !is_placed {
            missing.extend(self.keep_of_years(&plan.years, &mut hits)?);
        }
        let mut config = RelevanceConfig::for_encoder(self.encoder()?.spec.id.as_str());
        config.strictness = match request.strictness {
            Some(strictness) => strictness.clamp(-1.0, 1.0),
            None => self.strictness()?,
        };
        let relevance = relevance::weigh(&plan.topic, &hits, &config);
        let is_relevant = relevance.is_some_and(|r| r.score >= r.needed);
        // Who asks for an answer whatever it is worth gets what was found.
        let is_insisted = request.strictness.is_some_and(|strictness| strictness <= -1.0);
        let may_hold = is_placed || (missing.is_empty() && is_relevant);
        let is_answerable = !hits.is_empty() && (may_hold || is_insisted);
        Ok(Gathered { hits, is_answerable, relevance, missing, searched })
    }

    /// Abbreviations of the question that stand nowhere, where what was found hardly holds anything else that it
    /// asks for: what is said of `CMSF` is no answer about `CMSR`.
    fn unknown_abbreviations(&self, question: &str, hits: &[Hit]) -> Result<Vec<String>> {
        let coverage = hits.iter().filter_map(|hit| hit.arms.coverage).fold(0.0, f32::max);
        let mut unknown = Vec::new();
        if coverage < HARDLY_COVERED {
            for word in identifiers::abbreviations(question) {
                if !self.encoder()?.index.absent(&word)?.is_empty() {
                    unknown.push(word);
                }
            }
        }
        Ok(unknown)
    }

    /// Where accounts of some years are asked for, keeps the passages that may tell of one of them:
    /// those of another year are as like as can be, and no answer. Where none is left, those years
    /// are missing, and what was found stays, as the nearest. So is any other year that is asked
    /// about, if it stands nowhere at all: a year alone may be told in other words.
    fn keep_of_years(&self, years: &[Year], hits: &mut Vec<Hit>) -> Result<Vec<String>> {
        let is_reported = years.iter().any(|year| year.is_reported);
        let years: Vec<Year> =
            years.iter().filter(|year| year.is_reported == is_reported).cloned().collect();
        if years.is_empty() || hits.is_empty() {
            return Ok(Vec::new());
        }
        let mut kept = Vec::with_capacity(hits.len());
        for hit in hits.iter() {
            let page = hit.passage.pages().first().copied();
            if self.may_tell_of(&years, &hit.document, page)? {
                kept.push(hit.clone());
            }
        }
        if kept.is_empty() {
            let index = &self.encoder()?.index;
            let is_nowhere = |year: &Year| index.absent(&year.value.to_string());
            for year in years.iter().filter(|_| !is_reported) {
                if is_nowhere(year)?.is_empty() {
                    return Ok(Vec::new());
                }
            }
            return Ok(years.into_iter().map(|year| year.written).collect());
        }
        if is_reported {
            (1..).zip(kept.iter_mut()).for_each(|(rank, hit)| hit.rank = rank);
            *hits = kept;
        }
        Ok(Vec::new())
    }
}

/// Puts the passages first that hold what the question names exactly, and says what none does.
fn named_first(exact: &[Identifier], hits: &mut [Hit]) -> Vec<String> {
    let held = |hit: &Hit| exact.iter().filter(|identifier| holds(hit, identifier)).count();
    hits.sort_by_key(|hit| std::cmp::Reverse(held(hit)));
    for (rank, hit) in (1..).zip(hits.iter_mut()) {
        hit.rank = rank;
    }
    let is_missing = |identifier: &&Identifier| !hits.iter().any(|hit| holds(hit, identifier));
    exact.iter().filter(is_missing).map(|identifier| identifier.written.clone()).collect()
}
