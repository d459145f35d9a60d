//! What is asked, where it is looked for, and what is found.

use crate::document::DocumentRef;
use crate::ids::{DocumentId, LibraryId};
use crate::language::Language;
use crate::page::Region;
use crate::passage::Passage;
use serde::{Deserialize, Serialize};

/// Which arms of the index look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Vectors and postings, fused.
    #[default]
    Hybrid,
    /// Vectors alone.
    Dense,
    /// Postings (BM25) alone.
    Lexical,
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskMode {
    /// A language model writes, from the evidence.
    #[default]
    Answer,
    /// Verbatim sentences alone; needs no language model.
    Quotes,
    /// What each document in scope says, as a table of quotations.
    Compare,
    /// Every place that says it, as a table of quotations.
    Extract,
    /// The sentences that say most of the documents in scope, or of the chapter that is named.
    Summary,
    /// The same in a language model's words, each checked.
    Digest,
}

impl AskMode {
    /// Whether more than a few passages are looked at.
    pub fn is_survey(self) -> bool {
        matches!(self, Self::Compare | Self::Extract | Self::Summary)
    }
}

/// Where to look. Empty lists mean "everywhere"; both given means both must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Only in these libraries.
    pub libraries: Vec<LibraryId>,
    /// Only in these documents.
    pub documents: Vec<DocumentId>,
    /// Only in these languages.
    #[serde(default)]
    pub languages: Vec<Language>,
}

/// Words that a person typed to be found as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phrase {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub place: Place,
}

/// A part of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Its text, or what stands above it.
    Anywhere,
    /// The document's title and the headings above it.
    Heading,
}

/// What was thought of a passage. `None`: that was not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArmScores {
    /// Cosine of question and passage, −1 to 1.
    pub cosine: Option<f32>,
    /// BM25 score, 0 and up.
    pub bm25: Option<f32>,
    /// Share of the question's terms, weighted by inverse document frequency, that the passage
    /// holds: 0 to 1. Stop words weigh next to nothing.
    pub coverage: Option<f32>,
    /// Mean cosine of the question's tokens with the nearest of the passage, −1 to 1.
    pub late: Option<f32>,
    /// What a cross-encoder says of question and passage: a logit, the higher the better;
    /// comparable within one question and model only.
    #[serde(default)]
    pub cross: Option<f32>,
    /// Whether the passage is in another language than the question, for which alone every arm
    /// thinks less of it.
    #[serde(default)]
    pub across: bool,
}

/// A passage that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// From 1.
    pub rank: u32,
    /// What it was ranked by; comparable within one result list only.
    pub score: f32,
    /// What each arm thought.
    pub arms: ArmScores,
    /// The passage.
    pub passage: Passage,
    /// The document it is from.
    pub document: DocumentRef,
    /// Where it stands.
    pub regions: Vec<Region>,
}
