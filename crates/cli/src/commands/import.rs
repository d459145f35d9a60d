//! `yinju import` and `yinju recognise`: work that takes a while, and how it goes.

use super::{Result, find_document};
use crate::output::{Output, plain};
use crate::{Outcome, shapes};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use yinju_core::{CancelToken, PageNumber, Problem, Stage};
use yinju_engine::{Engine, ImportProgress, ImportRequest, ImportSummary, Report};

/// Imports, naming every file that failed. Nothing imported and something failed is no success.
pub fn run(
    engine: &Engine,
    output: &Output,
    paths: Vec<PathBuf>,
    library: &str,
    password: Option<String>,
) -> Result {
    let library = engine.create_library(library)?;
    let request = ImportRequest { paths, library, password };
    watch(engine, output, |report| engine.import(&request, &CancelToken::new(), report))
}

/// Recognises pages of a document again.
pub fn recognise(
    engine: &Engine,
    output: &Output,
    document: &str,
    pages: &[PageNumber],
    password: Option<&str>,
) -> Result {
    let document = find_document(engine, document)?;
    watch(engine, output, |report| {
        engine.recognise_pages(document, pages, password, &CancelToken::new(), report)
    })
}

/// Shows how the work goes, and how it ended.
fn watch(
    engine: &Engine,
    output: &Output,
    work: impl FnOnce(Report<'_>) -> std::result::Result<ImportSummary, Problem>,
) -> Result {
    let bar = bar();
    let first_error: Mutex<Option<Problem>> = Mutex::new(None);
    let summary = work(&|progress| {
        show(engine, output, &bar, &progress);
        if let (Some(error), Ok(mut first)) = (&progress.error, first_error.lock()) {
            first.get_or_insert_with(|| error.clone());
        }
    })?;
    bar.finish_and_clear();
    if output.is_json() {
        output.object(&json!({ "summary": summary }));
    } else {
        output.line(format!(
            "{} files, {} pages ({} not read), {} passages in {:.1} s; {} unchanged, {} failed",
            summary.documents,
            summary.pages,
            summary.unread,
            summary.passages,
            summary.seconds,
            summary.unchanged,
            summary.failed
        ));
    }
    match first_error.into_inner().ok().flatten() {
        Some(problem) if summary.failed == summary.documents => Err(problem),
        Some(_) => Ok(Outcome::InPart),
        None => Ok(Outcome::Done),
    }
}

fn show(engine: &Engine, output: &Output, bar: &ProgressBar, progress: &ImportProgress) {
    let name = plain(&progress.path.file_name().unwrap_or_default().to_string_lossy());
    let unread = unread(engine, progress);
    if output.is_json() {
        output.object(&shapes::progress(progress, unread));
    } else if let Some(unread @ 1..) = unread {
        bar.suspend(|| output.note(format!("{name}: {unread} pages could not be read")));
    }
    bar.set_length(u64::from(progress.files_total));
    bar.set_position(u64::from(progress.files_done));
    bar.set_message(format!("{name} {:?} {}/{}", progress.stage, progress.done, progress.total));
    if let (Stage::Failed, Some(error)) = (progress.stage, &progress.error) {
        let hint = error.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        bar.suspend(|| output.note(format!("{}: {error}{hint}", progress.path.display())));
    }
}

/// Pages of a document that is done that hold something nobody could read.
fn unread(engine: &Engine, progress: &ImportProgress) -> Option<u32> {
    let is_done = matches!(progress.stage, Stage::Done | Stage::Unchanged);
    let document = progress.document.filter(|_| is_done)?;
    Some(engine.document(document).ok()?.coverage.unread())
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {eta} {wide_msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
