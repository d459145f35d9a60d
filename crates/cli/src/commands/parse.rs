//! `yinju parse`: pages as JSON Lines, nothing stored.

use super::Result;
use crate::output::Output;
use crate::{Outcome, shapes};
use std::path::PathBuf;
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, PageStatus, Problem};

/// Reads a file and prints what came out of it.
pub fn run(
    reader: &dyn DocumentReader,
    output: &Output,
    file: PathBuf,
    password: Option<String>,
    ocr: Ocr,
) -> Result {
    let path = std::path::absolute(&file).unwrap_or(file);
    let request = ReadRequest { password, ocr, ..ReadRequest::new(path) };
    let mut outcome = Outcome::Done;
    let read = reader.read(&request, &CancelToken::new(), &mut |event| {
        let ReadEvent::Page(page) = event else { return Ok(()) };
        if output.is_gone() {
            return Err(Problem::cancelled());
        }
        if page.status == PageStatus::Failed {
            outcome = Outcome::InPart;
        }
        if output.is_json() {
            output.object(&shapes::page(&page));
        } else {
            output.line(format!("— {} —\n{}", page.number, page.text));
        }
        Ok(())
    });
    match read {
        Err(problem) if !output.is_gone() => Err(problem),
        _ => Ok(outcome),
    }
}
