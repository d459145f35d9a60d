//! Looks at the head of a GGUF file: whether it is one, what it calls itself, and whether it is
//! whole in itself. Everything a model is run by is read elsewhere (`gguf`). Nothing here but the
//! standard library, so that the fuzz target builds fast.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Longest text in the metadata that is kept; longer ones are passed over.
const LONGEST_TEXT: u64 = 1 << 16;
/// More entries than any published file has.
const MOST_ENTRIES: u64 = 4096;

/// What the file says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// `general.architecture`.
    pub(crate) architecture: Option<String>,
    /// `general.name`.
    pub(crate) name: Option<String>,
    /// `split.count`: of how many files the model is made.
    pub(crate) files: Option<u64>,
}

/// Reads the head; the error says in words why it is none.
pub(crate) fn read_head(path: &Path) -> Result<Head, String> {
    let file = File::open(path).map_err(|e| e.to_string())?;
    let mut reader = BufReader::new(file);
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(|_| "it is too short".to_owned())?;
    if &magic != b"GGUF" {
        return Err("it does not begin with GGUF".to_owned());
    }
    read_metadata(&mut reader).map_err(|e| format!("its metadata cannot be read: {e}"))
}

fn read_metadata(reader: &mut BufReader<File>) -> io::Result<Head> {
    let version = number(reader, 4)?;
    if !(2..=3).contains(&version) {
        return Err(io::Error::other(format!("version {version} is not known")));
    }
    let _tensors = number(reader, 8)?;
    let entries = number(reader, 8)?.min(MOST_ENTRIES);
    let mut head = Head::default();
    for _ in 0..entries {
        let key = text(reader)?.unwrap_or_default();
        let kind = number(reader, 4)?;
        match (key.as_str(), kind) {
            ("general.architecture", 8) => head.architecture = text(reader)?,
            ("general.name", 8) => head.name = text(reader)?,
            ("split.count", 0..=7) => head.files = Some(number(reader, width(kind)?)?),
            _ => skip(reader, kind)?,
        }
    }
    Ok(head)
}

/// A little-endian number of up to eight bytes.
fn number(reader: &mut BufReader<File>, bytes: u64) -> io::Result<u64> {
    let mut buffer = [0; 8];
    reader.read_exact(&mut buffer[..bytes as usize])?;
    Ok(u64::from_le_bytes(buffer))
}

fn text(reader: &mut BufReader<File>) -> io::Result<Option<String>> {
    let length = number(reader, 8)?;
    if length > LONGEST_TEXT {
        forward(reader, length)?;
        return Ok(None);
    }
    let mut bytes = vec![0; length as usize];
    reader.read_exact(&mut bytes)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Bytes of a value of a fixed-width type, by the format's numbers.
fn width(kind: u64) -> io::Result<u64> {
    match kind {
        0 | 1 | 7 => Ok(1),
        2 | 3 => Ok(2),
        4..=6 => Ok(4),
        10..=12 => Ok(8),
        other => Err(io::Error::other(format!("type {other} is not known"))),
    }
}

fn skip(reader: &mut BufReader<File>, kind: u64) -> io::Result<()> {
    match kind {
        8 => text(reader).map(drop),
        9 => skip_array(reader),
        fixed => forward(reader, width(fixed)?),
    }
}

fn skip_array(reader: &mut BufReader<File>) -> io::Result<()> {
    let kind = number(reader, 4)?;
    let count = number(reader, 8)?;
    if kind == 8 {
        for _ in 0..count {
            let length = number(reader, 8)?;
            forward(reader, length)?;
        }
        return Ok(());
    }
    forward(reader, width(kind)?.saturating_mul(count))
}

fn forward(reader: &mut BufReader<File>, bytes: u64) -> io::Result<()> {
    let bytes = i64::try_from(bytes).map_err(io::Error::other)?;
    reader.seek_relative(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    pub(crate) fn string(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
    }

    #[test]
    fn the_head_is_read_past_arrays() {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3u32.to_le_bytes());
        bytes.extend(0u64.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        bytes.extend(string("tokens"));
        bytes.extend(9u32.to_le_bytes());
        bytes.extend(8u32.to_le_bytes());
        bytes.extend(2u64.to_le_bytes());
        bytes.extend(string("a"));
        bytes.extend(string("bc"));
        bytes.extend(string("general.architecture"));
        bytes.extend(8u32.to_le_bytes());
        bytes.extend(string("qwen2"));
        let head = read_head(file(&bytes).path()).unwrap();
        assert_eq!(head.architecture.as_deref(), Some("qwen2"));
    }

    #[test]
    fn what_is_no_gguf_is_told_in_words() {
        let check = |bytes: &[u8], words: &str| {
            let error = read_head(file(bytes).path()).unwrap_err();
            assert!(error.contains(words), "{error}");
        };
        check(b"", "too short");
        check(b"%PDF-1.7", "GGUF");
        check(b"GGUF\x03\0\0\0", "metadata");
        check(&[b"GGUF".as_slice(), &[3, 0, 0, 0], &[0xFF; 64]].concat(), "metadata");
    }
}
