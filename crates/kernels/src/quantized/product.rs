//! The product itself, written once for all formats and instructions. A tile of a few rows and
//! groups keeps its sums in registers while it goes over the blocks.

#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

use super::codes::{Codes, Eight, Five, Four, Six};
use super::format::Format;
use super::inputs::{BAND, InputBlock, Inputs};
#[cfg(target_arch = "x86_64")]
use super::instructions::Instructions;
use super::lanes::{Lanes, Portable};
use super::matrix::{Matrix, Strides};
use super::output::Claim;
use super::scaling::{BlockScales, Halves, Nested, Scaling, Single, WithMinimum};
use super::{BLOCK, SUPER};
use crate::dense::Onto;
use std::ops::Range;

/// Rows of a tile: with two groups, their sums fill the registers.
const ROWS: usize = 4;
/// Groups that a single row meets at a time, so that its sums do not wait for each other.
const GROUPS_A_ROW: usize = 4;
/// Columns of a tile at most: those of the widest vectors.
const MOST_COLUMNS: usize = GROUPS_A_ROW * 16;

/// [`Matrix::multiply`] without its checks: rows and groups exist, and widths agree.
pub(super) fn multiply(
    matrix: &Matrix,
    inputs: &Inputs,
    rows: Range<usize>,
    groups: Range<usize>,
    output: Claim<'_>,
) {
    let area = Area { matrix, inputs, strides: matrix.strides(), rows, groups, output };
    match matrix.instructions {
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx512Vnni(lanes) => area.multiply(lanes),
        #[cfg(target_arch = "x86_64")]
        Instructions::AvxVnni(lanes) => area.multiply(lanes),
        #[cfg(target_arch = "x86_64")]
        Instructions::Avx2(lanes) => area.multiply(lanes),
        _ => area.multiply(Portable),
    }
}

/// Some rows and groups of a product.
struct Area<'a> {
    matrix: &'a Matrix,
    inputs: &'a Inputs,
    strides: Strides,
    rows: Range<usize>,
    groups: Range<usize>,
    output: Claim<'a>,
}

impl Area<'_> {
    fn multiply<L: Lanes>(self, lanes: L) {
        match self.matrix.format {
            Format::Q4_0 => self.bands::<L, Four, Single<8>>(lanes),
            Format::Q4_1 => self.bands::<L, Four, WithMinimum>(lanes),
            Format::Q5_0 => self.bands::<L, Five, Single<16>>(lanes),
            Format::Q5_1 => self.bands::<L, Five, WithMinimum>(lanes),
            Format::Q8_0 => self.bands::<L, Eight, Single<128>>(lanes),
            Format::Q4K => self.bands::<L, Four, Nested>(lanes),
            Format::Q5K => self.bands::<L, Five, Nested>(lanes),
            Format::Q6 => self.bands::<L, Six, Single<32>>(lanes),
            Format::Q6K => self.bands::<L, Six, Halves>(lanes),
        }
    }

    fn bands<L: Lanes, C: Codes, S: Scaling>(mut self, lanes: L) {
        let mut row = self.rows.start;
        while row < self.rows.end {
            let end = self.rows.end.min((row / BAND + 1) * BAND);
            self.band::<L, C, S>(lanes, row..end);
            row = end;
        }
    }

    /// Rows of one band, whose inputs stay in the first-level cache while all groups pass.
    fn band<L: Lanes, C: Codes, S: Scaling>(&mut self, lanes: L, rows: Range<usize>) {
        let (mut group, groups) = (self.groups.start, self.groups.len());
        if L::SHORT && rows.len() >= ROWS {
            let tile = self.tile::<L>(rows.start, group, rows.len());
            lanes.tall::<C, S>(tile.across(groups));
            return;
        }
        if !L::IN_REGISTERS {
            let tile = self.tile::<L>(rows.start, group, rows.len());
            lanes.tile::<C, S, 1, 1>(tile.across(groups));
            return;
        }
        if rows.len() == 1 {
            let across = groups / GROUPS_A_ROW;
            let tile = self.tile::<L>(rows.start, group, 1);
            lanes.tile::<C, S, 1, GROUPS_A_ROW>(tile.across(across));
            group += across * GROUPS_A_ROW;
        }
        while group + 2 <= self.groups.end {
            self.rows::<L, C, S, 2>(lanes, rows.clone(), group);
            group += 2;
        }
        if group < self.groups.end {
            self.rows::<L, C, S, 1>(lanes, rows, group);
        }
    }

    fn rows<L: Lanes, C: Codes, S: Scaling, const GROUPS: usize>(
        &mut self,
        lanes: L,
        rows: Range<usize>,
        group: usize,
    ) {
        let mut row = rows.start;
        let whole = rows.len() / ROWS;
        if whole > 0 {
            lanes.tile::<C, S, ROWS, GROUPS>(self.tile::<L>(row, group, whole));
            row += whole * ROWS;
        }
        if row < rows.end {
            let left = rows.end - row;
            lanes.tile::<C, S, 1, GROUPS>(self.tile::<L>(row, group, left));
        }
    }

    fn tile<L: Lanes>(&mut self, row: usize, group: usize, count: usize) -> Tile<'_> {
        let Self { matrix, inputs, strides, .. } = self;
        let start = inputs.start(row);
        Tile {
            across: 1,
            count,
            height: inputs.height(row),
            strides: *strides,
            blocks: matrix.columns() / BLOCK,
            codes: &matrix.codes()[group * strides.codes..],
            scales: &matrix.scales()[group * strides.scales..],
            shared: &matrix.shared()[group * strides.shared..],
            numbers: &inputs.numbers[start..],
            input_blocks: &inputs.blocks[start..],
            bias: &matrix.bias()[group * L::COUNT..],
            row,
            column: group * L::COUNT,
            output: self.output.again(),
        }
    }
}

