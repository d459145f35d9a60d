//! The few operations a product is written in, for each width of vector. Their names say what they
//! do to a lane: four codes (bytes), a whole number or a float.
//!
//! Who implements [`Lanes`] is a witness of the instructions, so that all of it is safe to call. Vector
//! forms are fast only in a function that is compiled for the instructions, into which all of it is
//! inlined: [`Lanes::tile`] and [`Lanes::tall`] lead there.

mod portable;
#[cfg(target_arch = "x86_64")]
mod wide256;
#[cfg(target_arch = "x86_64")]
mod wide512;

pub(super) use portable::Portable;

use super::BLOCK;
use super::codes::Codes;
use super::product::Tile;
use super::scaling::Scaling;

/// Vectors of one width.
///
/// # Panics
/// Where a slice is shorter than what is read or written: four bytes, one number or half a float
/// a lane.
pub(super) trait Lanes: Copy {
    /// Lanes.
    const COUNT: usize;
    /// Whether products are summed in 16 bits before a factor or one widens them: then
    /// [`Lanes::add_wide`] takes a factor, and two pairs of 6-bit codes are all that fits.
    const SHORT: bool;
    /// Whether there are registers for the sums of several rows and groups; so a tile has more than one
    /// of each.
    const IN_REGISTERS: bool = true;
    type Ints: Copy;
    type Floats: Copy;

    /// [`super::product::compute`], compiled for these instructions.
    fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(self, tile: Tile<'_>);
    /// [`super::product::compute_tall`], likewise.
    fn tall<C: Codes, S: Scaling>(self, tile: Tile<'_>);

    fn zeros(self) -> Self::Ints;
    fn load(self, at: &[u8]) -> Self::Ints;
    /// The same four numbers in every lane: of eight quads the one at this place.
    fn quad(self, at: &[i8; BLOCK], place: usize) -> Self::Ints;
    fn and(self, a: Self::Ints, byte: u8) -> Self::Ints;
    fn or(self, a: Self::Ints, b: Self::Ints) -> Self::Ints;
    /// Shift pairs of bytes at least; what comes in from another byte must be masked.
    fn left<const N: u32>(self, a: Self::Ints) -> Self::Ints;
    fn right<const N: u32>(self, a: Self::Ints) -> Self::Ints;

    /// Adds the products of two quads of codes below 16; eight quads fit, then comes
    /// [`Lanes::widen`].
    fn add_narrow(self, sum: Self::Ints, w: [Self::Ints; 2], x: [Self::Ints; 2]) -> Self::Ints;
    /// Whole numbers of what [`Lanes::add_narrow`] summed.
    fn widen(self, sum: Self::Ints) -> Self::Ints;
    /// Adds the products of two quads of codes below 64, times the factor where sums are short.
    fn add_wide(
        self,
        sum: Self::Ints,
        w: [Self::Ints; 2],
        x: [Self::Ints; 2],
        factor: Self::Ints,
    ) -> Self::Ints;
    /// Adds the products of two quads of any codes; where sums are short, of what they are over 128.
    fn add_any(self, sum: Self::Ints, w: [Self::Ints; 2], x: [Self::Ints; 2]) -> Self::Ints;
    /// A factor of one.
    fn one(self) -> Self::Ints;
    /// Factors of 8 signed bits.
    fn factors(self, at: &[u8]) -> Self::Ints;

    fn load_floats(self, at: &[f32]) -> Self::Floats;
    fn sum(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn splat(self, x: f32) -> Self::Floats;
    fn floats(self, a: Self::Ints) -> Self::Floats;
    fn floats_of_halves(self, at: &[u8]) -> Self::Floats;
    fn floats_of_bytes(self, at: &[u8]) -> Self::Floats;
    fn floats_of_signed_bytes(self, at: &[u8]) -> Self::Floats;
    fn times(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a · b + c`.
    fn plus_product(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    /// `c − a · b`.
    fn minus_product(self, a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;
    fn store(self, at: &mut [f32], a: Self::Floats);
}

/// The first few of a slice, as many as a vector has.
#[inline(always)]
#[allow(clippy::inline_always, reason = "its check disappears where lengths are known")]
fn first<T, const N: usize>(slice: &[T]) -> &[T; N] {
    slice.first_chunk().expect("a vector reads no more than its block holds")
}

/// Likewise, to be written.
#[inline(always)]
#[allow(clippy::inline_always, reason = "its check disappears where lengths are known")]
fn first_mut<T, const N: usize>(slice: &mut [T]) -> &mut [T; N] {
    slice.first_chunk_mut().expect("a vector writes no more than there is room for")
}

/// One of a block's eight quads, as the bits of a whole number.
#[inline(always)]
#[allow(clippy::inline_always, reason = "its check disappears where places are known")]
fn quad(numbers: &[i8; BLOCK], place: usize) -> i32 {
    let (quads, _) = numbers.as_chunks::<4>();
    i32::from_ne_bytes(quads[place].map(i8::cast_unsigned))
}

/// Methods of [`Lanes`] whose bodies use a witness's instructions and are inlined.
#[cfg(target_arch = "x86_64")]
macro_rules! inlined {
    ($($(#[$doc:meta])* fn $name:ident $(<const $n:ident: u32>)? ($($arg:tt)*) $(-> $out:ty)? $body:block)*) => {
        $(
            #[inline(always)]
            #[allow(unused_unsafe, reason = "some only hand a value back")]
            fn $name $(<const $n: u32>)? ($($arg)*) $(-> $out)? {
                // SAFETY: `self` is a witness of the instructions; pointers are made, in the body, of
                // references to arrays of as many bytes as are read or written.
                unsafe { $body }
            }
        )*
    };
}
#[cfg(target_arch = "x86_64")]
use inlined;
