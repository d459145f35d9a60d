//! Which build of the worker language models run in: those for graphics processors come first, and
//! what does not start, finds no device or dies is passed over from then on.

use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply, WorkerRole};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use yinju_core::ports::Compute;
use yinju_core::{CancelToken, Problem, ProblemCode};

/// The builds there are and what became of them.
pub(crate) struct Builds {
    config: WorkerConfig,
    /// Why builds were passed over, in the order of `config.accelerated`.
    passed_over: Mutex<Vec<String>>,
}

/// A process that runs, and the device it computes on.
pub(crate) struct Running {
    pub(crate) process: WorkerProcess,
    pub(crate) device: String,
    /// Of its build in [`WorkerConfig::accelerated`], or the length of that.
    pub(crate) build: usize,
}

impl Builds {
    pub(crate) fn new(config: WorkerConfig) -> Self {
        Self { config, passed_over: Mutex::default() }
    }

    pub(crate) fn config(&self) -> &WorkerConfig {
        &self.config
    }

    /// Starts a process of the best build that has not been passed over.
    pub(crate) fn start(&self, cancel: &CancelToken) -> Result<Running, Problem> {
        loop {
            let build = self.passed_over().len();
            let Some(binary) = self.config.accelerated.get(build) else {
                let (process, device, _) = start(&self.config, cancel)?;
                return Ok(Running { process, device, build });
            };
            let binary = binary.clone();
            let config = WorkerConfig { binary, infer_memory_limit: None, ..self.config.clone() };
            match start(&config, cancel) {
                Ok((process, device, None)) => return Ok(Running { process, device, build }),
                Ok((_, _, Some(reason))) => self.pass_over(build, &reason),
                Err(SupervisorError::Stopped) => return Err(SupervisorError::Stopped.into()),
                Err(error) => self.pass_over(build, &reason(&error)),
            }
        }
    }

    /// Starts no process of this build again, if its device may be to blame and there is another
    /// build: whether both are so.
    pub(crate) fn give_up(&self, build: usize, problem: &Problem) -> bool {
        use ProblemCode::{Internal, WorkerCrashed, WorkerOutOfMemory, WorkerTimedOut};
        let codes = [Internal, WorkerCrashed, WorkerOutOfMemory, WorkerTimedOut];
        let another = build < self.config.accelerated.len() && codes.contains(&problem.code);
        if another {
            self.pass_over(build, &problem.message);
        }
        another
    }

    /// What models are computed on, found out by starting a process.
    pub(crate) fn compute(&self) -> Result<Compute, Problem> {
        let device = self.start(&CancelToken::new())?.device;
        Ok(Compute { device, passed_over: self.passed_over().clone() })
    }

    fn pass_over(&self, build: usize, reason: &str) {
        let mut passed_over = self.passed_over();
        // Another thread may have found the same.
        if passed_over.len() == build {
            let name = self.config.accelerated[build].file_stem().unwrap_or_default();
            let line = format!("{}: {reason}", Path::new(name).display());
            tracing::warn!(line, "a build for a graphics processor is passed over");
            passed_over.push(line);
        }
    }

    fn passed_over(&self) -> MutexGuard<'_, Vec<String>> {
        self.passed_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process, what it computes on, and why not on what its build is for.
fn start(
    config: &WorkerConfig,
    cancel: &CancelToken,
) -> Result<(WorkerProcess, String, Option<String>), SupervisorError> {
    let mut process = WorkerProcess::start(config, WorkerRole::Infer)?;
    let task = Task::Probing;
    let patience = Patience { reply: config.start_timeout, call: Duration::MAX, stop: None };
    let reply =
        Conversation::begin(&mut process, Call::FindDevice, &task, patience)?.next(cancel)?;
    match reply {
        Reply::Device { name, reason } => Ok((process, name, reason)),
        other => Err(unexpected(&task, &other)),
    }
}

/// What a person can make use of: the linker's own words where a library is missing.
fn reason(error: &SupervisorError) -> String {
    match error {
        SupervisorError::Stillborn { path, said, .. } if !said.is_empty() => {
            said.strip_prefix(&format!("{}: ", path.display())).unwrap_or(said).to_owned()
        }
        other => other.to_string(),
    }
}
