//! Floats rounded to bfloat16, two in the place of one, as `vdpbf16ps` takes them.

#[cfg(target_arch = "x86_64")]
use super::tile::LINE;
#[cfg(target_arch = "x86_64")]
use crate::witness::Avx512Bf16;

/// Numbers rounded to bfloat16, two in the place of one float, the first in the lower half; a zero
/// beside the last of an odd number.
pub(super) fn pairs(numbers: &[f32], out: &mut [f32]) {
    let done = whole_lines(numbers, out);
    for (two, out) in numbers[2 * done..].chunks(2).zip(&mut out[done..]) {
        let second = two.get(1).copied().unwrap_or(0.0);
        *out = f32::from_bits(bfloat16(two[0]) | bfloat16(second) << 16);
    }
}

/// Rounds as many as fill whole lines, where there are instructions for it; gives how many pairs.
#[cfg(target_arch = "x86_64")]
fn whole_lines(numbers: &[f32], out: &mut [f32]) -> usize {
    if Avx512Bf16::detect().is_none() {
        return 0;
    }
    let pairs = numbers.len() / (2 * LINE) * LINE;
    // SAFETY: the machine was asked for these features.
    unsafe { pairs512(&numbers[..2 * pairs], &mut out[..pairs]) };
    pairs
}

#[cfg(not(target_arch = "x86_64"))]
fn whole_lines(_: &[f32], _: &mut [f32]) -> usize {
    0
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bf16")]
fn pairs512(numbers: &[f32], out: &mut [f32]) {
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
    bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16
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
