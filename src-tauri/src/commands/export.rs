//! What leaves: conversations as files, and copies of documents with what is quoted highlighted.

use super::Shared;
use crate::dto::Result;
use crate::dto::chat::{ExportFormatDto, HighlightedCopiesDto};
use crate::dto::document::file_name;
use crate::shell::blocking;
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use yinju_core::{CancelToken, ChatId, DocumentRef};
use yinju_engine::{ExportRequest, Format, HighlightedCopy, save};

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
    pictures: bool,
) -> Result<Option<String>> {
    blocking(&shell, move |_, engine| {
        let format = Format::from(format);
        let request = ExportRequest { chat: ChatId(chat), turn, format, pictures };
        let bytes = engine.export(&request, &CancelToken::new())?;
        let extension = format.extension();
        let Some(path) = ask_where(&app, &title, extension) else {
            return Ok(None);
        };
        save(&path, &bytes)?;
        Ok(Some(file_name(&path)))
    })
    .await
}

/// Asks where to and writes a copy of every quoted document there; nothing where the person thought better
/// of it.
#[tauri::command]
pub async fn export_highlighted<R: Runtime>(
    app: AppHandle<R>,
    shell: Shared<'_>,
    chat: u64,
    turn: Option<u32>,
) -> Result<Option<HighlightedCopiesDto>> {
    blocking(&shell, move |_, engine| {
        let (what, cancel) = ((ChatId(chat), turn), CancelToken::new());
        let mut documents = engine.cited_documents(what.0, turn)?;
        let copies = if documents.len() == 1 {
            let document = documents.remove(0);
            let Some(path) = ask_where(&app, &copy_name(&document), "pdf") else { return Ok(None) };
            let outcome = engine.highlight(what, document.id, None, &path, &cancel).map(|()| path);
            vec![HighlightedCopy { document, outcome }]
        } else {
            let folder = app.dialog().file().blocking_pick_folder();
            let Some(folder) = folder.and_then(|folder| folder.into_path().ok()) else {
                return Ok(None);
            };
            engine.highlight_all(what, None, &folder, &cancel)?
        };
        Ok(Some(copies.into()))
    })
    .await
}

/// Asks where to write; the title or name is what is suggested.
pub(super) fn ask_where<R: Runtime>(
    app: &AppHandle<R>,
    title: &str,
    extension: &str,
) -> Option<PathBuf> {
    let dialog = app.dialog().file().set_file_name(suggested_name(title, extension));
    let dialog = dialog.add_filter(extension.to_uppercase(), &[extension]);
    let path = dialog.blocking_save_file()?.into_path().ok()?;
    Some(with_extension(&path, extension))
}

fn copy_name(document: &DocumentRef) -> String {
    let stem = document.path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{stem}.highlighted")
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
