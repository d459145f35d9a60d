//! What the window asks, and the passages it gets.

use super::document::{DocumentRefDto, RegionDto};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_core::question::{Hit, Scope};
use yinju_core::text::paragraphs;
use yinju_core::{
    ArmScores, AskMode, CharRange, ChatId, DocumentId, LibraryId, Mode, ModelId, PageNumber,
};
use yinju_engine::AskRequest;

/// Where to look; empty lists mean everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "Scope")]
pub struct ScopeDto {
    pub libraries: Vec<u64>,
    pub documents: Vec<u64>,
}

/// Which arms look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SearchMode")]
pub enum SearchModeDto {
    /// By words alone: at once.
    Lexical,
    /// By words and meaning.
    Hybrid,
}

impl From<SearchModeDto> for Mode {
    fn from(mode: SearchModeDto) -> Self {
        match mode {
            SearchModeDto::Lexical => Self::Lexical,
            SearchModeDto::Hybrid => Self::Hybrid,
        }
    }
}

impl From<Scope> for ScopeDto {
    fn from(scope: Scope) -> Self {
        Self {
            libraries: scope.libraries.into_iter().map(|id| id.0).collect(),
            documents: scope.documents.into_iter().map(|id| id.0).collect(),
        }
    }
}

impl From<ScopeDto> for Scope {
    fn from(scope: ScopeDto) -> Self {
        Self {
            libraries: scope.libraries.into_iter().map(LibraryId).collect(),
            documents: scope.documents.into_iter().map(DocumentId).collect(),
            languages: Vec::new(),
        }
    }
}

/// How to answer. The first and the last need a language model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(rename = "AskMode")]
pub enum AskModeDto {
    Answer,
    Quotes,
    /// What each document says, as a table.
    Compare,
    /// Every place that says it, as a table.
    Extract,
    /// What the documents are about, in their own words.
    Summary,
    /// The same in a language model's words.
    Digest,
}

impl From<AskModeDto> for AskMode {
    fn from(mode: AskModeDto) -> Self {
        match mode {
            AskModeDto::Answer => Self::Answer,
            AskModeDto::Quotes => Self::Quotes,
            AskModeDto::Compare => Self::Compare,
            AskModeDto::Extract => Self::Extract,
            AskModeDto::Summary => Self::Summary,
            AskModeDto::Digest => Self::Digest,
        }
    }
}

impl From<AskMode> for AskModeDto {
    fn from(mode: AskMode) -> Self {
        match mode {
            AskMode::Answer => Self::Answer,
            AskMode::Quotes => Self::Quotes,
            AskMode::Compare => Self::Compare,
            AskMode::Extract => Self::Extract,
            AskMode::Summary => Self::Summary,
            AskMode::Digest => Self::Digest,
        }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "AskRequest")]
pub struct AskRequestDto {
    pub question: String,
    pub scope: ScopeDto,
    /// The conversation it goes on with, if any.
    pub chat: Option<u64>,
    /// Whether the answer replaces the conversation's last.
    pub again: bool,
    pub mode: AskModeDto,
    /// The language model, unless the default.
    #[ts(type = "string | null")]
    pub model: Option<ModelId>,
    /// 0 without.
    pub temperature: Option<f32>,
    /// The same seed gives the same answer.
    pub seed: Option<u32>,
    /// How readily is refused, -1 (hardly ever) to 1, unless as the person set it.
    pub strictness: Option<f32>,
    /// Whether documents are read as they are, nothing set apart.
    #[serde(default)]
    pub believe: bool,
    /// Whether a model that can think first does so.
    #[serde(default)]
    pub reasons: bool,
}

/// Passages the language model is shown, at most; packing cuts further to its token budget.
const EVIDENCE_PASSAGES: usize = 8;

impl From<AskRequestDto> for AskRequest {
    fn from(request: AskRequestDto) -> Self {
        Self {
            question: request.question,
            scope: request.scope.into(),
            chat: request.chat.map(ChatId),
            again: request.again,
            mode: request.mode.into(),
            model: request.model,
            top: EVIDENCE_PASSAGES,
            temperature: request.temperature,
            seed: request.seed.map(u64::from),
            max_tokens: None,
            strictness: request.strictness,
            thinks: request.reasons,
            believes: request.believe,
        }
    }
}

/// What was thought of a passage; what was not asked is missing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Scores")]
pub struct ScoresDto {
    /// Cosine of question and passage, -1 to 1.
    pub cosine: Option<f32>,
    /// BM25, 0 and up.
    pub bm25: Option<f32>,
    /// Share of the question's terms that the passage holds, 0 to 1.
    pub coverage: Option<f32>,
    /// Mean cosine of the question's tokens with the nearest of the passage, -1 to 1.
    pub late: Option<f32>,
}

impl From<ArmScores> for ScoresDto {
    fn from(arms: ArmScores) -> Self {
        Self { cosine: arms.cosine, bm25: arms.bm25, coverage: arms.coverage, late: arms.late }
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
    /// What of the text the question finds it by: from, to, in UTF-16 code units.
    pub marks: Vec<(u32, u32)>,
    pub regions: Vec<RegionDto>,
    pub scores: ScoresDto,
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
            marks: Vec::new(),
            regions: hit.regions.into_iter().map(Into::into).collect(),
            scores: hit.arms.into(),
        }
    }
}

impl HitDto {
    /// With what of its text is to be marked, in characters.
    pub fn marked(self, marks: &[CharRange]) -> Self {
        let units: Vec<u32> = std::iter::once(0)
            .chain(self.text.chars().scan(0, |at, c| {
                *at += c.len_utf16() as u32;
                Some(*at)
            }))
            .collect();
        let unit = |character: u32| units.get(character as usize).copied();
        let marks = marks.iter().filter_map(|mark| unit(mark.start).zip(unit(mark.end)));
        Self { marks: marks.collect(), ..self }
    }
}

/// The passages found for some words.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SearchResult")]
pub struct SearchResultDto {
    pub query: String,
    pub took_ms: f64,
    /// What was typed names a document, page or chapter that does not exist.
    pub nowhere: bool,
    pub hits: Vec<HitDto>,
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
