//! What the window asks, and the passages it gets.

use super::document::{DocumentRefDto, RegionDto};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_core::question::{Hit, Scope};
use yinju_core::text::paragraphs;
use yinju_core::{ChatId, DocumentId, LibraryId, ModelId, PageNumber};
use yinju_engine::{AskMode, AskRequest, SearchResult};

/// Where to look; empty lists mean everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[ts(rename = "Scope")]
pub struct ScopeDto {
    pub libraries: Vec<u64>,
    pub documents: Vec<u64>,
}

impl From<ScopeDto> for Scope {
    fn from(scope: ScopeDto) -> Self {
        Self {
            libraries: scope.libraries.into_iter().map(LibraryId).collect(),
            documents: scope.documents.into_iter().map(DocumentId).collect(),
        }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AskRequest")]
pub struct AskRequestDto {
    pub question: String,
    pub scope: ScopeDto,
    /// The conversation it goes on with, if any.
    pub chat: Option<u64>,
    /// Verbatim sentences alone: needs no language model.
    pub quotes: bool,
    /// The language model, unless the default.
    pub model: Option<String>,
}

/// Passages the language model is shown, at most; packing cuts further to its token budget.
const EVIDENCE_PASSAGES: usize = 8;

impl From<AskRequestDto> for AskRequest {
    fn from(request: AskRequestDto) -> Self {
        Self {
            question: request.question,
            scope: request.scope.into(),
            chat: request.chat.map(ChatId),
            mode: if request.quotes { AskMode::Quotes } else { AskMode::Answer },
            model: request.model.map(ModelId),
            top: EVIDENCE_PASSAGES,
            temperature: None,
            seed: None,
            max_tokens: None,
        }
    }
}

/// A passage that was found.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Hit")]
pub struct HitDto {
    pub rank: u32,
    pub passage: u64,
    pub document: DocumentRefDto,
    pub pages: Vec<u32>,
    pub section: Vec<String>,
    pub text: String,
    pub regions: Vec<RegionDto>,
}

impl From<Hit> for HitDto {
    fn from(hit: Hit) -> Self {
        Self {
            rank: hit.rank,
            passage: hit.passage.id.0,
            document: hit.document.into(),
            pages: hit.passage.pages().into_iter().map(PageNumber::get).collect(),
            section: hit.passage.draft.section,
            text: paragraphs(&hit.passage.draft.text),
            regions: hit.regions.into_iter().map(Into::into).collect(),
        }
    }
}

/// The passages found for some words.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SearchResult")]
pub struct SearchResultDto {
    pub query: String,
    pub took_ms: f64,
    pub hits: Vec<HitDto>,
}

impl From<SearchResult> for SearchResultDto {
    fn from(result: SearchResult) -> Self {
        Self {
            query: result.query,
            took_ms: result.took_ms,
            hits: result.hits.into_iter().map(Into::into).collect(),
        }
    }
}

/// A question that the sample library answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "SampleQuestion")]
pub struct SampleQuestionDto {
    /// `zh` or `en`.
    pub lang: String,
    pub question: String,
    /// The sample's file name.
    pub document: String,
    pub page: u32,
}
