//! What can go wrong with a language model, and how a person is told.
//!
//! Not here: being cancelled, which is not an error but a way to finish.

use std::path::{Path, PathBuf};
use yinju_core::{Problem, ProblemCode};

/// Why a model could not be loaded or could not write.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// There is no file at the path.
    #[error("there is no model file at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The system would not let the file be read.
    #[error("the model file {} cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not a GGUF file, a truncated one, or one whose header contradicts itself.
    #[error("the model file {} is damaged or not a GGUF file: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A sound file of an architecture that no code here computes.
    #[error("language models of the architecture “{architecture}” are not supported")]
    UnsupportedArchitecture {
        /// `general.architecture` of the file.
        architecture: String,
    },
    /// A sound file of a supported architecture that needs something missing here.
    #[error("this language model needs {what}, which is not supported")]
    UnsupportedFeature {
        /// The missing part.
        what: String,
    },
    /// The file's chat template cannot be used.
    #[error("the model's chat template cannot be used")]
    Template(#[source] minijinja::Error),
    /// The prompt and the wanted answer do not fit into the context.
    #[error(
        "the prompt ({prompt} tokens) and the answer (up to {max_tokens}) do not fit into the model's context of {context} tokens"
    )]
    ContextTooSmall {
        /// Tokens of the prompt.
        prompt: u32,
        /// Tokens that were to be written at most.
        max_tokens: u32,
        /// Tokens the model can hold.
        context: u32,
    },
    /// The tokenizer refused a text.
    #[error("the text could not be cut into tokens: {0}")]
    Tokenize(String),
    /// The arithmetic failed, as when memory ran out on a device.
    #[error("the language model failed while computing")]
    Compute(#[from] candle_core::Error),
}

impl GenerateError {
    /// A damaged file, with what is wrong.
    pub(crate) fn damaged(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.to_string() }
    }

    fn code(&self) -> ProblemCode {
        match self {
            Self::Missing { .. } => ProblemCode::ModelMissing,
            Self::Unreadable { .. } => ProblemCode::FileUnreadable,
            Self::Damaged { .. } => ProblemCode::ModelDamaged,
            Self::UnsupportedArchitecture { .. }
            | Self::UnsupportedFeature { .. }
            | Self::Template(_) => ProblemCode::ModelUnsupported,
            Self::ContextTooSmall { .. } => ProblemCode::ContextTooSmall,
            Self::Tokenize(_) | Self::Compute(_) => ProblemCode::Internal,
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Missing { .. } => "download the model again, or choose another one".into(),
            Self::Unreadable { .. } => "check that the file may be read".into(),
            Self::Damaged { .. } => {
                "delete the file and download or import it again; it may be cut short".into()
            }
            Self::UnsupportedArchitecture { .. } => format!(
                "choose a GGUF file of one of these architectures: {}",
                crate::SUPPORTED_ARCHITECTURES.join(", ")
            ),
            Self::UnsupportedFeature { .. } | Self::Template(_) => {
                "choose another language model".into()
            }
            Self::ContextTooSmall { .. } => {
                "ask a shorter question, use fewer passages, or start a new conversation".into()
            }
            Self::Tokenize(_) | Self::Compute(_) => "please report this with the log".into(),
        }
    }
}

impl From<GenerateError> for Problem {
    fn from(error: GenerateError) -> Self {
        let mut message = error.to_string();
        if let Some(source) = std::error::Error::source(&error) {
            message = format!("{message}: {source}");
        }
        Self::new(error.code(), message).hint(error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_architecture_is_named_with_those_supported() {
        let problem = Problem::from(GenerateError::UnsupportedArchitecture {
            architecture: "bloom".to_owned(),
        });
        assert_eq!(problem.code, ProblemCode::ModelUnsupported);
        assert!(problem.message.contains("bloom"));
        assert!(problem.hint.unwrap().contains("llama, qwen2, qwen3"));
    }
}
