//! Opening a file and walking its pages.

use crate::error::ParseError;
use crate::layout::SizeCensus;
use crate::{info, page, source};
use pdfium_render::prelude::{PdfDocument, Pdfium, PdfiumError, PdfiumInternalError};
use std::path::Path;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{PageNumber, Problem};

/// PDFium, loaded. It is single-threaded and can be loaded once a process.
pub struct PdfiumReader {
    pdfium: Pdfium,
}

impl PdfiumReader {
    /// Loads PDFium's dynamic library from a file.
    ///
    /// # Errors
    /// [`ParseError::PdfiumMissing`] where it is not there, is another library, or was loaded
    /// before in this process.
    pub fn load(library: &Path) -> Result<Self, ParseError> {
        let missing = |reason: String| ParseError::PdfiumMissing { path: library.to_owned(), reason };
        if !library.is_file() {
            return Err(missing("there is no such file".to_owned()));
        }
        let bindings = Pdfium::bind_to_library(library).map_err(|e| missing(plain(&e)))?;
        Ok(Self { pdfium: Pdfium::new(bindings) })
    }

    /// Reads a file: [`ReadEvent::Opened`] once, then every page in order. Only one page is held
    /// at a time, and the file is read from disk as needed.
    ///
    /// # Errors
    /// A [`ParseError`] as `Problem` where the file does not open; whatever `on_event` returns.
    pub fn read(
        &self,
        request: &ReadRequest,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let document = self.open(&request.path, request.password.as_deref())?;
        let info = info::read(&document);
        let pages = document.pages().len();
        if pages <= 0 {
            return Err(ParseError::NoPages(request.path.clone()).into());
        }
        on_event(ReadEvent::Opened(info))?;
        let mut sizes = SizeCensus::default();
        for index in 0..pages {
            let number = PageNumber::from_index(usize::try_from(index).unwrap_or_default());
            let page = match document.pages().get(index) {
                Ok(open) => page::read(&open, number, &mut sizes),
                Err(error) => page::failed(number, &plain(&error)),
            };
            on_event(ReadEvent::Page(page))?;
        }
        Ok(())
    }

    fn open(&self, path: &Path, password: Option<&str>) -> Result<PdfDocument<'_>, ParseError> {
        let has_header = source::has_pdf_header(path)?;
        let password = password.filter(|p| !p.is_empty());
        self.pdfium
            .load_pdf_from_file(path, password)
            .map_err(|error| explain(&error, path, has_header, password.is_some()))
    }
}

fn explain(error: &PdfiumError, path: &Path, has_header: bool, has_password: bool) -> ParseError {
    use PdfiumInternalError as Internal;
    let path = path.to_owned();
    match error {
        PdfiumError::PdfiumLibraryInternalError(Internal::PasswordError) if has_password => {
            ParseError::WrongPassword(path)
        }
        PdfiumError::PdfiumLibraryInternalError(Internal::PasswordError) => {
            ParseError::PasswordRequired(path)
        }
        PdfiumError::IoError(e) => ParseError::FileUnreadable { path, reason: e.to_string() },
        _ if !has_header => ParseError::NotAPdf(path),
        PdfiumError::PdfiumLibraryInternalError(Internal::SecurityError) => {
            let reason = "it is locked in a way PDFium does not know".to_owned();
            ParseError::DamagedPdf { path, reason }
        }
        _ => ParseError::DamagedPdf { path, reason: plain(error) },
    }
}

/// PDFium's own words, shortened to what a person can use.
fn plain(error: &PdfiumError) -> String {
    use PdfiumInternalError as Internal;
    let PdfiumError::PdfiumLibraryInternalError(internal) = error else { return error.to_string() };
    let words = match internal {
        Internal::FileError => "the file cannot be read",
        Internal::FormatError => "its structure cannot be made out",
        Internal::PageError => "the page's content cannot be made out",
        Internal::PasswordError => "it is locked",
        Internal::SecurityError => "its encryption is not known",
        Internal::Unknown => "PDFium gives no reason",
    };
    words.to_owned()
}
