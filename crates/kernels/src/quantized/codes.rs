//! How codes of 4, 5, 6 and 8 bits lie in as many vectors. A block has 32 columns for as many outputs as
//! there are lanes; a lane of a vector has four bytes, one for each column of a quad.
//!
//! The first four vectors of 4, 5 and 6 bits have two quads each in their nibbles; what a code has
//! above its nibble lies in further vectors, so that a shift and a mask bring it to bit 4.

use super::BLOCK;

/// Where the fifth bits of the eight quads stand in a byte.
const FIFTH: [u32; 8] = [4, 5, 6, 7, 0, 1, 2, 3];
/// Where two bits of each of four quads stand in a byte.
const SIXTH: [u32; 4] = [4, 6, 0, 2];

/// Four bytes for each vector of a block: a lane's codes.
pub(super) fn lane(bits: usize, quads: [u32; BLOCK / 4]) -> [u32; 8] {
    if bits == 8 {
        return quads;
    }
    let mut words = [0; 8];
    for (word, two) in words.iter_mut().zip(quads.chunks_exact(2)) {
        *word = two[0] & 0x0F0F_0F0F | (two[1] & 0x0F0F_0F0F) << 4;
    }
    for (q, quad) in quads.iter().enumerate() {
        match bits {
            5 => words[4] |= (quad >> 4 & 0x0101_0101) << FIFTH[q],
            6 => words[4 + q / 4] |= (quad >> 4 & 0x0303_0303) << SIXTH[q % 4],
            _ => {}
        }
    }
    words
}

#[cfg(target_arch = "x86_64")]
pub(super) use vector::{Codes, Eight, Five, Four, Six};

#[cfg(target_arch = "x86_64")]
mod vector {
    #![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

    use crate::quantized::lanes::Lanes;

    /// A number of bits.
    ///
    /// # Safety
    /// As for [`Lanes`]; `at` is where a block's vectors begin.
    pub(in crate::quantized) trait Codes {
        /// Whether short sums have taken off what codes are raised by.
        const LOWERED: bool = false;

        /// Quads `2 · Z` and `2 · Z + 1`.
        unsafe fn pair<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2];
        /// Adds their products.
        #[inline(always)]
        unsafe fn add<L: Lanes>(
            sum: L::Ints,
            w: [L::Ints; 2],
            x: [L::Ints; 2],
            factor: L::Ints,
        ) -> L::Ints {
            // SAFETY: the caller's promise.
            unsafe { L::add_wide(sum, w, x, factor) }
        }
        /// Whole numbers of the sums.
        #[inline(always)]
        unsafe fn close<L: Lanes>(sum: L::Ints) -> L::Ints {
            sum
        }
    }

    pub(in crate::quantized) struct Four;
    pub(in crate::quantized) struct Five;
    pub(in crate::quantized) struct Six;
    pub(in crate::quantized) struct Eight;

    #[inline(always)]
    unsafe fn nibbles<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2] {
        // SAFETY: the caller's promise.
        unsafe {
            let both = vector::<L>(at, Z);
            [L::and(both, 15), L::and(L::right::<4>(both), 15)]
        }
    }

    #[inline(always)]
    unsafe fn vector<L: Lanes>(at: *const u8, index: usize) -> L::Ints {
        // SAFETY: the caller's promise.
        unsafe { L::load(at.add(index * 4 * L::COUNT)) }
    }

    impl Codes for Four {
        #[inline(always)]
        unsafe fn pair<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2] {
            // SAFETY: the caller's promise.
            unsafe { nibbles::<L, Z>(at) }
        }

        #[inline(always)]
        unsafe fn add<L: Lanes>(
            sum: L::Ints,
            w: [L::Ints; 2],
            x: [L::Ints; 2],
            _: L::Ints,
        ) -> L::Ints {
            // SAFETY: the caller's promise.
            unsafe { L::add_narrow(sum, w, x) }
        }

        #[inline(always)]
        unsafe fn close<L: Lanes>(sum: L::Ints) -> L::Ints {
            // SAFETY: the caller's promise.
            unsafe { L::widen(sum) }
        }
    }

    impl Codes for Five {
        #[inline(always)]
        unsafe fn pair<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2] {
            // SAFETY: the caller's promise.
            unsafe {
                let [a, b] = nibbles::<L, Z>(at);
                let bits = vector::<L>(at, 4);
                let [c, d] = match Z {
                    0 => [bits, L::right::<1>(bits)],
                    1 => [L::right::<2>(bits), L::right::<3>(bits)],
                    2 => [L::left::<4>(bits), L::left::<3>(bits)],
                    _ => [L::left::<2>(bits), L::left::<1>(bits)],
                };
                [L::or(a, L::and(c, 16)), L::or(b, L::and(d, 16))]
            }
        }
    }

    impl Codes for Six {
        #[inline(always)]
        unsafe fn pair<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2] {
            // SAFETY: the caller's promise.
            unsafe {
                let [a, b] = nibbles::<L, Z>(at);
                let bits = vector::<L>(at, 4 + Z / 2);
                let [c, d] = match Z % 2 {
                    0 => [bits, L::right::<2>(bits)],
                    _ => [L::left::<4>(bits), L::left::<2>(bits)],
                };
                [L::or(a, L::and(c, 48)), L::or(b, L::and(d, 48))]
            }
        }
    }

    impl Codes for Eight {
        const LOWERED: bool = true;

        #[inline(always)]
        unsafe fn pair<L: Lanes, const Z: usize>(at: *const u8) -> [L::Ints; 2] {
            // SAFETY: the caller's promise.
            unsafe { [vector::<L>(at, 2 * Z), vector::<L>(at, 2 * Z + 1)] }
        }

        #[inline(always)]
        unsafe fn add<L: Lanes>(
            sum: L::Ints,
            w: [L::Ints; 2],
            x: [L::Ints; 2],
            _: L::Ints,
        ) -> L::Ints {
            // SAFETY: the caller's promise.
            unsafe { L::add_any(sum, w, x) }
        }
    }
}
