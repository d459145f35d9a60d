//! Copies of the store. They can be listed and used where the home does not open.

use super::Shared;
use crate::dto::backup::BackupDto;
use crate::dto::{ProblemDto, Result};
use crate::shell::blocking;
use std::sync::Arc;
use tauri::{AppHandle, Runtime};

/// All copies, the newest first.
#[tauri::command]
pub async fn backups(shell: Shared<'_>) -> Result<Vec<BackupDto>> {
    let shell = Arc::clone(&shell);
    tauri::async_runtime::spawn_blocking(move || {
        let all = shell.backups()?.list()?;
        Ok(all.into_iter().rev().map(BackupDto::from).collect())
    })
    .await
    .map_err(ProblemDto::internal)?
}

/// Makes a copy.
#[tauri::command]
pub async fn make_backup(shell: Shared<'_>) -> Result<BackupDto> {
    blocking(&shell, |_, engine| Ok(engine.make_backup()?.into())).await
}

/// Starts the program again, and puts a copy in the store's place then: nothing has it open at that
/// moment, whether it could be opened now or not.
#[tauri::command]
pub async fn restore_backup<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
    number: u32,
) -> Result<()> {
    shell.backups()?.restore_next(number)?;
    app.request_restart();
    Ok(())
}
