//! Glyphs → lines → blocks → the page's text in reading order.
//!
//! Pure geometry over [`Glyph`]s; nothing of PDFium is known here. PDFium's content order is right
//! on most pages (order score .992 on two-column papers), so it is the base; `order` corrects it
//! only where the geometry says that it jumps about. Tables are not looked for.

mod blocks;
mod compose;
mod kinds;
mod lines;
mod order;

pub(crate) use blocks::Paragraph;
pub(crate) use compose::{Composed, compose};
pub(crate) use kinds::SizeCensus;
pub(crate) use lines::TextLine;

use crate::frame::Frame;
use crate::glyph::Glyph;

/// Groups the glyphs of a page into blocks in reading order and says what each is.
pub(crate) fn paragraphs(glyphs: Vec<Glyph>, frame: &Frame, sizes: &mut SizeCensus) -> Vec<Paragraph> {
    let lines = order::in_reading_order(lines::gather(glyphs), frame);
    sizes.add(&lines);
    let mut paragraphs = blocks::group(lines);
    kinds::name(&mut paragraphs, sizes);
    paragraphs
}

#[cfg(test)]
mod tests;
