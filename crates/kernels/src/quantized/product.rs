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
pub(super) use vector::{Tile, compute, multiply};

#[cfg(target_arch = "x86_64")]
mod vector {
    #![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

    use super::{Format, Inputs, Matrix, Output, Range};
    use crate::dense::Onto;
    use crate::quantized::codes::{Codes, Eight, Five, Four, Six};
    use crate::quantized::inputs::InputBlock;
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
                    Format::Q6K => self.tiles::<L, Six, Halves>(),
                }
            }
        }

        unsafe fn tiles<L: Lanes, C: Codes, S: Scaling>(&self) {
            let mut group = self.groups.start;
            // SAFETY: the caller's promise, here and below.
            unsafe {
                if self.rows.len() == 1 {
                    while group + GROUPS_A_ROW <= self.groups.end {
                        L::tile::<C, S, 1, GROUPS_A_ROW>(self.tile::<L>(self.rows.start, group, 1));
                        group += GROUPS_A_ROW;
                    }
                }
                while group + 2 <= self.groups.end {
                    self.rows::<L, C, S, 2>(group);
                    group += 2;
                }
                if group < self.groups.end {
                    self.rows::<L, C, S, 1>(group);
                }
            }
        }

        unsafe fn rows<L: Lanes, C: Codes, S: Scaling, const GROUPS: usize>(&self, group: usize) {
            let mut row = self.rows.start;
            // SAFETY: the caller's promise.
            unsafe {
                let whole = self.rows.len() / ROWS;
                if whole > 0 {
                    L::tile::<C, S, ROWS, GROUPS>(self.tile::<L>(row, group, whole));
                    row += whole * ROWS;
                }
                if row < self.rows.end {
                    let left = self.rows.end - row;
                    L::tile::<C, S, 1, GROUPS>(self.tile::<L>(row, group, left));
                }
            }
        }

        fn tile<L: Lanes>(&self, row: usize, group: usize, count: usize) -> Tile {
            let Self { matrix, inputs, strides, .. } = self;
            let columns = matrix.columns();
            Tile {
                count,
                strides: *strides,
                blocks: columns / BLOCK,
                codes: matrix.codes().wrapping_add(group * strides.codes),
                scales: matrix.scales().wrapping_add(group * strides.scales),
                shared: matrix.shared().wrapping_add(group * strides.shared),
                numbers: inputs.numbers.as_ptr().wrapping_add(row * columns),
                input_blocks: inputs.blocks.as_ptr().wrapping_add(row * columns / BLOCK),
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
    pub(in crate::quantized) struct Tile {
        count: usize,
        strides: Strides,
        blocks: usize,
        codes: *const u8,
        scales: *const u8,
        shared: *const u16,
        numbers: *const i8,
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
            tile.numbers = tile.numbers.wrapping_add(ROWS * tile.blocks * BLOCK);
            tile.input_blocks = tile.input_blocks.wrapping_add(ROWS * tile.blocks);
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
        let Tile { strides, blocks, codes, scales, shared, numbers, input_blocks, .. } = *tile;
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
                    std::array::from_fn(|r| input_blocks.wrapping_add(r * blocks + b));
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
                            let x = numbers.add((r * blocks + b) * BLOCK + 8 * $z);
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