/// A few rows and groups, and as many beside and below as often as it says; everything begins where
/// the first tile does.
pub(super) struct Tile<'a> {
    /// How often beside each other.
    across: usize,
    /// How often below each other; of [`compute_tall`], rows.
    count: usize,
    /// From one block of a row of input to the next.
    height: usize,
    strides: Strides,
    blocks: usize,
    codes: &'a [u8],
    scales: &'a [u8],
    shared: &'a [u8],
    numbers: &'a [[i8; BLOCK]],
    input_blocks: &'a [InputBlock],
    bias: &'a [f32],
    /// Of the output.
    row: usize,
    column: usize,
    output: Claim<'a>,
}

impl<'a> Tile<'a> {
    /// The same as often beside each other.
    fn across(self, across: usize) -> Self {
        Self { across, ..self }
    }

    /// That so many groups, and so many rows of input, are there whole; what [`Tile::group`] and
    /// [`Tile::input`] rely on.
    #[inline(always)]
    fn check<L: Lanes, C: Codes, S: Scaling>(&self, groups: usize, rows: usize) {
        let Strides { codes, scales, shared, .. } = self.strides;
        let [own_codes, own, of_eight] = block_bytes::<L, C, S>();
        assert!(codes == self.blocks * own_codes && scales == self.blocks * own, "whole blocks");
        assert!(shared * SUPER == self.blocks * of_eight, "whole eights of blocks");
        assert!(self.codes.len() >= groups * codes, "codes of every group");
        assert!(self.scales.len() >= groups * scales, "scales of every group");
        assert!(self.shared.len() >= groups * shared, "shared scales of every group");
        let places = self.blocks.saturating_sub(1) * self.height + rows;
        let found = self.numbers.len().min(self.input_blocks.len());
        assert!(rows <= self.height && found >= places, "every block of every row");
    }

    /// One block of a group: its codes, and what they are scaled by.
    ///
    /// # Safety
    /// The group is one of those that were [checked](Tile::check) for these formats, and the block one
    /// of the tile's.
    #[inline(always)]
    unsafe fn group<L: Lanes, C: Codes, S: Scaling>(
        &self,
        lanes: L,
        group: usize,
        block: usize,
    ) -> (&'a [u8], BlockScales<L>) {
        let [codes, own, shared] = block_bytes::<L, C, S>();
        let codes_at = group * self.strides.codes + block * codes;
        let own_at = group * self.strides.scales + block * own;
        let shared_at = group * self.strides.shared + block / SUPER * shared;
        // Lengths are known when this is compiled, which spares a check for every vector.
        // SAFETY: the group and the block exist, so these are within what was checked.
        let (codes, own, shared) = unsafe {
            (
                self.codes.get_unchecked(codes_at..codes_at + codes),
                self.scales.get_unchecked(own_at..own_at + own),
                self.shared.get_unchecked(shared_at..shared_at + shared),
            )
        };
        (codes, S::read(lanes, own, shared))
    }

    /// One block of some rows of input.
    ///
    /// # Safety
    /// The rows are some of those that were [checked](Tile::check), and the block one of the tile's.
    #[inline(always)]
    unsafe fn input(
        &self,
        first: usize,
        rows: usize,
        block: usize,
    ) -> (&'a [[i8; BLOCK]], &'a [InputBlock]) {
        let places = block * self.height + first..block * self.height + first + rows;
        // SAFETY: the rows and the block exist, so these are within what was checked.
        unsafe {
            (self.numbers.get_unchecked(places.clone()), self.input_blocks.get_unchecked(places))
        }
    }
}

