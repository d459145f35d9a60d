//! Pages as they come out of a file: split at once, kept in the store, and handed on. However many
//! there are, no more than a few are in memory. Deliberately not here: which file, and why.

use super::concerns_all;
use super::limits::Allowance;
use super::pipeline::Pipeline;
use super::work::DocumentWork;
use crate::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};
use yinju_core::document::DocumentInfo;
use yinju_core::ports::ReadEvent;
use yinju_core::{
    Coverage, DocumentSplitting, Page, PageNumber, PageStatus, PassageDraft, Problem, ProblemCode,
    Stage,
};

/// Pages that wait to be stored at most: a transaction each would take longer than reading them.
const PAGES_PER_TRANSACTION: usize = 32;
/// How long they wait at most. Pages that are recognised come one a second, and are to be found
/// while the others are still being recognised.
const KEEP_EVERY: Duration = Duration::from_secs(1);

/// A document while its pages come.
pub(super) struct Inflow<'p, 'a> {
    pipeline: &'p Pipeline<'a>,
    work: &'p Arc<DocumentWork>,
    splitting: Box<dyn DocumentSplitting + 'p>,
    /// Pages that were recognised in an earlier reading, in order; they are not again.
    recognised: Vec<PageNumber>,
    page_count: u32,
    last: Option<PageNumber>,
    /// Pages that earlier readings stored.
    known: u32,
    allowance: Allowance,
    /// Why no more of it is read.
    cut: Option<Problem>,
    /// Pages to be stored.
    pages: Vec<Page>,
    /// Passages to be stored.
    drafts: Vec<PassageDraft>,
    kept: Instant,
    /// Passages stored.
    passages: u32,
    seen: Coverage,
    splitting_took: Duration,
}

impl<'p, 'a> Inflow<'p, 'a> {
    /// A file of so many bytes is read from its beginning.
    pub(super) fn new(
        pipeline: &'p Pipeline<'a>,
        work: &'p Arc<DocumentWork>,
        bytes: u64,
    ) -> Result<Self> {
        let store = pipeline.store();
        let known = store.document(work.id)?.pages;
        store.begin_reading(work.id)?;
        let recognised = store.recognised_pages(work.id)?;
        Ok(Self {
            known,
            allowance: Allowance::new(pipeline.engine().0.config.limits, bytes),
            cut: None,
            splitting: pipeline.side().splitter.begin(&[]),
            pipeline,
            work,
            recognised,
            page_count: 0,
            last: None,
            pages: Vec::new(),
            drafts: Vec::new(),
            kept: Instant::now(),
            passages: 0,
            seen: Coverage::default(),
            splitting_took: Duration::ZERO,
        })
    }

    /// Pages that need not be recognised again.
    pub(super) fn recognised(&self) -> &[PageNumber] {
        &self.recognised
    }

    /// Whether no more of it is to be read.
    pub(super) fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// What the reader tells.
    pub(super) fn take(&mut self, event: ReadEvent) -> Result<()> {
        self.pipeline.check_running(self.work)?;
        match event {
            ReadEvent::Opened(info) => self.open(&info),
            ReadEvent::Begun(_) => Ok(()),
            ReadEvent::Page(page) => self.page(page),
        }
    }

    /// The reader came to the end of the file, or to its own. If it left something that can be
    /// read, then that is worth more than a failure; the rest counts as failed pages.
    pub(super) fn end(&mut self, read: Result<()>) -> Result<()> {
        if let Err(problem) = &read {
            let ends_all =
                matches!(problem.code, ProblemCode::Cancelled | ProblemCode::FileChanged)
                    || concerns_all(problem);
            if ends_all || self.seen.readable() == 0 {
                return read;
            }
            tracing::warn!(%problem, path = %self.work.file.path.display(), "the rest is not read");
            for index in self.last.map_or(0, |last| last.index() + 1)..self.page_count as usize {
                self.page(lost(PageNumber::from_index(index), problem))?;
            }
        }
        let rest = self.timed(|splitting| splitting.finish())?;
        self.drafts.extend(rest);
        self.keep()?;
        let end = self.pipeline.store().end_reading(self.work.id, self.last)?;
        if let Some(cut) = &self.cut {
            tracing::warn!(%cut, path = %self.work.file.path.display(), "no more is read");
            self.pipeline.store().set_cut(self.work.id, Some(cut))?;
        }
        if end.removed > 0 {
            self.work.make_stale();
        }
        if end.passages == 0 {
            return Err(nothing_to_search(self.seen));
        }
        self.work.is_read(end.passages);
        self.pipeline.let_wait(self.work)?;
        self.pipeline.step(self.work, Stage::Split, end.passages, end.passages);
        self.pipeline.read.advance(self.work, end.passages, true);
        Ok(())
    }

