//! What the catalogue says: models, their variants, files and sources. Only nouns and look-ups;
//! nothing here touches the network or the disk.

use crate::error::CatalogError;
use crate::file_name::FileName;
use serde::{Deserialize, Serialize};
use yinju_core::{ModelId, Pooling};

/// The catalogue that is built into the program.
const BUILTIN: &str = include_str!("../../../models/catalog.toml");
/// The format of `catalog.toml` that is understood.
const SCHEMA: u32 = 1;
/// A machine with less memory than this answers with the smallest default language model.
const MEMORY_FOR_LARGER: u64 = 12 << 30;
/// A machine with fewer cores than this answers with the smallest default language model: with two
/// cores the 1.5 B model reads a prompt too slowly to wait for.
const CORES_FOR_LARGER: usize = 4;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Text → vector.
    Encoder,
    /// Prompt → text.
    Generator,
    /// Question and passage → score.
    Reranker,
    /// Image of a page → text.
    Ocr,
}

impl ModelKind {
    /// The name as it stands in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::Generator => "generator",
            Self::Reranker => "reranker",
            Self::Ocr => "ocr",
        }
    }
}

/// How an encoder's authors say it is to be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderSettings {
    /// Length of a vector.
    pub dimensions: usize,
    /// Longest input in tokens, prefix and special tokens included.
    pub max_tokens: usize,
    /// How token vectors are pooled.
    pub pooling: Pooling,
    /// Whether vectors are scaled to length 1.
    pub normalize: bool,
    /// Put before a question.
    #[serde(default)]
    pub query_prefix: String,
    /// Put before a passage.
    #[serde(default)]
    pub passage_prefix: String,
    /// Whether vectors of single tokens are kept to rank by: measured to help with this encoder.
    #[serde(default)]
    pub late_interaction: bool,
}

/// How a reranker's authors say it is to be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RerankerSettings {
    /// Longest input in tokens: question, passage and special tokens together.
    pub max_tokens: usize,
}

/// A hub's address scheme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// Its name in sources.
    pub name: String,
    /// The address of a file, with `{repo}`, `{revision}` and `{file}`.
    pub url: String,
    /// The revision where a source names none.
    pub revision: String,
}

impl Hub {
    /// A person's own mirror: an address as [`Hub::url`] has it, or what stands before
    /// `/{repo}/resolve/{revision}/{file}` in it.
    pub fn mirror(address: &str) -> Result<Self, CatalogError> {
        let address = address.trim().trim_end_matches('/');
        if !address.starts_with("https://") && !address.starts_with("http://") {
            return Err(CatalogError::Mirror(address.to_owned()));
        }
        let template = address.contains("{repo}") && address.contains("{file}");
        let rest = if template { "" } else { "/{repo}/resolve/{revision}/{file}" };
        Ok(Self {
            name: "mirror".to_owned(),
            url: format!("{address}{rest}"),
            revision: "main".to_owned(),
        })
    }

    /// The address of one file.
    pub fn address(&self, repo: &str, revision: Option<&str>, file: &str) -> String {
        self.url
            .replace("{repo}", repo)
            .replace("{revision}", revision.unwrap_or(&self.revision))
            .replace("{file}", file)
    }
}

/// A file of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Its name on this machine.
    pub name: FileName,
    /// Its path on a hub where that differs.
    #[serde(default)]
    pub path: Option<String>,
    /// Its length.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Its hash, in lower-case hexadecimal; absent where none was known.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// Where files can be had: a repository that is on these hubs, tried in order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Names of hubs.
    pub hubs: Vec<String>,
    /// `owner/name`.
    pub repo: String,
    /// A commit or branch; absent means each hub's own default.
    #[serde(default)]
    pub revision: Option<String>,
}

/// One set of files that make the model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name, usually the precision.
    pub name: FileName,
    /// Its files.
    pub files: Vec<FileSpec>,
    /// Where they can be had, best first; none where they are only recognised.
    pub sources: Vec<Source>,
}

