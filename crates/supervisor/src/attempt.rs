//! Reading a file by one process after the other: a page that ends its process is left out by the next,
//! and what was handed over is not again.

use crate::conversation::{Conversation, unexpected};
use crate::error::{SupervisorError, Task};
use crate::protocol::Reply;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, PageNumber, Problem};

/// So many pages of a file may end their process; after that the file is given up. Each costs a
/// process that reads the file from its beginning, and up to `page_timeout` of waiting.
const LOST_PAGES: usize = 5;

/// Why an attempt ended before the file did.
pub(crate) enum Ended {
    /// The process is gone or of no more use.
    Process(SupervisorError),
    /// The file cannot be read, or the caller has had enough.
    Problem(Problem),
}

impl From<Ended> for Problem {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Process(error) => error.into(),
            Ended::Problem(problem) => problem,
        }
    }
}

impl From<SupervisorError> for Ended {
    fn from(error: SupervisorError) -> Self {
        Self::Process(error)
    }
}

/// What a process is asked, and how far the processes before it came.
pub(crate) struct Attempt {
    pub(crate) request: ReadRequest,
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
    pub(crate) fn first(request: &ReadRequest) -> Self {
        let request = request.clone();
        Self { request, opened: false, delivered: 0, furthest: None, begun: None, lost: 0 }
    }

    /// Whether there is a page to blame, and fewer were blamed before than may be.
    pub(crate) fn leave_out_the_last(&mut self) -> bool {
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
pub(crate) fn listen(
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
