//! How codes of 4, 5, 6 and 8 bits lie in as many vectors. A block has 32 columns for as many outputs as
//! there are lanes; a lane of a vector has four bytes, one for each column of a quad.
//!
//! The first four vectors of 4, 5 and 6 bits have two quads each in their nibbles; what a code has
//! above its nibble lies in further vectors, so that a shift and a mask bring it to bit 4.

#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

use super::BLOCK;
use super::lanes::Lanes;

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

/// A number of bits, whose codes lie in as many vectors.
pub(super) trait Codes {
    /// How many; of a block.
    const VECTORS: usize;
    /// Whether short sums have taken off what codes are raised by.
    const LOWERED: bool = false;

    /// Quads `2 · Z` and `2 · Z + 1` of a block.
    fn pair<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2];
    /// Adds their products.
    #[inline(always)]
    fn add<L: Lanes>(
        lanes: L,
        sum: L::Ints,
        w: [L::Ints; 2],
        x: [L::Ints; 2],
        factor: L::Ints,
    ) -> L::Ints {
        lanes.add_wide(sum, w, x, factor)
    }
    /// Whole numbers of the sums.
    #[inline(always)]
    fn close<L: Lanes>(_: L, sum: L::Ints) -> L::Ints {
        sum
    }
}

pub(super) struct Four;
pub(super) struct Five;
pub(super) struct Six;
pub(super) struct Eight;

#[inline(always)]
fn nibbles<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2] {
    let both = vector(lanes, block, Z);
    [lanes.and(both, 15), lanes.and(lanes.right::<4>(both), 15)]
}

#[inline(always)]
fn vector<L: Lanes>(lanes: L, block: &[u8], index: usize) -> L::Ints {
    lanes.load(&block[index * 4 * L::COUNT..])
}

impl Codes for Four {
    const VECTORS: usize = 4;

    #[inline(always)]
    fn pair<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2] {
        nibbles::<L, Z>(lanes, block)
    }

    #[inline(always)]
    fn add<L: Lanes>(
        lanes: L,
        sum: L::Ints,
        w: [L::Ints; 2],
        x: [L::Ints; 2],
        _: L::Ints,
    ) -> L::Ints {
        lanes.add_narrow(sum, w, x)
    }

    #[inline(always)]
    fn close<L: Lanes>(lanes: L, sum: L::Ints) -> L::Ints {
        lanes.widen(sum)
    }
}

impl Codes for Five {
    const VECTORS: usize = 5;

    #[inline(always)]
    fn pair<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2] {
        let [a, b] = nibbles::<L, Z>(lanes, block);
        let bits = vector(lanes, block, 4);
        let [c, d] = match Z {
            0 => [bits, lanes.right::<1>(bits)],
            1 => [lanes.right::<2>(bits), lanes.right::<3>(bits)],
            2 => [lanes.left::<4>(bits), lanes.left::<3>(bits)],
            _ => [lanes.left::<2>(bits), lanes.left::<1>(bits)],
        };
        [lanes.or(a, lanes.and(c, 16)), lanes.or(b, lanes.and(d, 16))]
    }
}

impl Codes for Six {
    const VECTORS: usize = 6;

    #[inline(always)]
    fn pair<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2] {
        let [a, b] = nibbles::<L, Z>(lanes, block);
        let bits = vector(lanes, block, 4 + Z / 2);
        let [c, d] = match Z % 2 {
            0 => [bits, lanes.right::<2>(bits)],
            _ => [lanes.left::<4>(bits), lanes.left::<2>(bits)],
        };
        [lanes.or(a, lanes.and(c, 48)), lanes.or(b, lanes.and(d, 48))]
    }
}

impl Codes for Eight {
    const VECTORS: usize = 8;
    const LOWERED: bool = true;

    #[inline(always)]
    fn pair<L: Lanes, const Z: usize>(lanes: L, block: &[u8]) -> [L::Ints; 2] {
        [vector(lanes, block, 2 * Z), vector(lanes, block, 2 * Z + 1)]
    }

    #[inline(always)]
    fn add<L: Lanes>(
        lanes: L,
        sum: L::Ints,
        w: [L::Ints; 2],
        x: [L::Ints; 2],
        _: L::Ints,
    ) -> L::Ints {
        lanes.add_any(sum, w, x)
    }
}
