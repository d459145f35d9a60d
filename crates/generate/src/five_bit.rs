//! Products with `Q5_0` weights as the file has them: 5 bits each and a scale for 32, which candle's
//! fast kernels do not take. Inputs are rounded to 8 bits with a scale for 32, as llama.cpp does.
//!
//! Needs AVX-512 VNNI. Not here: other processors and devices, for which [`crate::fitting`] makes
//! `Q8_0` of the weights.

use crate::threads::in_pieces;
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Result, Storage, Tensor};
use rayon::prelude::*;

/// Weights that share a scale, and inputs that do.
const BLOCK: usize = 32;
/// A block in the file: the scale as a half float, 32 high bits, 32 × 4 low bits.
const FILE_BLOCK: usize = 22;
/// Outputs whose weights lie together: the lanes of a vector.
const LANES: usize = 16;
/// Rows of input that meet a block of weights while it is in registers.
const TILE_ROWS: usize = 8;
/// Groups of outputs a thread works on at a time with a single row: some 40 KB of weights.
const GROUPS_A_PIECE: usize = 4;
/// Rows a thread works on at a time where there are many; their numbers stay in its cache.
const ROWS_A_PIECE: usize = 4 * TILE_ROWS;

/// The low bits of a block of 16 outputs. Byte `4 · output + i` of part `z` has weight `4z + i`
/// below and weight `16 + 4z + i` above.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct LowBits([[u8; 64]; 4]);

/// The high bits likewise: bit `4 · output + i` of number `q` is that of weight `4q + i`.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct HighBits([u64; 8]);

/// The scales, half floats.
type Scales = [u16; LANES];

/// A `Q5_0` matrix, `[rows, columns]`, its rows interleaved by sixteen.
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    low: Vec<LowBits>,
    high: Vec<HighBits>,
    scales: Vec<Scales>,
}

/// Rows of input, rounded.
struct Inputs {
    columns: usize,
    /// `[rows, columns]`.
    numbers: Vec<i8>,
    /// A scale a block, `[rows, columns / 32]`.
    scales: Vec<f32>,
    /// −16 times the sum of each block: weights are stored 16 too great.
    starts: Vec<i32>,
}

impl Matrix {
    /// Lays a weight out anew; `None` where it is of another type, its shape does not fit, or the
    /// machine lacks the instructions.
    pub(crate) fn new(weight: &QTensor) -> Result<Option<Self>> {
        let (rows, columns) = weight.shape().dims2()?;
        let fits = weight.dtype() == GgmlDType::Q5_0
            && rows.is_multiple_of(LANES)
            && columns.is_multiple_of(BLOCK);
        if !fits || !weight.device().is_cpu() || !has_instructions() {
            return Ok(None);
        }
        let bytes = weight.data()?;
        let blocks = columns / BLOCK;
        let group_bytes = LANES * blocks * FILE_BLOCK;
        let count = rows / LANES * blocks;
        let mut matrix = Self {
            rows,
            columns,
            low: vec![LowBits([[0; 64]; 4]); count],
            high: vec![HighBits([0; 8]); count],
            scales: vec![[0; LANES]; count],
        };
        let parts = matrix.low.par_chunks_mut(blocks).zip(matrix.high.par_chunks_mut(blocks));
        let parts = parts.zip(matrix.scales.par_chunks_mut(blocks));
        parts.zip(bytes.par_chunks(group_bytes)).for_each(|(((low, high), scales), bytes)| {
            for (at, block) in bytes.chunks_exact(FILE_BLOCK).enumerate() {
                let (lane, b) = (at / blocks, at % blocks);
                lay_out(block, lane, &mut low[b], &mut high[b], &mut scales[b]);
            }
        });
        Ok(Some(matrix))
    }

