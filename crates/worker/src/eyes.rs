//! Pictures of pages to lines of text: what `yinju-parse` asks for, done by `yinju-ocr`. The model is
//! loaded when the first page needs it, as most files have none that does.

use std::path::PathBuf;
use yinju_core::{CancelToken, Problem, ProblemCode};
use yinju_ocr::{OcrConfig, PageImage, RecognizedLine, Recognizer};
use yinju_parse::{Picture, SeenChar, SeenLine};

/// A model, or where it is.
pub struct Eyes {
    folder: PathBuf,
    cancel: CancelToken,
    recognizer: Option<Recognizer>,
}

impl Eyes {
    /// Loads nothing yet.
    pub fn new(folder: PathBuf, cancel: CancelToken) -> Self {
        Self { folder, cancel, recognizer: None }
    }

    /// The lines of a page, in no order.
    pub fn recognise(&mut self, picture: &Picture) -> Result<Vec<SeenLine>, Problem> {
        let recognizer = match &mut self.recognizer {
            Some(recognizer) => recognizer,
            empty => empty.insert(Recognizer::load(&OcrConfig::new(&self.folder))?),
        };
        let Picture { width, height, pixels } = picture;
        let (width, height) = (*width as usize, *height as usize);
        let image = PageImage { width, height, pixels };
        let seen = recognizer.recognize(&image, &|| self.cancel.is_cancelled())?;
        Ok(seen.lines.iter().map(line).collect())
    }

    /// What is written in a picture, given the bytes of its file. One that cannot be recognised says nothing.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Vec<yinju_flow::SeenLine>, Problem> {
        let mut recognise = |picture: &Picture| self.recognise(picture);
        match yinju_parse::read_picture(bytes, &mut recognise) {
            Ok(lines) => {
                let line = |(text, confidence)| yinju_flow::SeenLine { text, confidence };
                Ok(lines.into_iter().map(line).collect())
            }
            Err(problem) if problem.code == ProblemCode::Cancelled => Err(problem),
            Err(_) => Ok(Vec::new()),
        }
    }
}

fn line(line: &RecognizedLine) -> SeenLine {
    let seen = |(i, c): (usize, &yinju_ocr::RecognizedChar)| SeenChar {
        c: c.character,
        corners: line.quad_of(i..i + 1),
        confidence: c.confidence,
    };
    line.chars.iter().enumerate().map(seen).collect()
}
