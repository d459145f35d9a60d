//! A look at a file before PDFium sees it, so that a person is told the plain reason. Nothing is
//! parsed here.

use crate::error::ParseError;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Readers look for `%PDF-` this far into a file (PDF 1.7, implementation note 13).
const HEADER_WINDOW: u64 = 1024;

/// Whether the file at `path` carries a PDF header. Errors: not found, unreadable, empty.
pub(crate) fn has_pdf_header(path: &Path) -> Result<bool, ParseError> {
    let file = open(path)?;
    let mut head = Vec::with_capacity(HEADER_WINDOW as usize);
    file.take(HEADER_WINDOW).read_to_end(&mut head).map_err(|e| unreadable(path, &e))?;
    if head.is_empty() {
        return Err(ParseError::EmptyFile(path.to_owned()));
    }
    Ok(head.windows(5).any(|window| window == b"%PDF-"))
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
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        has_pdf_header(file.path())
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
        assert!(matches!(has_pdf_header(nowhere), Err(ParseError::FileNotFound(_))));
        let folder = std::env::temp_dir();
        assert!(matches!(has_pdf_header(&folder), Err(ParseError::FileUnreadable { .. })));
    }
}
