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
mod running;
mod tangle;

pub(crate) use blocks::Paragraph;
pub(crate) use compose::compose;
pub(crate) use kinds::{SizeCensus, name};
pub(crate) use lines::TextLine;
pub(crate) use running::RunningHeads;

use crate::bidi;
use crate::frame::Frame;
use crate::glyph::Glyph;

/// Groups the glyphs of a page into blocks in reading order.
pub(crate) fn paragraphs(mut glyphs: Vec<Glyph>, frame: &Frame) -> Vec<Paragraph> {
    bidi::to_visual(&mut glyphs);
    blocks::group(order::in_reading_order(lines::gather(glyphs), frame))
}

#[cfg(test)]
mod tests;
