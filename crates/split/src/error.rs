//! What can go wrong before anything is split.

use std::path::PathBuf;
use yinju_core::{Problem, ProblemCode};

/// A splitter that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// The encoder's tokenizer does not load.
    #[error("the tokenizer {path} does not load: {reason}")]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What the tokenizers library said.
        reason: String,
    },
}

impl From<SplitError> for Problem {
    fn from(error: SplitError) -> Self {
        Self::new(ProblemCode::ModelDamaged, error)
            .hint("`yinju models verify` names damaged files; pull the encoder again")
    }
}
