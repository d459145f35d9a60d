//! What makes one score of the first token's vector. Computed in `f32` a number at a time: it is a
//! thousandth of the work of the layers below it.

use crate::config::HeadKind;
use crate::error::EmbedError;
use crate::weights::WeightFile;
use std::path::Path;

/// Two linear layers with a hyperbolic tangent between them.
pub struct Head {
    inner: Dense,
    score: Dense,
}

impl Head {
    /// Reads the head of a model of this width.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape; more labels than one.
    pub fn read(path: &Path, kind: HeadKind, width: usize) -> Result<Self, EmbedError> {
        let file = WeightFile::open(path)?;
        let (inner, file, last) = match kind {
            HeadKind::Pooled => {
                let inner = Dense::read(&file, "pooler.dense", [width, width])?;
                (inner, file.without_prefix(), "classifier")
            }
            HeadKind::Classifier => {
                let file = file.without_prefix();
                (
                    Dense::read(&file, "classifier.dense", [width, width])?,
                    file,
                    "classifier.out_proj",
                )
            }
        };
        let labels = file.rows(&format!("{last}.weight"))?;
        if labels != 1 {
            return Err(EmbedError::Unsupported(format!("{labels} labels instead of one score")));
        }
        Ok(Self { inner, score: Dense::read(&file, last, [1, width])? })
    }

    /// The score of a sequence whose first token has this vector.
    pub fn logit(&self, first: &[f32]) -> f32 {
        let inner: Vec<f32> = self.inner.apply(first).map(f32::tanh).collect();
        self.score.apply(&inner).sum()
    }
}

struct Dense {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn read(file: &WeightFile, name: &str, shape: [usize; 2]) -> Result<Self, EmbedError> {
        Ok(Self {
            weight: file.matrix(&format!("{name}.weight"), shape)?,
            bias: file.vector(&[format!("{name}.bias")], shape[0])?,
        })
    }

    fn apply(&self, input: &[f32]) -> impl Iterator<Item = f32> {
        let product = move |row: &[f32]| row.iter().zip(input).map(|(w, x)| w * x).sum::<f32>();
        self.weight.chunks_exact(input.len()).zip(&self.bias).map(move |(row, b)| product(row) + b)
    }
}
