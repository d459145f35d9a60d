//! The encoder in use, with the index and the splitter that belong to it.

use crate::{Inner, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use yinju_core::ports::{Embedding, TextRole};
use yinju_core::{
    CancelToken, DocumentReader, Embedder, EncoderSpec, Generator, PassageIndex, Problem,
    ProblemCode, Reranker,
};
use yinju_split::{SplitConfig, Splitter};

type MakeEmbedder = dyn Fn(EncoderSpec) -> Arc<dyn Embedder> + Send + Sync;
type OpenIndex = dyn Fn(&Path, &EncoderSpec) -> Result<Arc<dyn PassageIndex>> + Send + Sync;

/// What a shell puts behind the ports.
pub struct Adapters {
    /// Reads files.
    pub reader: Arc<dyn DocumentReader>,
    /// Makes the embedder of an encoder; cheap, the model is loaded at first use.
    pub embedder: Box<MakeEmbedder>,
    /// Opens the index in a folder for the vectors of an encoder.
    pub index: Box<OpenIndex>,
    /// Reads passages together with a question.
    pub reranker: Arc<dyn Reranker>,
    /// Writes answers.
    pub generator: Arc<dyn Generator>,
}

/// An encoder and what depends on it.
pub(crate) struct EncoderSide {
    pub(crate) spec: EncoderSpec,
    pub(crate) embedder: Arc<dyn Embedder>,
    pub(crate) index: Arc<dyn PassageIndex>,
    /// Where the index's files are.
    folder: PathBuf,
    /// The tokenizer takes a moment to load and only imports need it.
    splitter: OnceLock<Splitter>,
}

impl EncoderSide {
    pub(crate) fn open(inner: &Inner, spec: EncoderSpec) -> Result<Self> {
        let folder = inner.home.make_index(&spec.id)?;
        let index = open_or_rebuild(inner, &folder, &spec)?;
        let embedder = (inner.adapters.embedder)(spec.clone());
        Ok(Self { spec, embedder, index, folder, splitter: OnceLock::new() })
    }

    /// Whether the index's files are where they were: somebody may have deleted them meanwhile.
    pub(crate) fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// A question as the encoder sees it.
    pub(crate) fn embed_question(&self, text: &str) -> Result<Embedding> {
        let texts = [text.to_owned()];
        let found = self.embedder.embed(TextRole::Query, &texts, &CancelToken::new())?.pop();
        Ok(found.unwrap_or_default())
    }

    pub(crate) fn splitter(&self) -> Result<&Splitter> {
        if let Some(splitter) = self.splitter.get() {
            return Ok(splitter);
        }
        let tokenizer = self.spec.folder.join("tokenizer.json");
        let splitter = Splitter::from_file(&tokenizer, SplitConfig::default())?;
        Ok(self.splitter.get_or_init(|| splitter))
    }
}

/// A damaged index is thrown away: everything in it stands in the store, and reconciling puts it
/// back without reading or embedding anything.
fn open_or_rebuild(
    inner: &Inner,
    folder: &Path,
    spec: &EncoderSpec,
) -> Result<Arc<dyn PassageIndex>> {
    let open = &inner.adapters.index;
    match open(folder, spec) {
        Err(problem) if problem.code == ProblemCode::IndexDamaged => {
            tracing::warn!(%problem, "rebuilding the index");
            inner.home.remove_index(&spec.id)?;
            open(&inner.home.make_index(&spec.id)?, spec)
        }
        other => other,
    }
}
