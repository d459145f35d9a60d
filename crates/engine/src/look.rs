//! One search, step by step: read what was typed, narrow it, ask the index, put in order.

use crate::encoder::EncoderSide;
use crate::narrow::{Narrowed, Narrowing};
use crate::rerank::{rerank, spread};
use crate::search::{Rerank, SearchQuery};
use crate::{Engine, Result};
use std::sync::Arc;
use yinju_core::ports::{Conditions, Embedding, Marking, OwnWord, RankedPassage, SearchRequest};
use yinju_core::{
    ArmScores, Language, Mode, Passage, PassageId, PassageIndex, Phrase, Place, Problem,
    ProblemCode,
};
use yinju_question::{Query, WordList};
use yinju_rank::{LateInteraction, RankConfig};

/// Passages among which those with a phrase are looked for, at most: an index knows that the words
/// are there, not that they stand in a row.
const PHRASE_DEPTH: usize = 400;

/// The paper's.
const RANK_CONSTANT: f32 = 60.0;

/// What a search found.
#[derive(Default)]
pub(crate) struct Found {
    /// Best first.
    pub(crate) ranked: Vec<RankedPassage>,
    /// Where it looked, if the query said so.
    pub(crate) narrowed: Option<Narrowing>,
    /// What a person should know of the order.
    pub(crate) warnings: Vec<Problem>,
}

impl Found {
    /// Two searches for one question made one: a passage counts by its ranks in both (reciprocal rank
    /// fusion, Cormack, Clarke & Büttcher 2009), with what the first thought of it.
    pub(crate) fn joined(self, other: Self, limit: usize) -> Self {
        let mut ranked: Vec<RankedPassage> = Vec::new();
        for list in [self.ranked, other.ranked] {
            for (rank, found) in list.into_iter().enumerate() {
                let score = 1.0 / (RANK_CONSTANT + 1.0 + rank as f32);
                match ranked.iter_mut().find(|known| known.passage == found.passage) {
                    Some(known) => known.score += score,
                    None => ranked.push(RankedPassage { score, ..found }),
                }
            }
        }
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked.truncate(limit);
        let warnings = if self.warnings.is_empty() { other.warnings } else { self.warnings };
        Self { ranked, narrowed: self.narrowed.or(other.narrowed), warnings }
    }
}

impl Engine {
    /// Passages in order, without their texts, by one text.
    pub(crate) fn look_once(&self, query: &SearchQuery) -> Result<Found> {
        self.0.last_use.is_now();
        if let Rerank::With(model) = &query.rerank {
            return self.look_with(model, query);
        }
        let read = if query.is_asked { Query::of_question } else { Query::read };
        let typed = read(&query.text)?;
        let side = self.side_of(query)?;
        let Some(place) = self.place(query, &typed)? else {
            let narrowed = Some(Narrowing::nowhere());
            return Ok(Found { narrowed, ..Found::default() });
        };
        let (ranked, warnings) = self.look_in(&place, query, &typed, &side)?;
        Ok(Found { ranked, narrowed: place.told, warnings })
    }

    /// Passages in order, of some that are known.
    pub(crate) fn look_among(
        &self,
        query: &SearchQuery,
        mut only: Vec<PassageId>,
    ) -> Result<Vec<RankedPassage>> {
        only.sort_unstable();
        let typed = Query::of_question(&query.text)?;
        let place = Narrowed { scope: query.scope.clone(), only: Some(only), told: None };
        let side = self.side_of(query)?;
        Ok(self.look_in(&place, query, &typed, &side)?.0)
    }

    fn side_of(&self, query: &SearchQuery) -> Result<Arc<EncoderSide>> {
        match &query.encoder {
            Some(id) => self.side(id),
            None => self.encoder(),
        }
    }

    fn look_in(
        &self,
        place: &Narrowed,
        query: &SearchQuery,
        typed: &Query,
        side: &EncoderSide,
    ) -> Result<(Vec<RankedPassage>, Vec<Problem>)> {
        if typed.text.is_empty() {
            return Ok((self.leaf_through(place, query.limit)?, Vec::new()));
        }
        let mut warnings = Vec::new();
        let question = match Self::embedded(query, typed, side) {
            Ok(question) => question,
            Err(problem) if is_worker_lost(&problem) && query.mode == Mode::Hybrid => {
                warnings.push(by_words_alone(&problem));
                None
            }
            Err(problem) => return Err(problem),
        };
        let mode = if question.is_some() { query.mode } else { Mode::Lexical };
        let query = &SearchQuery { mode, ..query.clone() };
        let look = Look { engine: self, side, query, typed, place };
        Ok((look.run(&question.unwrap_or_default())?, warnings))
    }

    /// The question as the encoder sees it; `None` where vectors are not asked.
    fn embedded(
        query: &SearchQuery,
        typed: &Query,
        side: &EncoderSide,
    ) -> Result<Option<Embedding>> {
        match query.mode {
            Mode::Lexical => Ok(None),
            Mode::Hybrid | Mode::Dense => side.embed_question(&typed.text).map(Some),
        }
    }

    /// Where to look. Typed places are meant; those named in passing count where something is there.
    /// `None`: a typed place that does not exist.
    fn place(&self, query: &SearchQuery, typed: &Query) -> Result<Option<Narrowed>> {
        if !typed.filters.is_empty() {
            return self.narrow(&query.scope, &typed.filters);
        }
        let place = self.narrow_in_passing(&query.scope, &typed.text)?;
        Ok(Some(place.unwrap_or_else(|| Narrowed::to(query.scope.clone()))))
    }

