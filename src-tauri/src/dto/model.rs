//! Models of the catalogue and their fetching.

use serde::Serialize;
use ts_rs::TS;
use yinju_core::Problem;
use yinju_core::ports::Compute;
use yinju_engine::{ModelStatus, Models, PullProgress, PullStage};

/// A model and whether it is on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Model")]
pub struct ModelDto {
    pub id: String,
    #[ts(type = "'encoder' | 'generator' | 'reranker' | 'ocr'")]
    pub kind: String,
    pub title: String,
    pub bytes: u64,
    pub installed: bool,
    pub is_default: bool,
    pub licence: String,
}

impl From<ModelStatus> for ModelDto {
    fn from(model: ModelStatus) -> Self {
        Self {
            id: model.id.into(),
            kind: model.kind,
            title: model.title,
            bytes: model.bytes,
            installed: model.installed,
            is_default: model.is_default,
            licence: model.licence,
        }
    }
}

/// What answers are computed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Compute")]
pub struct ComputeDto {
    #[ts(type = "'processor' | 'CUDA' | 'Metal'")]
    pub device: String,
    /// Why it is not a faster one, in English.
    pub passed_over: Vec<String>,
}

impl From<Compute> for ComputeDto {
    fn from(compute: Compute) -> Self {
        Self { device: compute.device, passed_over: compute.passed_over }
    }
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "PullProgress")]
pub struct PullProgressDto {
    #[ts(type = "'connecting' | 'downloading' | 'verifying'")]
    pub stage: &'static str,
    /// Bytes done of the file at hand.
    pub done_bytes: u64,
    /// Bytes of the file at hand, where known.
    pub total_bytes: Option<u64>,
}

impl From<PullProgress> for PullProgressDto {
    fn from(progress: PullProgress) -> Self {
        let stage = match progress.stage {
            PullStage::Connecting => "connecting",
            PullStage::Downloading => "downloading",
            PullStage::Verifying => "verifying",
        };
        Self { stage, done_bytes: progress.done, total_bytes: progress.total }
    }
}

/// A connection this machine made for the program, or tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Connection")]
pub struct ConnectionDto {
    /// When (RFC 3339, UTC).
    pub when: String,
    /// The machine it went to.
    pub to: String,
    /// What for, in English.
    pub why: String,
    /// Bytes that came, where it is known.
    pub bytes: Option<u64>,
    /// What went wrong, if it did.
    pub error: Option<String>,
}

/// Every connection, and whether any may be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Ledger")]
pub struct LedgerDto {
    /// The latest first.
    pub connections: Vec<ConnectionDto>,
    pub air_gapped: bool,
}

impl LedgerDto {
    /// What is written down.
    pub fn of(models: &Models) -> Result<Self, Problem> {
        let made = models.connections()?.into_iter().rev();
        let connections = made.map(|made| ConnectionDto {
            when: made.when,
            to: made.to,
            why: made.why,
            bytes: made.bytes,
            error: made.error,
        });
        Ok(Self { connections: connections.collect(), air_gapped: models.is_air_gapped() })
    }
}
