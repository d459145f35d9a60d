//! A few rows times one panel, in registers, by the instructions the machine has: AVX-512 with or
//! without bfloat16, AVX2 with FMA, or plain loops. Which instructions there are is asked here only.

/// Floats of a cache line.
pub const LINE: usize = 16;

/// Rows of a tile; with 64 columns its 24 sums leave 8 of AVX-512's 32 registers.
pub const TILE_ROWS: usize = 6;

#[cfg(target_arch = "x86_64")]
const WIDTH_512: usize = 64;
const WIDTH_256: usize = 16;

/// A cache line, so that panels begin on one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LINE]);

/// The instructions a weight is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512 with `vdpbf16ps`, which multiplies two pairs of bfloat16 where others multiply one
    /// pair of floats. Weight and input are rounded to 8 bits of precision, sums are not.
    #[cfg(target_arch = "x86_64")]
    Avx512Bf16,
    /// AVX-512F.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Whatever the target has at least.
    Portable,
}

impl Instructions {
    /// All that this machine has and that round nothing, the widest first.
    pub fn available() -> Vec<Self> {
        match Self::best() {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 | Self::Avx512Bf16 => vec![Self::Avx512, Self::Avx2, Self::Portable],
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => vec![Self::Avx2, Self::Portable],
            Self::Portable => vec![Self::Portable],
        }
    }

    /// The fastest this machine has for a layer's weights, which bear being rounded: vectors keep
    /// a cosine of .9999 to exact ones (`tests/parity.rs`).
    pub fn for_weights(outputs: usize) -> Self {
        #[cfg(target_arch = "x86_64")]
        if outputs >= WIDTH_512
            && Self::best() == Self::Avx512
            && is_x86_feature_detected!("avx512bf16")
        {
            return Self::Avx512Bf16;
        }
        Self::for_outputs(outputs)
    }

    /// Inputs that are multiplied by one instruction: each takes so many halves of a float.
    pub fn inputs_a_step(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Bf16 => 2,
            _ => 1,
        }
    }

    /// The widest this machine has that rounds nothing.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            let wide = is_x86_feature_detected!("avx512f");
            return if wide { Self::Avx512 } else { Self::Avx2 };
        }
        Self::Portable
    }

    /// The best this machine has for weights of so many outputs: a panel wider than the weight
    /// would be computed for nothing.
    pub fn for_outputs(outputs: usize) -> Self {
        let available = Self::available();
        let fits = |instructions: &Self| instructions.width() <= outputs.max(WIDTH_256);
        available.into_iter().find(fits).unwrap_or(Self::Portable)
    }

    /// Columns of a panel: whole cache lines.
    pub fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 | Self::Avx512Bf16 => WIDTH_512,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => WIDTH_256,
            Self::Portable => WIDTH_256,
        }
    }
}

/// Numbers rounded to bfloat16, two in the place of one float, the first in the lower half; a zero
/// beside the last of an odd number.
pub fn pairs(numbers: &[f32], out: &mut [f32]) {
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512bf16") && is_x86_feature_detected!("avx512f") {
        done = numbers.len() / (2 * LINE) * LINE;
        // SAFETY: the machine has these instructions.
        unsafe { pairs512(&numbers[..2 * done], &mut out[..done]) };
    }
    for (two, out) in numbers[2 * done..].chunks(2).zip(&mut out[done..]) {
        let second = two.get(1).copied().unwrap_or(0.0);
        *out = f32::from_bits(bfloat16(two[0]) | bfloat16(second) << 16);
    }
}

/// # Safety
/// The machine has AVX-512F and AVX512-BF16.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn pairs512(numbers: &[f32], out: &mut [f32]) {
    use std::arch::x86_64::{
        __m512, __m512bh, _mm512_cvtne2ps_pbh, _mm512_loadu_ps, _mm512_storeu_ps,
    };
    let (numbers, _) = numbers.as_chunks::<{ 2 * LINE }>();
    let (out, _) = out.as_chunks_mut::<LINE>();
    for (numbers, out) in numbers.iter().zip(out) {
        // SAFETY: 32 numbers are there, and room for 16; the vector types are 512 bits of anything.
        unsafe {
            let low = _mm512_loadu_ps(numbers.as_ptr());
            let high = _mm512_loadu_ps(numbers.as_ptr().add(LINE));
            let rounded = _mm512_cvtne2ps_pbh(high, low);
            let bits = std::mem::transmute::<__m512bh, __m512>(rounded);
            _mm512_storeu_ps(out.as_mut_ptr(), bits);
        }
    }
}

