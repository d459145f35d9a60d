//! A few rows times one panel, in registers, by the instructions a weight is laid out for.

use super::instructions::{Instructions, WIDTH_256};
#[cfg(target_arch = "x86_64")]
use super::instructions::{WIDTH_512, WIDTH_NARROW};

/// Floats of a cache line.
pub const LINE: usize = 16;

/// Rows of a tile; with 64 columns its 24 sums leave 8 of AVX-512's 32 registers.
pub const TILE_ROWS: usize = 6;

/// A cache line, so that panels begin on one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LINE]);

/// A few rows of the output in the columns of one panel. Buffers begin at the tile's first number.
pub struct Tile<'a> {
    /// Rows in.
    pub input: &'a [f32],
    /// From one row in to the next.
    pub input_stride: usize,
    /// Numbers of a row in.
    pub inputs: usize,
    /// The panel: a row an input.
    pub lines: &'a [Line],
    /// A number a column of the panel.
    pub bias: &'a [f32],
    /// Rows out.
    pub output: &'a mut [f32],
    /// From one row out to the next.
    pub output_stride: usize,
    /// Columns of the panel that are written.
    pub columns: usize,
    /// Whether the result is added to what is there.
    pub add: bool,
}

impl Tile<'_> {
    /// Computes `rows` rows, at most [`TILE_ROWS`].
    ///
    /// # Panics
    /// Where a buffer is too short.
    pub fn compute(self, instructions: Instructions, rows: usize) {
        match rows {
            6 => self.compute_rows::<6>(instructions),
            5 => self.compute_rows::<5>(instructions),
            4 => self.compute_rows::<4>(instructions),
            3 => self.compute_rows::<3>(instructions),
            2 => self.compute_rows::<2>(instructions),
            _ => self.compute_rows::<1>(instructions),
        }
    }

    fn compute_rows<const ROWS: usize>(self, instructions: Instructions) {
        self.check::<ROWS>(instructions.width());
        match instructions {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the variant holds a witness of the features, and `check` holds every index.
            Instructions::Avx512(_) => unsafe { self.avx512::<ROWS, { WIDTH_512 / LINE }>() },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Instructions::Avx512Narrow(_) => unsafe {
                self.avx512::<ROWS, { WIDTH_NARROW / LINE }>();
            },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Instructions::Avx2(_) => unsafe { self.avx2::<ROWS>() },
            _ => self.portable::<ROWS>(),
        }
    }

    fn check<const ROWS: usize>(&self, width: usize) {
        // Strides are the caller's and may be anything.
        let reach =
            |stride: usize, row: usize| (ROWS - 1).saturating_mul(stride).saturating_add(row);
        assert!(self.input.len() >= reach(self.input_stride, self.inputs), "rows in");
        assert!(self.lines.len() * LINE == self.inputs * width, "a whole panel");
        assert!(self.bias.len() == width && self.columns <= width, "bias and columns");
        assert!(self.output.len() >= reach(self.output_stride, self.columns), "rows out");
    }

    /// # Safety
    /// The machine has AVX-512F, and [`Tile::check`] passed for so many cache lines a row of the panel.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    unsafe fn avx512<const ROWS: usize, const LINES: usize>(self) {
        use std::arch::x86_64::{
            __m512, _mm512_fmadd_ps, _mm512_load_ps, _mm512_loadu_ps, _mm512_set1_ps,
        };
        // SAFETY: the caller's promise: the bias has as many numbers as a row of the panel, the panel a row
        // for each input, and each of the rows an input of that number; a `Line` is aligned as its load wants it.
        unsafe {
            let bias = self.bias.as_ptr();
            let start: [__m512; LINES] =
                std::array::from_fn(|z| _mm512_loadu_ps(bias.add(LINE * z)));
            let mut sums = [start; ROWS];
            let panel = self.lines.as_ptr().cast::<f32>();
            let input = self.input.as_ptr();
            for i in 0..self.inputs {
                let row = panel.add(i * LINES * LINE);
                let weights: [__m512; LINES] =
                    std::array::from_fn(|z| _mm512_load_ps(row.add(LINE * z)));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let x = _mm512_set1_ps(*input.add(r * self.input_stride + i));
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum = _mm512_fmadd_ps(x, weight, *sum);
                    }
                }
            }
            self.store512(&sums);
        }
    }

    /// # Safety
    /// As for [`Tile::avx512`].
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    unsafe fn store512<const LINES: usize>(self, sums: &[[std::arch::x86_64::__m512; LINES]]) {
        use std::arch::x86_64::{_mm512_add_ps, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps};
        // SAFETY: the output has the tile's columns in every row, and the mask keeps what is read and
        // written to these. A row's later vectors may begin behind its end, hence `wrapping_add`.
        unsafe {
            let output = self.output.as_mut_ptr();
            for (r, sums) in sums.iter().enumerate() {
                for (z, sum) in sums.iter().enumerate() {
                    let lanes = self.columns.saturating_sub(LINE * z).min(LINE);
                    let mask = ((1_u32 << lanes) - 1) as u16;
                    let out = output.wrapping_add(r * self.output_stride + LINE * z);
                    let before = if self.add { mask } else { 0 };
                    let sum = _mm512_add_ps(*sum, _mm512_maskz_loadu_ps(before, out));
                    _mm512_mask_storeu_ps(out, mask, sum);
                }
            }
        }
    }

    /// # Safety
    /// The machine has AVX2 and FMA, and [`Tile::check`] passed for [`WIDTH_256`].
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn avx2<const ROWS: usize>(self) {
        use std::arch::x86_64::{
            _mm256_fmadd_ps, _mm256_load_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps,
        };
        let mut results = [[0.0_f32; WIDTH_256]; ROWS];
        // SAFETY: the caller's promise: the bias has 16 numbers, the panel as many for each input, and each
        // of the rows an input of that number; a result has room for 16.
        unsafe {
            let bias = self.bias.as_ptr();
            let mut sums = [[_mm256_loadu_ps(bias), _mm256_loadu_ps(bias.add(8))]; ROWS];
            let panel = self.lines.as_ptr().cast::<f32>();
            let input = self.input.as_ptr();
            for i in 0..self.inputs {
                let row = panel.add(i * WIDTH_256);
                let weights = [_mm256_load_ps(row), _mm256_load_ps(row.add(8))];
                for (r, sums) in sums.iter_mut().enumerate() {
                    let x = _mm256_set1_ps(*input.add(r * self.input_stride + i));
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum = _mm256_fmadd_ps(x, weight, *sum);
                    }
                }
            }
            for (result, sums) in results.iter_mut().zip(sums) {
                _mm256_storeu_ps(result.as_mut_ptr(), sums[0]);
                _mm256_storeu_ps(result.as_mut_ptr().add(8), sums[1]);
            }
        }
        self.store(&results);
    }

    fn portable<const ROWS: usize>(self) {
        let mut sums = [[0.0_f32; WIDTH_256]; ROWS];
        for row in &mut sums {
            row.copy_from_slice(self.bias);
        }
        for (i, line) in self.lines.iter().enumerate() {
            for (r, sums) in sums.iter_mut().enumerate() {
                let x = self.input[r * self.input_stride + i];
                for (sum, weight) in sums.iter_mut().zip(line.0) {
                    *sum += x * weight;
                }
            }
        }
        self.store(&sums);
    }

    fn store(self, results: &[[f32; WIDTH_256]]) {
        for (out, result) in self.output.chunks_mut(self.output_stride).zip(results) {
            for (out, x) in out[..self.columns].iter_mut().zip(result) {
                *out = if self.add { *out + x } else { *x };
            }
        }
    }
}
