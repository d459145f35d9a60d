//! Rows of input, rounded to 8 bits with a scale for every 32 numbers.

use super::BLOCK;

/// Rows that lie together: a band's first blocks of all its rows come before its second ones, so that
/// a product reads from one end to the other. The last band may be lower.
pub(super) const BAND: usize = 16;

/// Rows of input that a [`super::Matrix`] can be multiplied with.
pub struct Inputs {
    pub(super) columns: usize,
    rows: usize,
    /// `[bands, columns / 32, rows of the band]`, each number −127 to 127.
    pub(super) numbers: Vec<[i8; BLOCK]>,
    /// Likewise.
    pub(super) blocks: Vec<InputBlock>,
}

/// What belongs to 32 numbers.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct InputBlock {
    /// What numbers are multiplied by.
    pub(super) scale: f32,
    /// Sums of the numbers times the scale: of all, of the first 16, of the last 16.
    pub(super) sums: [f32; 3],
}

impl Inputs {
    /// Rounds rows of `columns` numbers.
    ///
    /// # Panics
    /// Where columns are no multiple of 32.
    pub fn round(x: &[f32], columns: usize) -> Self {
        let mut inputs = Self { columns, rows: 0, numbers: Vec::new(), blocks: Vec::new() };
        inputs.refill(x, columns);
        inputs
    }

