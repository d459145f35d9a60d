//! Causal attention with grouped queries: every key head is multiplied once with all the query
//! heads it serves (<https://arxiv.org/abs/2305.13245>), so nothing is repeated in memory.

use crate::cache::KeyValues;
use crate::error::GenerateError;
use crate::gguf::GgufFile;
use crate::kernels::CausalSoftmax;
use crate::linear::{Linear, RmsNorm};
use crate::rope::Rope;
use crate::shape::ModelShape;
use candle_core::{D, Device, Result, Tensor};

/// One block's attention with its cache.
pub(crate) struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    /// Norms of single heads: qwen3 and gemma3 have them.
    query_norm: Option<RmsNorm>,
    key_norm: Option<RmsNorm>,
    heads: usize,
    kv_heads: usize,
    head_width: usize,
    /// How many positions a token sees; all without.
    window: Option<usize>,
    cache: KeyValues,
}

impl Attention {
    /// Reads the attention of the block that is called `block` in the file.
    pub(crate) fn load(
        file: &mut GgufFile,
        block: &str,
        shape: &ModelShape,
        window: Option<usize>,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let ModelShape { heads, kv_heads, head_width, width, norm_epsilon: epsilon, .. } = *shape;
        let (all, stored) = (heads * head_width, kv_heads * head_width);
        let name = |part: &str| format!("{block}.attn_{part}");
        let (q_norm, k_norm) = (name("q_norm"), name("k_norm"));
        Ok(Self {
            query: Linear::load(file, &name("q"), (all, width), device)?,
            key: Linear::load(file, &name("k"), (stored, width), device)?,
            value: Linear::load(file, &name("v"), (stored, width), device)?,
            output: Linear::load(file, &name("output"), (width, all), device)?,
            query_norm: RmsNorm::load_if_there(file, &q_norm, head_width, epsilon, device)?,
            key_norm: RmsNorm::load_if_there(file, &k_norm, head_width, epsilon, device)?,
            heads,
            kv_heads,
            head_width,
            window,
            cache: KeyValues::new(kv_heads, head_width, device)?,
        })
    }

    /// Makes room in the cache; see [`KeyValues::reserve`].
    pub(crate) fn reserve(&mut self, tokens: usize, kept: usize) -> Result<()> {
        self.cache.reserve(tokens, kept)
    }

    /// `[tokens, width]` → `[tokens, width]`, the first token standing at `start`.
    pub(crate) fn forward(&mut self, x: &Tensor, rope: &Rope, start: usize) -> Result<Tensor> {
        let tokens = x.dim(0)?;
        let query = self.split(&self.query.forward(x)?, self.heads, self.query_norm.as_ref())?;
        let key = self.split(&self.key.forward(x)?, self.kv_heads, self.key_norm.as_ref())?;
        let value = self.split(&self.value.forward(x)?, self.kv_heads, None)?;
        let query = rope.apply(&query, start)?;
        let key = rope.apply(&key, start)?.squeeze(0)?;
        let (keys, values) = self.cache.write(&key, &value.squeeze(0)?, start)?;
        // What no token of this chunk can see is not even looked at.
        let first = self.window.map_or(0, |window| (start + 1).saturating_sub(window));
        let keys = keys.narrow(1, first, start + tokens - first)?;
        let values = values.narrow(1, first, start + tokens - first)?;
        let mixed = self.attend(&query, &keys, &values, tokens)?;
        self.output.forward(&mixed)
    }

    /// `[tokens, heads × head_width]` → `[1, heads, tokens, head_width]`.
    fn split(&self, x: &Tensor, heads: usize, norm: Option<&RmsNorm>) -> Result<Tensor> {
        let x = x.reshape((1, x.dim(0)?, heads, self.head_width))?;
        let x = match norm {
            Some(norm) => norm.forward(&x)?,
            None => x,
        };
        x.transpose(1, 2)?.contiguous()
    }

    /// Queries `[1, heads, tokens, head_width]` over `[kv_heads, seen, head_width]` each of keys
    /// and values → `[tokens, heads × head_width]`.
    fn attend(&self, q: &Tensor, keys: &Tensor, values: &Tensor, tokens: usize) -> Result<Tensor> {
        let rows = self.heads / self.kv_heads * tokens;
        let q = q.reshape((self.kv_heads, rows, self.head_width))?;
        let scores = q.matmul(&keys.transpose(1, 2)?)?;
        let scale = 1.0 / (self.head_width as f32).sqrt();
        let weights = causal_softmax(scores, tokens, self.window, scale)?;
        weights
            .matmul(values)?
            .reshape((self.heads, tokens, self.head_width))?
            .transpose(0, 1)?
            .reshape((tokens, self.heads * self.head_width))
    }
}

fn causal_softmax(
    scores: Tensor,
    tokens: usize,
    window: Option<usize>,
    scale: f32,
) -> Result<Tensor> {
    if scores.device().is_cpu() {
        scores.inplace_op1(&CausalSoftmax { tokens, window, scale })?;
        return Ok(scores);
    }
    let (kv_heads, rows, seen) = scores.dims3()?;
    let scores = (scores * f64::from(scale))?;
    let scores = scores.reshape((kv_heads, rows / tokens, tokens, seen))?;
    let masked = scores.broadcast_add(&mask(tokens, seen, window, scores.device())?)?;
    candle_nn::ops::softmax(&masked, D::Minus1)?.reshape((kv_heads, rows, seen))
}

/// `[tokens, seen]`: 0 where a token may look, −∞ where it may not.
fn mask(tokens: usize, seen: usize, window: Option<usize>, device: &Device) -> Result<Tensor> {
    let before = seen - tokens;
    let hidden = |row: usize, column: usize| {
        let own = before + row;
        column > own || window.is_some_and(|window| column + window <= own)
    };
    let mask: Vec<f32> = (0..tokens)
        .flat_map(|row| {
            (0..seen).map(move |column| if hidden(row, column) { f32::NEG_INFINITY } else { 0.0 })
        })
        .collect();
    Tensor::from_vec(mask, (tokens, seen), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_softmaxes_agree() {
        for window in [None, Some(3)] {
            let scores = Tensor::randn(0f32, 2.0, (2, 8, 11), &Device::Cpu).unwrap();
            let composed = {
                let scaled = (&scores * 0.25).unwrap().reshape((2, 2, 4, 11)).unwrap();
                let mask = mask(4, 11, window, &Device::Cpu).unwrap();
                let masked = scaled.broadcast_add(&mask).unwrap();
                candle_nn::ops::softmax(&masked, D::Minus1).unwrap().reshape((2, 8, 11)).unwrap()
            };
            let fused = causal_softmax(scores, 4, window, 0.25).unwrap();
            let difference = (fused - composed).unwrap().abs().unwrap().flatten_all().unwrap();
            assert!(difference.max(0).unwrap().to_scalar::<f32>().unwrap() < 1e-6);
        }
    }
}
