//! What can go wrong between texts and their vector or score, and how a person is told.

use std::path::PathBuf;
use yinju_core::{Problem, ProblemCode};

/// Why a model could not be loaded or used.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// A file of the model folder is not there.
    #[error("the model's file {0} is missing")]
    FileMissing(PathBuf),
    /// A file of the model folder could not be read.
    #[error("the model's file {path} could not be read")]
    FileUnreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A person's folder that is no model's.
    #[error("the folder holds no model: {0}")]
    NotAModel(String),
    /// `config.json` is not what such a file holds.
    #[error("the model's config.json cannot be understood")]
    Config(#[source] serde_json::Error),
    /// The file describes a model this room has no code for.
    #[error("this kind of model is not supported: {0}")]
    Unsupported(String),
    /// The header of `model.safetensors` is damaged.
    #[error("the model's weights cannot be read")]
    Weights(#[source] safetensors::SafeTensorError),
    /// A tensor is missing or has another shape than `config.json` says.
    #[error("the model's weights do not fit its config.json: {0}")]
    Tensor(String),
    /// `tokenizer.json` is damaged or refused a text.
    #[error("the model's tokenizer failed: {0}")]
    Tokenizer(String),
    /// The tokenizer gave a token that has no row in the word embeddings.
    #[error("the model's tokenizer does not belong to its weights: token {0} has no embedding")]
    UnknownToken(u32),
    /// The threads could not be started.
    #[error("the threads for the model could not be started")]
    Threads(#[source] rayon::ThreadPoolBuildError),
    /// The work was stopped.
    #[error("stopped")]
    Cancelled,
}

impl From<EmbedError> for Problem {
    fn from(error: EmbedError) -> Self {
        let (code, hint) = match &error {
            EmbedError::FileMissing(_) => {
                (ProblemCode::ModelMissing, "fetch the model with `yinju models pull`")
            }
            EmbedError::Unsupported(_) => (
                ProblemCode::ModelUnsupported,
                "choose a model of the BERT, RoBERTa or XLM-RoBERTa family",
            ),
            EmbedError::Threads(_) => (ProblemCode::Internal, "close other programs and try again"),
            EmbedError::Cancelled => return Problem::cancelled(),
            EmbedError::FileUnreadable { .. }
            | EmbedError::NotAModel(_)
            | EmbedError::Config(_)
            | EmbedError::Weights(_)
            | EmbedError::Tensor(_)
            | EmbedError::Tokenizer(_)
            | EmbedError::UnknownToken(_) => (
                ProblemCode::ModelDamaged,
                "check the model with `yinju models verify` and fetch it again",
            ),
        };
        Problem::new(code, with_causes(&error)).hint(hint)
    }
}

/// The message with those of its causes, as people get one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message.push_str(": ");
        message.push_str(&inner.to_string());
        cause = inner.source();
    }
    message
}
