//! "Test my library": a person's own questions with the pages that answer them, asked under different
//! settings. What a run keeps of documents are numbers, so that removing one leaves none of its words.

use crate::evaluate::interval::Interval;
use crate::search::{Rerank, SearchQuery, check_question};
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Instant;
use yinju_core::{CancelToken, DocumentId, Mode, ModelId, PageNumber, Problem, ProblemCode, Scope};
use yinju_store::{OwnQuestion, StoredRun};

/// Passages looked through for the right page.
const DEPTH: usize = 20;

/// The settings that a run compares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunConfig {
    /// Whose vectors.
    pub encoder: ModelId,
    /// Which arms look.
    pub mode: Mode,
    /// Whether a second stage looks at what they found.
    pub rerank: Rerank,
}

/// One question in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunOutcome {
    /// The question's id.
    pub question: u64,
    /// What was asked.
    pub text: String,
    /// The document with the answer.
    pub document: DocumentId,
    /// Its pages with the answer, first and last.
    pub pages: (PageNumber, PageNumber),
    /// The rank of the first passage on one of those pages, from 1; `None` beyond the first twenty.
    pub rank: Option<u32>,
    /// What stood first: a document and a page.
    pub first: Option<(DocumentId, PageNumber)>,
    /// How long the search took, in milliseconds.
    pub ms: f64,
}

/// All questions under one configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnRun {
    /// Its id; 0 until it is kept.
    #[serde(skip)]
    pub id: u64,
    /// When it was made, in UTC.
    #[serde(skip)]
    pub created: String,
    /// Under which settings.
    pub config: RunConfig,
    /// By which version of the program.
    pub version: String,
    /// Documents and passages that were searched.
    pub documents: u32,
    /// See `documents`.
    pub passages: u32,
    /// Question by question.
    pub outcomes: Vec<RunOutcome>,
}

/// What is measured on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Metric {
    /// Share of questions with a right page first;
    #[serde(rename = "recall@1")]
    Recall1,
    /// among the first five;
    #[serde(rename = "recall@5")]
    Recall5,
    /// among the first ten.
    #[serde(rename = "recall@10")]
    Recall10,
    /// Mean reciprocal rank of the first right page, 0 beyond ten.
    #[serde(rename = "mrr@10")]
    Mrr10,
}

impl Metric {
    /// In the order people read them.
    pub const ALL: [Self; 4] = [Self::Recall1, Self::Recall5, Self::Recall10, Self::Mrr10];

    fn of(self, rank: Option<u32>) -> f64 {
        let within = |most: u32| f64::from(u8::from(rank.is_some_and(|rank| rank <= most)));
        match self {
            Self::Recall1 => within(1),
            Self::Recall5 => within(5),
            Self::Recall10 => within(10),
            Self::Mrr10 => {
                rank.filter(|rank| *rank <= 10).map_or(0.0, |rank| 1.0 / f64::from(rank))
            }
        }
    }
}

impl OwnRun {
    /// A metric with its interval.
    pub fn metric(&self, metric: Metric) -> Interval {
        let values: Vec<f64> = self.outcomes.iter().map(|o| metric.of(o.rank)).collect();
        Interval::of(&values)
    }

    /// By how much another run is better, over the questions both asked.
    pub fn difference(&self, other: &Self, metric: Metric) -> Interval {
        let known: HashMap<u64, Option<u32>> =
            self.outcomes.iter().map(|outcome| (outcome.question, outcome.rank)).collect();
        let pairs = other.outcomes.iter().filter_map(|o| Some((known.get(&o.question)?, o.rank)));
        let values: Vec<f64> =
            pairs.map(|(before, after)| metric.of(after) - metric.of(*before)).collect();
        Interval::of(&values)
    }

    fn from_store(stored: StoredRun) -> Option<Self> {
        let run: Self = serde_json::from_str(&stored.run).ok()?;
        Some(Self { id: stored.id, created: stored.created, ..run })
    }
}

impl Engine {
    /// A person's own questions.
    pub fn own_questions(&self) -> Result<Vec<OwnQuestion>> {
        Ok(self.store().own_questions()?)
    }

    /// Keeps a question with the pages that answer it.
    pub fn add_own_question(
        &self,
        question: &str,
        document: DocumentId,
        (first, last): (PageNumber, PageNumber),
    ) -> Result<u64> {
        check_question(question)?;
        let pages = self.store().document(document)?.pages;
        if first > last || last.get() > pages {
            let message = format!("the document has the pages 1 to {pages}");
            return Err(Problem::new(ProblemCode::BadUsage, message)
                .hint("name a page that is there, or a range of them"));
        }
        let question = question.trim().to_owned();
        Ok(self.store().add_own_question(&OwnQuestion {
            id: 0,
            question,
            document,
            first,
            last,
        })?)
    }

