//! Which reader a file is for, told from its name and its first bytes. Nothing is parsed here.

use crate::source::{Bytes, MOST_BYTES};
use std::io::Read;
use std::path::Path;

/// A kind of reflowable file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// HTML or XHTML.
    Html,
    /// EPUB 2 or 3.
    Epub,
    /// Office Open XML, Word.
    Docx,
    /// Word of 1997 to 2003.
    Doc,
    /// Office Open XML, PowerPoint.
    Pptx,
    /// PowerPoint of 1997 to 2003.
    Ppt,
    /// Excel: Office Open XML, its binary form, and Excel 97.
    Workbook,
    /// Values parted by commas or the like.
    Csv,
    /// OpenDocument: text, slides and sheets.
    OpenDocument,
    /// Rich Text Format.
    Rtf,
    /// A mail as it is sent.
    Mail,
    /// A mail as Outlook keeps it.
    Outlook,
    /// A Jupyter notebook.
    Notebook,
    /// FictionBook 2.
    FictionBook,
    /// An archive of files, by zip, tar or gzip: documents, or the pictures of a comic book.
    Archive,
    /// The mails of a mailbox, one after the other.
    Mailbox,
}

/// Readers look for `%PDF-` this far into a file (PDF 1.7, implementation note 13).
const PDF_HEADER_WINDOW: usize = 1024;

/// The first bytes of a zip archive, and of the container that holds encrypted Office files.
const ZIP: &[u8] = b"PK\x03\x04";

impl Kind {
    /// The kind of a file with this name that begins with these bytes (1,024 of them or all there
    /// are); nothing where it is a PDF, says it is one, or is of no kind known here.
    pub fn of(path: &Path, first: &[u8]) -> Option<Self> {
        let head = &first[..first.len().min(PDF_HEADER_WINDOW)];
        let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        if contains(head, b"%PDF-") || extension.as_deref() == Some("pdf") {
            return None;
        }
        extension.and_then(|e| Self::named(&e)).or_else(|| Self::seen(head))
    }

    /// The same for a file that is open. One that cannot be looked at is judged by its name.
    pub fn of_file(path: &Path, file: &mut dyn Bytes) -> Option<Self> {
        let mut head = Vec::with_capacity(PDF_HEADER_WINDOW);
        let looked = file.rewind();
        let _ = looked.and_then(|()| file.take(PDF_HEADER_WINDOW as u64).read_to_end(&mut head));
        Self::of(path, &head)
    }

    /// More bytes than this are not read of such a file. An archive is unpacked part by part.
    pub fn most_bytes(self) -> u64 {
        match self {
            Self::Epub | Self::Docx | Self::Pptx | Self::OpenDocument | Self::Archive => u64::MAX,
            _ => MOST_BYTES,
        }
    }

    /// Whether other files may be in such a file, which [`crate::Members`] hands out.
    pub fn holds_files(self) -> bool {
        matches!(self, Self::Archive | Self::Mail | Self::Outlook | Self::Mailbox)
    }

    /// Whether nothing is in such a file but files.
    pub fn is_of_files_alone(self) -> bool {
        matches!(self, Self::Archive | Self::Mailbox)
    }

    fn named(extension: &str) -> Option<Self> {
        Some(match extension {
            "txt" | "text" | "log" | "rst" | "org" | "tex" | "json" | "jsonl" | "ndjson" => {
                Self::Text
            }
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "epub" => Self::Epub,
            "docx" | "docm" | "dotx" => Self::Docx,
            "doc" | "dot" => Self::Doc,
            "ppt" | "pps" | "pot" => Self::Ppt,
            "pptx" | "pptm" | "ppsx" | "potx" => Self::Pptx,
            "xlsx" | "xlsm" | "xltx" | "xlsb" | "xls" => Self::Workbook,
            "csv" | "tsv" => Self::Csv,
            "odt" | "ott" | "odp" | "otp" | "ods" | "ots" => Self::OpenDocument,
            "rtf" => Self::Rtf,
            "eml" => Self::Mail,
            "msg" => Self::Outlook,
            "ipynb" => Self::Notebook,
            "fb2" => Self::FictionBook,
            "zip" | "cbz" | "tar" | "tgz" | "gz" => Self::Archive,
            "mbox" => Self::Mailbox,
            _ => return None,
        })
    }

    /// Without a name that says it, content has to be plain about what it is.
    fn seen(head: &[u8]) -> Option<Self> {
        if head.starts_with(ZIP) {
            // OCF 3.3, 4.3: the first entry is `mimetype`, stored, with this content.
            // OpenDocument 1.3, Part 2, 3.3, begins alike.
            let has = |mark: &[u8]| contains(head, mark);
            return if has(b"mimetypeapplication/epub+zip") {
                Some(Self::Epub)
            } else if has(b"mimetypeapplication/vnd.oasis.opendocument") {
                Some(Self::OpenDocument)
            } else if has(b"ppt/") {
                Some(Self::Pptx)
            } else if has(b"xl/") {
                Some(Self::Workbook)
            } else {
                (has(b"[Content_Types].xml") || has(b"word/")).then_some(Self::Docx)
            };
        }
        if head.starts_with(b"{\\rtf") {
            return Some(Self::Rtf);
        }
        let start = String::from_utf8_lossy(head).trim_start_matches('\u{FEFF}').to_lowercase();
        let start = start.trim_start();
        (start.starts_with("<!doctype html") || start.starts_with("<html")).then_some(Self::Html)
    }
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, first: &[u8], expected: Option<Kind>) {
        assert_eq!(Kind::of(Path::new(name), first), expected, "{name}");
    }

    #[test]
    fn names_say_it() {
        check("a.TXT", b"x", Some(Kind::Text));
        check("a.md", b"# x", Some(Kind::Markdown));
        check("a.htm", b"x", Some(Kind::Html));
        check("书.epub", b"PK\x03\x04", Some(Kind::Epub));
        check("a.docx", b"\xD0\xCF\x11\xE0", Some(Kind::Docx));
        check("a.XLSX", b"PK\x03\x04", Some(Kind::Workbook));
        check("a.eml", b"From: a", Some(Kind::Mail));
        check("a.doc", b"\xD0\xCF\x11\xE0", Some(Kind::Doc));
        check("a", b"some words", None);
    }

    #[test]
    fn a_pdf_is_a_pdf_whatever_its_name() {
        check("a.txt", b"rubbish first %PDF-1.7\n", None);
        check("a.pdf", b"no PDF at all", None);
        check("a.pdf", b"<html>", None);
    }

    #[test]
    fn content_says_it_where_the_name_does_not() {
        check("a", b"\xEF\xBB\xBF\n<!DOCTYPE html><p>", Some(Kind::Html));
        check("a.bin", b"PK\x03\x04\x14\0\0\0mimetypeapplication/epub+zipPK", Some(Kind::Epub));
        check("a", b"PK\x03\x04....[Content_Types].xml", Some(Kind::Docx));
        check("a", b"PK\x03\x04....ppt/slides", Some(Kind::Pptx));
        check("a", b"{\\rtf1 ", Some(Kind::Rtf));
    }
}
