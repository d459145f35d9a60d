//! What the window is told of the imports: files in work, files that failed, time left.

use super::{Job, ends_file};
use crate::dto::document::file_name;
use crate::dto::import::{ImportItemDto, ImportStateDto};
use crate::dto::wire_name;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use yinju_core::{Problem, ProblemCode, Stage};
use yinju_engine::{ImportProgress, ImportSummary};

/// Time left is guessed after this long, from the files done until then.
const GUESS_AFTER: Duration = Duration::from_secs(4);

/// One queue's state between two looks at it.
#[derive(Debug, Default)]
pub struct Board {
    state: ImportStateDto,
    active: BTreeMap<PathBuf, ImportItemDto>,
    begun: Option<Instant>,
}

impl Board {
    /// A job begins.
    pub fn begin(&mut self, job: &Job) {
        let library = match job {
            Job::Import { library, .. } => Some(library.0),
            Job::Retry(document, _) => {
                self.state.failed.retain(|item| item.document != Some(document.0));
                None
            }
            Job::Resume => None,
        };
        self.begun = Some(Instant::now());
        self.state = ImportStateDto {
            running: !matches!(job, Job::Resume),
            library,
            failed: std::mem::take(&mut self.state.failed),
            last: self.state.last,
            ..ImportStateDto::default()
        };
    }

    /// A file came further.
    pub fn note(&mut self, progress: ImportProgress) {
        self.state.running = true;
        self.state.files_done = progress.files_done;
        self.state.files_total = progress.files_total;
        let item = ImportItemDto {
            document: progress.document.map(|id| id.0),
            file_name: file_name(&progress.path),
            stage: wire_name(progress.stage),
            done: progress.done,
            total: progress.total,
            problem: progress.error.map(Into::into),
        };
        if !ends_file(progress.stage) {
            self.active.insert(progress.path, item);
            return;
        }
        self.active.remove(&progress.path);
        if progress.stage == Stage::Failed {
            self.state.failed.retain(|failed| failed.file_name != item.file_name);
            self.state.failed.push(item);
        }
    }

    /// The job ended.
    pub fn end(&mut self, outcome: Result<ImportSummary, Problem>) {
        self.state.running = false;
        self.active.clear();
        match outcome {
            Ok(summary) => self.state.last = Some((&summary).into()),
            Err(problem) if problem.code == ProblemCode::Cancelled => {}
            Err(problem) => self.refuse(problem),
        }
    }

    /// An import could not be done at all.
    pub fn refuse(&mut self, problem: Problem) {
        self.state.problem = Some(problem.into());
    }

    /// What the window is told.
    pub fn state(&self, waiting: u32) -> ImportStateDto {
        ImportStateDto {
            waiting,
            seconds_left: self.seconds_left(),
            active: self.active.values().cloned().collect(),
            ..self.state.clone()
        }
    }

    fn seconds_left(&self) -> Option<f64> {
        let elapsed = self.begun.filter(|_| self.state.running)?.elapsed();
        let started: f64 = self.active.values().map(share).sum();
        let done = f64::from(self.state.files_done) + started;
        let left = f64::from(self.state.files_total) - done;
        (elapsed >= GUESS_AFTER && done >= 0.5 && left > 0.0)
            .then(|| elapsed.as_secs_f64() * left / done)
    }
}

/// How much of a file is done; embedding takes most of the time.
fn share(item: &ImportItemDto) -> f64 {
    let within = f64::from(item.done) / f64::from(item.total.max(1));
    match item.stage.as_str() {
        "parse" => 0.2 * within,
        "split" => 0.2,
        "embed" => 0.2 + 0.75 * within,
        "index" => 0.95,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_core::{DocumentId, LibraryId};

    fn progress(path: &str, stage: Stage) -> ImportProgress {
        ImportProgress {
            document: Some(DocumentId(7)),
            path: path.into(),
            stage,
            done: 1,
            total: 4,
            error: (stage == Stage::Failed).then(|| Problem::new(ProblemCode::NotAPdf, "no PDF")),
            files_done: 0,
            files_total: 2,
        }
    }

    fn import() -> Job {
        Job::Import { paths: vec![], library: LibraryId(3), password: None }
    }

    #[test]
    fn files_are_active_until_they_end() {
        let mut board = Board::default();
        board.begin(&import());
        board.note(progress("/x/a.pdf", Stage::Parse));
        let state = board.state(0);
        assert_eq!(state.library, Some(3));
        assert_eq!(state.active[0].file_name, "a.pdf");
        assert_eq!(state.active[0].stage, "parse");
        board.note(progress("/x/a.pdf", Stage::Done));
        assert!(board.state(0).active.is_empty());
    }

    #[test]
    fn failures_stay_until_they_are_tried_again() {
        let mut board = Board::default();
        board.begin(&import());
        board.note(progress("/x/a.pdf", Stage::Failed));
        board.end(Err(Problem::cancelled()));
        assert_eq!(board.state(0).failed.len(), 1);
        assert!(board.state(0).problem.is_none());
        board.begin(&Job::Retry(DocumentId(7), None));
        assert!(board.state(0).failed.is_empty());
    }

    #[test]
    fn finding_nothing_to_resume_is_not_shown_as_work() {
        let mut board = Board::default();
        board.begin(&Job::Resume);
        assert!(!board.state(0).running);
    }
}
