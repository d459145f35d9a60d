//! Documents and pages.

use super::{ProblemDto, wire_name};
use serde::{Deserialize, Serialize};
use std::path::Path;
use ts_rs::TS;
use yinju_core::page::{Region, Warning};
use yinju_core::{BBox, Coverage, Document, DocumentRef};
use yinju_engine::PageSummary;

/// What names a document to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "DocumentRef")]
pub struct DocumentRefDto {
    pub id: u64,
    pub title: String,
    pub file_name: String,
    pub sha256: String,
}

impl From<DocumentRef> for DocumentRefDto {
    fn from(document: DocumentRef) -> Self {
        Self {
            id: document.id.0,
            file_name: file_name(&document.path),
            title: document.title,
            sha256: document.sha256,
        }
    }
}

/// The last part of a path: all of it that the window is told.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What it lies in, which may be nowhere that is known.
fn folder(path: &Path) -> String {
    path.parent().map(|folder| folder.display().to_string()).unwrap_or_default()
}

/// How many pages could be read, by page status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Coverage")]
pub struct CoverageDto {
    pub text: u32,
    pub ocr: u32,
    pub mixed: u32,
    pub empty: u32,
    pub garbled: u32,
    pub failed: u32,
    /// Of the empty ones, those whose image nobody recognised.
    pub needs_ocr: u32,
}

impl From<Coverage> for CoverageDto {
    fn from(c: Coverage) -> Self {
        Self {
            text: c.text,
            ocr: c.ocr,
            mixed: c.mixed,
            empty: c.empty,
            garbled: c.garbled,
            failed: c.failed,
            needs_ocr: c.needs_ocr,
        }
    }
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Document")]
pub struct DocumentDto {
    pub id: u64,
    /// Of the file as it was read last; a quotation may be of an earlier version.
    pub sha256: String,
    pub library: u64,
    pub title: String,
    pub file_name: String,
    /// Where the file is, to be read.
    pub folder: String,
    #[ts(type = "'queued' | 'parsed' | 'embedded' | 'ready' | 'no_text' | 'failed' | 'cancelled'")]
    pub status: String,
    pub bytes: u64,
    pub pages: u32,
    pub passages: u32,
    pub coverage: CoverageDto,
    pub problem: Option<ProblemDto>,
}

impl From<Document> for DocumentDto {
    fn from(document: Document) -> Self {
        Self {
            id: document.reference.id.0,
            sha256: document.reference.sha256,
            library: document.library.0,
            file_name: file_name(&document.reference.path),
            folder: folder(&document.reference.path),
            title: document.reference.title,
            status: wire_name(document.status),
            bytes: document.bytes,
            pages: document.pages,
            passages: document.passages,
            coverage: document.coverage.into(),
            problem: document.problem.map(Into::into),
        }
    }
}

/// A remark about a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "PageWarning")]
pub struct WarningDto {
    #[ts(
        type = "'garbled_text' | 'needs_ocr' | 'page_failed' | 'unusual_size' | 'damaged' | 'incomplete' | 'truncated' | 'low_confidence' | 'ocr_unavailable' | 'attachments' | 'xfa_form' | 'watermark'"
    )]
    pub code: String,
    pub message: String,
}

impl From<Warning> for WarningDto {
    fn from(warning: Warning) -> Self {
        Self { code: wire_name(warning.code), message: warning.message }
    }
}

/// What could be read from a page.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "PageSummary")]
pub struct PageSummaryDto {
    pub number: u32,
    pub label: Option<String>,
    #[ts(type = "'text' | 'ocr' | 'mixed' | 'empty' | 'garbled' | 'failed'")]
    pub status: String,
    pub characters: u32,
    /// How sure its recognised text is, in hundredths, where it has any.
    pub confidence: Option<u8>,
    pub warnings: Vec<WarningDto>,
}

impl From<PageSummary> for PageSummaryDto {
    fn from(page: PageSummary) -> Self {
        Self {
            number: page.number.get(),
            label: page.label,
            status: wire_name(page.status),
            characters: page.characters,
            confidence: page.confidence,
            warnings: page.warnings.into_iter().map(Into::into).collect(),
        }
    }
}

/// Boxes on one page, in fractions of its width and height from the top left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(rename = "Region")]
pub struct RegionDto {
    pub page: u32,
    #[ts(type = "Array<[number, number, number, number]>")]
    pub boxes: Vec<[f32; 4]>,
}

impl RegionDto {
    /// They.
    pub fn boxes(&self) -> impl Iterator<Item = BBox> {
        self.boxes.iter().map(|&[x0, y0, x1, y1]| BBox::new(x0, y0, x1, y1))
    }
}

impl From<Region> for RegionDto {
    fn from(region: Region) -> Self {
        Self { page: region.page.get(), boxes: region.boxes.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shrinks_to_its_last_part() {
        assert_eq!(file_name(Path::new("/a/报告.pdf")), "报告.pdf");
        assert_eq!(file_name(Path::new("/")), "");
    }
}
