//! Causal attention with grouped queries (<https://arxiv.org/abs/2305.13245>): every key head serves
//! several query heads, and nothing is repeated in memory. [`processor`] computes it in blocks
//! whose scores stay in the cache; [`device`] composes it of candle's operations.

mod device;
mod processor;

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use crate::linear::{Linear, RmsNorm};
use crate::rope::Rope;
use crate::shape::ModelShape;
use candle_core::{Device, Result, Tensor};

/// The heads of one block.
#[derive(Clone, Copy)]
pub(crate) struct Heads {
    /// That ask.
    pub(crate) queries: usize,
    /// That store keys and values; each serves as many of the others.
    pub(crate) stored: usize,
    /// Numbers of one.
    pub(crate) width: usize,
    /// How many positions a token sees, its own included; all without.
    pub(crate) window: Option<usize>,
}

/// One block's attention with its cache.
pub(crate) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    /// Norms of single heads: qwen3 and gemma3 have them.
    query_norm: Option<RmsNorm>,
    key_norm: Option<RmsNorm>,
    heads: Heads,
    cache: Cache,
}

/// Keys and values of the tokens read so far.
enum Cache {
    Processor(processor::Cache),
    Device(device::Cache),
}

impl Attention {
    /// Reads the attention of the block that is called `block` in the file.
    pub(crate) fn load(
        file: &GgufFile,
        block: &str,
        shape: &ModelShape,
        window: Option<usize>,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let ModelShape { heads, kv_heads, head_width, width, norm_epsilon: epsilon, .. } = *shape;
        let (all, stored) = (heads * head_width, kv_heads * head_width);
        let name = |part: &str| format!("{block}.attn_{part}");
        let (q_norm, k_norm) = (name("q_norm"), name("k_norm"));
        let heads = Heads { queries: heads, stored: kv_heads, width: head_width, window };
        Ok(Self {
            query: Linear::load(file, &name("q"), (all, width), device)?,
            key: Linear::load(file, &name("k"), (stored, width), device)?,
            value: Linear::load(file, &name("v"), (stored, width), device)?,
            output: Linear::load(file, &name("output"), (width, all), device)?,
            query_norm: RmsNorm::load_if_there(file, &q_norm, head_width, epsilon, device)?,
            key_norm: RmsNorm::load_if_there(file, &k_norm, head_width, epsilon, device)?,
            heads,
            cache: if device.is_cpu() {
                Cache::Processor(processor::Cache::new(heads))
            } else {
                Cache::Device(device::Cache::new(heads, device)?)
            },
        })
    }

    /// Whether a row comes out the same whichever rows it is computed with.
    pub(crate) fn rows_stand_alone(&self) -> bool {
        let linears = [&self.query, &self.key, &self.value, &self.output];
        matches!(self.cache, Cache::Processor(_))
            && linears.into_iter().all(Linear::rows_stand_alone)
    }

    /// Makes room in the cache for `tokens` altogether, keeping the first `kept`.
    pub(crate) fn reserve(&mut self, tokens: usize, kept: usize) -> Result<()> {
        match &mut self.cache {
            Cache::Processor(cache) => {
                cache.reserve(tokens);
                Ok(())
            }
            Cache::Device(cache) => cache.reserve(tokens, kept),
        }
    }

    /// `[tokens, width]` → `[tokens, width]`, the first token standing at `start`.
    pub(crate) fn forward(&mut self, x: &Tensor, rope: &Rope, start: usize) -> Result<Tensor> {
        let [query, key, value] = Linear::forward_all([&self.query, &self.key, &self.value], x)?;
        let query = self.normed(query, self.query_norm.as_ref())?;
        let key = self.normed(key, self.key_norm.as_ref())?;
        let mixed = match &mut self.cache {
            Cache::Processor(cache) => {
                let mixed = cache.attend(
                    &mut numbers(&query)?,
                    &mut numbers(&key)?,
                    &numbers(&value)?,
                    rope,
                    start,
                );
                Tensor::from_vec(mixed, query.shape(), &Device::Cpu)?
            }
            Cache::Device(cache) => cache.attend(&query, &key, &value, rope, start)?,
        };
        self.output.forward(&mixed)
    }

    /// `[tokens, heads × head_width]`, each head normed where there is a norm.
    fn normed(&self, x: Tensor, norm: Option<&RmsNorm>) -> Result<Tensor> {
        match norm {
            Some(norm) => {
                let heads = x.reshape(((), self.heads.width))?;
                norm.forward(&heads)?.reshape(x.shape())
            }
            None => Ok(x),
        }
    }
}

fn numbers(x: &Tensor) -> Result<Vec<f32>> {
    x.flatten_all()?.to_vec1()
}
