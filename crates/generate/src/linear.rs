//! The layers that hold weights: a quantised matrix with an optional bias, the table of token
//! embeddings, and RMS norm.
//!
//! On a processor with the instructions, matrices are multiplied by [`yinju_kernels`]; elsewhere,
//! and what these do not take, by candle.

use crate::error::GenerateError;
use crate::fitting;
use crate::gguf::{GgufFile, Stored};
use crate::threads::in_areas;
use candle_core::quantized::{GgmlDType, QMatMul};
use candle_core::{Device, Module, Result, Storage, Tensor};
use yinju_kernels::dense::Onto;
use yinju_kernels::quantized::{Format, Inputs, Instructions, Matrix, Output, dequantize};

/// `y = W x (+ b)`, with `W` quantised as the file has it.
pub(crate) struct Linear {
    weight: Weight,
}

/// A quantised matrix with its bias, and who multiplies with it.
enum Weight {
    Candle(QMatMul, Option<Tensor>),
    Ours(Matrix),
}

impl Linear {
    /// Reads `NAME.weight`, `[rows, columns]`, and `NAME.bias` where the file has one.
    pub(crate) fn load(
        file: &GgufFile,
        name: &str,
        (rows, columns): (usize, usize),
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        let mut linear =
            Self::load_weight(file, &format!("{name}.weight"), (rows, columns), device)?;
        let bias = format!("{name}.bias");
        if file.has(&bias) {
            let bias = file.tensor(&bias, &[rows], device)?.dequantize(device)?;
            linear.weight = match linear.weight {
                Weight::Ours(matrix) => Weight::Ours(matrix.with_bias(&bias.to_vec1::<f32>()?)),
                Weight::Candle(weight, _) => Weight::Candle(weight, Some(bias)),
            };
        }
        Ok(linear)
    }

    /// The same without bias, of a tensor's full name.
    pub(crate) fn load_weight(
        file: &GgufFile,
        name: &str,
        shape: (usize, usize),
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        Ok(Self { weight: Weight::load(file, name, shape, device)? })
    }

    /// Whether a row of output is the same, to the bit, whichever rows it is computed with. Our
    /// kernels add up every output block by block in one order; candle and the libraries of
    /// graphics processors have other kernels for one row than for several.
    pub(crate) fn rows_stand_alone(&self) -> bool {
        matches!(self.weight, Weight::Ours(_))
    }

    /// `[tokens, columns]` → `[tokens, rows]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let [y] = Self::forward_all([self], x)?;
        Ok(y)
    }

    /// Several matrices with the same input, which is rounded once.
    pub(crate) fn forward_all<const N: usize>(
        linears: [&Self; N],
        x: &Tensor,
    ) -> Result<[Tensor; N]> {
        let ours = linears.map(|linear| match &linear.weight {
            Weight::Ours(matrix) => Some(matrix),
            Weight::Candle(..) => None,
        });
        let own = ours.into_iter().flatten().collect::<Vec<_>>();
        let mut products = if own.is_empty() { Vec::new() } else { multiply(&own, x)? }.into_iter();
        let mut outputs = Vec::with_capacity(N);
        for linear in linears {
            outputs.push(match &linear.weight {
                Weight::Candle(weight, None) => weight.forward(x)?,
                Weight::Candle(weight, Some(bias)) => weight.forward(x)?.broadcast_add(bias)?,
                Weight::Ours(matrix) => {
                    let numbers = products.next().unwrap_or_default();
                    Tensor::from_vec(numbers, (x.dim(0)?, matrix.outputs()), &Device::Cpu)?
                }
            });
        }
        outputs.try_into().map_err(|_| candle_core::Error::Msg("as many as there are".into()))
    }
}

impl Weight {
    fn load(
        file: &GgufFile,
        name: &str,
        (rows, columns): (usize, usize),
        device: &Device,
    ) -> std::result::Result<Self, GenerateError> {
        if device.is_cpu() {
            let stored = file.stored(name, &[rows, columns])?;
            if let Some(matrix) = lay_out(&stored, (rows, columns)) {
                return Ok(Self::Ours(matrix));
            }
        }
        let weight = fitting::fit(file.tensor(name, &[rows, columns], device)?)?;
        Ok(Self::Candle(QMatMul::from_qtensor(weight)?, None))
    }
}

