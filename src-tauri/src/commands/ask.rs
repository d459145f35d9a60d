//! Questions and searches.

use super::Shared;
use crate::dto::answer::{AnswerUpdateDto, Updates};
use crate::dto::question::{AskRequestDto, HitDto, ScopeDto, SearchModeDto, SearchResultDto};
use crate::dto::{ProblemDto, Result};
use crate::shell::blocking;
use tauri::ipc::Channel;
use yinju_core::AnswerUpdate;
use yinju_engine::SearchQuery;

/// Answers, telling the channel as it goes; the last update is `done` or `failed`.
#[tauri::command]
pub async fn ask(
    shell: Shared<'_>,
    request: AskRequestDto,
    updates: Channel<AnswerUpdateDto>,
) -> Result<()> {
    let cancel = shell.begin_answer();
    let told = updates.clone();
    let outcome = blocking(&shell, move |_, engine| {
        let mut updates = Updates::default();
        let mut tell = |update: AnswerUpdate| {
            if !matches!(update, AnswerUpdate::Done { .. } | AnswerUpdate::Failed { .. }) {
                send(&told, updates.next(update));
            }
        };
        engine.ask(&request.into(), &cancel, &mut tell)
    })
    .await;
    let last = match outcome {
        Ok(answer) => AnswerUpdateDto::Done { answer: Box::new(answer.into()) },
        Err(problem) => AnswerUpdateDto::Failed { problem },
    };
    updates.send(last).map_err(ProblemDto::internal)
}

/// A window that was closed hears nothing more.
fn send(updates: &Channel<AnswerUpdateDto>, update: AnswerUpdateDto) {
    updates.send(update).unwrap_or_else(|error| tracing::warn!("{error}"));
}

/// Stops the answer that is being written; what was written stays.
#[tauri::command]
pub fn stop(shell: Shared<'_>) {
    shell.stop_answer();
}

/// The best passages for some words.
#[tauri::command]
pub async fn search(
    shell: Shared<'_>,
    text: String,
    scope: ScopeDto,
    limit: usize,
    mode: SearchModeDto,
) -> Result<SearchResultDto> {
    blocking(&shell, move |_, engine| {
        let (scope, mode) = (scope.into(), mode.into());
        let query = SearchQuery { text, scope, mode, limit, ..SearchQuery::default() };
        let found = engine.search(&query)?;
        let mut hits = Vec::with_capacity(found.hits.len());
        for hit in found.hits {
            let hit = HitDto::from(hit);
            let marks = engine.marks(&found.query, &hit.text)?;
            hits.push(hit.marked(&marks));
        }
        Ok(SearchResultDto {
            query: found.query,
            took_ms: found.took_ms,
            nowhere: found.narrowed.is_some_and(|narrowed| narrowed.nowhere),
            hits,
        })
    })
    .await
}
