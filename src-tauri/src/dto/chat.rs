//! Conversations.

use super::ProblemDto;
use super::answer::AnswerDto;
use super::document::file_name;
use super::question::ScopeDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_engine::{Chat, ChatSummary, Format, HighlightedCopy};

/// A line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ChatSummary")]
pub struct ChatSummaryDto {
    pub id: u64,
    pub title: String,
    pub pinned: bool,
    /// RFC 3339.
    pub updated: String,
    pub turns: u32,
}

impl From<ChatSummary> for ChatSummaryDto {
    fn from(chat: ChatSummary) -> Self {
        let ChatSummary { id, title, pinned, updated, turns } = chat;
        Self { id: id.0, title, pinned, updated, turns }
    }
}

/// A conversation with every answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Chat")]
pub struct ChatDto {
    pub id: u64,
    pub title: String,
    /// Where its last question was looked for.
    pub scope: ScopeDto,
    pub turns: Vec<AnswerDto>,
}

impl From<Chat> for ChatDto {
    fn from(chat: Chat) -> Self {
        Self {
            id: chat.id.0,
            title: chat.title,
            scope: chat.scope.into(),
            turns: chat.turns.into_iter().map(Into::into).collect(),
        }
    }
}

/// Copies of documents with what is quoted highlighted.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "HighlightedCopies")]
pub struct HighlightedCopiesDto {
    /// Names of the files that were written.
    pub files: Vec<String>,
    pub failed: Vec<FailedCopyDto>,
}

/// A document that could not be copied.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "FailedCopy")]
pub struct FailedCopyDto {
    pub title: String,
    pub problem: ProblemDto,
}

impl From<Vec<HighlightedCopy>> for HighlightedCopiesDto {
    fn from(copies: Vec<HighlightedCopy>) -> Self {
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        for HighlightedCopy { document, outcome } in copies {
            match outcome {
                Ok(path) => files.push(file_name(&path)),
                Err(problem) => {
                    failed.push(FailedCopyDto { title: document.title, problem: problem.into() });
                }
            }
        }
        Self { files, failed }
    }
}

/// What a conversation can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ExportFormat")]
pub enum ExportFormatDto {
    Md,
    Html,
    Docx,
    Pdf,
    Json,
    Bib,
    Ris,
    Csl,
    Gbt7714,
}

impl From<ExportFormatDto> for Format {
    fn from(format: ExportFormatDto) -> Self {
        match format {
            ExportFormatDto::Md => Self::Markdown,
            ExportFormatDto::Html => Self::Html,
            ExportFormatDto::Docx => Self::Docx,
            ExportFormatDto::Pdf => Self::Pdf,
            ExportFormatDto::Json => Self::Json,
            ExportFormatDto::Bib => Self::Bib,
            ExportFormatDto::Ris => Self::Ris,
            ExportFormatDto::Csl => Self::Csl,
            ExportFormatDto::Gbt7714 => Self::Gbt7714,
        }
    }
}