    /// The first passages of a place, where nothing but the place was typed.
    fn leaf_through(&self, place: &Narrowed, limit: usize) -> Result<Vec<RankedPassage>> {
        let languages = &place.scope.languages;
        let is_here = |passage: &Passage| {
            let only = place.only.as_deref();
            only.is_none_or(|only| only.binary_search(&passage.id).is_ok())
                && (languages.is_empty() || languages.contains(&Language::of(&passage.draft.text)))
        };
        let mut found = Vec::new();
        for document in self.in_scope(&place.scope)? {
            let passages = self.store().passages(document.reference.id)?;
            found.extend(passages.iter().filter(|p| is_here(p)).map(|passage| RankedPassage {
                passage: passage.id,
                document: passage.document,
                score: 0.0,
                arms: ArmScores::default(),
            }));
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// Whether the encoder's process failed and nothing else: words can be searched without it.
fn is_worker_lost(problem: &Problem) -> bool {
    use ProblemCode as Code;
    matches!(problem.code, Code::WorkerTimedOut | Code::WorkerCrashed | Code::WorkerOutOfMemory)
}

fn by_words_alone(problem: &Problem) -> Problem {
    tracing::warn!(%problem, "searched by words alone");
    Problem::new(problem.code, "searched by words alone: the encoder did not answer")
        .hint("search again in a moment, to search by meaning too")
}

/// A search in a place that exists.
struct Look<'a> {
    engine: &'a Engine,
    side: &'a EncoderSide,
    query: &'a SearchQuery,
    typed: &'a Query,
    place: &'a Narrowed,
}

impl Look<'_> {
    fn run(&self, question: &Embedding) -> Result<Vec<RankedPassage>> {
        let (query, side) = (self.query, self.side);
        let config = RankConfig::default();
        // The weights are those of encoders that were measured; ranks fuse the arms of any other.
        let is_weighed = query.mode == Mode::Hybrid && side.spec.late_interaction;
        let mut limit = if is_weighed { query.limit.max(config.depth) } else { query.limit };
        if self.has_phrases() {
            limit = limit.max(PHRASE_DEPTH);
        }
        let request = SearchRequest {
            words: self.own_words()?,
            across: if is_weighed { config.across } else { 0 },
            ..self.request(question, limit)
        };
        let found = side.index.search(&request)?;
        let mut found = self.with_phrases(found)?;
        if query.mode == Mode::Hybrid {
            self.engine.embed_found(side, question, &mut found)?;
        }
        let mut ranked = if is_weighed { self.ordered(question, found, &config)? } else { found };
        if query.spread {
            ranked = spread(self.engine.store(), &side.spec.id, ranked, &config)?;
        }
        ranked.truncate(query.limit);
        Ok(ranked)
    }

    fn ordered(
        &self,
        question: &Embedding,
        found: Vec<RankedPassage>,
        config: &RankConfig,
    ) -> Result<Vec<RankedPassage>> {
        let is_compared = self.query.rerank == Rerank::On;
        let late = if is_compared { LateInteraction::new(&question.tokens) } else { None };
        let asked_in = Language::of(&self.typed.text);
        rerank(self.engine.store(), &self.side.spec.id, late, found, asked_in, config)
    }

    fn request(&self, question: &Embedding, limit: usize) -> SearchRequest {
        let is_lexical = self.query.mode == Mode::Lexical;
        SearchRequest {
            text: self.typed.text.clone(),
            vector: (!is_lexical).then(|| question.vector.clone()),
            mode: self.query.mode,
            limit,
            scope: self.place.scope.clone(),
            across: 0,
            conditions: Conditions {
                only: self.place.only.clone(),
                required: self.typed.required.clone(),
                excluded: self.typed.excluded.clone(),
            },
            words: Vec::new(),
        }
    }

    /// The words of the libraries that are searched, as far as they were typed.
    fn own_words(&self) -> Result<Vec<OwnWord>> {
        let lists = self.engine.store().word_lists(&self.place.scope.libraries)?;
        Ok(WordList::parse(&lists.join("\n")).in_question(&self.typed.text))
    }

    fn has_phrases(&self) -> bool {
        self.typed.has_phrases()
    }

    /// Those that hold what was put between quotation marks as it stands there.
    fn with_phrases(&self, found: Vec<RankedPassage>) -> Result<Vec<RankedPassage>> {
        if !self.has_phrases() {
            return Ok(found);
        }
        let mut kept = Vec::with_capacity(found.len());
        for candidate in found {
            if self.meets(candidate.passage)? {
                kept.push(candidate);
            }
        }
        Ok(kept)
    }

    fn meets(&self, passage: PassageId) -> Result<bool> {
        let store = self.engine.store();
        let Some(passage) = store.passage(passage)? else { return Ok(false) };
        let title = store.document(passage.document)?.reference.title;
        let holds = |phrase: &Phrase| self.holds(phrase, &title, &passage);
        let Query { required, excluded, .. } = self.typed;
        Ok(required.iter().all(holds) && !excluded.iter().any(holds))
    }

    fn holds(&self, phrase: &Phrase, title: &str, passage: &Passage) -> bool {
        let is_in =
            |text: &str| !self.side.index.marks(Marking::Phrase(&phrase.text), text).is_empty();
        let mut headings = passage.draft.section.iter();
        is_in(title)
            || headings.any(|heading| is_in(heading))
            || (phrase.place == Place::Anywhere && is_in(&passage.draft.reading()))
    }
}
