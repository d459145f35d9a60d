//! What went wrong, as a person is told of it: a code to switch on, a message, a hint.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Names every kind of problem a person can meet. Shells switch on it, never on the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say it; messages and hints are made where it happens")]
pub enum ProblemCode {
    // files
    FileNotFound,
    FileUnreadable,
    NotAPdf,
    EmptyFile,
    DamagedPdf,
    PasswordRequired,
    WrongPassword,
    NoPages,
    NoText,
    UnsupportedFile,
    // workers
    WorkerCrashed,
    WorkerTimedOut,
    WorkerOutOfMemory,
    WorkerMissing,
    PdfiumMissing,
    ProtocolMismatch,
    // models
    ModelMissing,
    ModelUnknown,
    ModelHashMismatch,
    ModelUnsupported,
    ModelDamaged,
    DownloadFailed,
    HubsUnreachable,
    // questions
    QuestionEmpty,
    QuestionTooLong,
    ContextTooSmall,
    LibraryNotFound,
    DocumentNotFound,
    ChatNotFound,
    NothingToExport,
    UnsupportedFormat,
    // the home
    HomeInUse,
    HomeNewer,
    HomeUnusable,
    DiskFull,
    StoreDamaged,
    IndexDamaged,
    // the rest
    BadUsage,
    Cancelled,
    Internal,
    ModelTooLarge,
    UnsupportedEncryption,
    DamagedFile,
    FileChanged,
    QuerySyntax,
    FileTooLarge,
    TooMuchText,
    SetAside,
}

impl ProblemCode {
    /// The code as it stands in JSON.
    pub fn as_str(self) -> String {
        snake_case(&format!("{self:?}"))
    }
}

/// `FileNotFound` → `file_not_found`; the same rule serde's `snake_case` follows.
fn snake_case(variant: &str) -> String {
    let mut name = String::with_capacity(variant.len() + 4);
    for c in variant.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// A problem a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What kind.
    pub code: ProblemCode,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(code: ProblemCode, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string(), hint: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// The person stopped it.
    pub fn cancelled() -> Self {
        Self::new(ProblemCode::Cancelled, "stopped")
    }

    /// Something that should not happen, with where it did.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(ProblemCode::Internal, what).hint("please report this with the log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_snake_case() {
        assert_eq!(ProblemCode::FileNotFound.as_str(), "file_not_found");
        assert_eq!(ProblemCode::NotAPdf.as_str(), "not_a_pdf");
    }
}
