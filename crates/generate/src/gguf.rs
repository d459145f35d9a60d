//! A GGUF file as foreign bytes: opened, checked against its own length, and read by name.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. Not here: what any key
//! or tensor means.

use crate::error::GenerateError;
use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use memmap2::Mmap;
use std::fs::File;
use std::io::{Cursor, ErrorKind};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Magic number, version and the two counts: nothing shorter is a GGUF file.
const HEADER_BYTES: usize = 24;

/// An opened model file whose tensors are known to lie inside it.
pub(crate) struct GgufFile {
    path: PathBuf,
    content: Content,
    /// The whole file. It is read through this and never written; if somebody cuts it short while a
    /// model is loaded, the system ends the process, which is a worker's to be.
    bytes: Arc<Mmap>,
}

/// A tensor where it lies in the file.
#[derive(Clone)]
pub(crate) struct Stored {
    /// How its weights are stored.
    pub(crate) dtype: GgmlDType,
    file: Arc<Mmap>,
    place: Range<usize>,
}

impl Stored {
    /// The stored weights.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.file[self.place.clone()]
    }

    /// Says that the stored weights will hardly be read again, so that they need not be in memory.
    /// Elsewhere than on Unix the system finds out by itself.
    pub(crate) fn let_go(&self) {
        #[cfg(unix)]
        {
            let (start, length) = (self.place.start, self.place.len());
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the mapping is of a file and never written: what is let go comes back from
            // there.
            let advised = unsafe { self.file.unchecked_advise_range(advice, start, length) };
            if let Err(error) = advised {
                tracing::debug!(%error, "weights stay in memory twice");
            }
        }
    }
}

impl GgufFile {
    /// Opens a file and checks its header.
    pub(crate) fn open(path: &Path) -> Result<Self, GenerateError> {
        let bytes = Arc::new(open(path)?);
        check_magic(path, &bytes)?;
        // candle 0.11 divides by `general.alignment` without looking at it.
        let read = || Content::read(&mut Cursor::new(&bytes[..]));
        let content = catch_unwind(AssertUnwindSafe(read))
            .map_err(|_| GenerateError::damaged(path, "its header is absurd"))?
            .map_err(|error| GenerateError::damaged(path, plain(&error)))?;
        for (name, info) in &content.tensor_infos {
            check_extent(info, content.tensor_data_offset, bytes.len() as u64)
                .map_err(|why| GenerateError::damaged(path, format!("tensor {name} {why}")))?;
        }
        Ok(Self { path: path.to_owned(), content, bytes })
    }

