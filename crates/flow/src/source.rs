//! A file on disk: looked at before it is opened, so that a pipe or device never blocks the worker,
//! and never taken whole beyond a limit.

use crate::error::FlowError;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// More bytes than this are not taken from a file or unpacked from one: a text of so many bytes is
/// some hundred books.
pub(crate) const MOST_BYTES: u64 = 256 << 20;

/// Opens a regular file that holds something.
pub(crate) fn open(path: &Path) -> Result<File, FlowError> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => FlowError::FileNotFound(path.to_owned()),
        _ => unreadable(path, &error),
    };
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "it is a folder" } else { "it is not a regular file" };
        return Err(unreadable(path, what));
    }
    if metadata.len() == 0 {
        return Err(FlowError::EmptyFile(path.to_owned()));
    }
    File::open(path).map_err(failed)
}

/// All bytes of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, FlowError> {
    let mut bytes = Vec::new();
    let mut file = open(path)?.take(MOST_BYTES + 1);
    file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let reason = format!("it has more than {} MiB", MOST_BYTES >> 20);
        return Err(FlowError::TooLarge { path: path.to_owned(), reason });
    }
    Ok(bytes)
}

/// Up to so many of its first bytes.
pub(crate) fn head(path: &Path, length: usize) -> Result<Vec<u8>, FlowError> {
    let mut bytes = Vec::with_capacity(length);
    let mut file = open(path)?.take(length as u64);
    file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, reason: &(impl ToString + ?Sized)) -> FlowError {
    FlowError::FileUnreadable { path: path.to_owned(), reason: reason.to_string() }
}
