//! SHA-256 of files, in one pass, stoppable.

use crate::error::CatalogError;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use yinju_core::CancelToken;

/// What is read at once.
const CHUNK: usize = 1 << 20;

/// The SHA-256 of a file in lower-case hexadecimal. `on_bytes` is told how many bytes were read so
/// far. Whatever is no file (a pipe, a device) may never end and is an error.
pub fn sha256_of_file(
    path: &Path,
    cancel: &CancelToken,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<String, CatalogError> {
    let failed = |e| CatalogError::io(path, e);
    // Asked before it is opened too: opening a pipe that nobody writes to waits.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(no_file(path));
    }
    let mut file = File::open(path).map_err(failed)?;
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(no_file(path));
    }
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut done = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(CatalogError::Cancelled);
        }
        let read = file.read(&mut chunk).map_err(|e| CatalogError::io(path, e))?;
        if read == 0 {
            return Ok(hexadecimal(&hasher.finalize()));
        }
        hasher.update(&chunk[..read]);
        done += read as u64;
        on_bytes(done);
    }
}

fn no_file(path: &Path) -> CatalogError {
    CatalogError::io(path, ErrorKind::InvalidInput.into())
}

/// Bytes as lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
        text
    })
}

/// Whether a text has the form of a SHA-256.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_standards() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        let hash = sha256_of_file(&path, &CancelToken::new(), &mut |_| {}).unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
