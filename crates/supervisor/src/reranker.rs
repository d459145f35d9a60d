//! Scores from a cross-encoder that lives in a process of its own. A person waits for them, so they
//! go before the passages of an import; they take seconds, so they take the cores.

use crate::config::WorkerConfig;
use crate::conversation::{self, Answer, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply, WorkerRole};
use crate::scheduler::{Scheduler, Seat};
use crate::turnstile::Urgency;
use std::sync::Arc;
use std::time::Duration;
use yinju_core::{CancelToken, Problem, Reranker, RerankerSpec};

/// Passages asked for together: all of a search, and no more than a frame holds. The worker divides
/// them into batches by their tokens.
const PASSAGES_AT_MOST: usize = 64;

/// How long a model may take to notice that it was cancelled: a batch of some thousand tokens
/// through half a billion weights.
const STOPPING: Duration = Duration::from_secs(8);

/// A cross-encoder in a `yinju-worker infer` process, started and loaded when first named. The
/// process ends when another model is named; one that crashed is started once more.
pub struct WorkerReranker {
    config: WorkerConfig,
    scheduler: Arc<Scheduler>,
    seat: Arc<Seat<Resident>>,
}

/// A process and the model in it.
struct Resident {
    process: WorkerProcess,
    model: RerankerSpec,
}

impl WorkerReranker {
    /// Starts nothing yet.
    pub fn new(config: WorkerConfig, scheduler: &Arc<Scheduler>) -> Self {
        Self { config, scheduler: scheduler.clone(), seat: scheduler.seat() }
    }

    /// Ends the process unless it is in use, and frees its memory; the model is loaded again when
    /// needed.
    pub fn rest(&self) {
        self.seat.rest();
    }

    fn score_group(
        &self,
        model: &RerankerSpec,
        question: &str,
        passages: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<f32>, Problem> {
        // Cores before the seat, as the encoder does: who waits for cores holds no memory.
        let _cores = self.scheduler.compute(Urgency::Urgent, cancel)?;
        let mut seat = self.seat.turns.enter(Urgency::Urgent, cancel)?;
        let call = Call::Rerank { question: question.to_owned(), passages: passages.to_vec() };
        let mut answer = self.ask(&mut seat, model, call.clone(), cancel);
        if answer.as_ref().is_err_and(SupervisorError::is_crash) {
            answer = self.ask(&mut seat, model, call, cancel);
        }
        match answer?? {
            Reply::Scores(scores) => checked(model, scores, passages.len()),
            other => Err(unexpected(&Task::Ranking(model.id.clone()), &other).into()),
        }
    }

    fn ask(
        &self,
        seat: &mut Option<Resident>,
        model: &RerankerSpec,
        call: Call,
        cancel: &CancelToken,
    ) -> Result<Answer, SupervisorError> {
        let there = seat.take().filter(|there| there.model == *model);
        let mut process = match there.and_then(|there| there.process.if_alive()) {
            Some(process) => process,
            None => match self.start(model, cancel)? {
                Ok(process) => process,
                Err(problem) => return Ok(Err(problem)),
            },
        };
        let answer = self.call(&mut process, call, &Task::Ranking(model.id.clone()), cancel)?;
        *seat = Some(Resident { process, model: model.clone() });
        Ok(answer)
    }

    fn start(
        &self,
        model: &RerankerSpec,
        cancel: &CancelToken,
    ) -> Result<Result<WorkerProcess, Problem>, SupervisorError> {
        if let Err(problem) = self.scheduler.make_room(&self.seat, &model.id, bytes(model), cancel)
        {
            return Ok(Err(problem));
        }
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Infer)?;
        let threads = u32::try_from(self.config.infer_threads).unwrap_or(1);
        let call = Call::LoadReranker { spec: model.clone(), threads };
        let task = Task::Loading(model.id.clone());
        Ok(match self.call(&mut process, call, &task, cancel)? {
            Ok(Reply::RerankerLoaded) => Ok(process),
            Ok(other) => return Err(unexpected(&task, &other)),
            Err(problem) => Err(problem),
        })
    }

    fn call(
        &self,
        process: &mut WorkerProcess,
        call: Call,
        task: &Task,
        cancel: &CancelToken,
    ) -> Result<Answer, SupervisorError> {
        let reply = self.config.infer_timeout;
        let patience = Patience { reply, call: Duration::MAX, stop: Some(STOPPING) };
        conversation::ask(process, call, task, patience, cancel)
    }
}

/// Memory a loaded reranker takes, about: its weights; what computes with them is small.
fn bytes(model: &RerankerSpec) -> u64 {
    let weights = model.folder.join("model.safetensors");
    weights.metadata().map_or(0, |file| file.len())
}

fn checked(model: &RerankerSpec, scores: Vec<f32>, wanted: usize) -> Result<Vec<f32>, Problem> {
    let got = scores.iter().filter(|score| score.is_finite()).count();
    if got == wanted && scores.len() == wanted {
        return Ok(scores);
    }
    Err(SupervisorError::VectorShape { model: model.id.clone(), got, wanted }.into())
}

impl Reranker for WorkerReranker {
    fn scores(
        &self,
        model: &RerankerSpec,
        question: &str,
        passages: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<f32>, Problem> {
        let mut scores = Vec::with_capacity(passages.len());
        for group in passages.chunks(PASSAGES_AT_MOST) {
            scores.extend(self.score_group(model, question, group, cancel)?);
        }
        Ok(scores)
    }
}
