//! Passages from an encoder's tokenizer that lives in a process of its own: `tokenizer.json` is a
//! foreign file of many shapes. What comes back is held against the pages before it is believed.

use crate::config::WorkerConfig;
use crate::conversation::{Answer, Patience, ask, unexpected};
use crate::error::{SupervisorError, Task};
use crate::process::WorkerProcess;
use crate::protocol::{Call, Reply, WorkerRole};
use crate::turnstile::{Turnstile, Urgency};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use yinju_core::document::OutlineEntry;
use yinju_core::text::slice_chars;
use yinju_core::{
    CancelToken, DocumentSplitting, EncoderSpec, Page, PageNumber, PassageDraft, PassageSplitter,
    Problem, ProblemCode,
};

/// Splits in one `yinju-worker infer` process, started and loaded when first used. Documents take
/// turns page by page; a crash costs those that are being split, and the next begins with a fresh
/// process.
pub struct WorkerSplitter {
    config: WorkerConfig,
    spec: EncoderSpec,
    seat: Turnstile<Option<Resident>>,
    /// How many processes were started.
    processes: AtomicU64,
}

/// A process, its number among those of this splitter, and how many documents it was given.
struct Resident {
    process: WorkerProcess,
    number: u64,
    documents: u64,
}

/// Where a document is being split: in which process, and as which document there.
#[derive(Clone, Copy)]
struct Place {
    process: u64,
    document: u64,
}

impl Resident {
    fn if_alive(self) -> Option<Self> {
        Some(Self { process: self.process.if_alive()?, ..self })
    }

    fn next_place(&mut self) -> Place {
        self.documents += 1;
        Place { process: self.number, document: self.documents }
    }
}

impl WorkerSplitter {
    /// For the tokens of this encoder. Starts nothing yet.
    pub fn new(config: WorkerConfig, spec: EncoderSpec) -> Self {
        let seat = Turnstile::new(vec![None]);
        Self { config, spec, seat, processes: AtomicU64::new(0) }
    }

    /// Goes on with a document where it is, or begins one.
    fn ask(
        &self,
        place: Option<Place>,
        call: impl FnOnce(u64) -> Call,
    ) -> Result<(Place, Vec<PassageDraft>), Problem> {
        let mut seat = self.seat.enter(Urgency::Patient, &CancelToken::new())?;
        let mut resident = match (seat.take().and_then(Resident::if_alive), place) {
            (Some(there), None) => there,
            (Some(there), Some(place)) if place.process == there.number => there,
            (None, None) => self.start()?,
            (other, Some(_)) => {
                *seat = other;
                return Err(self.lost());
            }
        };
        let place = place.unwrap_or_else(|| resident.next_place());
        let task = Task::Splitting(self.spec.id.clone());
        let (call, patience) = (call(place.document), self.config.page_timeout);
        let answer = WorkerSplitter::call(&mut resident.process, call, &task, patience)?;
        *seat = Some(resident);
        match answer? {
            Reply::Passages(passages) => Ok((place, passages)),
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn start(&self) -> Result<Resident, Problem> {
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Infer)?;
        let call = Call::LoadSplitter { folder: self.spec.folder.clone().into() };
        let task = Task::Loading(self.spec.id.clone());
        match WorkerSplitter::call(&mut process, call, &task, self.config.infer_timeout)?? {
            Reply::SplitterLoaded => {
                let number = self.processes.fetch_add(1, Ordering::SeqCst);
                Ok(Resident { process, number, documents: 0 })
            }
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn call(
        process: &mut WorkerProcess,
        call: Call,
        task: &Task,
        reply: Duration,
    ) -> Result<Answer, SupervisorError> {
        let patience = Patience { reply, call: Duration::MAX, stop: None };
        ask(process, call, task, patience, &CancelToken::new())
    }

    /// The process that held the document's beginning is gone.
    fn lost(&self) -> Problem {
        let message = format!("the worker process ended while splitting for {}", self.spec.id);
        Problem::new(ProblemCode::WorkerCrashed, message).hint("import the file again")
    }
}

impl PassageSplitter for WorkerSplitter {
    fn begin(&self, outline: &[OutlineEntry]) -> Box<dyn DocumentSplitting + '_> {
        Box::new(Remote {
            splitter: self,
            place: None,
            outline: outline.to_vec(),
            texts: BTreeMap::new(),
        })
    }

    fn warm_up(&self) {
        let Ok(mut seat) = self.seat.enter(Urgency::Patient, &CancelToken::new()) else { return };
        let resident = seat.take().and_then(Resident::if_alive);
        *seat = resident.or_else(|| self.start().ok());
    }
}

/// A document that is split elsewhere.
struct Remote<'s> {
    splitter: &'s WorkerSplitter,
    /// Once it has begun.
    place: Option<Place>,
    outline: Vec<OutlineEntry>,
    /// Texts of the pages that passages may still come from.
    texts: BTreeMap<PageNumber, String>,
}

impl Remote<'_> {
    fn ask(&mut self, page: Option<Page>, end: bool) -> Result<Vec<PassageDraft>, Problem> {
        let outline = std::mem::take(&mut self.outline);
        let call = |document| Call::Split { document, outline, page, end };
        let (place, passages) = self.splitter.ask(self.place, call)?;
        self.place = Some(place).filter(|_| !end);
        for passage in &passages {
            self.check(passage)?;
        }
        Ok(passages)
    }

    /// A passage's words are those of the pages: a tokenizer that took its process over can cut
    /// badly, and not make a document say what it does not.
    fn check(&mut self, passage: &PassageDraft) -> Result<(), Problem> {
        let text_of =
            |span: &yinju_core::Span| Some(slice_chars(self.texts.get(&span.page)?, span.range));
        let texts: Option<Vec<_>> = passage.spans.iter().map(text_of).collect();
        if texts.is_none_or(|texts| texts.join("\n") != passage.text) {
            let message =
                format!("the tokenizer of {} gave words of no page", self.splitter.spec.id);
            return Err(Problem::new(ProblemCode::ModelDamaged, message).hint("fetch it again"));
        }
        // Passages come in reading order: none that follows begins on a page before this one's.
        if let Some(first) = passage.spans.iter().map(|span| span.page).min() {
            self.texts = self.texts.split_off(&first);
        }
        Ok(())
    }
}

impl DocumentSplitting for Remote<'_> {
    fn push(&mut self, page: &Page) -> Result<Vec<PassageDraft>, Problem> {
        self.texts.insert(page.number, page.text.clone());
        // Where its characters stand is not asked, and would be most of what is sent.
        let bare = Page {
            number: page.number,
            label: None,
            width: page.width,
            height: page.height,
            status: page.status,
            text: page.text.clone(),
            blocks: page.blocks.clone(),
            lines: Vec::new(),
            warnings: Vec::new(),
        };
        self.ask(Some(bare), false)
    }

    fn finish(&mut self) -> Result<Vec<PassageDraft>, Problem> {
        let passages = self.ask(None, true);
        self.texts.clear();
        passages
    }
}

impl Drop for Remote<'_> {
    fn drop(&mut self) {
        if self.place.is_some() {
            // What is left over is nobody's any more.
            let _ = self.ask(None, true);
        }
    }
}
