//! An image of a page → lines of text with places and confidences, by the PP-OCRv6 networks. Lines
//! come in no order: reading order belongs to whoever knows the page. Not here: PDFs, rendering, and
//! which pages need it.
//!
//! ```no_run
//! use yinju_ocr::{OcrConfig, PageImage, Recognizer};
//!
//! let recognizer = Recognizer::load(&OcrConfig::new("models/pp-ocrv6-small"))?;
//! let image = PageImage { width: 2, height: 1, pixels: &[255, 255] };
//! for line in recognizer.recognize(&image, &|| false)?.lines {
//!     println!("{:.2} {}", line.confidence, line.text());
//! }
//! # Ok::<(), yinju_ocr::OcrError>(())
//! ```

mod characters;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
mod geometry;
mod image;
mod network;
mod page;
#[cfg(test)]
mod reading;
mod recognized;
mod regions;
#[cfg(test)]
mod tests_support;

pub use error::OcrError;
pub use image::PageImage;
pub use page::{OcrConfig, Recognizer};
pub use recognized::{Recognized, RecognizedChar, RecognizedLine};

/// The size a line was read at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineImage {
    pub(crate) width: usize,
    pub(crate) height: usize,
}
