//! Weights in a form that candle has vectorised kernels for, where [`yinju_kernels`] has none.
//!
//! Types that candle computes value by value, up to thirty times slower, are requantised to `Q8_0`,
//! whose steps are finer than the file's. Not here: devices other than the processor, which have
//! kernels for everything.

use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;
use std::borrow::Cow;

/// Rows that are turned into floats at once; a whole head would take most of a gigabyte.
const ROWS: usize = 1024;

/// The weight, fitted.
pub(crate) fn fit(weight: QTensor) -> Result<QTensor> {
    use GgmlDType::{Q4_0, Q4_1, Q5_0, Q5_1, Q5K};
    let (_, columns) = weight.shape().dims2()?;
    let in_blocks = columns.is_multiple_of(GgmlDType::Q8_0.block_size());
    let slow = matches!(weight.dtype(), Q4_0 | Q4_1 | Q5_0 | Q5_1 | Q5K);
    if slow && in_blocks && weight.device().is_cpu() { requantise(&weight) } else { Ok(weight) }
}

fn requantise(weight: &QTensor) -> Result<QTensor> {
    let (rows, columns) = weight.shape().dims2()?;
    let parts: Vec<Vec<u8>> = (0..rows)
        .into_par_iter()
        .step_by(ROWS)
        .map(|first| requantise_rows(weight, first, (first + ROWS).min(rows)))
        .collect::<Result<_>>()?;
    let bytes = Cow::Owned(parts.concat());
    let storage = QStorage::from_data(bytes, &Device::Cpu, GgmlDType::Q8_0)?;
    QTensor::new(storage, (rows, columns))
}

fn requantise_rows(weight: &QTensor, first: usize, end: usize) -> Result<Vec<u8>> {
    let rows = Tensor::arange(first as u32, end as u32, &Device::Cpu)?;
    let dense = weight.embedding(&rows)?;
    Ok(QTensor::quantize(&dense, GgmlDType::Q8_0)?.data()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dtype: GgmlDType, columns: usize, expected: GgmlDType) {
        let dense = Tensor::randn(0f32, 1.0, (2050, columns), &Device::Cpu).unwrap();
        let weight = QTensor::quantize(&dense, dtype).unwrap();
        let before = weight.dequantize(&Device::Cpu).unwrap();
        let fitted = fit(weight).unwrap();
        assert_eq!(fitted.dtype(), expected);
        let after = fitted.dequantize(&Device::Cpu).unwrap();
        let off = (after - before).unwrap().abs().unwrap().flatten_all().unwrap();
        assert!(off.max(0).unwrap().to_scalar::<f32>().unwrap() < 0.03);
    }

    #[test]
    fn slow_types_become_q8_0_and_others_stay() {
        check(GgmlDType::Q5_0, 96, GgmlDType::Q8_0);
        check(GgmlDType::Q4_1, 256, GgmlDType::Q8_0);
        check(GgmlDType::Q4K, 256, GgmlDType::Q4K);
        check(GgmlDType::Q8_0, 96, GgmlDType::Q8_0);
        check(GgmlDType::F32, 96, GgmlDType::F32);
    }
}