    /// [`Self::round`] into the memory of others.
    ///
    /// # Panics
    /// Where columns are no multiple of 32.
    pub fn refill(&mut self, x: &[f32], columns: usize) {
        assert!(columns.is_multiple_of(BLOCK), "columns come in blocks");
        let count = x.len() / BLOCK;
        (self.columns, self.rows) = (columns, x.len() / columns.max(1));
        self.numbers.resize(count, [0; BLOCK]);
        self.blocks.resize(count, InputBlock::default());
        round_rows(x, columns, &mut self.numbers, &mut self.blocks);
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Rows of the band that a row lies in.
    pub(super) fn height(&self, row: usize) -> usize {
        BAND.min(self.rows - row / BAND * BAND)
    }

    /// A number, as rounded.
    #[cfg(test)]
    pub(super) fn number(&self, row: usize, column: usize) -> f32 {
        let at = self.start(row) + column / BLOCK * self.height(row);
        f32::from(self.numbers[at][column % BLOCK]) * self.blocks[at].scale
    }

    /// Where a row's first block lies; its others follow at a distance of the band's height.
    pub(super) fn start(&self, row: usize) -> usize {
        row / BAND * BAND * (self.columns / BLOCK) + row % BAND
    }
}

fn round_rows(x: &[f32], columns: usize, numbers: &mut [[i8; BLOCK]], blocks: &mut [InputBlock]) {
    #[cfg(target_arch = "x86_64")]
    if crate::witness::Avx2::detect().is_some() {
        // SAFETY: the machine was asked for these features.
        let round = |x: &_, numbers: &mut _| unsafe { round_block_256(x, numbers) };
        return round_bands(x, columns, numbers, blocks, round);
    }
    round_bands(x, columns, numbers, blocks, round_block);
}

fn round_bands(
    x: &[f32],
    columns: usize,
    numbers: &mut [[i8; BLOCK]],
    blocks: &mut [InputBlock],
    round: impl Fn(&[f32; BLOCK], &mut [i8; BLOCK]) -> InputBlock,
) {
    let band = BAND * columns / BLOCK;
    let bands = x.chunks(BAND * columns).zip(numbers.chunks_mut(band)).zip(blocks.chunks_mut(band));
    for ((x, numbers), blocks) in bands {
        let height = x.len() / columns;
        for (row, x) in x.chunks_exact(columns).enumerate() {
            let (x, _) = x.as_chunks::<BLOCK>();
            let places = numbers.iter_mut().zip(blocks.iter_mut()).skip(row).step_by(height);
            for (x, (numbers, block)) in x.iter().zip(places) {
                *block = round(x, numbers);
            }
        }
    }
}

fn round_block(x: &[f32; BLOCK], numbers: &mut [i8; BLOCK]) -> InputBlock {
    let greatest = x.iter().fold(0.0, |a: f32, b| if b.abs() > a { b.abs() } else { a });
    let factor = factor(greatest);
    let mut sums = [0; 2];
    for (i, (number, x)) in numbers.iter_mut().zip(x).enumerate() {
        let whole = (x * factor).round_ties_even() as i32;
        *number = whole as i8;
        sums[i / (BLOCK / 2)] += whole;
    }
    InputBlock::new(greatest, sums)
}

/// What brings the greatest number to 127.
fn factor(greatest: f32) -> f32 {
    if greatest > 0.0 { 127.0 / greatest } else { 0.0 }
}

impl InputBlock {
    fn new(greatest: f32, [first, second]: [i32; 2]) -> Self {
        let scale = greatest / 127.0;
        Self { scale, sums: [first + second, first, second].map(|sum| scale * sum as f32) }
    }
}

/// [`round_block`] in registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn round_block_256(x: &[f32; BLOCK], numbers: &mut [i8; BLOCK]) -> InputBlock {
    use std::arch::x86_64::{
        __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_cvtss_f32, _mm_max_ps, _mm_movehl_ps,
        _mm_shuffle_epi32, _mm_shuffle_ps, _mm256_add_epi32, _mm256_and_ps, _mm256_castps256_ps128,
        _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cvtps_epi32, _mm256_extractf128_ps,
        _mm256_extracti128_si256, _mm256_loadu_ps, _mm256_max_ps, _mm256_mul_ps,
        _mm256_packs_epi16, _mm256_packs_epi32, _mm256_permutevar8x32_epi32, _mm256_set1_epi32,
        _mm256_set1_ps, _mm256_setr_epi32, _mm256_storeu_si256,
    };
    // SAFETY: 32 numbers are there.
    let x = [0, 8, 16, 24].map(|at| unsafe { _mm256_loadu_ps(x.as_ptr().add(at)) });
    let unsigned = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFF_FFFF));
    let sizes = x.map(|x| _mm256_and_ps(x, unsigned));
    let most = _mm256_max_ps(sizes[0], sizes[1]);
    let most = _mm256_max_ps(most, _mm256_max_ps(sizes[2], sizes[3]));
    let most = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps::<1>(most));
    let most = _mm_max_ps(most, _mm_movehl_ps(most, most));
    let greatest = _mm_cvtss_f32(_mm_max_ps(most, _mm_shuffle_ps::<1>(most, most)));
    let factor = _mm256_set1_ps(factor(greatest));
    let whole = x.map(|x| _mm256_cvtps_epi32(_mm256_mul_ps(x, factor)));
    let sum = |x: __m256i| {
        let x = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x));
        let x = _mm_add_epi32(x, _mm_shuffle_epi32::<0b00_00_11_10>(x));
        _mm_cvtsi128_si32(_mm_add_epi32(x, _mm_shuffle_epi32::<1>(x)))
    };
    let sums = [0, 2].map(|at| sum(_mm256_add_epi32(whole[at], whole[at + 1])));
    let bytes = _mm256_packs_epi16(
        _mm256_packs_epi32(whole[0], whole[1]),
        _mm256_packs_epi32(whole[2], whole[3]),
    );
    // Packing works within halves of a register; fours of bytes go back to where they belong.
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let bytes = _mm256_permutevar8x32_epi32(bytes, order);
    // SAFETY: there is room for 32 bytes.
    unsafe { _mm256_storeu_si256(numbers.as_mut_ptr().cast(), bytes) };
    InputBlock::new(greatest, sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_place_and_size() {
        let x: Vec<f32> = (0..19 * 64).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.3).collect();
        let inputs = Inputs::round(&x, 64);
        assert_eq!(inputs.rows(), 19);
        for (i, x) in x.iter().enumerate() {
            let back = inputs.number(i / 64, i % 64);
            assert!((x - back).abs() <= 15.0 / 254.0 + 1e-6, "{x} {back}");
        }
        let (block, numbers) = (&inputs.blocks[2], &inputs.numbers[2]);
        let sum: i32 = numbers.iter().map(|n| i32::from(*n)).sum();
        assert!((block.sums[0] - sum as f32 * block.scale).abs() < 1e-4);
        assert!((block.sums[0] - block.sums[1] - block.sums[2]).abs() < 1e-4);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn registers_and_loops_round_alike() {
        if !is_x86_feature_detected!("avx2") {
            return;
        }
        for seed in 0..200 {
            let x: [f32; BLOCK] =
                std::array::from_fn(|i| ((i * 37 + seed * 17) % 101) as f32 * 0.31 - 15.0);
            let [mut wide, mut plain] = [[0; BLOCK]; 2];
            // SAFETY: the machine was asked.
            let a = unsafe { round_block_256(&x, &mut wide) };
            let b = round_block(&x, &mut plain);
            assert_eq!((wide, a.scale, a.sums), (plain, b.scale, b.sums));
        }
    }

    #[test]
    fn what_was_there_before_does_not_matter() {
        let x: Vec<f32> = (0..3 * 64).map(|i| (i % 29) as f32 - 14.0).collect();
        let mut used = Inputs::round(&[7.0; 40 * 96], 96);
        used.refill(&x, 64);
        let fresh = Inputs::round(&x, 64);
        assert_eq!((used.rows(), &used.numbers), (fresh.rows(), &fresh.numbers));
    }

    #[test]
    fn zeros_stay_zeros() {
        let inputs = Inputs::round(&[0.0; 32], 32);
        assert!(inputs.numbers.iter().flatten().all(|n| *n == 0) && inputs.blocks[0].scale == 0.0);
    }
}
