//! How the work on a file ends: done, failed, stopped by a person, given up, or left for a later run; and
//! what of it is kept and told.

use super::ImportProgress;
use super::concerns_all;
use super::pipeline::{Pipeline, lock};
use super::work::{DocumentWork, FileWork};
use crate::Result;
use std::path::Path;
use std::sync::atomic::Ordering;
use yinju_core::{DocumentId, DocumentStatus, Problem, ProblemCode, Stage};

/// How the work on a document ended.
pub(super) struct End {
    pub(super) stage: Stage,
    /// The document's state from now on; none where it stays what it is.
    pub(super) status: Option<DocumentStatus>,
    pub(super) error: Option<Problem>,
}

impl End {
    /// Without a problem, in the state it has.
    pub(super) fn well(stage: Stage) -> Self {
        Self { stage, status: None, error: None }
    }
}

impl Pipeline<'_> {
    /// Gives up a document whose file holds something else by now; one that nobody knew before is
    /// forgotten.
    pub(super) fn abandon(
        &self,
        work: &DocumentWork,
        is_new: bool,
        problem: &Problem,
    ) -> Result<()> {
        self.let_go(work);
        work.cancel.cancel();
        self.take_out_of_index(work);
        if is_new {
            return Ok(self.store().remove_documents(&[work.id], &[])?);
        }
        let status = DocumentStatus::Failed;
        Ok(self.store().set_status(work.id, status, Some(problem))?)
    }

    /// A document is dealt with: its job is done and everybody is told. Of several stages that work
    /// on it, the first says how it ended.
    pub(super) fn finish(&self, work: &DocumentWork, end: End) {
        self.forget(work);
        if !work.end() {
            return;
        }
        work.cancel.cancel();
        if let (Some(status), false) = (end.status, work.was_ready) {
            // A removed document has no status any more.
            drop(self.store().set_status(work.id, status, end.error.as_ref()));
            self.take_out_of_index(work);
        }
        self.engine().0.imports.end(work.id);
        self.finish_job(&work.file);
        self.end_of_file(Some(work.id), &work.file.path, end.stage, end.error);
    }

    /// A file is dealt with of which there is no document, or another one that is worked on.
    pub(super) fn finish_file(&self, file: &FileWork, stage: Stage, error: Option<Problem>) {
        self.finish_job(file);
        self.end_of_file(file.document, &file.path, stage, error);
    }

    /// The same for a file that is worked on already, which says itself when it is done.
    pub(super) fn leave_to_another(&self, file: &FileWork) {
        self.end_of_file(file.document, &file.path, Stage::Unchanged, None);
    }

    /// A path that leads nowhere.
    pub(super) fn nowhere(&self, path: &Path, problem: Problem) {
        self.end_of_file(None, path, Stage::Failed, Some(problem));
    }

    /// Work on a document cannot go on.
    pub(super) fn fail(&self, work: &DocumentWork, problem: Problem) {
        if problem.code == ProblemCode::Cancelled || self.is_gone(work) {
            return self.leave(work);
        }
        if concerns_all(&problem) {
            self.stop(problem);
            return self.rest(work);
        }
        let status = match problem.code {
            ProblemCode::NoText => DocumentStatus::NoText,
            _ => DocumentStatus::Failed,
        };
        let end = End { stage: Stage::Failed, status: Some(status), error: Some(problem) };
        self.finish(work, end);
    }

    /// Whether it was removed; then what went wrong does not matter.
    fn is_gone(&self, work: &DocumentWork) -> bool {
        let not_found = |error| Problem::from(error).code == ProblemCode::DocumentNotFound;
        self.store().document(work.id).is_err_and(not_found)
    }

    /// The same for a file that cannot be opened, or is not what it was.
    pub(super) fn fail_file(&self, file: &FileWork, problem: Problem) {
        if problem.code == ProblemCode::Cancelled {
            return self.leave_file(file);
        }
        if concerns_all(&problem) {
            self.rest_job(file);
            return self.stop(problem);
        }
        if let Some(id) = file.document {
            // Its file may have moved, and is read where it is now.
            if self.engine().0.imports.begin(id).is_none() {
                self.finish_job(file);
                return self.leave_to_another(file);
            }
            // What is known of a document that is read again is as good as lost without its file.
            let known = self.store().document(id);
            if known.is_ok_and(|document| document.status == DocumentStatus::Queued) {
                drop(self.store().set_status(id, DocumentStatus::Failed, Some(&problem)));
            }
            self.engine().0.imports.end(id);
        }
        self.finish_file(file, Stage::Failed, Some(problem));
    }

    /// The person stopped it, or all had to stop. What stops all is mended and gone on with later,
    /// so then everything stays as it is. Of what the person stopped as a whole, what was read is
    /// found by its words, and gets its vectors in a later run.
    fn leave(&self, work: &DocumentWork) {
        if self.stopped_by().is_some() {
            return self.rest(work);
        }
        let is_found = self.cancel().is_cancelled() && work.passages().is_some();
        let status = (!is_found).then_some(DocumentStatus::Cancelled);
        self.finish(work, End { stage: Stage::Cancelled, status, error: None });
    }

    pub(super) fn leave_file(&self, file: &FileWork) {
        if self.stopped_by().is_some() {
            return self.rest_job(file);
        }
        self.finish_file(file, Stage::Cancelled, None);
    }

    /// Leaves a document for a later run. It is not to blame.
    fn rest(&self, work: &DocumentWork) {
        self.let_go(work);
        self.rest_job(&work.file);
    }

    pub(super) fn rest_job(&self, file: &FileWork) {
        let was_begun = lock(&self.begun).remove(&(file.library, file.path.clone()));
        // On a full disk this cannot be kept, and then a file that is not to blame was begun once.
        if was_begun {
            drop(self.store().rest_job(file.library, &file.path));
        }
    }

    fn let_go(&self, work: &DocumentWork) {
        self.forget(work);
        if work.end() {
            self.engine().0.imports.end(work.id);
        }
    }

    fn forget(&self, work: &DocumentWork) {
        for ahead in [&self.read, &self.worded, &self.embedded] {
            ahead.forget(work);
        }
    }

    fn finish_job(&self, file: &FileWork) {
        if self.is_postponed(file) {
            return;
        }
        if let Err(error) = self.store().finish_job(file.library, &file.path) {
            self.stop(error.into());
        }
    }

    fn end_of_file(
        &self,
        document: Option<DocumentId>,
        path: &Path,
        stage: Stage,
        error: Option<Problem>,
    ) {
        self.tally().file(stage);
        let files_done = self.files_done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.report)(ImportProgress {
            document,
            path: path.to_owned(),
            stage,
            done: 0,
            total: 0,
            recognising: false,
            hashing: None,
            error,
            files_done,
            files_total: self.files_total,
        });
    }
}