    /// `[tokens, columns]` → `[tokens, rows]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let tokens = x.dim(0)?;
        let x = x.contiguous()?;
        let (storage, layout) = x.storage_and_layout();
        let Storage::Cpu(storage) = &*storage else {
            candle_core::bail!("weights are on the processor, the input is not")
        };
        let start = layout.start_offset();
        let x = &storage.as_slice::<f32>()?[start..start + tokens * self.columns];
        let inputs = Inputs::round(x, self.columns);
        let mut out = vec![0.0; tokens * self.rows];
        if tokens == 1 {
            in_pieces(&mut out, GROUPS_A_PIECE * LANES, |piece, out| {
                self.multiply(&inputs, 0, piece * GROUPS_A_PIECE, out.len() / LANES, out);
            });
        } else {
            in_pieces(&mut out, ROWS_A_PIECE * self.rows, |piece, out| {
                self.multiply(&inputs, piece * ROWS_A_PIECE, 0, self.rows / LANES, out);
            });
        }
        Tensor::from_vec(out, (tokens, self.rows), &candle_core::Device::Cpu)
    }

    /// Some rows of input, the first of them `first_row`, with some groups of outputs; `out` has
    /// `groups · 16` numbers for each row.
    fn multiply(
        &self,
        inputs: &Inputs,
        first_row: usize,
        first_group: usize,
        groups: usize,
        out: &mut [f32],
    ) {
        let stride = groups * LANES;
        let rows = out.len() / stride;
        for group in 0..groups {
            for row in (0..rows).step_by(TILE_ROWS) {
                let tile = Tile {
                    matrix: self,
                    group: first_group + group,
                    inputs,
                    row: first_row + row,
                    out: &mut out[row * stride + group * LANES..],
                    stride,
                };
                tile.compute(TILE_ROWS.min(rows - row));
            }
        }
    }
}

fn lay_out(block: &[u8], lane: usize, low: &mut LowBits, high: &mut HighBits, scales: &mut Scales) {
    scales[lane] = u16::from_le_bytes([block[0], block[1]]);
    let bits = u32::from_le_bytes([block[2], block[3], block[4], block[5]]);
    for (part, bytes) in low.0.iter_mut().zip(block[6..].chunks_exact(4)) {
        part[4 * lane..4 * lane + 4].copy_from_slice(bytes);
    }
    for (quad, high) in high.0.iter_mut().enumerate() {
        *high |= u64::from(bits >> (4 * quad) & 0xF) << (4 * lane);
    }
}

impl Inputs {
    fn round(x: &[f32], columns: usize) -> Self {
        let blocks = x.len() / BLOCK;
        let mut rounded = Self {
            columns,
            numbers: vec![0; x.len()],
            scales: vec![0.0; blocks],
            starts: vec![0; blocks],
        };
        let (x, _) = x.as_chunks::<BLOCK>();
        let (numbers, _) = rounded.numbers.as_chunks_mut::<BLOCK>();
        let out = numbers.iter_mut().zip(&mut rounded.scales).zip(&mut rounded.starts);
        for (x, ((numbers, scale), start)) in x.iter().zip(out) {
            let greatest = x.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            *scale = greatest / 127.0;
            let factor = if greatest > 0.0 { 127.0 / greatest } else { 0.0 };
            let mut sum = 0;
            for (number, x) in numbers.iter_mut().zip(x) {
                *number = (x * factor).round_ties_even() as i8;
                sum += i32::from(*number);
            }
            *start = -16 * sum;
        }
        rounded
    }
}

/// A few rows of input with one group of outputs.
struct Tile<'a> {
    matrix: &'a Matrix,
    group: usize,
    inputs: &'a Inputs,
    row: usize,
    out: &'a mut [f32],
    stride: usize,
}

#[cfg(target_arch = "x86_64")]
fn has_instructions() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_instructions() -> bool {
    false
}

