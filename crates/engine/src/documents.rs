//! Libraries and documents, as they are.

use crate::{Engine, Result};
use yinju_core::answer::UnreadablePages;
use yinju_core::document::DocumentInfo;
use yinju_core::{
    Document, DocumentId, DocumentStatus, LibraryId, Page, PageNumber, PageStatus, Problem,
    ProblemCode, Scope, Waiting,
};
use yinju_store::{LibrarySummary, PageSummary};

/// Some ten thousand words: every search reads the list.
const LONGEST_WORD_LIST: usize = 500_000;

impl Engine {
    /// All libraries, oldest first.
    pub fn libraries(&self) -> Result<Vec<LibrarySummary>> {
        Ok(self.store().libraries()?)
    }

    /// The library with this name, made if there is none.
    pub fn create_library(&self, name: &str) -> Result<LibraryId> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::new(ProblemCode::BadUsage, "a library needs a name"));
        }
        Ok(self.store().ensure_library(name)?)
    }

    /// The library with this name.
    pub fn library_named(&self, name: &str) -> Result<LibraryId> {
        self.store().library_named(name)?.ok_or_else(|| {
            Problem::new(ProblemCode::LibraryNotFound, format!("there is no library “{name}”"))
                .hint("`yinju libraries` lists what there is")
        })
    }

    /// Gives a library another name.
    pub fn rename_library(&self, id: LibraryId, name: &str) -> Result<()> {
        Ok(self.store().rename_library(id, name.trim())?)
    }

    /// The library's own words as they were written: a line for each, names of one thing parted by
    /// `=`.
    pub fn library_words(&self, id: LibraryId) -> Result<String> {
        Ok(self.store().word_list(id)?)
    }

    /// Writes the library's own words; the next search knows them.
    pub fn set_library_words(&self, id: LibraryId, words: &str) -> Result<()> {
        if words.len() > LONGEST_WORD_LIST {
            let message = format!("a list of words has at most {LONGEST_WORD_LIST} bytes");
            return Err(Problem::new(ProblemCode::BadUsage, message)
                .hint("keep the words people ask for; all others are found as they are"));
        }
        Ok(self.store().set_word_list(id, words.trim_end())?)
    }

    /// Documents of one library or of all, oldest first.
    pub fn documents(&self, library: Option<LibraryId>) -> Result<Vec<Document>> {
        Ok(self.store().documents(library)?)
    }

    /// One document.
    pub fn document(&self, id: DocumentId) -> Result<Document> {
        Ok(self.store().document(id)?)
    }

    /// The X-ray of a document: what could be read, page by page.
    pub fn page_summaries(&self, id: DocumentId) -> Result<Vec<PageSummary>> {
        self.store().document(id)?;
        Ok(self.store().page_summaries(id)?)
    }

    /// A page of a version of a document, as far as it is kept: of earlier ones those that a conversation
    /// quotes. Without a hash, of what is there now.
    pub fn page_of_version(
        &self,
        id: DocumentId,
        sha256: &str,
        number: PageNumber,
    ) -> Result<Option<Page>> {
        let now = self.store().document(id)?.reference.sha256;
        Ok(if sha256.is_empty() || sha256 == now {
            self.store().page(id, number)?
        } else {
            self.store().version_page(id, sha256, number)?
        })
    }

    /// What a document's file says of itself: authors, outline, files inside; nothing where it was
    /// never opened.
    pub fn document_info(&self, id: DocumentId) -> Result<DocumentInfo> {
        Ok(self.store().info(id)?.unwrap_or_default())
    }

    /// Pages in scope that hold no readable text.
    pub(crate) fn unreadable_pages(&self, scope: &Scope) -> Result<Vec<UnreadablePages>> {
        let mut unreadable = Vec::new();
        for document in self.in_scope(scope)? {
            if document.coverage.unread() == 0 {
                continue;
            }
            let summaries = self.store().page_summaries(document.reference.id)?;
            let pages = summaries.into_iter().filter(is_unread).map(|page| page.number);
            let pages: Vec<_> = pages.collect();
            if !pages.is_empty() {
                unreadable.push(UnreadablePages { document: document.reference, pages });
            }
        }
        Ok(unreadable)
    }

    /// Documents in scope that an import is not done with; none where there is none.
    pub(crate) fn waiting(&self, scope: &Scope) -> Result<Option<Waiting>> {
        let mut waiting = Waiting::default();
        if scope.documents.is_empty() {
            let count = |status| self.store().count_with_status(status, &scope.libraries);
            waiting.to_be_read = count(DocumentStatus::Queued)?;
            waiting.to_be_embedded = count(DocumentStatus::Parsed)?;
        }
        for id in &scope.documents {
            match self.store().document(*id)?.status {
                DocumentStatus::Queued => waiting.to_be_read += 1,
                DocumentStatus::Parsed => waiting.to_be_embedded += 1,
                _ => {}
            }
        }
        Ok((waiting != Waiting::default()).then_some(waiting))
    }

    /// Documents a question looks at.
    pub(crate) fn in_scope(&self, scope: &Scope) -> Result<Vec<Document>> {
        let all = self.store().documents(None)?;
        let in_scope = |document: &Document| {
            (scope.libraries.is_empty() || scope.libraries.contains(&document.library))
                && (scope.documents.is_empty() || scope.documents.contains(&document.reference.id))
        };
        Ok(all.into_iter().filter(in_scope).collect())
    }
}

/// Whether a page holds something nobody could read, as [`Coverage::unread`] counts them. A blank
/// page is nothing to worry about; one with an image that nobody recognised is.
///
/// [`Coverage::unread`]: yinju_core::Coverage::unread
pub(crate) fn is_unread(page: &PageSummary) -> bool {
    match page.status {
        PageStatus::Garbled | PageStatus::Failed => true,
        PageStatus::Empty => page.warnings.iter().any(|warning| warning.code.is_about_ocr()),
        PageStatus::Text | PageStatus::Ocr | PageStatus::Mixed => false,
    }
}
