//! Documents' files: all places where one may be, and which of them still holds what was read.

use crate::{Engine, Result};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use yinju_core::{
    CancelToken, Document, DocumentId, FileContent, OpenedDocument, Problem, ProblemCode,
};

/// A disk or a network share that does not answer a plain question for so long is left alone.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file that is open, and where it is.
pub(crate) struct OpenedAt<'a> {
    pub(crate) path: PathBuf,
    pub(crate) file: Box<dyn OpenedDocument + 'a>,
}

impl Engine {
    /// All places where files with a document's content were found; the first names the document.
    pub fn document_places(&self, id: DocumentId) -> Result<Vec<PathBuf>> {
        Ok(self.store().places(id)?)
    }

    /// A document of which a file is or was here.
    pub fn document_at(&self, path: &Path) -> Result<Option<DocumentId>> {
        Ok(self.store().documents_at(path)?.into_iter().next())
    }

    /// Where a document's file is: the first of its places where there is one.
    pub fn document_file(&self, id: DocumentId) -> Result<PathBuf> {
        let document = self.store().document(id)?;
        let places = self.store().places(id)?;
        for path in places {
            let looked = path.clone();
            if ask(move || looked.is_file()) == Some(true) {
                return Ok(path);
            }
        }
        let path = document.reference.path.display();
        Err(Problem::new(ProblemCode::FileNotFound, format!("{path} is gone"))
            .hint("put the file back, or import it from where it is now; what was read is kept"))
    }

    /// A document's file, open, at the first of its places that holds what it held when it was
    /// imported.
    pub(crate) fn open_document(
        &self,
        document: &Document,
        cancel: &CancelToken,
    ) -> Result<OpenedAt<'_>> {
        let reference = &document.reference;
        self.open_first(&self.store().places(reference.id)?, &reference.sha256, cancel)
    }

    /// The first of some files that holds a content; else what is wrong with the first that is there.
    pub(crate) fn open_first(
        &self,
        places: &[PathBuf],
        sha256: &str,
        cancel: &CancelToken,
    ) -> Result<OpenedAt<'_>> {
        let mut wrong: Option<Problem> = None;
        for path in places {
            let opened = self.0.adapters.reader.open(path, cancel, &mut |_| {});
            let checked =
                opened.and_then(|file| check(path, file.content(), sha256).map(|()| file));
            match checked {
                Ok(file) => return Ok(OpenedAt { path: path.clone(), file }),
                Err(problem) if problem.code == ProblemCode::Cancelled => return Err(problem),
                Err(problem) => {
                    let is_gone = |known: &Problem| known.code == ProblemCode::FileNotFound;
                    if wrong.as_ref().is_none_or(is_gone) && !(wrong.is_some() && is_gone(&problem))
                    {
                        wrong = Some(problem);
                    }
                }
            }
        }
        let nowhere = || Problem::new(ProblemCode::FileNotFound, "no place of the file is known");
        Err(wrong.unwrap_or_else(nowhere))
    }
}

/// Whether a file holds what it has to.
pub(crate) fn check(path: &Path, content: &FileContent, sha256: &str) -> Result<()> {
    if content.sha256 == sha256 {
        return Ok(());
    }
    let path = path.display();
    let message = format!("{path} holds something else than when it was imported");
    Err(Problem::new(ProblemCode::FileChanged, message)
        .hint("import it again as it is now, or put the file back as it was"))
}

/// Asks something of a file system, in a thread that is left behind where no answer comes.
pub(crate) fn ask<T: Send + 'static>(question: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = mpsc::channel();
    std::thread::spawn(move || answer.send(question()));
    answered.recv_timeout(PATIENCE).ok()
}
