//! What happens between two matrix products, each in one pass over a row: activation, gate, layer
//! norm, softmax. The loops are plain; they are compiled once for each kind of instructions a machine may
//! have, and the best is taken at run time.

#![allow(
    clippy::inline_always,
    reason = "a loop is compiled for an architecture only where inlined"
)]

#[cfg(target_arch = "x86_64")]
use crate::witness::{Avx2, Avx512};

/// What a feed-forward network bends numbers by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x·Φ(x) (<https://arxiv.org/abs/1606.08415>).
    Gelu,
    /// Its approximation with tanh.
    GeluTanh,
    /// max(x, 0).
    Relu,
    /// x·σ(x) (<https://arxiv.org/abs/1702.03118>).
    Silu,
}

/// Number of partial sums: a full AVX-512 register, so that sums become vector code.
const LANES: usize = 16;

/// A public function whose body, which must be inlined, is compiled once for each kind of
/// instructions; its parameter says whether multiplying and adding is one of them.
macro_rules! by_instructions {
    ($(#[$doc:meta])* pub fn $name:ident($($arg:ident: $kind:ty),*) = $body:ident) => {
        $(#[$doc])*
        pub fn $name($($arg: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx2,fma")]
                fn avx512($($arg: $kind),*) {
                    $body::<true>($($arg),*);
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $kind),*) {
                    $body::<true>($($arg),*);
                }
                if Avx512::detect().is_some() {
                    // SAFETY: the machine was asked for these features.
                    return unsafe { avx512($($arg),*) };
                }
                if Avx2::detect().is_some() {
                    // SAFETY: the machine was asked for these features.
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<{ cfg!(target_arch = "aarch64") }>($($arg),*);
        }
    };
}

by_instructions! {
    /// Applies the activation to every number.
    pub fn activate(numbers: &mut [f32], activation: Activation) = activate_each
}

by_instructions! {
    /// Normalises each row to mean 0 and variance 1, scaled and shifted (Ba, Kiros, Hinton 2016,
    /// "Layer Normalization").
    pub fn layer_norm(rows: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) = norm_rows
}

by_instructions! {
    /// Replaces every row of scores by exp(score − the row's maximum) and writes the reciprocal of
    /// the row's sum; multiplying by it later, on fewer numbers, makes it a softmax.
    pub fn exponentials(scores: &mut [f32], width: usize, reciprocals: &mut [f32]) = exp_rows
}

by_instructions! {
    /// `gate ← activation(gate) · up`, number by number.
    pub fn gate(gate: &mut [f32], up: &[f32], activation: Activation) = gate_each
}

by_instructions! {
    /// Replaces a row of scores by exp(score − m), m being the greatest of them and of `before`;
    /// `state` becomes m and the sum. A softmax over several such rows follows from these (Milakov,
    /// Gimelshein 2018, "Online normalizer calculation for softmax").
    pub fn online_softmax(row: &mut [f32], before: f32, state: &mut [f32; 2]) = online_row
}

/// Multiplies row `i` of `width` columns, every `stride` elements, by `factors[i]`.
pub fn scale_rows(data: &mut [f32], stride: usize, width: usize, factors: &[f32]) {
    for (row, factor) in data.chunks_mut(stride).zip(factors) {
        for x in &mut row[..width] {
            *x *= factor;
        }
    }
}

/// Adds `row` to `sum`.
pub fn add(sum: &mut [f32], row: &[f32]) {
    for (s, x) in sum.iter_mut().zip(row) {
        *s += x;
    }
}

/// Scales a vector to length 1; a vector of zeros stays as it is.
pub fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        for x in vector {
            *x /= length;
        }
    }
}

#[inline(always)]
fn activate_each<const FUSED: bool>(numbers: &mut [f32], activation: Activation) {
    match activation {
        Activation::Gelu => map(numbers, gelu::<FUSED>),
        Activation::GeluTanh => map(numbers, gelu_tanh::<FUSED>),
        Activation::Relu => map(numbers, |x| x.max(0.0)),
        Activation::Silu => map(numbers, silu::<FUSED>),
    }
}

#[inline(always)]
fn gate_each<const FUSED: bool>(gate: &mut [f32], up: &[f32], activation: Activation) {
    let pairs = gate.iter_mut().zip(up);
    match activation {
        Activation::Gelu => pairs.for_each(|(gate, up)| *gate = gelu::<FUSED>(*gate) * up),
        Activation::GeluTanh => pairs.for_each(|(gate, up)| *gate = gelu_tanh::<FUSED>(*gate) * up),
        Activation::Relu => pairs.for_each(|(gate, up)| *gate = gate.max(0.0) * up),
        Activation::Silu => pairs.for_each(|(gate, up)| *gate = silu::<FUSED>(*gate) * up),
    }
}

#[inline(always)]
fn online_row<const FUSED: bool>(row: &mut [f32], before: f32, state: &mut [f32; 2]) {
    let greatest = maximum(row).max(before);
    *state = [greatest, exponentials_row::<FUSED>(row, greatest)];
}

#[inline(always)]
fn norm_rows<const FUSED: bool>(rows: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    for row in rows.chunks_exact_mut(scale.len()) {
        layer_norm_row(row, scale, shift, epsilon);
    }
}

#[inline(always)]
fn exp_rows<const FUSED: bool>(scores: &mut [f32], width: usize, reciprocals: &mut [f32]) {
    for (row, reciprocal) in scores.chunks_exact_mut(width).zip(reciprocals) {
        let maximum = maximum(row);
        *reciprocal = 1.0 / exponentials_row::<FUSED>(row, maximum);
    }
}

#[inline(always)]
fn map(numbers: &mut [f32], f: impl Fn(f32) -> f32) {
    for x in numbers {
        *x = f(*x);
    }
}

#[inline(always)]
fn layer_norm_row(row: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    let width = row.len() as f32;
    let mean = sum_of(row, |x| x) / width;
    let variance = sum_of(row, |x| (x - mean) * (x - mean)) / width;
    let factor = 1.0 / (variance + epsilon).sqrt();
    for ((x, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = (*x - mean) * factor * scale + shift;
    }
}

#[inline(always)]
fn sum_of(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += f(*x);
        }
    }
    across(sums, |a, b| a + b) + rest.iter().map(|x| f(*x)).sum::<f32>()
}

