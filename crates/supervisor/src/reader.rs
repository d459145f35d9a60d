//! Files are read by processes of their own, one a slot, kept for the next file. A process that
//! crashed, hung, was cancelled or grew large is not used again; that costs one file at most.

use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, FileToRead, Reply, WorkerRole};
use crate::turnstile::{Turnstile, Urgency};
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Problem};

/// Reads files in `yinju-worker read` processes, started when first needed.
pub struct WorkerReader {
    config: WorkerConfig,
    slots: Turnstile<Option<WorkerProcess>>,
    count: usize,
}

impl WorkerReader {
    /// With `config.read_slots` slots, at least one. Starts nothing yet.
    pub fn new(config: WorkerConfig) -> Self {
        let count = config.read_slots.max(1);
        let slots = Turnstile::new((0..count).map(|_| None).collect());
        Self { config, slots, count }
    }

    /// Ends the processes that wait for a next file; they are started again when needed.
    pub fn rest(&self) {
        self.slots.visit_free(|slot| *slot = None);
    }

    fn process(&self, idle: Option<WorkerProcess>) -> Result<WorkerProcess, SupervisorError> {
        match idle.and_then(WorkerProcess::if_alive) {
            Some(process) => Ok(process),
            None => WorkerProcess::start(&self.config, WorkerRole::Read),
        }
    }

    /// What a file left behind must not be counted against the next one's memory.
    fn is_worn(&self, process: &WorkerProcess) -> bool {
        process.resident_bytes().is_some_and(|bytes| bytes > self.config.read_memory_limit / 4)
    }

    fn patience(&self) -> Patience {
        Patience { reply: self.config.page_timeout, call: self.config.file_timeout, stop: None }
    }
}

impl DocumentReader for WorkerReader {
    fn read(
        &self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut slot = self.slots.enter(Urgency::Patient, cancel)?;
        let mut process = self.process(slot.take())?;
        let task = Task::Reading(request.path.clone());
        let call = Call::Read(absolute(request));
        let conversation = Conversation::begin(&mut process, call, &task, self.patience())?;
        let last = listen(conversation, &task, cancel, on_event)?;
        if !self.is_worn(&process) {
            *slot = Some(process);
        }
        last
    }

    fn slots(&self) -> usize {
        self.count
    }
}

/// Hands events over until the file is done. The outer error means that the process is still busy
/// or dead; the inner one is the worker's own, and the worker waits for the next file.
fn listen(
    mut conversation: Conversation<'_>,
    task: &Task,
    cancel: &CancelToken,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<Result<(), Problem>, Problem> {
    let mut opened = false;
    loop {
        let reply = conversation.next(cancel)?;
        match reply {
            Reply::Event(event) if matches!(event, ReadEvent::Opened(_)) != opened => {
                opened = true;
                on_event(event)?;
            }
            Reply::ReadDone if opened => return Ok(Ok(())),
            Reply::Failed(problem) => return Ok(Err(problem)),
            other => return Err(unexpected(task, &other).into()),
        }
    }
}

/// The worker may stand in another folder by the time it opens the file.
fn absolute(request: &ReadRequest) -> FileToRead {
    let path = std::path::absolute(&request.path).unwrap_or_else(|_| request.path.clone());
    FileToRead::from(&ReadRequest { path, password: request.password.clone() })
}
