//! A look at a file before PDFium sees it, so that a person is told the plain reason. Nothing is
//! parsed here.

use crate::error::ParseError;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

/// Readers look for `%PDF-` this far into a file (PDF 1.7, implementation note 13).
const HEADER_WINDOW: u64 = 1024;

/// A whole file ends with `startxref`, an offset and `%%EOF`; some writers add to it.
const TRAILER_WINDOW: u64 = 4096;

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// `%PDF-` stands near its start.
    pub has_header: bool,
    /// `startxref` or `%%EOF` stands near its end; without, it was cut off.
    pub has_end: bool,
}

/// Looks at both ends of a file. Errors: not found, unreadable, empty.
pub(crate) fn look(path: &Path) -> Result<Look, ParseError> {
    let mut file = open(path)?;
    let failed = |e: std::io::Error| unreadable(path, &e);
    let head = window(&mut file, SeekFrom::Start(0), HEADER_WINDOW).map_err(failed)?;
    if head.is_empty() {
        return Err(ParseError::EmptyFile(path.to_owned()));
    }
    let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
    let tail_start = SeekFrom::Start(length.saturating_sub(TRAILER_WINDOW));
    let tail = window(&mut file, tail_start, TRAILER_WINDOW).map_err(failed)?;
    Ok(Look {
        has_header: contains(&head, b"%PDF-"),
        has_end: contains(&tail, b"startxref") || contains(&tail, b"%%EOF"),
    })
}

fn window(file: &mut File, from: SeekFrom, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(from)?;
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn open(path: &Path) -> Result<File, ParseError> {
    let metadata = std::fs::metadata(path).map_err(|e| missing_or_unreadable(path, &e))?;
    if metadata.is_dir() {
        let reason = "it is a folder".to_owned();
        return Err(ParseError::FileUnreadable { path: path.to_owned(), reason });
    }
    if !metadata.is_file() {
        // A pipe or device would block the worker for ever.
        let reason = "it is not a regular file".to_owned();
        return Err(ParseError::FileUnreadable { path: path.to_owned(), reason });
    }
    File::open(path).map_err(|e| missing_or_unreadable(path, &e))
}

fn missing_or_unreadable(path: &Path, error: &std::io::Error) -> ParseError {
    if error.kind() == ErrorKind::NotFound {
        ParseError::FileNotFound(path.to_owned())
    } else {
        unreadable(path, error)
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> ParseError {
    ParseError::FileUnreadable { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> Result<bool, ParseError> {
        look_at(bytes).map(|look| look.has_header)
    }

    fn look_at(bytes: &[u8]) -> Result<Look, ParseError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        look(file.path())
    }

    #[test]
    fn a_file_cut_off_has_no_end() {
        let whole = [b"%PDF-1.7\n".as_slice(), &[b' '; 9000], b"startxref\n12\n%%EOF\n"].concat();
        assert!(look_at(&whole).unwrap().has_end);
        assert!(!look_at(&whole[..8000]).unwrap().has_end);
    }

    #[test]
    fn a_header_may_stand_behind_some_rubbish() {
        assert!(check(b"%PDF-1.7\n").unwrap());
        assert!(check(b"\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\n%PDF-1.4").unwrap());
        assert!(!check(b"Dear reader, this is a letter.").unwrap());
    }

    #[test]
    fn plain_reasons_are_told_apart() {
        assert!(matches!(check(b""), Err(ParseError::EmptyFile(_))));
        let nowhere = Path::new("no/such/file.pdf");
        assert!(matches!(look(nowhere), Err(ParseError::FileNotFound(_))));
        let folder = std::env::temp_dir();
        assert!(matches!(look(&folder), Err(ParseError::FileUnreadable { .. })));
    }
}
