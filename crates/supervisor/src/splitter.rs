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
    documents: AtomicU64,
}

/// A process, and the first document it was given: those before it died with another.
struct Resident {
    process: WorkerProcess,
    since: u64,
}

impl WorkerSplitter {
    /// For the tokens of this encoder. Starts nothing yet.
    pub fn new(config: WorkerConfig, spec: EncoderSpec) -> Self {
        let seat = Turnstile::new(vec![None]);
        Self { config, spec, seat, documents: AtomicU64::new(0) }
    }

    fn ask(&self, document: u64, begins: bool, call: Call) -> Result<Vec<PassageDraft>, Problem> {
        let mut seat = self.seat.enter(Urgency::Patient, &CancelToken::new())?;
        let alive = |there: Resident| {
            Some(Resident { process: there.process.if_alive()?, since: there.since })
        };
        let mut resident = match seat.take().and_then(alive) {
            Some(there) if begins || there.since <= document => there,
            None if begins => Resident { process: self.start()?, since: document },
            other => {
                *seat = other;
                return Err(self.lost());
            }
        };
        let task = Task::Splitting(self.spec.id.clone());
        let answer = self.call(&mut resident.process, call, &task, self.config.page_timeout)?;
        *seat = Some(resident);
        match answer? {
            Reply::Passages(passages) => Ok(passages),
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn start(&self) -> Result<WorkerProcess, Problem> {
        let mut process = WorkerProcess::start(&self.config, WorkerRole::Infer)?;
        let call = Call::LoadSplitter { folder: self.spec.folder.clone().into() };
        let task = Task::Loading(self.spec.id.clone());
        match self.call(&mut process, call, &task, self.config.infer_timeout)?? {
            Reply::SplitterLoaded => Ok(process),
            other => Err(unexpected(&task, &other).into()),
        }
    }

    fn call(
        &self,
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
            document: None,
            outline: outline.to_vec(),
            texts: BTreeMap::new(),
        })
    }
}

/// A document that is split elsewhere.
struct Remote<'s> {
    splitter: &'s WorkerSplitter,
    /// Its number there, once it has begun.
    document: Option<u64>,
    outline: Vec<OutlineEntry>,
    /// Texts of the pages that passages may still come from.
    texts: BTreeMap<PageNumber, String>,
}

impl Remote<'_> {
    fn ask(&mut self, page: Option<Page>, end: bool) -> Result<Vec<PassageDraft>, Problem> {
        let begins = self.document.is_none();
        let next = || self.splitter.documents.fetch_add(1, Ordering::SeqCst);
        let document = *self.document.get_or_insert_with(next);
        let outline = std::mem::take(&mut self.outline);
        let call = Call::Split { document, outline, page, end };
        if end {
            self.document = None;
        }
        let passages = self.splitter.ask(document, begins, call)?;
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
        if self.document.is_some() {
            // What is left over is nobody's any more.
            let _ = self.ask(None, true);
        }
    }
}
