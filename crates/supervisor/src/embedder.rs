//! Vectors from an encoder that lives in a process of its own. Passages go in small groups, so
//! that a question asked during an import waits for one group and not for the import.

use crate::config::WorkerConfig;
use crate::conversation::{self, Answer, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply, WorkerRole};
use crate::scheduler::{Scheduler, Seat};
use crate::turnstile::{Turn, Urgency};
use std::sync::Arc;
use std::time::Duration;
use yinju_core::ports::{Embedding, TextRole};
use yinju_core::{CancelToken, Embedder, EncoderSpec, Problem};

/// Texts a thread gets at a time: a fraction of a second's work for a small encoder.
const TEXTS_PER_THREAD: usize = 4;
const TEXTS_AT_LEAST: usize = 8;
const TEXTS_AT_MOST: usize = 64;

/// Bytes that come off a slow disk in a second.
const SLOW_DISK_BYTES: u64 = 50_000_000;

/// How long an encoder may take to notice that it was cancelled.
const STOPPING: Duration = Duration::from_secs(5);

/// An encoder in a `yinju-worker infer` process, started and loaded when first used. A process
/// that crashed is started once more for the same texts; after a second crash the call fails.
pub struct WorkerEmbedder {
    config: WorkerConfig,
    spec: EncoderSpec,
    scheduler: Arc<Scheduler>,
    seat: Arc<Seat<WorkerProcess>>,
}

impl WorkerEmbedder {
    /// For this encoder. Starts nothing yet.
    pub fn new(config: WorkerConfig, scheduler: &Arc<Scheduler>, spec: EncoderSpec) -> Self {
        Self { config, spec, scheduler: scheduler.clone(), seat: scheduler.seat() }
    }

    /// Ends the process unless it is in use, and frees its memory; it is started again when
    /// needed.
    pub fn rest(&self) {
        self.seat.rest();
    }

    /// Memory the loaded encoder takes, about: its weights; what computes with them is small.
    fn bytes(&self) -> u64 {
        let weights = self.spec.folder.join("model.safetensors");
        weights.metadata().map_or(0, |file| file.len())
    }

    fn group_size(&self) -> usize {
        (self.config.infer_threads * TEXTS_PER_THREAD).clamp(TEXTS_AT_LEAST, TEXTS_AT_MOST)
    }

    fn embed_group(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, Problem> {
        let _cores = match role {
            TextRole::Query => None,
            TextRole::Passage => Some(self.scheduler.compute(Urgency::Patient, cancel)?),
        };
        let mut seat = self.turn(role, cancel)?;
        let mut answer = self.ask(&mut seat, role, texts, cancel);
        let is_worth_another = |error: &SupervisorError| {
            error.is_crash() || (role == TextRole::Query && error.is_slow())
        };
        if answer.as_ref().is_err_and(is_worth_another) {
            answer = self.ask(&mut seat, role, texts, cancel);
        }
        match answer?? {
            Reply::Embeddings(embeddings) => self.checked(embeddings, texts.len()),
            other => Err(unexpected(&self.embedding(), &other).into()),
        }
    }

    /// A question goes next, and does not wait long for passages that may never be done.
    fn turn(
        &self,
        role: TextRole,
        cancel: &CancelToken,
    ) -> Result<Turn<'_, Option<WorkerProcess>>, Problem> {
        let turns = &self.seat.turns;
        if role == TextRole::Passage {
            return turns.enter(Urgency::Patient, cancel);
        }
        let after = self.config.question_timeout;
        let turn = turns.enter_within(Urgency::Urgent, cancel, after)?;
        turn.ok_or_else(|| SupervisorError::TimedOut { task: self.embedding(), after }.into())
    }

    fn ask(
        &self,
        seat: &mut Option<WorkerProcess>,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Answer, SupervisorError> {
        let mut process = match seat.take().and_then(WorkerProcess::if_alive) {
            Some(process) => process,
            None => match self.start(role, cancel)? {
                Ok(process) => process,
                Err(problem) => return Ok(Err(problem)),
            },
        };
        let call = Call::Embed { role, texts: texts.to_vec() };
        let reply = match role {
            TextRole::Query => self.config.question_timeout,
            TextRole::Passage => self.config.infer_timeout,
        };
        let answer = Self::call(&mut process, call, &self.embedding(), reply, cancel)?;
        *seat = Some(process);
        Ok(answer)
    }

    fn start(
        &self,
        role: TextRole,
        cancel: &CancelToken,
    ) -> Result<Result<WorkerProcess, Problem>, SupervisorError> {
        if let Err(problem) =
            self.scheduler.make_room(&self.seat, &self.spec.id, self.bytes(), cancel)
        {
            return Ok(Err(problem));
        }
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Infer)?;
        let threads = u32::try_from(self.config.infer_threads).unwrap_or(1);
        let call = Call::LoadEncoder { spec: self.spec.clone(), threads };
        let task = Task::Loading(self.spec.id.clone());
        let reply = match role {
            TextRole::Query => self.config.question_load_timeout + reading_time(self.bytes()),
            TextRole::Passage => self.config.infer_timeout,
        };
        Ok(match Self::call(&mut process, call, &task, reply, cancel)? {
            Ok(Reply::EncoderLoaded) => Ok(process),
            Ok(other) => return Err(unexpected(&task, &other)),
            Err(problem) => Err(problem),
        })
    }

    fn call(
        process: &mut WorkerProcess,
        call: Call,
        task: &Task,
        reply: Duration,
        cancel: &CancelToken,
    ) -> Result<Answer, SupervisorError> {
        let patience = Patience { reply, call: Duration::MAX, stop: Some(STOPPING) };
        conversation::ask(process, call, task, patience, cancel)
    }

    fn embedding(&self) -> Task {
        Task::Embedding(self.spec.id.clone())
    }

    fn checked(&self, embeddings: Vec<Embedding>, texts: usize) -> Result<Vec<Embedding>, Problem> {
        let width = self.spec.dimensions;
        let is_right = |embedding: &Embedding| embedding.vector.len() == width && width > 0;
        if embeddings.len() == texts && embeddings.iter().all(is_right) {
            return Ok(embeddings);
        }
        let got = embeddings.iter().map(|embedding| embedding.vector.len()).sum();
        let (model, wanted) = (self.spec.id.clone(), texts * width);
        Err(SupervisorError::VectorShape { model, got, wanted }.into())
    }
}

/// What a slow disk takes to hand over a model.
fn reading_time(bytes: u64) -> Duration {
    Duration::from_secs(bytes / SLOW_DISK_BYTES)
}

impl Embedder for WorkerEmbedder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn embed(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, Problem> {
        let mut embeddings = Vec::with_capacity(texts.len());
        for group in texts.chunks(self.group_size()) {
            embeddings.extend(self.embed_group(role, group, cancel)?);
        }
        Ok(embeddings)
    }
}
