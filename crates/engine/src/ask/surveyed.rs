//! Answers that look at more than a few passages: what each document says, every place, a summary. They
//! are made of quotations, so no language model is needed.

use super::request::AskRequest;
use super::{Asking, milliseconds, numbered};
use crate::page_cache::PageCache;
use crate::search::SearchQuery;
use crate::{Engine, Result};
use std::collections::BTreeSet;
use yinju_answer::check::Checked;
use yinju_answer::relevance::{self, RelevanceConfig, Verdict};
use yinju_answer::survey::{self, Side};
use yinju_core::{
    AnswerUpdate, AskMode, CancelToken, Document, DocumentId, Evidence, Hit, Passage, Problem,
    Scope,
};

/// Documents that are asked one by one, at most; those the question is about come first.
const MOST_DOCUMENTS: usize = 60;
/// Passages of a document that may answer.
const OF_A_DOCUMENT: usize = 3;
/// Passages that are looked through for places.
const OF_ALL: usize = 240;
/// Passages that are summarised, evenly chosen of more.
const SUMMARISED: usize = 240;
/// Sentences of a summary.
const SENTENCES: usize = 12;

impl Asking<'_> {
    /// A table or a summary; a refusal where nothing was found.
    pub(super) fn survey(&mut self) -> Result<()> {
        let (engine, request) = (self.engine, self.request);
        let (sides, hits) = match request.mode {
            AskMode::Compare => engine.sides(request, self.cancel)?,
            AskMode::Summary => (Vec::new(), engine.text_of(request)?),
            _ => (Vec::new(), engine.places(request)?),
        };
        self.answer.timings.retrieve = milliseconds(self.start);
        let evidence = numbered(hits);
        self.tell_evidence(&evidence);
        let mut cache = PageCache::new(engine.store());
        cache.fill(&evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let checked = match request.mode {
            AskMode::Compare => survey::compare(&request.question, &sides, &evidence, &pages),
            AskMode::Summary => survey::summary(&evidence, &pages, SENTENCES),
            _ => survey::extract(&request.question, &evidence, &pages),
        };
        if checked.citations.is_empty() {
            return self.refuse(&[]);
        }
        self.tell(AnswerUpdate::Token { text: checked.text.clone() });
        self.answer.evidence = cited(&checked, evidence);
        self.take(checked);
        Ok(())
    }
}

impl Engine {
    /// Every document in scope with its passages that may answer.
    fn sides(&self, request: &AskRequest, cancel: &CancelToken) -> Result<(Vec<Side>, Vec<Hit>)> {
        let mut config = RelevanceConfig::for_encoder(self.encoder()?.spec.id.as_str());
        config.strictness = request.strictness.map_or_else(|| self.strictness(), Ok)?;
        let (mut sides, mut hits) = (Vec::new(), Vec::new());
        for document in self.documents_asked(request)? {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            let scope = Scope { documents: vec![document.reference.id], ..Scope::default() };
            let found = self.passages_for(request, scope, OF_A_DOCUMENT)?;
            let speaks =
                relevance::judge(&request.question, &found, &config) == Verdict::Answerable;
            let first = hits.len();
            hits.extend(found.into_iter().filter(|_| speaks));
            let evidence = (first..hits.len()).collect();
            sides.push(Side { document: document.reference, evidence });
        }
        Ok((sides, hits))
    }

    /// The documents in scope, those the question is about first.
    fn documents_asked(&self, request: &AskRequest) -> Result<Vec<Document>> {
        let mut documents = self.in_scope(&request.scope)?;
        documents.retain(|document| document.passages > 0);
        if documents.len() > MOST_DOCUMENTS {
            let found = self.passages_for(request, request.scope.clone(), OF_ALL)?;
            let near: Vec<DocumentId> = found.iter().map(|hit| hit.document.id).collect();
            let rank = |d: &Document| near.iter().position(|id| *id == d.reference.id);
            documents.sort_by_key(|document| rank(document).unwrap_or(usize::MAX));
            documents.truncate(MOST_DOCUMENTS);
        }
        Ok(documents)
    }

    fn places(&self, request: &AskRequest) -> Result<Vec<Hit>> {
        self.passages_for(request, request.scope.clone(), OF_ALL)
    }

    fn passages_for(&self, request: &AskRequest, scope: Scope, limit: usize) -> Result<Vec<Hit>> {
        let query = SearchQuery {
            text: request.question.clone(),
            scope,
            limit,
            is_asked: true,
            ..SearchQuery::default()
        };
        let ranked = self.look(&query)?.ranked;
        self.hits(ranked, limit)
    }

    /// The passages of the documents, or of the chapter the question names, in order.
    pub(super) fn text_of(&self, request: &AskRequest) -> Result<Vec<Hit>> {
        let place = self.narrow_in_passing(&request.scope, &request.question)?;
        let (scope, only) = match place {
            Some(place) => (place.scope, place.only),
            None => (request.scope.clone(), None),
        };
        let only: Option<BTreeSet<_>> = only.map(|only| only.into_iter().collect());
        let mut passages: Vec<Passage> = Vec::new();
        for document in self.in_scope(&scope)? {
            let of_it = self.store().passages(document.reference.id)?.into_iter();
            passages
                .extend(of_it.filter(|p| only.as_ref().is_none_or(|only| only.contains(&p.id))));
        }
        let step = passages.len().div_ceil(SUMMARISED).max(1);
        let chosen = passages.into_iter().step_by(step);
        self.as_hits(chosen.collect())
    }
}

/// The passages that are cited: all that an answer from hundreds keeps.
pub(super) fn cited(checked: &Checked, mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.retain(|evidence| {
        checked.citations.iter().any(|citation| {
            citation.document.id == evidence.hit.document.id
                && evidence.hit.passage.pages().contains(&citation.page)
        })
    });
    evidence
}
