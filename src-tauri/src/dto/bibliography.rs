//! How a document stands in a list of references.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_core::{Bibliography, WorkKind};

/// What kind of work a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "WorkKind")]
pub enum WorkKindDto {
    Article,
    Book,
    Chapter,
    Paper,
    Thesis,
    Report,
    Standard,
    Patent,
    Document,
}

macro_rules! same_kinds {
    ($($kind:ident),*) => {
        impl From<WorkKind> for WorkKindDto {
            fn from(kind: WorkKind) -> Self {
                match kind { $(WorkKind::$kind => Self::$kind),* }
            }
        }
        impl From<WorkKindDto> for WorkKind {
            fn from(kind: WorkKindDto) -> Self {
                match kind { $(WorkKindDto::$kind => Self::$kind),* }
            }
        }
    };
}
same_kinds!(Article, Book, Chapter, Paper, Thesis, Report, Standard, Patent, Document);

/// What is known of a work; what is not is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "Bibliography")]
pub struct BibliographyDto {
    pub kind: WorkKindDto,
    pub title: String,
    pub authors: Vec<String>,
    pub date: String,
    pub container: String,
    pub volume: String,
    pub issue: String,
    pub pages: String,
    pub publisher: String,
    pub place: String,
    pub edition: String,
    pub number: String,
    pub doi: String,
    pub isbn: String,
    pub url: String,
}

macro_rules! same_fields {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(from: $from) -> Self {
                Self {
                    kind: from.kind.into(),
                    title: from.title,
                    authors: from.authors,
                    date: from.date,
                    container: from.container,
                    volume: from.volume,
                    issue: from.issue,
                    pages: from.pages,
                    publisher: from.publisher,
                    place: from.place,
                    edition: from.edition,
                    number: from.number,
                    doi: from.doi,
                    isbn: from.isbn,
                    url: from.url,
                }
            }
        }
    };
}
same_fields!(Bibliography => BibliographyDto);
same_fields!(BibliographyDto => Bibliography);
