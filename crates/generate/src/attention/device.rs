//! Attention of candle's operations, for devices other than the processor: keys and values in memory
//! that is set aside once and written in place, scores of a whole chunk at a time. Which tokens
//! are in the cache is the decoder's to know.

use super::Heads;
use crate::rope::Rope;
use candle_core::{D, DType, Device, Result, Tensor};

/// Room is set aside in steps of this many tokens.
const STEP: usize = 256;

/// One block's keys and values, each `[kv_heads, room, head_width]`.
pub(super) struct Cache {
    heads: Heads,
    keys: Tensor,
    values: Tensor,
}

impl Cache {
    /// A cache with little room.
    pub(super) fn new(heads: Heads, device: &Device) -> Result<Self> {
        let zeros = || Tensor::zeros((heads.stored, STEP, heads.width), DType::F32, device);
        Ok(Self { heads, keys: zeros()?, values: zeros()? })
    }

    /// Makes room for `tokens` altogether, keeping the first `kept`.
    pub(super) fn reserve(&mut self, tokens: usize, kept: usize) -> Result<()> {
        if tokens > self.keys.dim(1)? {
            self.keys = widened(&self.keys, tokens, kept)?;
            self.values = widened(&self.values, tokens, kept)?;
        }
        Ok(())
    }

    /// Queries `[tokens, heads × head_width]`, keys and values `[tokens, kv_heads × head_width]` →
    /// `[tokens, heads × head_width]`, the first token standing at `start`.
    pub(super) fn attend(
        &mut self,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
        rope: &Rope,
        start: usize,
    ) -> Result<Tensor> {
        let Heads { queries, stored, width, window } = self.heads;
        let tokens = query.dim(0)?;
        let query = rope.apply(&split(query, queries, width)?, start)?;
        let key = rope.apply(&split(key, stored, width)?, start)?.squeeze(0)?;
        self.keys.slice_set(&key, 1, start)?;
        self.values.slice_set(&split(value, stored, width)?.squeeze(0)?, 1, start)?;
        // What no token of this chunk can see is not even looked at.
        let first = window.map_or(0, |window| (start + 1).saturating_sub(window));
        let keys = self.keys.narrow(1, first, start + tokens - first)?;
        let values = self.values.narrow(1, first, start + tokens - first)?;
        let query = query.reshape((stored, queries / stored * tokens, width))?;
        let scores = query.matmul(&keys.transpose(1, 2)?)?;
        let weights = causal_softmax(&scores, tokens, window, 1.0 / (width as f64).sqrt())?;
        weights
            .matmul(&values)?
            .reshape((queries, tokens, width))?
            .transpose(0, 1)?
            .reshape((tokens, queries * width))
    }
}

/// `[tokens, heads × head_width]` → `[1, heads, tokens, head_width]`.
fn split(x: &Tensor, heads: usize, width: usize) -> Result<Tensor> {
    x.reshape((1, x.dim(0)?, heads, width))?.transpose(1, 2)?.contiguous()
}

fn causal_softmax(
    scores: &Tensor,
    tokens: usize,
    window: Option<usize>,
    scale: f64,
) -> Result<Tensor> {
    let (kv_heads, rows, seen) = scores.dims3()?;
    let scores = (scores * scale)?.reshape((kv_heads, rows / tokens, tokens, seen))?;
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

fn widened(old: &Tensor, tokens: usize, kept: usize) -> Result<Tensor> {
    let (heads, _, width) = old.dims3()?;
    let room = tokens.next_multiple_of(STEP);
    let new = Tensor::zeros((heads, room, width), old.dtype(), old.device())?;
    if kept > 0 {
        new.slice_set(&old.narrow(1, 0, kept)?.contiguous()?, 1, 0)?;
    }
    Ok(new)
}
