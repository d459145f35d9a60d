//! `output = input · weight + bias` with the weight laid out in panels beforehand: as many columns
//! next to each other as one tile of the product has, then the same columns of the next row. A
//! tile keeps its sums in registers and reads its panel from front to back (the scheme of Goto and
//! van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, with the packing of
//! the weight taken out of the product).
//!
//! Threads are the caller's: a product runs on the thread that asks for it.

use super::instructions::Instructions;
use super::tile::{LINE, Line, TILE_ROWS, Tile};
use std::ops::Range;

/// Floats of the input that meet all panels while they are in the second-level cache: 384 KiB.
const CACHED_INPUT: usize = 96 * 1024;

/// A weight in panels, with its bias.
pub struct Panels {
    instructions: Instructions,
    inputs: usize,
    outputs: usize,
    /// Panel after panel; each has a row an input. Columns past the last output hold anything.
    lines: Vec<Line>,
    /// Filled up with zeros to whole panels.
    bias: Vec<f32>,
}

/// Rows somewhere in a buffer, the first at its start.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The numbers.
    pub data: &'a [f32],
    /// How many rows.
    pub count: usize,
    /// From one row to the next.
    pub stride: usize,
}

/// Where the result's rows go, the first at the buffer's start.
pub struct RowsMut<'a> {
    /// The numbers.
    pub data: &'a mut [f32],
    /// From one row to the next.
    pub stride: usize,
}

/// What becomes of what stands in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Onto {
    /// It is overwritten.
    Nothing,
    /// The result is added to it.
    Existing,
}

impl Panels {
    /// A weight of no inputs and outputs; [`Panels::reshape`] makes it one.
    pub fn empty(instructions: Instructions) -> Self {
        Self { instructions, inputs: 0, outputs: 0, lines: Vec::new(), bias: Vec::new() }
    }

    /// Makes room for a weight of another shape; its bias is zero and all of it must be set anew.
    pub fn reshape(&mut self, inputs: usize, outputs: usize) {
        let width = self.instructions.width();
        let panels = outputs.div_ceil(width);
        (self.inputs, self.outputs) = (inputs, outputs);
        self.lines.resize(panels * inputs * width / LINE, Line([0.0; LINE]));
        self.bias.clear();
        self.bias.resize(panels * width, 0.0);
    }

    /// Sets what one output takes from each input, and its bias.
    pub fn set_output(&mut self, output: usize, weights: &[f32], bias: f32) {
        let width = self.instructions.width();
        let column = output % width;
        let first = (output / width * self.inputs * width + column) / LINE;
        let lines = self.lines[first..].iter_mut().step_by(width / LINE);
        for (line, weight) in lines.zip(&weights[..self.inputs]) {
            line.0[column % LINE] = *weight;
        }
        self.bias[output] = bias;
    }

    /// Sets what one input gives to each output.
    pub fn set_input(&mut self, input: usize, weights: &[f32]) {
        let width = self.instructions.width();
        for (i, part) in weights[..self.outputs].chunks(LINE).enumerate() {
            let (panel, within) = (i * LINE / width, i * LINE % width);
            let line = ((panel * self.inputs + input) * width + within) / LINE;
            self.lines[line].0[..part.len()].copy_from_slice(part);
        }
    }

    /// Makes room for more inputs, which must be set; those there keep what they give.
    pub fn grow_inputs(&mut self, inputs: usize) {
        let a_row = self.instructions.width() / LINE;
        let (before, after) = (self.inputs * a_row, inputs * a_row);
        let panels = self.outputs.div_ceil(self.instructions.width());
        let mut lines = vec![Line([0.0; LINE]); panels * after];
        for panel in 0..panels {
            let kept = &self.lines[panel * before..][..before.min(after)];
            lines[panel * after..][..kept.len()].copy_from_slice(kept);
        }
        (self.inputs, self.lines) = (inputs, lines);
    }

    /// Columns that lie together, and are best begun at.
    pub fn panel_width(&self) -> usize {
        self.instructions.width()
    }

    /// The product of some of the inputs with some of the outputs; the first of these begins a
    /// panel, and stands in the first column of the result.
    ///
    /// # Panics
    /// Where inputs or outputs are not there.
    pub fn apply_part(
        &self,
        inputs: Range<usize>,
        outputs: Range<usize>,
        rows: Rows<'_>,
        out: &mut RowsMut<'_>,
        onto: Onto,
    ) {
        let width = self.instructions.width();
        assert!(outputs.start.is_multiple_of(width));
        assert!(inputs.end <= self.inputs && outputs.end <= self.outputs, "a part of it");
        let a_row = width / LINE;
        for column in outputs.clone().step_by(width) {
            let panel = column / width;
            let first = (panel * self.inputs + inputs.start) * a_row;
            let place = column - outputs.start;
            for row in (0..rows.count).step_by(TILE_ROWS) {
                let tile = Tile {
                    input: &rows.data[row * rows.stride..],
                    input_stride: rows.stride,
                    inputs: inputs.len(),
                    lines: &self.lines[first..][..inputs.len() * a_row],
                    bias: &self.bias[panel * width..][..width],
                    output: &mut out.data[row * out.stride + place..],
                    output_stride: out.stride,
                    columns: width.min(outputs.end - column),
                    add: onto == Onto::Existing,
                };
                tile.compute(self.instructions, TILE_ROWS.min(rows.count - row));
            }
        }
    }

    /// Number of columns of the output.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// [`Panels::apply`] where the rows of input and output lie next to each other.
    pub fn apply_dense(&self, input: &[f32], output: &mut [f32], onto: Onto) {
        let count = input.len() / self.inputs;
        let input = Rows { data: input, count, stride: self.inputs };
        self.apply(input, RowsMut { data: output, stride: self.outputs }, onto);
    }

