//! The two layers that hold weights: a quantised matrix with an optional bias, and RMS norm.

use crate::error::GenerateError;
use crate::gguf::GgufFile;
use candle_core::quantized::QMatMul;
use candle_core::{Device, Module, Result, Tensor};

/// `y = W x (+ b)`, with `W` as quantised as the file has it.
pub(crate) struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
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
        Ok(Self { weight: QMatMul::from_qtensor(weight)?, bias })
    }

    /// A layer over a matrix that is used elsewhere too.
    pub(crate) fn shared(weight: QMatMul) -> Self {
        Self { weight, bias: None }
    }

    /// `[tokens, columns]` → `[tokens, rows]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.weight.forward(x)?;
        match &self.bias {
            Some(bias) => y.broadcast_add(bias),
            None => Ok(y),
        }
    }
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
