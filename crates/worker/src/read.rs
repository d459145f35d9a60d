//! The `read` role: a reflowable file through its own reader, any other through PDFium. The library is
//! loaded first where it is needed; from then on the process can open that file alone.

use crate::eyes::Eyes;
use crate::serve::{Role, out_of_place};
use std::path::PathBuf;
use yinju_core::Problem;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_flow::Kind;
use yinju_parse::{PdfiumReader, Picture};
use yinju_supervisor::child::{Job, confine_to};
use yinju_supervisor::protocol::{Call, Reply};

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
        let Call::Read(file) = job.call else { return Err(out_of_place()) };
        let request = ReadRequest::from(file);
        let mut on_event = |event: ReadEvent| {
            if job.cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            say(Reply::Event(event))
        };
        if let Some(kind) = Kind::of_file(&request.path) {
            confine_to(&request.path, None);
            yinju_flow::read(kind, &request, &mut on_event)?;
        } else {
            let mut eyes = self.ocr.clone().map(|folder| Eyes::new(folder, job.cancel.clone()));
            let own = self.ocr.clone();
            let reader = self.reader()?;
            confine_to(&request.path, own.as_deref());
            match &mut eyes {
                Some(eyes) => {
                    let mut recognise = |picture: &Picture| eyes.recognise(picture);
                    reader.read(&request, Some(&mut recognise), &mut on_event)?;
                }
                None => reader.read(&request, None, &mut on_event)?,
            }
        }
        Ok(Reply::ReadDone)
    }
}
