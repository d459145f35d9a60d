//! The decoder: tokens in, scores for the next token out. One core for llama, qwen2, qwen3 and
//! gemma3, which differ in biases, norms, the style of their positions, the activation of their
//! feed-forward network, and how far their blocks look back.
//!
//! It knows which tokens its cache holds and nothing of text.

use crate::attention::Attention;
use crate::error::GenerateError;
use crate::gate::Gated;
use crate::gguf::GgufFile;
use crate::linear::{Embedding, Linear, RmsNorm};
use crate::placement::Placement;
use crate::rope::Rope;
use crate::shape::ModelShape;
use candle_core::{Device, Result, Tensor};
use yinju_kernels::rowwise::Activation;

/// Tokens of a prompt that are computed at once. Larger chunks use the weights better, smaller
/// ones stop sooner when cancelled and need less memory for scores.
pub(crate) const PREFILL_CHUNK: usize = 256;

/// A loaded model and what it has read.
pub(crate) struct Decoder {
    embedding: Embedding,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Linear,
    embedding_scale: f64,
    rope: Rope,
    /// For blocks that look back over a window only.
    window_rope: Option<Rope>,
    placement: Placement,
    seen: Vec<u32>,
}

impl Decoder {
    /// Reads all weights. The table of embeddings stays with the processor, which turns single rows
    /// of it into floats.
    pub(crate) fn load(
        file: &GgufFile,
        shape: &ModelShape,
        placement: &Placement,
    ) -> std::result::Result<Self, GenerateError> {
        let matrix = (shape.vocabulary, shape.width);
        let embedding = Embedding::load(file, "token_embd.weight", matrix)?;
        let device = placement.of_head();
        let own = file.has("output.weight");
        let head = if own { "output.weight" } else { "token_embd.weight" };
        let head = Linear::load_weight(file, head, matrix, device)?;
        let blocks = (0..shape.blocks)
            .map(|index| Block::load(file, index, shape, placement.of_block(index)))
            .collect::<std::result::Result<_, _>>()?;
        Ok(Self {
            embedding,
            blocks,
            norm: RmsNorm::load(file, "output_norm", shape.width, shape.norm_epsilon, device)?,
            head,
            embedding_scale: if shape.scales_embedding { (shape.width as f64).sqrt() } else { 1.0 },
            rope: Rope::load(file, shape, device)?,
            window_rope: match shape.window {
                Some(window) => Some(Rope::of_window(shape, window, device)?),
                None => None,
            },
            placement: placement.clone(),
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

    /// Reads one or more tokens and scores the next one after each of them.
    pub(crate) fn score_each(&mut self, tokens: &[u32]) -> Result<Scores> {
        let hidden = self.hidden(tokens)?;
        Ok(Scores(self.head.forward(&self.norm.forward(&hidden)?)?))
    }

    /// Whether a token's scores are the same, to the bit, whichever tokens are read with it.
    pub(crate) fn rows_stand_alone(&self) -> bool {
        self.head.rows_stand_alone() && self.blocks.iter().all(Block::rows_stand_alone)
    }

    /// `[tokens, width]` after the last block.
    fn hidden(&mut self, tokens: &[u32]) -> Result<Tensor> {
        let start = self.seen.len();
        let mut x = self.embedding.rows(tokens)?;
        if self.embedding_scale > 1.0 {
            x = (x * self.embedding_scale)?;
        }
        for (index, block) in self.blocks.iter_mut().enumerate() {
            x = x.to_device(self.placement.of_block(index))?;
            let window = self.window_rope.as_ref().filter(|_| block.in_window);
            x = block.forward(&x, window.unwrap_or(&self.rope), start)?;
        }
        self.seen.extend_from_slice(tokens);
        Ok(x)
    }
}

/// Scores of the whole vocabulary after each of some tokens.
pub(crate) struct Scores(Tensor);

impl Scores {
    /// Those after one of the tokens. Only what is asked for is copied.
    pub(crate) fn after(&self, token: usize) -> Result<Vec<f32>> {
        self.0.get(token)?.to_vec1()
    }
}

/// Attention and feed-forward network, each behind a norm and added to what came in; gemma3 has a
/// norm after each as well.
struct Block {
    in_window: bool,
    attention_norm: RmsNorm,
    attention: Attention,
    attention_post_norm: Option<RmsNorm>,
    feed_norm: RmsNorm,
    feed_post_norm: Option<RmsNorm>,
    activation: Activation,
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl Block {
    fn load(
        file: &GgufFile,
        index: usize,
        shape: &ModelShape,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let block = format!("blk.{index}");
        let ModelShape { width, feed_forward: inner, norm_epsilon: epsilon, .. } = *shape;
        let name = |part: &str| format!("{block}.{part}");
        let window = shape.window.filter(|window| window.holds_for(index));
        let (after_attention, after_feed) = (name("post_attention_norm"), name("post_ffw_norm"));
        Ok(Self {
            in_window: window.is_some(),
            attention_norm: RmsNorm::load(file, &name("attn_norm"), width, epsilon, device)?,
            attention: Attention::load(file, &block, shape, window.map(|w| w.tokens), device)?,
            attention_post_norm: RmsNorm::load_if_there(
                file,
                &after_attention,
                width,
                epsilon,
                device,
            )?,
            feed_norm: RmsNorm::load(file, &name("ffn_norm"), width, epsilon, device)?,
            feed_post_norm: RmsNorm::load_if_there(file, &after_feed, width, epsilon, device)?,
            activation: shape.activation,
            gate: Linear::load(file, &name("ffn_gate"), (inner, width), device)?,
            up: Linear::load(file, &name("ffn_up"), (inner, width), device)?,
            down: Linear::load(file, &name("ffn_down"), (width, inner), device)?,
        })
    }

    fn rows_stand_alone(&self) -> bool {
        let linears = [&self.gate, &self.up, &self.down];
        self.attention.rows_stand_alone() && linears.into_iter().all(Linear::rows_stand_alone)
    }

    fn forward(&mut self, x: &Tensor, rope: &Rope, start: usize) -> Result<Tensor> {
        let attended = self.attention.forward(&self.attention_norm.forward(x)?, rope, start)?;
        let x = (normed(self.attention_post_norm.as_ref(), attended)? + x)?;
        let fed = self.feed(&self.feed_norm.forward(&x)?)?;
        normed(self.feed_post_norm.as_ref(), fed)? + x
    }

    fn feed(&self, x: &Tensor) -> Result<Tensor> {
        let [gate, up] = Linear::forward_all([&self.gate, &self.up], x)?;
        if gate.device().is_cpu() {
            gate.inplace_op2(&up, &Gated(self.activation))?;
            return self.down.forward(&gate);
        }
        let bent = match self.activation {
            Activation::GeluTanh => gate.gelu()?,
            _ => gate.silu()?,
        };
        self.down.forward(&(bent * up)?)
    }
}

fn normed(norm: Option<&RmsNorm>, x: Tensor) -> Result<Tensor> {
    match norm {
        Some(norm) => norm.forward(&x),
        None => Ok(x),
    }
}
