//! Libraries.

use super::Shared;
use crate::dto::Result;
use crate::dto::library::{LibraryDto, ReceiptDto};
use crate::shell::blocking;
use yinju_core::LibraryId;

/// All libraries, in the order of their names.
#[tauri::command]
pub async fn libraries(shell: Shared<'_>) -> Result<Vec<LibraryDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.libraries()?.into_iter().map(LibraryDto::from).collect())
    })
    .await
}

/// A new library; its id.
#[tauri::command]
pub async fn create_library(shell: Shared<'_>, name: String) -> Result<u64> {
    blocking(&shell, move |_, engine| Ok(engine.create_library(&name)?.0)).await
}

/// Another name for a library.
#[tauri::command]
pub async fn rename_library(shell: Shared<'_>, library: u64, name: String) -> Result<()> {
    blocking(&shell, move |_, engine| engine.rename_library(LibraryId(library), &name)).await
}

/// The library's own words, a line for each, other names of the same thing after `=`.
#[tauri::command]
pub async fn library_words(shell: Shared<'_>, library: u64) -> Result<String> {
    blocking(&shell, move |_, engine| engine.library_words(LibraryId(library))).await
}

/// Writes the library's own words.
#[tauri::command]
pub async fn set_library_words(shell: Shared<'_>, library: u64, words: String) -> Result<()> {
    blocking(&shell, move |_, engine| engine.set_library_words(LibraryId(library), &words)).await
}

/// A library and every document in it, gone.
#[tauri::command]
pub async fn remove_library(shell: Shared<'_>, library: u64) -> Result<ReceiptDto> {
    blocking(&shell, move |_, engine| Ok(engine.remove_library(LibraryId(library))?.into())).await
}
