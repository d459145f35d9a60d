//! Answers from a language model that lives in a process of its own, apart from the encoder's, so
//! that search goes on while a model is loaded, writes, or runs out of memory.

use crate::builds::{Builds, Running};
use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply};
use crate::scheduler::{Scheduler, Seat};
use crate::turnstile::Urgency;
use std::sync::Arc;
use std::time::Duration;
use yinju_core::ports::{
    Compute, FinishReason, GenerateOutcome, GenerateRequest, GeneratorProfile,
};
use yinju_core::{CancelToken, Generator, GeneratorSpec, Problem};

/// How long a model may take to notice that it was cancelled: one piece of a long prompt on a slow
/// machine. After that its process is ended, which always works but costs a reload.
const STOPPING: Duration = Duration::from_secs(8);

/// A language model in a `yinju-worker infer` process. The process starts with the first load and
/// ends when another model is named, which gives all its memory back, or when this is dropped.
pub struct WorkerGenerator {
    builds: Builds,
    scheduler: Arc<Scheduler>,
    seat: Arc<Seat<Resident>>,
}

/// A process and the model in it.
struct Resident {
    process: WorkerProcess,
    build: usize,
    model: GeneratorSpec,
    profile: GeneratorProfile,
}

impl Resident {
    fn if_alive(self) -> Option<Self> {
        Some(Self { process: self.process.if_alive()?, ..self })
    }
}

impl WorkerGenerator {
    /// Starts nothing yet.
    pub fn new(config: WorkerConfig, scheduler: &Arc<Scheduler>) -> Self {
        Self { builds: Builds::new(config), scheduler: scheduler.clone(), seat: scheduler.seat() }
    }

    /// Ends the process unless it is in use, and frees its memory; the model is loaded again when
    /// needed.
    pub fn rest(&self) {
        self.seat.rest();
    }

    /// The process with this model: the one there is, or a fresh one.
    fn resident(
        &self,
        seat: &mut Option<Resident>,
        model: &GeneratorSpec,
        cancel: &CancelToken,
    ) -> Result<Resident, Problem> {
        match seat.take().filter(|there| there.model == *model).and_then(Resident::if_alive) {
            Some(there) => Ok(there),
            None => self.start(model, cancel),
        }
    }

    /// A model that does not load with a build for a graphics processor is loaded with another.
    fn start(&self, model: &GeneratorSpec, cancel: &CancelToken) -> Result<Resident, Problem> {
        self.scheduler.make_room(&self.seat, &model.id, bytes(model), cancel)?;
        loop {
            let running = self.builds.start(cancel)?;
            let build = running.build;
            match self.load_into(running, model, cancel) {
                Err(problem) if !cancel.is_cancelled() && self.builds.give_up(build, &problem) => {}
                done => return done,
            }
        }
    }

    fn load_into(
        &self,
        running: Running,
        model: &GeneratorSpec,
        cancel: &CancelToken,
    ) -> Result<Resident, Problem> {
        let Running { mut process, build, .. } = running;
        let threads = u32::try_from(self.builds.config().infer_threads).unwrap_or(1);
        let call = Call::LoadGenerator { spec: model.clone(), threads };
        let task = Task::Loading(model.id.clone());
        // Loading cannot be stopped half-way; ending the process does.
        let patience = Patience { stop: None, ..self.patience() };
        let reply = Conversation::begin(&mut process, call, &task, patience)?.next(cancel)?;
        match reply {
            Reply::GeneratorLoaded(profile) => {
                Ok(Resident { process, build, model: model.clone(), profile })
            }
            Reply::Failed(problem) => Err(problem),
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn patience(&self) -> Patience {
        let reply = self.builds.config().infer_timeout;
        Patience { reply, call: Duration::MAX, stop: Some(STOPPING) }
    }
}

impl Generator for WorkerGenerator {
    fn compute(&self) -> Result<Compute, Problem> {
        self.builds.compute()
    }

    fn load(&self, model: &GeneratorSpec) -> Result<GeneratorProfile, Problem> {
        let cancel = CancelToken::new();
        let mut seat = self.seat.turns.enter(Urgency::Patient, &cancel)?;
        let resident = self.resident(&mut seat, model, &cancel)?;
        let profile = resident.profile.clone();
        *seat = Some(resident);
        Ok(profile)
    }

    fn count_tokens(&self, model: &GeneratorSpec, texts: &[String]) -> Result<Vec<u32>, Problem> {
        let cancel = CancelToken::new();
        let mut seat = self.seat.turns.enter(Urgency::Urgent, &cancel)?;
        let mut resident = self.resident(&mut seat, model, &cancel)?;
        let task = Task::Writing(model.id.clone());
        let call = Call::CountTokens { texts: texts.to_vec() };
        let process = &mut resident.process;
        let reply = Conversation::begin(process, call, &task, self.patience())?.next(&cancel)?;
        *seat = Some(resident);
        match reply {
            Reply::Counts(counts) if counts.len() == texts.len() => Ok(counts),
            Reply::Failed(problem) => Err(problem),
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn generate(
        &self,
        request: &GenerateRequest,
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<GenerateOutcome, Problem> {
        // Cores before the seat, as the encoder does: who waits for cores holds no memory.
        let _cores = self.scheduler.compute(Urgency::Urgent, cancel)?;
        let mut seat = self.seat.turns.enter(Urgency::Patient, cancel)?;
        let mut resident = self.resident(&mut seat, &request.model, cancel)?;
        let task = Task::Writing(request.model.id.clone());
        let call = Call::Generate {
            messages: request.messages.clone(),
            sampling: request.sampling.clone(),
            constraint: request.constraint.clone(),
        };
        let process = &mut resident.process;
        let conversation = Conversation::begin(process, call, &task, self.patience())?;
        // A device that is lost is not tried again: the next answer comes from elsewhere.
        match listen(conversation, &task, cancel, on_text) {
            Ok(last) => {
                let failed = last.as_ref().err();
                if !failed.is_some_and(|why| self.builds.give_up(resident.build, why)) {
                    *seat = Some(resident);
                }
                last
            }
            Err(SupervisorError::Stopped) => Ok(ENDED_BY_FORCE),
            Err(error) => {
                let problem = Problem::from(error);
                self.builds.give_up(resident.build, &problem);
                Err(problem)
            }
        }
    }
}

/// Memory a loaded model takes, about: its weights, and a tenth for keys, values and buffers.
fn bytes(model: &GeneratorSpec) -> u64 {
    model.gguf.metadata().map_or(0, |file| file.len() + file.len() / 10)
}

/// What was written stands; how much it was, only the ended process knew.
const ENDED_BY_FORCE: GenerateOutcome = GenerateOutcome::nothing(FinishReason::Cancelled);

fn listen(
    mut conversation: Conversation<'_>,
    task: &Task,
    cancel: &CancelToken,
    on_text: &mut dyn FnMut(&str),
) -> Result<Result<GenerateOutcome, Problem>, SupervisorError> {
    loop {
        match conversation.next(cancel)? {
            Reply::Text(text) => on_text(&text),
            Reply::Finished(outcome) => return Ok(Ok(outcome)),
            Reply::Failed(problem) => return Ok(Err(problem)),
            other => return Err(unexpected(task, &other)),
        }
    }
}
