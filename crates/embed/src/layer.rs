//! The weights of one encoder layer, laid out for the products they are used in.

use crate::config::EncoderConfig;
use crate::error::EmbedError;
use crate::matmul::{Matrix, Onto, Output, multiply};
use crate::weights::WeightFile;

/// `y = x · weight + bias`.
pub struct Linear {
    /// One row an input, one column an output: the transpose of the file's, as the product's
    /// inner loop runs along the outputs.
    weight: Vec<f32>,
    /// One number an output; added by whoever walks over the result next.
    pub bias: Vec<f32>,
}

impl Linear {
    /// Reads a layer; `factor` is folded into weight and bias.
    fn read(
        file: &WeightFile,
        name: &str,
        inputs: usize,
        outputs: usize,
        factor: f32,
    ) -> Result<Self, EmbedError> {
        let stored = file.matrix(&format!("{name}.weight"), [outputs, inputs])?;
        let mut weight = vec![0.0; stored.len()];
        for (output, row) in stored.chunks_exact(inputs).enumerate() {
            for (input, x) in row.iter().enumerate() {
                weight[input * outputs + output] = x * factor;
            }
        }
        let mut bias = file.vector(&[format!("{name}.bias")], outputs)?;
        bias.iter_mut().for_each(|b| *b *= factor);
        Ok(Self { weight, bias })
    }

    /// Several layers of the same input as one, their outputs side by side.
    fn side_by_side(parts: &[Self], inputs: usize) -> Self {
        let bias = parts.iter().flat_map(|part| part.bias.iter().copied()).collect();
        let mut weight = Vec::with_capacity(parts.iter().map(|part| part.weight.len()).sum());
        for input in 0..inputs {
            for part in parts {
                let outputs = part.bias.len();
                weight.extend_from_slice(&part.weight[input * outputs..(input + 1) * outputs]);
            }
        }
        Self { weight, bias }
    }

    /// `output (+)= input · weight`, for all rows; the bias is not added.
    pub fn product(&self, input: &[f32], output: &mut [f32], onto: Onto) {
        let outputs = self.bias.len();
        let inputs = self.weight.len() / outputs;
        let rows = input.len() / inputs;
        multiply(
            Output { data: output, row_stride: outputs },
            onto,
            Matrix { data: input, rows, cols: inputs, row_stride: inputs, col_stride: 1 },
            Matrix {
                data: &self.weight,
                rows: inputs,
                cols: outputs,
                row_stride: outputs,
                col_stride: 1,
            },
        );
    }
}

/// Scale and shift after a normalisation.
pub struct Norm {
    /// One factor a column.
    pub scale: Vec<f32>,
    /// One summand a column.
    pub shift: Vec<f32>,
}

impl Norm {
    /// Reads a layer norm.
    pub fn read(file: &WeightFile, name: &str, width: usize) -> Result<Self, EmbedError> {
        let either = |new: &str, old: &str| [format!("{name}.{new}"), format!("{name}.{old}")];
        Ok(Self {
            scale: file.vector(&either("weight", "gamma"), width)?,
            shift: file.vector(&either("bias", "beta"), width)?,
        })
    }
}

/// One layer: attention, then a feed-forward block, each added to its input and normalised.
pub struct Layer {
    /// Query (divided by √head width already), key and value, side by side.
    pub query_key_value: Linear,
    /// After the heads.
    pub attention_output: Linear,
    /// After attention.
    pub attention_norm: Norm,
    /// Into the feed-forward block.
    pub up: Linear,
    /// Out of it.
    pub down: Linear,
    /// After it.
    pub output_norm: Norm,
}

impl Layer {
    /// Reads layer `index`.
    pub fn read(
        file: &WeightFile,
        config: &EncoderConfig,
        index: usize,
    ) -> Result<Self, EmbedError> {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        let (hidden, inner) = (config.hidden, config.intermediate);
        let shrink = 1.0 / (config.head_width() as f32).sqrt();
        let square =
            |part: &str, factor| Linear::read(file, &name(part), hidden, hidden, factor);
        let heads = [
            square("attention.self.query", shrink)?,
            square("attention.self.key", 1.0)?,
            square("attention.self.value", 1.0)?,
        ];
        Ok(Self {
            query_key_value: Linear::side_by_side(&heads, hidden),
            attention_output: square("attention.output.dense", 1.0)?,
            attention_norm: Norm::read(file, &name("attention.output.LayerNorm"), hidden)?,
            up: Linear::read(file, &name("intermediate.dense"), hidden, inner, 1.0)?,
            down: Linear::read(file, &name("output.dense"), inner, hidden, 1.0)?,
            output_norm: Norm::read(file, &name("output.LayerNorm"), hidden)?,
        })
    }
}
