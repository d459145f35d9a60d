//! A GGUF file as foreign bytes: opened, checked against its own length, and read by name.
//!
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. Not here: what any key
//! or tensor means.

use crate::error::GenerateError;
use candle_core::Device;
use candle_core::quantized::QTensor;
use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Magic number, version and the two counts: nothing shorter is a GGUF file.
const HEADER_BYTES: u64 = 24;

/// An opened model file whose tensors are known to lie inside it.
pub(crate) struct GgufFile {
    path: PathBuf,
    content: Content,
    reader: BufReader<File>,
}

impl GgufFile {
    /// Opens a file and checks its header.
    pub(crate) fn open(path: &Path) -> Result<Self, GenerateError> {
        let file = open(path)?;
        let mut reader = BufReader::new(file);
        let length = check_magic(path, &mut reader)?;
        // candle 0.11 divides by `general.alignment` without looking at it.
        let content = catch_unwind(AssertUnwindSafe(|| Content::read(&mut reader)))
            .map_err(|_| GenerateError::damaged(path, "its header is absurd"))?
            .map_err(|error| GenerateError::damaged(path, plain(&error)))?;
        for (name, info) in &content.tensor_infos {
            check_extent(info, content.tensor_data_offset, length)
                .map_err(|why| GenerateError::damaged(path, format!("tensor {name} {why}")))?;
        }
        Ok(Self { path: path.to_owned(), content, reader })
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

    /// Reads a tensor that must have this shape, rows first.
    pub(crate) fn tensor(
        &mut self,
        name: &str,
        shape: &[usize],
        device: &Device,
    ) -> Result<QTensor, GenerateError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Err(self.damaged(format!("tensor {name} is missing")));
        };
        if info.shape.dims() != shape {
            let found = info.shape.dims().to_vec();
            return Err(self.damaged(format!("tensor {name} is {found:?}, not {shape:?}")));
        }
        info.read(&mut self.reader, self.content.tensor_data_offset, device)
            .map_err(|error| self.damaged(plain(&error)))
    }

    /// The first dimension of a tensor, its number of rows.
    pub(crate) fn rows(&self, tensor: &str) -> Option<usize> {
        self.content.tensor_infos.get(tensor)?.shape.dims().first().copied()
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

fn open(path: &Path) -> Result<File, GenerateError> {
    let unreadable = |source| GenerateError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => GenerateError::Missing { path: path.to_owned() },
        _ => unreadable(source),
    })?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// The file's length, once its first four bytes are right.
fn check_magic(path: &Path, reader: &mut BufReader<File>) -> Result<u64, GenerateError> {
    let unreadable = |source| GenerateError::Unreadable { path: path.to_owned(), source };
    let length = reader.seek(SeekFrom::End(0)).map_err(unreadable)?;
    reader.rewind().map_err(unreadable)?;
    if length < HEADER_BYTES {
        return Err(GenerateError::damaged(path, format!("it has only {length} bytes")));
    }
    let mut magic = [0u8; 4];
    reader.read_exact(&mut magic).map_err(unreadable)?;
    reader.rewind().map_err(unreadable)?;
    if &magic != b"GGUF" {
        return Err(GenerateError::damaged(path, "it does not begin as GGUF files do"));
    }
    Ok(length)
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
