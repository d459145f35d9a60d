//! Answers measured on questions with known answers, and on questions the documents cannot answer.
//!
//! Citation recall and precision are those of ALCE (Gao, Yen, Yu & Chen 2023): the share of statements
//! their citations bear out together, and the share of citations without which they would not, or which
//! bear the statement out alone. The judge is this program's own gate, which looks at words, names,
//! numbers and denials; it is no judge of entailment, and figures are read with that in mind.

use super::{QueryRow, percentile, rows};
use crate::{AskRequest, Engine, Result};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use yinju_core::text::fold_whitespace;
use yinju_core::{Answer, AskMode, CancelToken, ChatId, ModelId, Problem, Support};

/// Every so many questions, another one about the same document is asked in the same conversation.
const FOLLOWED: u32 = 4;

/// What to measure.
#[derive(Clone, Debug)]
pub struct AnswersRequest {
    /// Documents, as for [`super::EvaluationRequest`].
    pub corpus: PathBuf,
    /// Questions the documents answer.
    pub queries: PathBuf,
    /// Questions they do not.
    pub unanswerable: Option<PathBuf>,
    /// How to answer.
    pub mode: AskMode,
    /// Which language model.
    pub model: Option<ModelId>,
    /// At most so many questions of each kind, evenly chosen.
    pub questions: usize,
    /// How readily is refused; what the home says without.
    pub strictness: Option<f32>,
}

/// What was measured. Shares are of 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswersEvaluation {
    /// Answerable questions asked.
    pub questions: u32,
    /// Share of them that was refused.
    pub wrongly_refused: f64,
    /// Share whose document was among the passages.
    pub gold_retrieved: f64,
    /// Of these, the share whose answer holds the gold answer, word for word.
    pub holds_gold: f64,
    /// Quotations shown.
    pub citations: u32,
    /// Share of them that stands on the page shown.
    pub verbatim: f64,
    /// Share of statements that their citations bear out (ALCE citation recall).
    pub citation_recall: f64,
    /// Share of citations that are needed or suffice (ALCE citation precision).
    pub citation_precision: f64,
    /// Share of statements that are marked as unsupported.
    pub unsupported: f64,
    /// Unanswerable questions asked.
    pub unanswerable: u32,
    /// Share of them that was refused.
    pub refused: f64,
    /// Median milliseconds to the first token, of answers a model wrote.
    pub first_token_ms_p50: f64,
    /// The same of a second question about the same document, in the same conversation.
    pub follow_up_first_token_ms_p50: f64,
    /// Median milliseconds of an answer.
    pub total_ms_p50: f64,
    /// Checking, as a share of the time the models wrote.
    pub check_share: f64,
}

/// Counts on the way to the shares.
#[derive(Default)]
struct Tally {
    evaluation: AnswersEvaluation,
    refused: u32,
    retrieved: u32,
    holding: u32,
    verbatim: u32,
    statements: u32,
    borne_out: u32,
    unsupported: u32,
    useful: u32,
    first: Vec<f64>,
    follow_up: Vec<f64>,
    total: Vec<f64>,
    checking: f64,
    writing: f64,
}

impl Engine {
    /// Imports a corpus into this (temporary) home, asks, and hands every answer over as it comes.
    pub fn evaluate_answers(
        &self,
        request: &AnswersRequest,
        on_answer: &mut dyn FnMut(&Answer),
    ) -> Result<AnswersEvaluation> {
        let library = self.create_library("evaluation")?;
        let names = self.ingest(&request.corpus, library)?;
        let mut tally = Tally::default();
        let all: Vec<QueryRow> = rows(&request.queries)?;
        for query in chosen(&request.queries, request.questions)? {
            let answer = self.answer_measured(None, &query.question, request)?;
            let is_gold = |id| names.get(&id).is_some_and(|name| query.gold_doc_ids.contains(name));
            let is_retrieved = answer.evidence.iter().any(|e| is_gold(e.hit.document.id));
            tally.add(&answer, &query, is_retrieved);
            tally.verbatim += self.standing(&answer)?;
            on_answer(&answer);
            if tally.evaluation.questions % FOLLOWED == 0 && answer.tokens.generated > 0 {
                let is_next = |q: &&QueryRow| {
                    q.gold_doc_ids == query.gold_doc_ids && q.question != query.question
                };
                if let Some(next) = all.iter().find(is_next) {
                    let next = self.answer_measured(answer.chat, &next.question, request)?;
                    tally.follow_up.extend(next.timings.first_token);
                }
            }
        }
        if let Some(unanswerable) = &request.unanswerable {
            for query in chosen(unanswerable, request.questions)? {
                let answer = self.answer_measured(None, &query.question, request)?;
                tally.evaluation.unanswerable += 1;
                tally.evaluation.refused += f64::from(u8::from(answer.refused));
                on_answer(&answer);
            }
        }
        Ok(tally.shares())
    }

