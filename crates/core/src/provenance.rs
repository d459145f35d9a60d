//! How an answer came about, in enough detail to ask again and to judge what happened. Kept with the
//! answer; deliberately not here: the evidence and its scores, which the answer has itself.

use crate::document::DocumentRef;
use crate::page::PageNumber;
use crate::ports::{Message, Sampling};
use crate::question::{AskMode, Scope};
use serde::{Deserialize, Serialize};

/// How an answer came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// Version of the program.
    pub version: String,
    /// What was searched for: the question, and where it leans on earlier ones also what it was made
    /// to stand alone by.
    pub searched: Vec<String>,
    /// How it was to be answered.
    pub mode: AskMode,
    /// Where.
    pub scope: Scope,
    /// The encoder whose vectors were searched.
    pub encoder: String,
    /// What could not be looked at as a whole yet, if anything.
    pub waiting: Option<Waiting>,
    /// What decided between answering and refusing, where anything was found.
    pub relevance: Option<Relevance>,
    /// The language model, where one was asked.
    pub model: Option<ModelFacts>,
    /// What it was given, before its chat template; empty once a document it quotes is removed.
    pub messages: Vec<Message>,
    /// What of the passages it was not given, as it speaks to a language model.
    pub set_apart: Vec<SetApart>,
    /// How its tokens were chosen.
    pub sampling: Option<Sampling>,
    /// What it wrote, before markers were checked; absent where that is what is shown.
    pub draft: Option<String>,
}

/// Documents in scope that an import is not done with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Documents that are still to be read, or are being read.
    pub to_be_read: u32,
    /// Documents that are found by their words, and by meaning in part at most.
    pub to_be_embedded: u32,
}

/// Words of a document that a language model was not given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetApart {
    /// The document.
    pub document: DocumentRef,
    /// The page its passage begins on.
    pub page: PageNumber,
    /// The words.
    pub text: String,
}

/// Scores of the most relevant passage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relevance {
    /// What it scored.
    pub score: f32,
    /// What was needed.
    pub needed: f32,
}

/// A language model as it was when it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFacts {
    /// Its id.
    pub id: String,
    /// SHA-256 of its file, where it was kept.
    pub sha256: Option<String>,
    /// Which set of its files: the quantisation, as `q4_k_m`.
    pub quantization: Option<String>,
    /// `general.architecture` of its file.
    pub architecture: String,
    /// What it was computed on: `processor`, `CUDA` or `Metal`.
    pub device: String,
}
