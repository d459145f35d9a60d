//! An answer and the updates it is streamed in.

use super::document::{DocumentRefDto, RegionDto};
use super::markup::{AnswerBlockDto, laid_out};
use super::question::{AskModeDto, HitDto};
use super::{ProblemDto, wire_name};
use serde::Serialize;
use ts_rs::TS;
use yinju_core::answer::{
    Answer, AnswerUpdate, Citation, Evidence, Refusal, Sentence, UnreadablePages,
};
use yinju_core::text::unwrap_lines;
use yinju_core::{ModelFacts, PageNumber, Provenance, SetApart};
use yinju_engine::{Reviewed, begun};

/// A passage offered to the language model under a number.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Evidence")]
pub struct EvidenceDto {
    pub marker: u32,
    pub hit: HitDto,
}

impl From<Evidence> for EvidenceDto {
    fn from(evidence: Evidence) -> Self {
        Self { marker: evidence.marker, hit: evidence.hit.into() }
    }
}

/// A marker of the answer, resolved to words on a page.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Citation")]
pub struct CitationDto {
    pub marker: u32,
    pub document: DocumentRefDto,
    pub page: u32,
    pub quote: String,
    pub regions: Vec<RegionDto>,
    pub verified: bool,
    pub doubtful: bool,
    pub figure: Option<RegionDto>,
}

impl From<Citation> for CitationDto {
    fn from(citation: Citation) -> Self {
        Self {
            marker: citation.marker,
            document: citation.document.into(),
            page: citation.page.get(),
            quote: unwrap_lines(&citation.quote),
            regions: citation.regions.into_iter().map(Into::into).collect(),
            verified: citation.verified,
            doubtful: citation.doubtful,
            figure: citation.figure.map(Into::into),
        }
    }
}

/// What stands where a quotation stood, or where its words are now.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "NowThere")]
pub struct NowThereDto {
    pub page: u32,
    pub quote: String,
    pub regions: Vec<RegionDto>,
}

/// A quotation that no longer stands as it was shown, as its file changed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Reviewed")]
pub struct ReviewedDto {
    pub chat: u64,
    /// The answer, from 0.
    pub turn: u32,
    pub marker: u32,
    #[ts(type = "'moved' | 'changed' | 'gone'")]
    pub state: String,
    /// As it is now.
    pub document: DocumentRefDto,
    /// Where it was quoted from.
    pub page: u32,
    pub quote: String,
    pub now: Option<NowThereDto>,
}

impl From<Reviewed> for ReviewedDto {
    fn from(reviewed: Reviewed) -> Self {
        Self {
            chat: reviewed.chat.0,
            turn: reviewed.turn.saturating_sub(1),
            marker: reviewed.marker,
            state: wire_name(reviewed.state),
            document: reviewed.document.into(),
            page: reviewed.page.get(),
            quote: unwrap_lines(&reviewed.quote),
            now: reviewed.now.map(|now| NowThereDto {
                page: now.page.get(),
                quote: unwrap_lines(&now.quote),
                regions: now.regions.into_iter().map(Into::into).collect(),
            }),
        }
    }
}

/// A sentence of an answer, without its markers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Sentence")]
pub struct SentenceDto {
    pub text: String,
    pub markers: Vec<u32>,
    #[ts(type = "'supported' | 'partial' | 'unsupported' | 'not_a_claim'")]
    pub support: String,
    #[ts(type = "'quoted' | 'model' | 'program'")]
    pub origin: String,
}

impl From<Sentence> for SentenceDto {
    fn from(sentence: Sentence) -> Self {
        Self {
            text: sentence.text,
            markers: sentence.markers,
            support: wire_name(sentence.support),
            origin: wire_name(sentence.origin),
        }
    }
}

/// Pages of a document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "UnreadablePages")]
pub struct UnreadablePagesDto {
    pub document: DocumentRefDto,
    pub pages: Vec<u32>,
}

impl From<UnreadablePages> for UnreadablePagesDto {
    fn from(unreadable: UnreadablePages) -> Self {
        Self {
            document: unreadable.document.into(),
            pages: unreadable.pages.into_iter().map(PageNumber::get).collect(),
        }
    }
}

/// An honest "not in the documents".
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Refusal")]
pub struct RefusalDto {
    #[ts(type = "'not_in_documents' | 'nothing_to_search'")]
    pub code: String,
    pub nearest: Vec<HitDto>,
    /// Words of the question that stand in no document.
    pub missing: Vec<String>,
    pub unreadable_pages: Vec<UnreadablePagesDto>,
}

impl From<Refusal> for RefusalDto {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: wire_name(refusal.code),
            nearest: refusal.nearest.into_iter().map(Into::into).collect(),
            missing: refusal.missing,
            unreadable_pages: refusal.unreadable_pages.into_iter().map(Into::into).collect(),
        }
    }
}

/// How an answer was made: milliseconds and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AnswerCost")]
pub struct AnswerCostDto {
    pub retrieve_ms: f64,
    pub first_token_ms: Option<f64>,
    pub total_ms: f64,
    pub prompt_tokens: u32,
    pub generated_tokens: u32,
}

/// How an answer came about, to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Provenance")]
pub struct ProvenanceDto {
    pub version: String,
    pub mode: AskModeDto,
    /// The texts that were searched for.
    pub searched: Vec<String>,
    pub encoder: String,
    /// What the most relevant passage scored, and what was needed.
    pub relevance: Option<(f32, f32)>,
    pub model: Option<ModelFactsDto>,
    /// Who said it (`system`, `user`, `assistant`) and what, as the language model was given it.
    pub messages: Vec<(String, String)>,
    pub temperature: Option<f32>,
    pub seed: Option<f64>,
    /// What the language model wrote, before it was checked.
    pub draft: Option<String>,
    /// What the language model was not given, as it speaks to one.
    pub set_apart: Vec<SetApartDto>,
}

