//! Folders that libraries follow. They are chosen in a dialog of this side, as all paths are.

use super::Shared;
use crate::dto::Result;
use crate::dto::library::WatchedFolderDto;
use crate::imports::Job;
use crate::shell::blocking;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use yinju_core::LibraryId;

/// The folders a library follows.
#[tauri::command]
pub async fn watched_folders(shell: Shared<'_>, library: u64) -> Result<Vec<WatchedFolderDto>> {
    blocking(&shell, move |_, engine| {
        let watches = engine.watches()?.into_iter();
        watches
            .filter(|watch| watch.library == LibraryId(library))
            .map(|watch| Ok(WatchedFolderDto::of(&watch, &engine.gone_files(&watch)?)))
            .collect()
    })
    .await
}

/// Asks for a folder in a dialog, and has the library follow it; whether one was chosen.
#[tauri::command]
pub async fn watch_folder<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
    library: u64,
) -> Result<bool> {
    blocking(&shell, move |shell, engine| {
        let picked = app.dialog().file().blocking_pick_folder();
        let Some(folder) = picked.and_then(|folder| folder.into_path().ok()) else {
            return Ok(false);
        };
        engine.watch(LibraryId(library), &folder, &[])?;
        shell.imports.push_once(Job::Look);
        Ok(true)
    })
    .await
}

/// The library follows the folder no longer; its documents stay.
#[tauri::command]
pub async fn unwatch_folder(shell: Shared<'_>, watch: u64) -> Result<()> {
    blocking(&shell, move |_, engine| engine.unwatch(watch).map(drop)).await
}
