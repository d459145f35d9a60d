//! A matrix of weights, laid out so that one vector has the same columns of neighbouring outputs.

use super::aligned::Aligned;
use super::format::{Block, Format, Scales};
use super::inputs::Inputs;
use super::instructions::Instructions;
use super::output::Output;
use super::{BLOCK, SUPER, codes};
use crate::dense::Onto;
use rayon::prelude::*;
use std::ops::Range;

/// Weights `[outputs, columns]`, laid out.
///
/// Outputs lie in groups of as many as there are lanes; a group has its blocks of 32 columns one
/// after the other. A block's codes are vectors; its scales lie apart, and those that
/// eight blocks share lie apart from these.
pub struct Matrix {
    pub(super) format: Format,
    pub(super) instructions: Instructions,
    outputs: usize,
    columns: usize,
    codes: Aligned,
    scales: Vec<u8>,
    shared: Vec<u8>,
    /// Filled up with zeros to whole groups.
    bias: Vec<f32>,
}

/// How much of each buffer a group of outputs has.
#[derive(Clone, Copy)]
pub(super) struct Strides {
    /// Bytes of codes of a block.
    pub(super) block_codes: usize,
    /// Bytes of scales of a block.
    pub(super) block_scales: usize,
    /// Bytes of scales that eight blocks share.
    pub(super) block_shared: usize,
    /// Of a whole group.
    pub(super) codes: usize,
    pub(super) scales: usize,
    pub(super) shared: usize,
}

impl Matrix {
    /// Lays out stored rows on rayon's threads. `None` where columns do not fill blocks, or bytes are
    /// not as many as the shape needs.
    pub fn new(
        format: Format,
        (outputs, columns): (usize, usize),
        bytes: &[u8],
        instructions: Instructions,
    ) -> Option<Self> {
        let lanes = instructions.lanes();
        let fits = columns.is_multiple_of(format.weights_a_block())
            && columns > 0
            && outputs > 0
            && Some(bytes.len()) == outputs.checked_mul(format.bytes_a_row(columns));
        if !fits {
            return None;
        }
        let groups = outputs.div_ceil(lanes);
        let strides = Strides::new(format, lanes, columns);
        let mut matrix = Self {
            format,
            instructions,
            outputs,
            columns,
            codes: Aligned::zeros(groups * strides.codes),
            scales: vec![0; groups * strides.scales],
            shared: vec![0; groups * strides.shared],
            bias: vec![0.0; groups * lanes],
        };
        matrix.lay_out(bytes);
        Some(matrix)
    }

    /// Sets what is added to each output.
    ///
    /// # Panics
    /// Where there are not as many numbers as outputs.
    #[must_use]
    pub fn with_bias(mut self, bias: &[f32]) -> Self {
        assert_eq!(bias.len(), self.outputs, "a number an output");
        self.bias[..bias.len()].copy_from_slice(bias);
        self
    }

    fn lay_out(&mut self, bytes: &[u8]) {
        let (format, columns) = (self.format, self.columns);
        let lanes = self.instructions.lanes();
        let strides = self.strides();
        let row = format.bytes_a_row(columns);
        let shared = strides.shared.max(1);
        if self.shared.is_empty() {
            self.shared.resize(self.groups(), 0);
        }
        self.codes
            .bytes_mut()
            .par_chunks_mut(strides.codes)
            .zip(self.scales.par_chunks_mut(strides.scales))
            .zip(self.shared.par_chunks_mut(shared))
            .zip(bytes.par_chunks(lanes * row))
            .for_each(|(((codes, scales), shared), rows)| {
                let mut group = Group { format, lanes, strides, codes, scales, shared };
                for (lane, row) in rows.chunks_exact(row).enumerate() {
                    let mut number = 0;
                    format.blocks(row, |block| {
                        group.set(lane, number, block);
                        number += 1;
                    });
                }
            });
    }

    pub(super) fn strides(&self) -> Strides {
        Strides::new(self.format, self.instructions.lanes(), self.columns)
    }

    /// Columns a row of input has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns a row of output has.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Groups of outputs, the least that is computed together; the last may be filled up.
    pub fn groups(&self) -> usize {
        self.outputs.div_ceil(self.instructions.lanes())
    }

    pub(super) fn codes(&self) -> &[u8] {
        self.codes.bytes()
    }

    pub(super) fn scales(&self) -> &[u8] {
        &self.scales
    }

    pub(super) fn shared(&self) -> &[u8] {
        &self.shared
    }

