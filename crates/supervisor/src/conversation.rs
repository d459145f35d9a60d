//! One call to a worker and the replies to it: how long they are waited for, and what happens when
//! the caller has had enough. An error means that the process is of no more use.

use crate::error::{SupervisorError, Task};
use crate::process::{Waited, WorkerProcess};
use crate::protocol::{Call, Reply};
use std::time::{Duration, Instant};
use yinju_core::{CancelToken, Problem};

/// How often a waiting thread looks whether it was cancelled.
pub(crate) const GLANCE: Duration = Duration::from_millis(25);

/// A process that is found stopped this often in a row stays so. Looks are counted, not time: who
/// suspends both with Ctrl-Z lets both go on.
pub(crate) const LOOKS_AT_A_HALT: u32 = 60;

/// How long is waited for a worker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the next reply.
    pub(crate) reply: Duration,
    /// For all replies to a call. Only the time spent waiting counts, not the caller's own.
    pub(crate) call: Duration,
    /// For the end of a call that was cancelled; without any the process is not asked to stop.
    pub(crate) stop: Option<Duration>,
}

/// A call under way.
pub(crate) struct Conversation<'a> {
    process: &'a mut WorkerProcess,
    id: u64,
    task: &'a Task,
    patience: Patience,
    waited: Duration,
    stopping_since: Option<Instant>,
    looks_at_a_halt: u32,
}

impl<'a> Conversation<'a> {
    /// Sends the call.
    pub(crate) fn begin(
        process: &'a mut WorkerProcess,
        call: Call,
        task: &'a Task,
        patience: Patience,
    ) -> Result<Self, SupervisorError> {
        let id = process.call(call, task)?;
        let (waited, stopping_since) = (Duration::ZERO, None);
        Ok(Self { process, id, task, patience, waited, stopping_since, looks_at_a_halt: 0 })
    }

    /// The next reply. Once `cancel` is set the worker is asked to stop, and its last replies are
    /// still handed over.
    pub(crate) fn next(&mut self, cancel: &CancelToken) -> Result<Reply, SupervisorError> {
        let began = Instant::now();
        let left = self.patience.call.saturating_sub(self.waited);
        let limit = left.min(self.patience.reply);
        loop {
            if cancel.is_cancelled() {
                self.stop()?;
            }
            match self.process.wait(self.id, GLANCE) {
                Waited::Reply(reply) => {
                    self.waited += began.elapsed();
                    return Ok(reply);
                }
                Waited::Over => {
                    self.waited += began.elapsed();
                    return Err(self.process.autopsy(self.task));
                }
                Waited::Nothing if self.is_halted() => {
                    return Err(SupervisorError::Halted { task: self.task.clone() });
                }
                Waited::Nothing if began.elapsed() < limit => {}
                Waited::Nothing => {
                    self.waited += began.elapsed();
                    return Err(self.timed_out(limit));
                }
            }
        }
    }

    /// How long replies were waited for.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    fn stop(&mut self) -> Result<(), SupervisorError> {
        let patience = self.patience.stop.ok_or(SupervisorError::Stopped)?;
        match self.stopping_since {
            None => {
                self.stopping_since = Some(Instant::now());
                self.process.cancel(self.id, self.task)
            }
            Some(since) if since.elapsed() < patience => Ok(()),
            Some(_) => Err(SupervisorError::Stopped),
        }
    }

    /// Whether somebody stopped the process and does not let it go on.
    fn is_halted(&mut self) -> bool {
        self.looks_at_a_halt = if self.process.is_stopped() { self.looks_at_a_halt + 1 } else { 0 };
        self.looks_at_a_halt >= LOOKS_AT_A_HALT
    }

    fn timed_out(&self, limit: Duration) -> SupervisorError {
        let for_a_reply = limit == self.patience.reply;
        let after = if for_a_reply { limit } else { self.patience.call };
        SupervisorError::TimedOut { task: self.task.clone(), after }
    }
}

/// What a process made of a call: its reply or its own problem, and it can be used again.
pub(crate) type Answer = Result<Reply, Problem>;

/// A call that has one reply.
pub(crate) fn ask(
    process: &mut WorkerProcess,
    call: Call,
    task: &Task,
    patience: Patience,
    cancel: &CancelToken,
) -> Result<Answer, SupervisorError> {
    Ok(match Conversation::begin(process, call, task, patience)?.next(cancel)? {
        Reply::Failed(problem) => Err(problem),
        reply => Ok(reply),
    })
}

/// A reply that has no place in the conversation, by name, for the report.
pub(crate) fn unexpected(task: &Task, reply: &Reply) -> SupervisorError {
    let got = match reply {
        Reply::Event(_) => "an event of a file",
        Reply::Bytes(_) => "bytes",
        Reply::Picture(_) => "a picture",
        Reply::ReadDone => "the end of a file",
        Reply::Described(_) => "a description",
        Reply::SplitterLoaded => "a splitter",
        Reply::Passages(_) => "passages",
        Reply::EncoderLoaded => "an encoder",
        Reply::Embeddings(_) => "vectors",
        Reply::GeneratorLoaded(_) => "a language model",
        Reply::Device { .. } => "a device",
        Reply::Counts(_) => "counts",
        Reply::Text(_) => "text",
        Reply::Finished(_) => "the end of a text",
        Reply::RerankerLoaded => "a reranker",
        Reply::Scores(_) => "scores",
        Reply::Failed(_) => "a problem",
        Reply::Hashed(_) => "the progress of hashing",
        Reply::Opened(_) => "an open file",
    };
    SupervisorError::Unexpected { task: task.clone(), got }
}
