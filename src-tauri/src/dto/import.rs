//! How far the imports are.

use super::document::file_name;
use super::{ProblemDto, wire_name};
use serde::Serialize;
use std::collections::BTreeMap;
use ts_rs::TS;
use yinju_engine::{Job, SkipReason, Skipped};

/// A file that is being imported, or that could not be.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ImportItem")]
pub struct ImportItemDto {
    /// The document, once the file was opened.
    pub document: Option<u64>,
    pub file_name: String,
    #[ts(
        type = "'queued' | 'parse' | 'split' | 'words' | 'embed' | 'index' | 'done' | 'failed' | 'unchanged' | 'cancelled' | 'refused'"
    )]
    pub stage: String,
    /// Pages or passages done in this stage.
    pub done: u32,
    pub total: u32,
    /// Whether the pages are recognised from their images.
    pub recognising: bool,
    /// Seconds until the end of this stage, once enough was done to guess.
    pub seconds_left: Option<f64>,
    pub problem: Option<ProblemDto>,
}

/// The whole queue at one moment; every change sends all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ImportState")]
pub struct ImportStateDto {
    pub running: bool,
    /// Where the running import puts its documents.
    pub library: Option<u64>,
    pub files_done: u32,
    pub files_total: u32,
    /// Imports that wait for their turn.
    pub waiting: u32,
    /// Seconds, once enough was done to guess.
    pub seconds_left: Option<f64>,
    /// Files in work.
    pub active: Vec<ImportItemDto>,
    /// Files that failed since the window opened, newest last; documents that stayed as they were
    /// (`refused`) among them.
    pub failed: Vec<ImportItemDto>,
    /// How the last import ended.
    pub last: Option<ImportSummaryDto>,
    /// Why the last import could not be done at all.
    pub problem: Option<ProblemDto>,
}

/// A file on the queue.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "ImportJob")]
pub struct ImportJobDto {
    pub id: u64,
    pub file_name: String,
    /// How often it was begun and did not come to an end.
    pub attempts: u32,
    /// Why it is set aside, if it is.
    pub problem: Option<ProblemDto>,
}

impl From<Job> for ImportJobDto {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            file_name: file_name(&job.path),
            attempts: job.attempts,
            problem: job.set_aside.map(Into::into),
        }
    }
}

/// So many of what was skipped are named for each reason.
const NAMED: usize = 3;

/// What stands in the folders that were named and was not imported, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Skipped")]
pub struct SkippedDto {
    #[ts(
        type = "'unreadable_folder' | 'broken_link' | 'link_circle' | 'same_file' | 'not_a_regular_file' | 'unsupported_kind' | 'system_file'"
    )]
    pub reason: String,
    pub count: u32,
    /// The first of them.
    pub names: Vec<String>,
}

fn skipped(all: &[Skipped]) -> Vec<SkippedDto> {
    let mut by_reason: BTreeMap<SkipReason, SkippedDto> = BTreeMap::new();
    for Skipped { path, reason } in all {
        let entry = by_reason.entry(*reason).or_insert_with(|| SkippedDto {
            reason: wire_name(*reason),
            count: 0,
            names: Vec::new(),
        });
        entry.count += 1;
        if entry.names.len() < NAMED {
            entry.names.push(file_name(path));
        }
    }
    by_reason.into_values().collect()
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "ImportSummary")]
pub struct ImportSummaryDto {
    pub documents: u32,
    pub pages: u32,
    pub passages: u32,
    pub failed: u32,
    pub unchanged: u32,
    /// Pages that hold something nobody could read.
    pub unread: u32,
    pub seconds: f64,
    pub skipped: Vec<SkippedDto>,
}

impl From<&yinju_engine::ImportSummary> for ImportSummaryDto {
    fn from(summary: &yinju_engine::ImportSummary) -> Self {
        Self {
            documents: summary.documents,
            pages: summary.pages,
            passages: summary.passages,
            failed: summary.failed,
            unchanged: summary.unchanged,
            unread: summary.unread,
            seconds: summary.seconds,
            skipped: skipped(&summary.skipped),
        }
    }
}