    /// Removes a question. Runs that asked it stay as they are.
    pub fn remove_own_question(&self, id: u64) -> Result<()> {
        Ok(self.store().remove_own_question(id)?)
    }

    /// Asks every question under these settings and keeps what came of it. Vectors of another
    /// encoder are made first where they are missing, which `on_progress` tells nothing of: call
    /// [`Engine::prepare_encoder`] before.
    pub fn run_own_questions(
        &self,
        config: RunConfig,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(u32, u32),
    ) -> Result<OwnRun> {
        let questions = self.own_questions()?;
        if questions.is_empty() {
            return Err(Problem::new(ProblemCode::QuestionEmpty, "there are no questions to ask")
                .hint("add a question and the page that answers it"));
        }
        let mut outcomes = Vec::with_capacity(questions.len());
        for question in &questions {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            outcomes.push(self.ask_own(question, &config)?);
            on_progress(outcomes.len() as u32, questions.len() as u32);
        }
        let documents = self.store().documents(None)?;
        let run = OwnRun {
            id: 0,
            created: String::new(),
            config,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            documents: documents.len() as u32,
            passages: documents.iter().map(|document| document.passages).sum(),
            outcomes,
        };
        let stored =
            self.store().add_own_run(&serde_json::to_string(&run).map_err(Problem::internal)?)?;
        Ok(OwnRun { id: stored.id, created: stored.created, ..run })
    }

    /// Runs that were kept, the latest first.
    pub fn own_runs(&self) -> Result<Vec<OwnRun>> {
        Ok(self.store().own_runs()?.into_iter().filter_map(OwnRun::from_store).collect())
    }

    /// Removes a run.
    pub fn remove_own_run(&self, id: u64) -> Result<()> {
        Ok(self.store().remove_own_run(id)?)
    }

    fn ask_own(&self, question: &OwnQuestion, config: &RunConfig) -> Result<RunOutcome> {
        let start = Instant::now();
        let found = self.look(&SearchQuery {
            text: question.question.clone(),
            scope: Scope::default(),
            mode: config.mode,
            limit: DEPTH,
            rerank: config.rerank.clone(),
            is_asked: true,
            spread: false,
            encoder: Some(config.encoder.clone()),
        })?;
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        let (mut rank, mut first) = (None, None);
        for (place, found) in (1..).zip(&found.ranked) {
            let Some(passage) = self.store().passage(found.passage)? else { continue };
            let pages = passage.pages();
            first = first.or_else(|| Some((passage.document, *pages.first()?)));
            let is_right = passage.document == question.document
                && pages.iter().any(|page| (question.first..=question.last).contains(page));
            if is_right {
                rank = Some(place);
                break;
            }
        }
        let pages = (question.first, question.last);
        let (document, text) = (question.document, question.question.clone());
        Ok(RunOutcome { question: question.id, text, document, pages, rank, first, ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ranks: &[Option<u32>]) -> OwnRun {
        let page = PageNumber::from_index(0);
        let outcome = |(question, rank): (u64, &Option<u32>)| RunOutcome {
            question,
            text: String::new(),
            document: DocumentId(1),
            pages: (page, page),
            rank: *rank,
            first: None,
            ms: 1.0,
        };
        OwnRun {
            id: 0,
            created: String::new(),
            config: RunConfig {
                encoder: ModelId::from_static("e"),
                mode: Mode::Hybrid,
                rerank: Rerank::On,
            },
            version: String::new(),
            documents: 1,
            passages: 1,
            outcomes: (0..).zip(ranks).map(outcome).collect(),
        }
    }

    #[test]
    fn metrics_count_the_first_right_page() {
        let run = run(&[Some(1), Some(4), None, Some(12)]);
        let check = |metric, expected: f64| {
            assert!((run.metric(metric).mean - expected).abs() < 1e-9, "{metric:?}");
        };
        check(Metric::Recall1, 0.25);
        check(Metric::Recall5, 0.5);
        check(Metric::Recall10, 0.5);
        check(Metric::Mrr10, 0.3125);
    }

    #[test]
    fn runs_are_compared_question_by_question() {
        let (worse, better) = (run(&[None; 20]), run(&[Some(1); 20]));
        let difference = worse.difference(&better, Metric::Recall1);
        assert_eq!(difference, Interval { mean: 1.0, low: 1.0, high: 1.0 });
        let back = better.difference(&worse, Metric::Mrr10);
        assert!((back.mean + 1.0).abs() < 1e-9);
    }
}
