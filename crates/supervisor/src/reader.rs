//! Files are read by processes of their own, one a file: a process that has understood a foreign file
//! can open no other (`child::confine_to`), and whatever the file did to it ends with it. A page that
//! ends its process is left out by the next one, so that it costs itself and not the file. The process
//! that hashes a file is the one that reads it, by what it hashed.

use crate::attempt::{Attempt, Ended, listen};
use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::Task;
use crate::process::WorkerProcess;
use crate::protocol::{Call, FileToMark, FileToOpen, FileToRead, Reply, WorkerRole};
use crate::turnstile::{Turn, Turnstile, Urgency};
use std::path::{Path, PathBuf};
use std::time::Duration;
use yinju_core::ports::{Hashing, MarkRequest, PagePicture, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, FileContent, OpenedDocument, Problem, ProblemCode};

/// Reads files in `yinju-worker read` processes, as many at once as there are slots. A slot may hold a
/// process that opened files and hashed them, and understood nothing of any.
pub struct WorkerReader {
    config: WorkerConfig,
    slots: Turnstile<Option<WorkerProcess>>,
    count: usize,
}

impl WorkerReader {
    /// With `config.read_slots` slots, at least one. Starts nothing yet.
    pub fn new(config: WorkerConfig) -> Self {
        let count = config.read_slots.max(1);
        Self { config, slots: Turnstile::new((0..count).map(|_| None).collect()), count }
    }

    /// Has a file opened and hashed.
    fn content(
        &self,
        process: &mut WorkerProcess,
        path: &Path,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(Hashing),
    ) -> Result<FileContent, Ended> {
        let task = Task::Opening(path.to_owned());
        let most_bytes = self.config.read_file_limit;
        let call = Call::Open(FileToOpen { path: path.into(), most_bytes });
        let patience = self.patience(Duration::ZERO);
        let mut conversation = Conversation::begin(process, call, &task, patience)?;
        loop {
            match conversation.next(cancel)? {
                Reply::Hashed(hashing) => on_progress(hashing),
                Reply::Opened(content) => return Ok(content),
                Reply::Failed(problem) => return Err(Ended::Problem(problem)),
                other => return Err(unexpected(&task, &other).into()),
            }
        }
    }

    fn patience(&self, waited: Duration) -> Patience {
        let call = self.config.file_timeout.saturating_sub(waited);
        Patience { reply: self.config.page_timeout, call, stop: None }
    }
}

impl DocumentReader for WorkerReader {
    fn open<'a>(
        &'a self,
        path: &Path,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(Hashing),
    ) -> Result<Box<dyn OpenedDocument + 'a>, Problem> {
        let mut slot = self.slots.enter(Urgency::Patient, cancel)?;
        let path = absolute(path);
        let mut process = match slot.take().and_then(WorkerProcess::if_alive) {
            Some(process) => process,
            None => WorkerProcess::start(&self.config, WorkerRole::Read)?,
        };
        match self.content(&mut process, &path, cancel, on_progress) {
            Ok(content) => Ok(Box::new(OpenedFile {
                reader: self,
                slot,
                process: Some(process),
                path,
                content,
            })),
            Err(Ended::Problem(problem)) => {
                *slot = Some(process);
                Err(problem)
            }
            Err(Ended::Process(error)) => Err(error.into()),
        }
    }

    fn slots(&self) -> usize {
        self.count
    }

    fn rest(&self) {
        self.slots.visit_free(|process| *process = None);
    }
}

/// A file that a process has open.
struct OpenedFile<'a> {
    reader: &'a WorkerReader,
    slot: Turn<'a, Option<WorkerProcess>>,
    /// The one that opened it, until it is asked for more.
    process: Option<WorkerProcess>,
    path: PathBuf,
    content: FileContent,
}

impl Drop for OpenedFile<'_> {
    /// A process that only hashed the file can open another one.
    fn drop(&mut self) {
        *self.slot = self.process.take();
    }
}

