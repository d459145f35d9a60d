//! `yinju import`.

use super::Result;
use crate::output::Output;
use crate::{Outcome, shapes};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Mutex;
use yinju_core::{CancelToken, Problem, Stage};
use yinju_engine::{Engine, ImportProgress, ImportRequest};

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
    let bar = bar();
    let first_error: Mutex<Option<Problem>> = Mutex::new(None);
    let summary = engine.import(&request, &CancelToken::new(), &|progress| {
        show(output, &bar, &progress);
        if let (Some(error), Ok(mut first)) = (&progress.error, first_error.lock()) {
            first.get_or_insert_with(|| error.clone());
        }
    })?;
    bar.finish_and_clear();
    if output.is_json() {
        output.object(&json!({ "summary": summary }));
    } else {
        output.line(format!(
            "{} files, {} pages, {} passages in {:.1} s; {} unchanged, {} failed",
            summary.documents,
            summary.pages,
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

fn show(output: &Output, bar: &ProgressBar, progress: &ImportProgress) {
    if output.is_json() {
        output.object(&shapes::progress(progress));
    }
    bar.set_length(u64::from(progress.files_total));
    bar.set_position(u64::from(progress.files_done));
    let name = progress.path.file_name().unwrap_or_default().to_string_lossy();
    bar.set_message(format!("{name} {:?} {}/{}", progress.stage, progress.done, progress.total));
    if let (Stage::Failed, Some(error)) = (progress.stage, &progress.error) {
        let hint = error.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        bar.suspend(|| output.note(format!("{}: {error}{hint}", progress.path.display())));
    }
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {eta} {wide_msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
