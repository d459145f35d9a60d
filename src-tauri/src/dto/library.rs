//! Libraries, and what a removal left behind.

use super::document::file_name;
use serde::Serialize;
use std::path::Path;
use ts_rs::TS;
use yinju_core::LibraryId;
use yinju_engine::{CarriedIn, CarriedOut, GoneFile, LibrarySummary, Receipt, Watch};

/// A library with what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Library")]
pub struct LibraryDto {
    pub id: u64,
    pub name: String,
    pub documents: u32,
    /// Documents a search finds.
    pub ready: u32,
    pub pages: u32,
    pub passages: u32,
}

impl From<LibrarySummary> for LibraryDto {
    fn from(library: LibrarySummary) -> Self {
        Self {
            id: library.id.0,
            name: library.name,
            documents: library.documents,
            ready: library.ready,
            pages: library.pages,
            passages: library.passages,
        }
    }
}

/// A folder that a library follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "WatchedFolder")]
pub struct WatchedFolderDto {
    pub id: u64,
    /// Where it is, to be read.
    pub folder: String,
    /// Names of files that are gone from it and whose documents are kept.
    pub gone: Vec<String>,
}

impl WatchedFolderDto {
    /// A folder and what is gone from it.
    pub fn of(watch: &Watch, gone: &[GoneFile]) -> Self {
        let inside = |file: &GoneFile| {
            file.path.strip_prefix(&watch.folder).unwrap_or(&file.path).display().to_string()
        };
        Self {
            id: watch.id,
            folder: watch.folder.display().to_string(),
            gone: gone.iter().map(inside).collect(),
        }
    }
}

/// A library that was written as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CarriedOut")]
pub struct CarriedOutDto {
    /// The file's name.
    pub file: String,
    pub documents: u32,
    pub conversations: u32,
    /// Names of documents' files that are not where they were, or hold something else by now.
    pub missing: Vec<String>,
}

impl CarriedOutDto {
    /// What was written, and where.
    pub fn of(file: &Path, out: &CarriedOut) -> Self {
        Self {
            file: file_name(file),
            documents: out.documents,
            conversations: out.conversations,
            missing: out.missing.iter().map(|path| file_name(path)).collect(),
        }
    }
}

/// A library that came as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "CarriedIn")]
pub struct CarriedInDto {
    pub library: u64,
    pub name: String,
    pub documents: u32,
    pub conversations: u32,
    /// Titles of what was damaged.
    pub damaged: Vec<String>,
}

impl CarriedInDto {
    /// What came, and which library it is here.
    pub fn of(library: LibraryId, carried: CarriedIn) -> Self {
        Self {
            library: library.0,
            name: carried.library,
            documents: carried.summary.documents - carried.summary.failed,
            conversations: carried.conversations,
            damaged: carried.failed.into_iter().map(|(title, _)| title).collect(),
        }
    }
}

/// What a removal took out, and what it left: nothing, unless something could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Receipt")]
pub struct ReceiptDto {
    pub documents: u32,
    pub passages: u32,
    /// Traces still found anywhere after the removal.
    pub left: u32,
    /// Given back to the disk.
    pub freed_bytes: u64,
}

impl From<Receipt> for ReceiptDto {
    fn from(receipt: Receipt) -> Self {
        let left = receipt.left;
        Self {
            documents: receipt.documents,
            passages: receipt.passages,
            left: left.store + left.vectors + left.postings + left.answers,
            freed_bytes: receipt.freed_bytes,
        }
    }
}