    pub(super) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// `output (+)= input · weightsᵀ + bias` for some rows and groups of outputs.
    ///
    /// # Safety
    /// Nobody else reads or writes these groups of these rows of the output meanwhile.
    ///
    /// # Panics
    /// Where rows or groups are not there, or widths differ.
    pub unsafe fn multiply(
        &self,
        inputs: &Inputs,
        rows: Range<usize>,
        groups: Range<usize>,
        output: &Output<'_>,
    ) {
        assert!(rows.end <= inputs.rows() && rows.end <= output.rows(), "rows");
        assert!(groups.end <= self.groups(), "groups");
        assert!(inputs.columns == self.columns && output.outputs() == self.outputs, "widths");
        if rows.is_empty() || groups.is_empty() {
            return;
        }
        let lanes = self.instructions.lanes();
        // SAFETY: the caller's promise.
        let output =
            unsafe { output.claim(rows.clone(), groups.start * lanes..groups.end * lanes) };
        super::product::multiply(self, inputs, rows, groups, output);
    }

    /// The whole product on this thread: `[rows, columns]` → `[rows, outputs]`.
    pub fn apply(&self, inputs: &Inputs, output: &mut [f32], onto: Onto) {
        let output = Output::new(output, self.outputs, onto);
        // SAFETY: the output is made of a `&mut` here, and nobody else knows it.
        unsafe { self.multiply(inputs, 0..inputs.rows(), 0..self.groups(), &output) };
    }
}

impl Strides {
    fn new(format: Format, lanes: usize, columns: usize) -> Self {
        let blocks = columns / BLOCK;
        let (own, shared) = match format.scales() {
            Scales::Single { .. } => (2, 0),
            Scales::WithMinimum => (4, 0),
            Scales::Nested => (2, 4),
            Scales::Halves => (2, 2),
        };
        let block_codes = format.bits() * 4 * lanes;
        Self {
            block_codes,
            block_scales: own * lanes,
            block_shared: shared * lanes,
            codes: blocks * block_codes,
            scales: blocks * own * lanes,
            shared: blocks / SUPER * shared * lanes,
        }
    }
}

/// A group of outputs that is being laid out.
struct Group<'a> {
    format: Format,
    lanes: usize,
    strides: Strides,
    codes: &'a mut [u8],
    scales: &'a mut [u8],
    shared: &'a mut [u8],
}

impl Group<'_> {
    fn set(&mut self, lane: usize, number: usize, block: Block) {
        let bits = self.format.bits();
        let words = codes::lane(bits, block.quads);
        let vector = 4 * self.lanes;
        let codes =
            &mut self.codes[number * self.strides.block_codes..][..self.strides.block_codes];
        for (vector, word) in codes.chunks_exact_mut(vector).zip(words) {
            vector[4 * lane..4 * lane + 4].copy_from_slice(&word.to_le_bytes());
        }
        let lanes = self.lanes;
        let scales =
            &mut self.scales[number * self.strides.block_scales..][..self.strides.block_scales];
        match self.format.scales() {
            Scales::Single { .. } => put(scales, lane, block.scale),
            Scales::WithMinimum => {
                put(scales, lane, block.scale);
                put(scales, lanes + lane, block.minimum);
            }
            kind => {
                scales[lane] = block.factors[0];
                scales[lanes + lane] = block.factors[1];
                let shared = &mut self.shared[number / SUPER * self.strides.block_shared..];
                put(shared, lane, block.scale);
                if kind == Scales::Nested {
                    put(shared, lanes + lane, block.minimum);
                }
            }
        }
    }
}

