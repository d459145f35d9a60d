//! Finding passages for a question.

use crate::rerank::rerank;
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Instant;
use yinju_core::ports::{Embedding, RankedPassage, SearchRequest};
use yinju_core::{
    DocumentId, Evidence, Hit, Mode, Page, PageNumber, Passage, Problem, ProblemCode, Region, Scope,
};
use yinju_rank::{LateInteraction, RankConfig};
use yinju_store::Store;

/// Questions longer than this are refused: no encoder reads as much, and nobody types as much.
pub(crate) const MAX_QUESTION_CHARACTERS: usize = 8_000;

/// By what a second stage puts in order what both arms found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rerank {
    /// By late interaction too, where the encoder is used for it.
    #[default]
    On,
    /// By what both arms thought.
    Off,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct SearchQuery {
    /// The question or the words.
    pub text: String,
    /// Where to look.
    pub scope: Scope,
    /// Which arms look.
    pub mode: Mode,
    /// How many passages.
    pub limit: usize,
    /// Whether a second stage looks at them.
    pub rerank: Rerank,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchResult {
    /// What was looked for.
    pub query: String,
    /// Which arms looked.
    pub mode: Mode,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// The passages, best first.
    pub hits: Vec<Hit>,
}

impl Engine {
    /// Finds passages, best first; those of a document that is still being read as far as it is.
    pub fn search(&self, query: &SearchQuery) -> Result<SearchResult> {
        let start = Instant::now();
        check_question(&query.text)?;
        let hits = self.hits(query)?;
        Ok(SearchResult {
            query: query.text.clone(),
            mode: query.mode,
            took_ms: start.elapsed().as_secs_f64() * 1000.0,
            hits,
        })
    }

    /// Loads the encoder, so that the first question does not wait for it. Meant for a thread of
    /// its own; what is missing is no failure here but where it is needed.
    pub fn warm_up(&self) {
        let warm = self.encoder().and_then(|side| side.embed_question("warm"));
        if let Err(problem) = warm {
            tracing::info!(%problem, "the encoder is not ready");
        }
    }

    pub(crate) fn hits(&self, query: &SearchQuery) -> Result<Vec<Hit>> {
        let ranked = self.ranked(query)?;
        let mut pages = PageCache::new(self.store());
        let mut hits = Vec::with_capacity(ranked.len());
        for found in ranked {
            if let Some(passage) = self.store().passage(found.passage)? {
                let rank = hits.len() as u32 + 1;
                hits.push(self.hit(rank, &found, passage, &mut pages)?);
            }
        }
        Ok(hits)
    }

    /// Ranked passages without their texts.
    pub(crate) fn ranked(&self, query: &SearchQuery) -> Result<Vec<RankedPassage>> {
        let side = self.encoder()?;
        let text = query.text.trim().to_owned();
        let question = match query.mode {
            Mode::Lexical => Embedding::default(),
            Mode::Hybrid | Mode::Dense => side.embed_question(&text)?,
        };
        let config = RankConfig::default();
        // The weights are those of encoders that were measured; ranks fuse the arms of any other.
        let is_weighed = query.mode == Mode::Hybrid && side.spec.late_interaction;
        let found = side.index.search(&SearchRequest {
            text,
            vector: (query.mode != Mode::Lexical).then_some(question.vector),
            mode: query.mode,
            limit: if is_weighed { query.limit.max(config.depth) } else { query.limit },
            scope: query.scope.clone(),
        })?;
        if !is_weighed {
            return Ok(found);
        }
        let is_compared = query.rerank == Rerank::On;
        let late = if is_compared { LateInteraction::new(&question.tokens) } else { None };
        let mut ranked = rerank(self.store(), &side.spec.id, late, found, &config)?;
        ranked.truncate(query.limit);
        Ok(ranked)
    }

    fn hit(
        &self,
        rank: u32,
        found: &RankedPassage,
        passage: Passage,
        pages: &mut PageCache<'_>,
    ) -> Result<Hit> {
        let document = self.store().document(passage.document)?.reference;
        let regions = regions(&passage, pages)?;
        Ok(Hit { rank, score: found.score, arms: found.arms, passage, document, regions })
    }
}

/// An empty or an endless question is a mistake, not a search.
pub(crate) fn check_question(text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Problem::new(ProblemCode::QuestionEmpty, "the question is empty")
            .hint("type what you want to know"));
    }
    let characters = text.chars().count();
    if characters > MAX_QUESTION_CHARACTERS {
        let message = format!(
            "the question has {characters} characters; at most {MAX_QUESTION_CHARACTERS} are read"
        );
        return Err(Problem::new(ProblemCode::QuestionTooLong, message)
            .hint("ask in fewer words; import long texts as a document instead"));
    }
    Ok(())
}

/// Where a passage stands, one region a page.
fn regions(passage: &Passage, pages: &mut PageCache<'_>) -> Result<Vec<Region>> {
    let mut regions: Vec<Region> = Vec::new();
    for span in &passage.draft.spans {
        let Some(page) = pages.get(passage.document, span.page)? else { continue };
        let boxes = page.boxes_of(span.range);
        match regions.last_mut() {
            Some(last) if last.page == span.page => last.boxes.extend(boxes),
            _ => regions.push(Region { page: span.page, boxes }),
        }
    }
    Ok(regions)
}

/// Pages read from the store once a question.
pub(crate) struct PageCache<'a> {
    store: &'a Store,
    pages: HashMap<(DocumentId, PageNumber), Option<Page>>,
}

impl<'a> PageCache<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, pages: HashMap::new() }
    }

    /// Fetches every page the evidence stands on.
    pub(crate) fn fill(&mut self, evidence: &[Evidence]) -> Result<()> {
        for passage in evidence.iter().map(|evidence| &evidence.hit.passage) {
            for span in &passage.draft.spans {
                self.get(passage.document, span.page)?;
            }
        }
        Ok(())
    }

    /// A page that was fetched before.
    pub(crate) fn held(&self, document: DocumentId, page: PageNumber) -> Option<&Page> {
        self.pages.get(&(document, page))?.as_ref()
    }

    pub(crate) fn get(&mut self, document: DocumentId, page: PageNumber) -> Result<Option<&Page>> {
        let key = (document, page);
        if !self.pages.contains_key(&key) {
            let found = self.store.page(document, page)?;
            self.pages.insert(key, found);
        }
        Ok(self.pages.get(&key).and_then(Option::as_ref))
    }
}