    fn answer_measured(
        &self,
        chat: Option<ChatId>,
        question: &str,
        request: &AnswersRequest,
    ) -> Result<Answer> {
        let ask = AskRequest {
            chat,
            mode: request.mode,
            model: request.model.clone(),
            strictness: request.strictness,
            ..AskRequest::new(question)
        };
        self.ask(&ask, &CancelToken::new(), &mut |_| {})
    }

    /// How many quotations of an answer stand on the pages they name, looked up once more.
    fn standing(&self, answer: &Answer) -> Result<u32> {
        let mut standing = 0;
        for citation in &answer.citations {
            let page = self.store().page(citation.document.id, citation.page)?;
            let quote = fold_whitespace(&citation.quote);
            let is_there = page.is_some_and(|page| fold_whitespace(&page.text).contains(&quote));
            standing += u32::from(is_there && !quote.is_empty());
        }
        Ok(standing)
    }
}

impl Tally {
    fn add(&mut self, answer: &Answer, query: &QueryRow, is_retrieved: bool) {
        self.evaluation.questions += 1;
        self.refused += u32::from(answer.refused);
        self.total.push(answer.timings.total);
        self.first.extend(answer.timings.first_token);
        self.checking += answer.timings.check;
        self.writing += answer.timings.total - answer.timings.retrieve - answer.timings.check;
        if is_retrieved {
            self.retrieved += 1;
            let text = bare(&answer.text);
            let holds = query.answers.iter().any(|gold| text.contains(&bare(gold)));
            self.holding += u32::from(holds && !answer.refused);
        }
        self.evaluation.citations += answer.citations.len() as u32;
        for sentence in answer.sentences.iter().filter(|s| s.support != Support::NotAClaim) {
            self.statements += 1;
            let is_borne_out =
                sentence.support == Support::Supported && !sentence.markers.is_empty();
            self.borne_out += u32::from(is_borne_out);
            self.unsupported += u32::from(sentence.support == Support::Unsupported);
        }
        let is_useful = |marker: u32| {
            let with = answer.sentences.iter().filter(|s| s.markers.contains(&marker));
            with.into_iter().any(|s| matches!(s.support, Support::Supported | Support::Partial))
        };
        self.useful += answer.citations.iter().filter(|c| is_useful(c.marker)).count() as u32;
    }

    fn shares(mut self) -> AnswersEvaluation {
        let share = |part: u32, of: u32| f64::from(part) / f64::from(of.max(1));
        let evaluation = self.evaluation;
        AnswersEvaluation {
            wrongly_refused: share(self.refused, evaluation.questions),
            gold_retrieved: share(self.retrieved, evaluation.questions),
            holds_gold: share(self.holding, self.retrieved),
            verbatim: share(self.verbatim, evaluation.citations),
            citation_recall: share(self.borne_out, self.statements),
            citation_precision: share(self.useful, evaluation.citations),
            unsupported: share(self.unsupported, self.statements),
            refused: evaluation.refused / f64::from(evaluation.unanswerable.max(1)),
            first_token_ms_p50: percentile(&mut self.first, 0.5),
            follow_up_first_token_ms_p50: percentile(&mut self.follow_up, 0.5),
            total_ms_p50: percentile(&mut self.total, 0.5),
            check_share: self.checking / self.writing.max(1e-9),
            ..evaluation
        }
    }
}

/// Some questions of a file, evenly chosen.
fn chosen(path: &std::path::Path, most: usize) -> std::result::Result<Vec<QueryRow>, Problem> {
    let all: Vec<QueryRow> = rows(path)?;
    let all: Vec<QueryRow> = all.into_iter().filter(|query| query.answerable).collect();
    let step = (all.len() as f64 / most.max(1) as f64).max(1.0);
    let is_chosen =
        |index: usize| (index as f64 / step).floor() > ((index as f64 - 1.0) / step).floor();
    Ok(all
        .into_iter()
        .enumerate()
        .filter(|(i, _)| is_chosen(*i))
        .map(|(_, q)| q)
        .take(most)
        .collect())
}

/// Letters and digits alone, in lower case: how the gold answer is spelled is the set's affair.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
