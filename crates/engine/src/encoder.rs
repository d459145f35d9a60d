//! The encoder in use, with the index and the splitter that belong to it.

use crate::mending::MendingIndex;
use crate::{Inner, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use yinju_core::ports::{Embedding, TextRole};
use yinju_core::{
    CancelToken, DocumentReader, Embedder, EncoderSpec, Generator, ModelId, PassageIndex, Pooling,
    Reranker,
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
    pub(crate) index: Arc<MendingIndex>,
    /// Whether the index has files at all.
    has_files: bool,
    /// The tokenizer takes a moment to load and only imports need it.
    splitter: OnceLock<Splitter>,
}

impl EncoderSide {
    pub(crate) fn open(inner: &Inner, spec: EncoderSpec) -> Result<Self> {
        let index = Arc::new(MendingIndex::open(inner.source(spec.clone()))?);
        let embedder = (inner.adapters.embedder)(spec.clone());
        let has_files = index.is_there();
        Ok(Self { spec, embedder, index, has_files, splitter: OnceLock::new() })
    }

    /// Whether the index's files are where they were: somebody may have deleted them meanwhile.
    pub(crate) fn is_there(&self) -> bool {
        !self.has_files || self.index.is_there()
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

/// Enough of an encoder to open its index where its model is not there. Nothing is embedded with it.
pub(crate) fn stand_in(id: &ModelId, dimensions: usize) -> EncoderSpec {
    EncoderSpec {
        id: id.clone(),
        folder: PathBuf::new(),
        dimensions,
        max_tokens: 0,
        pooling: Pooling::Mean,
        normalize: true,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        late_interaction: false,
    }
}
