//! What the window is told of the imports: files in work, files that failed, time left.

use super::{Job, ends_file};
use crate::dto::document::file_name;
use crate::dto::import::{ImportItemDto, ImportStateDto};
use crate::dto::wire_name;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use yinju_core::{DocumentRef, Problem, ProblemCode, Stage};
use yinju_engine::{ImportProgress, ImportSummary};

/// Time left is guessed after this long, from the files done until then.
const GUESS_AFTER: Duration = Duration::from_secs(4);

/// One queue's state between two looks at it.
#[derive(Debug, Default)]
pub struct Board {
    state: ImportStateDto,
    active: BTreeMap<PathBuf, Active>,
    begun: Option<Instant>,
}

/// A file in work, and since when it has been at its stage.
#[derive(Debug)]
struct Active {
    item: ImportItemDto,
    since: Instant,
    /// What was done of the stage when it was first heard of.
    first: u32,
}

impl Active {
    fn is_being_read(&self) -> bool {
        self.item.stage == "parse" && self.item.done < self.item.total
    }

    /// The item with the time its stage still takes.
    fn told(&self) -> ImportItemDto {
        let ImportItemDto { done, total, .. } = self.item;
        let done = f64::from(done.saturating_sub(self.first));
        let left = f64::from(total.saturating_sub(self.item.done));
        ImportItemDto { seconds_left: guess(self.since.elapsed(), done, left), ..self.item.clone() }
    }
}

impl Board {
    /// A job begins.
    pub fn begin(&mut self, job: &Job) {
        let library = match job {
            Job::Import { library, .. } => Some(library.0),
            _ => None,
        };
        if let Some(document) = job.document() {
            self.state.failed.retain(|item| item.document != Some(document.0));
        }
        self.begun = Some(Instant::now());
        self.state = ImportStateDto {
            running: !matches!(job, Job::Resume | Job::Look),
            library,
            failed: std::mem::take(&mut self.state.failed),
            last: self.state.last.take(),
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
            recognising: progress.recognising,
            seconds_left: None,
            problem: progress.error.map(Into::into),
        };
        if !ends_file(progress.stage) {
            self.came_further(progress.path, item);
            return;
        }
        self.active.remove(&progress.path);
        if progress.stage == Stage::Failed {
            self.state.failed.retain(|failed| failed.file_name != item.file_name);
            self.state.failed.push(item);
        }
    }

    /// The clock of a stage starts when it is first heard of. Passages of the first pages are
    /// embedded while the others are read; until those are read, they are what is told.
    fn came_further(&mut self, path: PathBuf, item: ImportItemDto) {
        let embeds = matches!(item.stage.as_str(), "embed" | "index");
        match self.active.get_mut(&path) {
            Some(active) if active.item.stage == item.stage => active.item = item,
            Some(active) if embeds && active.is_being_read() => {}
            _ => {
                let first = item.done;
                self.active.insert(path, Active { item, since: Instant::now(), first });
            }
        }
    }

    /// The job ended. Where it was about one document, so is its problem.
    pub fn end(&mut self, about: Option<&DocumentRef>, outcome: Result<ImportSummary, Problem>) {
        self.state.running = false;
        self.active.clear();
        match (outcome, about) {
            // Nothing to do is nothing to tell.
            (Ok(summary), _) if summary == ImportSummary::default() => {}
            (Ok(summary), _) => self.state.last = Some((&summary).into()),
            (Err(problem), _) if problem.code == ProblemCode::Cancelled => {}
            (Err(problem), Some(document)) => self.state.failed.push(refused(document, problem)),
            (Err(problem), None) => self.refuse(problem),
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
            active: self.active.values().map(Active::told).collect(),
            ..self.state.clone()
        }
    }

    fn seconds_left(&self) -> Option<f64> {
        let elapsed = self.begun.filter(|_| self.state.running)?.elapsed();
        let started: f64 = self.active.values().map(|active| share(&active.item)).sum();
        let done = f64::from(self.state.files_done) + started;
        let left = f64::from(self.state.files_total) - done;
        guess(elapsed, if done >= 0.5 { done } else { 0.0 }, left)
    }
}

/// A document that stays as it was.
fn refused(document: &DocumentRef, problem: Problem) -> ImportItemDto {
    ImportItemDto {
        document: Some(document.id.0),
        file_name: file_name(&document.path),
        stage: "refused".into(),
        done: 0,
        total: 0,
        recognising: false,
        seconds_left: None,
        problem: Some(problem.into()),
    }
}

/// Seconds left of a work of which so much was done in the time that elapsed.
fn guess(elapsed: Duration, done: f64, left: f64) -> Option<f64> {
    let enough = elapsed >= GUESS_AFTER && done > 0.0 && left > 0.0;
    enough.then(|| elapsed.as_secs_f64() * left / done)
}

/// How much of a file is done; embedding takes most of the time, unless pages are recognised.
fn share(item: &ImportItemDto) -> f64 {
    let within = f64::from(item.done) / f64::from(item.total.max(1));
    let reading = if item.recognising { 0.9 } else { 0.2 };
    match item.stage.as_str() {
        "parse" => reading * within,
        "split" | "words" => reading,
        "embed" => reading + (0.95 - reading) * within,
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
            recognising: false,
            hashing: None,
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
    fn time_left_is_guessed_once_something_was_done() {
        let minute = Duration::from_mins(1);
        assert_eq!(guess(minute, 10.0, 30.0), Some(180.0));
        assert_eq!(guess(minute, 0.0, 30.0), None);
        assert_eq!(guess(Duration::from_secs(1), 10.0, 30.0), None);
    }

    #[test]
    fn failures_stay_until_they_are_tried_again() {
        let mut board = Board::default();
        board.begin(&import());
        board.note(progress("/x/a.pdf", Stage::Failed));
        board.end(None, Err(Problem::cancelled()));
        assert_eq!(board.state(0).failed.len(), 1);
        assert!(board.state(0).problem.is_none());
        board.begin(&Job::Retry(DocumentId(7), None));
        assert!(board.state(0).failed.is_empty());
    }

    #[test]
    fn reading_is_told_until_its_end_while_passages_are_embedded() {
        let mut board = Board::default();
        board.begin(&import());
        board.note(progress("/x/a.pdf", Stage::Parse));
        board.note(progress("/x/a.pdf", Stage::Embed));
        assert_eq!(board.state(0).active[0].stage, "parse");
        board.note(progress("/x/a.pdf", Stage::Split));
        board.note(ImportProgress { done: 4, ..progress("/x/a.pdf", Stage::Parse) });
        board.note(progress("/x/a.pdf", Stage::Embed));
        assert_eq!(board.state(0).active[0].stage, "embed");
    }

    #[test]
    fn what_a_document_is_refused_for_stands_with_it() {
        let document = DocumentRef {
            id: DocumentId(7),
            title: "A".into(),
            path: "/x/a.pdf".into(),
            sha256: String::new(),
        };
        let again = Job::Recognise { document: document.id, pages: vec![], password: None };
        let mut board = Board::default();
        board.begin(&again);
        board.end(Some(&document), Err(Problem::new(ProblemCode::PasswordRequired, "locked")));
        let state = board.state(0);
        assert_eq!((state.failed[0].document, state.problem), (Some(7), None));
        assert_eq!(state.failed[0].stage, "refused");
        board.begin(&again);
        assert!(board.state(0).failed.is_empty());
    }

    #[test]
    fn finding_nothing_to_resume_is_not_shown_as_work() {
        let mut board = Board::default();
        board.begin(&Job::Resume);
        assert!(!board.state(0).running);
    }
}
