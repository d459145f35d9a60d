//! From a file to the document it is, and what has to be done with it.

use super::inflow::{self, Inflow};
use super::pipeline::{End, Pipeline};
use super::work::{DocumentWork, FileWork};
use crate::Result;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use yinju_core::ports::{Ocr, ReadRequest};
use yinju_core::{Document, DocumentId, DocumentStatus, Problem, ProblemCode, Stage};
use yinju_store::NewDocument;

impl Pipeline<'_> {
    /// Reads a file, unless that was done before.
    pub(super) fn read_file(&self, file: FileWork) {
        self.tell(None, &file.path, Stage::Parse, 0, 0);
        let id = match self.document_of(&file) {
            Ok(id) => id,
            Err(problem) => return self.fail_file(&file, problem),
        };
        // Another file of this import has the same content and is being worked on.
        let Some(cancel) = self.engine().0.imports.begin(id) else {
            return self.finish_file(&file, Stage::Unchanged, None);
        };
        let work = Arc::new(DocumentWork::new(id, file, cancel));
        if let Err(problem) = self.read_document(&work) {
            self.fail(&work, problem);
        }
    }

    /// The document with the file's content. One that is read again has to be what it was.
    fn document_of(&self, file: &FileWork) -> Result<DocumentId> {
        let (sha256, bytes) = hash(&file.path)?;
        if let Some(id) = file.document {
            return check_content(&self.store().document(id)?, &sha256).map(|()| id);
        }
        let title = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let new = NewDocument {
            library: file.library,
            sha256,
            path: file.path.clone(),
            title: title.unwrap_or_default(),
            bytes,
        };
        Ok(self.store().ensure_document(&new)?.0)
    }

    fn read_document(&self, work: &Arc<DocumentWork>) -> Result<()> {
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
        self.stream(work)
    }

    /// What was read before goes on to the next stage.
    pub(super) fn hand_on(&self, work: &Arc<DocumentWork>) -> Result<()> {
        let passages = self.store().document(work.id)?.passages;
        work.is_read(passages);
        self.read.advance(work, passages, true);
        Ok(())
    }

    /// Has the file read. Its passages go on as they come.
    fn stream(&self, work: &Arc<DocumentWork>) -> Result<()> {
        let start = Instant::now();
        self.store().begin_reading(work.id)?;
        let recognised = self.store().recognised_pages(work.id)?;
        let request = ReadRequest {
            password: work.file.password.clone(),
            ocr: Ocr { not: recognised.clone(), ..Ocr::default() },
            ..ReadRequest::new(&work.file.path)
        };
        let mut inflow = Inflow::new(self, work, recognised)?;
        let mut is_ours = false;
        let read = self.reader().read(&request, &work.cancel, &mut |event| {
            inflow.take(event).inspect_err(|_| is_ours = true)
        });
        let end = match read {
            Err(problem) if is_ours => Err(problem),
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

/// Whether a file still holds what it held when it was imported.
pub(crate) fn check_file(document: &Document) -> Result<()> {
    let (sha256, _) = hash(&document.reference.path)?;
    check_content(document, &sha256)
}

fn check_content(document: &Document, sha256: &str) -> Result<()> {
    if document.reference.sha256 == sha256 {
        return Ok(());
    }
    let path = document.reference.path.display();
    let message = format!("{path} holds something else than when it was imported");
    Err(Problem::new(ProblemCode::FileChanged, message)
        .hint("import it again as it is now, or put the file back as it was"))
}

/// SHA-256 and size of a file's content.
pub(crate) fn hash(path: &Path) -> Result<(String, u64)> {
    let unreadable = |error: io::Error| unreadable(path, &error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok((yinju_catalog::hexadecimal(&hasher.finalize()), bytes))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let (code, hint) = match error.kind() {
        io::ErrorKind::NotFound => {
            (ProblemCode::FileNotFound, "the file was moved or deleted; import it again")
        }
        _ => (ProblemCode::FileUnreadable, "check that you may read the file"),
    };
    Problem::new(code, format!("{} cannot be read: {error}", path.display())).hint(hint)
}
