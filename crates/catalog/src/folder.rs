//! The models on this machine: finding them, checking them, removing them. Fetching is in `pull`,
//! taking a person's own files in `import`.

use crate::entry::{Catalog, EncoderSettings, ModelKind};
use crate::error::CatalogError;
use crate::hash::sha256_of_file;
use crate::hub::HubClient;
use crate::ledger::Connection;
use crate::manifest::{self, FileRecord, Manifest};
use crate::staging::{self, Lock};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use yinju_core::{CancelToken, EncoderSpec, GeneratorSpec, ModelId, RerankerSpec};

/// A model on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledModel {
    /// Which.
    pub id: ModelId,
    /// What it is for.
    pub kind: ModelKind,
    /// Its published name, or what its file says.
    pub title: String,
    /// The licence of its weights, where known.
    pub licence: Option<String>,
    /// Where it came from, as `huggingface`, `imported`.
    pub source: String,
    /// Which set of files, as `q4_k_m`.
    pub variant: String,
    /// SHA-256 of its weights.
    pub sha256: Option<String>,
    /// Bytes of its files.
    pub bytes: u64,
    /// Whether every file is there and looks as it did when its hash was computed.
    pub whole: bool,
}

/// What reading a file again gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its hash is right.
    Good,
    /// It is not there.
    Missing,
    /// It is another file.
    Changed {
        /// The hash it must have.
        expected: String,
        /// The hash it has.
        found: String,
    },
    /// It cannot be read.
    Unreadable(String),
}

/// One file that was read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Of which model.
    pub id: ModelId,
    /// Which file.
    pub file: PathBuf,
    /// What came out.
    pub verdict: Verdict,
}

impl Verification {
    /// Whether the file is the one it should be.
    pub fn is_good(&self) -> bool {
        self.verdict == Verdict::Good
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match &self.verdict {
            Verdict::Good => "good",
            Verdict::Missing => "missing",
            Verdict::Changed { .. } => "changed",
            Verdict::Unreadable(_) => "unreadable",
        };
        write!(f, "{word:<10} {}  {}", self.id, self.file.display())
    }
}

/// The folder models are installed in: one folder a model, with a manifest in it.
pub struct ModelsFolder {
    pub(crate) path: PathBuf,
    pub(crate) catalog: Catalog,
    pub(crate) hubs: HubClient,
    /// Asked before the hubs of the catalogue.
    pub(crate) mirror: Option<String>,
    /// Hubs that could not be reached, and when that was seen.
    pub(crate) unreachable: Mutex<BTreeMap<String, Instant>>,
}

