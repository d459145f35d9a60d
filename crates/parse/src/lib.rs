//! Bytes of a PDF → pages with text in reading order, boxes, structure and warnings.
//!
//! One foreign library, PDFium, is known here and stops at this door: what leaves are the nouns of
//! `yinju-core`. Not here: processes and their limits (the supervisor's), storing, splitting, and
//! recognising the text of images: whoever can is given pictures of pages, and says what it sees.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bidi;
mod drawn;
mod error;
mod extras;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzz;
mod garbled;
mod glyph;
mod info;
mod layout;
mod marked;
mod page;
mod photo;
mod pictures;
mod reader;
mod render;
mod rules;
mod scan;
mod scanned;
mod source;
mod stamps;
mod status;

pub use error::ParseError;
pub use photo::{is_picture_named, read_picture};
pub use reader::PdfiumReader;
pub use scan::{Picture, Recognise, SeenChar, SeenLine};
pub use source::Bytes;
