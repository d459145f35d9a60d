//! Token vectors as bytes: exact for a question, two bits a number for a passage.
//!
//! Vectors of the tokens of one text lie close together, so what is kept of each is its difference
//! from their mean. A rotation spreads the difference evenly over the numbers, which are then
//! nearly normally distributed, and each is rounded to the nearest of the four values that lose
//! least of a normal distribution (Max, "Quantizing for minimum distortion", IRE Trans. 1960; the
//! rotation by signs and Hadamard transforms as in Ailon & Chazelle, STOC 2006). Nothing is learnt
//! from data, so every passage can be packed alone and the day it is read.

use half::f16;
use yinju_core::ports::TokenVectors;

/// First byte: rows of `f32` follow.
const EXACT: u8 = 1;
/// First byte: the mean follows, then rows of a scale and two bits a number.
const TWO_BITS: u8 = 2;
/// Kind and width.
const HEADER: usize = 3;

/// Where a normal distribution of variance 1 is divided in four, beside 0.
const LIMIT: f32 = 0.9816;
/// What the quarters are rounded to, from the least.
const LEVELS: [f32; 4] = [-1.510, -0.4528, 0.4528, 1.510];

/// Rows of unit vectors, rotated.
pub(crate) struct Rows {
    /// Numbers of a row.
    pub width: usize,
    /// Row after row.
    pub values: Vec<f32>,
}

/// Keeps rows of `width` numbers as they are, but for their length and a rotation.
pub fn exact(rows: &[f32], width: usize) -> TokenVectors {
    let rows = turned(rows, width);
    let mut bytes = header(EXACT, width);
    bytes.extend(rows.iter().flat_map(|x| x.to_le_bytes()));
    TokenVectors(bytes)
}

/// Keeps rows of `width` numbers in `width / 4 + 2` bytes each.
pub fn packed(rows: &[f32], width: usize) -> TokenVectors {
    let rows = turned(rows, width);
    let mut bytes = header(TWO_BITS, width);
    let mean: Vec<f16> = mean(&rows, width).into_iter().map(f16::from_f32).collect();
    bytes.extend(mean.iter().flat_map(|x| x.to_le_bytes()));
    let mut difference = vec![0.0; width];
    for row in rows.chunks_exact(width.max(1)) {
        for ((out, x), mean) in difference.iter_mut().zip(row).zip(&mean) {
            *out = x - mean.to_f32();
        }
        push_row(&difference, &mut bytes);
    }
    TokenVectors(bytes)
}

/// The rows of either form; `None` where the bytes are of neither, or were cut off.
pub(crate) fn unpacked(vectors: &TokenVectors) -> Option<Rows> {
    let (head, rest) = vectors.0.split_at_checked(HEADER)?;
    let width = usize::from(u16::from_le_bytes([head[1], head[2]]));
    if width == 0 {
        return None;
    }
    let values = match head[0] {
        EXACT => exact_values(rest, width)?,
        TWO_BITS => rounded_values(rest, width)?,
        _ => return None,
    };
    Some(Rows { width, values })
}

fn header(kind: u8, width: usize) -> Vec<u8> {
    let [low, high] = u16::try_from(width).unwrap_or(0).to_le_bytes();
    vec![kind, low, high]
}

