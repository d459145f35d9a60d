//! The `read` role: a reflowable file through its own reader, any other through PDFium. A file is opened
//! and hashed first, and what is read are the bytes that were hashed. The library is loaded before any of
//! them is understood; from then on the process can open that file alone.

use crate::bundle;
use crate::content::HashedFile;
use crate::eyes::Eyes;
use crate::inspect::inspect;
use crate::serve::{Role, out_of_place};
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yinju_core::ports::{MarkRequest, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, FileContent, Problem, ProblemCode};
use yinju_flow::{Kind, Members};
use yinju_parse::{PdfiumReader, Picture};
use yinju_supervisor::child::{Job, confine_to};
use yinju_supervisor::protocol::{Call, FileToOpen, Reply};

/// Bytes of a copy that are handed over at once.
const PIECE: usize = 1 << 20;

/// PDFium, or where it is, and where the model for page images is.
pub struct Reading {
    pdfium: PathBuf,
    ocr: Option<PathBuf>,
    reader: Option<PdfiumReader>,
    opened: Option<(PathBuf, HashedFile)>,
}

impl Reading {
    /// Loads nothing yet.
    pub fn new(pdfium: PathBuf, ocr: Option<PathBuf>) -> Self {
        Self { pdfium, ocr, reader: None, opened: None }
    }

    /// A library that cannot be loaded is a problem of each file until it can.
    fn reader(&mut self) -> Result<&PdfiumReader, Problem> {
        if self.reader.is_none() {
            self.reader = Some(PdfiumReader::load(&self.pdfium)?);
        }
        self.reader.as_ref().ok_or_else(out_of_place)
    }
}

impl Role for Reading {
    fn answer(
        &mut self,
        job: Job,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<Reply, Problem> {
        match job.call {
            Call::Open(file) => return self.open(file, &job.cancel, say).map(Reply::Opened),
            Call::Read(file) => self.read(&file.into(), &job.cancel, say)?,
            Call::Highlight(file) => {
                let request = MarkRequest::from(file);
                let (reader, file) = self.reader_of(&request.path)?;
                let copy = reader.highlighted(&file, &request)?;
                copy.chunks(PIECE).try_for_each(|piece| say(Reply::Bytes(piece.to_vec())))?;
            }
            Call::Picture(file) => {
                let request = MarkRequest::from(file);
                let (reader, file) = self.reader_of(&request.path)?;
                reader.pictures(&file, &request, &mut |picture| say(Reply::Picture(picture)))?;
            }
            Call::Inspect(path) => return inspect(path.as_ref()).map(Reply::Described),
            _ => return Err(out_of_place()),
        }
        Ok(Reply::ReadDone)
    }
}

impl Reading {
    fn open(
        &mut self,
        file: FileToOpen,
        cancel: &CancelToken,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<FileContent, Problem> {
        self.opened = None;
        let path = PathBuf::from(file.path);
        let tell = &mut |hashing| say(Reply::Hashed(hashing));
        let hashed = HashedFile::open(&path, file.most_bytes, cancel, tell)?;
        let content = hashed.content().clone();
        self.opened = Some((path, hashed));
        Ok(content)
    }

    /// The file that was opened, if it is this one.
    fn opened(&self, path: &Path) -> Result<HashedFile, Problem> {
        let opened = self.opened.as_ref().filter(|(known, _)| known == path);
        opened.map(|(_, file)| file.clone()).ok_or_else(out_of_place)
    }

    /// PDFium, for this file alone from now on.
    fn reader_of(&mut self, path: &Path) -> Result<(&PdfiumReader, HashedFile), Problem> {
        let mut file = self.opened(path)?;
        if Kind::of_file(path, &mut file).is_some() {
            let message = format!("{} has no pages to mark words on", path.display());
            return Err(Problem::new(ProblemCode::UnsupportedFile, message)
                .hint("only PDFs can be highlighted and pictured"));
        }
        self.reader()?;
        confine_to(path, None);
        Ok((self.reader()?, file))
    }

    fn read(
        &mut self,
        request: &ReadRequest,
        cancel: &CancelToken,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let file = self.opened(&request.path)?;
        let mut on_event = |event: ReadEvent| {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            file.check_read(&request.path)?;
            say(Reply::Event(event))
        };
        let read = self.read_bytes(&mut file.clone(), request, cancel, &mut on_event);
        // Bytes that could not be had are told as damage by whoever wanted them.
        file.check_read(&request.path)?;
        read?;
        file.check(&request.path)
    }

    fn read_bytes(
        &mut self,
        file: &mut HashedFile,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut eyes = self.ocr.clone().map(|folder| Eyes::new(folder, cancel.clone()));
        let kind = Kind::of_file(&request.path, file);
        // Of what other files are in it nothing is known yet, and a library is not loaded later.
        if kind.is_none_or(Kind::holds_files) {
            self.reader()?;
        }
        confine_to(&request.path, self.ocr.as_deref());
        let reader = self.reader.as_ref();
        let Some(kind) = kind.filter(|kind| kind.holds_files()) else {
            return read_one(reader, kind, file, request, eyes.as_mut(), on_event);
        };
        let mut held = file.clone();
        let mut members = Members::of(kind, &request.path, &mut held)?;
        let mut one =
            |member: Option<Cursor<Arc<[u8]>>>,
             request: &ReadRequest,
             on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>| {
                let Some(mut bytes) = member else {
                    return read_one(reader, Some(kind), file, request, eyes.as_mut(), on_event);
                };
                let kind = Kind::of_file(&request.path, &mut bytes);
                if kind.is_some_and(Kind::is_of_files_alone) {
                    let message = format!("{} is an archive within it", request.path.display());
                    return Err(Problem::new(ProblemCode::UnsupportedFile, message));
                }
                read_one(reader, kind, &mut bytes, request, eyes.as_mut(), on_event)
            };
        bundle::read(kind, &mut members, request, &mut one, on_event)
    }
}

/// Reads a file by the reader of its kind; without a kind, through PDFium.
fn read_one(
    reader: Option<&PdfiumReader>,
    kind: Option<Kind>,
    file: &mut (impl Read + Seek + Clone + 'static),
    request: &ReadRequest,
    eyes: Option<&mut Eyes>,
    on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
) -> Result<(), Problem> {
    match (kind, eyes) {
        (Some(kind), Some(eyes)) => {
            let mut read = |bytes: &[u8]| eyes.read(bytes);
            yinju_flow::read(kind, file, request, Some(&mut read), on_event)
        }
        (Some(kind), None) => yinju_flow::read(kind, file, request, None, on_event),
        (None, Some(eyes)) => {
            let mut recognise = |picture: &Picture| eyes.recognise(picture);
            let reader = reader.ok_or_else(out_of_place)?;
            reader.read(file, request, Some(&mut recognise), on_event)
        }
        (None, None) => reader.ok_or_else(out_of_place)?.read(file, request, None, on_event),
    }
}