    /// `output (+)= input · weight + bias`, row by row.
    pub fn apply(&self, input: Rows<'_>, output: RowsMut<'_>, onto: Onto) {
        let RowsMut { data, stride } = output;
        let cached = (CACHED_INPUT / self.inputs.max(1)).next_multiple_of(TILE_ROWS);
        for first in (0..input.count).step_by(cached) {
            let count = cached.min(input.count - first);
            let rows = Rows { data: &input.data[first * input.stride..], count, ..input };
            let mut out = RowsMut { data: &mut data[first * stride..], stride };
            self.apply_cached(rows, &mut out, onto == Onto::Existing);
        }
    }

    fn apply_cached(&self, input: Rows<'_>, output: &mut RowsMut<'_>, add: bool) {
        let width = self.instructions.width();
        let panel_lines = self.inputs * width / LINE;
        for (panel, bias) in self.bias.chunks_exact(width).enumerate() {
            let lines = &self.lines[panel * panel_lines..][..panel_lines];
            let column = panel * width;
            for row in (0..input.count).step_by(TILE_ROWS) {
                let tile = Tile {
                    input: &input.data[row * input.stride..],
                    input_stride: input.stride,
                    inputs: self.inputs,
                    lines,
                    bias,
                    output: &mut output.data[row * output.stride + column..],
                    output_stride: output.stride,
                    columns: width.min(self.outputs - column),
                    add,
                };
                tile.compute(self.instructions, TILE_ROWS.min(input.count - row));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, step: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * step) % 101) as f32 / 50.0 - 1.0).collect()
    }

    fn check(instructions: Instructions, rows: usize, inputs: usize, outputs: usize, onto: Onto) {
        let (input, weight) = (numbers(rows * inputs, 7), numbers(inputs * outputs, 13));
        let mut by_output = Panels::empty(instructions);
        by_output.reshape(inputs, outputs);
        for output in 0..outputs {
            let weights = &weight[output * inputs..][..inputs];
            by_output.set_output(output, weights, output as f32);
        }
        let mut results = vec![0.5; rows * outputs];
        by_output.apply_dense(&input, &mut results, onto);
        let before = if onto == Onto::Existing { 0.5 } else { 0.0 };
        for (i, result) in results.iter().enumerate() {
            let (row, output) = (i / outputs, i % outputs);
            let product = |k: usize| input[row * inputs + k] * weight[output * inputs + k];
            let exact = (0..inputs).map(product).sum::<f32>() + output as f32 + before;
            assert!((exact - result).abs() < 1e-3, "{instructions:?} {i}: {exact} {result}");
        }
    }

    #[test]
    fn every_kind_of_instructions_gives_the_product() {
        let shapes = [(1, 1, 1), (6, 8, 64), (7, 33, 65), (300, 400, 47)];
        // An interpreter takes minutes for the last one.
        let shapes = if cfg!(miri) { &shapes[..3] } else { &shapes[..] };
        for instructions in Instructions::available() {
            for &(rows, inputs, outputs) in shapes {
                check(instructions, rows, inputs, outputs, Onto::Nothing);
                check(instructions, rows, inputs, outputs, Onto::Existing);
            }
        }
    }

    #[test]
    fn parts_and_grown_weights_give_parts_of_the_product() {
        for instructions in Instructions::available() {
            let width = instructions.width();
            let (inputs, outputs, rows) = (5, 3 * width + 7, 8);
            let mut panels = Panels::empty(instructions);
            panels.reshape(inputs, outputs);
            let weight = numbers(inputs * outputs, 13);
            for (input, weights) in weight.chunks(outputs).enumerate() {
                panels.set_input(input, weights);
            }
            panels.grow_inputs(9);
            let x = numbers(rows * 3, 7);
            let mut out = vec![0.5; rows * (width + 7)];
            let rows_in = Rows { data: &x, count: rows, stride: 3 };
            let mut rows_out = RowsMut { data: &mut out, stride: width + 7 };
            panels.apply_part(1..4, 2 * width..outputs, rows_in, &mut rows_out, Onto::Existing);
            for (i, result) in out.iter().enumerate() {
                let (row, output) = (i / (width + 7), 2 * width + i % (width + 7));
                let product = |k: usize| x[row * 3 + k] * weight[(k + 1) * outputs + output];
                let exact = (0..3).map(product).sum::<f32>() + 0.5;
                assert!((exact - result).abs() < 1e-5, "{instructions:?} {i}");
            }
        }
    }

    #[test]
    fn a_weight_can_be_set_by_input_and_its_rows_lie_apart() {
        for instructions in Instructions::available() {
            let mut panels = Panels::empty(instructions);
            panels.reshape(40, 90);
            panels.reshape(2, 70);
            panels.set_input(0, &vec![1.0; 70]);
            panels.set_input(1, &numbers(70, 1));
            let input = [1.0, 2.0, 9.0, 0.0, 1.0, 9.0];
            let mut output = vec![7.0; 71 + 70];
            let rows = Rows { data: &input, count: 2, stride: 3 };
            let out = RowsMut { data: &mut output, stride: 71 };
            panels.apply(rows, out, Onto::Nothing);
            let weights = numbers(70, 1);
            assert!((output[69] - (1.0 + 2.0 * weights[69])).abs() < 1e-6);
            assert!((output[71 + 3] - weights[3]).abs() < 1e-6);
            assert!((output[70] - 7.0).abs() < f32::EPSILON);
        }
    }
}