/// A model of the catalogue.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its published name in lower case.
    pub id: ModelId,
    /// What it is for.
    pub kind: ModelKind,
    /// Its published name.
    pub title: String,
    /// The licence of its weights.
    pub licence: String,
    /// How many million parameters it has.
    pub parameters_millions: u32,
    /// What it was made for: language codes, or `multilingual`.
    pub languages: Vec<String>,
    /// How to use it, if it is an encoder.
    #[serde(default)]
    pub encoder: Option<EncoderSettings>,
    /// How to use it, if it is a reranker.
    #[serde(default)]
    pub reranker: Option<RerankerSettings>,
    /// Sets of files that make it, best first.
    #[serde(rename = "variant")]
    pub variants: Vec<Variant>,
}

impl Entry {
    /// Bytes to be fetched, where the lengths of the first variant's files are known; of small ones
    /// they may not be.
    pub fn bytes(&self) -> Option<u64> {
        let variant = self.variants.iter().find(|variant| !variant.sources.is_empty())?;
        Some(variant.files.iter().filter_map(|file| file.bytes).sum()).filter(|bytes| *bytes > 0)
    }
}

/// Everything that can be had.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    schema: u32,
    #[serde(rename = "hub", default)]
    hubs: Vec<Hub>,
    #[serde(rename = "model", default)]
    models: Vec<Entry>,
}

impl Catalog {
    /// The catalogue this program was built with.
    pub fn builtin() -> Self {
        Self::from_toml(BUILTIN).expect("the built-in catalogue is read by a test of this crate")
    }

    /// Reads a catalogue; a source that names an unknown hub, and an encoder or reranker without
    /// settings, is an error.
    pub fn from_toml(text: &str) -> Result<Self, CatalogError> {
        let catalog: Self =
            toml::from_str(text).map_err(|e| CatalogError::Catalogue(e.to_string()))?;
        catalog.checked()
    }

    fn checked(self) -> Result<Self, CatalogError> {
        if self.schema != SCHEMA {
            return Err(CatalogError::Catalogue(format!("schema {} is not known", self.schema)));
        }
        for entry in &self.models {
            if (entry.kind == ModelKind::Encoder) != entry.encoder.is_some() {
                return Err(CatalogError::Catalogue(format!("{}: encoder settings", entry.id)));
            }
            if (entry.kind == ModelKind::Reranker) != entry.reranker.is_some() {
                return Err(CatalogError::Catalogue(format!("{}: reranker settings", entry.id)));
            }
            for source in entry.variants.iter().flat_map(|v| &v.sources) {
                self.check_source(source)?;
            }
        }
        Ok(self)
    }

    fn check_source(&self, source: &Source) -> Result<(), CatalogError> {
        let unknown = source.hubs.iter().find(|name| self.hub(name).is_none());
        unknown.map_or(Ok(()), |name| {
            Err(CatalogError::Catalogue(format!("the source {name} is not known")))
        })
    }

    /// Every model, in the catalogue's order.
    pub fn entries(&self) -> &[Entry] {
        &self.models
    }

    /// The model with this id.
    pub fn entry(&self, id: &ModelId) -> Result<&Entry, CatalogError> {
        self.models
            .iter()
            .find(|entry| entry.id == *id)
            .ok_or_else(|| CatalogError::UnknownModel(id.clone()))
    }

    /// The hub with this name.
    pub fn hub(&self, name: &str) -> Option<&Hub> {
        self.hubs.iter().find(|hub| hub.name == name)
    }

    /// The encoder a new home uses.
    pub fn default_encoder(&self) -> ModelId {
        ModelId::from_static("multilingual-e5-small")
    }

    /// What reads scanned pages.
    pub fn default_ocr(&self) -> ModelId {
        ModelId::from_static("pp-ocrv6-small")
    }