    /// A text under a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.content.metadata.get(key)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number under a key, whatever its width; negative numbers are none.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        as_number(self.content.metadata.get(key)?)
    }

    /// A fraction or whole number under a key.
    pub(crate) fn float(&self, key: &str) -> Option<f64> {
        match self.content.metadata.get(key)? {
            Value::F32(v) => Some(f64::from(*v)),
            Value::F64(v) => Some(*v),
            other => as_number(other).map(|v| v as f64),
        }
    }

    /// A yes or no under a key.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.content.metadata.get(key)? {
            Value::Bool(v) => Some(*v),
            _ => None,
        }
    }

    /// A list of texts under a key; whatever is no text becomes an empty one, so that places keep
    /// their numbers.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            _ => String::new(),
        };
        Some(self.list(key)?.iter().map(text).collect())
    }

    /// A list of numbers under a key, as fractions; whatever is no number becomes 0.
    pub(crate) fn floats(&self, key: &str) -> Option<Vec<f32>> {
        let float = |value: &Value| match value {
            Value::F32(v) => *v,
            Value::I32(v) => *v as f32,
            other => as_number(other).unwrap_or(0) as f32,
        };
        Some(self.list(key)?.iter().map(float).collect())
    }

    /// Whether there is a tensor of this name.
    pub(crate) fn has(&self, tensor: &str) -> bool {
        self.content.tensor_infos.contains_key(tensor)
    }

    /// Finds a tensor that must have this shape, rows first.
    pub(crate) fn stored(&self, name: &str, shape: &[usize]) -> Result<Stored, GenerateError> {
        let info = self.info(name, shape)?;
        let start = (self.content.tensor_data_offset + info.offset) as usize;
        let length = shape.iter().product::<usize>() / info.ggml_dtype.block_size()
            * info.ggml_dtype.type_size();
        let place = start..start + length;
        Ok(Stored { dtype: info.ggml_dtype, file: self.bytes.clone(), place })
    }

    /// Reads a tensor that must have this shape, rows first.
    pub(crate) fn tensor(
        &self,
        name: &str,
        shape: &[usize],
        device: &Device,
    ) -> Result<QTensor, GenerateError> {
        let info = self.info(name, shape)?;
        let mut reader = Cursor::new(&self.bytes[..]);
        info.read(&mut reader, self.content.tensor_data_offset, device)
            .map_err(|error| self.damaged(plain(&error)))
    }

    fn info(&self, name: &str, shape: &[usize]) -> Result<&TensorInfo, GenerateError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Err(self.damaged(format!("tensor {name} is missing")));
        };
        if info.shape.dims() != shape {
            let found = info.shape.dims().to_vec();
            return Err(self.damaged(format!("tensor {name} is {found:?}, not {shape:?}")));
        }
        Ok(info)
    }

    /// The first dimension of a tensor, its number of rows.
    pub(crate) fn rows(&self, tensor: &str) -> Option<usize> {
        self.content.tensor_infos.get(tensor)?.shape.dims().first().copied()
    }

    /// Bytes of all tensors whose names begin so.
    pub(crate) fn bytes_of(&self, beginning: &str) -> u64 {
        let tensors = self.content.tensor_infos.iter();
        let bytes = |info: &TensorInfo| {
            info.shape.elem_count() / info.ggml_dtype.block_size() * info.ggml_dtype.type_size()
        };
        let wanted = tensors.filter(|(name, _)| name.starts_with(beginning));
        wanted.map(|(_, info)| bytes(info) as u64).sum()
    }

    /// This file, damaged.
    pub(crate) fn damaged(&self, reason: impl std::fmt::Display) -> GenerateError {
        GenerateError::damaged(&self.path, reason)
    }

    fn list(&self, key: &str) -> Option<&[Value]> {
        match self.content.metadata.get(key)? {
            Value::Array(values) => Some(values),
            _ => None,
        }
    }
}

fn open(path: &Path) -> Result<Mmap, GenerateError> {
    let unreadable = |source| GenerateError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => GenerateError::Missing { path: path.to_owned() },
        _ => unreadable(source),
    })?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(ErrorKind::IsADirectory.into()));
    }
    if metadata.len() == 0 {
        return Err(GenerateError::damaged(path, "it is empty"));
    }
    // SAFETY: see `GgufFile::bytes`.
    unsafe { Mmap::map(&file) }.map_err(unreadable)
}

fn check_magic(path: &Path, bytes: &[u8]) -> Result<(), GenerateError> {
    if bytes.len() < HEADER_BYTES {
        return Err(GenerateError::damaged(path, format!("it has only {} bytes", bytes.len())));
    }
    if !bytes.starts_with(b"GGUF") {
        return Err(GenerateError::damaged(path, "it does not begin as GGUF files do"));
    }
    Ok(())
}

/// That a tensor lies inside the file, without arithmetic that could wrap.
fn check_extent(info: &TensorInfo, data_offset: u64, length: u64) -> Result<(), String> {
    let elements = info
        .shape
        .dims()
        .iter()
        .try_fold(1u64, |product, &dim| product.checked_mul(dim as u64))
        .ok_or("has an absurd shape")?;
    let end = elements
        .div_ceil(info.ggml_dtype.block_size() as u64)
        .checked_mul(info.ggml_dtype.type_size() as u64)
        .and_then(|bytes| bytes.checked_add(info.offset)?.checked_add(data_offset))
        .ok_or("has an absurd size")?;
    if elements == 0 || end > length {
        return Err(format!("ends at byte {end}, but the file has {length}"));
    }
    Ok(())
}

fn as_number(value: &Value) -> Option<u64> {
    match value {
        Value::U8(v) => Some(u64::from(*v)),
        Value::U16(v) => Some(u64::from(*v)),
        Value::U32(v) => Some(u64::from(*v)),
        Value::U64(v) => Some(*v),
        Value::I8(v) => u64::try_from(*v).ok(),
        Value::I16(v) => u64::try_from(*v).ok(),
        Value::I32(v) => u64::try_from(*v).ok(),
        Value::I64(v) => u64::try_from(*v).ok(),
        Value::Bool(v) => Some(u64::from(*v)),
        Value::F32(_) | Value::F64(_) | Value::String(_) | Value::Array(_) => None,
    }
}

/// The first line of candle's error; the rest is a backtrace.
fn plain(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
