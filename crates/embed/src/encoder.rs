//! An encoder that is loaded and can be asked: files in, vectors out, on its own threads.

use crate::config::EncoderConfig;
use crate::crew::Crew;
use crate::error::EmbedError;
use crate::tokens::TokenReader;
use crate::transformer::{Sequence, Transformer};
use yinju_core::ports::{Embedding, TextRole, TokenVectors};
use yinju_core::{CancelToken, Embedder, EncoderSpec, Problem};
use yinju_kernels::rowwise;

/// An encoder of the BERT family on the CPU. Memory: the layers'
/// weights as `f32` (85 MB for multilingual-e5-small), the tokenizer, some 20 MB a thread while
/// it works; word embeddings stay in the mapped file.
pub struct BertEncoder {
    spec: EncoderSpec,
    tokens: TokenReader,
    crew: Crew,
}

impl BertEncoder {
    /// Loads the encoder from `spec.folder` and starts `threads` threads for it (at least one).
    /// `spec.max_tokens` is lowered to what the position embeddings allow.
    ///
    /// # Errors
    /// A missing, unreadable or damaged file; an architecture there is no code for; weights whose
    /// width is not `spec.dimensions`.
    pub fn load(spec: &EncoderSpec, threads: usize) -> Result<Self, EmbedError> {
        let config = EncoderConfig::read(&spec.folder.join("config.json"))?;
        check_width(spec, &config)?;
        let max_tokens = config.usable_tokens(spec.max_tokens)?;
        let tokens = TokenReader::read(&spec.folder.join("tokenizer.json"), spec, max_tokens)?;
        let transformer = Transformer::read(&spec.folder.join("model.safetensors"), config)?;
        let crew = Crew::new(transformer, threads)?;
        tracing::info!(model = %spec.id, threads, max_tokens, "encoder loaded");
        Ok(Self { spec: EncoderSpec { max_tokens, ..spec.clone() }, tokens, crew })
    }

    /// The encoder's settings, with the limit that holds.
    pub fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    /// One embedding a text, in order. Longer texts are cut at the encoder's limit, special tokens
    /// kept; a text without any token gets zeros. `cancel` is looked at between batches of about
    /// a thousand tokens.
    ///
    /// # Errors
    /// [`EmbedError::Cancelled`]; a tokenizer that refuses a text or does not fit the weights.
    pub fn embed(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, EmbedError> {
        let ids = self.crew.each(texts, cancel, |text| self.tokens.ids(role, text))?;
        let sequences: Vec<_> = ids.iter().map(|ids| Sequence::of_one(ids)).collect();
        self.crew.encode(&sequences, cancel, |text, rows| {
            let tokens = self.token_vectors(role, &ids[text], rows)?;
            Ok(Embedding { vector: self.vector(rows), tokens })
        })
    }

    fn vector(&self, rows: &[f32]) -> Vec<f32> {
        if rows.is_empty() {
            return vec![0.0; self.spec.dimensions];
        }
        let mut vector = self.crew.transformer().pool(rows, self.spec.pooling);
        if self.spec.normalize {
            rowwise::normalize(&mut vector);
        }
        vector
    }

    fn token_vectors(
        &self,
        role: TextRole,
        ids: &[u32],
        rows: &[f32],
    ) -> Result<TokenVectors, EmbedError> {
        if !self.spec.late_interaction {
            return Ok(TokenVectors::default());
        }
        let width = self.spec.dimensions;
        let words = self.tokens.words(role, ids)?;
        let kept: Vec<f32> = words
            .iter()
            .flat_map(|word| &rows[word * width..(word + 1) * width])
            .copied()
            .collect();
        Ok(match role {
            TextRole::Query => yinju_rank::exact(&kept, width),
            TextRole::Passage => yinju_rank::packed(&kept, width),
        })
    }
}

impl Embedder for BertEncoder {
    fn spec(&self) -> &EncoderSpec {
        self.spec()
    }

    fn embed(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, Problem> {
        Ok(self.embed(role, texts, cancel)?)
    }
}

fn check_width(spec: &EncoderSpec, config: &EncoderConfig) -> Result<(), EmbedError> {
    if config.hidden == spec.dimensions {
        return Ok(());
    }
    let (found, wanted) = (config.hidden, spec.dimensions);
    Err(EmbedError::Tensor(format!("vectors have {found} dimensions, not {wanted}")))
}
