//! Taking a person's own files among the models: a GGUF file, or a folder of an encoder or of a
//! reranker. Its bytes are copied and hashed here; what they say is read in a worker process
//! ([`yinju_core::ModelInspector`]) and told as a [`ModelDescription`].

use crate::entry::{EncoderSettings, ModelKind, RerankerSettings};
use crate::error::CatalogError;
use crate::file_name::FileName;
use crate::folder::{ModelsFolder, is_gguf};
use crate::hash::sha256_of_file;
use crate::manifest::{FileRecord, Manifest};
use crate::staging::{Lock, Staging};
use std::fs;
use std::path::{Path, PathBuf};
use yinju_core::{CancelToken, ModelDescription, ModelId};

/// What of the folder of an encoder or a reranker is used.
const FOLDER_FILES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];
/// Longer names are cut, in characters.
const LONGEST_TITLE: usize = 120;

impl ModelsFolder {
    /// Copies a GGUF file, or an encoder's or a reranker's folder, among the models and returns its id: the
    /// catalogue's where the content is a catalogued model's, else one made of its name.
    pub fn import(
        &self,
        path: &Path,
        description: &ModelDescription,
    ) -> Result<ModelId, CatalogError> {
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        let title = match description {
            ModelDescription::Generator { name: Some(said) } => shown(said),
            _ => String::new(),
        };
        let title = if title.is_empty() { name.clone() } else { title };
        let files: Vec<(PathBuf, String)> = match description {
            ModelDescription::Generator { .. } => vec![(path.into(), file_name(&name, "gguf"))],
            _ => FOLDER_FILES.iter().map(|file| (path.join(file), (*file).to_owned())).collect(),
        };
        self.take_in(description, &name, &title, &files)
    }

    /// Copies files in under a free id; content that is here already keeps the id it has.
    fn take_in(
        &self,
        description: &ModelDescription,
        wish: &str,
        title: &str,
        files: &[(PathBuf, String)],
    ) -> Result<ModelId, CatalogError> {
        let cancel = CancelToken::new();
        let (weights, _) = files
            .iter()
            .max_by_key(|(path, _)| length(path))
            .ok_or_else(|| CatalogError::Catalogue("an import without files".to_owned()))?;
        let hash = sha256_of_file(weights, &cancel, &mut |_| {})?;
        if let Some(manifest) = self.manifests().into_iter().find(|m| holds(m, &hash)) {
            return Ok(manifest.id);
        }
        let catalogued = self.catalogued(&hash);
        let id = catalogued.clone().unwrap_or_else(|| self.free_id(wish));
        let _lock = Lock::wait(&self.path, &id, &cancel)?;
        let staging = Staging::open(&self.path, &id, "imported")?;
        let mut manifest = manifest(description, &id, title, catalogued.is_some());
        for (from, name) in files {
            let to = staging.finished(name);
            fs::copy(from, &to).map_err(|e| CatalogError::io(&to, e))?;
            let hash = sha256_of_file(&to, &cancel, &mut |_| {})?;
            let name = FileName::try_from(name.clone())
                .map_err(|error| CatalogError::Catalogue(error.to_string()))?;
            manifest.files.push(FileRecord::of(staging.folder(), &name, hash)?);
        }
        staging.install(&self.path, &manifest)?;
        Ok(id)
    }

    /// The catalogued model one of whose files has this hash.
    fn catalogued(&self, hash: &str) -> Option<ModelId> {
        let has = |entry: &&crate::entry::Entry| {
            let mut files = entry.variants.iter().flat_map(|variant| &variant.files);
            files.any(|file| file.sha256.as_deref() == Some(hash))
        };
        self.catalog.entries().iter().find(has).map(|entry| entry.id.clone())
    }

    /// An id that neither the catalogue nor an installed model has.
    fn free_id(&self, wish: &str) -> ModelId {
        let base = ModelId::like(wish);
        let taken =
            |id: &ModelId| self.catalog.entry(id).is_ok() || self.path.join(id.as_str()).exists();
        // At the end of a name of full length a number would be cut off.
        let stem: String = base.as_str().chars().take(ModelId::LONGEST / 8).collect();
        let numbered = (2..).map(|n| ModelId::like(&format!("{stem}-{n}")));
        let mut candidates = std::iter::once(base.clone()).chain(numbered);
        candidates.find(|id| !taken(id)).unwrap_or(base)
    }
}

/// A manifest without files; what is catalogued is used as the catalogue says.
fn manifest(said: &ModelDescription, id: &ModelId, title: &str, is_catalogued: bool) -> Manifest {
    let (kind, encoder, reranker) = match said {
        ModelDescription::Generator { .. } => (ModelKind::Generator, None, None),
        ModelDescription::Encoder {
            dimensions,
            max_tokens,
            pooling,
            query_prefix,
            passage_prefix,
        } => {
            let settings = EncoderSettings {
                dimensions: *dimensions,
                max_tokens: *max_tokens,
                pooling: *pooling,
                normalize: true,
                query_prefix: query_prefix.clone(),
                passage_prefix: passage_prefix.clone(),
                late_interaction: false,
            };
            (ModelKind::Encoder, Some(settings), None)
        }
        ModelDescription::Reranker { max_tokens } => {
            let settings = RerankerSettings { max_tokens: *max_tokens };
            (ModelKind::Reranker, None, Some(settings))
        }
    };
    Manifest {
        source: "imported".to_owned(),
        encoder: encoder.filter(|_| !is_catalogued),
        reranker: reranker.filter(|_| !is_catalogued),
        ..Manifest::new(id, kind, title)
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

fn holds(manifest: &Manifest, hash: &str) -> bool {
    manifest.files.iter().any(|file| file.sha256 == hash)
}

/// A foreign text as one short line.
fn shown(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control()).take(LONGEST_TITLE);
    kept.collect::<String>().trim().to_owned()
}

fn file_name(stem: &str, extension: &str) -> String {
    let name = format!("{}.{extension}", ModelId::like(stem));
    debug_assert!(is_gguf(&name) || extension != "gguf");
    name
}
