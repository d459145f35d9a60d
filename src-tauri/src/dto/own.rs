//! A person's own questions, what asking them gave, and the encoders they compare.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use yinju_core::{Mode, ModelId};
use yinju_engine::{
    EncoderStatus, Interval, Metric, OwnQuestion, OwnRun, Rerank, RunConfig, RunOutcome,
};

/// A question with the pages that answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "OwnQuestion")]
pub struct OwnQuestionDto {
    pub id: u64,
    pub question: String,
    pub document: u64,
    /// The first page with the answer, from 1.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl From<OwnQuestion> for OwnQuestionDto {
    fn from(own: OwnQuestion) -> Self {
        Self {
            id: own.id,
            question: own.question,
            document: own.document.0,
            first: own.first.get(),
            last: own.last.get(),
        }
    }
}

/// The settings that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(rename = "RunConfig")]
pub struct RunConfigDto {
    /// Without: the encoder in use.
    #[ts(type = "string | null")]
    pub encoder: Option<ModelId>,
    #[ts(type = "'hybrid' | 'dense' | 'lexical'")]
    pub mode: Mode,
    /// Whether late interaction puts in order what both arms found.
    pub rerank: bool,
}

impl RunConfigDto {
    /// With the encoder in use where none is named.
    pub fn into_config(self, in_use: ModelId) -> RunConfig {
        RunConfig {
            encoder: self.encoder.unwrap_or(in_use),
            mode: self.mode,
            rerank: if self.rerank { Rerank::On } else { Rerank::Off },
        }
    }
}

impl From<RunConfig> for RunConfigDto {
    fn from(config: RunConfig) -> Self {
        Self {
            encoder: Some(config.encoder),
            mode: config.mode,
            rerank: config.rerank == Rerank::On,
        }
    }
}

/// How far a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "RunProgress")]
pub struct RunProgressDto {
    /// Whether vectors are being made, or questions asked.
    pub preparing: bool,
    pub done: u32,
    pub total: u32,
}

/// One question in a run.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "RunOutcome")]
pub struct RunOutcomeDto {
    pub question: u64,
    pub text: String,
    pub document: u64,
    pub first: u32,
    pub last: u32,
    /// Of the first passage on a right page, from 1; none beyond the first twenty.
    pub rank: Option<u32>,
    /// The document and the page that stood first.
    pub instead: Option<(u64, u32)>,
    pub ms: f64,
}

impl From<RunOutcome> for RunOutcomeDto {
    fn from(outcome: RunOutcome) -> Self {
        Self {
            question: outcome.question,
            text: outcome.text,
            document: outcome.document.0,
            first: outcome.pages.0.get(),
            last: outcome.pages.1.get(),
            rank: outcome.rank,
            instead: outcome.first.map(|(document, page)| (document.0, page.get())),
            ms: outcome.ms,
        }
    }
}

/// A mean, and where it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Interval")]
pub struct IntervalDto {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl From<Interval> for IntervalDto {
    fn from(Interval { mean, low, high }: Interval) -> Self {
        Self { mean, low, high }
    }
}

/// What is measured on a run, or between two.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "RunMetrics")]
pub struct RunMetricsDto {
    pub recall1: IntervalDto,
    pub recall5: IntervalDto,
    pub recall10: IntervalDto,
    pub mrr10: IntervalDto,
}

impl RunMetricsDto {
    fn of(metric: impl Fn(Metric) -> Interval) -> Self {
        Self {
            recall1: metric(Metric::Recall1).into(),
            recall5: metric(Metric::Recall5).into(),
            recall10: metric(Metric::Recall10).into(),
            mrr10: metric(Metric::Mrr10).into(),
        }
    }
}

/// All questions under one configuration.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "OwnRun")]
pub struct OwnRunDto {
    pub id: u64,
    pub created: String,
    pub config: RunConfigDto,
    pub version: String,
    pub documents: u32,
    pub passages: u32,
    pub metrics: RunMetricsDto,
    pub outcomes: Vec<RunOutcomeDto>,
}

impl From<OwnRun> for OwnRunDto {
    fn from(run: OwnRun) -> Self {
        Self {
            id: run.id,
            metrics: RunMetricsDto::of(|metric| run.metric(metric)),
            created: run.created,
            config: run.config.into(),
            version: run.version,
            documents: run.documents,
            passages: run.passages,
            outcomes: run.outcomes.into_iter().map(RunOutcomeDto::from).collect(),
        }
    }
}

/// Two runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "Comparison")]
pub struct ComparisonDto {
    /// Questions both asked.
    pub questions: u32,
    /// By how much the second is better, over those questions.
    pub difference: RunMetricsDto,
}

impl ComparisonDto {
    /// The second against the first.
    pub fn of(first: &OwnRun, second: &OwnRun) -> Self {
        let asked = |id: u64| first.outcomes.iter().any(|outcome| outcome.question == id);
        let both = second.outcomes.iter().filter(|outcome| asked(outcome.question));
        Self {
            questions: both.count() as u32,
            difference: RunMetricsDto::of(|metric| first.difference(second, metric)),
        }
    }
}

/// An encoder that vectors are kept of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Encoder")]
pub struct EncoderDto {
    pub id: String,
    pub in_use: bool,
    /// Passages that have its vectors.
    pub done: u32,
    /// Passages there are.
    pub total: u32,
}

impl From<EncoderStatus> for EncoderDto {
    fn from(status: EncoderStatus) -> Self {
        Self {
            id: status.id.into(),
            in_use: status.in_use,
            done: status.progress.done,
            total: status.progress.total,
        }
    }
}
