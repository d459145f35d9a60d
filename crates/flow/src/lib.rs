//! Reflowable files (plain text, Markdown, HTML, books, office documents, sheets, slides, mail) → the same
//! pages of blocks that come out of a PDF.
//!
//! Such a file has no pages and no fixed layout. Its pages here are cut by rule (see [`read`]), so that
//! the same bytes always give the same pages and a citation can name one. The boxes of its lines are
//! made up: as if the text were set in one column on a nominal page, a line every so many columns. They
//! lead a mark back to its line and say nothing of how any program shows the file.
//!
//! Deliberately not here: PDF (`yinju-parse`), drawing of any kind, recognising what is written in pictures, and whatever a file would
//! fetch or run: style sheets, scripts, fonts, external entities and links are not followed.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod archive;
mod builder;
mod chart;
mod cut;
mod decode;
mod docx;
mod epub;
mod error;
mod fb2;
mod flow;
mod formula;
mod grid;
mod html;
mod kind;
mod legacy;
mod mail;
mod markdown;
mod members;
mod msg;
mod notebook;
mod numbering;
mod odf;
mod package;
mod picture;
mod pptx;
mod properties;
mod read;
mod rtf;
mod set;
mod sheets;
mod source;
mod text;
mod xml;

pub use error::FlowError;
pub use kind::Kind;
pub use members::Members;
pub use picture::{Recognise, SeenLine};
pub use read::read;
pub use source::{Bytes, MOST_BYTES};
