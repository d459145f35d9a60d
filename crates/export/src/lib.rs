//! A conversation as a document a person can hand in: answers with their markers, and for each marker
//! the words, the file, the page and the hash of the file; the cited works as lists of references; and
//! what an export claims, read back.
//!
//! Everything in a conversation is untrusted text, from documents or from a language model: it stays text
//! in every format. Files are named, never located: no path of the machine leaves, except with JSON, which
//! is made to be read back. Deliberately not here: writing files, and deciding what a conversation or a
//! bibliographic record is made of.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod docx;
mod error;
mod escape;
mod format;
mod html;
mod json;
mod line;
mod manuscript;
mod markdown;
mod names;
mod parts;
mod pdf;
mod references;
pub mod reread;
#[cfg(test)]
mod sample;
mod words;
mod works;

pub use error::ExportError;
pub use format::Format;

use manuscript::Manuscript;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use yinju_core::ports::PagePicture;
use yinju_core::{Answer, Bibliography, DocumentId};

/// What is exported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// As shown in the list of conversations.
    pub title: String,
    /// When it began, RFC 3339.
    pub created: String,
    /// Questions with their answers, oldest first.
    pub turns: Vec<Answer>,
    /// What a list of references says of the cited documents; where one is missing, its title.
    #[serde(default)]
    pub references: BTreeMap<DocumentId, Bibliography>,
    /// Where quotations stand on their pages, by turn (from 0) and marker.
    #[serde(skip)]
    pub pictures: BTreeMap<(usize, u32), PagePicture>,
}

/// Writes a conversation, or a part of one: a single turn will do.
///
/// # Errors
/// [`ExportError::Empty`] where nothing was asked yet, [`ExportError::NothingCited`] where a list of
/// references would be empty; the rest are faults of this program.
pub fn export(conversation: &Conversation, format: Format) -> Result<Vec<u8>, ExportError> {
    if conversation.turns.is_empty() {
        return Err(ExportError::Empty);
    }
    let cited = || works::cited(conversation);
    match format {
        Format::Markdown => Ok(markdown::write(conversation).into_bytes()),
        Format::Html => Ok(html::write(conversation)?.into_bytes()),
        Format::Json => json::write(conversation),
        Format::Docx => docx::write(&Manuscript::of(conversation)?),
        Format::Pdf => pdf::write(&Manuscript::of(conversation)?),
        Format::Bib => Ok(references::bib(&cited()?)?.into_bytes()),
        Format::Ris => Ok(references::ris(&cited()?).into_bytes()),
        Format::Csl => references::csl(&cited()?),
        Format::Gbt7714 => Ok(references::gbt7714(&cited()?)?.into_bytes()),
    }
}
