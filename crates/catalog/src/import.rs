//! Taking a person's own files among the models: a GGUF file, or a folder of an encoder or of a
//! reranker.

use crate::entry::{EncoderSettings, ModelKind, RerankerSettings};
use crate::error::CatalogError;
use crate::file_name::FileName;
use crate::folder::{ModelsFolder, is_gguf};
use crate::gguf;
use crate::hash::sha256_of_file;
use crate::manifest::{FileRecord, Manifest};
use crate::staging::{Lock, Staging};
use serde_json::Value;
use std::fs;
use std::path::Path;
use yinju_core::{CancelToken, ModelId, Pooling};

/// What the folder of an encoder or a reranker must hold.
const FOLDER_FILES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];
/// Pairs are cut here whatever a model's positions allow: a passage has some 400 tokens.
const LONGEST_PAIR: usize = 512;

/// What a person's files turned out to be.
enum Kind {
    Generator,
    Encoder(EncoderSettings),
    Reranker(RerankerSettings),
}

impl ModelsFolder {
    /// Copies a GGUF file, or an encoder's or a reranker's folder, among the models and returns its id: the
    /// catalogue's where the content is a catalogued model's, else one made of its name.
    pub fn import(&self, path: &Path) -> Result<ModelId, CatalogError> {
        if path.is_dir() {
            return self.import_folder(path);
        }
        if !path.exists() {
            let absent = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(CatalogError::io(path, absent));
        }
        self.import_gguf(path)
    }

