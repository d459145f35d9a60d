//! Libraries that follow folders: what is added is imported, what is moved stays the document it is, what
//! is changed is read anew, and what is gone is told of and kept. A folder that is not there is away with
//! its drive, and nothing in it is gone.

mod changes;
mod scan;

use crate::import::Report;
use crate::{Engine, ImportRequest, ImportSummary, Result};
use changes::Changes;
use scan::{Scan, scan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use yinju_core::{CancelToken, Coverage, DocumentStatus, LibraryId, Problem, ProblemCode};
use yinju_store::{GoneFile, SeenFile, Watch};

/// How often folders are looked at although nothing was told of them: a system may tell of less than
/// there is, and of network drives nothing.
const LOOK_AGAIN: Duration = Duration::from_mins(5);
/// How often it is looked whether to end.
const GLANCE: Duration = Duration::from_millis(200);

/// What became of a watched folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchState {
    /// The library holds what lies there.
    InLine,
    /// It is not there: its drive may be away. Nothing was changed.
    Away,
}

/// A watched folder after it was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// The folder.
    #[serde(flatten)]
    pub watch: Watch,
    /// What became of it.
    pub state: WatchState,
    /// What was imported.
    pub summary: ImportSummary,
    /// Files that are gone and whose documents are kept.
    pub gone: Vec<GoneFile>,
}

impl Engine {
    /// From now on a library follows a folder, without what fits one of the patterns.
    pub fn watch(&self, library: LibraryId, folder: &Path, ignored: &[String]) -> Result<Watch> {
        let problem = |reason: &dyn std::fmt::Display| {
            Problem::new(
                ProblemCode::BadUsage,
                format!("{} cannot be watched: {reason}", folder.display()),
            )
        };
        let real = folder.canonicalize().map_err(|error| {
            let message = format!("{} cannot be watched: {error}", folder.display());
            Problem::new(ProblemCode::FileNotFound, message).hint("name a folder that is there")
        })?;
        if !real.is_dir() {
            return Err(problem(&"it is no folder").hint("name the folder it lies in"));
        }
        scan::patterns(ignored).map_err(|error| {
            problem(&error).hint("write patterns as a shell does: *.tmp, drafts/**")
        })?;
        let watch = self.store().add_watch(library, &real, ignored, scan::device(&real))?;
        self.0.imports.change_watches();
        Ok(watch)
    }

    /// Folders that are followed.
    pub fn watches(&self) -> Result<Vec<Watch>> {
        Ok(self.store().watches()?)
    }

    /// A folder is followed no longer; its documents stay.
    pub fn unwatch(&self, id: u64) -> Result<bool> {
        Ok(self.store().remove_watch(id)?)
    }

    /// Files that are gone from a watched folder and whose documents are kept.
    pub fn gone_files(&self, watch: &Watch) -> Result<Vec<GoneFile>> {
        Ok(self.store().gone_files(watch.id)?)
    }

    /// Brings libraries in line with the folders they follow.
    pub fn look_at_folders(
        &self,
        cancel: &CancelToken,
        report: Report<'_>,
    ) -> Result<Vec<Watched>> {
        let watches = self.store().watches()?.into_iter();
        watches.map(|watch| self.look_at_folder(watch, cancel, report)).collect()
    }

    /// Has somebody look at the folders, now and whenever they change, until it is cancelled.
    pub fn follow_folders(
        &self,
        cancel: &CancelToken,
        look: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()> {
        let mut changes = Changes::default();
        while !cancel.is_cancelled() {
            let watches = self.store().watches()?;
            changes.follow(&watches);
            if !watches.is_empty() {
                look()?;
            }
            let looked_at = Instant::now();
            let is_due = || looked_at.elapsed() >= LOOK_AGAIN || self.0.imports.watches_changed();
            while !changes.came(GLANCE) && !is_due() && !cancel.is_cancelled() {}
        }
        Ok(())
    }

    fn look_at_folder(
        &self,
        watch: Watch,
        cancel: &CancelToken,
        report: Report<'_>,
    ) -> Result<Watched> {
        let seen: BTreeMap<PathBuf, SeenFile> = self
            .store()
            .seen_files(watch.id)?
            .into_iter()
            .map(|file| (file.path.clone(), file))
            .collect();
        let looked = scan(&watch, cancel)?;
        let Scan::There { files, unread } = looked.or_away(!seen.is_empty(), &watch) else {
            let gone = self.store().gone_files(watch.id)?;
            let (state, summary) = (WatchState::Away, ImportSummary::default());
            return Ok(Watched { watch, state, summary, gone });
        };
        let there: BTreeSet<&PathBuf> = files.iter().map(|file| &file.path).collect();
        let may_be_there = |path: &PathBuf| unread.iter().any(|folder| path.starts_with(folder));
        let is_gone = |path: &PathBuf| {
            path.starts_with(&watch.folder) && !there.contains(path) && !may_be_there(path)
        };
        self.forget_unread(watch.library, &is_gone)?;
        let new: Vec<SeenFile> =
            files.iter().filter(|file| seen.get(&file.path) != Some(file)).cloned().collect();
        let summary = if new.is_empty() {
            ImportSummary::default()
        } else {
            let paths = new.iter().map(|file| file.path.clone()).collect();
            let request = ImportRequest { paths, library: watch.library, password: None };
            self.import(&request, cancel, report)?
        };
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        self.store().see_files(watch.id, &new)?;
        let missed: Vec<PathBuf> = seen.into_keys().filter(is_gone).collect();
        self.store().miss_files(watch.id, &missed)?;
        let gone = self.store().gone_files(watch.id)?;
        Ok(Watched { watch, state: WatchState::InLine, summary, gone })
    }

    /// What was to be read and went before it was: there is nothing of it to keep.
    fn forget_unread(&self, library: LibraryId, is_gone: &dyn Fn(&PathBuf) -> bool) -> Result<()> {
        let jobs = self.store().jobs()?.into_iter();
        let over = jobs.filter(|job| job.library == library && is_gone(&job.path));
        self.store().drop_jobs(&over.map(|job| job.id).collect::<Vec<_>>())?;
        let versions = self.store().documents_with_versions()?;
        for id in self.store().documents_with_status(DocumentStatus::Queued)? {
            let document = self.store().document(id)?;
            let is_unread = document.coverage == Coverage::default() && !versions.contains(&id);
            let is_over = || Ok::<_, Problem>(self.store().places(id)?.iter().all(is_gone));
            if document.library == library && is_unread && is_over()? {
                self.store().remove_documents(&[id], &[])?;
            }
        }
        Ok(())
    }
}
