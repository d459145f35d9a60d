//! The two layers that hold weights: a quantised matrix with an optional bias, and RMS norm.
//!
//! candle's vectorised kernels take `Q4_K`, `Q6_K` and `Q8_0` with rows of whole blocks of 256
//! weights. What a file has otherwise (a 0.5 B model's rows of 896 in `Q5_0`) would be computed
//! value by value, thirty times slower: such a matrix is requantised to `Q8_0`, whose steps are
//! finer than the file's, with rows filled up with zeros.

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{D, Device, Module, Result, Tensor};

/// Weights in a block of candle's vectorised kernels.
const BLOCK: usize = 256;

/// `y = W x (+ b)`, with `W` as quantised as the file has it.
pub(crate) struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
    /// Zeros put after every row of the input, to fit the weight's.
    filling: usize,
}

impl Linear {
    /// Reads `NAME.weight`, `[rows, columns]`, and `NAME.bias` where the file has one.
    pub(crate) fn load(
        file: &mut GgufFile,
        name: &str,
        (rows, columns): (usize, usize),
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let weight = file.tensor(&format!("{name}.weight"), &[rows, columns], device)?;
        let bias = format!("{name}.bias");
        let bias = if file.has(&bias) {
            Some(file.tensor(&bias, &[rows], device)?.dequantize(device)?)
        } else {
            None
        };
        let (weight, filling) = fitting(weight, columns, device)?;
        Ok(Self { weight: QMatMul::from_qtensor(weight)?, bias, filling })
    }

    /// A layer over a matrix that is used elsewhere too.
    pub(crate) fn shared(weight: QMatMul) -> Self {
        Self { weight, bias: None, filling: 0 }
    }

    /// `[tokens, columns]` → `[tokens, rows]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = match self.filling {
            0 => self.weight.forward(x)?,
            filling => self.weight.forward(&x.pad_with_zeros(D::Minus1, 0, filling)?)?,
        };
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }
}

/// The weight in a form the vectorised kernels take, and how many zeros its rows gained.
fn fitting(weight: QTensor, columns: usize, device: &Device) -> Result<(QTensor, usize)> {
    let filling = columns.next_multiple_of(BLOCK) - columns;
    let slow = match weight.dtype() {
        GgmlDType::Q4_0 | GgmlDType::Q4_1 | GgmlDType::Q5_0 | GgmlDType::Q5_1 | GgmlDType::Q5K => {
            true
        }
        GgmlDType::Q8_0 => filling > 0,
        _ => false,
    };
    if !slow || !device.is_cpu() {
        return Ok((weight, 0));
    }
    let dense = weight.dequantize(device)?.pad_with_zeros(D::Minus1, 0, filling)?;
    Ok((QTensor::quantize(&dense, GgmlDType::Q8_0)?, filling))
}

/// Root mean square norm (<https://arxiv.org/abs/1910.07467>).
pub(crate) struct RmsNorm {
    weight: Tensor,
    epsilon: f32,
}

impl RmsNorm {
    /// Reads `NAME.weight`, `[width]`.
    pub(crate) fn load(
        file: &mut GgufFile,
        name: &str,
        width: usize,
        epsilon: f64,
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let weight = file.tensor(&format!("{name}.weight"), &[width], device)?;
        Ok(Self { weight: weight.dequantize(device)?, epsilon: epsilon as f32 })
    }

    /// The same where the file has it.
    pub(crate) fn load_if_there(
        file: &mut GgufFile,
        name: &str,
        width: usize,
        epsilon: f64,
        device: &Device,
    ) -> std::result::Result<Option<Self>, GenerateError> {
        if !file.has(&format!("{name}.weight")) {
            return Ok(None);
        }
        Self::load(file, name, width, epsilon, device).map(Some)
    }

    /// Over the last dimension.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        candle_nn::ops::rms_norm(x, &self.weight, self.epsilon)
    }
}
