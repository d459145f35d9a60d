//! Opening a file and walking its pages.

use crate::error::ParseError;
use crate::info;
use crate::page::{Draft, Eyes, Surroundings};
use crate::scan::Recognise;
use crate::scanned::Layer;
use crate::source::{self, Bytes, Look};
use pdfium_render::prelude::{PdfDocument, PdfPageIndex, Pdfium, PdfiumError, PdfiumInternalError};
use std::collections::VecDeque;
use std::path::Path;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{PageNumber, Problem, Warning};

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
        let missing =
            |reason: String| ParseError::PdfiumMissing { path: library.to_owned(), reason };
        if !library.is_file() {
            return Err(missing("there is no such file".to_owned()));
        }
        let bindings = Pdfium::bind_to_library(library).map_err(|e| missing(plain(&e)))?;
        Ok(Self { pdfium: Pdfium::new(bindings) })
    }

    /// Reads a file, of which `request` gives the name and `file` the bytes: [`ReadEvent::Opened`]
    /// once, then every page in order. Three pages are held at a time at most, and bytes are
    /// fetched as needed. `recognise` is asked for the text
    /// of the pages the request wants recognised; without it they say that they were not.
    ///
    /// # Errors
    /// A [`ParseError`] as `Problem` where the file does not open; whatever `on_event` returns.
    pub fn read(
        &self,
        file: &impl Bytes,
        request: &ReadRequest,
        recognise: Option<&mut Recognise<'_>>,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let look = source::look(&request.path, file)?;
        if let Some(photo) = look.photo {
            let pdf = photo.as_pdf(&request.path, file)?;
            return self.read(&pdf, request, recognise, on_event);
        }
        let open = || self.open(file, &request.path, request.password.as_deref(), look);
        let document = open()?;
        let info = info::read(&document, look);
        if info.page_count == 0 {
            return Err(ParseError::NoPages(request.path.clone()).into());
        }
        let remarks = info::remarks(&document, &info, look);
        let page_count = info.page_count;
        let around = Surroundings::new(&info.outline);
        on_event(ReadEvent::Opened(info))?;
        let eyes = Eyes { wish: &request.ocr, recognise, layer: Layer::default() };
        let source = Source { document, page_count, stretch: stretch(look.length, page_count) };
        read_pages(source, around, &open, remarks, &request.skip, eyes, on_event)
    }

    pub(crate) fn open(
        &self,
        file: &impl Bytes,
        path: &Path,
        password: Option<&str>,
        look: Look,
    ) -> Result<PdfDocument<'_>, ParseError> {
        let password = password.filter(|p| !p.is_empty());
        let load = |password| self.pdfium.load_pdf_from_reader(file.clone(), password);
        // A password given for a folder of files is no reason to refuse one that needs none.
        let opened = match (load(None), password) {
            (Err(error), Some(_)) if is_locked(&error) => load(password),
            (opened, _) => opened,
        };
        opened.map_err(|error| explain(&error, path, look, password.is_some()))
    }
}

fn is_locked(error: &PdfiumError) -> bool {
    use PdfiumInternalError::PasswordError;
    matches!(error, PdfiumError::PdfiumLibraryInternalError(PasswordError))
}

/// Pages wait until this many more were read, so that what repeats on them is known.
const LOOK_AHEAD: usize = 2;

/// PDFium keeps what it read of a document until it is closed, the bytes of pictures too: a file is
/// opened anew when about this much of it was read.
const KEPT_BYTES: u64 = 64 << 20;

/// How many pages take [`KEPT_BYTES`] of a file.
fn stretch(length: u64, page_count: u32) -> u32 {
    let pages = KEPT_BYTES.saturating_mul(page_count.into()) / length.max(1);
    u32::try_from(pages).unwrap_or(u32::MAX).max(1)
}

/// An open file, and after how many pages it is opened anew.
struct Source<'a> {
    document: PdfDocument<'a>,
    page_count: u32,
    stretch: u32,
}

fn read_pages<'a>(
    mut source: Source<'a>,
    mut around: Surroundings,
    open: &dyn Fn() -> Result<PdfDocument<'a>, ParseError>,
    mut remarks: Vec<Warning>,
    skip: &[PageNumber],
    mut eyes: Eyes<'_, '_>,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut waiting: VecDeque<Draft> = VecDeque::new();
    for index in 0..source.page_count {
        if index > 0 && index % source.stretch == 0 {
            source.document = open()?;
        }
        let document = &source.document;
        let number = PageNumber::from_index(index as usize);
        let index = index as PdfPageIndex;
        let mut draft = if skip.contains(&number) {
            failed(document, index, number, ENDED_READER)
        } else {
            on_event(ReadEvent::Begun(number))?;
            read_page(document, index, number, &mut eyes)?
        };
        // What is to be said of the file is said on its first page.
        remarks.drain(..).for_each(|remark| draft.warn(remark));
        around.add(&draft);
        waiting.push_back(draft);
        if waiting.len() > LOOK_AHEAD {
            finish_first(&mut waiting, &mut around, on_event)?;
        }
    }
    while !waiting.is_empty() {
        finish_first(&mut waiting, &mut around, on_event)?;
    }
    Ok(())
}

const ENDED_READER: &str = "reading it ended the process that reads";

fn finish_first(
    waiting: &mut VecDeque<Draft>,
    around: &mut Surroundings,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    waiting.pop_front().map_or(Ok(()), |draft| on_event(ReadEvent::Page(draft.finish(around))))
}

fn read_page(
    document: &PdfDocument<'_>,
    index: PdfPageIndex,
    number: PageNumber,
    eyes: &mut Eyes<'_, '_>,
) -> Result<Draft, Problem> {
    match document.pages().get(index) {
        Ok(mut open) => Draft::read(&mut open, number, eyes),
        Err(error) => Ok(failed(document, index, number, &plain(&error))),
    }
}

fn failed(
    document: &PdfDocument<'_>,
    index: PdfPageIndex,
    number: PageNumber,
    reason: &str,
) -> Draft {
    let size = document.pages().page_size(index);
    let size = size.map_or((0.0, 0.0), |s| (s.width().value, s.height().value));
    Draft::failed(number, size, reason)
}

fn explain(error: &PdfiumError, path: &Path, look: Look, has_password: bool) -> ParseError {
    use PdfiumInternalError as Internal;
    let path = path.to_owned();
    match error {
        _ if is_locked(error) && has_password => ParseError::WrongPassword(path),
        _ if is_locked(error) => ParseError::PasswordRequired(path),
        PdfiumError::IoError(e) => ParseError::FileUnreadable { path, reason: e.to_string() },
        _ if !look.has_header => ParseError::NotAPdf { path, kind: look.other },
        PdfiumError::PdfiumLibraryInternalError(Internal::SecurityError) => {
            ParseError::UnsupportedEncryption(path)
        }
        _ => ParseError::DamagedPdf { path, reason: plain(error) },
    }
}

/// PDFium's own words, shortened to what a person can use.
pub(crate) fn plain(error: &PdfiumError) -> String {
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