impl ModelsFolder {
    /// The folder at `path`, which need not exist, with the built-in catalogue.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::with_catalog(path, Catalog::builtin())
    }

    /// The same with another catalogue.
    pub fn with_catalog(path: impl Into<PathBuf>, catalog: Catalog) -> Self {
        let path = path.into();
        Self {
            hubs: HubClient::new(&path),
            path,
            catalog,
            mirror: None,
            unreachable: Mutex::default(),
        }
    }

    /// Asks the mirror at this address ([`Hub::mirror`](crate::Hub::mirror)) before the hubs of the
    /// catalogue.
    #[must_use]
    pub fn with_mirror(mut self, mirror: Option<String>) -> Self {
        self.mirror = mirror;
        self
    }

    /// Every connection that was made from here, oldest first.
    pub fn connections(&self) -> Result<Vec<Connection>, CatalogError> {
        self.hubs.ledger.read()
    }

    /// Whether no connection is made.
    pub fn is_air_gapped(&self) -> bool {
        self.hubs.ledger.is_air_gapped()
    }

    /// From now on no connection is made, or any may be.
    pub fn set_air_gapped(&self, is_set: bool) -> Result<(), CatalogError> {
        self.hubs.ledger.set_air_gapped(is_set)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The catalogue it is filled from.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Every model that is here, by id.
    pub fn installed(&self) -> Vec<InstalledModel> {
        self.manifests().into_iter().map(|manifest| self.describe(manifest)).collect()
    }

    fn describe(&self, manifest: Manifest) -> InstalledModel {
        let folder = self.path.join(manifest.id.as_str());
        InstalledModel {
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
            sha256: manifest.weights().map(|file| file.sha256.clone()),
            whole: manifest.files.iter().all(|file| file.looks_unchanged(&folder)),
            id: manifest.id,
            kind: manifest.kind,
            title: manifest.title,
            licence: manifest.licence,
            source: manifest.source,
            variant: manifest.variant,
        }
    }

    pub(crate) fn manifests(&self) -> Vec<Manifest> {
        let Ok(entries) = fs::read_dir(&self.path) else { return Vec::new() };
        let mut manifests: Vec<_> =
            entries.filter_map(Result::ok).filter_map(|e| Manifest::read(&e.path())).collect();
        manifests.sort_by(|a, b| a.id.cmp(&b.id));
        manifests
    }

    /// An encoder of this machine. A file that looks changed is read again; one whose hash is wrong
    /// is an error.
    pub fn encoder(&self, id: &ModelId) -> Result<EncoderSpec, CatalogError> {
        let manifest = self.checked_manifest(id, ModelKind::Encoder)?;
        let settings = self.settings(manifest)?;
        Ok(EncoderSpec {
            id: id.clone(),
            folder: self.path.join(id.as_str()),
            dimensions: settings.dimensions,
            max_tokens: settings.max_tokens,
            pooling: settings.pooling,
            normalize: settings.normalize,
            query_prefix: settings.query_prefix,
            passage_prefix: settings.passage_prefix,
            late_interaction: settings.late_interaction,
        })
    }

    fn settings(&self, manifest: Manifest) -> Result<EncoderSettings, CatalogError> {
        if let Some(settings) = manifest.encoder {
            return Ok(settings);
        }
        let entry = self.catalog.entry(&manifest.id)?;
        let wanted = name_of(ModelKind::Encoder);
        entry.encoder.clone().ok_or(CatalogError::WrongKind(manifest.id, wanted))
    }

    /// A reranker of this machine; checked as [`Self::encoder`] is.
    pub fn reranker(&self, id: &ModelId) -> Result<RerankerSpec, CatalogError> {
        let manifest = self.checked_manifest(id, ModelKind::Reranker)?;
        let settings =
            match manifest.reranker {
                Some(settings) => settings,
                None => self.catalog.entry(id)?.reranker.clone().ok_or_else(|| {
                    CatalogError::WrongKind(id.clone(), name_of(ModelKind::Reranker))
                })?,
            };
        let folder = self.path.join(id.as_str());
        Ok(RerankerSpec { id: id.clone(), folder, max_tokens: settings.max_tokens })
    }

    /// A language model of this machine; checked as [`Self::encoder`] is.
    pub fn generator(&self, id: &ModelId) -> Result<GeneratorSpec, CatalogError> {
        let manifest = self.checked_manifest(id, ModelKind::Generator)?;
        let gguf = manifest
            .files
            .iter()
            .find(|file| is_gguf(&file.name))
            .ok_or_else(|| CatalogError::NotInstalled(id.clone()))?;
        Ok(GeneratorSpec { id: id.clone(), gguf: self.path.join(id.as_str()).join(&gguf.name) })
    }

    /// The folder of a model that reads scanned pages; checked as [`Self::encoder`] is.
    pub fn ocr(&self, id: &ModelId) -> Result<PathBuf, CatalogError> {
        self.checked_manifest(id, ModelKind::Ocr)?;
        Ok(self.path.join(id.as_str()))
    }

    fn checked_manifest(&self, id: &ModelId, kind: ModelKind) -> Result<Manifest, CatalogError> {
        let folder = self.path.join(id.as_str());
        let Some(manifest) = Manifest::read(&folder) else {
            let entry = self.catalog.entry(id)?;
            return Err(if entry.kind == kind {
                CatalogError::NotInstalled(id.clone())
            } else {
                CatalogError::WrongKind(id.clone(), name_of(kind))
            });
        };
        if manifest.kind != kind {
            return Err(CatalogError::WrongKind(id.clone(), name_of(kind)));
        }
        recheck(&folder, manifest)
    }

    /// Reads every file of every model again.
    pub fn verify(&self) -> Vec<Verification> {
        self.manifests().iter().flat_map(|manifest| self.verify_files(manifest)).collect()
    }

    /// Reads every file of one model again; empty if it is not installed.
    pub fn verify_model(&self, id: &ModelId) -> Vec<Verification> {
        Manifest::read(&self.path.join(id.as_str()))
            .map(|manifest| self.verify_files(&manifest))
            .unwrap_or_default()
    }

    fn verify_files(&self, manifest: &Manifest) -> Vec<Verification> {
        let folder = self.path.join(manifest.id.as_str());
        let each = |record: &FileRecord| Verification {
            id: manifest.id.clone(),
            file: folder.join(&record.name),
            verdict: verdict(&folder.join(&record.name), &record.sha256),
        };
        manifest.files.iter().map(each).collect()
    }

    /// Takes a model off this machine, with what an unfinished pull left of it.
    pub fn remove(&self, id: &ModelId) -> Result<(), CatalogError> {
        let folder = self.path.join(id.as_str());
        let unfinished = self.path.join(staging::FOLDER).join(id.as_str());
        if !folder.exists() && !unfinished.exists() {
            self.catalog.entry(id)?;
            return Err(CatalogError::NotInstalled(id.clone()));
        }
        let _lock = Lock::wait(&self.path, id, &CancelToken::new())?;
        staging::remove_unfinished(&self.path.join(staging::FOLDER), id.as_str())?;
        self.remove_installed(id)
    }

    /// Removes a folder that was made here whole; of one that was not, what its manifest names.
    fn remove_installed(&self, id: &ModelId) -> Result<(), CatalogError> {
        let folder = self.path.join(id.as_str());
        if !folder.join(yinju_owned::MARK).exists() {
            return remove_named(&folder);
        }
        yinju_owned::remove(&self.path, id.as_str()).map_err(|e| CatalogError::io(&folder, e))
    }
}

