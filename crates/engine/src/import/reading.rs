//! From a file to the document it is, and what has to be done with it.

use super::ending::End;
use super::inflow::{self, Inflow};
use super::pipeline::Pipeline;
use super::work::{DocumentWork, FileWork};
use crate::Result;
use crate::files::{OpenedAt, ask};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use yinju_core::ports::{Ocr, ReadRequest};
use yinju_core::{
    Document, DocumentId, DocumentStatus, FileContent, OpenedDocument, ProblemCode, Stage,
};
use yinju_store::NewDocument;

/// So often a file is read that holds something else before its end each time. Between two readings it is
/// waited for until nobody writes to it.
const READINGS: u32 = 3;

/// The document a file is.
struct Known {
    id: DocumentId,
    is_new: bool,
    /// What it becomes, where it was something else before.
    version: Option<NewDocument>,
}

/// What came of reading a file.
enum Read {
    /// Its work goes on or is over, and everybody was told.
    Dealt,
    /// It holds something else by now.
    Changed,
}

impl Pipeline<'_> {
    /// Reads a file, unless that was done before.
    pub(super) fn read_file(&self, file: &FileWork) {
        let is_first = match self.begin(file) {
            Ok(is_first) => is_first,
            Err(problem) => return self.stop(problem),
        };
        for reading in 1..=READINGS {
            match self.read_once(file, is_first, reading == READINGS) {
                Read::Dealt => return,
                Read::Changed => tracing::info!(path = %file.path.display(), "it changed"),
            }
        }
    }

    fn read_once(&self, file: &FileWork, is_first: bool, is_last: bool) -> Read {
        self.tell(None, &file.path, Stage::Parse, 0, 0);
        let known = self.open(file).and_then(|opened| {
            let known = self.document_of(file, opened.file.content())?;
            Ok((opened, known))
        });
        let (mut opened, Known { id, is_new, version }) = match known {
            Ok(known) => known,
            Err(problem) => {
                self.fail_file(file, problem);
                return Read::Dealt;
            }
        };
        let Some(cancel) = self.engine().0.imports.begin(id) else {
            if version.is_some() {
                self.postpone(file);
                return Read::Dealt;
            }
            // Another file of this import has the same content and is being worked on; or this one is
            // since an earlier run.
            if is_first {
                self.finish_file(file, Stage::Unchanged, None);
            } else {
                self.leave_to_another(file);
            }
            return Read::Dealt;
        };
        let work = Arc::new(DocumentWork::new(id, file.clone(), cancel));
        let begun = version.map_or(Ok(()), |version| self.begin_version(&work, &version));
        match begun.and_then(|()| self.read_document(&work, &mut *opened.file)) {
            Err(problem) if problem.code == ProblemCode::FileChanged && !is_last => {
                match self.abandon(&work, is_new, &problem) {
                    Ok(()) => return Read::Changed,
                    Err(problem) => self.stop(problem),
                }
            }
            Err(problem) => self.fail(&work, problem),
            Ok(()) => {}
        }
        Read::Dealt
    }

    /// Opens a file. One of a document that is known may be at any of its places.
    fn open(&self, file: &FileWork) -> Result<OpenedAt<'_>> {
        if let Some(id) = file.document {
            return self.engine().open_document(&self.store().document(id)?, self.cancel());
        }
        let path = file.path.clone();
        let tell = &mut |hashing| self.tell_hashing(&file.path, hashing);
        self.reader().open(&path, self.cancel(), tell).map(|file| OpenedAt { path, file })
    }

    /// The document with the file's content, or of which the file now holds another version, or a new
    /// one. One that is read again is what it was.
    fn document_of(&self, file: &FileWork, content: &FileContent) -> Result<Known> {
        if let Some(id) = file.document {
            return Ok(Known { id, is_new: false, version: None });
        }
        let title = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let new = NewDocument {
            library: file.library,
            sha256: content.sha256.clone(),
            path: file.path.clone(),
            title: title.unwrap_or_default(),
            bytes: content.bytes,
        };
        if let Some(id) = self.changed_document(&new)? {
            return Ok(Known { id, is_new: false, version: Some(new) });
        }
        let (id, is_new) = self.store().ensure_document(&new)?;
        if !is_new {
            self.forget_if_moved(&self.store().document(id)?, file)?;
        }
        Ok(Known { id, is_new, version: None })
    }

    /// The document whose file held something else before: one that had this place, and has no file left
    /// at any other. Content that is in the library already is that document's, wherever it lies.
    fn changed_document(&self, new: &NewDocument) -> Result<Option<DocumentId>> {
        let store = self.store();
        if store.has_content(new.library, &new.sha256)? {
            return Ok(None);
        }
        for id in store.documents_at(&new.path)? {
            let others = store.places(id)?.into_iter().filter(|place| *place != new.path);
            let is_elsewhere = |place: PathBuf| ask(move || place.is_file()).unwrap_or(true);
            if store.document(id)?.library == new.library && !others.into_iter().any(is_elsewhere) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What was read of a document gives way to what its file holds now.
    fn begin_version(&self, work: &DocumentWork, new: &NewDocument) -> Result<()> {
        self.empty_index_of(work)?;
        self.store().begin_version(work.id, new)?;
        self.tally().changed();
        Ok(())
    }

    /// A file that is elsewhere now is named by where it is.
    fn forget_if_moved(&self, document: &Document, file: &FileWork) -> Result<()> {
        let first = document.reference.path.clone();
        if first != file.path {
            let looked = first.clone();
            let is_gone = ask(move || looked.try_exists().is_ok_and(|exists| !exists));
            if is_gone == Some(true) {
                self.store().forget_place(document.reference.id, &first)?;
            }
        }
        Ok(())
    }

    fn read_document(
        &self,
        work: &Arc<DocumentWork>,
        opened: &mut dyn OpenedDocument,
    ) -> Result<()> {
        let known = self.store().document(work.id)?;
        match known.status {
            DocumentStatus::Ready => {
                self.finish(work, End::well(Stage::Unchanged));
                return Ok(());
            }
            DocumentStatus::Parsed | DocumentStatus::Embedded => return self.hand_on(work),
            // Where an image was not recognised, it may be now.
            DocumentStatus::NoText if known.coverage.unread() == 0 => {
                return Err(known.problem.unwrap_or_else(inflow::no_text));
            }
            DocumentStatus::Queued
            | DocumentStatus::NoText
            | DocumentStatus::Failed
            | DocumentStatus::Cancelled => {}
        }
        if let Some(twin) = self.store().twin_of(work.id)? {
            self.store().copy_content(twin, work.id)?;
            return self.hand_on(work);
        }
        self.stream(work, opened)
    }

    /// What was read before goes on to the next stage.
    pub(super) fn hand_on(&self, work: &Arc<DocumentWork>) -> Result<()> {
        let passages = self.store().document(work.id)?.passages;
        work.is_read(passages);
        self.let_wait(work)?;
        self.read.advance(work, passages, true);
        Ok(())
    }

    /// Has the file read. Its passages go on as they come.
    fn stream(&self, work: &Arc<DocumentWork>, opened: &mut dyn OpenedDocument) -> Result<()> {
        let start = Instant::now();
        let mut inflow = Inflow::new(self, work, opened.content().bytes)?;
        let request = ReadRequest {
            password: work.file.password.clone(),
            ocr: Ocr { not: inflow.recognised().to_vec(), ..Ocr::default() },
            ..ReadRequest::new(&work.file.path)
        };
        let mut is_ours = false;
        let read = opened.read(&request, &work.cancel, &mut |event| {
            inflow.take(event).inspect_err(|_| is_ours = true)
        });
        let end = match read {
            Err(problem) if is_ours && !inflow.is_cut() => Err(problem),
            Err(_) if inflow.is_cut() => inflow.end(Ok(())),
            read => inflow.end(read),
        };
        let (pages, split) = inflow.spent();
        let mut tally = self.tally();
        tally.pages(pages);
        tally.took(Stage::Parse, start.elapsed().saturating_sub(split));
        tally.took(Stage::Split, split);
        end
    }
}