impl OpenedFile<'_> {
    /// A process that has the file open. Another than the first opens it again, and finds the same.
    fn process(&mut self, cancel: &CancelToken) -> Result<WorkerProcess, Ended> {
        if let Some(process) = self.process.take() {
            return Ok(process);
        }
        let mut process = WorkerProcess::start(&self.reader.config, WorkerRole::Read)?;
        let found = self.reader.content(&mut process, &self.path, cancel, &mut |_| {})?;
        if found == self.content { Ok(process) } else { Err(Ended::Problem(changed(&self.path))) }
    }

    /// One process from its first page to its end. The time it was waited for is added to `waited`.
    fn attempt(
        &mut self,
        attempt: &mut Attempt,
        waited: &mut Duration,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Ended> {
        let mut process = self.process(cancel)?;
        let task = Task::Reading(self.path.clone());
        let request = ReadRequest { path: self.path.clone(), ..attempt.request.clone() };
        let call = Call::Read(FileToRead::from(&request));
        let patience = self.reader.patience(*waited);
        let mut conversation = Conversation::begin(&mut process, call, &task, patience)?;
        let outcome = listen(&mut conversation, &task, attempt, cancel, on_event);
        *waited += conversation.waited();
        outcome
    }

    /// A process that makes something of the file and its marks. `on_reply` gives back what is not
    /// for it.
    fn mark(
        &mut self,
        call: fn(FileToMark) -> Call,
        request: &MarkRequest,
        cancel: &CancelToken,
        on_reply: &mut dyn FnMut(Reply) -> Result<Option<Reply>, Problem>,
    ) -> Result<(), Problem> {
        let mut process = self.process(cancel)?;
        let task = Task::Reading(self.path.clone());
        let request = MarkRequest { path: self.path.clone(), ..request.clone() };
        // A whole file is written before its first bytes come.
        let timeout = self.reader.config.file_timeout;
        let patience = Patience { reply: timeout, call: timeout, stop: None };
        let call = call(FileToMark::from(&request));
        let mut conversation = Conversation::begin(&mut process, call, &task, patience)?;
        loop {
            match conversation.next(cancel)? {
                Reply::ReadDone => return Ok(()),
                Reply::Failed(problem) => return Err(problem),
                reply => {
                    if let Some(other) = on_reply(reply)? {
                        return Err(unexpected(&task, &other).into());
                    }
                }
            }
        }
    }
}

impl OpenedDocument for OpenedFile<'_> {
    fn content(&self) -> &FileContent {
        &self.content
    }

    fn read(
        &mut self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut attempt = Attempt::first(request);
        let mut waited = Duration::ZERO;
        loop {
            match self.attempt(&mut attempt, &mut waited, cancel, on_event) {
                Ok(()) => return Ok(()),
                Err(Ended::Problem(problem)) => return Err(problem),
                Err(Ended::Process(error)) => {
                    let may_go_on =
                        error.may_be_a_page() && waited < self.reader.config.file_timeout;
                    if !may_go_on || !attempt.leave_out_the_last() {
                        return Err(error.into());
                    }
                    tracing::warn!(%error, skip = ?attempt.request.skip, "reading it again");
                }
            }
        }
    }

    fn highlighted(
        &mut self,
        request: &MarkRequest,
        cancel: &CancelToken,
        on_bytes: &mut dyn FnMut(&[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.mark(Call::Highlight, request, cancel, &mut |reply| match reply {
            Reply::Bytes(bytes) => on_bytes(&bytes).map(|()| None),
            other => Ok(Some(other)),
        })
    }

    fn pictures(
        &mut self,
        request: &MarkRequest,
        cancel: &CancelToken,
    ) -> Result<Vec<PagePicture>, Problem> {
        let mut pictures = Vec::new();
        self.mark(Call::Picture, request, cancel, &mut |reply| match reply {
            Reply::Picture(picture) => {
                pictures.push(picture);
                Ok(None)
            }
            other => Ok(Some(other)),
        })?;
        Ok(pictures)
    }
}

fn changed(path: &Path) -> Problem {
    let message = format!("{} changed while it was being read", path.display());
    Problem::new(ProblemCode::FileChanged, message).hint("import it again when it is finished")
}

/// The worker may stand in another folder by the time it opens the file.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
