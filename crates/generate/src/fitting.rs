//! Weights in a form that candle's vectorised kernels take.
//!
//! Those are `Q4_K`, `Q6_K` and `Q8_0` with rows of whole blocks of 256 weights. Anything else that
//! [`crate::five_bit`] does not take would be computed value by value, up to thirty times slower:
//! it is requantised to `Q8_0`, whose steps are finer than the file's, and its rows are filled up
//! with zeros. Not here: devices other than the processor, which have kernels for everything.

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{D, Device, Result, Tensor};
use rayon::prelude::*;
use std::borrow::Cow;

/// Weights in a block of the kernels for many rows.
const BLOCK: usize = 256;

/// Rows that are turned into floats at once; a whole head would take most of a gigabyte.
const ROWS: usize = 1024;

/// How many rows of input a matrix meets at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// A prompt's: rows must fill whole blocks.
    ManyRows,
    /// A single token's, which is bound by memory: any `Q8_0` will do, and filling only costs.
    SingleRows,
}

/// The weight, fitted, and how many zeros its rows gained.
pub(crate) fn fit(weight: QTensor, usage: Use) -> Result<(QTensor, usize)> {
    let (_, columns) = weight.shape().dims2()?;
    let filling = match usage {
        Use::ManyRows => columns.next_multiple_of(BLOCK) - columns,
        Use::SingleRows => 0,
    };
    let in_blocks = columns.is_multiple_of(GgmlDType::Q8_0.block_size());
    let slow = is_slow(weight.dtype()) || (weight.dtype() == GgmlDType::Q8_0 && filling > 0);
    if !slow || !in_blocks || !weight.device().is_cpu() {
        return Ok((weight, 0));
    }
    Ok((requantise(&weight, filling)?, filling))
}

/// Whether the kernels leave out a type, whatever its shape.
pub(crate) fn is_slow(dtype: GgmlDType) -> bool {
    use GgmlDType::{Q4_0, Q4_1, Q5_0, Q5_1, Q5K};
    matches!(dtype, Q4_0 | Q4_1 | Q5_0 | Q5_1 | Q5K)
}

fn requantise(weight: &QTensor, filling: usize) -> Result<QTensor> {
    let (rows, columns) = weight.shape().dims2()?;
    let parts: Vec<Vec<u8>> = (0..rows)
        .into_par_iter()
        .step_by(ROWS)
        .map(|first| requantise_rows(weight, first, (first + ROWS).min(rows), filling))
        .collect::<Result<_>>()?;
    let bytes = Cow::Owned(parts.concat());
    let storage = QStorage::from_data(bytes, &Device::Cpu, GgmlDType::Q8_0)?;
    QTensor::new(storage, (rows, columns + filling))
}

fn requantise_rows(weight: &QTensor, first: usize, end: usize, filling: usize) -> Result<Vec<u8>> {
    let rows = Tensor::arange(first as u32, end as u32, &Device::Cpu)?;
    let dense = weight.embedding(&rows)?.pad_with_zeros(D::Minus1, 0, filling)?;
    Ok(QTensor::quantize(&dense, GgmlDType::Q8_0)?.data()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dtype: GgmlDType, columns: usize, usage: Use, expected: (GgmlDType, usize)) {
        let dense = Tensor::randn(0f32, 1.0, (2050, columns), &Device::Cpu).unwrap();
        let weight = QTensor::quantize(&dense, dtype).unwrap();
        let before = weight.dequantize(&Device::Cpu).unwrap();
        let (fitted, filling) = fit(weight, usage).unwrap();
        assert_eq!((fitted.dtype(), filling), expected);
        let after = fitted.dequantize(&Device::Cpu).unwrap();
        let kept = after.narrow(1, 0, columns).unwrap();
        let off = (kept - before).unwrap().abs().unwrap().flatten_all().unwrap();
        assert!(off.max(0).unwrap().to_scalar::<f32>().unwrap() < 0.03);
        assert_eq!(after.dims(), [2050, columns + filling]);
    }

    #[test]
    fn slow_types_become_q8_0() {
        check(GgmlDType::Q5_0, 96, Use::ManyRows, (GgmlDType::Q8_0, 160));
        check(GgmlDType::Q4_1, 256, Use::ManyRows, (GgmlDType::Q8_0, 0));
        check(GgmlDType::Q5_0, 96, Use::SingleRows, (GgmlDType::Q8_0, 0));
    }

    #[test]
    fn what_has_a_kernel_stays() {
        check(GgmlDType::Q4K, 256, Use::ManyRows, (GgmlDType::Q4K, 0));
        check(GgmlDType::Q8_0, 96, Use::SingleRows, (GgmlDType::Q8_0, 0));
        check(GgmlDType::Q8_0, 96, Use::ManyRows, (GgmlDType::Q8_0, 160));
        check(GgmlDType::F32, 96, Use::ManyRows, (GgmlDType::F32, 0));
    }
}
