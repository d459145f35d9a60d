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
        assert!(columns.is_multiple_of(BLOCK), "columns come in blocks");
        let count = x.len() / BLOCK;
        let mut inputs = Self {
            columns,
            rows: x.len() / columns.max(1),
            numbers: vec![[0; BLOCK]; count],
            blocks: vec![InputBlock::default(); count],
        };
        round_rows(x, columns, &mut inputs.numbers, &mut inputs.blocks);
        inputs
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
    {
        #[target_feature(enable = "avx2,fma")]
        fn avx2(x: &[f32], columns: usize, numbers: &mut [[i8; BLOCK]], blocks: &mut [InputBlock]) {
            round_bands(x, columns, numbers, blocks);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the machine has these instructions.
            return unsafe { avx2(x, columns, numbers, blocks) };
        }
    }
    round_bands(x, columns, numbers, blocks);
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "becomes vector code only where it is inlined")]
fn round_bands(x: &[f32], columns: usize, numbers: &mut [[i8; BLOCK]], blocks: &mut [InputBlock]) {
    let band = BAND * columns / BLOCK;
    let bands = x.chunks(BAND * columns).zip(numbers.chunks_mut(band)).zip(blocks.chunks_mut(band));
    for ((x, numbers), blocks) in bands {
        let height = x.len() / columns;
        for (row, x) in x.chunks_exact(columns).enumerate() {
            let (x, _) = x.as_chunks::<BLOCK>();
            let places = numbers.iter_mut().zip(blocks.iter_mut()).skip(row).step_by(height);
            for (x, (numbers, block)) in x.iter().zip(places) {
                *block = round_block(x, numbers);
            }
        }
    }
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "becomes vector code only where it is inlined")]
fn round_block(x: &[f32; BLOCK], numbers: &mut [i8; BLOCK]) -> InputBlock {
    /// 1.5·2²³: adding it rounds to the nearest whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let mut most = [0.0_f32; 8];
    for (i, x) in x.iter().enumerate() {
        let x = x.abs();
        most[i % 8] = if x > most[i % 8] { x } else { most[i % 8] };
    }
    let greatest = most.iter().fold(0.0, |a: f32, b| a.max(*b));
    let factor = if greatest > 0.0 { 127.0 / greatest } else { 0.0 };
    let mut whole = [0_i32; BLOCK];
    for (whole, x) in whole.iter_mut().zip(x) {
        *whole = (x * factor + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    }
    for (number, whole) in numbers.iter_mut().zip(whole) {
        *number = whole as i8;
    }
    let first: i32 = whole[..BLOCK / 2].iter().sum();
    let second: i32 = whole[BLOCK / 2..].iter().sum();
    let scale = greatest / 127.0;
    InputBlock { scale, sums: [first + second, first, second].map(|sum| scale * sum as f32) }
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
    fn zeros_stay_zeros() {
        let inputs = Inputs::round(&[0.0; 32], 32);
        assert!(inputs.numbers.iter().flatten().all(|n| *n == 0) && inputs.blocks[0].scale == 0.0);
    }
}
