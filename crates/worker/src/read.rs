//! The `read` role: a reflowable file through its own reader, any other through PDFium. The library is
//! loaded first where it is needed; from then on the process can open that file alone.

use crate::eyes::Eyes;
use crate::inspect::inspect;
use crate::serve::{Role, out_of_place};
use std::path::{Path, PathBuf};
use yinju_core::ports::{MarkRequest, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, Problem, ProblemCode};
use yinju_flow::Kind;
use yinju_parse::{PdfiumReader, Picture};
use yinju_supervisor::child::{Job, confine_to};
use yinju_supervisor::protocol::{Call, Reply};

/// Bytes of a copy that are handed over at once.
const PIECE: usize = 1 << 20;

/// PDFium, or where it is, and where the model for page images is.
pub struct Reading {
    pdfium: PathBuf,
    ocr: Option<PathBuf>,
    reader: Option<PdfiumReader>,
}

impl Reading {
    /// Loads nothing yet.
    pub fn new(pdfium: PathBuf, ocr: Option<PathBuf>) -> Self {
        Self { pdfium, ocr, reader: None }
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
            Call::Read(file) => self.read(&file.into(), &job.cancel, say)?,
            Call::Highlight(file) => {
                let request = MarkRequest::from(file);
                let copy = self.reader_of(&request.path)?.highlighted(&request)?;
                copy.chunks(PIECE).try_for_each(|piece| say(Reply::Bytes(piece.to_vec())))?;
            }
            Call::Picture(file) => {
                let request = MarkRequest::from(file);
                let reader = self.reader_of(&request.path)?;
                reader.pictures(&request, &mut |picture| say(Reply::Picture(picture)))?;
            }
            Call::Inspect(path) => return inspect(path.as_ref()).map(Reply::Described),
            _ => return Err(out_of_place()),
        }
        Ok(Reply::ReadDone)
    }
}

impl Reading {
    /// PDFium, for this file alone from now on.
    fn reader_of(&mut self, path: &Path) -> Result<&PdfiumReader, Problem> {
        if Kind::of_file(path).is_some() {
            let message = format!("{} has no pages to mark words on", path.display());
            return Err(Problem::new(ProblemCode::UnsupportedFile, message)
                .hint("only PDFs can be highlighted and pictured"));
        }
        self.reader()?;
        confine_to(path, None);
        self.reader()
    }

    fn read(
        &mut self,
        request: &ReadRequest,
        cancel: &CancelToken,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut on_event = |event: ReadEvent| {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            say(Reply::Event(event))
        };
        if let Some(kind) = Kind::of_file(&request.path) {
            confine_to(&request.path, None);
            return yinju_flow::read(kind, request, &mut on_event);
        }
        let mut eyes = self.ocr.clone().map(|folder| Eyes::new(folder, cancel.clone()));
        let own = self.ocr.clone();
        let reader = self.reader()?;
        confine_to(&request.path, own.as_deref());
        match &mut eyes {
            Some(eyes) => {
                let mut recognise = |picture: &Picture| eyes.recognise(picture);
                reader.read(request, Some(&mut recognise), &mut on_event)
            }
            None => reader.read(request, None, &mut on_event),
        }
    }
}
