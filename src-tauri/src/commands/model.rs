//! Models and their fetching.

use super::Shared;
use crate::dto::Result;
use crate::dto::model::{ComputeDto, ModelDto, PullProgressDto};
use crate::shell::blocking;
use std::time::{Duration, Instant};
use tauri::ipc::Channel;
use yinju_core::ModelId;
use yinju_engine::PullProgress;

/// The window is told of progress at most this often.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// Every model of the catalogue.
#[tauri::command]
pub async fn models(shell: Shared<'_>) -> Result<Vec<ModelDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.models().list().into_iter().map(ModelDto::from).collect())
    })
    .await
}

/// What answers are computed on, and why not on something faster.
#[tauri::command]
pub async fn compute(shell: Shared<'_>) -> Result<ComputeDto> {
    blocking(&shell, |_, engine| Ok(engine.compute()?.into())).await
}

/// Fetches a model and checks it.
#[tauri::command]
pub async fn pull_model(
    shell: Shared<'_>,
    model: ModelId,
    updates: Channel<PullProgressDto>,
) -> Result<()> {
    let cancel = shell.begin_pull();
    blocking(&shell, move |_, engine| {
        let mut last: Option<Instant> = None;
        engine.models().pull(&model, &cancel, &mut |progress: PullProgress| {
            let ended = progress.total == Some(progress.done);
            if ended || last.is_none_or(|last| last.elapsed() >= TELL_EVERY) {
                last = Some(Instant::now());
                let told = updates.send(progress.into());
                told.unwrap_or_else(|error| tracing::warn!("{error}"));
            }
        })
    })
    .await
}

/// Stops fetching; what was fetched is kept for the next try.
#[tauri::command]
pub fn stop_pull(shell: Shared<'_>) {
    shell.stop_pull();
}
