//! The bytes of a file that somebody opened, and never more of them than a limit.

use crate::error::FlowError;
use std::cell::RefCell;
use std::io::{Read, Seek};
use std::path::Path;

/// More bytes than this are not taken from a file or unpacked from one: a text of so many bytes is
/// some hundred books.
pub const MOST_BYTES: u64 = 256 << 20;

/// What can be read from any place.
pub trait Bytes: Read + Seek {}
impl<T: Read + Seek> Bytes for T {}

/// A file by its name and its bytes.
pub(crate) struct Source<'a> {
    pub path: &'a Path,
    file: RefCell<&'a mut dyn Bytes>,
}

impl<'a> Source<'a> {
    /// Of a file that holds something.
    pub(crate) fn new(path: &'a Path, file: &'a mut dyn Bytes) -> Result<Self, FlowError> {
        let source = Self { path, file: RefCell::new(file) };
        let is_empty = source.head(1)?.is_empty();
        if is_empty { Err(FlowError::EmptyFile(path.to_owned())) } else { Ok(source) }
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, FlowError> {
        let bytes = self.first(MOST_BYTES + 1)?;
        if bytes.len() as u64 > MOST_BYTES {
            let reason = format!("it has more than {} MiB", MOST_BYTES >> 20);
            return Err(FlowError::TooLarge { path: self.path.to_owned(), reason });
        }
        Ok(bytes)
    }

    /// Up to so many of its first bytes.
    pub(crate) fn head(&self, length: usize) -> Result<Vec<u8>, FlowError> {
        self.first(length as u64)
    }

    /// The file itself, at its beginning.
    pub(crate) fn into_file(self) -> Result<&'a mut dyn Bytes, FlowError> {
        let file = self.file.into_inner();
        file.rewind().map_err(|error| unreadable(self.path, &error))?;
        Ok(file)
    }

    fn first(&self, most: u64) -> Result<Vec<u8>, FlowError> {
        let mut file = self.file.borrow_mut();
        let mut bytes = Vec::new();
        file.rewind()
            .and_then(|()| (&mut **file).take(most).read_to_end(&mut bytes))
            .map_err(|error| unreadable(self.path, &error))?;
        Ok(bytes)
    }
}

fn unreadable(path: &Path, reason: &std::io::Error) -> FlowError {
    FlowError::FileUnreadable { path: path.to_owned(), reason: reason.to_string() }
}
