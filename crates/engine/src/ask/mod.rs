//! From a question to a checked answer: the order of the steps. Each step stands in a module of its own
//! and adds to one [`Asking`].
//!
//! ```text
//! question ─ evidence ─┬─ refusal
//!                      ├─ written (quotes)
//!                      ├─ surveyed (compare, extract, summary)
//!                      ├─ digested (a summary in a model's words)
//!                      └─ thread → written (model, then checked) ─→ keeping
//! ```

mod amended;
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
use keeping::ChatPlace;
use std::time::Instant;
use written::Written;
use yinju_answer::Checked;
use yinju_core::{Answer, AnswerUpdate, AskMode, CancelToken, Evidence, Hit, Provenance};

/// Hears of every step of an answer.
pub type Listen<'a> = &'a mut dyn FnMut(AnswerUpdate);

/// An answer on its way: what every step of it reads, tells and adds to.
struct Asking<'a> {
    engine: &'a Engine,
    request: &'a AskRequest,
    place: ChatPlace,
    start: Instant,
    cancel: &'a CancelToken,
    listen: Listen<'a>,
    answer: Answer,
}

impl Engine {
    /// Answers a question and keeps the answer in its conversation. What happens on the way is
    /// told as it does; the last update is `Done` or `Failed`.
    pub fn ask(
        &self,
        request: &AskRequest,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let outcome = self.answer(request, cancel, &mut *listen);
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
        let answer = Answer {
            question: request.question.clone(),
            chat: Some(place.chat),
            ..Answer::default()
        };
        let mut asking = Asking { engine: self, request, place, start, cancel, listen, answer };
        match asking.run() {
            Ok(()) => asking.finish(),
            Err(problem) => {
                // What went wrong matters more than that its traces stay.
                if let Err(left) = self.give_up(&asking.place) {
                    tracing::warn!(%left, "a conversation without an answer was not removed");
                }
                Err(problem)
            }
        }
    }
}

impl Asking<'_> {
    fn run(&mut self) -> Result<()> {
        self.answer.provenance = Some(Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            searched: vec![self.request.question.clone()],
            mode: self.request.mode,
            scope: self.request.scope.clone(),
            encoder: self.engine.encoder_in_use()?.to_string(),
            waiting: self.engine.waiting(&self.request.scope)?,
            ..Provenance::default()
        });
        self.tell(AnswerUpdate::Retrieving);
        match self.request.mode {
            mode if mode.is_survey() => self.survey(),
            AskMode::Digest => self.digest(),
            _ => self.answer_from_passages(),
        }
    }

    /// In a model's words or in quotations alone.
    fn answer_from_passages(&mut self) -> Result<()> {
        let found = self.engine.evidence_for(self.request, &self.place)?;
        self.answer.timings.retrieve = milliseconds(self.start);
        if let Some(provenance) = &mut self.answer.provenance {
            provenance.searched.clone_from(&found.searched);
            provenance.relevance = found.relevance;
        }
        if !found.is_answerable {
            return self.refuse_for_want_of(&found.hits, found.missing);
        }
        if self.request.mode == AskMode::Quotes {
            return self.quote(found.hits);
        }
        if self.write(found.hits)? == Written::Declined {
            let hits: Vec<Hit> = self.answer.evidence.iter().map(|e| e.hit.clone()).collect();
            return self.refuse(&hits);
        }
        Ok(())
    }

    /// Keeps what came of it.
    fn finish(mut self) -> Result<Answer> {
        self.engine.forget_removed(&mut self.answer)?;
        let answer = &self.answer;
        if answer.text.is_empty() && !answer.refused && !answer.interrupted {
            self.refuse(&[])?;
        }
        self.answer.timings.total = milliseconds(self.start);
        self.engine.keep(&self.place, &mut self.answer)?;
        Ok(self.answer)
    }

    fn tell(&mut self, update: AnswerUpdate) {
        (self.listen)(update);
    }

    /// Tells what will be read.
    fn tell_evidence(&mut self, evidence: &[Evidence]) {
        self.tell(AnswerUpdate::Evidence { evidence: evidence.to_vec() });
    }

    /// Tells the citations of what was checked, and puts it into the answer.
    fn take(&mut self, checked: Checked) {
        for citation in &checked.citations {
            self.tell(AnswerUpdate::Citation { citation: citation.clone() });
        }
        fill(&mut self.answer, checked);
    }
}

/// Puts what was checked into an answer.
fn fill(answer: &mut Answer, checked: Checked) {
    answer.text = checked.text;
    answer.citations = checked.citations;
    answer.sentences = checked.sentences;
    answer.blocks = checked.blocks;
    answer.removed_markers = checked.removed_markers;
}

fn numbered(hits: Vec<Hit>) -> Vec<Evidence> {
    (1..).zip(hits).map(|(marker, hit)| Evidence { marker, hit }).collect()
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
