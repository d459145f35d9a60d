//! Getting files in. Dialogs are opened on this side, so that the window never holds a path.

use super::Shared;
use crate::dto::Result;
use crate::dto::import::{ImportJobDto, ImportStateDto};
use crate::dto::question::SampleQuestionDto;
use crate::imports::Job;
use crate::shell::{Target, blocking};
use std::num::NonZeroU32;
use std::path::PathBuf;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::{DialogExt, FilePath};
use yinju_core::{DocumentId, LibraryId, PageNumber, Problem, ProblemCode};

/// How far the imports are.
#[tauri::command]
pub fn imports(shell: Shared<'_>) -> ImportStateDto {
    shell.imports.state()
}

/// Says where dropped and picked files go from now on; `name` is for a first library.
#[tauri::command]
pub fn aim(shell: Shared<'_>, library: Option<u64>, name: String) {
    shell.aim(Target { library: library.map(LibraryId), name });
}

/// Asks for files in a dialog and imports them; the library they go to, if any were chosen.
#[tauri::command]
pub async fn pick_files<R: Runtime>(app: AppHandle<R>, shell: Shared<'_>) -> Result<Option<u64>> {
    blocking(&shell, move |shell, _| {
        let dialog = app.dialog().file().add_filter("PDF", &["pdf", "PDF"]);
        let paths = paths(dialog.blocking_pick_files().unwrap_or_default());
        if paths.is_empty() { Ok(None) } else { shell.import(paths).map(|id| Some(id.0)) }
    })
    .await
}

/// Asks for folders in a dialog and imports the PDFs in them.
#[tauri::command]
pub async fn pick_folder<R: Runtime>(app: AppHandle<R>, shell: Shared<'_>) -> Result<Option<u64>> {
    blocking(&shell, move |shell, _| {
        let paths = paths(app.dialog().file().blocking_pick_folders().unwrap_or_default());
        if paths.is_empty() { Ok(None) } else { shell.import(paths).map(|id| Some(id.0)) }
    })
    .await
}

fn paths(picked: Vec<FilePath>) -> Vec<PathBuf> {
    picked.into_iter().filter_map(|file| file.into_path().ok()).collect()
}

/// Reads a document once more, with a password if it is locked.
#[tauri::command]
pub fn retry(shell: Shared<'_>, document: u64, password: Option<String>) {
    shell.imports.push(Job::Retry(DocumentId(document), password));
}

/// Reads pages once more, from their images; all that could not be read where none is named.
#[tauri::command]
pub fn recognise_pages(
    shell: Shared<'_>,
    document: u64,
    pages: Vec<NonZeroU32>,
    password: Option<String>,
) {
    let pages = pages.into_iter().map(PageNumber).collect();
    shell.imports.push(Job::Recognise { document: DocumentId(document), pages, password });
}

/// Stops the import of one document.
#[tauri::command]
pub async fn cancel_document(shell: Shared<'_>, document: u64) -> Result<()> {
    blocking(&shell, move |_, engine| {
        engine.cancel_document(DocumentId(document));
        Ok(())
    })
    .await
}

/// Stops all imports; what is done stays.
#[tauri::command]
pub fn cancel_imports(shell: Shared<'_>) {
    shell.imports.cancel_all();
}

/// Whether imports rest as long as they compute.
#[tauri::command]
pub async fn import_gently(shell: Shared<'_>, gentle: bool) -> Result<()> {
    blocking(&shell, move |_, engine| {
        engine.import_gently(gentle);
        Ok(())
    })
    .await
}

/// Files that wait to be imported, and those that were set aside.
#[tauri::command]
pub async fn jobs(shell: Shared<'_>) -> Result<Vec<ImportJobDto>> {
    blocking(&shell, |_, engine| Ok(engine.jobs()?.into_iter().map(Into::into).collect())).await
}

/// Takes files off that list.
#[tauri::command]
pub async fn drop_jobs(shell: Shared<'_>, jobs: Vec<u64>) -> Result<()> {
    blocking(&shell, move |_, engine| engine.drop_jobs(&jobs).map(drop)).await
}

/// Imports the samples into a library of this name; its id.
#[tauri::command]
pub async fn import_samples(shell: Shared<'_>, name: String) -> Result<u64> {
    blocking(&shell, move |shell, engine| {
        let folder = shell.samples.folder.clone().ok_or_else(no_samples)?;
        let library = engine.create_library(&name)?;
        shell.imports.push(Job::Import { paths: vec![folder], library, password: None });
        Ok(library.0)
    })
    .await
}

fn no_samples() -> Problem {
    Problem::new(ProblemCode::FileNotFound, "the samples did not come with this program")
}

/// Questions the samples answer; none where there are no samples.
#[tauri::command]
pub fn sample_questions(shell: Shared<'_>) -> Vec<SampleQuestionDto> {
    shell.samples.questions()
}
