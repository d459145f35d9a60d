//! Conversations and their export.

use super::Shared;
use crate::dto::Result;
use crate::dto::chat::{ChatDto, ChatSummaryDto, ExportFormatDto};
use crate::dto::document::file_name;
use crate::shell::blocking;
use std::path::Path;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use yinju_core::{ChatId, Problem, ProblemCode};
use yinju_engine::Format;

/// All conversations, the newest first.
#[tauri::command]
pub async fn chats(shell: Shared<'_>) -> Result<Vec<ChatSummaryDto>> {
    blocking(&shell, |_, engine| {
        Ok(engine.chats()?.into_iter().map(ChatSummaryDto::from).collect())
    })
    .await
}

/// A conversation with its answers.
#[tauri::command]
pub async fn chat(shell: Shared<'_>, chat: u64) -> Result<ChatDto> {
    blocking(&shell, move |_, engine| Ok(engine.chat(ChatId(chat))?.into())).await
}

/// Conversations in which every one of some words stands.
#[tauri::command]
pub async fn find_chats(shell: Shared<'_>, words: String) -> Result<Vec<ChatSummaryDto>> {
    blocking(&shell, move |_, engine| {
        Ok(engine.find_chats(&words)?.into_iter().map(ChatSummaryDto::from).collect())
    })
    .await
}

/// Another name for a conversation.
#[tauri::command]
pub async fn rename_chat(shell: Shared<'_>, chat: u64, title: String) -> Result<()> {
    blocking(&shell, move |_, engine| engine.rename_chat(ChatId(chat), &title)).await
}

/// Keeps a conversation at the top, or no longer.
#[tauri::command]
pub async fn pin_chat(shell: Shared<'_>, chat: u64, pinned: bool) -> Result<()> {
    blocking(&shell, move |_, engine| engine.pin_chat(ChatId(chat), pinned)).await
}

/// A new conversation with the first turns of another; its id.
#[tauri::command]
pub async fn branch_chat(
    shell: Shared<'_>,
    chat: u64,
    turns: u32,
    question: String,
) -> Result<u64> {
    blocking(&shell, move |_, engine| Ok(engine.branch_chat(ChatId(chat), turns, &question)?.0))
        .await
}

/// A question with its answer, gone.
#[tauri::command]
pub async fn remove_turn(shell: Shared<'_>, chat: u64, ordinal: u32) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_turn(ChatId(chat), ordinal)).await
}

/// How readily questions are refused: -1 to 1.
#[tauri::command]
pub async fn strictness(shell: Shared<'_>) -> Result<f32> {
    blocking(&shell, |_, engine| engine.strictness()).await
}

/// Sets it.
#[tauri::command]
pub async fn set_strictness(shell: Shared<'_>, strictness: f32) -> Result<()> {
    blocking(&shell, move |_, engine| engine.set_strictness(strictness)).await
}

/// A conversation, gone.
#[tauri::command]
pub async fn remove_chat(shell: Shared<'_>, chat: u64) -> Result<()> {
    blocking(&shell, move |_, engine| engine.remove_chat(ChatId(chat))).await
}

/// Asks where to and writes the conversation there; the file's name, unless the person thought
/// better of it.
#[tauri::command]
pub async fn export_chat<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
    chat: u64,
    turn: Option<u32>,
    format: ExportFormatDto,
    title: String,
) -> Result<Option<String>> {
    blocking(&shell, move |_, engine| {
        let format = Format::from(format);
        let bytes = engine.export(ChatId(chat), turn, format)?;
        let extension = format.extension();
        let dialog = app
            .dialog()
            .file()
            .set_file_name(suggested_name(&title, extension))
            .add_filter(extension.to_uppercase(), &[extension]);
        let Some(path) = dialog.blocking_save_file().and_then(|file| file.into_path().ok()) else {
            return Ok(None);
        };
        let path = with_extension(&path, extension);
        std::fs::write(&path, bytes).map_err(|error| unwritable(&error))?;
        Ok(Some(file_name(&path)))
    })
    .await
}

fn unwritable(error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => ProblemCode::DiskFull,
        _ => ProblemCode::FileUnreadable,
    };
    Problem::new(code, format!("the file could not be written: {error}"))
        .hint("choose another folder")
}

/// A title as a file name every system takes.
fn suggested_name(title: &str, extension: &str) -> String {
    let clean: String = title
        .chars()
        .map(|c| if c.is_control() || r#"\/:*?"<>|？"#.contains(c) { ' ' } else { c })
        .take(60)
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let stem = if clean.is_empty() { "Yinju" } else { clean.trim_matches('.') };
    format!("{stem}.{extension}")
}

/// The dialog lets a person leave the ending away.
fn with_extension(path: &Path, extension: &str) -> std::path::PathBuf {
    if path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension)) {
        return path.to_path_buf();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_file_names() {
        assert_eq!(suggested_name("合同 17/2 的期限是？", "md"), "合同 17 2 的期限是.md");
        assert_eq!(suggested_name("???", "html"), "Yinju.html");
    }

    #[test]
    fn endings_are_added_once() {
        assert_eq!(with_extension(Path::new("a.b"), "md"), Path::new("a.b.md"));
        assert_eq!(with_extension(Path::new("a.MD"), "md"), Path::new("a.MD"));
    }
}