    fn import_gguf(&self, path: &Path) -> Result<ModelId, CatalogError> {
        let head = gguf::read_head(path).map_err(|reason| not_a_model(path, &reason))?;
        if head.files.is_some_and(|count| count > 1) {
            return Err(CatalogError::Unsupported {
                path: path.to_owned(),
                reason: "the model is split into several files; join them first".to_owned(),
            });
        }
        if head.architecture.is_none() {
            return Err(not_a_model(path, "it does not name its architecture"));
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = file_name(&stem, "gguf");
        let title = head.name.filter(|name| !name.trim().is_empty()).unwrap_or(stem.clone());
        self.take_in(Kind::Generator, &stem, &title, &[(path, &name)])
    }

    fn import_folder(&self, folder: &Path) -> Result<ModelId, CatalogError> {
        for name in FOLDER_FILES {
            if !folder.join(name).is_file() {
                return Err(not_a_model(folder, &format!("{name} is missing")));
            }
        }
        let kind = match reranker_settings(folder)? {
            Some(settings) => Kind::Reranker(settings),
            None => Kind::Encoder(encoder_settings(folder)?),
        };
        let title = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let paths = FOLDER_FILES.map(|name| folder.join(name));
        let files: Vec<_> =
            paths.iter().map(std::path::PathBuf::as_path).zip(FOLDER_FILES).collect();
        self.take_in(kind, &title, &title, &files)
    }

    /// Copies files in under a free id; content that is here already keeps the id it has.
    fn take_in(
        &self,
        kind: Kind,
        wish: &str,
        title: &str,
        files: &[(&Path, &str)],
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
        let mut manifest = kind.manifest(&id, title, catalogued.is_some());
        for (from, name) in files {
            let to = staging.finished(name);
            fs::copy(from, &to).map_err(|e| CatalogError::io(&to, e))?;
            let hash = sha256_of_file(&to, &cancel, &mut |_| {})?;
            let name = FileName::try_from((*name).to_owned())
                .map_err(|error| not_a_model(from, &error.to_string()))?;
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

impl Kind {
    /// A manifest without files; what is catalogued is used as the catalogue says.
    fn manifest(self, id: &ModelId, title: &str, is_catalogued: bool) -> Manifest {
        let (kind, encoder, reranker) = match self {
            Self::Generator => (ModelKind::Generator, None, None),
            Self::Encoder(settings) => (ModelKind::Encoder, Some(settings), None),
            Self::Reranker(settings) => (ModelKind::Reranker, None, Some(settings)),
        };
        Manifest {
            source: "imported".to_owned(),
            encoder: encoder.filter(|_| !is_catalogued),
            reranker: reranker.filter(|_| !is_catalogued),
            ..Manifest::new(id, kind, title)
        }
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

fn holds(manifest: &Manifest, hash: &str) -> bool {
    manifest.files.iter().any(|file| file.sha256 == hash)
}

fn not_a_model(path: &Path, reason: &str) -> CatalogError {
    CatalogError::NotAModel { path: path.to_owned(), reason: reason.to_owned() }
}

fn file_name(stem: &str, extension: &str) -> String {
    let name = format!("{}.{extension}", ModelId::like(stem));
    debug_assert!(is_gguf(&name) || extension != "gguf");
    name
}

/// How to use a reranker; `None` where `config.json` describes no classifier. One of several labels
/// sorts texts, and scores no pairs.
fn reranker_settings(folder: &Path) -> Result<Option<RerankerSettings>, CatalogError> {
    let config = json(folder, "config.json");
    let mut architectures =
        config["architectures"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if !architectures.any(|name| name.ends_with("ForSequenceClassification")) {
        return Ok(None);
    }
    // Without `id2label` there are two, as `transformers` has it.
    let labels = config["id2label"].as_object().map_or(2, serde_json::Map::len);
    if labels != 1 {
        return Err(CatalogError::Unsupported {
            path: folder.to_owned(),
            reason: format!("it has {labels} labels where a reranker has one"),
        });
    }
    let max_tokens = longest_input(folder, &config).min(LONGEST_PAIR);
    Ok(Some(RerankerSettings { max_tokens }))
}

/// How to use an encoder, from the files `sentence-transformers` publishes beside the weights;
/// without them: mean pooling, vectors of length 1, no prefixes.
fn encoder_settings(folder: &Path) -> Result<EncoderSettings, CatalogError> {
    let config = json(folder, "config.json");
    let dimensions = number(&config, "hidden_size")
        .ok_or_else(|| not_a_model(folder, "config.json does not say hidden_size"))?;
    let prompts = json(folder, "config_sentence_transformers.json");
    let prefix = |names: [&str; 2]| {
        let said = names.iter().find_map(|name| prompts["prompts"][name].as_str());
        said.unwrap_or_default().to_owned()
    };
    Ok(EncoderSettings {
        dimensions,
        max_tokens: longest_input(folder, &config),
        pooling: pooling(folder)?,
        normalize: true,
        query_prefix: prefix(["query", "search_query"]),
        passage_prefix: prefix(["passage", "document"]),
        late_interaction: false,
    })
}

fn longest_input(folder: &Path, config: &Value) -> usize {
    let positions = number(config, "max_position_embeddings").unwrap_or(512);
    // RoBERTa counts positions from the padding id on, so two of them are never used.
    let reserved =
        if config["model_type"].as_str().is_some_and(|t| t.contains("roberta")) { 2 } else { 0 };
    let usable = positions.saturating_sub(reserved);
    let said = number(&json(folder, "sentence_bert_config.json"), "max_seq_length");
    said.unwrap_or(usable).min(usable)
}

fn pooling(folder: &Path) -> Result<Pooling, CatalogError> {
    let said = json(folder, "1_Pooling/config.json");
    let is = |mode: &str| said[format!("pooling_mode_{mode}")].as_bool() == Some(true);
    if is("cls_token") {
        return Ok(Pooling::Cls);
    }
    if is("mean_tokens") || said.is_null() {
        return Ok(Pooling::Mean);
    }
    Err(CatalogError::Unsupported {
        path: folder.to_owned(),
        reason: "it pools its vectors in a way that is not known".to_owned(),
    })
}

fn json(folder: &Path, name: &str) -> Value {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn number(value: &Value, name: &str) -> Option<usize> {
    value[name].as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0)
}
