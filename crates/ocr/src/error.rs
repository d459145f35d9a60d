//! What can go wrong between an image and its text, and how a person is told.

use std::path::PathBuf;
use yinju_core::{Problem, ProblemCode};

/// Why the recogniser could not be loaded or used.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    /// A file of the model folder is not there.
    #[error("the text recognition file {0} is missing")]
    FileMissing(PathBuf),
    /// A file of the model folder could not be read.
    #[error("the text recognition file {path} could not be read")]
    FileUnreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no ONNX file.
    #[error("the text recognition model cannot be understood")]
    Format(#[source] prost::DecodeError),
    /// The file holds another network than this room has code for.
    #[error("this text recognition model is not supported: {0}")]
    Network(String),
    /// Width, height and channels do not multiply to the number of bytes given.
    #[error("an image of {width} by {height} pixels cannot have {bytes} bytes")]
    Image {
        /// Pixels of a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes given.
        bytes: usize,
    },
    /// The work was stopped.
    #[error("stopped")]
    Cancelled,
}

impl From<OcrError> for Problem {
    fn from(error: OcrError) -> Self {
        let (code, hint) = match &error {
            OcrError::FileMissing(_) => (
                ProblemCode::ModelMissing,
                "fetch the model with `yinju models pull pp-ocrv6-small`",
            ),
            OcrError::Network(_) => (
                ProblemCode::ModelUnsupported,
                "fetch the model with `yinju models pull pp-ocrv6-small`",
            ),
            OcrError::FileUnreadable { .. } | OcrError::Format(_) => (
                ProblemCode::ModelDamaged,
                "check the model with `yinju models verify` and fetch it again",
            ),
            OcrError::Image { .. } => return Problem::internal(error),
            OcrError::Cancelled => return Problem::cancelled(),
        };
        Problem::new(code, &error).hint(hint)
    }
}