/// Reads files again that look changed; a touched file whose hash is still right is recorded.
pub(crate) fn recheck(folder: &Path, mut manifest: Manifest) -> Result<Manifest, CatalogError> {
    let mut touched = false;
    for record in &mut manifest.files {
        if record.looks_unchanged(folder) {
            continue;
        }
        let path = folder.join(&record.name);
        if !path.is_file() {
            return Err(CatalogError::NotInstalled(manifest.id));
        }
        let found = sha256_of_file(&path, &CancelToken::new(), &mut |_| {})?;
        if found != record.sha256 {
            let expected = record.sha256.clone();
            return Err(CatalogError::HashMismatch { file: path, expected, found });
        }
        let name = record.name.clone();
        *record = FileRecord::of(folder, &name, found)?;
        touched = true;
    }
    if touched && let Err(error) = manifest.write(folder) {
        tracing::warn!(%error, "the manifest could not be brought up to date");
    }
    Ok(manifest)
}

/// What a model of this kind is called.
fn name_of(kind: ModelKind) -> &'static str {
    match kind {
        ModelKind::Encoder => "an encoder",
        ModelKind::Generator => "a language model",
        ModelKind::Reranker => "a reranker",
        ModelKind::Ocr => "a model that reads scanned pages",
    }
}

/// Removes the files that a folder's manifest names, the manifest, and the folder if it is empty
/// then: a person put it there, or a version that marked no folders.
fn remove_named(folder: &Path) -> Result<(), CatalogError> {
    let Some(manifest) = Manifest::read(folder) else { return Ok(()) };
    for record in &manifest.files {
        let path = folder.join(&record.name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(CatalogError::io(&path, e));
            }
            _ => {}
        }
    }
    let path = folder.join(manifest::NAME);
    fs::remove_file(&path).map_err(|e| CatalogError::io(&path, e))?;
    // Files of a person's own may be left.
    let _ = fs::remove_dir(folder);
    Ok(())
}

pub(crate) fn is_gguf(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("gguf"))
}

fn verdict(path: &Path, expected: &str) -> Verdict {
    if !path.exists() {
        return Verdict::Missing;
    }
    match sha256_of_file(path, &CancelToken::new(), &mut |_| {}) {
        Ok(found) if found == expected => Verdict::Good,
        Ok(found) => Verdict::Changed { expected: expected.to_owned(), found },
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}
