//! Conversations.

use super::answer::AnswerDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_engine::{Chat, ChatSummary, Format};

/// A line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "ChatSummary")]
pub struct ChatSummaryDto {
    pub id: u64,
    pub title: String,
    /// RFC 3339.
    pub updated: String,
    pub turns: u32,
}

impl From<ChatSummary> for ChatSummaryDto {
    fn from(chat: ChatSummary) -> Self {
        Self { id: chat.id.0, title: chat.title, updated: chat.updated, turns: chat.turns }
    }
}

/// A conversation with every answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Chat")]
pub struct ChatDto {
    pub id: u64,
    pub title: String,
    pub turns: Vec<AnswerDto>,
}

impl From<Chat> for ChatDto {
    fn from(chat: Chat) -> Self {
        Self {
            id: chat.id.0,
            title: chat.title,
            turns: chat.turns.into_iter().map(Into::into).collect(),
        }
    }
}

/// What a conversation can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "ExportFormat")]
pub enum ExportFormatDto {
    Md,
    Html,
    Json,
}

impl ExportFormatDto {
    /// The ending of the file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

impl From<ExportFormatDto> for Format {
    fn from(format: ExportFormatDto) -> Self {
        match format {
            ExportFormatDto::Md => Self::Markdown,
            ExportFormatDto::Html => Self::Html,
            ExportFormatDto::Json => Self::Json,
        }
    }
}
