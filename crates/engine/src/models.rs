//! Models: which there are, which is used, and getting one.

use crate::backups::rfc3339;
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;
use yinju_catalog::{Catalog, Connection, InstalledModel, ModelsFolder, Verification};
use yinju_core::{
    CancelToken, EncoderSpec, GeneratorSpec, ModelId, ModelInspector, Problem, ProblemCode,
    RerankerSpec,
};

pub use yinju_catalog::PullProgress;

/// A model and whether it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// Its id.
    pub id: ModelId,
    /// `encoder`, `generator`, `reranker` or `ocr`.
    pub kind: String,
    /// Its published name.
    pub title: String,
    /// Size on disk in bytes, or to be downloaded.
    pub bytes: u64,
    /// Whether it is here.
    pub installed: bool,
    /// Whether it is what is used unless another is named.
    pub is_default: bool,
    /// Its licence.
    pub licence: String,
}

/// A connection that was made, or tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionMade {
    /// When (RFC 3339, UTC).
    pub when: String,
    /// The machine it went to.
    pub to: String,
    /// What for: the file that was fetched.
    pub why: String,
    /// Bytes that came; none where the program ended meanwhile.
    pub bytes: Option<u64>,
    /// What went wrong, if it did.
    pub error: Option<String>,
}

/// The catalogue and the models of this machine. Needs no home, so that models can be listed and
/// fetched while a window is open.
pub struct Models {
    catalog: Catalog,
    folder: ModelsFolder,
    memory: u64,
    cores: usize,
}

impl Models {
    /// The models in a folder; memory in bytes and cores decide the default language model.
    pub fn new(folder: &Path, memory: u64, cores: usize) -> Self {
        Self { catalog: Catalog::builtin(), folder: ModelsFolder::new(folder), memory, cores }
    }

    /// Asks the mirror at this address before the hubs of the catalogue.
    #[must_use]
    pub fn with_mirror(mut self, mirror: Option<String>) -> Self {
        self.folder = self.folder.with_mirror(mirror);
        self
    }

    /// Every connection that was ever made, oldest first. There is no other way out of this program.
    pub fn connections(&self) -> Result<Vec<ConnectionMade>> {
        let all = self.folder.connections()?.into_iter();
        Ok(all
            .map(|Connection { when, to, why, bytes, error }| ConnectionMade {
                when: rfc3339(when),
                to,
                why,
                bytes,
                error,
            })
            .collect())
    }

    /// Whether no connection is made from this machine.
    pub fn is_air_gapped(&self) -> bool {
        self.folder.is_air_gapped()
    }

    /// From now on none is made, or any may be.
    pub fn set_air_gapped(&self, is_set: bool) -> Result<()> {
        Ok(self.folder.set_air_gapped(is_set)?)
    }

    /// The catalogue, and imported models after it.
    pub fn list(&self) -> Vec<ModelStatus> {
        let defaults = [self.catalog.default_encoder(), self.default_generator()];
        let installed = self.folder.installed();
        let mut models: Vec<_> = self
            .catalog
            .entries()
            .iter()
            .map(|entry| ModelStatus {
                id: entry.id.clone(),
                kind: entry.kind.as_str().to_owned(),
                title: entry.title.clone(),
                bytes: entry.bytes().unwrap_or(0),
                installed: installed.iter().any(|model| model.id == entry.id),
                is_default: defaults.contains(&entry.id),
                licence: entry.licence.clone(),
            })
            .collect();
        let known: Vec<_> = models.iter().map(|model| model.id.clone()).collect();
        models.extend(installed.into_iter().filter(|m| !known.contains(&m.id)).map(|model| {
            ModelStatus {
                title: model.id.to_string(),
                id: model.id,
                kind: model.kind.as_str().to_owned(),
                bytes: model.bytes,
                installed: true,
                is_default: false,
                licence: String::new(),
            }
        }));
        models
    }

    /// Downloads a model; what is here already is kept, what was begun goes on.
    pub fn pull(
        &self,
        id: &ModelId,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<()> {
        let entry = self.catalog.entry(id)?;
        Ok(self.folder.pull(entry, cancel, on_progress)?)
    }

    /// Takes a model file or folder from this machine, once it was looked into.
    pub fn import(&self, path: &Path, inspector: &dyn ModelInspector) -> Result<ModelId> {
        // Whatever is neither may never end, and what is not there has a name of its own.
        if !path.is_dir() && !path.is_file() {
            let message = format!("{} is no file and no folder", path.display());
            return Err(Problem::new(ProblemCode::FileNotFound, message));
        }
        let description = inspector.inspect(path)?;
        Ok(self.folder.import(path, &description)?)
    }

    /// Removes a model's files.
    pub fn remove(&self, id: &ModelId) -> Result<()> {
        Ok(self.folder.remove(id)?)
    }

    /// Hashes every installed file again.
    pub fn verify(&self) -> Vec<Verification> {
        self.folder.verify()
    }

    /// The language model to use: the one named, else the default of this machine, else any that
    /// is here.
    pub fn generator(&self, wanted: Option<&ModelId>) -> Result<GeneratorSpec> {
        if let Some(id) = wanted {
            return Ok(self.folder.generator(id)?);
        }
        let default = self.default_generator();
        self.folder.generator(&default).or_else(|missing| {
            let installed = self.folder.installed();
            let any = installed.iter().find_map(|model| self.folder.generator(&model.id).ok());
            any.ok_or_else(|| missing.into())
        })
    }

    /// A model that is here.
    pub(crate) fn installed(&self, id: &ModelId) -> Option<InstalledModel> {
        self.folder.installed().into_iter().find(|model| model.id == *id)
    }

    /// A reranker that is here.
    pub fn reranker(&self, id: &ModelId) -> Result<RerankerSpec> {
        Ok(self.folder.reranker(id)?)
    }

    /// An encoder that is here.
    pub fn encoder_named(&self, id: &ModelId) -> Result<EncoderSpec> {
        Ok(self.folder.encoder(id)?)
    }

    /// The encoder that is used unless another was chosen.
    pub(crate) fn default_encoder(&self) -> ModelId {
        self.catalog.default_encoder()
    }

    fn default_generator(&self) -> ModelId {
        self.catalog.default_generator(self.memory, self.cores)
    }
}

impl Engine {
    /// The models of this machine.
    pub fn models(&self) -> &Models {
        &self.0.models
    }
}
