//! Messages as frames: a length, checked before anything is allocated, and a postcard body.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Longest body of a frame. A page holds 200,000 characters at most and takes about 2 MiB; a decoded body can
/// take some twenty times its length in memory, which a hostile worker must not be able to use
/// against the window.
pub const MAX_FRAME_BYTES: usize = 16 << 20;

const LENGTH_BYTES: usize = 4;

/// Why a message could not be sent or read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe broke, or ended within a frame.
    #[error("the pipe broke")]
    Io(#[from] io::Error),
    /// Longer than [`MAX_FRAME_BYTES`].
    #[error("a message of {0} bytes is longer than {MAX_FRAME_BYTES}")]
    TooLong(usize),
    /// Not a message of this protocol, or one that cannot be written down.
    #[error("not a message of this protocol: {0}")]
    Malformed(#[from] postcard::Error),
    /// Bytes were left after the message.
    #[error("{0} bytes after the message")]
    Trailing(usize),
}

/// A message as a whole frame.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = postcard::to_extend(message, vec![0; LENGTH_BYTES])?;
    let body = frame.len() - LENGTH_BYTES;
    if body > MAX_FRAME_BYTES {
        return Err(FrameError::TooLong(body));
    }
    frame[..LENGTH_BYTES].copy_from_slice(&(body as u32).to_le_bytes());
    Ok(frame)
}

/// Writes a message and flushes.
pub fn write_message<T: Serialize>(to: &mut dyn Write, message: &T) -> Result<(), FrameError> {
    to.write_all(&encode(message)?)?;
    Ok(to.flush()?)
}

/// Reads a message; `None` where the pipe ends between two.
pub fn read_message<T: DeserializeOwned>(from: &mut dyn Read) -> Result<Option<T>, FrameError> {
    let Some(length) = read_length(from)? else { return Ok(None) };
    let body = read_body(from, length)?;
    match postcard::take_from_bytes(&body)? {
        (message, []) => Ok(Some(message)),
        (_, rest) => Err(FrameError::Trailing(rest.len())),
    }
}

fn read_length(from: &mut dyn Read) -> Result<Option<usize>, FrameError> {
    let mut bytes = [0; LENGTH_BYTES];
    let first = loop {
        match from.read(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    if first == 0 {
        return Ok(None);
    }
    from.read_exact(&mut bytes[first..])?;
    let length = u32::from_le_bytes(bytes) as usize;
    if length > MAX_FRAME_BYTES { Err(FrameError::TooLong(length)) } else { Ok(Some(length)) }
}

/// Grows with what really comes, so that a false length costs nothing.
fn read_body(from: &mut dyn Read, length: usize) -> Result<Vec<u8>, FrameError> {
    let mut body = Vec::with_capacity(length.min(1 << 16));
    let read = from.take(length as u64).read_to_end(&mut body)?;
    if read < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(body)
}
