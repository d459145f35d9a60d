//! The weights of one encoder layer, laid out for the products they are used in.

use crate::config::EncoderConfig;
use crate::error::EmbedError;
use crate::panels::Panels;
use crate::tile::Instructions;
use crate::weights::WeightFile;

/// Part of a linear layer's outputs, as the file has it.
struct Part {
    name: String,
    outputs: usize,
    /// Multiplied into weight and bias.
    factor: f32,
}

/// Reads linear layers of the same input as one, their outputs side by side.
fn read_linear(file: &WeightFile, inputs: usize, parts: &[Part]) -> Result<Panels, EmbedError> {
    let outputs = parts.iter().map(|part| part.outputs).sum();
    let mut panels = Panels::empty(Instructions::for_weights(outputs));
    panels.reshape(inputs, outputs);
    let mut first = 0;
    for Part { name, outputs, factor } in parts {
        let mut weight = file.matrix(&format!("{name}.weight"), [*outputs, inputs])?;
        let bias = file.vector(&[format!("{name}.bias")], *outputs)?;
        for x in &mut weight {
            *x *= factor;
        }
        for (i, (row, bias)) in weight.chunks_exact(inputs).zip(bias).enumerate() {
            panels.set_output(first + i, row, bias * factor);
        }
        first += outputs;
    }
    Ok(panels)
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
    pub query_key_value: Panels,
    /// After the heads.
    pub attention_output: Panels,
    /// After attention.
    pub attention_norm: Norm,
    /// Into the feed-forward block.
    pub up: Panels,
    /// Out of it.
    pub down: Panels,
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
        let part = |end: &str, outputs, factor| Part { name: name(end), outputs, factor };
        let heads = [
            part("attention.self.query", hidden, shrink),
            part("attention.self.key", hidden, 1.0),
            part("attention.self.value", hidden, 1.0),
        ];
        let one =
            |inputs, end: &str, outputs| read_linear(file, inputs, &[part(end, outputs, 1.0)]);
        Ok(Self {
            query_key_value: read_linear(file, hidden, &heads)?,
            attention_output: one(hidden, "attention.output.dense", hidden)?,
            attention_norm: Norm::read(file, &name("attention.output.LayerNorm"), hidden)?,
            up: one(hidden, "intermediate.dense", inner)?,
            down: one(inner, "output.dense", hidden)?,
            output_norm: Norm::read(file, &name("output.LayerNorm"), hidden)?,
        })
    }
}
