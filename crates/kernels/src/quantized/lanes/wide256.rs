//! 256 bits, with `vpdpbusd` or without.

#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]
#![allow(clippy::wildcard_imports, reason = "forty names that begin alike")]

use super::{Lanes, first, first_mut, inlined, quad};
use crate::quantized::BLOCK;
use crate::quantized::codes::Codes;
use crate::quantized::product::{Tile, compute, compute_tall};
use crate::quantized::scaling::Scaling;
use crate::witness::{Avx2, AvxVnni};
use std::arch::x86_64::*;

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
fn tile_vnni<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    there: AvxVnni,
    tile: Tile<'_>,
) {
    compute::<_, C, S, ROWS, GROUPS>(there, tile);
}

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
fn tall_vnni<C: Codes, S: Scaling>(there: AvxVnni, tile: Tile<'_>) {
    compute_tall::<_, C, S>(there, tile);
}

#[target_feature(enable = "avx2,fma,f16c")]
fn tile_short<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    there: Avx2,
    tile: Tile<'_>,
) {
    compute::<_, C, S, ROWS, GROUPS>(there, tile);
}

#[target_feature(enable = "avx2,fma,f16c")]
fn tall_short<C: Codes, S: Scaling>(there: Avx2, tile: Tile<'_>) {
    compute_tall::<_, C, S>(there, tile);
}

/// What both kinds do alike.
macro_rules! alike {
    () => {
        const COUNT: usize = 8;
        type Ints = __m256i;
        type Floats = __m256;

        inlined! {
            fn zeros(self) -> __m256i { _mm256_setzero_si256() }
            fn load(self, at: &[u8]) -> __m256i {
                let at: &[u8; 32] = first(at);
                _mm256_loadu_si256(at.as_ptr().cast())
            }
            fn quad(self, at: &[i8; BLOCK], place: usize) -> __m256i { _mm256_set1_epi32(quad(at, place)) }
            fn and(self, a: __m256i, byte: u8) -> __m256i {
                _mm256_and_si256(a, _mm256_set1_epi8(byte as i8))
            }
            fn or(self, a: __m256i, b: __m256i) -> __m256i { _mm256_or_si256(a, b) }
            // Shifts of 256 bits take their count as `i32`, those of 512 as `u32`.
            fn left<const N: u32>(self, a: __m256i) -> __m256i {
                match N {
                    1 => _mm256_slli_epi16::<1>(a),
                    2 => _mm256_slli_epi16::<2>(a),
                    3 => _mm256_slli_epi16::<3>(a),
                    _ => _mm256_slli_epi16::<4>(a),
                }
            }
            fn right<const N: u32>(self, a: __m256i) -> __m256i {
                match N {
                    1 => _mm256_srli_epi16::<1>(a),
                    2 => _mm256_srli_epi16::<2>(a),
                    3 => _mm256_srli_epi16::<3>(a),
                    _ => _mm256_srli_epi16::<4>(a),
                }
            }
            fn one(self) -> __m256i { _mm256_set1_epi16(1) }
            fn factors(self, at: &[u8]) -> __m256i {
                let at: &[u8; 8] = first(at);
                let factors = _mm256_cvtepi8_epi32(_mm_loadl_epi64(at.as_ptr().cast()));
                let low = _mm256_and_si256(factors, _mm256_set1_epi32(0xFFFF));
                _mm256_or_si256(low, _mm256_slli_epi32::<16>(factors))
            }
            fn load_floats(self, at: &[f32]) -> __m256 {
                let at: &[f32; 8] = first(at);
                _mm256_loadu_ps(at.as_ptr())
            }
            fn sum(self, a: __m256, b: __m256) -> __m256 { _mm256_add_ps(a, b) }
            fn splat(self, x: f32) -> __m256 { _mm256_set1_ps(x) }
            fn floats(self, a: __m256i) -> __m256 { _mm256_cvtepi32_ps(a) }
            fn floats_of_halves(self, at: &[u8]) -> __m256 {
                let at: &[u8; 16] = first(at);
                _mm256_cvtph_ps(_mm_loadu_si128(at.as_ptr().cast()))
            }
            fn floats_of_bytes(self, at: &[u8]) -> __m256 {
                let at: &[u8; 8] = first(at);
                _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(at.as_ptr().cast())))
            }
            fn floats_of_signed_bytes(self, at: &[u8]) -> __m256 {
                let at: &[u8; 8] = first(at);
                _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(at.as_ptr().cast())))
            }
            fn times(self, a: __m256, b: __m256) -> __m256 { _mm256_mul_ps(a, b) }
            fn plus_product(self, a: __m256, b: __m256, c: __m256) -> __m256 { _mm256_fmadd_ps(a, b, c) }
            fn minus_product(self, a: __m256, b: __m256, c: __m256) -> __m256 { _mm256_fnmadd_ps(a, b, c) }
            fn store(self, at: &mut [f32], a: __m256) {
                let at: &mut [f32; 8] = first_mut(at);
                _mm256_storeu_ps(at.as_mut_ptr(), a);
            }
        }
    };
}

impl Lanes for AvxVnni {
    const SHORT: bool = false;

    fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(self, tile: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tile_vnni::<C, S, ROWS, GROUPS>(self, tile) }
    }

    fn tall<C: Codes, S: Scaling>(self, tile: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tall_vnni::<C, S>(self, tile) }
    }

    alike!();

    inlined! {
        fn add_narrow(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            _mm256_dpbusd_avx_epi32(_mm256_dpbusd_avx_epi32(sum, w[0], x[0]), w[1], x[1])
        }
        fn widen(self, sum: __m256i) -> __m256i { sum }
        fn add_wide(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2], _factor: __m256i) -> __m256i {
            self.add_narrow(sum, w, x)
        }
        fn add_any(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            self.add_narrow(sum, w, x)
        }
    }
}

impl Lanes for Avx2 {
    const SHORT: bool = true;

    fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(self, tile: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tile_short::<C, S, ROWS, GROUPS>(self, tile) }
    }

    fn tall<C: Codes, S: Scaling>(self, tile: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tall_short::<C, S>(self, tile) }
    }

    alike!();

    inlined! {
        fn add_narrow(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            let sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(w[0], x[0]));
            _mm256_add_epi16(sum, _mm256_maddubs_epi16(w[1], x[1]))
        }
        fn widen(self, sum: __m256i) -> __m256i { _mm256_madd_epi16(sum, _mm256_set1_epi16(1)) }
        fn add_wide(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2], factor: __m256i) -> __m256i {
            let first = _mm256_maddubs_epi16(w[0], x[0]);
            let both = _mm256_add_epi16(first, _mm256_maddubs_epi16(w[1], x[1]));
            _mm256_add_epi32(sum, _mm256_madd_epi16(both, factor))
        }
        fn add_any(self, sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            // Pairs of 8 by 8 bits fit 16 just once, and only without the 128.
            let raised = _mm256_set1_epi8(-128);
            let product = |w, x| {
                let w = _mm256_xor_si256(w, raised);
                let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
                _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
            };
            _mm256_add_epi32(sum, _mm256_add_epi32(product(w[0], x[0]), product(w[1], x[1])))
        }
    }
}
