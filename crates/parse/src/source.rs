//! A look at a file's bytes before PDFium sees them, so that a person is told the plain reason, and
//! what PDFium mends without a word is not passed over in silence. Nothing is parsed here, and no
//! file is opened.

use crate::error::ParseError;
use crate::photo::Photo;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Readers look for `%PDF-` this far into a file (PDF 1.7, implementation note 13).
const HEADER_WINDOW: u64 = 1024;

/// A whole file ends with `startxref`, an offset and `%%EOF`; some writers add to it.
const TRAILER_WINDOW: u64 = 4096;

/// Room for white space and the words a table begins with.
const TABLE_WINDOW: u64 = 64;

/// How other files begin that come with the ending `.pdf`, and what a person calls them. The first
/// that fits counts.
const OTHERS: [(&[u8], &str); 13] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive, as DOCX, EPUB and OFD files are"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (DOC, XLS or PPT)"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
];

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Its length in bytes.
    pub length: u64,
    /// `%PDF-` stands near its start.
    pub has_header: bool,
    /// What it is if it is something else that is known.
    pub other: Option<&'static str>,
    /// The pictures in it, if it holds pictures.
    pub photo: Option<Photo>,
    /// `startxref` or `%%EOF` stands near its end; without, it was cut off.
    pub has_end: bool,
    /// The end names a place where a table of the file's parts begins.
    pub has_table: bool,
}

/// The bytes of a file: what clones it reads the same bytes from another place.
pub trait Bytes: Read + Seek + Clone + 'static {}
impl<T: Read + Seek + Clone + 'static> Bytes for T {}

/// Looks at both ends of a file. Errors: unreadable, empty.
pub(crate) fn look(path: &Path, file: &impl Bytes) -> Result<Look, ParseError> {
    let unreadable = |error: std::io::Error| ParseError::FileUnreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let mut look = look_into(&mut file.clone()).map_err(unreadable)?;
    // What says that it is a PDF and is a picture was saved wrongly; other programs do not show it.
    let named_pdf = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf"));
    look.photo = look.photo.filter(|_| !named_pdf);
    let named_picture = path.extension().is_some_and(|e| Photo::is_named(&e.to_string_lossy()));
    if named_picture && look.photo.is_none() && !look.has_header && look.length > 0 {
        let reason = "it does not begin as a picture does".to_owned();
        return Err(ParseError::DamagedPicture { path: path.to_owned(), reason });
    }
    if look.length == 0 { Err(ParseError::EmptyFile(path.to_owned())) } else { Ok(look) }
}

/// The same, whatever it is.
pub(crate) fn look_into(file: &mut (impl Read + Seek)) -> std::io::Result<Look> {
    let head = window(file, SeekFrom::Start(0), HEADER_WINDOW)?;
    let length = file.seek(SeekFrom::End(0))?;
    let tail_start = SeekFrom::Start(length.saturating_sub(TRAILER_WINDOW));
    let tail = window(file, tail_start, TRAILER_WINDOW)?;
    let header = find(&head, b"%PDF-");
    let table = named_table(&tail).unwrap_or(u64::MAX);
    let mut is_table = |place: u64| -> std::io::Result<bool> {
        Ok(begins_a_table(&window(file, SeekFrom::Start(place.min(length)), TABLE_WINDOW)?))
    };
    // Places count from the header, or from the file's first byte.
    let from_header = table.saturating_add(header.unwrap_or(0) as u64);
    Ok(Look {
        length,
        has_header: header.is_some(),
        other: other(&head),
        photo: Photo::seen(&head),
        has_end: contains(&tail, b"startxref") || contains(&tail, b"%%EOF"),
        has_table: is_table(from_header)? || is_table(table)?,
    })
}

fn window(file: &mut (impl Read + Seek), from: SeekFrom, length: u64) -> std::io::Result<Vec<u8>> {
    file.seek(from)?;
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn other(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let fits = |start: &[u8]| {
        head.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    OTHERS.iter().find(|(start, _)| fits(start)).map(|(_, name)| *name)
}

/// What stands after the last `startxref`.
fn named_table(tail: &[u8]) -> Option<u64> {
    let mark = b"startxref";
    let at = tail.windows(mark.len()).rposition(|window| window == mark)? + mark.len();
    let digits = tail[at..].trim_ascii_start();
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&digits[..count]).ok()?.parse().ok()
}

/// A table is `xref`, or since PDF 1.5 a stream: `12 0 obj`.
fn begins_a_table(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    let words: Vec<&[u8]> = bytes.split(u8::is_ascii_whitespace).take(3).collect();
    let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    bytes.starts_with(b"xref")
        || matches!(words[..], [a, b, c] if is_number(a) && is_number(b) && c.starts_with(b"obj"))
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    find(bytes, mark).is_some()
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn check(bytes: &[u8]) -> Result<bool, ParseError> {
        look_at(bytes).map(|look| look.has_header)
    }

    fn look_at(bytes: &[u8]) -> Result<Look, ParseError> {
        look(Path::new("a.pdf"), &Cursor::new(bytes.to_vec()))
    }

    #[test]
    fn a_file_cut_off_has_no_end() {
        let whole = [b"%PDF-1.7\n".as_slice(), &[b' '; 9000], b"startxref\n12\n%%EOF\n"].concat();
        assert!(look_at(&whole).unwrap().has_end);
        assert!(!look_at(&whole[..8000]).unwrap().has_end);
    }

    #[test]
    fn the_end_names_the_table() {
        let check = |bytes: &[u8], table: bool| {
            assert_eq!(look_at(bytes).unwrap().has_table, table, "{}", bytes.escape_ascii());
        };
        check(b"%PDF-1.7\nxref\n0 1\nstartxref\n9\n%%EOF", true);
        check(b"%PDF-1.7\n12 0 obj\n<<>>\nstartxref\r\n9\r\n%%EOF", true);
        check(b"rubbish%PDF-1.7\n\nxref\n0 1\nstartxref\n9\n%%EOF", true);
        check(b"rubbish%PDF-1.7\nxref\n0 1\nstartxref\n16\n%%EOF", true);
        check(b"%PDF-1.7\nxref\n0 1\nstartxref\n10\n%%EOF", false);
        check(b"%PDF-1.7\nxref\n0 1\nstartxref\n0\n%%EOF", false);
        check(b"%PDF-1.7\nxref\n0 1\nstartxref\n99999999999999999999999\n%%EOF", false);
        check(b"%PDF-1.7\nxref\n0 1\nstartxref", false);
    }

    #[test]
    fn other_files_are_known_by_their_beginning() {
        let check = |bytes: &[u8], name: Option<&str>| assert_eq!(other(bytes), name);
        check(b"\x89PNG\r\n\x1a\n....", Some("a PNG image"));
        check(b"\xef\xbb\xbf\r\n<!doctype HTML>", Some("a web page"));
        check(b"PK", None);
        check(b"Dear reader", None);
    }

    #[test]
    fn a_header_may_stand_behind_some_rubbish() {
        assert!(check(b"%PDF-1.7\n").unwrap());
        assert!(check(b"\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\n%PDF-1.4").unwrap());
        assert!(!check(b"Dear reader, this is a letter.").unwrap());
    }

    #[test]
    fn an_empty_file_is_named() {
        assert!(matches!(check(b""), Err(ParseError::EmptyFile(_))));
    }
}