fn exact_values(bytes: &[u8], width: usize) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let is_whole = rest.is_empty() && numbers.len().is_multiple_of(width);
    is_whole.then(|| numbers.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

fn rounded_values(bytes: &[u8], width: usize) -> Option<Vec<f32>> {
    let (mean, rows) = bytes.split_at_checked(width * 2)?;
    let mean: Vec<f32> =
        mean.as_chunks().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect();
    let row_bytes = width.div_ceil(4) + 2;
    if !rows.len().is_multiple_of(row_bytes) {
        return None;
    }
    let mut values = vec![0.0; rows.len() / row_bytes * width];
    for (row, out) in rows.chunks_exact(row_bytes).zip(values.chunks_exact_mut(width)) {
        let scale = f16::from_le_bytes([row[0], row[1]]).to_f32();
        let levels = LEVELS.map(|level| level * scale);
        for ((four, codes), mean) in out.chunks_mut(4).zip(&row[2..]).zip(mean.chunks(4)) {
            for (i, (out, mean)) in four.iter_mut().zip(mean).enumerate() {
                *out = mean + levels[usize::from(codes >> (2 * i) & 3)];
            }
        }
        normalize(out);
    }
    Some(values)
}

fn push_row(difference: &[f32], bytes: &mut Vec<u8>) {
    let scale = (difference.iter().map(|x| x * x).sum::<f32>() / difference.len() as f32).sqrt();
    bytes.extend(f16::from_f32(scale).to_le_bytes());
    let limit = LIMIT * scale;
    let code = |x: f32| u8::from(x > -limit) + u8::from(x > 0.0) + u8::from(x > limit);
    bytes.extend(
        difference.chunks(4).map(|four| {
            four.iter().enumerate().fold(0, |codes, (i, x)| codes | code(*x) << (2 * i))
        }),
    );
}

fn mean(rows: &[f32], width: usize) -> Vec<f32> {
    let mut mean = vec![0.0; width];
    let mut count = 0.0;
    for row in rows.chunks_exact(width.max(1)) {
        mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        count += 1.0;
    }
    mean.into_iter().map(|sum| sum / f32::max(count, 1.0)).collect()
}

/// Rows of length 1, rotated; all texts' rows alike, so that products stay what they are.
fn turned(rows: &[f32], width: usize) -> Vec<f32> {
    let mut rows = rows.to_vec();
    let signs = signs(width);
    for row in rows.chunks_exact_mut(width.max(1)) {
        row.iter_mut().zip(&signs).for_each(|(x, sign)| *x *= sign);
        hadamard(row);
        normalize(row);
    }
    rows
}

/// Walsh–Hadamard transforms of as many numbers as the largest power of two that divides the width.
fn hadamard(row: &mut [f32]) {
    let block = 1 << row.len().trailing_zeros();
    for block in row.chunks_exact_mut(block) {
        let mut half = 1;
        while half < block.len() {
            for pair in block.chunks_exact_mut(2 * half) {
                let (low, high) = pair.split_at_mut(half);
                for (a, b) in low.iter_mut().zip(high) {
                    (*a, *b) = (*a + *b, *a - *b);
                }
            }
            half *= 2;
        }
    }
}

/// Signs that look random and are always the same (the finaliser of `SplitMix64` over the place).
fn signs(width: usize) -> Vec<f32> {
    let sign = |place: u64| {
        let mut z = place.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        if (z ^ (z >> 31)) & 1 == 0 { 1.0 } else { -1.0 }
    };
    (0..width as u64).map(sign).collect()
}

fn normalize(row: &mut [f32]) {
    let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        for x in row {
            *x /= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(count: usize, width: usize) -> Vec<f32> {
        let noise = |i: usize| ((i * 7919 + 13) % 997) as f32 / 997.0 - 0.5;
        (0..count * width).map(|i| noise(i) + ((i % width) as f32 / width as f32)).collect()
    }

    fn cosine(a: &[f32], b: &[f32]) -> f32 {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn turning_keeps_angles() {
        let given = rows(2, 384);
        let kept = unpacked(&exact(&given, 384)).unwrap().values;
        let before = cosine(&given[..384], &given[384..]);
        assert!((cosine(&kept[..384], &kept[384..]) - before).abs() < 1e-5);
    }

    #[test]
    fn packed_rows_stay_close_and_small() {
        let given = rows(50, 384);
        let vectors = packed(&given, 384);
        assert_eq!(vectors.0.len(), HEADER + 2 * 384 + 50 * (96 + 2));
        let kept = unpacked(&vectors).unwrap();
        let exact = unpacked(&exact(&given, 384)).unwrap();
        for (a, b) in kept.values.chunks(384).zip(exact.values.chunks(384)) {
            assert!(cosine(a, b) > 0.96, "{}", cosine(a, b));
        }
    }

    #[test]
    fn a_text_without_tokens_has_no_rows() {
        for vectors in [exact(&[], 8), packed(&[], 8)] {
            assert!(unpacked(&vectors).unwrap().values.is_empty());
        }
        assert!(unpacked(&TokenVectors(Vec::new())).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_fault(bytes: Vec<u8>) {
            let _ = unpacked(&TokenVectors(bytes));
        }

        #[test]
        fn any_width_comes_back(count in 0usize..5, width in 1usize..40) {
            let kept = unpacked(&packed(&rows(count, width), width)).unwrap();
            prop_assert_eq!((kept.width, kept.values.len()), (width, count * width));
            prop_assert!(kept.values.iter().all(|x| x.is_finite()));
        }
    }
}
