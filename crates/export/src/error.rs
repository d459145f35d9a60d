//! Why nothing was exported, or nothing read back.

use thiserror::Error;
use yinju_core::{Problem, ProblemCode};

/// Why nothing was exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The conversation has no answer yet.
    #[error("the conversation has no answer yet")]
    Empty,
    /// A list of references was asked for, and no answer cites anything.
    #[error("no document is cited")]
    NothingCited,
    /// No format has this name.
    #[error("no export format is called {0:?}")]
    Unknown(String),
    /// No installed font has these characters.
    #[error("no installed font has the characters {0}")]
    NoFont(String),
    /// The HTML page's template failed.
    #[error("the page could not be composed")]
    Template(#[from] minijinja::Error),
    /// The JSON could not be written.
    #[error("the JSON could not be written")]
    Json(#[from] serde_json::Error),
    /// The library that writes `BibTeX` refused a record.
    #[error("the references could not be written as BibTeX: {0}")]
    Bibtex(String),
    /// The list of references could not be set in its style.
    #[error("the references could not be set in their style: {0}")]
    Style(String),
    /// The pages could not be set.
    #[error("the pages could not be set: {0}")]
    Typesetting(String),
    /// The Word file could not be packed.
    #[error("the Word file could not be packed: {0}")]
    Packing(String),
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        let (code, hint) = match &error {
            ExportError::Empty => (ProblemCode::NothingToExport, "ask a question first"),
            ExportError::NothingCited => (
                ProblemCode::NothingToExport,
                "only cited documents are listed; md, html, docx, pdf and json export the answers",
            ),
            ExportError::Unknown(_) => (
                ProblemCode::UnsupportedFormat,
                "use md, html, docx, pdf, json, bib, ris, csl or gbt7714",
            ),
            ExportError::NoFont(_) => (
                ProblemCode::UnsupportedFormat,
                "install a font for them, for Chinese Noto Serif CJK SC (Debian and Ubuntu: fonts-noto-cjk; Fedora: \
                 google-noto-serif-cjk-fonts; Arch: noto-fonts-cjk), or export as docx or html",
            ),
            ExportError::Template(_)
            | ExportError::Json(_)
            | ExportError::Bibtex(_)
            | ExportError::Style(_)
            | ExportError::Typesetting(_)
            | ExportError::Packing(_) => return Self::internal(error),
        };
        Self::new(code, error).hint(hint)
    }
}
