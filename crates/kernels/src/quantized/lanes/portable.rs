//! Eight lanes of plain Rust: for processors without a form of their own, and to try the others by.

use super::{Lanes, first, first_mut, quad};
use crate::quantized::BLOCK;
use crate::quantized::codes::Codes;
use crate::quantized::product::{Tile, compute, compute_tall};
use crate::quantized::scaling::Scaling;
use half::f16;
use std::array::from_fn;

const LANES: usize = 8;

/// Every machine has these.
#[derive(Clone, Copy)]
pub(in crate::quantized) struct Portable;

/// A lane's four codes times four signed numbers, added up.
fn products(codes: i32, numbers: i32) -> i32 {
    let pairs = codes.to_ne_bytes().into_iter().zip(numbers.to_ne_bytes());
    pairs.map(|(code, number)| i32::from(code) * i32::from(number.cast_signed())).sum()
}

fn each(a: [i32; LANES], b: [i32; LANES], f: impl Fn(i32, i32) -> i32) -> [i32; LANES] {
    from_fn(|lane| f(a[lane], b[lane]))
}

impl Lanes for Portable {
    const COUNT: usize = LANES;
    const SHORT: bool = false;
    const IN_REGISTERS: bool = false;
    type Ints = [i32; LANES];
    type Floats = [f32; LANES];

    fn tile<C: Codes, S: Scaling, const ROWS: usize, const GROUPS: usize>(self, tile: Tile<'_>) {
        compute::<_, C, S, ROWS, GROUPS>(self, tile);
    }

    fn tall<C: Codes, S: Scaling>(self, tile: Tile<'_>) {
        compute_tall::<_, C, S>(self, tile);
    }

    fn zeros(self) -> [i32; LANES] {
        [0; LANES]
    }

    fn load(self, at: &[u8]) -> [i32; LANES] {
        let bytes: &[u8; 4 * LANES] = first(at);
        let (lanes, _) = bytes.as_chunks::<4>();
        from_fn(|lane| i32::from_ne_bytes(lanes[lane]))
    }

    fn quad(self, at: &[i8; BLOCK], place: usize) -> [i32; LANES] {
        [quad(at, place); LANES]
    }

    fn and(self, a: [i32; LANES], byte: u8) -> [i32; LANES] {
        a.map(|a| a & i32::from_ne_bytes([byte; 4]))
    }

    fn or(self, a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] {
        each(a, b, |a, b| a | b)
    }

    fn left<const N: u32>(self, a: [i32; LANES]) -> [i32; LANES] {
        a.map(|a| a << N)
    }

    fn right<const N: u32>(self, a: [i32; LANES]) -> [i32; LANES] {
        a.map(|a| a >> N)
    }

    fn add_narrow(
        self,
        sum: [i32; LANES],
        w: [[i32; LANES]; 2],
        x: [[i32; LANES]; 2],
    ) -> [i32; LANES] {
        let first = each(sum, each(w[0], x[0], products), |a, b| a + b);
        each(first, each(w[1], x[1], products), |a, b| a + b)
    }

    fn widen(self, sum: [i32; LANES]) -> [i32; LANES] {
        sum
    }

    fn add_wide(
        self,
        sum: [i32; LANES],
        w: [[i32; LANES]; 2],
        x: [[i32; LANES]; 2],
        _factor: [i32; LANES],
    ) -> [i32; LANES] {
        self.add_narrow(sum, w, x)
    }

    fn add_any(
        self,
        sum: [i32; LANES],
        w: [[i32; LANES]; 2],
        x: [[i32; LANES]; 2],
    ) -> [i32; LANES] {
        self.add_narrow(sum, w, x)
    }

    fn one(self) -> [i32; LANES] {
        [0; LANES]
    }

    fn factors(self, _at: &[u8]) -> [i32; LANES] {
        [0; LANES]
    }

    fn load_floats(self, at: &[f32]) -> [f32; LANES] {
        *first(at)
    }

    fn sum(self, a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
        from_fn(|lane| a[lane] + b[lane])
    }

    fn splat(self, x: f32) -> [f32; LANES] {
        [x; LANES]
    }

    fn floats(self, a: [i32; LANES]) -> [f32; LANES] {
        a.map(|a| a as f32)
    }

    fn floats_of_halves(self, at: &[u8]) -> [f32; LANES] {
        let bytes: &[u8; 2 * LANES] = first(at);
        let (halves, _) = bytes.as_chunks::<2>();
        from_fn(|lane| f16::from_le_bytes(halves[lane]).to_f32())
    }

    fn floats_of_bytes(self, at: &[u8]) -> [f32; LANES] {
        first::<_, LANES>(at).map(f32::from)
    }

    fn floats_of_signed_bytes(self, at: &[u8]) -> [f32; LANES] {
        first::<_, LANES>(at).map(|byte| f32::from(byte.cast_signed()))
    }

    fn times(self, a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] {
        from_fn(|lane| a[lane] * b[lane])
    }

    fn plus_product(self, a: [f32; LANES], b: [f32; LANES], c: [f32; LANES]) -> [f32; LANES] {
        from_fn(|lane| a[lane] * b[lane] + c[lane])
    }

    fn minus_product(self, a: [f32; LANES], b: [f32; LANES], c: [f32; LANES]) -> [f32; LANES] {
        from_fn(|lane| c[lane] - a[lane] * b[lane])
    }

    fn store(self, at: &mut [f32], a: [f32; LANES]) {
        *first_mut(at) = a;
    }
}