/// Bytes of a block's codes and scales, and of scales that eight blocks share.
#[inline(always)]
const fn block_bytes<L: Lanes, C: Codes, S: Scaling>() -> [usize; 3] {
    [4 * C::VECTORS * L::COUNT, S::OWN * L::COUNT, S::SHARED * L::COUNT]
}

/// Computes a tile and those below.
#[inline(always)]
pub(super) fn compute<L: Lanes, C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    lanes: L,
    mut tile: Tile<'_>,
) {
    tile.check::<L, C, S>(GROUPS * tile.across, tile.count * ROWS);
    for group in (0..tile.across).map(|across| across * GROUPS) {
        for row in (0..tile.count).map(|above| above * ROWS) {
            // SAFETY: these rows and groups were checked.
            unsafe { compute_one::<L, C, S, ROWS, GROUPS>(lanes, &mut tile, row, group) };
        }
    }
}

/// Computes one, at some row and group.
///
/// # Safety
/// So many groups and rows from these on were [checked](Tile::check).
#[inline(always)]
unsafe fn compute_one<L: Lanes, C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    lanes: L,
    tile: &mut Tile<'_>,
    row: usize,
    group: usize,
) {
    // Loops, not closures: what these call must be inlined into a function compiled for it.
    let mut sums = [[lanes.splat(0.0); GROUPS]; ROWS];
    for sums in &mut sums {
        for (g, sum) in sums.iter_mut().enumerate() {
            *sum = lanes.load_floats(&tile.bias[(group + g) * L::COUNT..]);
        }
    }
    for b in 0..tile.blocks {
        // SAFETY: the caller's promise; `b` is one of the tile's blocks.
        let (numbers, inputs) = unsafe { tile.input(row, ROWS, b) };
        // SAFETY: as above, for the first group.
        let (codes, read) = unsafe { tile.group::<L, C, S>(lanes, group, b) };
        let (mut codes, mut read) = ([codes; GROUPS], [read; GROUPS]);
        for g in 1..GROUPS {
            // SAFETY: as above, for one of the others.
            (codes[g], read[g]) = unsafe { tile.group::<L, C, S>(lanes, group + g, b) };
        }
        let mut dots = [[lanes.zeros(); GROUPS]; ROWS];
        // A step takes two of the eight quads; steps are spelled out, as their shifts are
        // part of the instructions.
        macro_rules! step {
            ($z:literal) => {
                let mut weights = [[lanes.zeros(); 2]; GROUPS];
                for (weights, codes) in weights.iter_mut().zip(codes) {
                    *weights = C::pair::<L, $z>(lanes, codes);
                }
                for (dots, x) in dots.iter_mut().zip(numbers) {
                    let x = [lanes.quad(x, 2 * $z), lanes.quad(x, 2 * $z + 1)];
                    for ((dot, weights), read) in dots.iter_mut().zip(weights).zip(&read) {
                        *dot = C::add(lanes, *dot, weights, x, read.factors[$z / 2]);
                    }
                }
            };
        }
        step!(0);
        step!(1);
        if S::HALVES && !L::SHORT {
            flush::<L, C, ROWS, GROUPS>(lanes, &mut sums, &mut dots, &read, inputs, 0);
        }
        step!(2);
        step!(3);
        let half = usize::from(S::HALVES && !L::SHORT);
        flush::<L, C, ROWS, GROUPS>(lanes, &mut sums, &mut dots, &read, inputs, half);
        if !(S::RAISED && C::LOWERED && L::SHORT) {
            take_off::<L, S, ROWS, GROUPS>(lanes, &mut sums, &read, inputs);
        }
    }
    store(lanes, tile, [row, group], &sums);
}

/// Computes `count` rows of a band, group by group. A block's codes are unpacked into eight
/// registers and meet every row; sums wait in memory.
#[inline(always)]
pub(super) fn compute_tall<L: Lanes, C: Codes, S: Scaling>(lanes: L, mut tile: Tile<'_>) {
    tile.check::<L, C, S>(tile.across, tile.count);
    for group in 0..tile.across {
        let mut all = [[lanes.load_floats(&tile.bias[group * L::COUNT..]); 1]; BAND];
        let sums = &mut all[..tile.count];
        for b in 0..tile.blocks {
            // SAFETY: the group was checked, and `b` is one of the tile's blocks.
            let (codes, read) = unsafe { tile.group::<L, C, S>(lanes, group, b) };
            // SAFETY: as many rows were checked.
            let (numbers, inputs) = unsafe { tile.input(0, tile.count, b) };
            add_tall::<L, C, S>(lanes, sums, codes, &read, numbers.iter().zip(inputs));
        }
        for (r, sum) in sums.iter().enumerate() {
            store(lanes, &mut tile, [r, group], std::array::from_ref(sum));
        }
    }
}