    /// The language model a machine uses unless a person chooses: the 1.5 B model from four cores
    /// and 12 GiB of memory on, the 0.5 B model otherwise.
    pub fn default_generator(&self, memory_bytes: u64, cores: usize) -> ModelId {
        let larger = memory_bytes >= MEMORY_FOR_LARGER && cores >= CORES_FOR_LARGER;
        ModelId::from_static(if larger {
            "qwen2.5-coder-1.5b-instruct"
        } else {
            "qwen2.5-coder-0.5b-instruct"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_catalogue_is_whole() {
        let catalog = Catalog::builtin();
        for id in [
            "multilingual-e5-small",
            "all-minilm-l6-v2",
            "m3e-small",
            "m3e-base",
            "text2vec-base-chinese",
            "text2vec-base-multilingual",
            "bge-small-zh-v1.5",
            "bge-base-zh-v1.5",
            "bge-m3",
            "bge-reranker-base",
            "bge-reranker-v2-m3",
            "ms-marco-minilm-l-6-v2",
            "ms-marco-minilm-l-12-v2",
            "qwen2.5-coder-0.5b-instruct",
            "qwen2.5-coder-1.5b-instruct",
            "smollm2-135m-instruct",
            "pp-ocrv6-small",
        ] {
            assert_eq!(catalog.entry(&ModelId::from_static(id)).unwrap().id.as_str(), id);
        }
    }

    #[test]
    fn ids_are_unique_and_hashes_well_formed() {
        let catalog = Catalog::builtin();
        let mut seen = std::collections::BTreeSet::new();
        for entry in catalog.entries() {
            assert!(seen.insert(&entry.id), "{} stands twice", entry.id);
            assert!(entry.id.as_str().chars().all(|c| !c.is_uppercase()), "{}", entry.id);
            for file in entry.variants.iter().flat_map(|v| &v.files) {
                let hash = file.sha256.as_deref().unwrap_or(&"0".repeat(64)).to_owned();
                assert!(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{hash}");
            }
        }
    }

    #[test]
    fn every_model_has_the_files_of_its_kind() {
        for entry in Catalog::builtin().entries() {
            for variant in &entry.variants {
                let names: Vec<_> = variant.files.iter().map(|f| &*f.name).collect();
                match entry.kind {
                    ModelKind::Encoder | ModelKind::Reranker => {
                        assert_eq!(names, ["config.json", "model.safetensors", "tokenizer.json"]);
                    }
                    ModelKind::Generator => assert!(crate::folder::is_gguf(names[0]), "{names:?}"),
                    ModelKind::Ocr => assert_eq!(names, ["detection.onnx", "recognition.onnx"]),
                }
            }
        }
    }

    #[test]
    fn the_defaults_are_of_their_kinds() {
        let catalog = Catalog::builtin();
        let kind = |id: &ModelId| catalog.entry(id).unwrap().kind;
        assert_eq!(kind(&catalog.default_encoder()), ModelKind::Encoder);
        assert_eq!(kind(&catalog.default_generator(8 << 30, 2)), ModelKind::Generator);
        assert_eq!(kind(&catalog.default_ocr()), ModelKind::Ocr);
    }

    #[test]
    fn a_reranker_without_settings_is_refused() {
        let text = "schema = 1\n[[model]]\nid='a'\nkind='reranker'\ntitle='A'\nlicence='MIT'\nparameters_millions=1\nlanguages=[]\nvariant=[]\n";
        assert!(matches!(Catalog::from_toml(text), Err(CatalogError::Catalogue(_))));
        let with = text.replace("variant", "reranker={max_tokens=512}\nvariant");
        assert!(Catalog::from_toml(&with).is_ok());
    }

    #[test]
    fn a_source_on_an_unknown_hub_is_refused() {
        let text = "schema = 1\n[[model]]\nid='a'\nkind='generator'\ntitle='A'\nlicence='MIT'\nparameters_millions=1\nlanguages=[]\n[[model.variant]]\nname='x'\nfiles=[{name='a.gguf'}]\nsources=[{hubs=['nowhere'],repo='a/b'}]";
        assert!(matches!(Catalog::from_toml(text), Err(CatalogError::Catalogue(_))));
    }

    #[test]
    fn a_mirror_is_an_address_or_what_stands_before_one() {
        let check = |address: &str, expected: &str| {
            let hub = Hub::mirror(address).unwrap();
            assert_eq!(hub.address("o/n", None, "f.bin"), expected);
        };
        check("https://m.test/hf/", "https://m.test/hf/o/n/resolve/main/f.bin");
        check("http://m.test/{repo}/raw/{file}", "http://m.test/o/n/raw/f.bin");
        assert!(matches!(Hub::mirror("file:///etc"), Err(CatalogError::Mirror(_))));
    }

    #[test]
    fn the_default_generator_follows_the_machine() {
        let catalog = Catalog::builtin();
        let check = |gib: u64, cores, expected: &str| {
            assert_eq!(catalog.default_generator(gib << 30, cores).as_str(), expected);
        };
        check(24, 2, "qwen2.5-coder-0.5b-instruct");
        check(6, 8, "qwen2.5-coder-0.5b-instruct");
        check(16, 4, "qwen2.5-coder-1.5b-instruct");
    }
}