/// Words of a document that a language model was not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "SetApart")]
pub struct SetApartDto {
    pub title: String,
    pub page: u32,
    pub text: String,
}

impl From<SetApart> for SetApartDto {
    fn from(apart: SetApart) -> Self {
        Self { title: apart.document.title, page: apart.page.get(), text: apart.text }
    }
}

impl From<Provenance> for ProvenanceDto {
    fn from(provenance: Provenance) -> Self {
        let sampling = provenance.sampling.as_ref();
        Self {
            temperature: sampling.map(|sampling| sampling.temperature),
            // Seeds of the window are short enough for a number of JavaScript.
            seed: sampling.map(|sampling| sampling.seed as f64),
            version: provenance.version,
            mode: provenance.mode.into(),
            searched: provenance.searched,
            encoder: provenance.encoder,
            relevance: provenance.relevance.map(|r| (r.score, r.needed)),
            model: provenance.model.map(Into::into),
            messages: provenance
                .messages
                .into_iter()
                .map(|message| (wire_name(message.role), message.content))
                .collect(),
            draft: provenance.draft,
            set_apart: provenance.set_apart.into_iter().map(Into::into).collect(),
        }
    }
}

/// A language model as it was when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ModelFacts")]
pub struct ModelFactsDto {
    pub id: String,
    pub sha256: Option<String>,
    pub quantization: Option<String>,
    pub architecture: String,
    pub device: String,
}

impl From<ModelFacts> for ModelFactsDto {
    fn from(facts: ModelFacts) -> Self {
        let ModelFacts { id, sha256, quantization, architecture, device } = facts;
        Self { id, sha256, quantization, architecture, device }
    }
}

/// A checked answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Answer")]
pub struct AnswerDto {
    pub question: String,
    pub text: String,
    pub refusal: Option<RefusalDto>,
    pub model: Option<String>,
    pub citations: Vec<CitationDto>,
    pub sentences: Vec<SentenceDto>,
    /// The text, laid out.
    pub blocks: Vec<AnswerBlockDto>,
    /// What a model thought before it answered; not checked.
    pub reasoning: Option<String>,
    pub evidence: Vec<EvidenceDto>,
    /// Markers the model wrote that point at nothing; they were taken out.
    pub removed_markers: Vec<u32>,
    pub cost: AnswerCostDto,
    pub chat: Option<u64>,
    /// It breaks off: stopped, or the program ended.
    pub interrupted: bool,
    pub provenance: Option<ProvenanceDto>,
}

impl From<Answer> for AnswerDto {
    fn from(answer: Answer) -> Self {
        Self {
            cost: AnswerCostDto {
                retrieve_ms: answer.timings.retrieve,
                first_token_ms: answer.timings.first_token,
                total_ms: answer.timings.total,
                prompt_tokens: answer.tokens.prompt,
                generated_tokens: answer.tokens.generated,
            },
            question: answer.question,
            text: answer.text,
            refusal: answer.refusal.map(Into::into),
            model: answer.model,
            citations: answer.citations.into_iter().map(Into::into).collect(),
            sentences: answer.sentences.into_iter().map(Into::into).collect(),
            blocks: laid_out(answer.blocks),
            reasoning: answer.reasoning,
            evidence: answer.evidence.into_iter().map(Into::into).collect(),
            removed_markers: answer.removed_markers,
            chat: answer.chat.map(|chat| chat.0),
            interrupted: answer.interrupted,
            provenance: answer.provenance.map(Into::into),
        }
    }
}

/// What happens while an answer is made.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(rename = "AnswerUpdate")]
pub enum AnswerUpdateDto {
    Retrieving,
    Evidence { evidence: Vec<EvidenceDto> },
    Progress { done: u32, total: u32 },
    Reasoning { text: String },
    Token { text: String, blocks: Vec<AnswerBlockDto> },
    Citation { citation: CitationDto },
    Refused { refusal: RefusalDto },
    Done { answer: Box<AnswerDto> },
    Failed { problem: ProblemDto },
}

/// Turns what is told of one answer into what the window is told: with its text so far laid out.
#[derive(Default)]
pub struct Updates {
    text: String,
}

impl Updates {
    pub fn next(&mut self, update: AnswerUpdate) -> AnswerUpdateDto {
        match update {
            AnswerUpdate::Retrieving => AnswerUpdateDto::Retrieving,
            AnswerUpdate::Evidence { evidence } => AnswerUpdateDto::Evidence {
                evidence: evidence.into_iter().map(Into::into).collect(),
            },
            AnswerUpdate::Progress { done, total } => AnswerUpdateDto::Progress { done, total },
            AnswerUpdate::Reasoning { text } => AnswerUpdateDto::Reasoning { text },
            AnswerUpdate::Token { text } => {
                self.text.push_str(&text);
                AnswerUpdateDto::Token { blocks: laid_out(begun(&self.text)), text }
            }
            AnswerUpdate::Citation { citation } => {
                AnswerUpdateDto::Citation { citation: citation.into() }
            }
            AnswerUpdate::Refused { refusal } => {
                AnswerUpdateDto::Refused { refusal: refusal.into() }
            }
            AnswerUpdate::Done { answer } => {
                AnswerUpdateDto::Done { answer: Box::new((*answer).into()) }
            }
            AnswerUpdate::Failed { problem } => AnswerUpdateDto::Failed { problem: problem.into() },
        }
    }
}
