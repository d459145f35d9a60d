//! Files that an import was at work on when it ended, twice: they are set aside, told of, and the others
//! go on. A person may try one again by naming it, or drop it.

use super::work::{DocumentWork, FileWork, Work};
use crate::{Engine, Result};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use yinju_core::{Document, DocumentStatus, LibraryId, Problem, ProblemCode};
use yinju_store::Job;

/// So often a file may be begun without coming further or to an end. Once can be anything: a cut of
/// power, a full memory, a person who closes the program.
const ATTEMPTS: u32 = 2;

/// Files that wait, and files that were set aside just now.
pub(super) struct Pending {
    pub(super) work: Work,
    pub(super) set_aside: Vec<(PathBuf, Problem)>,
}

impl Engine {
    /// Files that wait to be imported, and those that were set aside with the reason.
    pub fn jobs(&self) -> Result<Vec<Job>> {
        let mut jobs = self.store().jobs()?;
        // What is being worked on now may come to an end this time.
        if self.0.imports.is_at_rest() {
            for job in jobs.iter_mut().filter(|job| job.attempts >= ATTEMPTS) {
                job.set_aside = Some(job.set_aside.take().unwrap_or_else(|| set_aside(job)));
            }
        }
        Ok(jobs)
    }

    /// Takes files off the queue; those that were on it. What is known of them stays, and is not read
    /// on.
    pub fn drop_jobs(&self, ids: &[u64]) -> Result<Vec<Job>> {
        let dropped = self.store().drop_jobs(ids)?;
        for document in self.begun()? {
            let places = self.store().places(document.reference.id)?;
            let is_of_it =
                |job: &Job| job.library == document.library && places.contains(&job.path);
            if dropped.iter().any(is_of_it) {
                let id = document.reference.id;
                self.store().set_status(id, DocumentStatus::Cancelled, None)?;
            }
        }
        Ok(dropped)
    }

    /// Documents that an import began and did not finish.
    fn begun(&self) -> Result<Vec<Document>> {
        let mut documents = Vec::new();
        for status in [DocumentStatus::Parsed, DocumentStatus::Queued] {
            for id in self.store().documents_with_status(status)? {
                documents.push(self.store().document(id)?);
            }
        }
        Ok(documents)
    }

    /// Queued files, and documents an earlier run began. A document that was read needs its file
    /// no more. Files that were set aside are tried, after all others, where a person named them.
    pub(super) fn pending(
        &self,
        named: Option<(LibraryId, &[PathBuf])>,
        password: Option<&str>,
    ) -> Result<Pending> {
        let named: HashSet<_> =
            named.iter().flat_map(|(id, files)| files.iter().map(|f| (*id, f))).collect();
        let mut begun = self.begun_by_place()?;
        let mut pending = Pending { work: Work::default(), set_aside: Vec::new() };
        let mut last = Work::default();
        for job in self.store().jobs()? {
            let is_new = job.set_aside.is_none();
            let is_aside = !is_new || job.attempts >= ATTEMPTS;
            let problem = (is_aside && is_new).then(|| set_aside(&job));
            if let Some(problem) = &problem {
                self.store().set_job_aside(job.id, problem)?;
            }
            if is_aside && !named.contains(&(job.library, &job.path)) {
                pending.set_aside.extend(problem.map(|problem| (job.path, problem)));
                continue;
            }
            let place = (job.library, job.path);
            let begun = begun.remove(&place).unwrap_or_default();
            let file = FileWork::new(place.0, place.1, password);
            let work = if is_aside { &mut last } else { &mut pending.work };
            self.go_on(file, begun, work);
        }
        pending.work.files.extend(last.files);
        pending.work.parsed.extend(last.parsed);
        Ok(pending)
    }

    /// What there is to do at one place: the file, unless it is on the queue for the sake of what was
    /// read of it alone, and the documents that were begun.
    fn go_on(&self, file: FileWork, begun: Vec<Begun>, work: &mut Work) {
        let mut is_asked_for = begun.iter().all(|begun| begun.was_queued);
        let mut document = None;
        for Begun { document: known, .. } in begun {
            let id = known.reference.id;
            if known.status == DocumentStatus::Parsed {
                let cancel = self.0.imports.token(id);
                work.parsed.push(Arc::new(DocumentWork::new(id, file.clone(), cancel)));
            } else if !is_asked_for {
                (document, is_asked_for) = (Some(id), true);
            }
        }
        if is_asked_for {
            work.files.push(FileWork { document, ..file });
        }
    }

    /// Begun documents by the place that is on the queue. Where none is, the first is put there.
    fn begun_by_place(&self) -> Result<HashMap<(LibraryId, PathBuf), Vec<Begun>>> {
        let jobs = self.store().jobs()?.into_iter();
        let queued: HashSet<_> = jobs.map(|job| (job.library, job.path)).collect();
        let mut by_place: HashMap<_, Vec<Begun>> = HashMap::new();
        for document in self.begun()? {
            let places = self.store().places(document.reference.id)?.into_iter();
            let mut places = places.map(|path| (document.library, path));
            let known = places.find(|place| queued.contains(place));
            let was_queued = known.is_some();
            let place =
                known.unwrap_or_else(|| (document.library, document.reference.path.clone()));
            if !was_queued {
                self.store().add_jobs(place.0, std::slice::from_ref(&place.1))?;
            }
            by_place.entry(place).or_default().push(Begun { document, was_queued });
        }
        Ok(by_place)
    }
}

/// A document that an earlier run began.
struct Begun {
    document: Document,
    /// Its file is on the queue, whatever it now holds.
    was_queued: bool,
}

fn set_aside(job: &Job) -> Problem {
    let times = job.attempts;
    let message = format!(
        "{} is set aside: {times} times the program ended while it was at work on it",
        job.path.display()
    );
    Problem::new(ProblemCode::SetAside, message)
        .hint("import it again to try once more, or drop it from the list of jobs")
}
