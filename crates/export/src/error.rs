//! Why nothing was exported.

use thiserror::Error;
use yinju_core::{Problem, ProblemCode};

/// Why nothing was exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The conversation has no answer yet.
    #[error("the conversation has no answer yet")]
    Empty,
    /// A format of `cli.md` that this version does not write.
    #[error("exporting as {0} is not possible yet")]
    Later(String),
    /// No format has this name.
    #[error("no export format is called {0:?}")]
    Unknown(String),
    /// The page's template failed.
    #[error("the page could not be composed")]
    Template(#[from] minijinja::Error),
    /// The JSON could not be written.
    #[error("the JSON could not be written")]
    Json(#[from] serde_json::Error),
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        let (code, hint) = match &error {
            ExportError::Empty => (ProblemCode::NothingToExport, "ask a question first"),
            ExportError::Later(_) => (
                ProblemCode::UnsupportedFormat,
                "it comes with a later version; use md, html or json",
            ),
            ExportError::Unknown(_) => (ProblemCode::UnsupportedFormat, "use md, html or json"),
            ExportError::Template(_) | ExportError::Json(_) => return Self::internal(error),
        };
        Self::new(code, error).hint(hint)
    }
}
