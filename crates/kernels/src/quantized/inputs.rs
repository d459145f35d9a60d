//! Rows of input, rounded to 8 bits with a scale for every 32 numbers.

use super::BLOCK;

/// Rows of input that a [`super::Matrix`] can be multiplied with.
pub struct Inputs {
    pub(super) columns: usize,
    /// `[rows, columns]`, each −127 to 127.
    pub(super) numbers: Vec<i8>,
    /// `[rows, columns / 32]`.
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
        let mut inputs = Self {
            columns,
            numbers: vec![0; x.len()],
            blocks: vec![InputBlock::default(); x.len() / BLOCK],
        };
        round_rows(x, &mut inputs.numbers, &mut inputs.blocks);
        inputs
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.numbers.len() / self.columns.max(1)
    }
}

fn round_rows(x: &[f32], numbers: &mut [i8], blocks: &mut [InputBlock]) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2,fma")]
        fn avx2(x: &[f32], numbers: &mut [i8], blocks: &mut [InputBlock]) {
            round_each(x, numbers, blocks);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the machine has these instructions.
            return unsafe { avx2(x, numbers, blocks) };
        }
    }
    round_each(x, numbers, blocks);
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "becomes vector code only where it is inlined")]
fn round_each(x: &[f32], numbers: &mut [i8], blocks: &mut [InputBlock]) {
    /// 1.5·2²³: adding it rounds to the nearest whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let (x, _) = x.as_chunks::<BLOCK>();
    let (numbers, _) = numbers.as_chunks_mut::<BLOCK>();
    for ((x, numbers), block) in x.iter().zip(numbers).zip(blocks) {
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
        let sums = [first + second, first, second].map(|sum| scale * sum as f32);
        *block = InputBlock { scale, sums };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_place_and_size() {
        let x: Vec<f32> = (0..3 * 64).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.3).collect();
        let inputs = Inputs::round(&x, 64);
        assert_eq!(inputs.rows(), 3);
        for (i, x) in x.iter().enumerate() {
            let back = f32::from(inputs.numbers[i]) * inputs.blocks[i / BLOCK].scale;
            assert!((x - back).abs() <= 15.0 / 254.0 + 1e-6, "{x} {back}");
        }
        let block = &inputs.blocks[2];
        let sum: i32 = inputs.numbers[64..96].iter().map(|n| i32::from(*n)).sum();
        assert!((block.sums[0] - sum as f32 * block.scale).abs() < 1e-4);
        assert!((block.sums[0] - block.sums[1] - block.sums[2]).abs() < 1e-4);
    }

    #[test]
    fn zeros_stay_zeros() {
        let inputs = Inputs::round(&[0.0; 32], 32);
        assert!(inputs.numbers.iter().all(|n| *n == 0) && inputs.blocks[0].scale == 0.0);
    }
}
