//! Files are read by processes of their own, one a file: a process that has seen a foreign file can
//! open no other (`child::confine_to`), and whatever the file did to it ends with it. A page that
//! ends its process is left out by the next one, so that it costs itself and not the file.

use crate::config::WorkerConfig;
use crate::conversation::{Conversation, Patience, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, FileToMark, FileToRead, Reply, WorkerRole};
use crate::turnstile::{Turnstile, Urgency};
use std::path::{Path, PathBuf};
use std::time::Duration;
use yinju_core::ports::{MarkRequest, PagePicture, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, PageNumber, Problem};

/// So many pages of a file may end their process; after that the file is given up. Each costs a
/// process that reads the file from its beginning, and up to `page_timeout` of waiting.
const LOST_PAGES: usize = 5;

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

    /// One process from its start to its end. The time it was waited for is added to `waited`.
    fn attempt(
        &self,
        attempt: &mut Attempt,
        waited: &mut Duration,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Ended> {
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Read)?;
        let task = Task::Reading(attempt.request.path.clone());
        let path = absolute(&attempt.request.path);
        let request = ReadRequest { path, ..attempt.request.clone() };
        let call = Call::Read(FileToRead::from(&request));
        let left = self.config.file_timeout.saturating_sub(*waited);
        let patience = Patience { reply: self.config.page_timeout, call: left, stop: None };
        let mut conversation = Conversation::begin(&mut process, call, &task, patience)?;
        let outcome = listen(&mut conversation, &task, attempt, cancel, on_event);
        *waited += conversation.waited();
        outcome
    }
}

impl WorkerReader {
    /// A process that makes something of a file and its marks. `on_reply` gives back what is not for it.
    fn mark(
        &self,
        call: fn(FileToMark) -> Call,
        request: &MarkRequest,
        cancel: &CancelToken,
        on_reply: &mut dyn FnMut(Reply) -> Result<Option<Reply>, Problem>,
    ) -> Result<(), Problem> {
        let _slot = self.slots.enter(Urgency::Patient, cancel)?;
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Read)?;
        let task = Task::Reading(request.path.clone());
        let request = MarkRequest { path: absolute(&request.path), ..request.clone() };
        // A whole file is written before its first bytes come.
        let patience = Patience {
            reply: self.config.file_timeout,
            call: self.config.file_timeout,
            stop: None,
        };
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

impl DocumentReader for WorkerReader {
    fn read(
        &self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let _slot = self.slots.enter(Urgency::Patient, cancel)?;
        let mut attempt = Attempt::first(request);
        let mut waited = Duration::ZERO;
        loop {
            match self.attempt(&mut attempt, &mut waited, cancel, on_event) {
                Ok(()) => return Ok(()),
                Err(Ended::Problem(problem)) => return Err(problem),
                Err(Ended::Process(error)) => {
                    let may_go_on = error.may_be_a_page() && waited < self.config.file_timeout;
                    if !may_go_on || !attempt.leave_out_the_last() {
                        return Err(error.into());
                    }
                    tracing::warn!(%error, skip = ?attempt.request.skip, "reading it again");
                }
            }
        }
    }

    fn highlighted(
        &self,
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
        &self,
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

    fn slots(&self) -> usize {
        self.count
    }
}

/// Why an attempt ended before the file did.
enum Ended {
    /// The process is gone or of no more use.
    Process(SupervisorError),
    /// The file cannot be read, or the caller has had enough.
    Problem(Problem),
}

impl From<SupervisorError> for Ended {
    fn from(error: SupervisorError) -> Self {
        Self::Process(error)
    }
}

/// What a process is asked, and how far the processes before it came.
struct Attempt {
    request: ReadRequest,
    opened: bool,
    /// Pages handed over; they come again and are let go.
    delivered: u32,
    /// The page begun last by any process.
    furthest: Option<PageNumber>,
    /// The page begun last by this one.
    begun: Option<PageNumber>,
    lost: usize,
}

impl Attempt {
    fn first(request: &ReadRequest) -> Self {
        let request = request.clone();
        Self { request, opened: false, delivered: 0, furthest: None, begun: None, lost: 0 }
    }

    /// Whether there is a page to blame, and fewer were blamed before than may be.
    fn leave_out_the_last(&mut self) -> bool {
        let Some(page) = self.begun.take() else { return false };
        self.lost += 1;
        self.request.skip.push(page);
        self.lost <= LOST_PAGES
    }

    /// What of an event is new.
    fn news(&mut self, event: ReadEvent, seen: &mut u32) -> Option<ReadEvent> {
        let is_new = match &event {
            ReadEvent::Opened(_) => !std::mem::replace(&mut self.opened, true),
            ReadEvent::Begun(page) => {
                self.begun = Some(*page);
                let is_new = self.begun > self.furthest;
                self.furthest = self.furthest.max(self.begun);
                is_new
            }
            ReadEvent::Page(page) => {
                *seen += 1;
                let is_new = *seen > self.delivered;
                if is_new {
                    self.delivered = *seen;
                    // Recognising takes a second a page, and what it gives was handed over.
                    self.request.ocr.also.retain(|wanted| *wanted != page.number);
                    self.request.ocr.not.push(page.number);
                }
                is_new
            }
        };
        is_new.then_some(event)
    }
}

/// Hands over what is new until the file is done.
fn listen(
    conversation: &mut Conversation<'_>,
    task: &Task,
    attempt: &mut Attempt,
    cancel: &CancelToken,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Ended> {
    let (mut opened, mut seen) = (false, 0);
    loop {
        match conversation.next(cancel)? {
            Reply::Event(event) if matches!(event, ReadEvent::Opened(_)) != opened => {
                opened = true;
                if let Some(event) = attempt.news(event, &mut seen) {
                    on_event(event).map_err(Ended::Problem)?;
                }
            }
            Reply::ReadDone if opened => return Ok(()),
            Reply::Failed(problem) => return Err(Ended::Problem(problem)),
            other => return Err(unexpected(task, &other).into()),
        }
    }
}

/// The worker may stand in another folder by the time it opens the file.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
