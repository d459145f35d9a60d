//! Fetching a model: its variants in order, each variant's sources in order, until one gives files
//! whose hashes are right. A person's own mirror goes before the hubs. What is there already is taken
//! first.

use crate::entry::{Entry, FileSpec, Hub, Source, Variant};
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
    mirror: Option<Hub>,
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
        let mirror = self.mirror.as_deref().map(Hub::mirror).transpose()?;
        let mut pull = Pull { folder: self, entry, mirror, cancel, reporter };
        if pull.is_whole() || pull.adopt()? {
            return Ok(());
        }
        pull.fetch()
    }

    /// Installs a variant's files that lie in a folder on the same disk, as an interrupted copy or
    /// another program left them there, if their hashes are right. They are moved.
    pub fn install(
        &self,
        entry: &Entry,
        variant: &str,
        source: &str,
        files: &Path,
    ) -> Result<(), CatalogError> {
        let cancel = CancelToken::new();
        let _lock = Lock::wait(&self.path, &entry.id, &cancel)?;
        let variant = entry.variants.iter().find(|each| *each.name == *variant);
        let variant = variant.ok_or_else(|| CatalogError::UnknownModel(entry.id.clone()))?;
        let staging = Staging::open(&self.path, &entry.id, &variant.name)?;
        let mut quiet = |_: PullProgress| {};
        let mut reporter = Reporter::new(&entry.id, &mut quiet);
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let from = files.join(&file.name);
            let expected = file.sha256.as_deref();
            let hash = staging.accept(&file.name, &from, expected, &cancel, &mut reporter)?;
            hashes.insert(file.name.clone(), hash);
        }
        let pull = Pull { folder: self, entry, mirror: None, cancel: &cancel, reporter };
        let manifest = pull.manifest(variant, source, staging.folder(), &hashes)?;
        staging.install(&self.path, &manifest)
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

    /// Where a variant can be had, best first: each repository on the mirror, then on its hubs.
    fn places<'e>(&self, variant: &'e Variant) -> Vec<(Hub, &'e Source)> {
        let catalog = &self.folder.catalog;
        let mirrored = variant.sources.iter().filter_map(|s| Some((self.mirror.clone()?, s)));
        let on_hubs = variant.sources.iter().flat_map(|source| {
            let hubs = source.hubs.iter().filter_map(|name| catalog.hub(name));
            hubs.map(move |hub| (hub.clone(), source))
        });
        mirrored.chain(on_hubs).collect()
    }

    fn fetch(&mut self) -> Result<(), CatalogError> {
        let mut attempts = Vec::new();
        let mut mismatch = None;
        let entry = self.entry;
        for variant in &entry.variants {
            for (hub, source) in self.places(variant) {
                self.reporter.source(&hub.name);
                match self.fetch_from(variant, &hub, source) {
                    Ok(()) => return Ok(()),
                    Err(error) if error.is_final() => return Err(error),
                    Err(error) => {
                        tracing::info!(model = %entry.id, hub = %hub.name, %error, "a hub failed");
                        attempts.push(Attempt {
                            source: hub.name,
                            reason: error.to_string(),
                            unreachable: matches!(error, CatalogError::Unreachable(_)),
                        });
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
        hub: &Hub,
        source: &Source,
    ) -> Result<(), CatalogError> {
        let staging = Staging::open(&self.folder.path, &self.entry.id, &variant.name)?;
        let hashes = self.take_from_hub(&staging, variant, hub, source)?;
        let manifest = self.manifest(variant, &hub.name, staging.folder(), &hashes)?;
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
        manifest.variant = variant.name.to_string();
        for (name, hash) in hashes {
            manifest.files.push(FileRecord::of(folder, name, hash.clone())?);
        }
        Ok(manifest)
    }

    fn take_from_hub(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        hub: &Hub,
        source: &Source,
    ) -> Result<Hashes, CatalogError> {
        self.refuse_if_unreachable(&hub.name)?;
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let hash = self.file_from_hub(staging, file, hub, source);
            if matches!(hash, Err(CatalogError::Disconnected(_) | CatalogError::Unreachable(_))) {
                self.remember_unreachable(&hub.name);
            }
            hashes.insert(file.name.clone(), hash?);
        }
        Ok(hashes)
    }

    fn file_from_hub(
        &mut self,
        staging: &Staging,
        file: &FileSpec,
        hub: &Hub,
        source: &Source,
    ) -> Result<String, CatalogError> {
        let expected = file.sha256.as_deref();
        if let Some(hash) = staging.is_finished(&file.name, expected, self.cancel)? {
            return Ok(hash);
        }
        let path = file.path.as_deref().unwrap_or(&file.name);
        let url = hub.address(&source.repo, source.revision.as_deref(), path);
        let part = staging.part(&file.name, expected.is_some(), &hub.name);
        let reporter = &mut self.reporter;
        let stated = self.folder.hubs.fetch(&url, &part, &file.name, self.cancel, reporter)?;
        let expected = expected.or(stated.sha256.as_deref());
        staging.accept(&file.name, &part, expected, self.cancel, reporter)
    }

    fn refuse_if_unreachable(&self, hub: &str) -> Result<(), CatalogError> {
        let seen = self.folder.unreachable.lock().ok().and_then(|map| map.get(hub).copied());
        match seen {
            Some(at) if at.elapsed() < UNREACHABLE_FOR => {
                Err(CatalogError::Unreachable("nor could it a moment ago".to_owned()))
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
