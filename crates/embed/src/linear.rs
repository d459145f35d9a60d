//! A linear layer, its weight laid out for the products it is used in.
//!
//! A weight whose numbers came out of a file of 4 bits may be multiplied as those 4 bits, which is
//! exact for the weight and rounds inputs to 8 bits; one of a wide encoder is rounded to 6 bits; any
//! other is as `f32`. Where the processor adds up products of bytes, all are rounded to 8.

use yinju_kernels::dense::{self, Onto, Panels};
use yinju_kernels::quantized::{
    self, Format, Instructions, Matrix, quantize, quantize_8, restore, widen,
};

/// `output (+)= input · weight + bias`.
pub enum Linear {
    /// Dense.
    Dense(Panels),
    /// Of a few bits.
    Quantized(Matrix),
}

/// How much may be rounded. Vectors of narrow encoders keep a cosine of .9999 to exact ones where only
/// the feed-forward blocks round their inputs; .9998 where attention does so too. Wide encoders
/// spread what is lost over more numbers, and without it take too long (`tests/parity.rs`,
/// `docs/performance.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Nothing.
    Nothing,
    /// Inputs to 8 bits, where weights came out of 4.
    Inputs,
    /// Inputs and weights to 8 bits.
    To8Bits,
    /// Inputs to 8 bits, and weights to 6 unless they came out of 4.
    To6Bits,
}

impl Linear {
    /// Lays out a weight `[outputs, inputs]`.
    pub fn new(weight: &[f32], bias: &[f32], rounding: Rounding) -> Self {
        let restored = || restore(weight).map(|bytes| (Format::Q4_0, bytes));
        let bytes = match rounding {
            Rounding::Nothing => None,
            Rounding::Inputs => restored(),
            // 8 bits need not be unpacked.
            Rounding::To8Bits => {
                let exact = restore(weight).map(|bytes| widen(&bytes));
                Some((Format::Q8_0, exact.unwrap_or_else(|| quantize_8(weight))))
            }
            Rounding::To6Bits => restored().or_else(|| Some((Format::Q6, quantize(weight)))),
        };
        let quantized = bytes.and_then(|(format, bytes)| Self::quantized(format, &bytes, bias));
        quantized.unwrap_or_else(|| Self::dense(weight, bias))
    }

    /// `None` where rounding saves no time, or rows do not divide into blocks.
    fn quantized(format: Format, bytes: &[u8], bias: &[f32]) -> Option<Self> {
        let blocks = bytes.len() / format.bytes_a_block();
        let shape = (bias.len(), blocks * format.weights_a_block() / bias.len());
        let matrix = Matrix::new(format, shape, bytes, Instructions::vectors()?)?;
        Some(Self::Quantized(matrix.with_bias(bias)))
    }

    fn dense(weight: &[f32], bias: &[f32]) -> Self {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let mut panels = Panels::empty(dense::Instructions::for_outputs(outputs));
        panels.reshape(inputs, outputs);
        for (output, (weights, bias)) in weight.chunks_exact(inputs).zip(bias).enumerate() {
            panels.set_output(output, weights, *bias);
        }
        Self::Dense(panels)
    }

    /// Columns of the output.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Dense(panels) => panels.outputs(),
            Self::Quantized(matrix) => matrix.outputs(),
        }
    }

    /// The product of rows that lie next to each other, on this thread.
    pub fn apply(&self, input: &[f32], output: &mut [f32], onto: Onto) {
        match self {
            Self::Dense(panels) => panels.apply_dense(input, output, onto),
            Self::Quantized(matrix) => {
                matrix.apply(&quantized::Inputs::round(input, matrix.columns()), output, onto);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_gives_the_product() {
        let (inputs, outputs, rows) = (64, 70, 9);
        let coarse: Vec<f32> =
            (0..inputs * outputs).map(|i| ((i * 7 % 16) as f32 - 8.0) * 0.125).collect();
        let fine: Vec<f32> =
            (0..inputs * outputs).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.013).collect();
        let x: Vec<f32> =
            (0..rows * inputs).map(|i| ((i * 31 % 97) as f32 - 48.0) / 50.0).collect();
        let bias: Vec<f32> = (0..outputs).map(|i| i as f32 / 10.0).collect();
        let quantizes = Instructions::vectors().is_some();
        for (weight, rounding, is_dense) in [
            (&coarse, Rounding::Inputs, false),
            (&coarse, Rounding::To6Bits, false),
            (&coarse, Rounding::To8Bits, false),
            (&fine, Rounding::To6Bits, false),
            (&fine, Rounding::To8Bits, false),
            (&fine, Rounding::Inputs, true),
            (&fine, Rounding::Nothing, true),
        ] {
            let linear = Linear::new(weight, &bias, rounding);
            assert_eq!(matches!(linear, Linear::Dense(_)), is_dense || !quantizes);
            let mut out = vec![1.0; rows * outputs];
            linear.apply(&x, &mut out, Onto::Existing);
            for (i, ours) in out.iter().enumerate() {
                let (row, output) = (i / outputs, i % outputs);
                let product = |k: usize| x[row * inputs + k] * weight[output * inputs + k];
                let exact = (0..inputs).map(product).sum::<f32>() + bias[output] + 1.0;
                assert!((ours - exact).abs() < 0.15, "{i}: {ours} {exact}");
            }
        }
    }
}
