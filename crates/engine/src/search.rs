//! Finding passages for a question: what may be asked, and what is told of what was found. How it is
//! looked for stands in `look`.

use crate::narrow::Narrowing;
use crate::page_cache::{PageCache, regions};
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use yinju_core::ports::{Marking, RankedPassage};
use yinju_core::{
    ArmScores, CharRange, Hit, Mode, ModelId, Passage, PassageIndex, Place, Problem, ProblemCode,
    Scope, Waiting,
};
use yinju_question::Query;
use yinju_rank::Shingles;

/// Questions longer than this are refused: no encoder reads as much, and nobody types as much.
pub(crate) const MAX_QUESTION_CHARACTERS: usize = 8_000;
/// More passages than this are not looked for, whatever is asked for: nobody reads as many.
const MOST_PASSAGES: usize = 10_000;

/// By what a second stage puts in order what both arms found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rerank {
    /// By late interaction too, where the encoder is used for it.
    #[default]
    On,
    /// By what both arms thought.
    Off,
    /// As `On`, and the first of those by this cross-encoder; in JSON its id alone.
    #[serde(untagged)]
    With(ModelId),
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
    /// Whether the text is a question of a conversation, whose quotation marks and dashes are prose.
    pub is_asked: bool,
    /// Whether what is like a better passage, or of the same document, goes down.
    pub spread: bool,
    /// By whose vectors; those of the encoder in use without. Vectors of another have to be there.
    pub encoder: Option<ModelId>,
}

impl SearchQuery {
    /// The same with passages to take the place of repeated ones.
    pub(crate) fn with_spare(&self) -> Self {
        Self { limit: 2 * self.limit.min(MOST_PASSAGES), ..self.clone() }
    }
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
    /// Where the query itself said to look, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowing>,
    /// What could not be looked at as a whole yet, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// What a person should know of it, as that words alone were searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Problem>,
    /// The passages, best first.
    pub hits: Vec<Hit>,
}

impl Engine {
    /// Finds passages, best first; those of a document that is still being read as far as it is.
    pub fn search(&self, query: &SearchQuery) -> Result<SearchResult> {
        let start = Instant::now();
        check_question(&query.text)?;
        let found = self.look(&query.with_spare())?;
        let hits = self.hits(found.ranked, query.limit)?;
        Ok(SearchResult {
            query: query.text.clone(),
            mode: query.mode,
            took_ms: start.elapsed().as_secs_f64() * 1000.0,
            narrowed: found.narrowed,
            waiting: self.waiting(&query.scope)?,
            warnings: found.warnings,
            hits,
        })
    }

    /// The characters of a text by which a typed search finds it.
    pub fn marks(&self, typed: &str, text: &str) -> Result<Vec<CharRange>> {
        let query = Query::read(typed)?;
        let index = &self.encoder()?.index;
        let mut marks = index.marks(Marking::Question(&query.text), text);
        for phrase in query.required.iter().filter(|phrase| phrase.place == Place::Anywhere) {
            marks.extend(index.marks(Marking::Phrase(&phrase.text), text));
        }
        Ok(merged(marks))
    }

    /// Loads the encoder, so that the first question does not wait for it. Meant for a thread of
    /// its own; what is missing is no failure here but where it is needed.
    pub fn warm_up(&self) {
        let warm = self.encoder().and_then(|side| side.embed_question("warm"));
        if let Err(problem) = warm {
            tracing::info!(%problem, "the encoder is not ready");
        }
    }

    /// Passages with where they stand; what a better one says word for word is left out.
    pub(crate) fn hits(&self, ranked: Vec<RankedPassage>, limit: usize) -> Result<Vec<Hit>> {
        let mut pages = PageCache::new(self.store());
        let mut seen: Vec<Shingles> = Vec::new();
        let mut hits = Vec::with_capacity(limit.min(ranked.len()));
        for found in ranked {
            if hits.len() == limit {
                break;
            }
            let Some(passage) = self.store().passage(found.passage)? else { continue };
            let shingles = Shingles::of(&passage.draft.text);
            if seen.iter().any(|before| before.is_same(&shingles)) {
                continue;
            }
            seen.push(shingles);
            let rank = hits.len() as u32 + 1;
            hits.push(self.hit(rank, &found, passage, &mut pages)?);
        }
        Ok(hits)
    }

    /// Passages as if they had been found in this order.
    pub(crate) fn as_hits(&self, passages: Vec<Passage>) -> Result<Vec<Hit>> {
        let mut pages = PageCache::new(self.store());
        let found = |passage: &Passage| RankedPassage {
            passage: passage.id,
            document: passage.document,
            score: 0.0,
            arms: ArmScores::default(),
        };
        let hits = passages.into_iter().zip(1..);
        hits.map(|(passage, rank)| self.hit(rank, &found(&passage), passage, &mut pages)).collect()
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
    if !text.contains(char::is_alphanumeric) {
        let message = "the question holds no word, only signs";
        return Err(Problem::new(ProblemCode::QuestionEmpty, message)
            .hint("type a word that the passage may hold"));
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

/// Ranges in order, those that touch made one.
fn merged(mut ranges: Vec<CharRange>) -> Vec<CharRange> {
    ranges.sort_unstable();
    let mut merged: Vec<CharRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
