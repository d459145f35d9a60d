//! `yinju import` and `yinju recognise`: work that takes a while, and how it goes. And `yinju jobs`: what of
//! it waits.

use super::{Result, find_document};
use crate::args::JobsCommand;
use crate::output::{Output, name};
use crate::{Outcome, interrupt, shapes};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use yinju_core::{PageNumber, Problem, ProblemCode, Stage};
use yinju_engine::{Engine, ImportProgress, ImportRequest, ImportSummary, Job, Report, SkipReason};

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
    watch(engine, output, |report| engine.import(&request, &interrupt::token(), report))
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
        engine.recognise_pages(document, pages, password, &interrupt::token(), report)
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
        skipped(output, &summary);
    }
    outcome(&summary, first_error.into_inner().ok().flatten())
}

/// Nothing imported and something failed is no success.
pub(super) fn outcome(summary: &ImportSummary, first_error: Option<Problem>) -> Result {
    match first_error {
        Some(problem) if summary.failed == summary.documents => Err(problem),
        Some(_) => Ok(Outcome::InPart),
        None => Ok(Outcome::Done),
    }
}

/// What was not imported, a line for each reason. Files that nothing here reads are counted, all others
/// named, the first of them.
fn skipped(output: &Output, summary: &ImportSummary) {
    let mut by_reason: BTreeMap<SkipReason, Vec<&Path>> = BTreeMap::new();
    for skipped in &summary.skipped {
        by_reason.entry(skipped.reason).or_default().push(&skipped.path);
    }
    for (reason, paths) in by_reason {
        let what = words_for(reason);
        let count = paths.len();
        if matches!(reason, SkipReason::UnsupportedKind | SkipReason::SystemFile) {
            output.line(format!("skipped: {count} {what}"));
            continue;
        }
        let names: Vec<_> = paths.iter().take(NAMED).map(|path| name(path)).collect();
        let more = if count > NAMED { ", …" } else { "" };
        output.line(format!("skipped: {count} {what}: {}{more}", names.join(", ")));
    }
}

/// So many of what was skipped are named for each reason.
const NAMED: usize = 3;

fn words_for(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnreadableFolder => "folders that cannot be read",
        SkipReason::BrokenLink => "links that lead nowhere",
        SkipReason::LinkCircle => "links that lead back to where they are",
        SkipReason::SameFile => "links to what is imported anyway",
        SkipReason::NotARegularFile => "pipes, sockets or devices",
        SkipReason::UnsupportedKind => "files of a kind that is not read",
        SkipReason::SystemFile => "files of the system or another program",
    }
}

/// `yinju jobs`: files that wait and files that were set aside; or drops some.
pub fn jobs(engine: &Engine, output: &Output, command: Option<JobsCommand>) -> Result {
    let (jobs, key) = match command {
        None => (engine.jobs()?, "jobs"),
        Some(JobsCommand::Drop { ids }) => (dropped(engine, &ids)?, "dropped"),
    };
    if output.is_json() {
        output.object(&json!({ key: jobs.iter().map(shapes::job).collect::<Vec<_>>() }));
        return Ok(Outcome::Done);
    }
    for job in jobs {
        let state = if job.set_aside.is_some() { "set aside" } else { "waiting" };
        let reason = job.set_aside.map(|problem| format!("  {problem}")).unwrap_or_default();
        output.line(format!("{:>4}  {state:<9}  {}{reason}", job.id, name(&job.path)));
    }
    Ok(Outcome::Done)
}

fn dropped(engine: &Engine, ids: &[u64]) -> std::result::Result<Vec<Job>, Problem> {
    let dropped = engine.drop_jobs(ids)?;
    match ids.iter().find(|id| dropped.iter().all(|job| job.id != **id)) {
        Some(id) if dropped.is_empty() => {
            Err(Problem::new(ProblemCode::BadUsage, format!("there is no job {id}"))
                .hint("`yinju jobs` lists what there is"))
        }
        _ => Ok(dropped),
    }
}

pub(super) fn show(engine: &Engine, output: &Output, bar: &ProgressBar, progress: &ImportProgress) {
    let file = name(Path::new(progress.path.file_name().unwrap_or_default()));
    let unread = unread(engine, progress);
    if output.is_json() {
        output.object(&shapes::progress(progress, unread));
    } else if let Some(unread @ 1..) = unread {
        bar.suspend(|| output.note(format!("{file}: {unread} pages could not be read")));
    }
    bar.set_length(u64::from(progress.files_total));
    bar.set_position(u64::from(progress.files_done));
    let (mut stage, mut done, mut total) =
        (format!("{:?}", progress.stage), progress.done.into(), progress.total.into());
    if let Some(hashing) = progress.hashing {
        (stage, done, total) = ("Hash".to_owned(), hashing.done >> 20, hashing.total >> 20);
    }
    bar.set_message(format!("{file} {stage} {done}/{total}"));
    if let (Stage::Failed, Some(error)) = (progress.stage, &progress.error) {
        let hint = error.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        bar.suspend(|| output.note(format!("{}: {error}{hint}", name(&progress.path))));
    }
}

/// Pages of a document that is done that hold something nobody could read.
fn unread(engine: &Engine, progress: &ImportProgress) -> Option<u32> {
    let is_done = matches!(progress.stage, Stage::Done | Stage::Unchanged);
    let document = progress.document.filter(|_| is_done)?;
    Some(engine.document(document).ok()?.coverage.unread())
}

pub(super) fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {eta} {wide_msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
