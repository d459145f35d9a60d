//! What sums of products are multiplied by, and what is taken off them, in each kind of format.

#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

use super::lanes::Lanes;

/// The scales of one block. Those of formats without halves use the first of two.
#[derive(Clone, Copy)]
pub(super) struct BlockScales<L: Lanes> {
    /// Times the sum of products.
    pub(super) scale: [L::Floats; 2],
    /// Times the sum of inputs, taken off.
    pub(super) minimum: [L::Floats; 2],
    /// What short sums of each half are multiplied by.
    pub(super) factors: [L::Ints; 2],
}

/// A kind of scales.
pub(super) trait Scaling {
    /// Bytes a lane of a block has.
    const OWN: usize;
    /// Bytes a lane of eight blocks has.
    const SHARED: usize;
    /// Whether the halves of a block have scales of their own.
    const HALVES: bool = false;
    /// Whether the minimum is only there because codes are raised.
    const RAISED: bool = false;

    fn read<L: Lanes>(lanes: L, own: &[u8], shared: &[u8]) -> BlockScales<L>;
}

/// [`super::format::Scales::Single`].
pub(super) struct Single<const ZERO: u8>;
/// [`super::format::Scales::WithMinimum`].
pub(super) struct WithMinimum;
/// [`super::format::Scales::Nested`].
pub(super) struct Nested;
/// [`super::format::Scales::Halves`].
pub(super) struct Halves;

impl<const ZERO: u8> Scaling for Single<ZERO> {
    const OWN: usize = 2;
    const SHARED: usize = 0;
    const RAISED: bool = true;

    #[inline(always)]
    fn read<L: Lanes>(lanes: L, own: &[u8], _: &[u8]) -> BlockScales<L> {
        let scale = lanes.floats_of_halves(own);
        whole(lanes, scale, lanes.times(scale, lanes.splat(f32::from(ZERO))))
    }
}

impl Scaling for WithMinimum {
    const OWN: usize = 4;
    const SHARED: usize = 0;

    #[inline(always)]
    fn read<L: Lanes>(lanes: L, own: &[u8], _: &[u8]) -> BlockScales<L> {
        let minimum = lanes.floats_of_halves(&own[2 * L::COUNT..]);
        whole(lanes, lanes.floats_of_halves(own), lanes.times(minimum, lanes.splat(-1.0)))
    }
}

impl Scaling for Nested {
    const OWN: usize = 2;
    const SHARED: usize = 4;

    #[inline(always)]
    fn read<L: Lanes>(lanes: L, own: &[u8], shared: &[u8]) -> BlockScales<L> {
        let scale = lanes.times(lanes.floats_of_halves(shared), lanes.floats_of_bytes(own));
        let minimum = lanes.floats_of_halves(&shared[2 * L::COUNT..]);
        whole(lanes, scale, lanes.times(minimum, lanes.floats_of_bytes(&own[L::COUNT..])))
    }
}

impl Scaling for Halves {
    const OWN: usize = 2;
    const SHARED: usize = 2;
    const HALVES: bool = true;

    #[inline(always)]
    fn read<L: Lanes>(lanes: L, own: &[u8], shared: &[u8]) -> BlockScales<L> {
        let shared = lanes.floats_of_halves(shared);
        let second = &own[L::COUNT..];
        let first_scale = lanes.times(shared, lanes.floats_of_signed_bytes(own));
        let second_scale = lanes.times(shared, lanes.floats_of_signed_bytes(second));
        let zero = lanes.splat(32.0);
        BlockScales {
            scale: if L::SHORT { [shared, shared] } else { [first_scale, second_scale] },
            minimum: [lanes.times(first_scale, zero), lanes.times(second_scale, zero)],
            factors: [lanes.factors(own), lanes.factors(second)],
        }
    }
}

#[inline(always)]
fn whole<L: Lanes>(lanes: L, scale: L::Floats, minimum: L::Floats) -> BlockScales<L> {
    let one = lanes.one();
    BlockScales { scale: [scale, scale], minimum: [minimum, minimum], factors: [one, one] }
}
