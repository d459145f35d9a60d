//! Files are read by processes of their own, one a file: a process that has seen a foreign file can
//! open no other (`child::confine_to`), and whatever the file did to it ends with it.

use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::Task;
use crate::process::WorkerProcess;
use crate::protocol::{Call, FileToRead, Reply, WorkerRole};
use crate::turnstile::{Turnstile, Urgency};
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Problem};

/// Reads files in `yinju-worker read` processes, as many at once as there are slots.
pub struct WorkerReader {
    config: WorkerConfig,
    slots: Turnstile<()>,
    count: usize,
}

impl WorkerReader {
    /// With `config.read_slots` slots, at least one. Starts nothing yet.
    pub fn new(config: WorkerConfig) -> Self {
        let count = config.read_slots.max(1);
        Self { config, slots: Turnstile::new(vec![(); count]), count }
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
        let _slot = self.slots.enter(Urgency::Patient, cancel)?;
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Read)?;
        let task = Task::Reading(request.path.clone());
        let call = Call::Read(absolute(request));
        let conversation = Conversation::begin(&mut process, call, &task, self.patience())?;
        listen(conversation, &task, cancel, on_event)
    }

    fn slots(&self) -> usize {
        self.count
    }
}

/// Hands events over until the file is done.
fn listen(
    mut conversation: Conversation<'_>,
    task: &Task,
    cancel: &CancelToken,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut opened = false;
    loop {
        match conversation.next(cancel)? {
            Reply::Event(event) if matches!(event, ReadEvent::Opened(_)) != opened => {
                opened = true;
                on_event(event)?;
            }
            Reply::ReadDone if opened => return Ok(()),
            Reply::Failed(problem) => return Err(problem),
            other => return Err(unexpected(task, &other).into()),
        }
    }
}

/// The worker may stand in another folder by the time it opens the file.
fn absolute(request: &ReadRequest) -> FileToRead {
    let path = std::path::absolute(&request.path).unwrap_or_else(|_| request.path.clone());
    FileToRead::from(&ReadRequest { path, ..request.clone() })
}
