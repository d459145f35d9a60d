//! Keys and values of the tokens read so far, in memory that is set aside once and written in
//! place. Which tokens those are is the decoder's to know.

use candle_core::{DType, Device, Result, Tensor};

/// Room is set aside in steps of this many tokens.
const STEP: usize = 256;

/// One block's keys and values, each `[kv_heads, room, head_width]`.
pub(crate) struct KeyValues {
    keys: Tensor,
    values: Tensor,
}

impl KeyValues {
    /// A cache without room.
    pub(crate) fn new(kv_heads: usize, head_width: usize, device: &Device) -> Result<Self> {
        let zeros = || Tensor::zeros((kv_heads, STEP, head_width), DType::F32, device);
        Ok(Self { keys: zeros()?, values: zeros()? })
    }

    /// Makes room for `tokens` altogether, keeping the first `kept`.
    pub(crate) fn reserve(&mut self, tokens: usize, kept: usize) -> Result<()> {
        if tokens > self.keys.dim(1)? {
            self.keys = widened(&self.keys, tokens, kept)?;
            self.values = widened(&self.values, tokens, kept)?;
        }
        Ok(())
    }

    /// Writes `[kv_heads, tokens, head_width]` from position `start` on, over whatever stood
    /// there, and returns views of everything up to the last of them.
    pub(crate) fn write(
        &mut self,
        keys: &Tensor,
        values: &Tensor,
        start: usize,
    ) -> Result<(Tensor, Tensor)> {
        self.keys.slice_set(keys, 1, start)?;
        self.values.slice_set(values, 1, start)?;
        let seen = start + keys.dim(1)?;
        Ok((self.keys.narrow(1, 0, seen)?, self.values.narrow(1, 0, seen)?))
    }
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
