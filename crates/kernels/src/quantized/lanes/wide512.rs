//! 512 bits with `vpdpbusd`.

#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]
#![allow(clippy::wildcard_imports, reason = "forty names that begin alike")]

use super::{Lanes, first, first_mut, inlined, quad};
use crate::quantized::BLOCK;
use crate::quantized::codes::Codes;
use crate::quantized::product::{Tile, compute, compute_tall};
use crate::quantized::scaling::Scaling;
use crate::witness::Avx512Vnni;
use std::arch::x86_64::*;

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx2,fma,f16c")]
fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    there: Avx512Vnni,
    tile: Tile<'_>,
) {
    compute::<_, C, S, ROWS, GROUPS>(there, tile);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx2,fma,f16c")]
fn tall<C: Codes, S: Scaling>(there: Avx512Vnni, tile: Tile<'_>) {
    compute_tall::<_, C, S>(there, tile);
}

impl Lanes for Avx512Vnni {
    const COUNT: usize = 16;
    const SHORT: bool = false;
    type Ints = __m512i;
    type Floats = __m512;

    fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(self, of: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tile::<C, S, ROWS, GROUPS>(self, of) }
    }

    fn tall<C: Codes, S: Scaling>(self, of: Tile<'_>) {
        // SAFETY: `self` is a witness of these features.
        unsafe { tall::<C, S>(self, of) }
    }

    inlined! {
        fn zeros(self) -> __m512i { _mm512_setzero_si512() }
        fn load(self, at: &[u8]) -> __m512i {
            let at: &[u8; 64] = first(at);
            _mm512_loadu_si512(at.as_ptr().cast())
        }
        fn quad(self, at: &[i8; BLOCK], place: usize) -> __m512i { _mm512_set1_epi32(quad(at, place)) }
        fn and(self, a: __m512i, byte: u8) -> __m512i { _mm512_and_si512(a, _mm512_set1_epi8(byte as i8)) }
        fn or(self, a: __m512i, b: __m512i) -> __m512i { _mm512_or_si512(a, b) }
        fn left<const N: u32>(self, a: __m512i) -> __m512i { _mm512_slli_epi16::<N>(a) }
        fn right<const N: u32>(self, a: __m512i) -> __m512i { _mm512_srli_epi16::<N>(a) }
        fn add_narrow(self, sum: __m512i, w: [__m512i; 2], x: [__m512i; 2]) -> __m512i {
            _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(sum, w[0], x[0]), w[1], x[1])
        }
        fn widen(self, sum: __m512i) -> __m512i { sum }
        fn add_wide(self, sum: __m512i, w: [__m512i; 2], x: [__m512i; 2], _factor: __m512i) -> __m512i {
            self.add_narrow(sum, w, x)
        }
        fn add_any(self, sum: __m512i, w: [__m512i; 2], x: [__m512i; 2]) -> __m512i {
            self.add_narrow(sum, w, x)
        }
        fn one(self) -> __m512i { _mm512_setzero_si512() }
        fn factors(self, _at: &[u8]) -> __m512i { _mm512_setzero_si512() }
        fn load_floats(self, at: &[f32]) -> __m512 {
            let at: &[f32; 16] = first(at);
            _mm512_loadu_ps(at.as_ptr())
        }
        fn sum(self, a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn splat(self, x: f32) -> __m512 { _mm512_set1_ps(x) }
        fn floats(self, a: __m512i) -> __m512 { _mm512_cvtepi32_ps(a) }
        fn floats_of_halves(self, at: &[u8]) -> __m512 {
            let at: &[u8; 32] = first(at);
            _mm512_cvtph_ps(_mm256_loadu_si256(at.as_ptr().cast()))
        }
        fn floats_of_bytes(self, at: &[u8]) -> __m512 {
            let at: &[u8; 16] = first(at);
            _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(at.as_ptr().cast())))
        }
        fn floats_of_signed_bytes(self, at: &[u8]) -> __m512 {
            let at: &[u8; 16] = first(at);
            _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(at.as_ptr().cast())))
        }
        fn times(self, a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn plus_product(self, a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        fn minus_product(self, a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fnmadd_ps(a, b, c) }
        fn store(self, at: &mut [f32], a: __m512) {
            let at: &mut [f32; 16] = first_mut(at);
            _mm512_storeu_ps(at.as_mut_ptr(), a);
        }
    }
}
