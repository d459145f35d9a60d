//! An answer, sentence by sentence, each with the words on a page that bear it out.

use crate::document::DocumentRef;
use crate::ids::ChatId;
use crate::markup::Block;
use crate::page::{CharRange, PageNumber, Region};
use crate::problem::Problem;
use crate::provenance::Provenance;
use crate::question::Hit;
use serde::{Deserialize, Serialize};

/// A passage offered to the language model under a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The number, from 1; `[1]` in an answer means this passage.
    pub marker: u32,
    /// The passage and where it was found.
    pub hit: Hit,
}

/// A marker of the answer, resolved to words on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// The number shown, from 1.
    pub marker: u32,
    /// The document quoted.
    pub document: DocumentRef,
    /// The page the quotation starts on.
    pub page: PageNumber,
    /// That page's printed label, where the file has one.
    #[serde(default)]
    pub label: Option<String>,
    /// The words, verbatim from the page.
    pub quote: String,
    /// Their characters in the page's text; `None` in answers of earlier versions.
    #[serde(default)]
    pub range: Option<CharRange>,
    /// The boxes that cover the words.
    pub regions: Vec<Region>,
    /// Whether the words were found again on the page after white space was folded.
    pub verified: bool,
    /// Whether the page itself may say something else: its words were recognised and that not surely, or they
    /// are numbers of a picture.
    #[serde(default)]
    pub doubtful: bool,
    /// The picture that the words are written in, describe or name.
    #[serde(default)]
    pub figure: Option<Region>,
}

/// How well the evidence bears a sentence out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The cited words hold what the sentence says.
    Supported,
    /// Some of it.
    Partial,
    /// Nothing in the evidence holds it.
    Unsupported,
    /// Nothing that could be true or false: a greeting, a question, a heading.
    NotAClaim,
}

/// Whose words a sentence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A page's, word for word.
    Quoted,
    /// A language model's.
    #[default]
    Model,
    /// This program's.
    Program,
}

/// A sentence of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// Without its markers.
    pub text: String,
    /// The citations it carries.
    pub markers: Vec<u32>,
    /// How well they bear it out.
    pub support: Support,
    /// Whose words it is.
    #[serde(default)]
    pub origin: Origin,
    /// Its characters in the answer's text, markers included.
    #[serde(default)]
    pub range: CharRange,
}

/// Why nothing was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The documents do not hold the answer.
    NotInDocuments,
    /// There is no searchable document in scope.
    NothingToSearch,
}

/// An honest "not in the documents".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// The passages that came nearest, best first.
    pub nearest: Vec<Hit>,
    /// Words of the question that stand in no document at all.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Pages in scope that could not be read, where the answer may stand.
    pub unreadable_pages: Vec<UnreadablePages>,
}

/// Pages of a document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadablePages {
    /// The document.
    pub document: DocumentRef,
    /// Its pages.
    pub pages: Vec<PageNumber>,
}

/// How long the steps took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Until the evidence was found.
    pub retrieve: f64,
    /// Until the first token of the answer, from the question.
    pub first_token: Option<f64>,
    /// Checking what was written.
    #[serde(default)]
    pub check: f64,
    /// Until the end.
    pub total: f64,
}

/// Tokens of the language model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCounts {
    /// Read.
    pub prompt: u32,
    /// Written.
    pub generated: u32,
}

/// A checked answer. Field names are those of `cli.md`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked.
    pub question: String,
    /// The text with its markers, `[1]`.
    #[serde(rename = "answer")]
    pub text: String,
    /// Whether there is a refusal instead of an answer.
    pub refused: bool,
    /// The refusal.
    pub refusal: Option<Refusal>,
    /// The language model, or `None` where none was asked.
    pub model: Option<String>,
    /// The citations, in order of their markers.
    pub citations: Vec<Citation>,
    /// The sentences of `text`, in order.
    pub sentences: Vec<Sentence>,
    /// `text`, laid out.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// What the model was shown.
    pub evidence: Vec<Evidence>,
    /// Markers the model wrote that point at no evidence; they were taken out of the text.
    pub removed_markers: Vec<u32>,
    /// How long it took.
    #[serde(rename = "timings_ms")]
    pub timings: Timings,
    /// How much was read and written.
    pub tokens: TokenCounts,
    /// The conversation it belongs to.
    pub chat: Option<ChatId>,
    /// What a model thought before it answered: not checked, and no part of the answer.
    #[serde(default)]
    pub reasoning: Option<String>,
    /// Whether it breaks off: it was stopped, or the program ended while it was written.
    #[serde(default)]
    pub interrupted: bool,
    /// How it came about.
    #[serde(default)]
    pub provenance: Option<Provenance>,
}

impl Answer {
    /// Every document of which it shows something, each as often as it does.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentRef> {
        let hits = self.evidence.iter().map(|evidence| &evidence.hit);
        let nearest = self.refusal.iter().flat_map(|refusal| &refusal.nearest);
        let unread = self.refusal.iter().flat_map(|refusal| &refusal.unreadable_pages);
        let apart = self.provenance.iter().flat_map(|provenance| &provenance.set_apart);
        let cited = self.citations.iter().map(|citation| &citation.document);
        cited
            .chain(hits.chain(nearest).map(|hit| &hit.document))
            .chain(unread.map(|unread| &unread.document))
            .chain(apart.map(|apart| &apart.document))
    }

    /// The passages it shows.
    pub fn hits_mut(&mut self) -> impl Iterator<Item = &mut Hit> {
        let nearest = self.refusal.iter_mut().flat_map(|refusal| &mut refusal.nearest);
        self.evidence.iter_mut().map(|evidence| &mut evidence.hit).chain(nearest)
    }

    /// As [`Self::documents`].
    pub fn documents_mut(&mut self) -> impl Iterator<Item = &mut DocumentRef> {
        let hits = self.evidence.iter_mut().map(|evidence| &mut evidence.hit.document);
        let cited = self.citations.iter_mut().map(|citation| &mut citation.document);
        let refused = self.refusal.iter_mut().flat_map(|refusal| {
            let nearest = refusal.nearest.iter_mut().map(|hit| &mut hit.document);
            nearest.chain(refusal.unreadable_pages.iter_mut().map(|unread| &mut unread.document))
        });
        let apart = self.provenance.iter_mut().flat_map(|provenance| &mut provenance.set_apart);
        cited.chain(hits).chain(refused).chain(apart.map(|apart| &mut apart.document))
    }
}

/// What happens while an answer is made, in order: `Retrieving`, then `Evidence`, progress, tokens and
/// citations, then one of `Done`, `Failed`; a refusal sends `Refused` before `Done`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnswerUpdate {
    /// The passages are being looked for.
    Retrieving,
    /// These passages will be read.
    Evidence {
        /// Numbered as the answer will cite them.
        evidence: Vec<Evidence>,
    },
    /// So many parts of a long text are read.
    Progress {
        /// Parts read.
        done: u32,
        /// All of them.
        total: u32,
    },
    /// The next words of what a model thinks before it answers.
    Reasoning {
        /// To be appended.
        text: String,
    },
    /// The next words of the answer.
    Token {
        /// To be appended.
        text: String,
    },
    /// A marker was resolved.
    Citation {
        /// The resolved marker.
        citation: Citation,
    },
    /// There will be no answer.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The end; this text replaces what was streamed.
    Done {
        /// The checked answer.
        answer: Box<Answer>,
    },
    /// It went wrong.
    Failed {
        /// How.
        problem: Problem,
    },
}
