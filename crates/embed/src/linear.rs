//! A linear layer, its weight laid out for the products it is used in.
//!
//! A weight whose numbers came out of a file of 4 bits may be multiplied as those 4 bits, which is
//! exact for the weight and rounds inputs to 8 bits; any other is as `f32` or, where the processor
//! multiplies those, bfloat16.

use yinju_kernels::dense::{self, Onto, Panels};
use yinju_kernels::quantized::{self, Format, Matrix, restore};

/// `output (+)= input · weight + bias`.
pub enum Linear {
    /// Dense.
    Dense(Panels),
    /// Of a few bits.
    Quantized(Matrix),
}

/// What may be rounded: vectors keep a cosine of .9999 to exact ones where only the feed-forward
/// blocks round their inputs to 8 bits; .9998 where attention does so too (`tests/parity.rs`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Inputs {
    /// May be rounded to 8 bits.
    Rounded,
    /// Must not.
    Exact,
}

impl Linear {
    /// Lays out a weight `[outputs, inputs]`.
    pub fn new(weight: &[f32], bias: &[f32], inputs: Inputs) -> Self {
        // One way of rounding is enough; bfloat16 is as fast.
        let rounds = dense::Instructions::for_weights(bias.len()).inputs_a_step() > 1;
        let quantized =
            if inputs == Inputs::Rounded && !rounds { Self::quantized(weight, bias) } else { None };
        quantized.unwrap_or_else(|| Self::dense(weight, bias))
    }

    fn quantized(weight: &[f32], bias: &[f32]) -> Option<Self> {
        let instructions = quantized::Instructions::best()?;
        let bytes = restore(weight)?;
        let shape = (bias.len(), weight.len() / bias.len());
        let matrix = Matrix::new(Format::Q4_0, shape, &bytes, instructions)?;
        Some(Self::Quantized(matrix.with_bias(bias)))
    }

    fn dense(weight: &[f32], bias: &[f32]) -> Self {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let mut panels = Panels::empty(dense::Instructions::for_weights(outputs));
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
    fn both_kinds_give_the_product() {
        let (inputs, outputs, rows) = (64, 70, 9);
        let coarse: Vec<f32> =
            (0..inputs * outputs).map(|i| ((i * 7 % 16) as f32 - 8.0) * 0.125).collect();
        let fine: Vec<f32> =
            (0..inputs * outputs).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.013).collect();
        let x: Vec<f32> =
            (0..rows * inputs).map(|i| ((i * 31 % 97) as f32 - 48.0) / 50.0).collect();
        let bias: Vec<f32> = (0..outputs).map(|i| i as f32 / 10.0).collect();
        for (weight, exact_weight) in [(&coarse, true), (&fine, false)] {
            let linear = Linear::new(weight, &bias, Inputs::Rounded);
            let restored = Linear::quantized(weight, &bias).is_some();
            assert_eq!(restored, exact_weight && quantized::Instructions::best().is_some());
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
