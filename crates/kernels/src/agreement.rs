//! Every vector form against the plain one, on made-up weights, inputs and shapes; and all of them where a
//! caller lies about shapes.

use crate::dense::{self, Onto, Panels, Rows, RowsMut};
use crate::quantized::{self, Format, Inputs, Matrix, Output};
use crate::rowwise::{Activation, activate, gate, layer_norm};
use half::f16;
use proptest::prelude::*;

const FORMATS: [Format; 9] = [
    Format::Q4_0,
    Format::Q4_1,
    Format::Q5_0,
    Format::Q5_1,
    Format::Q8_0,
    Format::Q4K,
    Format::Q5K,
    Format::Q6K,
    Format::Q6,
];

/// Numbers between −1 and 1 that follow from a seed.
fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 2001) as f32 / 1000.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Stored rows of any codes, with scales that are small and finite.
fn stored(format: Format, seed: u64, blocks: usize) -> Vec<u8> {
    let size = format.bytes_a_block();
    let any = numbers(seed, blocks * size);
    let mut bytes: Vec<u8> = any.iter().map(|x| (x * 1000.0) as i32 as u8).collect();
    let halves: &[usize] = match format {
        Format::Q4_0 | Format::Q5_0 | Format::Q8_0 | Format::Q6 => &[0],
        Format::Q6K => &[208],
        _ => &[0, 2],
    };
    for (block, scales) in bytes.chunks_exact_mut(size).zip(any.chunks_exact(size)) {
        if format == Format::Q6 {
            for code in block.iter_mut() {
                *code &= 63;
            }
        }
        for (at, scale) in halves.iter().zip(scales) {
            block[*at..at + 2].copy_from_slice(&f16::from_f32(*scale).to_le_bytes());
        }
    }
    bytes
}

/// How far apart two sums of so many products may be for the order they were summed in.
fn near(plain: &[f32], vector: &[f32], size: f32) -> Result<(), TestCaseError> {
    for (at, (a, b)) in plain.iter().zip(vector).enumerate() {
        prop_assert!((a - b).abs() <= 1e-5 * size.max(a.abs()), "{at}: {a} {b}");
    }
    Ok(())
}

fn onto(adds: bool) -> Onto {
    if adds { Onto::Existing } else { Onto::Nothing }
}

proptest! {
    #[test]
    fn quantised_products(
        which in 0..FORMATS.len(), seed: u64, eights in 1_usize..3,
        (rows, outputs) in (1_usize..20, 1_usize..80), adds: bool,
    ) {
        let (format, columns) = (FORMATS[which], eights * 256);
        let blocks = outputs * columns / format.weights_a_block();
        let bytes = stored(format, seed, blocks);
        let inputs = Inputs::round(&numbers(!seed, rows * columns), columns);
        let bias = numbers(seed / 2, outputs);
        let product = |instructions| {
            let matrix = Matrix::new(format, (outputs, columns), &bytes, instructions).unwrap();
            let mut out = vec![0.5; rows * outputs];
            matrix.with_bias(&bias).apply(&inputs, &mut out, onto(adds));
            out
        };
        let plain = product(quantized::Instructions::Portable);
        let widest = if format == Format::Q6K { 128.0 * 32.0 } else { 64.0 * 63.0 };
        for instructions in quantized::Instructions::available() {
            near(&plain, &product(instructions), widest * columns as f32 / 8.0)?;
        }
    }

    #[test]
    fn parts_of_a_quantised_product_make_the_whole(
        which in 0..FORMATS.len(), seed: u64, (rows, outputs) in (1_usize..40, 1_usize..80),
        (row, group) in (0_usize..40, 0_usize..10),
    ) {
        let (format, columns) = (FORMATS[which], 256);
        let bytes = stored(format, seed, outputs * columns / format.weights_a_block());
        let inputs = Inputs::round(&numbers(!seed, rows * columns), columns);
        for instructions in quantized::Instructions::available() {
            let matrix = Matrix::new(format, (outputs, columns), &bytes, instructions).unwrap();
            let mut whole = vec![0.0; rows * outputs];
            matrix.apply(&inputs, &mut whole, Onto::Nothing);
            let (row, group) = (row.min(rows), group.min(matrix.groups()));
            let mut parts = vec![7.0; rows * outputs];
            let out = Output::new(&mut parts, outputs, Onto::Nothing);
            std::thread::scope(|scope| {
                for rows in [0..row, row..rows] {
                    for groups in [0..group, group..matrix.groups()] {
                        let (matrix, inputs, rows, out) = (&matrix, &inputs, rows.clone(), &out);
                        // SAFETY: the four areas do not overlap.
                        scope.spawn(move || unsafe { matrix.multiply(inputs, rows, groups, out) });
                    }
                }
            });
            near(&whole, &parts, 64.0 * 63.0 * columns as f32 / 8.0)?;
        }
    }

    #[test]
    fn dense_products(
        seed: u64, (rows, inputs, outputs) in (1_usize..20, 1_usize..100, 1_usize..150), adds: bool,
    ) {
        let (x, weights) = (numbers(seed, rows * inputs), numbers(!seed, inputs * outputs));
        let product = |instructions| {
            let mut panels = Panels::empty(instructions);
            panels.reshape(inputs, outputs);
            for (output, weights) in weights.chunks_exact(inputs).enumerate() {
                panels.set_output(output, weights, output as f32);
            }
            let mut out = vec![0.5; rows * outputs];
            panels.apply_dense(&x, &mut out, onto(adds));
            out
        };
        let plain = product(dense::Instructions::Portable);
        for instructions in dense::Instructions::available() {
            near(&plain, &product(instructions), inputs as f32)?;
        }
    }

    #[test]
    fn loops_between_products(seed: u64, count in 1_usize..200, which in 0_usize..4) {
        let kind = [Activation::Gelu, Activation::GeluTanh, Activation::Relu, Activation::Silu][which];
        let x: Vec<f32> = numbers(seed, count).iter().map(|x| x * 8.0).collect();
        let (mut all, mut one) = (x.clone(), x.clone());
        activate(&mut all, kind);
        for x in &mut one {
            activate(std::slice::from_mut(x), kind);
        }
        near(&one, &all, 1.0)?;
        let mut gated = x.clone();
        gate(&mut gated, &vec![1.0; count], kind);
        near(&all, &gated, 1.0)?;
        let mut normal = x;
        layer_norm(&mut normal, &vec![1.0; count], &vec![0.0; count], 1e-6);
        prop_assert!(normal.iter().sum::<f32>().abs() < 1e-2 * count as f32);
    }

    /// Strides and counts are a caller's, who may be wrong: then it panics, and nothing beyond a buffer
    /// is touched (which whoever watches memory would see).
    #[test]
    fn shapes_that_do_not_fit_are_refused(
        rows in 2_usize..20, short in 1_usize..30, stride in prop_oneof![Just(usize::MAX / 2), 1_usize..40],
    ) {
        for instructions in dense::Instructions::available() {
            let mut panels = Panels::empty(instructions);
            panels.reshape(8, 20);
            let x = vec![1.0; 8 * rows - short.min(8 * rows)];
            let mut out = vec![0.0; 20 * rows];
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let x = Rows { data: &x, count: rows, stride: stride.max(8) };
                panels.apply(x, RowsMut { data: &mut out, stride: 20 }, Onto::Nothing);
            }));
            prop_assert!(refused.is_err());
        }
    }
}
