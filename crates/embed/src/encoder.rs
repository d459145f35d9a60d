//! An encoder that is loaded and can be asked: files in, vectors out, on its own threads.

use crate::config::EncoderConfig;
use crate::error::EmbedError;
use crate::plan;
use crate::tokens::TokenReader;
use crate::transformer::{Scratch, Transformer};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};
use yinju_core::ports::{Embedding, TextRole, TokenVectors};
use yinju_core::{CancelToken, Embedder, EncoderSpec, Problem};
use yinju_kernels::rowwise;

/// Fewer tokens than this leave no room for a text beside prefix and special tokens.
const FEWEST_TOKENS: usize = 8;

/// An encoder of the BERT family on the CPU, its files read through candle. Memory: the layers'
/// weights as `f32` (85 MB for multilingual-e5-small), the tokenizer, some 20 MB a thread while
/// it works; word embeddings stay in the mapped file.
pub struct CandleEncoder {
    spec: EncoderSpec,
    tokens: TokenReader,
    transformer: Transformer,
    pool: rayon::ThreadPool,
    scratch: Mutex<Vec<Scratch>>,
}

impl CandleEncoder {
    /// Loads the encoder from `spec.folder` and starts `threads` threads for it (at least one).
    /// `spec.max_tokens` is lowered to what the position embeddings allow.
    ///
    /// # Errors
    /// A missing, unreadable or damaged file; an architecture there is no code for; weights whose
    /// width is not `spec.dimensions`.
    pub fn load(spec: &EncoderSpec, threads: usize) -> Result<Self, EmbedError> {
        let config = EncoderConfig::read(&spec.folder.join("config.json"))?;
        check_width(spec, &config)?;
        let max_tokens = spec.max_tokens.min(config.longest_sequence());
        if max_tokens < FEWEST_TOKENS {
            return Err(EmbedError::Unsupported(format!("at most {max_tokens} tokens a text")));
        }
        let tokens = TokenReader::read(&spec.folder.join("tokenizer.json"), spec, max_tokens)?;
        let transformer = Transformer::read(&spec.folder.join("model.safetensors"), config)?;
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|n| format!("embed-{n}"))
            .build()
            .map_err(EmbedError::Threads)?;
        tracing::info!(model = %spec.id, threads, max_tokens, "encoder loaded");
        let spec = EncoderSpec { max_tokens, ..spec.clone() };
        Ok(Self { spec, tokens, transformer, pool, scratch: Mutex::default() })
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
        self.pool.install(|| {
            let ids = self.tokenize(role, texts, cancel)?;
            let lengths: Vec<usize> = ids.iter().map(Vec::len).collect();
            let batches = plan::batches(&lengths, self.pool.current_num_threads());
            let encoded = batches.par_iter().with_max_len(1).map(|batch| {
                let batch_ids: Vec<&[u32]> = batch.iter().map(|i| ids[*i].as_slice()).collect();
                self.encode_batch(role, &batch_ids, cancel)
            });
            let encoded: Vec<Vec<Embedding>> = encoded.collect::<Result<_, _>>()?;
            Ok(in_order(texts.len(), batches, encoded))
        })
    }

    fn tokenize(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Vec<u32>>, EmbedError> {
        let ids = texts.par_iter().map(|text| {
            stop_if(cancel)?;
            self.tokens.ids(role, text)
        });
        ids.collect()
    }

    fn encode_batch(
        &self,
        role: TextRole,
        ids: &[&[u32]],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, EmbedError> {
        stop_if(cancel)?;
        let mut scratch = self.take_scratch();
        let some: Vec<&[u32]> = ids.iter().copied().filter(|ids| !ids.is_empty()).collect();
        let mut rest = self.transformer.encode(&some, &mut scratch)?;
        let embeddings = ids.iter().map(|ids| {
            let (rows, after) = rest.split_at(ids.len() * self.spec.dimensions);
            rest = after;
            let vector = self.vector(rows);
            Ok(Embedding { vector, tokens: self.token_vectors(role, ids, rows)? })
        });
        let embeddings = embeddings.collect();
        self.put_back(scratch);
        embeddings
    }

    fn vector(&self, rows: &[f32]) -> Vec<f32> {
        if rows.is_empty() {
            return vec![0.0; self.spec.dimensions];
        }
        let mut vector = self.transformer.pool(rows, self.spec.pooling);
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

    fn take_scratch(&self) -> Scratch {
        let kept = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| self.transformer.scratch())
    }

    fn put_back(&self, scratch: Scratch) {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}

impl Embedder for CandleEncoder {
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

fn stop_if(cancel: &CancelToken) -> Result<(), EmbedError> {
    if cancel.is_cancelled() { Err(EmbedError::Cancelled) } else { Ok(()) }
}

fn in_order(
    count: usize,
    batches: Vec<Vec<usize>>,
    encoded: Vec<Vec<Embedding>>,
) -> Vec<Embedding> {
    let mut embeddings = vec![Embedding::default(); count];
    for (text, embedding) in batches.into_iter().flatten().zip(encoded.into_iter().flatten()) {
        embeddings[text] = embedding;
    }
    embeddings
}
