//! The decoder: tokens in, scores for the next token out. One core for llama, qwen2 and qwen3,
//! which differ in biases, norms of heads and the style of their positions.
//!
//! It knows which tokens its cache holds and nothing of text.

use crate::attention::Attention;
use crate::error::GenerateError;
use crate::fitting;
use crate::gguf::GgufFile;
use crate::kernels::SwiGlu;
use crate::linear::{Linear, RmsNorm};
use crate::rope::Rope;
use crate::shape::ModelShape;
use candle_core::quantized::QMatMul;
use candle_core::{Device, Result, Tensor};

/// Tokens of a prompt that are computed at once. Larger chunks use the weights better, smaller
/// ones stop sooner when cancelled and need less memory for scores.
pub(crate) const PREFILL_CHUNK: usize = 256;

/// A loaded model and what it has read.
pub(crate) struct Decoder {
    embedding: QMatMul,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Linear,
    rope: Rope,
    device: Device,
    seen: Vec<u32>,
}

impl Decoder {
    /// Reads all weights.
    pub(crate) fn load(
        file: &mut GgufFile,
        shape: &ModelShape,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let matrix = [shape.vocabulary, shape.width];
        let table = file.tensor("token_embd.weight", &matrix, device)?;
        let shared = !file.has("output.weight") && !fitting::is_slow(table.dtype());
        let embedding = QMatMul::from_qtensor(table)?;
        let head = if shared {
            Linear::shared(embedding.clone())
        } else {
            let own = file.has("output.weight");
            let name = if own { "output.weight" } else { "token_embd.weight" };
            Linear::for_single_tokens(file.tensor(name, &matrix, device)?)?
        };
        let blocks = (0..shape.blocks)
            .map(|index| Block::load(file, index, shape, device))
            .collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            embedding,
            blocks,
            norm: RmsNorm::load(file, "output_norm", shape.width, shape.norm_epsilon, device)?,
            head,
            rope: Rope::load(file, shape, device)?,
            device: device.clone(),
            seen: Vec::new(),
        })
    }

    /// The tokens whose keys and values are in the cache.
    pub(crate) fn seen(&self) -> &[u32] {
        &self.seen
    }

    /// Forgets all but the first `tokens`.
    pub(crate) fn keep(&mut self, tokens: usize) {
        self.seen.truncate(tokens);
    }

    /// Makes room for `tokens` altogether, which are at most the context.
    pub(crate) fn reserve(&mut self, tokens: usize) -> Result<()> {
        let kept = self.seen.len();
        self.blocks.iter_mut().try_for_each(|block| block.attention.reserve(tokens, kept))
    }

    /// Reads one or more tokens after those seen.
    pub(crate) fn read(&mut self, tokens: &[u32]) -> Result<()> {
        self.hidden(tokens).map(drop)
    }

    /// Reads one or more tokens and scores every token of the vocabulary as the next one.
    pub(crate) fn score(&mut self, tokens: &[u32]) -> Result<Vec<f32>> {
        let hidden = self.hidden(tokens)?;
        let last = hidden.narrow(0, tokens.len() - 1, 1)?.contiguous()?;
        self.head.forward(&self.norm.forward(&last)?)?.squeeze(0)?.to_vec1()
    }

    /// `[tokens, width]` after the last block.
    fn hidden(&mut self, tokens: &[u32]) -> Result<Tensor> {
        let start = self.seen.len();
        let mut x = self.embedding.embedding(&Tensor::new(tokens, &self.device)?)?;
        for block in &mut self.blocks {
            x = block.forward(&x, &self.rope, start)?;
        }
        self.seen.extend_from_slice(tokens);
        Ok(x)
    }
}

/// Attention and feed-forward network, each behind a norm and added to what came in.
struct Block {
    attention_norm: RmsNorm,
    attention: Attention,
    feed_norm: RmsNorm,
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl Block {
    fn load(
        file: &mut GgufFile,
        index: usize,
        shape: &ModelShape,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let block = format!("blk.{index}");
        let ModelShape { width, feed_forward: inner, norm_epsilon: epsilon, .. } = *shape;
        let name = |part: &str| format!("{block}.{part}");
        Ok(Self {
            attention_norm: RmsNorm::load(file, &name("attn_norm"), width, epsilon, device)?,
            attention: Attention::load(file, &block, shape, device)?,
            feed_norm: RmsNorm::load(file, &name("ffn_norm"), width, epsilon, device)?,
            gate: Linear::load(file, &name("ffn_gate"), (inner, width), device)?,
            up: Linear::load(file, &name("ffn_up"), (inner, width), device)?,
            down: Linear::load(file, &name("ffn_down"), (width, inner), device)?,
        })
    }

    fn forward(&mut self, x: &Tensor, rope: &Rope, start: usize) -> Result<Tensor> {
        let x = (self.attention.forward(&self.attention_norm.forward(x)?, rope, start)? + x)?;
        let fed = self.feed(&self.feed_norm.forward(&x)?)?;
        fed + x
    }

    fn feed(&self, x: &Tensor) -> Result<Tensor> {
        let gate = self.gate.forward(x)?;
        let up = self.up.forward(x)?;
        if gate.device().is_cpu() {
            gate.inplace_op2(&up, &SwiGlu)?;
            return self.down.forward(&gate);
        }
        self.down.forward(&(gate.silu()? * up)?)
    }
}