/// The upper half of a float, rounded to nearest, ties to even. NaN is not looked for: weights and
/// hidden states are finite.
fn bfloat16(x: f32) -> u32 {
    let bits = x.to_bits();
    (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
}

/// A few rows of the output in the columns of one panel. Buffers begin at the tile's first number.
pub struct Tile<'a> {
    /// Rows in; pairs for [`Instructions::Avx512Bf16`].
    pub input: &'a [f32],
    /// From one row in to the next.
    pub input_stride: usize,
    /// Numbers, or pairs, of a row in.
    pub inputs: usize,
    /// The panel: a row an input, or a pair of inputs.
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
            // SAFETY: `check` holds every index, and a weight is laid out only for instructions
            // the machine was found to have.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { self.avx512::<ROWS>() },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512Bf16 => unsafe { self.avx512_bf16::<ROWS>() },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Instructions::Avx2 => unsafe { self.avx2::<ROWS>() },
            Instructions::Portable => self.portable::<ROWS>(),
        }
    }

    fn check<const ROWS: usize>(&self, width: usize) {
        let last = ROWS - 1;
        assert!(self.input.len() >= last * self.input_stride + self.inputs, "rows in");
        assert!(self.lines.len() * LINE == self.inputs * width, "a whole panel");
        assert!(self.bias.len() == width && self.columns <= width, "bias and columns");
        assert!(self.output.len() >= last * self.output_stride + self.columns, "rows out");
    }

    /// # Safety
    /// The machine has AVX-512F, and [`Tile::check`] passed for [`WIDTH_512`].
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f")]
    unsafe fn avx512<const ROWS: usize>(self) {
        use std::arch::x86_64::{
            __m512, _mm512_fmadd_ps, _mm512_load_ps, _mm512_loadu_ps, _mm512_set1_ps,
        };
        // SAFETY: the caller's promise.
        unsafe {
            let bias = self.bias.as_ptr();
            let start: [__m512; 4] = std::array::from_fn(|z| _mm512_loadu_ps(bias.add(LINE * z)));
            let mut sums = [start; ROWS];
            let panel = self.lines.as_ptr().cast::<f32>();
            let input = self.input.as_ptr();
            for i in 0..self.inputs {
                let row = panel.add(i * WIDTH_512);
                let weights: [__m512; 4] =
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
    /// The machine has AVX-512F and AVX512-BF16, and [`Tile::check`] passed for [`WIDTH_512`].
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bf16")]
    unsafe fn avx512_bf16<const ROWS: usize>(self) {
        use std::arch::x86_64::{
            __m512, __m512bh, __m512i, _mm512_dpbf16_ps, _mm512_load_si512, _mm512_loadu_ps,
            _mm512_set1_epi32,
        };
        // SAFETY: the caller's promise; both vector types are 512 bits of anything.
        unsafe {
            let pairs = |bits: __m512i| std::mem::transmute::<__m512i, __m512bh>(bits);
            let bias = self.bias.as_ptr();
            let start: [__m512; 4] = std::array::from_fn(|z| _mm512_loadu_ps(bias.add(LINE * z)));
            let mut sums = [start; ROWS];
            let panel = self.lines.as_ptr().cast::<__m512i>();
            let input = self.input.as_ptr().cast::<i32>();
            for i in 0..self.inputs {
                let row = panel.add(i * WIDTH_512 / LINE);
                let weights: [__m512bh; 4] =
                    std::array::from_fn(|z| pairs(_mm512_load_si512(row.add(z))));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let x = pairs(_mm512_set1_epi32(*input.add(r * self.input_stride + i)));
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum = _mm512_dpbf16_ps(*sum, x, weight);
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
    unsafe fn store512(self, sums: &[[std::arch::x86_64::__m512; 4]]) {
        use std::arch::x86_64::{_mm512_add_ps, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps};
        // SAFETY: the caller's promise; the mask keeps what is read and written of the output to
        // the tile's columns.
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
        // SAFETY: the caller's promise.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_rounded_to_nearest() {
        let numbers: Vec<f32> = (0..101).map(|i| (i as f32 - 50.0) * 1.003_7).collect();
        let mut out = vec![0.0; 51];
        pairs(&numbers, &mut out);
        for (two, pair) in numbers.chunks(2).zip(&out) {
            let halves = [pair.to_bits() << 16, pair.to_bits() & 0xFFFF_0000].map(f32::from_bits);
            for (exact, half) in two.iter().zip(halves) {
                assert!((exact - half).abs() <= exact.abs() / 256.0, "{exact} {half}");
            }
        }
        assert_eq!(out[50].to_bits() >> 16, 0);
    }
}
