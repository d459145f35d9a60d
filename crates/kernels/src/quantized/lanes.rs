//! The few operations a product is written in, for each width of vector. Their names say what they
//! do to a lane: four codes (bytes), a whole number or a float.
//!
//! Nothing here may be called but from a function that is compiled for the instructions, into which
//! all of it is inlined.

#![cfg(target_arch = "x86_64")]
#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]
#![allow(clippy::wildcard_imports, reason = "sixty names that begin alike")]

use super::codes::Codes;
use super::product::{Tile, compute, compute_tall};
use super::scaling::Scaling;
use std::arch::x86_64::*;

/// Vectors of one width.
///
/// # Safety
/// The machine has the instructions, and pointers point to as much as is read or written: four
/// bytes, one number or half a float a lane.
pub(super) trait Lanes {
    /// Lanes.
    const COUNT: usize;
    /// Whether products are summed in 16 bits before a factor or one widens them: then
    /// [`Lanes::add_wide`] takes a factor, and two pairs of 6-bit codes are all that fits.
    const SHORT: bool;
    type Ints: Copy;
    type Floats: Copy;

    /// [`compute`], compiled for these instructions.
    unsafe fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile);
    /// [`compute_tall`], likewise.
    unsafe fn tall<C: Codes, S: Scaling>(tile: Tile);

    unsafe fn zeros() -> Self::Ints;
    unsafe fn load(at: *const u8) -> Self::Ints;
    /// The same four numbers in every lane.
    unsafe fn quad(at: *const i8) -> Self::Ints;
    unsafe fn and(a: Self::Ints, byte: u8) -> Self::Ints;
    unsafe fn or(a: Self::Ints, b: Self::Ints) -> Self::Ints;
    /// Shift pairs of bytes; what comes in from the other byte must be masked.
    unsafe fn left<const N: u32>(a: Self::Ints) -> Self::Ints;
    unsafe fn right<const N: u32>(a: Self::Ints) -> Self::Ints;

    /// Adds the products of two quads of codes below 16; eight quads fit, then comes
    /// [`Lanes::widen`].
    unsafe fn add_narrow(sum: Self::Ints, w: [Self::Ints; 2], x: [Self::Ints; 2]) -> Self::Ints;
    /// Whole numbers of what [`Lanes::add_narrow`] summed.
    unsafe fn widen(sum: Self::Ints) -> Self::Ints;
    /// Adds the products of two quads of codes below 64, times the factor where sums are short.
    unsafe fn add_wide(
        sum: Self::Ints,
        w: [Self::Ints; 2],
        x: [Self::Ints; 2],
        factor: Self::Ints,
    ) -> Self::Ints;
    /// Adds the products of two quads of any codes; where sums are short, of what they are over 128.
    unsafe fn add_any(sum: Self::Ints, w: [Self::Ints; 2], x: [Self::Ints; 2]) -> Self::Ints;
    /// A factor of one.
    unsafe fn one() -> Self::Ints;
    /// Factors of 8 signed bits.
    unsafe fn factors(at: *const u8) -> Self::Ints;

    unsafe fn load_floats(at: *const f32) -> Self::Floats;
    unsafe fn sum(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    unsafe fn splat(x: f32) -> Self::Floats;
    unsafe fn floats(a: Self::Ints) -> Self::Floats;
    unsafe fn from_halves(at: *const u8) -> Self::Floats;
    unsafe fn from_bytes(at: *const u8) -> Self::Floats;
    unsafe fn from_signed_bytes(at: *const u8) -> Self::Floats;
    unsafe fn times(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a · b + c`.
    unsafe fn plus_product(a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    /// `c − a · b`.
    unsafe fn minus_product(a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    unsafe fn store(at: *mut f32, a: Self::Floats);
}

/// 512 bits with `vpdpbusd`.
pub(super) struct Vnni512;

/// 256 bits, with `vpdpbusd` or without.
pub(super) struct Wide256<const VNNI: bool>;

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx2,fma,f16c")]
unsafe fn tile_512<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute::<Vnni512, C, S, ROWS, GROUPS>(tile) }
}

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
unsafe fn tile_256_vnni<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute::<Wide256<true>, C, S, ROWS, GROUPS>(tile) }
}

#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn tile_256<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute::<Wide256<false>, C, S, ROWS, GROUPS>(tile) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni,avx2,fma,f16c")]
unsafe fn tall_512<C: Codes, S: Scaling>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute_tall::<Vnni512, C, S>(tile) }
}

#[target_feature(enable = "avx2,fma,f16c,avxvnni")]
unsafe fn tall_256_vnni<C: Codes, S: Scaling>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute_tall::<Wide256<true>, C, S>(tile) }
}

#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn tall_256<C: Codes, S: Scaling>(tile: Tile) {
    // SAFETY: the caller's promise.
    unsafe { compute_tall::<Wide256<false>, C, S>(tile) }
}

/// Functions of a trait whose bodies are unsafe and inlined.
macro_rules! inlined {
    ($($(#[$doc:meta])* fn $name:ident $(<const $n:ident: u32>)? ($($arg:tt)*) $(-> $out:ty)? $body:block)*) => {
        $(
            #[inline(always)]
            #[allow(unused_unsafe, reason = "some only hand a value back")]
            unsafe fn $name $(<const $n: u32>)? ($($arg)*) $(-> $out)? {
                // SAFETY: the caller's promise.
                unsafe { $body }
            }
        )*
    };
}

impl Lanes for Vnni512 {
    const COUNT: usize = 16;
    const SHORT: bool = false;
    type Ints = __m512i;
    type Floats = __m512;

    unsafe fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile) {
        // SAFETY: the caller's promise.
        unsafe { tile_512::<C, S, ROWS, GROUPS>(tile) }
    }

    unsafe fn tall<C: Codes, S: Scaling>(tile: Tile) {
        // SAFETY: the caller's promise.
        unsafe { tall_512::<C, S>(tile) }
    }

    inlined! {
        fn zeros() -> __m512i { _mm512_setzero_si512() }
        fn load(at: *const u8) -> __m512i { _mm512_loadu_si512(at.cast()) }
        fn quad(at: *const i8) -> __m512i { _mm512_set1_epi32(at.cast::<i32>().read_unaligned()) }
        fn and(a: __m512i, byte: u8) -> __m512i { _mm512_and_si512(a, _mm512_set1_epi8(byte as i8)) }
        fn or(a: __m512i, b: __m512i) -> __m512i { _mm512_or_si512(a, b) }
        fn left<const N: u32>(a: __m512i) -> __m512i { _mm512_slli_epi16::<N>(a) }
        fn right<const N: u32>(a: __m512i) -> __m512i { _mm512_srli_epi16::<N>(a) }
        fn add_narrow(sum: __m512i, w: [__m512i; 2], x: [__m512i; 2]) -> __m512i {
            _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(sum, w[0], x[0]), w[1], x[1])
        }
        fn widen(sum: __m512i) -> __m512i { sum }
        fn add_wide(sum: __m512i, w: [__m512i; 2], x: [__m512i; 2], _factor: __m512i) -> __m512i {
            Self::add_narrow(sum, w, x)
        }
        fn add_any(sum: __m512i, w: [__m512i; 2], x: [__m512i; 2]) -> __m512i {
            Self::add_narrow(sum, w, x)
        }
        fn one() -> __m512i { _mm512_setzero_si512() }
        fn factors(_at: *const u8) -> __m512i { _mm512_setzero_si512() }
        fn load_floats(at: *const f32) -> __m512 { _mm512_loadu_ps(at) }
        fn sum(a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn splat(x: f32) -> __m512 { _mm512_set1_ps(x) }
        fn floats(a: __m512i) -> __m512 { _mm512_cvtepi32_ps(a) }
        fn from_halves(at: *const u8) -> __m512 {
            _mm512_cvtph_ps(_mm256_loadu_si256(at.cast()))
        }
        fn from_bytes(at: *const u8) -> __m512 {
            _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(at.cast())))
        }
        fn from_signed_bytes(at: *const u8) -> __m512 {
            _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(at.cast())))
        }
        fn times(a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn plus_product(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fmadd_ps(a, b, c) }
        fn minus_product(a: __m512, b: __m512, c: __m512) -> __m512 { _mm512_fnmadd_ps(a, b, c) }
        fn store(at: *mut f32, a: __m512) { _mm512_storeu_ps(at, a) }
    }
}

impl<const VNNI: bool> Lanes for Wide256<VNNI> {
    const COUNT: usize = 8;
    const SHORT: bool = !VNNI;
    type Ints = __m256i;
    type Floats = __m256;

    unsafe fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(tile: Tile) {
        // SAFETY: the caller's promise.
        unsafe {
            if VNNI {
                tile_256_vnni::<C, S, ROWS, GROUPS>(tile);
            } else {
                tile_256::<C, S, ROWS, GROUPS>(tile);
            }
        }
    }

    unsafe fn tall<C: Codes, S: Scaling>(tile: Tile) {
        // SAFETY: the caller's promise.
        unsafe {
            if VNNI {
                tall_256_vnni::<C, S>(tile);
            } else {
                tall_256::<C, S>(tile);
            }
        }
    }

    inlined! {
        fn zeros() -> __m256i { _mm256_setzero_si256() }
        fn load(at: *const u8) -> __m256i { _mm256_loadu_si256(at.cast()) }
        fn quad(at: *const i8) -> __m256i { _mm256_set1_epi32(at.cast::<i32>().read_unaligned()) }
        fn and(a: __m256i, byte: u8) -> __m256i { _mm256_and_si256(a, _mm256_set1_epi8(byte as i8)) }
        fn or(a: __m256i, b: __m256i) -> __m256i { _mm256_or_si256(a, b) }
        fn left<const N: u32>(a: __m256i) -> __m256i { shift_left::<N>(a) }
        fn right<const N: u32>(a: __m256i) -> __m256i { shift_right::<N>(a) }
        fn add_narrow(sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            if VNNI {
                return _mm256_dpbusd_avx_epi32(_mm256_dpbusd_avx_epi32(sum, w[0], x[0]), w[1], x[1]);
            }
            let sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(w[0], x[0]));
            _mm256_add_epi16(sum, _mm256_maddubs_epi16(w[1], x[1]))
        }
        fn widen(sum: __m256i) -> __m256i {
            if VNNI { sum } else { _mm256_madd_epi16(sum, _mm256_set1_epi16(1)) }
        }
        fn add_wide(sum: __m256i, w: [__m256i; 2], x: [__m256i; 2], factor: __m256i) -> __m256i {
            if VNNI {
                return Self::add_narrow(sum, w, x);
            }
            let first = _mm256_maddubs_epi16(w[0], x[0]);
            let both = _mm256_add_epi16(first, _mm256_maddubs_epi16(w[1], x[1]));
            _mm256_add_epi32(sum, _mm256_madd_epi16(both, factor))
        }
        fn add_any(sum: __m256i, w: [__m256i; 2], x: [__m256i; 2]) -> __m256i {
            if VNNI {
                return Self::add_narrow(sum, w, x);
            }
            // Pairs of 8 by 8 bits fit 16 just once, and only without the 128.
            let raised = _mm256_set1_epi8(-128);
            let product = |w, x| {
                let w = _mm256_xor_si256(w, raised);
                let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
                _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
            };
            _mm256_add_epi32(sum, _mm256_add_epi32(product(w[0], x[0]), product(w[1], x[1])))
        }
        fn one() -> __m256i { _mm256_set1_epi16(1) }
        fn factors(at: *const u8) -> __m256i {
            let factors = _mm256_cvtepi8_epi32(_mm_loadl_epi64(at.cast()));
            let low = _mm256_and_si256(factors, _mm256_set1_epi32(0xFFFF));
            _mm256_or_si256(low, _mm256_slli_epi32::<16>(factors))
        }
        fn load_floats(at: *const f32) -> __m256 { _mm256_loadu_ps(at) }
        fn sum(a: __m256, b: __m256) -> __m256 { _mm256_add_ps(a, b) }
        fn splat(x: f32) -> __m256 { _mm256_set1_ps(x) }
        fn floats(a: __m256i) -> __m256 { _mm256_cvtepi32_ps(a) }
        fn from_halves(at: *const u8) -> __m256 { _mm256_cvtph_ps(_mm_loadu_si128(at.cast())) }
        fn from_bytes(at: *const u8) -> __m256 {
            _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(at.cast())))
        }
        fn from_signed_bytes(at: *const u8) -> __m256 {
            _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(at.cast())))
        }
        fn times(a: __m256, b: __m256) -> __m256 { _mm256_mul_ps(a, b) }
        fn plus_product(a: __m256, b: __m256, c: __m256) -> __m256 { _mm256_fmadd_ps(a, b, c) }
        fn minus_product(a: __m256, b: __m256, c: __m256) -> __m256 { _mm256_fnmadd_ps(a, b, c) }
        fn store(at: *mut f32, a: __m256) { _mm256_storeu_ps(at, a) }
    }
}

/// Shifts of 256 bits take their count as `i32`, those of 512 as `u32`.
#[inline(always)]
unsafe fn shift_left<const N: u32>(a: __m256i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        match N {
            1 => _mm256_slli_epi16::<1>(a),
            2 => _mm256_slli_epi16::<2>(a),
            3 => _mm256_slli_epi16::<3>(a),
            _ => _mm256_slli_epi16::<4>(a),
        }
    }
}

#[inline(always)]
unsafe fn shift_right<const N: u32>(a: __m256i) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe {
        match N {
            1 => _mm256_srli_epi16::<1>(a),
            2 => _mm256_srli_epi16::<2>(a),
            3 => _mm256_srli_epi16::<3>(a),
            _ => _mm256_srli_epi16::<4>(a),
        }
    }
}