impl Tile<'_> {
    #[cfg(target_arch = "x86_64")]
    fn compute(self, rows: usize) {
        // SAFETY: a matrix is only made where the machine has the instructions.
        unsafe {
            match rows {
                8 => self.vnni::<8>(),
                7 => self.vnni::<7>(),
                6 => self.vnni::<6>(),
                5 => self.vnni::<5>(),
                4 => self.vnni::<4>(),
                3 => self.vnni::<3>(),
                2 => self.vnni::<2>(),
                _ => self.vnni::<1>(),
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn compute(self, _: usize) {
        unreachable!("there is no such matrix on this processor")
    }

    /// # Safety
    /// The machine has AVX-512F, BW and VNNI.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    unsafe fn vnni<const ROWS: usize>(self) {
        use std::arch::x86_64::{
            __m256i, _mm512_add_epi32, _mm512_and_si512, _mm512_cvtepi32_ps, _mm512_cvtph_ps,
            _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_load_si512, _mm512_mask_add_epi8,
            _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
            _mm512_setzero_si512, _mm512_srli_epi16, _mm512_storeu_ps,
        };
        let Inputs { columns, numbers, scales, starts } = self.inputs;
        let blocks = columns / BLOCK;
        let first = self.group * blocks;
        let weights = self.matrix.low[first..first + blocks]
            .iter()
            .zip(&self.matrix.high[first..first + blocks])
            .zip(&self.matrix.scales[first..first + blocks]);
        let rows: [_; ROWS] = std::array::from_fn(|r| {
            let row = self.row + r;
            let numbers = &numbers[row * columns..(row + 1) * columns];
            let (quads, _) = numbers.as_chunks::<4>();
            let own = row * blocks..(row + 1) * blocks;
            (quads, &scales[own.clone()], &starts[own])
        });
        let nibble = _mm512_set1_epi8(0xF);
        let sixteen = _mm512_set1_epi8(16);
        let mut sums = [_mm512_setzero_ps(); ROWS];
        for (b, ((low, high), scale)) in weights.enumerate() {
            let mut quads = [_mm512_setzero_si512(); 8];
            for z in 0..4 {
                // SAFETY: 64 aligned bytes are there.
                let both = unsafe { _mm512_load_si512(low.0[z].as_ptr().cast()) };
                quads[z] = _mm512_and_si512(both, nibble);
                quads[z + 4] = _mm512_and_si512(_mm512_srli_epi16::<4>(both), nibble);
            }
            for (quad, high) in quads.iter_mut().zip(high.0) {
                *quad = _mm512_mask_add_epi8(*quad, high, *quad, sixteen);
            }
            // SAFETY: both are 32 bytes of anything.
            let scale = unsafe { std::mem::transmute::<Scales, __m256i>(*scale) };
            let scale = _mm512_cvtph_ps(scale);
            for (sum, (numbers, scales, starts)) in sums.iter_mut().zip(&rows) {
                let numbers = &numbers[8 * b..8 * b + 8];
                let four =
                    |q: usize| _mm512_set1_epi32(i32::from_le_bytes(numbers[q].map(|n| n as u8)));
                let mut even = _mm512_set1_epi32(starts[b]);
                let mut odd = _mm512_setzero_si512();
                for q in (0..8).step_by(2) {
                    even = _mm512_dpbusd_epi32(even, quads[q], four(q));
                    odd = _mm512_dpbusd_epi32(odd, quads[q + 1], four(q + 1));
                }
                let whole = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
                let factor = _mm512_mul_ps(scale, _mm512_set1_ps(scales[b]));
                *sum = _mm512_fmadd_ps(whole, factor, *sum);
            }
        }
        for (r, sum) in sums.iter().enumerate() {
            let out = &mut self.out[r * self.stride..][..LANES];
            // SAFETY: room for 16 numbers is there.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *sum) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn follows_the_dequantised_product() {
        for (tokens, rows, columns) in [(1, 16, 32), (1, 896, 896), (9, 128, 96), (37, 48, 896)] {
            let dense = Tensor::randn(0f32, 1.0, (rows, columns), &Device::Cpu).unwrap();
            let weight = QTensor::quantize(&dense, GgmlDType::Q5_0).unwrap();
            let Some(matrix) = Matrix::new(&weight).unwrap() else { return };
            let x = Tensor::randn(0f32, 1.0, (tokens, columns), &Device::Cpu).unwrap();
            let exact = weight.dequantize(&Device::Cpu).unwrap();
            let exact = x.matmul(&exact.t().unwrap()).unwrap();
            let off = (matrix.forward(&x).unwrap() - exact).unwrap().abs().unwrap();
            let off: f32 = off.flatten_all().unwrap().max(0).unwrap().to_scalar().unwrap();
            // Rounding to 8 bits moves each product by about a hundredth.
            assert!(off < 0.03 * (columns as f32).sqrt(), "{tokens} {rows} {columns}: {off}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left() {
        let of = |rows, columns, dtype| {
            let dense = Tensor::randn(0f32, 1.0, (rows, columns), &Device::Cpu).unwrap();
            Matrix::new(&QTensor::quantize(&dense, dtype).unwrap()).unwrap().is_some()
        };
        assert!(!of(17, 64, GgmlDType::Q5_0));
        assert!(!of(16, 64, GgmlDType::Q8_0));
    }

    #[test]
    fn zeros_give_zeros() {
        let dense = Tensor::randn(0f32, 1.0, (16, 32), &Device::Cpu).unwrap();
        let weight = QTensor::quantize(&dense, GgmlDType::Q5_0).unwrap();
        let Some(matrix) = Matrix::new(&weight).unwrap() else { return };
        let zeros = Tensor::zeros((2, 32), candle_core::DType::F32, &Device::Cpu).unwrap();
        let out: Vec<f32> =
            matrix.forward(&zeros).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        assert!(out.iter().all(|x| x.abs() < f32::MIN_POSITIVE));
    }
}
