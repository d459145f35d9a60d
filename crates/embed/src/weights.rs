//! Tensors of a safetensors file by name, as `f32`, whatever float type they are stored in.

use crate::error::EmbedError;
use half::{bf16, f16};
use memmap2::Mmap;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, SafeTensors, TensorView};
use std::fs::File;
use std::path::Path;

/// Ends the name of the word embeddings in every layout; what stands before it is the prefix of
/// all names (none, `bert.`, `roberta.` …).
const WORDS: &str = "embeddings.word_embeddings.weight";

/// A file begins with the length of its header.
const LENGTH_BYTES: usize = 8;

/// A mapped file of weights and the prefix its names carry.
pub struct WeightFile {
    file: Mmap,
    header: Metadata,
    /// Where the tensors' bytes begin.
    start: usize,
    prefix: String,
}

impl WeightFile {
    /// Maps the file and finds the names' prefix.
    pub fn open(path: &Path) -> Result<Self, EmbedError> {
        if !path.is_file() {
            return Err(EmbedError::FileMissing(path.to_owned()));
        }
        let unreadable = |source| EmbedError::FileUnreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        // SAFETY: model files are checked by their hash when they arrive and only ever replaced
        // by renaming, which leaves this mapping on the old file.
        let file = unsafe { Mmap::map(&file) }.map_err(unreadable)?;
        let (header_bytes, header) =
            SafeTensors::read_metadata(&file).map_err(EmbedError::Weights)?;
        let names = header.offset_keys();
        let prefix = names
            .iter()
            .filter_map(|name| name.strip_suffix(WORDS))
            .min_by_key(|prefix| prefix.len())
            .map(str::to_owned)
            .ok_or_else(|| EmbedError::Tensor("there are no word embeddings".to_owned()))?;
        Ok(Self { file, header, start: LENGTH_BYTES + header_bytes, prefix })
    }

    /// The same file with its names as they stand, for what lies beside the encoder.
    #[must_use]
    pub fn without_prefix(self) -> Self {
        Self { prefix: String::new(), ..self }
    }

    /// A matrix of the given shape, row by row.
    pub fn matrix(&self, name: &str, shape: [usize; 2]) -> Result<Vec<f32>, EmbedError> {
        let view = self.view(name)?;
        if view.shape() != shape {
            let found = view.shape();
            return Err(EmbedError::Tensor(format!("{name} is {found:?}, not {shape:?}")));
        }
        read_floats(&view)
    }

    /// A vector of the given length, under the first of the names there is: old files call layer
    /// norms' scale and shift `gamma` and `beta`.
    pub fn vector(&self, names: &[String], length: usize) -> Result<Vec<f32>, EmbedError> {
        let found = names.iter().find_map(|name| self.view(name).ok());
        let Some(view) = found else {
            return Err(EmbedError::Tensor(format!("{} is missing", names.join(" or "))));
        };
        if view.shape() != [length] {
            let found = view.shape();
            return Err(EmbedError::Tensor(format!("{} is {found:?}, not [{length}]", names[0])));
        }
        read_floats(&view)
    }

    /// Number of rows of a matrix.
    pub fn rows(&self, name: &str) -> Result<usize, EmbedError> {
        Ok(self.view(name)?.shape().first().copied().unwrap_or(0))
    }

    fn view(&self, name: &str) -> Result<TensorView<'_>, EmbedError> {
        let full = format!("{}{name}", self.prefix);
        let info = self.header.info(&full);
        let info = info.ok_or_else(|| EmbedError::Tensor(format!("{full} is missing")))?;
        let (from, to) = info.data_offsets;
        // That offsets lie in the file and hold what the shape says was checked with the header.
        let data = &self.file[self.start..][from..to];
        TensorView::new(info.dtype, info.shape.clone(), data).map_err(EmbedError::Weights)
    }
}

/// The word embeddings, left in the mapped file: of a large vocabulary only the rows that are
/// asked for are ever read from disk.
pub struct WordEmbeddings {
    weights: WeightFile,
    width: usize,
}

impl WordEmbeddings {
    /// The word embeddings of a file; every row has `width` columns.
    pub fn open(path: &Path, width: usize) -> Result<Self, EmbedError> {
        let weights = WeightFile::open(path)?;
        let view = weights.view(WORDS)?;
        if view.shape().len() != 2 || view.shape()[1] != width {
            return Err(EmbedError::Tensor(format!("the word embeddings are {:?}", view.shape())));
        }
        element_bytes(view.dtype())?;
        Ok(Self { weights, width })
    }

    /// Adds the rows of `ids` to the rows of `output`, one row of it a token.
    pub fn add_rows(&self, ids: &[u32], output: &mut [f32]) -> Result<(), EmbedError> {
        let view = self.weights.view(WORDS)?;
        let row_bytes = self.width * element_bytes(view.dtype())?;
        for (id, output) in ids.iter().zip(output.chunks_exact_mut(self.width)) {
            let start = *id as usize * row_bytes;
            let row = view.data().get(start..start + row_bytes);
            let row = row.ok_or(EmbedError::UnknownToken(*id))?;
            for_each_float(view.dtype(), row, output, |sum, x| *sum += x)?;
        }
        Ok(())
    }
}

fn read_floats(view: &TensorView<'_>) -> Result<Vec<f32>, EmbedError> {
    let mut floats = vec![0.0; view.data().len() / element_bytes(view.dtype())?];
    for_each_float(view.dtype(), view.data(), &mut floats, |slot, x| *slot = x)?;
    Ok(floats)
}

fn element_bytes(dtype: Dtype) -> Result<usize, EmbedError> {
    match dtype {
        Dtype::F32 => Ok(4),
        Dtype::F16 | Dtype::BF16 => Ok(2),
        other => Err(EmbedError::Unsupported(format!("weights of type {other:?}"))),
    }
}

fn for_each_float(
    dtype: Dtype,
    bytes: &[u8],
    slots: &mut [f32],
    mut take: impl FnMut(&mut f32, f32),
) -> Result<(), EmbedError> {
    if element_bytes(dtype)? == 4 {
        for (slot, b) in slots.iter_mut().zip(bytes.as_chunks::<4>().0) {
            take(slot, f32::from_le_bytes(*b));
        }
    } else {
        let float = if dtype == Dtype::F16 { from_f16 } else { from_bf16 };
        for (slot, b) in slots.iter_mut().zip(bytes.as_chunks::<2>().0) {
            take(slot, float(*b));
        }
    }
    Ok(())
}

fn from_f16(bytes: [u8; 2]) -> f32 {
    f16::from_le_bytes(bytes).to_f32()
}

fn from_bf16(bytes: [u8; 2]) -> f32 {
    bf16::from_le_bytes(bytes).to_f32()
}
