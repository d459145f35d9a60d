//! What an import works on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use yinju_core::{CancelToken, Document, DocumentId, LibraryId};

/// A file to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileWork {
    pub(super) library: LibraryId,
    pub(super) path: PathBuf,
    pub(super) password: Option<String>,
    /// The document it was when it was imported, for one that is read again.
    pub(super) document: Option<DocumentId>,
}

impl FileWork {
    pub(super) fn new(library: LibraryId, path: PathBuf, password: Option<&str>) -> Self {
        Self { library, path, password: password.map(str::to_owned), document: None }
    }

    /// The file of a document.
    pub(super) fn of(document: &Document, password: Option<&str>) -> Self {
        let path = document.reference.path.clone();
        let document_id = Some(document.reference.id);
        Self { document: document_id, ..Self::new(document.library, path, password) }
    }
}

/// A document on its way, and the file it came from.
pub(super) struct DocumentWork {
    pub(super) id: DocumentId,
    pub(super) file: FileWork,
    /// Stops the work on it.
    pub(super) cancel: CancelToken,
    /// It could be searched before this work and stays so, whatever becomes of the work.
    pub(super) was_ready: bool,
    /// How many passages it has, once its last page is read.
    passages: OnceLock<u32>,
    /// It came further than any work on it before.
    came_further: AtomicBool,
    /// It is read, and nothing is done to it until it is embedded.
    is_waiting: AtomicBool,
    /// Passages are gone that the index may have.
    is_stale: AtomicBool,
    is_over: AtomicBool,
}

impl DocumentWork {
    pub(super) fn new(id: DocumentId, file: FileWork, cancel: CancelToken) -> Self {
        let flag = || AtomicBool::new(false);
        Self {
            id,
            file,
            cancel,
            was_ready: false,
            passages: OnceLock::new(),
            came_further: flag(),
            is_waiting: flag(),
            is_stale: flag(),
            is_over: flag(),
        }
    }

    /// Its last page is read.
    pub(super) fn is_read(&self, passages: u32) {
        self.passages.get_or_init(|| passages);
    }

    /// How many passages it has; nothing while more may come.
    pub(super) fn passages(&self) -> Option<u32> {
        self.passages.get().copied()
    }

    /// It came further than any work on it before; whether that is the first time.
    pub(super) fn comes_further(&self) -> bool {
        !self.came_further.swap(true, Ordering::AcqRel)
    }

    /// It waits from now on.
    pub(super) fn waits(&self) {
        self.is_waiting.store(true, Ordering::Release);
    }

    /// It waits no longer; whether it did.
    pub(super) fn goes_on(&self) -> bool {
        self.is_waiting.swap(false, Ordering::AcqRel)
    }

    /// Passages were taken out of the store; the index has to be told.
    pub(super) fn make_stale(&self) {
        self.is_stale.store(true, Ordering::Release);
    }

    /// Whether the index may have passages that are gone.
    pub(super) fn is_stale(&self) -> bool {
        self.is_stale.load(Ordering::Acquire)
    }

    /// It came to an end, one way or the other. Whether nobody said so before: of several stages
    /// that work on a document, one tells how it ended.
    pub(super) fn end(&self) -> bool {
        !self.is_over.swap(true, Ordering::AcqRel)
    }

    /// Whether it came to an end.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }
}

/// What there is to do.
#[derive(Default)]
pub(super) struct Work {
    /// Files to be read.
    pub(super) files: Vec<FileWork>,
    /// Documents whose passages wait for vectors.
    pub(super) parsed: Vec<Arc<DocumentWork>>,
}
