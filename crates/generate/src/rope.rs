//! Rotary position embedding: the tables, both styles, and the known ways to stretch them.
//!
//! <https://arxiv.org/abs/2104.09864>; stretching as llama.cpp does it from the same metadata.

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use crate::shape::{ModelShape, RopeScaling, RopeStyle, Window};
use candle_core::{Device, Result, Tensor};
use candle_nn::rotary_emb;

/// Turns per position after which `YaRN` takes a frequency for fast, and below which for slow.
const YARN_FAST: f64 = 32.0;
const YARN_SLOW: f64 = 1.0;

/// Cosines and sines of every position of the context.
pub(crate) struct Rope {
    /// `[context, head_width / 2]`, as is `sin`.
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
    style: RopeStyle,
    /// Both on a device other than the processor.
    on_device: Option<[Tensor; 2]>,
}

impl Rope {
    /// Makes the tables for a file; Llama 3 keeps divisors of its frequencies in `rope_freqs`.
    pub(crate) fn load(
        file: &GgufFile,
        shape: &ModelShape,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let half = shape.head_width / 2;
        let divisors = if file.has("rope_freqs.weight") {
            let tensor = file.tensor("rope_freqs.weight", &[half], &Device::Cpu)?;
            tensor.dequantize(&Device::Cpu)?.to_vec1::<f32>()?
        } else {
            vec![1.0; half]
        };
        Ok(Self::new(shape, &divisors, device)?)
    }

    /// The tables for blocks that look back over a window only.
    pub(crate) fn of_window(shape: &ModelShape, window: Window, device: &Device) -> Result<Self> {
        let (rope_base, rope_scaling) = (window.rope_base, RopeScaling::None);
        let shape = ModelShape { rope_base, rope_scaling, ..shape.clone() };
        Self::new(&shape, &vec![1.0; shape.head_width / 2], device)
    }

    fn new(shape: &ModelShape, divisors: &[f32], device: &Device) -> Result<Self> {
        let half = shape.head_width / 2;
        let (frequencies, magnitude) = frequencies(shape, divisors);
        let mut cos = Vec::with_capacity(shape.context * half);
        let mut sin = Vec::with_capacity(shape.context * half);
        for position in 0..shape.context {
            for frequency in &frequencies {
                let (s, c) = (position as f64 * frequency).sin_cos();
                cos.push((c * magnitude) as f32);
                sin.push((s * magnitude) as f32);
            }
        }
        let table = |numbers: &[f32]| Tensor::from_slice(numbers, (shape.context, half), device);
        let on_device = if device.is_cpu() { None } else { Some([table(&cos)?, table(&sin)?]) };
        Ok(Self { cos, sin, half, style: shape.rope_style, on_device })
    }

    /// Turns nothing; for tests of what stands around it.
    #[cfg(test)]
    pub(crate) fn still(head_width: usize, context: usize, style: RopeStyle) -> Self {
        let half = head_width / 2;
        let (cos, sin) = (vec![1.0; context * half], vec![0.0; context * half]);
        Self { cos, sin, half, style, on_device: None }
    }

    /// Turns heads `[tokens, heads, head_width]` whose first token stands at `start`.
    pub(crate) fn turn(&self, numbers: &mut [f32], heads: usize, start: usize) {
        let half = self.half;
        for (token, heads) in numbers.chunks_exact_mut(heads * 2 * half).enumerate() {
            let cos = &self.cos[(start + token) * half..][..half];
            let sin = &self.sin[(start + token) * half..][..half];
            for head in heads.chunks_exact_mut(2 * half) {
                match self.style {
                    RopeStyle::Pairs => turn_pairs(head, cos, sin),
                    RopeStyle::Halves => turn_halves(head, cos, sin),
                }
            }
        }
    }

    /// Turns heads `[1, heads, tokens, head_width]` on another device.
    pub(crate) fn apply(&self, heads: &Tensor, start: usize) -> Result<Tensor> {
        let Some([cos, sin]) = &self.on_device else {
            candle_core::bail!("the tables are not on the device")
        };
        let tokens = heads.dim(2)?;
        let (cos, sin) = (cos.narrow(0, start, tokens)?, sin.narrow(0, start, tokens)?);
        match self.style {
            RopeStyle::Pairs => rotary_emb::rope_i(heads, &cos, &sin),
            RopeStyle::Halves => rotary_emb::rope(heads, &cos, &sin),
        }
    }
}

fn turn_pairs(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (pairs, _) = head.as_chunks_mut::<2>();
    for ([a, b], (cos, sin)) in pairs.iter_mut().zip(cos.iter().zip(sin)) {
        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
    }
}

fn turn_halves(head: &mut [f32], cos: &[f32], sin: &[f32]) {
    let (first, second) = head.split_at_mut(cos.len());
    for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(cos.iter().zip(sin)) {
        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
    }
}

/// Radians per position for each pair, and what cosines and sines are multiplied by.
fn frequencies(shape: &ModelShape, divisors: &[f32]) -> (Vec<f64>, f64) {
    let width = shape.head_width as f64;
    let plain = (0..shape.head_width / 2).map(|pair| {
        let exponent = 2.0 * pair as f64 / width;
        shape.rope_base.powf(-exponent) / f64::from(divisors[pair])
    });
    match shape.rope_scaling {
        RopeScaling::None => (plain.collect(), 1.0),
        RopeScaling::Linear { factor } => (plain.map(|f| f / factor).collect(), 1.0),
        RopeScaling::Yarn { factor, original_context } => {
            let pair_of = |turns: f64| {
                width * (original_context / (turns * std::f64::consts::TAU)).ln()
                    / (2.0 * shape.rope_base.ln())
            };
            let low = pair_of(YARN_FAST).floor().max(0.0);
            let high = pair_of(YARN_SLOW).ceil().min(width - 1.0);
            let blended = plain.enumerate().map(|(pair, f)| {
                let slow = ((pair as f64 - low) / (high - low).max(0.001)).clamp(0.0, 1.0);
                f / factor * slow + f * (1.0 - slow)
            });
            (blended.collect(), 1.0 + 0.1 * factor.ln())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinju_kernels::rowwise::Activation;

    fn shape(rope_scaling: RopeScaling) -> ModelShape {
        ModelShape {
            architecture: "qwen2".to_owned(),
            blocks: 1,
            width: 128,
            feed_forward: 128,
            heads: 1,
            kv_heads: 1,
            head_width: 128,
            norm_epsilon: 1e-6,
            rope_base: 1_000_000.0,
            rope_style: RopeStyle::Halves,
            rope_scaling,
            activation: Activation::Silu,
            scales_embedding: false,
            window: None,
            vocabulary: 8,
            context: 16,
        }
    }

    #[test]
    fn yarn_keeps_fast_frequencies_and_divides_slow_ones() {
        let ones = [1.0; 64];
        let (plain, _) = frequencies(&shape(RopeScaling::None), &ones);
        let yarn = RopeScaling::Yarn { factor: 4.0, original_context: 32_768.0 };
        let (stretched, magnitude) = frequencies(&shape(yarn), &ones);
        assert!((plain[0] - stretched[0]).abs() < 1e-12);
        assert!((plain[63] / stretched[63] - 4.0).abs() < 1e-9);
        assert!((magnitude - 1.138_629).abs() < 1e-5);
    }

    #[test]
    fn linear_scaling_and_divisors_divide() {
        let (plain, _) = frequencies(&shape(RopeScaling::None), &[2.0; 64]);
        let (scaled, _) = frequencies(&shape(RopeScaling::Linear { factor: 2.0 }), &[1.0; 64]);
        assert_eq!(plain, scaled);
    }
}
