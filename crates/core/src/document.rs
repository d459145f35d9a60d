//! A file's content in a library, and how far Yinju is with it.

use crate::ids::{DocumentId, LibraryId};
use crate::page::PageNumber;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A step of an import, as people are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waiting for its turn.
    Queued,
    /// Pages are being read.
    Parse,
    /// Passages are being cut.
    Split,
    /// All of it is found by its words.
    Words,
    /// Passages are being turned into vectors.
    Embed,
    /// Passages are being made searchable.
    Index,
    /// Searchable.
    Done,
    /// Not searchable; the problem says why.
    Failed,
    /// The same content is there already.
    Unchanged,
    /// Stopped by the person.
    Cancelled,
}

/// How far a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStatus {
    /// Known, and not read or being read; what was made searchable of it is found.
    Queued,
    /// Read and cut, and found by its words; passages wait for vectors, and are found by meaning too
    /// once they have them.
    Parsed,
    /// Every passage has its vector; the indexes may not have them yet.
    Embedded,
    /// Searchable, all that could be read of it.
    Ready,
    /// Read, but no page holds text: it needs OCR.
    NoText,
    /// Could not be read.
    Failed,
    /// Stopped by the person.
    Cancelled,
}

/// How many pages could be read, by page status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named as `PageStatus`")]
pub struct Coverage {
    pub text: u32,
    pub ocr: u32,
    pub mixed: u32,
    pub empty: u32,
    pub garbled: u32,
    pub failed: u32,
    /// Of the empty ones, those whose image nobody recognised; the others are blank.
    pub needs_ocr: u32,
}

impl Coverage {
    /// Pages that hold text.
    pub fn readable(&self) -> u32 {
        self.text + self.ocr + self.mixed
    }

    /// Pages that hold something nobody could read: they did not open, their text means nothing,
    /// or their image was not recognised. A blank page was read.
    pub fn unread(&self) -> u32 {
        self.failed + self.garbled + self.needs_ocr
    }
}

impl DocumentStatus {
    /// Whether passages of such a document are found.
    pub fn is_searched(self) -> bool {
        matches!(self, Self::Queued | Self::Parsed | Self::Embedded | Self::Ready)
    }
}

/// What a file holds, before anything of it is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileContent {
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many there are.
    pub bytes: u64,
}

/// What names a document to a person and proves which content is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// Its id.
    pub id: DocumentId,
    /// Title from the file, else the file's name.
    pub title: String,
    /// Where the file was when it was imported: the first place of several. In JSON, which holds
    /// Unicode alone, a name that is none comes with U+FFFD in the place of what is not.
    #[serde(serialize_with = "crate::path::lossy")]
    pub path: PathBuf,
    /// SHA-256 of the file's bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// What the reader learns of a file before its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentInfo {
    /// Title from the metadata, if it has a usable one.
    pub title: Option<String>,
    /// Authors from the metadata.
    pub authors: Vec<String>,
    /// Creation date from the metadata, as written there.
    pub created: Option<String>,
    /// Number of pages.
    pub page_count: u32,
    /// The outline (bookmarks), in order.
    pub outline: Vec<OutlineEntry>,
    /// Names of files inside the file; they are not read.
    pub attachments: Vec<String>,
}

/// A line of a file's outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineEntry {
    /// Depth, from 1.
    pub level: u8,
    /// As printed.
    pub title: String,
    /// Where it leads, if anywhere.
    pub page: Option<PageNumber>,
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Names and content hash.
    #[serde(flatten)]
    pub reference: DocumentRef,
    /// The library it is in.
    pub library: LibraryId,
    /// How far it is.
    pub status: DocumentStatus,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Number of pages, once read.
    pub pages: u32,
    /// Number of passages, once cut.
    pub passages: u32,
    /// What could be read.
    pub coverage: Coverage,
    /// Why it failed.
    pub problem: Option<Problem>,
}
