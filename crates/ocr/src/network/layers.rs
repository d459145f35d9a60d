//! Products with weights, rounded to 8 bits where the machine multiplies those fast, and the parts of
//! the networks that are made of nothing else.

use super::map::Map;
use super::vectors::scale_columns;
use super::weights::{Filter, Weights, require};
use crate::error::OcrError;
use half::f16;
use std::cell::RefCell;
use yinju_kernels::dense::{self, Onto, Panels};
use yinju_kernels::quantized::{BLOCK, Format, Inputs, Instructions, Matrix};
use yinju_kernels::rowwise::{Activation, activate};

/// Pixels that go through a chain of products together, so that what lies between stays in the
/// second-level cache: 128 of 768 channels are 384 KiB.
const TOGETHER: usize = 128;

enum Laid {
    /// 8 bits with a scale for every 32 weights; inputs are rounded likewise.
    Rounded(Matrix),
    /// As stored.
    Exact(Panels),
}

/// `[rows, inputs]` → `[rows, outputs]`.
pub(super) struct Product {
    laid: Laid,
    inputs: usize,
    outputs: usize,
}

impl Product {
    /// A product whose weights lie `[outputs, inputs]`.
    pub(super) fn new(weights: &[f32], inputs: usize, bias: &[f32]) -> Self {
        let rounded = Instructions::vectors()
            .and_then(|instructions| rounded(weights, inputs, bias.len(), instructions));
        match rounded {
            Some(matrix) => {
                Self { laid: Laid::Rounded(matrix.with_bias(bias)), inputs, outputs: bias.len() }
            }
            None => Self::exact(weights, inputs, bias),
        }
    }

    /// The same without rounding.
    pub(super) fn exact(weights: &[f32], inputs: usize, bias: &[f32]) -> Self {
        let outputs = bias.len();
        let mut panels = Panels::empty(dense::Instructions::for_outputs(outputs));
        panels.reshape(inputs, outputs);
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            panels.set_output(output, row, bias[output]);
        }
        Self { laid: Laid::Exact(panels), inputs, outputs }
    }

    /// A convolution of single pixels.
    pub(super) fn pointwise(filter: &Filter) -> Result<Self, OcrError> {
        require(filter.kernel == [1, 1], "a larger kernel")?;
        Ok(Self::new(&filter.weights, filter.inputs, &filter.bias))
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Writes, or adds to, one row of output for each row of input.
    pub(super) fn apply(&self, input: &[f32], output: &mut [f32], onto: Onto) {
        match &self.laid {
            Laid::Exact(panels) => panels.apply_dense(input, output, onto),
            Laid::Rounded(matrix) if matrix.columns() == self.inputs => {
                multiply(matrix, input, output, onto);
            }
            Laid::Rounded(matrix) => {
                multiply(matrix, &filled_up(input, self.inputs, matrix.columns()), output, onto);
            }
        }
    }

    /// The product with every pixel.
    pub(super) fn on(&self, map: &Map) -> Map {
        let mut out = Map::anything(map.height, map.width, self.outputs);
        let rows = map.numbers.chunks(TOGETHER * self.inputs);
        for (rows, out) in rows.zip(out.numbers.chunks_mut(TOGETHER * self.outputs)) {
            self.apply(rows, out, Onto::Nothing);
        }
        out
    }
}

thread_local! {
    /// Rounded rows of the product before, whose memory the next one takes.
    static ROUNDED: RefCell<Inputs> = RefCell::new(Inputs::round(&[], BLOCK));
}

fn multiply(matrix: &Matrix, input: &[f32], output: &mut [f32], onto: Onto) {
    ROUNDED.with_borrow_mut(|rounded| {
        rounded.refill(input, matrix.columns());
        matrix.apply(rounded, output, onto);
    });
}

/// Rows of `from` numbers with zeros behind, up to `to`.
fn filled_up(rows: &[f32], from: usize, to: usize) -> Vec<f32> {
    let mut filled = vec![0.0; rows.len() / from * to];
    for (row, out) in rows.chunks_exact(from).zip(filled.chunks_exact_mut(to)) {
        out[..from].copy_from_slice(row);
    }
    filled
}

fn rounded(
    weights: &[f32],
    inputs: usize,
    outputs: usize,
    instructions: Instructions,
) -> Option<Matrix> {
    let columns = inputs.next_multiple_of(BLOCK);
    let filled = filled_up(weights, inputs, columns);
    let mut bytes = Vec::with_capacity(outputs * Format::Q8_0.bytes_a_row(columns));
    for block in filled.as_chunks::<BLOCK>().0 {
        let greatest = block.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        let scale = f16::from_f32(greatest / 127.0);
        let steps = if scale == f16::ZERO { 0.0 } else { 1.0 / scale.to_f32() };
        bytes.extend(scale.to_le_bytes());
        let rounded = block.map(|weight| (weight * steps).round().clamp(-127.0, 127.0) as i8);
        bytes.extend(rounded.map(i8::cast_unsigned));
    }
    Matrix::new(Format::Q8_0, (outputs, columns), &bytes, instructions)
}

