//! The product itself, written once for all formats and instructions. A tile of a few rows and
//! groups keeps its sums in registers while it goes over the blocks.

use super::format::Format;
use super::inputs::Inputs;
use super::matrix::{Matrix, Output};
use std::ops::Range;

/// [`Matrix::multiply`] without its checks.
///
/// # Safety
/// Rows and groups exist, widths agree, and nobody else uses these places of the output.
#[cfg(not(target_arch = "x86_64"))]
pub(super) unsafe fn multiply(
    _: &Matrix,
    _: &Inputs,
    _: Range<usize>,
    _: Range<usize>,
    _: &Output<'_>,
) {
    unreachable!("there are no instructions a matrix could have been laid out for")
}

#[cfg(target_arch = "x86_64")]
pub(super) use vector::{Tile, compute, compute_tall, multiply};

#[cfg(target_arch = "x86_64")]
mod vector {
    #![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

    use super::{Format, Inputs, Matrix, Output, Range};
    use crate::dense::Onto;
    use crate::quantized::codes::{Codes, Eight, Five, Four, Six};
    use crate::quantized::inputs::{BAND, InputBlock};
    use crate::quantized::instructions::Instructions;
    use crate::quantized::lanes::{Lanes, Vnni512, Wide256};
    use crate::quantized::matrix::Strides;
    use crate::quantized::scaling::{Halves, Nested, Scaling, Single, WithMinimum};
    use crate::quantized::{BLOCK, SUPER};

    /// Rows of a tile: with two groups, their sums fill the registers.
    const ROWS: usize = 4;
    /// Groups that a single row meets at a time, so that its sums do not wait for each other.
    const GROUPS_A_ROW: usize = 4;

    /// [`Matrix::multiply`] without its checks.
    ///
    /// # Safety
    /// Rows and groups exist, widths agree, and nobody else uses these places of the output.
    pub(in crate::quantized) unsafe fn multiply(
        matrix: &Matrix,
        inputs: &Inputs,
        rows: Range<usize>,
        groups: Range<usize>,
        output: &Output<'_>,
    ) {
        let area = Area { matrix, inputs, strides: matrix.strides(), rows, groups, output };
        // SAFETY: a matrix is laid out only for instructions the machine has; the caller's promise.
        unsafe {
            match matrix.instructions {
                Instructions::Avx512Vnni => area.multiply::<Vnni512>(),
                Instructions::AvxVnni => area.multiply::<Wide256<true>>(),
                Instructions::Avx2 => area.multiply::<Wide256<false>>(),
            }
        }
    }