    /// How many pages came, and how long it took to split them.
    pub(super) fn spent(&self) -> (u32, Duration) {
        (self.last.map_or(0, PageNumber::get), self.splitting_took)
    }

    fn open(&mut self, info: &DocumentInfo) -> Result<()> {
        self.pipeline.store().set_info(self.work.id, info)?;
        self.page_count = info.page_count;
        self.splitting = self.pipeline.side().splitter.begin(&info.outline);
        self.pipeline.step(self.work, Stage::Parse, 0, self.page_count);
        Ok(())
    }

    fn page(&mut self, page: Page) -> Result<()> {
        let number = page.number;
        let known = if self.recognised.binary_search(&number).is_ok() {
            self.pipeline.store().page(self.work.id, number)?
        } else {
            None
        };
        let is_new = known.is_none();
        let page = known.unwrap_or(page);
        if let Err(cut) = self.allowance.take(page.text.len(), self.page_count) {
            self.cut = Some(cut.clone());
            return Err(cut);
        }
        note(&mut self.seen, &page);
        self.pipeline.note_reading(page.status);
        self.last = Some(number);
        let passages = self.timed(|splitting| splitting.push(&page))?;
        self.drafts.extend(passages);
        if is_new {
            self.pages.push(page);
        }
        if self.pages.len() >= PAGES_PER_TRANSACTION || self.kept.elapsed() >= KEEP_EVERY {
            self.keep()?;
        }
        self.pipeline.step(self.work, Stage::Parse, number.get(), self.page_count);
        Ok(())
    }

    /// Stores what came, and hands it on.
    fn keep(&mut self) -> Result<()> {
        let (store, id) = (self.pipeline.store(), self.work.id);
        store.add_read(id, &self.pages, &self.drafts)?;
        self.passages += self.drafts.len() as u32;
        self.pages.clear();
        self.drafts.clear();
        self.kept = Instant::now();
        self.pipeline.read.advance(self.work, self.passages, false);
        if self.last.map_or(0, PageNumber::get) > self.known {
            self.pipeline.came_further(self.work)?;
        }
        Ok(())
    }

    fn timed(
        &mut self,
        split: impl FnOnce(&mut dyn DocumentSplitting) -> Result<Vec<PassageDraft>>,
    ) -> Result<Vec<PassageDraft>> {
        let start = Instant::now();
        let passages = split(self.splitting.as_mut());
        self.splitting_took += start.elapsed();
        passages
    }
}

/// Counts a page.
fn note(seen: &mut Coverage, page: &Page) {
    let count = match page.status {
        PageStatus::Text => &mut seen.text,
        PageStatus::Ocr => &mut seen.ocr,
        PageStatus::Mixed => &mut seen.mixed,
        PageStatus::Empty => &mut seen.empty,
        PageStatus::Garbled => &mut seen.garbled,
        PageStatus::Failed => &mut seen.failed,
    };
    *count += 1;
    let unrecognised = page.warnings.iter().any(|warning| warning.code.is_about_ocr());
    if page.status == PageStatus::Empty && unrecognised {
        seen.needs_ocr += 1;
    }
}

/// Why a document has no passage.
fn nothing_to_search(seen: Coverage) -> Problem {
    if seen.garbled > 0 {
        return Problem::new(ProblemCode::NoText, "no readable text: needs OCR").hint(
            "its fonts do not say which letters they draw; a version from another program may",
        );
    }
    if seen.failed > 0 && seen.needs_ocr == 0 {
        return Problem::new(ProblemCode::DamagedPdf, "none of its pages could be opened")
            .hint("the file is damaged; another copy of it may be whole");
    }
    no_text()
}

pub(super) fn no_text() -> Problem {
    Problem::new(ProblemCode::NoText, "no text: needs OCR")
        .hint("its pages are images; a version with a text layer can be searched")
}

/// A page that the reader did not come to.
fn lost(number: PageNumber, problem: &Problem) -> Page {
    let message = format!("not read: {problem}");
    Page::failed(number, message)
}