/// Two products on every pixel with a GELU between them, added to the pixel where it keeps its
/// number of channels.
pub(super) struct Mixer {
    expand: Product,
    project: Product,
}

impl Mixer {
    pub(super) fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let expand = Product::pointwise(&weights.convolution()?)?;
        let project = Product::pointwise(&weights.convolution()?)?;
        require(expand.outputs() == project.inputs(), "a product")?;
        Ok(Self { expand, project })
    }

    pub(super) fn inputs(&self) -> usize {
        self.expand.inputs()
    }

    pub(super) fn outputs(&self) -> usize {
        self.project.outputs()
    }

    pub(super) fn on(&self, mut map: Map) -> Map {
        if self.expand.inputs() != self.outputs() {
            let mut out = Map::anything(map.height, map.width, self.outputs());
            let rows = map.numbers.chunks(TOGETHER * self.expand.inputs());
            let mut hidden = Map::anything(1, TOGETHER, self.expand.outputs());
            for (rows, out) in rows.zip(out.numbers.chunks_mut(TOGETHER * self.outputs())) {
                let hidden = self.expanded(rows, &mut hidden);
                self.project.apply(hidden, out, Onto::Nothing);
            }
            return out;
        }
        let mut hidden = Map::anything(1, TOGETHER, self.expand.outputs());
        for rows in map.numbers.chunks_mut(TOGETHER * self.expand.inputs()) {
            let hidden = self.expanded(rows, &mut hidden);
            self.project.apply(hidden, rows, Onto::Existing);
        }
        map
    }

    fn expanded<'a>(&self, rows: &[f32], hidden: &'a mut Map) -> &'a [f32] {
        let count = rows.len() / self.expand.inputs();
        let hidden = &mut hidden.numbers[..count * self.expand.outputs()];
        self.expand.apply(rows, hidden, Onto::Nothing);
        activate(hidden, Activation::Gelu);
        hidden
    }
}

/// Channels weighed by their means (Hu et al. 2018, "Squeeze-and-Excitation Networks").
pub(super) struct Gate {
    squeeze: Product,
    excite: Product,
    /// Of the hard sigmoid.
    slope: f32,
    /// Whether channels are kept beside their weighed selves.
    keeps: bool,
}

impl Gate {
    /// One that replaces channels, as the backbone has.
    pub(super) fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        Self::with(weights, 1.0 / 6.0, false)
    }

    /// One that adds to channels, as the detector's neck has.
    pub(super) fn read_adding(weights: &mut Weights) -> Result<Self, OcrError> {
        Self::with(weights, 0.2, true)
    }

    fn with(weights: &mut Weights, slope: f32, keeps: bool) -> Result<Self, OcrError> {
        let [squeeze, excite] = [weights.convolution()?, weights.convolution()?];
        let fits = squeeze.outputs == excite.inputs && squeeze.inputs == excite.outputs;
        require(fits && squeeze.kernel == [1, 1] && excite.kernel == [1, 1], "a gate")?;
        let exact = |filter: &Filter| Product::exact(&filter.weights, filter.inputs, &filter.bias);
        Ok(Self { squeeze: exact(&squeeze), excite: exact(&excite), slope, keeps })
    }

    /// Channels it weighs.
    pub(super) fn channels(&self) -> usize {
        self.excite.outputs()
    }

    pub(super) fn on(&self, map: &mut Map) {
        let mut few = vec![0.0; self.squeeze.outputs()];
        self.squeeze.apply(&map.means(), &mut few, Onto::Nothing);
        activate(&mut few, Activation::Relu);
        let mut factors = vec![0.0; self.excite.outputs()];
        self.excite.apply(&few, &mut factors, Onto::Nothing);
        for factor in &mut factors {
            let gate = (*factor * self.slope + 0.5).clamp(0.0, 1.0);
            *factor = if self.keeps { 1.0 + gate } else { gate };
        }
        scale_columns(&mut map.numbers, &factors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A product rounded to 8 bits is near the exact one, whatever fills its last block.
    #[test]
    fn rounding_changes_little() {
        for (inputs, outputs) in [(32, 16), (48, 24), (9, 5), (120, 33)] {
            let weights: Vec<f32> =
                (0..inputs * outputs).map(|i| ((i * 37 % 101) as f32 - 50.0) / 60.0).collect();
            let bias: Vec<f32> = (0..outputs).map(|i| i as f32 / 10.0).collect();
            let input: Vec<f32> =
                (0..inputs * 7).map(|i| ((i * 53 % 89) as f32 - 44.0) / 30.0).collect();
            let [mut near, mut exact] = [vec![0.0; 7 * outputs], vec![0.0; 7 * outputs]];
            Product::new(&weights, inputs, &bias).apply(&input, &mut near, Onto::Nothing);
            Product::exact(&weights, inputs, &bias).apply(&input, &mut exact, Onto::Nothing);
            let size = exact.iter().map(|x| x * x).sum::<f32>().sqrt();
            let error = near.iter().zip(&exact).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
            assert!(error < 0.02 * size, "{inputs} to {outputs}: {error} of {size}");
        }
    }
}
