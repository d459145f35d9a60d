//! Reading pages of a document again, recognised from their images whatever text they have. All
//! else keeps its passages and vectors, and the document is searched all the while: the new pages
//! are put aside until the last of them came, and then take their places together.

use super::inflow::no_text;
use super::pipeline::Pipeline;
use super::work::{DocumentWork, FileWork, Work};
use super::{ImportSummary, Report};
use crate::documents::is_unread;
use crate::{Engine, Result};
use std::sync::Arc;
use std::time::Instant;
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{
    CancelToken, Document, DocumentId, DocumentStatus, OpenedDocument, Page, PageNumber,
    PageStatus, Problem, ProblemCode, Stage,
};

/// Pages split between two transactions.
const PAGES_AT_ONCE: usize = 32;

impl Engine {
    /// Recognises pages of a document that was read; all that nobody could read where none is
    /// named. What was recognised before it was stopped is not again when it is asked for again.
    ///
    /// Fails with `file_not_found` or `file_changed` where the file is not what it was, and then
    /// changes nothing.
    pub fn recognise_pages(
        &self,
        document: DocumentId,
        pages: &[PageNumber],
        password: Option<&str>,
        cancel: &CancelToken,
        report: Report<'_>,
    ) -> Result<ImportSummary> {
        let _turn = self.0.imports.turn();
        let known = self.store().document(document)?;
        let pages = self.pages_to_recognise(&known, pages)?;
        if pages.is_empty() {
            return Ok(ImportSummary::default());
        }
        let mut opened = self.open_document(&known, cancel)?;
        let side = self.encoder()?;
        let pipeline = Pipeline::new(self, side, cancel, report, 1, Instant::now());
        let file = FileWork { path: opened.path, ..FileWork::of(&known, password) };
        let mut work = DocumentWork::new(document, file, self.0.imports.token(document));
        work.was_ready = known.status == DocumentStatus::Ready;
        let work = Arc::new(work);
        let recognised = pipeline.recognise(&work, &pages, &mut *opened.file);
        drop(opened.file);
        let prepared = recognised.and_then(|()| pipeline.split_again(&work));
        if let Err(problem) = prepared {
            self.0.imports.end(document);
            return Err(problem);
        }
        pipeline.run(Work { files: Vec::new(), parsed: vec![work] })
    }

    fn pages_to_recognise(
        &self,
        document: &Document,
        named: &[PageNumber],
    ) -> Result<Vec<PageNumber>> {
        if !matches!(document.status, DocumentStatus::Ready | DocumentStatus::NoText) {
            let message = format!("{} is not read to its end", document.reference.title);
            return Err(Problem::new(ProblemCode::BadUsage, message)
                .hint("import it first; then pages can be recognised again"));
        }
        if let Some(beyond) = named.iter().find(|page| page.get() > document.pages) {
            let message = format!("there is no page {beyond}, the last is {}", document.pages);
            return Err(Problem::new(ProblemCode::BadUsage, message)
                .hint("pages are counted from 1, whatever number is printed on them"));
        }
        if !named.is_empty() {
            let mut pages = named.to_vec();
            pages.sort_unstable();
            pages.dedup();
            return Ok(pages);
        }
        let summaries = self.store().page_summaries(document.reference.id)?;
        Ok(summaries.iter().filter(|page| is_unread(page)).map(|page| page.number).collect())
    }
}

impl Pipeline<'_> {
    /// Puts the pages aside, recognised. A reader that ends early leaves those that came.
    fn recognise(
        &self,
        work: &DocumentWork,
        pages: &[PageNumber],
        opened: &mut dyn OpenedDocument,
    ) -> Result<()> {
        let before = self.store().pages_aside(work.id)?;
        let also: Vec<_> = pages.iter().filter(|page| !before.contains(page)).copied().collect();
        let total = pages.len() as u32;
        let mut done = total - also.len() as u32;
        let mut useful = !before.is_empty();
        self.note_reading(PageStatus::Ocr);
        self.step(work, Stage::Parse, done, total);
        let request = ReadRequest {
            password: work.file.password.clone(),
            ocr: Ocr { where_needed: false, also, not: Vec::new() },
            ..ReadRequest::new(&work.file.path)
        };
        let mut listen = |event| {
            self.check_running(work)?;
            let ReadEvent::Page(page) = event else { return Ok(()) };
            if request.ocr.also.binary_search(&page.number).is_ok() {
                useful |= self.put_aside(work, &page)?;
                done += 1;
                self.step(work, Stage::Parse, done, total);
            }
            // The pages behind the last one that is wanted are of no interest.
            if done == total { Err(Problem::cancelled()) } else { Ok(()) }
        };
        let read = if request.ocr.also.is_empty() {
            Ok(())
        } else {
            opened.read(&request, &work.cancel, &mut listen)
        };
        self.tally().pages(done);
        match read {
            Err(problem) if done < total && (!useful || problem.code == ProblemCode::Cancelled) => {
                Err(problem)
            }
            Err(problem) if done < total => {
                tracing::warn!(%problem, done, total, "not all pages are recognised");
                Ok(())
            }
            _ if useful => Ok(()),
            _ => Err(Problem::new(ProblemCode::DamagedPdf, "none of the pages could be opened")
                .hint("what was read of them before is kept")),
        }
    }

    /// A page that does not open now is no reason to lose what was read of it before.
    fn put_aside(&self, work: &DocumentWork, page: &Page) -> Result<bool> {
        let opened = page.status != PageStatus::Failed;
        if opened {
            self.store().put_aside(work.id, page)?;
        }
        Ok(opened)
    }

    /// Puts the new pages in their places and splits the document again, from the store.
    fn split_again(&self, work: &DocumentWork) -> Result<()> {
        let store = self.store();
        let outline = store.info(work.id)?.unwrap_or_default().outline;
        let mut splitting = self.side().splitter.begin(&outline);
        store.begin_with_pages_aside(work.id)?;
        let mut last = None;
        loop {
            let pages = store.pages_after(work.id, last, PAGES_AT_ONCE)?;
            let Some(page) = pages.last() else { break };
            last = Some(page.number);
            let mut passages = Vec::new();
            for page in &pages {
                passages.extend(splitting.push(page)?);
            }
            store.add_read(work.id, &[], &passages)?;
        }
        store.add_read(work.id, &[], &splitting.finish()?)?;
        let end = store.end_reading(work.id, last)?;
        if end.passages == 0 {
            let problem = no_text();
            store.set_status(work.id, DocumentStatus::NoText, Some(&problem))?;
            self.empty_index_of(work)?;
            return Err(problem);
        }
        if end.removed > 0 {
            work.make_stale();
        }
        Ok(())
    }
}
