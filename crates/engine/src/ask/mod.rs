//! From a question to a checked answer: the order of the steps. Each step stands in a module of its own.
//!
//! ```text
//! question ─ evidence ─┬─ refusal
//!                      ├─ written (quotes)
//!                      ├─ surveyed (compare, extract, summary)
//!                      ├─ digested (a summary in a model's words)
//!                      └─ thread → written (model, then checked) ─→ keeping
//! ```

mod digested;
mod evidence;
mod keeping;
mod pace;
mod refusal;
mod request;
mod surveyed;
mod thread;
mod written;

pub use request::AskRequest;

use crate::search::check_question;
use crate::{Engine, Result};
use std::time::Instant;
use written::Written;
use yinju_answer::Checked;
use yinju_core::{Answer, AnswerUpdate, AskMode, CancelToken, Evidence, Hit, Provenance, Timings};

/// Hears of every step of an answer.
pub type Listen<'a> = &'a mut dyn FnMut(AnswerUpdate);

impl Engine {
    /// Answers a question and keeps the answer in its conversation. What happens on the way is
    /// told as it does; the last update is `Done` or `Failed`.
    pub fn ask(
        &self,
        request: &AskRequest,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let outcome = self.answer(request, cancel, listen);
        match &outcome {
            Ok(answer) => listen(AnswerUpdate::Done { answer: Box::new(answer.clone()) }),
            Err(problem) => listen(AnswerUpdate::Failed { problem: problem.clone() }),
        }
        outcome
    }

    fn answer(
        &self,
        request: &AskRequest,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let start = Instant::now();
        check_question(&request.question)?;
        let place = self.begin(request)?;
        let outcome = self.answer_in(&place, request, start, cancel, listen);
        match outcome {
            Ok(mut answer) => {
                self.forget_removed(&mut answer)?;
                if answer.text.is_empty() && !answer.refused && !answer.interrupted {
                    answer = self.refused(request, answer, &[], listen)?;
                }
                answer.timings.total = milliseconds(start);
                self.keep(&place, &mut answer)?;
                Ok(answer)
            }
            Err(problem) => {
                // What went wrong matters more than that its traces stay.
                if let Err(left) = self.give_up(&place) {
                    tracing::warn!(%left, "a conversation without an answer was not removed");
                }
                Err(problem)
            }
        }
    }

    fn answer_in(
        &self,
        place: &keeping::ChatPlace,
        request: &AskRequest,
        start: Instant,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        listen(AnswerUpdate::Retrieving);
        if request.mode.is_survey() {
            return self.surveyed(place, request, start, cancel, listen);
        }
        if request.mode == AskMode::Digest {
            return self.digested(place, request, start, cancel, listen);
        }
        let found = self.evidence_for(request, place)?;
        let mut answer = self.blank(place, request, start)?;
        if let Some(provenance) = &mut answer.provenance {
            provenance.searched.clone_from(&found.searched);
            provenance.relevance = found.relevance;
        }
        if !found.is_answerable {
            return self.refused_for_want_of(request, answer, &found.hits, found.missing, listen);
        }
        if request.mode == AskMode::Quotes {
            self.quote(request, found.hits, &mut answer, listen)?;
            return Ok(answer);
        }
        let mut writing = written::Writing { place, request, start, cancel, listen };
        if self.write(&mut writing, found.hits, &mut answer)? == Written::Declined {
            let hits: Vec<Hit> = answer.evidence.iter().map(|e| e.hit.clone()).collect();
            return self.refused(request, answer, &hits, listen);
        }
        Ok(answer)
    }

    fn surveyed(
        &self,
        place: &keeping::ChatPlace,
        request: &AskRequest,
        start: Instant,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let mut answer = self.blank(place, request, start)?;
        self.survey(request, &mut answer, cancel, listen)?;
        if answer.citations.is_empty() {
            answer.text.clear();
            return self.refused(request, answer, &[], listen);
        }
        Ok(answer)
    }

    fn digested(
        &self,
        place: &keeping::ChatPlace,
        request: &AskRequest,
        start: Instant,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let hits = self.text_of(request)?;
        let mut answer = self.blank(place, request, start)?;
        if hits.is_empty() {
            return self.refused(request, answer, &[], listen);
        }
        let mut writing = written::Writing { place, request, start, cancel, listen };
        self.digest(&mut writing, hits, &mut answer)?;
        Ok(answer)
    }

    fn blank(
        &self,
        place: &keeping::ChatPlace,
        request: &AskRequest,
        start: Instant,
    ) -> Result<Answer> {
        Ok(Answer {
            question: request.question.clone(),
            timings: Timings { retrieve: milliseconds(start), ..Timings::default() },
            chat: Some(place.chat),
            provenance: Some(Provenance {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                searched: vec![request.question.clone()],
                mode: request.mode,
                scope: request.scope.clone(),
                encoder: self.encoder_in_use()?.to_string(),
                ..Provenance::default()
            }),
            ..Answer::default()
        })
    }
}

/// Puts what was checked into an answer.
fn fill(answer: &mut Answer, checked: Checked) {
    answer.text = checked.text;
    answer.citations = checked.citations;
    answer.sentences = checked.sentences;
    answer.removed_markers = checked.removed_markers;
}

fn numbered(hits: Vec<Hit>) -> Vec<Evidence> {
    (1..).zip(hits).map(|(marker, hit)| Evidence { marker, hit }).collect()
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
