//! Models as the rooms that run them need to know them; where they come from is the catalogue's.

use crate::ids::ModelId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How token vectors become one text vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooling {
    /// The mean over the attention mask.
    Mean,
    /// The first token's.
    Cls,
}

/// An encoder on this machine and how its authors say it is to be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderSpec {
    /// Which model.
    pub id: ModelId,
    /// The folder with `config.json`, `model.safetensors` and `tokenizer.json`.
    pub folder: PathBuf,
    /// Length of a vector.
    pub dimensions: usize,
    /// Longest input in tokens, prefix and special tokens included.
    pub max_tokens: usize,
    /// How token vectors are pooled.
    pub pooling: Pooling,
    /// Whether vectors are scaled to length 1.
    pub normalize: bool,
    /// Put before a question.
    pub query_prefix: String,
    /// Put before a passage.
    pub passage_prefix: String,
    /// Whether the vectors of single tokens are kept too, to compare a question's with a passage's.
    pub late_interaction: bool,
}

/// A cross-encoder on this machine: it reads a question and a passage together and gives a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RerankerSpec {
    /// Which model.
    pub id: ModelId,
    /// The folder with `config.json`, `model.safetensors` and `tokenizer.json`.
    pub folder: PathBuf,
    /// Longest input in tokens: question, passage and special tokens together.
    pub max_tokens: usize,
}

/// A language model on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorSpec {
    /// Which model.
    pub id: ModelId,
    /// The GGUF file; its chat template, context length and stop tokens stand in its metadata.
    pub gguf: PathBuf,
}

/// What a model's files say of themselves, before it is taken among the models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelDescription {
    /// A language model.
    Generator {
        /// What it calls itself.
        name: Option<String>,
    },
    /// An encoder and how its authors say it is to be used, as [`EncoderSpec`] has it.
    Encoder {
        /// Length of a vector.
        dimensions: usize,
        /// Longest input in tokens.
        max_tokens: usize,
        /// How token vectors are pooled.
        pooling: Pooling,
        /// Put before a question.
        query_prefix: String,
        /// Put before a passage.
        passage_prefix: String,
    },
    /// A cross-encoder.
    Reranker {
        /// Longest input in tokens.
        max_tokens: usize,
    },
}
