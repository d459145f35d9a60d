//! Plain loops that are compiled once for each kind of instructions a machine may have; the best is
//! taken at run time.

#![allow(
    clippy::inline_always,
    reason = "a loop is compiled for an architecture only where inlined"
)]

/// Numbers computed together: the widest register there is.
const LANES: usize = 16;

/// A function whose body is compiled for AVX-512, for AVX2 and for whatever the target has at least.
macro_rules! by_instructions {
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $(-> $out:ty)? = $body:ident) => {
        $(#[$doc])*
        pub(super) fn $name($($arg: $kind),*) $(-> $out)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx2,fma")]
                fn avx512($($arg: $kind),*) $(-> $out)? {
                    $body($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $kind),*) $(-> $out)? {
                    $body($($arg),*)
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    return if is_x86_feature_detected!("avx512f") {
                        // SAFETY: the machine has these instructions.
                        unsafe { avx512($($arg),*) }
                    } else {
                        // SAFETY: the machine has these instructions.
                        unsafe { avx2($($arg),*) }
                    };
                }
            }
            $body($($arg),*)
        }
    };
}

pub(super) use by_instructions;

by_instructions! {
    /// Adds every row of `numbers` to `sums`.
    fn sum_rows(numbers: &[f32], sums: &mut [f32]) = sum_each
}

by_instructions! {
    /// Multiplies every row by `factors`.
    fn scale_columns(numbers: &mut [f32], factors: &[f32]) = scale_each
}

by_instructions! {
    /// The place and value of the greatest number; of several, the first.
    fn greatest(row: &[f32]) -> (usize, f32) = greatest_of
}

by_instructions! {
    /// `sum[i] += factor · row[i]`.
    fn add_scaled(sum: &mut [f32], row: &[f32], factor: f32) = add_each
}

by_instructions! {
    /// The sum of the products of two rows.
    fn dot(a: &[f32], b: &[f32]) -> f32 = dot_of
}

by_instructions! {
    /// The greater of each pair of numbers, into the first.
    fn raise(numbers: &mut [f32], others: &[f32]) = raise_each
}

#[inline(always)]
fn sum_each(numbers: &[f32], sums: &mut [f32]) {
    for row in numbers.chunks_exact(sums.len().max(1)) {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum += x;
        }
    }
}

#[inline(always)]
fn scale_each(numbers: &mut [f32], factors: &[f32]) {
    for row in numbers.chunks_exact_mut(factors.len().max(1)) {
        for (x, factor) in row.iter_mut().zip(factors) {
            *x *= factor;
        }
    }
}

#[inline(always)]
fn greatest_of(row: &[f32]) -> (usize, f32) {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut maxima = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for (maximum, x) in maxima.iter_mut().zip(chunk) {
            *maximum = if *x > *maximum { *x } else { *maximum };
        }
    }
    let value = maxima.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
    (row.iter().position(|x| *x >= value).unwrap_or(0), value)
}

#[inline(always)]
fn add_each(sum: &mut [f32], row: &[f32], factor: f32) {
    for (s, x) in sum.iter_mut().zip(row) {
        *s += x * factor;
    }
}

#[inline(always)]
fn dot_of(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline(always)]
fn raise_each(numbers: &mut [f32], others: &[f32]) {
    for (x, other) in numbers.iter_mut().zip(others) {
        *x = if *other > *x { *other } else { *x };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_greatest_is_found_in_chunks_and_rest() {
        for length in [1, 15, 16, 17, 40] {
            for place in 0..length {
                let mut row = vec![-3.0; length];
                row[place] = 2.0;
                row[length - 1] = 2.0;
                assert_eq!(greatest(&row), (place, 2.0));
            }
        }
    }

    #[test]
    fn products_are_summed() {
        let a: Vec<f32> = (0..35_u8).map(f32::from).collect();
        assert!((dot(&a, &a) - 13685.0).abs() < 0.1);
    }
}
