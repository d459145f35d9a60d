//! The two layers that hold weights: a quantised matrix with an optional bias, and RMS norm.

use crate::error::GenerateError;
use crate::fitting::{self, Use};
use crate::five_bit;
use crate::gguf::GgufFile;
use candle_core::quantized::{QMatMul, QTensor};

use candle_core::{D, Device, Module, Result, Tensor};

/// `y = W x (+ b)`, with `W` quantised as the file has it or as [`fitting`] makes it.
pub(crate) struct Linear {
    weight: Weight,
    bias: Option<Tensor>,
}

/// A quantised matrix and who multiplies with it.
enum Weight {
    /// Candle; so many zeros are put after every row of the input, to fit the weight's.
    Candle(QMatMul, usize),
    /// Our own kernel.
    FiveBit(five_bit::Matrix),
}

impl Weight {
    fn new(weight: QTensor, usage: Use) -> Result<Self> {
        if let Some(matrix) = five_bit::Matrix::new(&weight)? {
            return Ok(Self::FiveBit(matrix));
        }
        let (weight, filling) = fitting::fit(weight, usage)?;
        Ok(Self::Candle(QMatMul::from_qtensor(weight)?, filling))
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        match self {
            Self::Candle(weight, 0) => weight.forward(x),
            Self::Candle(weight, filling) => {
                weight.forward(&x.pad_with_zeros(D::Minus1, 0, *filling)?)
            }
            Self::FiveBit(weight) => weight.forward(x),
        }
    }
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
        Ok(Self { weight: Weight::new(weight, Use::ManyRows)?, bias })
    }

    /// A matrix without bias that meets one token at a time.
    pub(crate) fn for_single_tokens(weight: QTensor) -> Result<Self> {
        Ok(Self { weight: Weight::new(weight, Use::SingleRows)?, bias: None })
    }

    /// A matrix that is used elsewhere too, as it is.
    pub(crate) fn shared(weight: QMatMul) -> Self {
        Self { weight: Weight::Candle(weight, 0), bias: None }
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
