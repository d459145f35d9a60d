//! A conversation as a document a person can hand in: answers with their markers, and for each marker
//! the words, the file, the page and the hash of the file.
//!
//! Everything in a conversation is untrusted text, from documents or from a language model: in Markdown
//! and HTML it stays text. Files are named, never located: no path of the machine leaves with Markdown or
//! HTML. Deliberately not here: writing files, and deciding what a conversation is made of.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answer_html;
mod error;
mod escape;
mod format;
mod html;
mod json;
mod markdown;
mod words;

pub use error::ExportError;
pub use format::Format;

use serde::{Deserialize, Serialize};
use yinju_core::Answer;

/// What is exported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// As shown in the list of conversations.
    pub title: String,
    /// When it began, RFC 3339.
    pub created: String,
    /// Questions with their answers, oldest first.
    pub turns: Vec<Answer>,
}

/// Writes a conversation. UTF-8 in every format so far.
///
/// # Errors
/// [`ExportError::Empty`] where nothing was asked yet; the rest are faults of this program.
pub fn export(conversation: &Conversation, format: Format) -> Result<Vec<u8>, ExportError> {
    if conversation.turns.is_empty() {
        return Err(ExportError::Empty);
    }
    match format {
        Format::Markdown => Ok(markdown::write(conversation).into_bytes()),
        Format::Html => Ok(html::write(conversation)?.into_bytes()),
        Format::Json => json::write(conversation),
    }
}
