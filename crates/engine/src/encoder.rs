//! The encoder in use, with the index and the splitter that belong to it.

use crate::mending::MendingIndex;
use crate::{Inner, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yinju_core::ports::{Embedding, TextRole};
use yinju_core::{
    CancelToken, DocumentReader, Embedder, EncoderSpec, Generator, ModelId, PassageIndex,
    PassageSplitter, Pooling, Reranker,
};

type MakeSplitter = dyn Fn(EncoderSpec) -> Arc<dyn PassageSplitter> + Send + Sync;
type MakeEmbedder = dyn Fn(EncoderSpec) -> Arc<dyn Embedder> + Send + Sync;
type OpenIndex = dyn Fn(&Path, &EncoderSpec) -> Result<Arc<dyn PassageIndex>> + Send + Sync;

/// What a shell puts behind the ports.
pub struct Adapters {
    /// Reads files.
    pub reader: Arc<dyn DocumentReader>,
    /// Makes what cuts pages by the tokens of an encoder; cheap likewise.
    pub splitter: Box<MakeSplitter>,
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
    /// Starts nothing until an import needs it.
    pub(crate) splitter: Arc<dyn PassageSplitter>,
}

impl EncoderSide {
    pub(crate) fn open(inner: &Inner, spec: EncoderSpec) -> Result<Self> {
        let index = Arc::new(MendingIndex::open(inner.source(spec.clone()))?);
        let embedder = (inner.adapters.embedder)(spec.clone());
        let splitter = (inner.adapters.splitter)(spec.clone());
        Ok(Self { spec, embedder, index, splitter })
    }

    /// Whether the index's files are where they were: somebody may have deleted them meanwhile.
    pub(crate) fn is_there(&self) -> bool {
        self.index.is_there()
    }

    /// A question as the encoder sees it.
    pub(crate) fn embed_question(&self, text: &str) -> Result<Embedding> {
        let texts = [text.to_owned()];
        let found = self.embedder.embed(TextRole::Query, &texts, &CancelToken::new())?.pop();
        Ok(found.unwrap_or_default())
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
