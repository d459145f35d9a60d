//! The element-wise loops that candle's composed operations are slow at, in place and on every
//! vector width the processor has. CPU only; on other devices the callers compose the same from
//! candle's operations.

#![allow(
    clippy::inline_always,
    reason = "the loops become code for a vector width only inside the function that allows it"
)]

use crate::shape::Activation;
use crate::threads::in_pieces;
use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Result};
use pulp::{Arch, Simd, WithSimd};

/// Numbers reduced side by side, so that the compiler may use one vector register for them.
const LANES: usize = 16;

/// Numbers that one task of [`Gated`] works on.
const GATED_TASK: usize = 8192;

/// Softmax over the visible part of each row of `[kv_heads, group × tokens, seen]` scores, and 0
/// over the rest. Row `r` of a head belongs to token `r % tokens`, which sees every position up to
/// its own, `seen − tokens + r % tokens`, or the last `window` of these.
pub(crate) struct CausalSoftmax {
    /// Tokens of the chunk.
    pub(crate) tokens: usize,
    /// How many positions a token sees, its own included; all without.
    pub(crate) window: Option<usize>,
    /// What scores are multiplied by before.
    pub(crate) scale: f32,
}

impl InplaceOp1 for CausalSoftmax {
    fn name(&self) -> &'static str {
        "causal-softmax"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let seen = layout.dims().last().copied().unwrap_or(0);
        let scores = contiguous_mut(storage, layout)?;
        let arch = Arch::new();
        in_pieces(scores, seen, |row, scores| {
            let end = seen - self.tokens + row % self.tokens + 1;
            let start = self.window.map_or(0, |window| end.saturating_sub(window));
            scores[..start].fill(0.0);
            scores[end..].fill(0.0);
            arch.dispatch(SoftmaxRow { row: &mut scores[start..end], scale: self.scale });
        });
        Ok(())
    }
}

/// `gate ← activation(gate) × up`.
pub(crate) struct Gated(pub(crate) Activation);

impl InplaceOp2 for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    fn cpu_fwd(
        &self,
        gate: &mut CpuStorage,
        gate_layout: &Layout,
        up: &CpuStorage,
        up_layout: &Layout,
    ) -> Result<()> {
        let gate = contiguous_mut(gate, gate_layout)?;
        let up = match up_layout.contiguous_offsets() {
            Some((start, end)) => &up.as_slice::<f32>()?[start..end],
            None => candle_core::bail!("a gate needs contiguous numbers"),
        };
        let arch = Arch::new();
        in_pieces(gate, GATED_TASK, |index, gate| {
            let up = &up[index * GATED_TASK..][..gate.len()];
            arch.dispatch(GatedTask { gate, up, activation: self.0 });
        });
        Ok(())
    }
}

fn contiguous_mut<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        candle_core::bail!("an operation in place needs contiguous numbers")
    };
    match storage {
        CpuStorage::F32(numbers) => Ok(&mut numbers[start..end]),
        other => candle_core::bail!("expected f32, found {:?}", other.dtype()),
    }
}

struct SoftmaxRow<'a> {
    row: &'a mut [f32],
    scale: f32,
}

impl WithSimd for SoftmaxRow<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { row, scale } = self;
        let greatest = reduce(row, f32::NEG_INFINITY, |a, b| if b > a { b } else { a });
        for x in row.iter_mut() {
            *x = exp((*x - greatest) * scale);
        }
        let total = reduce(row, 0.0, |a, b| a + b);
        let factor = 1.0 / total;
        for x in row.iter_mut() {
            *x *= factor;
        }
    }
}

struct GatedTask<'a> {
    gate: &'a mut [f32],
    up: &'a [f32],
    activation: Activation,
}

impl WithSimd for GatedTask<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let pairs = self.gate.iter_mut().zip(self.up);
        match self.activation {
            Activation::Silu => pairs.for_each(|(gate, up)| {
                *gate = *gate / (1.0 + exp(-*gate)) * up;
            }),
            // ½(1 + tanh y) is σ(2y).
            Activation::GeluTanh => pairs.for_each(|(gate, up)| {
                let y = *gate * (0.797_884_6 + 0.035_677_407 * *gate * *gate);
                *gate = *gate / (1.0 + exp(-2.0 * y)) * up;
            }),
        }
    }
}

#[inline(always)]
fn reduce(numbers: &[f32], start: f32, with: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; LANES];
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = with(*lane, *x);
        }
    }
    rest.iter().chain(&lanes).fold(start, |a, b| with(a, *b))
}

/// eˣ within 2 units in the last place, by range reduction and a polynomial (Cephes `expf`),
/// without a branch or a call so that loops over it become vector code. Saturates beyond ±87.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 87.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let r = x - power * LN2_HIGH - power * LN2_LOW;
    let mut y = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        y = y * r + coefficient;
    }
    let mantissa = y * r * r + r + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    mantissa * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{D, Device, Tensor};

    #[test]
    fn exp_follows_the_standard_library() {
        for step in -8700..=8700 {
            let x = step as f32 / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 5e-7, "{x}: {} {}", exp(x), x.exp());
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn softmax_sees_the_past_or_a_window_of_it() {
        for window in [None, Some(1_usize), Some(20), Some(90)] {
            let scores = Tensor::randn(0f32, 3.0, (2, 6, 37), &Device::Cpu).unwrap();
            let expected = (0..6)
                .map(|row| {
                    let end: usize = 37 - 3 + row % 3 + 1;
                    let start = window.map_or(0, |window| end.saturating_sub(window));
                    let part = scores.narrow(1, row, 1).unwrap();
                    let part = part.narrow(2, start, end - start).unwrap();
                    let part = candle_nn::ops::softmax(&(part * 0.5).unwrap(), D::Minus1).unwrap();
                    part.pad_with_zeros(2, start, 37 - end).unwrap()
                })
                .collect::<Vec<_>>();
            let expected = Tensor::cat(&expected, 1).unwrap();
            scores.inplace_op1(&CausalSoftmax { tokens: 3, window, scale: 0.5 }).unwrap();
            assert!(greatest_difference(&scores, &expected) < 1e-6);
        }
    }

    #[test]
    fn gates_follow_candle() {
        for activation in [Activation::Silu, Activation::GeluTanh] {
            let gate = Tensor::randn(0f32, 4.0, (3, 5001), &Device::Cpu).unwrap();
            let up = Tensor::randn(0f32, 1.0, (3, 5001), &Device::Cpu).unwrap();
            let bent = match activation {
                Activation::Silu => gate.silu().unwrap(),
                Activation::GeluTanh => gate.gelu().unwrap(),
            };
            let expected = (bent * &up).unwrap();
            gate.inplace_op2(&up, &Gated(activation)).unwrap();
            assert!(greatest_difference(&gate, &expected) < 1e-5);
        }
    }

    fn greatest_difference(a: &Tensor, b: &Tensor) -> f32 {
        let difference = (a - b).unwrap().abs().unwrap().flatten_all().unwrap();
        difference.max(0).unwrap().to_scalar().unwrap()
    }
}