fn lay_out(stored: &Stored, shape: (usize, usize)) -> Option<Matrix> {
    let matrix =
        Matrix::new(format(stored.dtype)?, shape, stored.bytes(), Instructions::vectors()?);
    stored.let_go();
    matrix
}

/// What candle calls the formats.
fn format(dtype: GgmlDType) -> Option<Format> {
    match dtype {
        GgmlDType::Q4_0 => Some(Format::Q4_0),
        GgmlDType::Q4_1 => Some(Format::Q4_1),
        GgmlDType::Q5_0 => Some(Format::Q5_0),
        GgmlDType::Q5_1 => Some(Format::Q5_1),
        GgmlDType::Q8_0 => Some(Format::Q8_0),
        GgmlDType::Q4K => Some(Format::Q4K),
        GgmlDType::Q5K => Some(Format::Q5K),
        GgmlDType::Q6K => Some(Format::Q6K),
        _ => None,
    }
}

fn multiply(matrices: &[&Matrix], x: &Tensor) -> Result<Vec<Vec<f32>>> {
    let (tokens, columns) = x.dims2()?;
    let x = x.contiguous()?;
    let (storage, layout) = x.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else {
        candle_core::bail!("weights are on the processor, the input is not")
    };
    let start = layout.start_offset();
    let x = &storage.as_slice::<f32>()?[start..start + tokens * columns];
    let inputs = Inputs::round(x, columns);
    let mut products: Vec<Vec<f32>> =
        matrices.iter().map(|matrix| vec![0.0; tokens * matrix.outputs()]).collect();
    let outputs: Vec<Output> = matrices
        .iter()
        .zip(&mut products)
        .map(|(matrix, numbers)| Output::new(numbers, matrix.outputs(), Onto::Nothing))
        .collect();
    let groups: Vec<usize> = matrices.iter().map(|matrix| matrix.groups()).collect();
    in_areas(tokens, &groups, |which, rows, groups| {
        // SAFETY: areas do not overlap.
        unsafe { matrices[which].multiply(&inputs, rows, groups, &outputs[which]) };
    });
    Ok(products)
}

/// The table of token embeddings.
pub(crate) enum Embedding {
    /// Rows are made floats of as they are asked for, from the file.
    Stored { table: Stored, format: Format, width: usize },
    /// Candle's, of other types.
    Candle(QMatMul),
}

impl Embedding {
    /// Reads a table `[tokens, width]`.
    pub(crate) fn load(
        file: &GgufFile,
        name: &str,
        (tokens, width): (usize, usize),
    ) -> std::result::Result<Self, GenerateError> {
        let table = file.stored(name, &[tokens, width])?;
        match format(table.dtype) {
            Some(format) if width.is_multiple_of(format.weights_a_block()) => {
                Ok(Self::Stored { table, format, width })
            }
            _ => {
                let table = file.tensor(name, &[tokens, width], &Device::Cpu)?;
                Ok(Self::Candle(QMatMul::from_qtensor(table)?))
            }
        }
    }

    /// Rows of some tokens, `[tokens, width]`.
    pub(crate) fn rows(&self, tokens: &[u32]) -> Result<Tensor> {
        match self {
            Self::Candle(table) => table.embedding(&Tensor::new(tokens, &Device::Cpu)?),
            Self::Stored { table, format, width } => {
                let row = format.bytes_a_row(*width);
                let mut numbers = vec![0.0; tokens.len() * width];
                for (token, out) in tokens.iter().zip(numbers.chunks_exact_mut(*width)) {
                    let start = *token as usize * row;
                    let Some(bytes) = table.bytes().get(start..start + row) else {
                        candle_core::bail!("there is no token {token}")
                    };
                    dequantize(*format, bytes, out);
                }
                Tensor::from_vec(numbers, (tokens.len(), *width), &Device::Cpu)
            }
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
        file: &GgufFile,
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
        file: &GgufFile,
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
