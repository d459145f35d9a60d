//! From a file to stored pages and passages.

use super::pipeline::{FileWork, Pipeline};
use crate::Result;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Instant;
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{
    CancelToken, DocumentId, DocumentStatus, Page, PageStatus, Problem, ProblemCode, Stage,
};
use yinju_store::NewDocument;

/// Pages are stored in groups of this many: a transaction each would take longer than reading.
const PAGES_PER_TRANSACTION: usize = 64;

/// What became of a file.
pub(super) enum Read {
    /// Its passages wait for vectors.
    Parsed(DocumentId),
    /// Its content is searchable already.
    Unchanged(DocumentId),
    /// Another file of this import has the same content and is being worked on.
    Elsewhere,
}

/// A problem, and the document it is about if its content is known.
pub(super) type Failure = (Option<DocumentId>, Problem);

impl Pipeline<'_> {
    /// Reads and splits a file, unless that was done before.
    pub(super) fn read(&self, work: &FileWork) -> std::result::Result<Read, Failure> {
        let (sha256, bytes) = hash(&work.path).map_err(|problem| (None, problem))?;
        let title = work.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let new = NewDocument {
            library: work.library,
            sha256,
            path: work.path.clone(),
            title: title.unwrap_or_default(),
            bytes,
        };
        let (id, _) = self.store().ensure_document(&new).map_err(|e| (None, e.into()))?;
        self.read_document(id, work).map_err(|problem| (Some(id), problem))
    }

    fn read_document(&self, id: DocumentId, work: &FileWork) -> Result<Read> {
        let known = self.store().document(id)?;
        let Some(cancel) = self.begin(id) else { return Ok(Read::Elsewhere) };
        match known.status {
            DocumentStatus::Ready => return Ok(Read::Unchanged(id)),
            DocumentStatus::Parsed | DocumentStatus::Embedded => return Ok(Read::Parsed(id)),
            DocumentStatus::NoText => return Err(known.problem.unwrap_or_else(no_text)),
            DocumentStatus::Queued | DocumentStatus::Failed | DocumentStatus::Cancelled => {}
        }
        if let Some(twin) = self.store().twin_of(id)? {
            self.store().copy_content(twin, id)?;
            return Ok(Read::Parsed(id));
        }
        let (info, pages) = self.pages(id, work, &cancel)?;
        self.split(id, &info, &pages)?;
        Ok(Read::Parsed(id))
    }

    /// Has the file read, keeping pages as they come.
    fn pages(
        &self,
        id: DocumentId,
        work: &FileWork,
        cancel: &CancelToken,
    ) -> Result<(DocumentInfo, Vec<Page>)> {
        let start = Instant::now();
        self.store().clear_pages(id)?;
        self.store().set_status(id, DocumentStatus::Queued, None)?;
        let request =
            ReadRequest { password: work.password.clone(), ..ReadRequest::new(&work.path) };
        let mut info = DocumentInfo::default();
        let mut pages: Vec<Page> = Vec::new();
        let mut stored = 0;
        self.reader().read(&request, cancel, &mut |event| {
            self.check_running(cancel)?;
            match event {
                ReadEvent::Opened(opened) => {
                    self.store().set_info(id, &opened)?;
                    info = opened;
                }
                ReadEvent::Begun(_) => return Ok(()),
                ReadEvent::Page(page) => pages.push(page),
            }
            self.step(Some(id), &work.path, Stage::Parse, pages.len() as u32, info.page_count);
            if pages.len() - stored >= PAGES_PER_TRANSACTION {
                self.store().add_pages(id, &pages[stored..])?;
                stored = pages.len();
            }
            Ok(())
        })?;
        self.store().add_pages(id, &pages[stored..])?;
        let mut tally = self.tally();
        tally.pages(pages.len());
        tally.spent(Stage::Parse, start);
        Ok((info, pages))
    }

    fn split(&self, id: DocumentId, info: &DocumentInfo, pages: &[Page]) -> Result<()> {
        let splitter = self.side().splitter()?;
        let start = Instant::now();
        let passages = splitter.split(pages, &info.outline);
        self.tally().spent(Stage::Split, start);
        if passages.is_empty() {
            let garbled = pages.iter().any(|page| page.status == PageStatus::Garbled);
            return Err(if garbled { meaningless_text() } else { no_text() });
        }
        Ok(self.store().add_passages(id, &passages)?)
    }
}

fn no_text() -> Problem {
    Problem::new(ProblemCode::NoText, "no text: needs OCR")
        .hint("its pages are images; a version with a text layer can be searched")
}

fn meaningless_text() -> Problem {
    Problem::new(ProblemCode::NoText, "no readable text: needs OCR")
        .hint("its fonts do not say which letters they draw; a version from another program may")
}

/// SHA-256 and size of a file's content.
fn hash(path: &Path) -> Result<(String, u64)> {
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
