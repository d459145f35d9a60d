//! What sums of products are multiplied by, and what is taken off them, in each kind of format.

#![cfg(target_arch = "x86_64")]
#![allow(clippy::inline_always, reason = "instructions exist only where they are inlined")]

use super::lanes::Lanes;

/// The scales of one block. Those of formats without halves use the first of two.
pub(super) struct BlockScales<L: Lanes> {
    /// Times the sum of products.
    pub(super) scale: [L::Floats; 2],
    /// Times the sum of inputs, taken off.
    pub(super) minimum: [L::Floats; 2],
    /// What short sums of each half are multiplied by.
    pub(super) factors: [L::Ints; 2],
}

/// A kind of scales.
///
/// # Safety
/// As for [`Lanes`]; `own` is where a block's scales begin, `shared` where those of its eight do.
pub(super) trait Scaling {
    /// Whether the halves of a block have scales of their own.
    const HALVES: bool = false;
    /// Whether the minimum is only there because codes are raised.
    const RAISED: bool = false;

    unsafe fn read<L: Lanes>(own: *const u8, shared: *const u8) -> BlockScales<L>;
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
    const RAISED: bool = true;

    #[inline(always)]
    unsafe fn read<L: Lanes>(own: *const u8, _: *const u8) -> BlockScales<L> {
        // SAFETY: the caller's promise.
        unsafe {
            let scale = L::from_halves(own);
            whole(scale, L::times(scale, L::splat(f32::from(ZERO))))
        }
    }
}

impl Scaling for WithMinimum {
    #[inline(always)]
    unsafe fn read<L: Lanes>(own: *const u8, _: *const u8) -> BlockScales<L> {
        // SAFETY: the caller's promise.
        unsafe {
            let minimum = L::times(L::from_halves(own.add(2 * L::COUNT)), L::splat(-1.0));
            whole(L::from_halves(own), minimum)
        }
    }
}

impl Scaling for Nested {
    #[inline(always)]
    unsafe fn read<L: Lanes>(own: *const u8, shared: *const u8) -> BlockScales<L> {
        // SAFETY: the caller's promise.
        unsafe {
            let scale = L::times(L::from_halves(shared), L::from_bytes(own));
            let minimum = L::from_halves(shared.add(2 * L::COUNT));
            whole(scale, L::times(minimum, L::from_bytes(own.add(L::COUNT))))
        }
    }
}

impl Scaling for Halves {
    const HALVES: bool = true;

    #[inline(always)]
    unsafe fn read<L: Lanes>(own: *const u8, shared: *const u8) -> BlockScales<L> {
        // SAFETY: the caller's promise.
        unsafe {
            let shared = L::from_halves(shared);
            let second = own.add(L::COUNT);
            let first_scale = L::times(shared, L::from_signed_bytes(own));
            let second_scale = L::times(shared, L::from_signed_bytes(second));
            let zero = L::splat(32.0);
            BlockScales {
                scale: if L::SHORT { [shared, shared] } else { [first_scale, second_scale] },
                minimum: [L::times(first_scale, zero), L::times(second_scale, zero)],
                factors: [L::factors(own), L::factors(second)],
            }
        }
    }
}

#[inline(always)]
unsafe fn whole<L: Lanes>(scale: L::Floats, minimum: L::Floats) -> BlockScales<L> {
    // SAFETY: the caller's promise.
    let one = unsafe { L::one() };
    BlockScales { scale: [scale, scale], minimum: [minimum, minimum], factors: [one, one] }
}
