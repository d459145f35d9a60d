//! The weights of one encoder layer, laid out for the products they are used in.

use crate::config::EncoderConfig;
use crate::error::EmbedError;
use crate::linear::{Linear, Rounding};
use crate::weights::WeightFile;
use yinju_kernels::quantized::Instructions;

/// From this width on all weights are rounded.
const WIDE: usize = 768;

/// Reads linear layers of the same input as one, their outputs side by side.
fn read_linear(
    file: &WeightFile,
    inputs: usize,
    outputs: usize,
    names: &[String],
    rounding: Rounding,
) -> Result<Linear, EmbedError> {
    let (mut weight, mut bias) = (Vec::new(), Vec::new());
    for name in names {
        weight.extend(file.matrix(&format!("{name}.weight"), [outputs, inputs])?);
        bias.extend(file.vector(&[format!("{name}.bias")], outputs)?);
    }
    Ok(Linear::new(&weight, &bias, rounding))
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
    /// Query, key and value, side by side.
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
        let (attention, feed_forward) = if hidden >= WIDE {
            (Rounding::To6Bits, Rounding::To6Bits)
        } else if Instructions::multiply_bytes() {
            (Rounding::To8Bits, Rounding::To8Bits)
        } else {
            (Rounding::Nothing, Rounding::Inputs)
        };
        let heads = ["query", "key", "value"].map(|end| name(&format!("attention.self.{end}")));
        let one = |inputs, end: &str, outputs, rounding| {
            read_linear(file, inputs, outputs, &[name(end)], rounding)
        };
        Ok(Self {
            query_key_value: read_linear(file, hidden, hidden, &heads, attention)?,
            attention_output: one(hidden, "attention.output.dense", hidden, attention)?,
            attention_norm: Norm::read(file, &name("attention.output.LayerNorm"), hidden)?,
            up: one(hidden, "intermediate.dense", inner, feed_forward)?,
            down: one(inner, "output.dense", hidden, feed_forward)?,
            output_norm: Norm::read(file, &name("output.LayerNorm"), hidden)?,
        })
    }
}