/// Adds one block's products to the sums of all rows.
#[inline(always)]
fn add_tall<'a, L: Lanes, C: Codes, S: Scaling>(
    lanes: L,
    sums: &mut [[L::Floats; 1]],
    codes: &[u8],
    read: &BlockScales<L>,
    inputs: impl Iterator<Item = (&'a [i8; BLOCK], &'a InputBlock)>,
) {
    let weights = [
        C::pair::<L, 0>(lanes, codes),
        C::pair::<L, 1>(lanes, codes),
        C::pair::<L, 2>(lanes, codes),
        C::pair::<L, 3>(lanes, codes),
    ];
    let read = std::array::from_ref(read);
    for (sum, (x, block)) in sums.iter_mut().zip(inputs) {
        let mut dot = lanes.zeros();
        for (z, weights) in weights.into_iter().enumerate() {
            let x = [lanes.quad(x, 2 * z), lanes.quad(x, 2 * z + 1)];
            dot = C::add(lanes, dot, weights, x, read[0].factors[z / 2]);
        }
        let (sum, block) = (std::array::from_mut(sum), std::slice::from_ref(block));
        flush::<L, C, 1, 1>(lanes, sum, &mut [[dot]], read, block, 0);
        if !(S::RAISED && C::LOWERED && L::SHORT) {
            take_off::<L, S, 1, 1>(lanes, sum, read, block);
        }
    }
}

#[inline(always)]
fn store<L: Lanes, const ROWS: usize, const GROUPS: usize>(
    lanes: L,
    tile: &mut Tile<'_>,
    [row, group]: [usize; 2],
    sums: &[[L::Floats; GROUPS]; ROWS],
) {
    let column = tile.column + group * L::COUNT;
    for (r, sums) in sums.iter().enumerate() {
        let (output, onto) = tile.output.part(tile.row + row + r, column, GROUPS * L::COUNT);
        if output.len() < GROUPS * L::COUNT {
            let mut all = [0.0; MOST_COLUMNS];
            for (g, sum) in sums.iter().enumerate() {
                lanes.store(&mut all[g * L::COUNT..], *sum);
            }
            store_some(output, &all, onto);
            continue;
        }
        for (output, sum) in output.chunks_exact_mut(L::COUNT).zip(sums) {
            let sum = match onto {
                Onto::Existing => lanes.sum(*sum, lanes.load_floats(output)),
                Onto::Nothing => *sum,
            };
            lanes.store(output, sum);
        }
    }
}

/// Where the last group was filled up, what there is of it.
#[cold]
fn store_some(output: &mut [f32], sums: &[f32; MOST_COLUMNS], onto: Onto) {
    for (out, sum) in output.iter_mut().zip(sums) {
        *out = if onto == Onto::Existing { *out + sum } else { *sum };
    }
}

/// Adds the scaled sums of products.
#[inline(always)]
fn flush<L: Lanes, C: Codes, const ROWS: usize, const GROUPS: usize>(
    lanes: L,
    sums: &mut [[L::Floats; GROUPS]; ROWS],
    dots: &mut [[L::Ints; GROUPS]; ROWS],
    read: &[BlockScales<L>; GROUPS],
    inputs: &[InputBlock],
    half: usize,
) {
    for r in 0..ROWS {
        let scale = lanes.splat(inputs[r].scale);
        for g in 0..GROUPS {
            let dot = lanes.floats(C::close(lanes, dots[r][g]));
            let scale = lanes.times(scale, read[g].scale[half]);
            sums[r][g] = lanes.plus_product(dot, scale, sums[r][g]);
            dots[r][g] = lanes.zeros();
        }
    }
}

/// Takes off what codes stand too high.
#[inline(always)]
fn take_off<L: Lanes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
    lanes: L,
    sums: &mut [[L::Floats; GROUPS]; ROWS],
    read: &[BlockScales<L>; GROUPS],
    inputs: &[InputBlock],
) {
    for r in 0..ROWS {
        let [all, first, second] = inputs[r].sums;
        for g in 0..GROUPS {
            let minimum = read[g].minimum;
            sums[r][g] = if S::HALVES {
                let sum = lanes.minus_product(lanes.splat(first), minimum[0], sums[r][g]);
                lanes.minus_product(lanes.splat(second), minimum[1], sum)
            } else {
                lanes.minus_product(lanes.splat(all), minimum[0], sums[r][g])
            };
        }
    }
}