    /// Some rows and groups of a product.
    struct Area<'a> {
        matrix: &'a Matrix,
        inputs: &'a Inputs,
        strides: Strides,
        rows: Range<usize>,
        groups: Range<usize>,
        output: &'a Output<'a>,
    }

    impl Area<'_> {
        unsafe fn multiply<L: Lanes>(&self) {
            // SAFETY: the caller's promise.
            unsafe {
                match self.matrix.format {
                    Format::Q4_0 => self.tiles::<L, Four, Single<8>>(),
                    Format::Q4_1 => self.tiles::<L, Four, WithMinimum>(),
                    Format::Q5_0 => self.tiles::<L, Five, Single<16>>(),
                    Format::Q5_1 => self.tiles::<L, Five, WithMinimum>(),
                    Format::Q8_0 => self.tiles::<L, Eight, Single<128>>(),
                    Format::Q4K => self.tiles::<L, Four, Nested>(),
                    Format::Q5K => self.tiles::<L, Five, Nested>(),
                    Format::Q6 => self.tiles::<L, Six, Single<32>>(),
                    Format::Q6K => self.tiles::<L, Six, Halves>(),
                }
            }
        }

        unsafe fn tiles<L: Lanes, C: Codes, S: Scaling>(&self) {
            let mut row = self.rows.start;
            while row < self.rows.end {
                let end = self.rows.end.min((row / BAND + 1) * BAND);
                // SAFETY: the caller's promise.
                unsafe { self.band::<L, C, S>(row..end) };
                row = end;
            }
        }

        /// Rows of one band, whose inputs stay in the first-level cache while all groups pass.
        unsafe fn band<L: Lanes, C: Codes, S: Scaling>(&self, rows: Range<usize>) {
            let mut group = self.groups.start;
            // SAFETY: the caller's promise, here and below.
            unsafe {
                if rows.len() >= ROWS && L::SHORT {
                    for group in self.groups.clone() {
                        L::tall::<C, S>(self.tile::<L>(rows.start, group, rows.len()));
                    }
                    return;
                }
                if rows.len() == 1 {
                    while group + GROUPS_A_ROW <= self.groups.end {
                        L::tile::<C, S, 1, GROUPS_A_ROW>(self.tile::<L>(rows.start, group, 1));
                        group += GROUPS_A_ROW;
                    }
                }
                while group + 2 <= self.groups.end {
                    self.rows::<L, C, S, 2>(rows.clone(), group);
                    group += 2;
                }
                if group < self.groups.end {
                    self.rows::<L, C, S, 1>(rows, group);
                }
            }
        }

        unsafe fn rows<L: Lanes, C: Codes, S: Scaling, const GROUPS: usize>(
            &self,
            rows: Range<usize>,
            group: usize,
        ) {
            let mut row = rows.start;
            // SAFETY: the caller's promise.
            unsafe {
                let whole = rows.len() / ROWS;
                if whole > 0 {
                    L::tile::<C, S, ROWS, GROUPS>(self.tile::<L>(row, group, whole));
                    row += whole * ROWS;
                }
                if row < rows.end {
                    let left = rows.end - row;
                    L::tile::<C, S, 1, GROUPS>(self.tile::<L>(row, group, left));
                }
            }
        }

        fn tile<L: Lanes>(&self, row: usize, group: usize, count: usize) -> Tile {
            let Self { matrix, inputs, strides, .. } = self;
            let start = inputs.start(row);
            Tile {
                count,
                height: inputs.height(row),
                strides: *strides,
                blocks: matrix.columns() / BLOCK,
                codes: matrix.codes().wrapping_add(group * strides.codes),
                scales: matrix.scales().wrapping_add(group * strides.scales),
                shared: matrix.shared().wrapping_add(group * strides.shared),
                numbers: inputs.numbers.as_ptr().wrapping_add(start),
                input_blocks: inputs.blocks.as_ptr().wrapping_add(start),
                bias: matrix.bias().wrapping_add(group * L::COUNT),
                onto: self.output.onto,
                output: self.output.start.wrapping_add(row * matrix.outputs() + group * L::COUNT),
                outputs: matrix.outputs(),
                left: matrix.outputs() - group * L::COUNT,
            }
        }
    }

    /// A few rows and groups, and as many rows below as often as it says; everything begins where
    /// the first tile does.
    #[derive(Clone, Copy)]
    pub(in crate::quantized) struct Tile {
        /// How often; of [`compute_tall`], rows.
        count: usize,
        /// From one block of a row of input to the next.
        height: usize,
        strides: Strides,
        blocks: usize,
        codes: *const u8,
        scales: *const u8,
        shared: *const u16,
        numbers: *const [i8; BLOCK],
        input_blocks: *const InputBlock,
        bias: *const f32,
        onto: Onto,
        output: *mut f32,
        /// From one row of output to the next.
        outputs: usize,
        /// Outputs from the tile's first to the last there is.
        left: usize,
    }

    /// Computes a tile and those below.
    ///
    /// # Safety
    /// As for [`Lanes`]; the rows and groups exist.
    #[inline(always)]
    pub(in crate::quantized) unsafe fn compute<
        L: Lanes,
        C: Codes,
        S: Scaling,
        const ROWS: usize,
        const GROUPS: usize,
    >(
        mut tile: Tile,
    ) {
        for _ in 0..tile.count {
            // SAFETY: the caller's promise.
            unsafe { compute_one::<L, C, S, ROWS, GROUPS>(&tile) };
            tile.numbers = tile.numbers.wrapping_add(ROWS);
            tile.input_blocks = tile.input_blocks.wrapping_add(ROWS);
            tile.output = tile.output.wrapping_add(ROWS * tile.outputs);
        }
    }

    #[inline(always)]
    unsafe fn compute_one<
        L: Lanes,
        C: Codes,
        S: Scaling,
        const ROWS: usize,
        const GROUPS: usize,
    >(
        tile: &Tile,
    ) {
        let Tile { height, strides, blocks, codes, scales, shared, numbers, input_blocks, .. } =
            *tile;
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[L::load_floats(tile.bias); GROUPS]; ROWS];
            for sums in &mut sums {
                for (g, sum) in sums.iter_mut().enumerate() {
                    *sum = L::load_floats(tile.bias.add(g * L::COUNT));
                }
            }
            for b in 0..blocks {
                let codes = codes.add(b * strides.block_codes);
                let inputs: [*const InputBlock; ROWS] =
                    std::array::from_fn(|r| input_blocks.wrapping_add(b * height + r));
                let mut read = [const { None }; GROUPS];
                for (g, read) in read.iter_mut().enumerate() {
                    let own = scales.add(g * strides.scales + b * strides.block_scales);
                    let shared = shared.add(g * strides.shared + b / SUPER * strides.block_shared);
                    *read = Some(S::read::<L>(own, shared.cast()));
                }
                let read = read.map(|read| read.unwrap_unchecked());
                let mut dots = [[L::zeros(); GROUPS]; ROWS];
                // A step takes two of the eight quads; steps are spelled out, as their shifts are
                // part of the instructions.
                macro_rules! step {
                    ($z:literal) => {
                        let mut weights = [[L::zeros(); 2]; GROUPS];
                        for (g, weights) in weights.iter_mut().enumerate() {
                            *weights = C::pair::<L, $z>(codes.add(g * strides.codes));
                        }
                        for (r, dots) in dots.iter_mut().enumerate() {
                            let x = numbers.add(b * height + r).cast::<i8>().add(8 * $z);
                            let x = [L::quad(x), L::quad(x.add(4))];
                            for ((dot, weights), read) in dots.iter_mut().zip(weights).zip(&read) {
                                *dot = C::add::<L>(*dot, weights, x, read.factors[$z / 2]);
                            }
                        }
                    };
                }
                step!(0);
                step!(1);
                if S::HALVES && !L::SHORT {
                    flush::<L, C, S, ROWS, GROUPS>(&mut sums, &mut dots, &read, inputs, 0);
                }
                step!(2);
                step!(3);
                let half = usize::from(S::HALVES && !L::SHORT);
                flush::<L, C, S, ROWS, GROUPS>(&mut sums, &mut dots, &read, inputs, half);
                if !(S::RAISED && C::LOWERED && L::SHORT) {
                    take_off::<L, S, ROWS, GROUPS>(&mut sums, &read, inputs);
                }
            }
            store::<L, ROWS, GROUPS>(tile, &sums);
        }
    }

    /// Computes `count` rows of a band and one group. A block's codes are unpacked into eight
    /// registers and meet every row; sums wait in memory.
    ///
    /// # Safety
    /// As for [`Lanes`]; the rows and the group exist.
    #[inline(always)]
    pub(in crate::quantized) unsafe fn compute_tall<L: Lanes, C: Codes, S: Scaling>(tile: Tile) {
        let Tile { height, strides, blocks, codes, scales, shared, numbers, input_blocks, .. } =
            tile;
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [[L::load_floats(tile.bias); 1]; BAND];
            let sums = &mut sums[..tile.count];
            for b in 0..blocks {
                let codes = codes.add(b * strides.block_codes);
                let own = scales.add(b * strides.block_scales);
                let shared = shared.add(b / SUPER * strides.block_shared);
                let read = [S::read::<L>(own, shared.cast())];
                let weights = [
                    C::pair::<L, 0>(codes),
                    C::pair::<L, 1>(codes),
                    C::pair::<L, 2>(codes),
                    C::pair::<L, 3>(codes),
                ];
                for (r, sum) in sums.iter_mut().enumerate() {
                    let x = numbers.add(b * height + r).cast::<i8>();
                    let input = [input_blocks.wrapping_add(b * height + r)];
                    let mut dot = L::zeros();
                    for (z, weights) in weights.into_iter().enumerate() {
                        let x = [L::quad(x.add(8 * z)), L::quad(x.add(8 * z + 4))];
                        dot = C::add::<L>(dot, weights, x, read[0].factors[z / 2]);
                    }
                    let sum = std::array::from_mut(sum);
                    flush::<L, C, S, 1, 1>(sum, &mut [[dot]], &read, input, 0);
                    if !(S::RAISED && C::LOWERED && L::SHORT) {
                        take_off::<L, S, 1, 1>(sum, &read, input);
                    }
                }
            }
            for (r, sum) in sums.iter().enumerate() {
                let output = tile.output.wrapping_add(r * tile.outputs);
                store::<L, 1, 1>(&Tile { output, ..tile }, &[*sum]);
            }
        }
    }

    #[inline(always)]
    unsafe fn store<L: Lanes, const ROWS: usize, const GROUPS: usize>(
        tile: &Tile,
        sums: &[[L::Floats; GROUPS]; ROWS],
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            for (r, sums) in sums.iter().enumerate() {
                for (g, sum) in sums.iter().enumerate() {
                    let output = tile.output.add(r * tile.outputs + g * L::COUNT);
                    let left = tile.left - g * L::COUNT;
                    if left < L::COUNT {
                        store_some::<L>(output, left, *sum, tile.onto);
                    } else if tile.onto == Onto::Existing {
                        L::store(output, L::sum(*sum, L::load_floats(output)));
                    } else {
                        L::store(output, *sum);
                    }
                }
            }
        }
    }

    /// The first few of a group that was filled up.
    #[inline(never)]
    unsafe fn store_some<L: Lanes>(output: *mut f32, count: usize, sum: L::Floats, onto: Onto) {
        let mut all = [0.0; 16];
        // SAFETY: the caller's promise.
        unsafe {
            L::store(all.as_mut_ptr(), sum);
            for (i, sum) in all.iter().enumerate().take(count) {
                let before = if onto == Onto::Existing { *output.add(i) } else { 0.0 };
                *output.add(i) = before + sum;
            }
        }
    }

    /// Adds the scaled sums of products.
    #[inline(always)]
    unsafe fn flush<L: Lanes, C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
        sums: &mut [[L::Floats; GROUPS]; ROWS],
        dots: &mut [[L::Ints; GROUPS]; ROWS],
        read: &[BlockScales<L>; GROUPS],
        inputs: [*const InputBlock; ROWS],
        half: usize,
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            for r in 0..ROWS {
                let scale = L::splat((*inputs[r]).scale);
                for g in 0..GROUPS {
                    let dot = L::floats(C::close::<L>(dots[r][g]));
                    let scale = L::times(scale, read[g].scale[half]);
                    sums[r][g] = L::plus_product(dot, scale, sums[r][g]);
                    dots[r][g] = L::zeros();
                }
            }
        }
    }

    /// Takes off what codes stand too high.
    #[inline(always)]
    unsafe fn take_off<L: Lanes, S: Scaling, const ROWS: usize, const GROUPS: usize>(
        sums: &mut [[L::Floats; GROUPS]; ROWS],
        read: &[BlockScales<L>; GROUPS],
        inputs: [*const InputBlock; ROWS],
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            for r in 0..ROWS {
                let [all, first, second] = (*inputs[r]).sums;
                for g in 0..GROUPS {
                    let minimum = read[g].minimum;
                    sums[r][g] = if S::HALVES {
                        let sum = L::minus_product(L::splat(first), minimum[0], sums[r][g]);
                        L::minus_product(L::splat(second), minimum[1], sum)
                    } else {
                        L::minus_product(L::splat(all), minimum[0], sums[r][g])
                    };
                }
            }
        }
    }

    use crate::quantized::scaling::BlockScales;
}