#[inline(always)]
fn maximum(row: &[f32]) -> f32 {
    let greater = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut last = [f32::NEG_INFINITY; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let mut maxima = last;
    for chunk in chunks {
        for (maximum, x) in maxima.iter_mut().zip(chunk) {
            *maximum = greater(*maximum, *x);
        }
    }
    across(maxima, greater)
}

#[inline(always)]
fn exponentials_row<const FUSED: bool>(row: &mut [f32], maximum: f32) -> f32 {
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for chunk in chunks {
        exponentials_chunk::<FUSED>(chunk, maximum, &mut sums);
    }
    if !rest.is_empty() {
        // Filled up to a whole register: one by one the last few would take as long as all before.
        let mut last = [f32::NEG_INFINITY; LANES];
        last[..rest.len()].copy_from_slice(rest);
        exponentials_chunk::<FUSED>(&mut last, maximum, &mut sums);
        rest.copy_from_slice(&last[..rest.len()]);
    }
    across(sums, |a, b| a + b)
}

#[inline(always)]
fn exponentials_chunk<const FUSED: bool>(
    chunk: &mut [f32; LANES],
    maximum: f32,
    sums: &mut [f32; LANES],
) {
    for (sum, x) in sums.iter_mut().zip(chunk) {
        *x = exp::<FUSED>(*x - maximum);
        *sum += *x;
    }
}

/// All lanes as one, halves upon halves: one after the other they would wait for each other.
#[inline(always)]
fn across(mut lanes: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = f(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// a·b + c; without instructions that do both, `mul_add` would be a call.
#[inline(always)]
fn madd<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// eˣ to about 2 units in the last place: x = n·ln 2 + r, a polynomial for eʳ (coefficients of
/// Cephes' `expf`), n put into the exponent. Below −87.3 the smallest normal number.
#[inline(always)]
#[allow(clippy::excessive_precision, clippy::manual_clamp, clippy::many_single_char_names)]
fn exp<const FUSED: bool>(x: f32) -> f32 {
    /// 1.5·2²³: adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_375;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = if x < -87.3 { -87.3 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let rounded = madd::<FUSED>(x, std::f32::consts::LOG2_E, ROUND);
    let n = rounded - ROUND;
    let r = madd::<FUSED>(n, -LN2_LOW, madd::<FUSED>(n, -LN2_HIGH, x));
    let mut p = 1.987_569_15e-4;
    p = madd::<FUSED>(p, r, 1.398_199_95e-3);
    p = madd::<FUSED>(p, r, 8.333_451_9e-3);
    p = madd::<FUSED>(p, r, 4.166_579_6e-2);
    p = madd::<FUSED>(p, r, 1.666_666_55e-1);
    p = madd::<FUSED>(p, r, 5.000_000_1e-1);
    let e = madd::<FUSED>(p * r, r, r) + 1.0;
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(0x3f80_0000));
    e * power
}

/// x·Φ(x), with the error function of Abramowitz and Stegun 7.1.26 (absolute error 1.5·10⁻⁷).
#[inline(always)]
fn gelu<const FUSED: bool>(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut p = 1.061_405_4;
    p = madd::<FUSED>(p, t, -1.453_152);
    p = madd::<FUSED>(p, t, 1.421_413_7);
    p = madd::<FUSED>(p, t, -0.284_496_74);
    p = madd::<FUSED>(p, t, 0.254_829_6);
    let erfc = p * t * exp::<FUSED>(-z * z);
    // x·Φ(x) = max(x, 0) − |x|·erfc(z)/2 for both signs of x.
    let positive = if x > 0.0 { x } else { 0.0 };
    positive - 0.5 * x.abs() * erfc
}

/// x·σ(x).
#[inline(always)]
fn silu<const FUSED: bool>(x: f32) -> f32 {
    x / (1.0 + exp::<FUSED>(-x))
}

/// 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), written with the logistic function.
#[inline(always)]
fn gelu_tanh<const FUSED: bool>(x: f32) -> f32 {
    let inner = 0.797_884_6 * (x + 0.044_715 * x * x * x);
    x / (1.0 + exp::<FUSED>(-2.0 * inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: f32, high: f32) -> impl Iterator<Item = f32> {
        (0..=20_000).map(move |i| low + (high - low) * i as f32 / 20_000.0)
    }

    #[test]
    fn exp_is_exact_to_the_last_places() {
        for x in range(-87.0, 87.0) {
            let exact = f64::from(x).exp();
            for ours in [exp::<true>(x), exp::<false>(x)] {
                assert!((f64::from(ours) / exact - 1.0).abs() < 3e-7, "{x}");
            }
        }
        assert!(exp::<true>(-1000.0) < 2e-38 && (exp::<false>(0.0) - 1.0).abs() < 1e-7);
    }

    #[test]
    fn gelus_follow_their_definitions() {
        for (x, exact) in [(-3.0, -0.004_049_694), (-0.5, -0.154_268_77), (1.0, 0.841_344_7)] {
            assert!((gelu::<true>(x) - exact).abs() < 3e-7, "{x}: {}", gelu::<false>(x));
        }
        for x in range(-8.0, 8.0) {
            let inner = 0.797_884_560_8 * (f64::from(x) + 0.044_715 * f64::from(x).powi(3));
            let exact = 0.5 * f64::from(x) * (1.0 + inner.tanh());
            assert!((f64::from(gelu_tanh::<true>(x)) - exact).abs() < 1e-6, "{x}");
            assert!((gelu::<false>(x) - gelu_tanh::<true>(x)).abs() < 1e-3, "{x}");
        }
    }

    #[test]
    fn layer_norm_has_mean_zero_and_variance_one() {
        let mut row: Vec<f32> = (0..37).map(|i| (i * i % 11) as f32).collect();
        let ones = vec![1.0; 37];
        layer_norm(&mut row, &ones, &[0.0; 37], 1e-12);
        let mean = row.iter().sum::<f32>() / 37.0;
        let variance = row.iter().map(|x| x * x).sum::<f32>() / 37.0;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5);
    }

    #[test]
    fn exponentials_and_reciprocal_make_a_softmax() {
        let mut scores: Vec<f32> = (0..38).map(|i| (i % 7) as f32 * 30.0).collect();
        let mut reciprocals = [0.0; 2];
        exponentials(&mut scores, 19, &mut reciprocals);
        scale_rows(&mut scores, 19, 19, &reciprocals);
        for row in scores.chunks(19) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn normalising_leaves_zeros_alone() {
        let mut vector = [3.0, 4.0];
        normalize(&mut vector);
        assert!((vector[0] - 0.6).abs() < 1e-6 && (vector[1] - 0.8).abs() < 1e-6);
        let mut zeros = [0.0; 2];
        normalize(&mut zeros);
        assert!(zeros.iter().all(|x| x.abs() < f32::MIN_POSITIVE));
    }
}