/// Writes half a float.
fn put(halves: &mut [u8], at: usize, bits: u16) {
    halves[2 * at..2 * at + 2].copy_from_slice(&bits.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::dequantize;
    use super::*;
    use half::f16;

    const FORMATS: [Format; 9] = [
        Format::Q4_0,
        Format::Q4_1,
        Format::Q5_0,
        Format::Q5_1,
        Format::Q8_0,
        Format::Q4K,
        Format::Q5K,
        Format::Q6K,
        Format::Q6,
    ];

    fn random(seed: &mut u64) -> u64 {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        *seed
    }

    /// Stored blocks of any codes and of scales that are neither huge nor all positive.
    fn stored(format: Format, count: usize, seed: &mut u64) -> Vec<u8> {
        let halves: &[usize] = match format {
            Format::Q4_0 | Format::Q5_0 | Format::Q8_0 | Format::Q6 => &[0],
            Format::Q6K => &[208],
            _ => &[0, 2],
        };
        let mut all = Vec::new();
        for _ in 0..count {
            let mut block: Vec<u8> =
                (0..format.bytes_a_block()).map(|_| random(seed) as u8).collect();
            if format == Format::Q6 {
                for code in &mut block {
                    *code &= 63;
                }
            }
            for at in halves {
                let scale = f16::from_f32((random(seed) % 2000) as f32 / 1000.0 - 1.0);
                block[*at..at + 2].copy_from_slice(&scale.to_le_bytes());
            }
            all.extend(block);
        }
        all
    }

    fn check(format: Format, instructions: Instructions, rows: usize, outputs: usize, onto: Onto) {
        let columns = 512;
        let mut seed = 0x9E37_79B9_7F4A_7C15;
        let blocks = outputs * columns / format.weights_a_block();
        let bytes = stored(format, blocks, &mut seed);
        let mut weights = vec![0.0; outputs * columns];
        dequantize(format, &bytes, &mut weights);
        let x: Vec<f32> =
            (0..rows * columns).map(|_| (random(&mut seed) % 2001) as f32 / 1000.0 - 1.0).collect();
        let inputs = Inputs::round(&x, columns);
        let bias: Vec<f32> = (0..outputs).map(|i| i as f32).collect();
        let matrix = Matrix::new(format, (outputs, columns), &bytes, instructions).unwrap();
        let matrix = matrix.with_bias(&bias);
        let mut products = vec![0.25; rows * outputs];
        matrix.apply(&inputs, &mut products, onto);
        let before = if onto == Onto::Existing { 0.25 } else { 0.0 };
        for (i, ours) in products.iter().enumerate() {
            let (row, output) = (i / outputs, i % outputs);
            let mut exact = output as f64 + before;
            let mut size = exact;
            for column in 0..columns {
                let number = f64::from(inputs.number(row, column));
                let product = number * f64::from(weights[output * columns + column]);
                exact += product;
                size += product.abs();
            }
            let off = (f64::from(*ours) - exact).abs();
            assert!(off <= 4e-6 * size, "{format:?} {instructions:?} {i}: {ours} {exact}");
        }
    }

    #[test]
    fn every_format_gives_the_product_by_all_instructions_there_are() {
        let shapes = [(1, 16), (3, 9), (1, 101), (4, 32), (7, 45), (37, 17)];
        // An interpreter takes minutes for all of them.
        let shapes = if cfg!(miri) { &shapes[..2] } else { &shapes[..] };
        for instructions in Instructions::available() {
            for format in FORMATS {
                for &(rows, outputs) in shapes {
                    check(format, instructions, rows, outputs, Onto::Nothing);
                    check(format, instructions, rows, outputs, Onto::Existing);
                }
            }
        }
    }

    #[test]
    fn the_greatest_codes_and_inputs_do_not_wrap() {
        for instructions in Instructions::available() {
            for format in [Format::Q4_0, Format::Q5_0, Format::Q8_0, Format::Q6K] {
                let (outputs, columns) = (instructions.lanes(), 256);
                let blocks = outputs * columns / format.weights_a_block();
                let mut block = vec![0xFF; format.bytes_a_block()];
                let at = if format == Format::Q6K { 208 } else { 0 };
                block[at..at + 2].copy_from_slice(&f16::ONE.to_le_bytes());
                if format == Format::Q8_0 {
                    block[2..].fill(0x80);
                } else if format == Format::Q6K {
                    block[192..208].fill(0x80);
                }
                let bytes = block.repeat(blocks);
                let matrix = Matrix::new(format, (outputs, columns), &bytes, instructions).unwrap();
                let weight = match format {
                    Format::Q4_0 => 7.0,
                    Format::Q5_0 => 15.0,
                    Format::Q8_0 => -128.0,
                    _ => -128.0 * 31.0,
                };
                for sign in [1.0, -1.0] {
                    let inputs = Inputs::round(&vec![sign; columns], columns);
                    let mut products = vec![0.0; outputs];
                    matrix.apply(&inputs, &mut products, Onto::Nothing);
                    for ours in products {
                        let exact = weight * sign * columns as f32;
                        assert!((ours / exact - 1.0).abs() < 1e-5, "{format:?}: {ours} {exact}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_not_taken() {
        let instructions = Instructions::best();
        for (outputs, columns, bytes) in [(0, 32, 0), (16, 33, 16 * 18), (16, 32, 17)] {
            let bytes = vec![0; bytes];
            assert!(Matrix::new(Format::Q4_0, (outputs, columns), &bytes, instructions).is_none());
        }
    }
}
