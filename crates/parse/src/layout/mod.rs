//! Glyphs → lines → blocks → the page's text in reading order.
//!
//! Pure geometry over [`Glyph`]s; nothing of PDFium is known here. PDFium's content order is right
//! on most pages (order score .992 on two-column papers), so it is the base; `order` corrects it
//! only where the geometry says that it jumps about.

mod blocks;
mod census;
mod compose;
mod continued;
mod figures;
mod front;
mod headings;
mod hyphens;
mod kinds;
mod lines;
mod notes;
mod numbering;
mod order;
mod printed;
mod raised;
mod running;
mod spread;
mod spreads;
mod tables;
mod tangle;
mod upright;

pub(crate) use blocks::Paragraph;
pub(crate) use census::Census;
pub(crate) use compose::compose;
pub(crate) use continued::OpenTable;
pub(crate) use figures::{Figure, find as find_figures, place as place_figures};
pub(crate) use headings::Headings;
pub(crate) use hyphens::{Words, mend};
pub(crate) use lines::{TextLine, common_size, extent};
pub(crate) use printed::PrintedNumbers;
pub(crate) use raised::tell_apart;
pub(crate) use running::RunningHeads;

use crate::bidi;
use crate::frame::Frame;
use crate::glyph::Glyph;
use crate::rules::Rules;
use yinju_core::PageNumber;

/// Groups the glyphs of a page into blocks in reading order, those of a sheet with two pages page by page.
pub(crate) fn paragraphs(mut glyphs: Vec<Glyph>, rules: &Rules, frame: &Frame) -> Vec<Paragraph> {
    bidi::to_visual(&mut glyphs);
    let Some(x) = spreads::fold(&glyphs, rules, frame) else {
        return page_of(glyphs, rules, frame);
    };
    let (left, right) = glyphs.into_iter().partition(|glyph| glyph.rect.centre().0 < x);
    let mut both = page_of(left, rules, frame);
    both.append(&mut page_of(right, rules, frame));
    both
}

fn page_of(glyphs: Vec<Glyph>, rules: &Rules, frame: &Frame) -> Vec<Paragraph> {
    let pieces = tables::gather_with_tables(glyphs, rules);
    blocks::group(order::in_reading_order(pieces, frame))
}

/// The lines of glyphs that no table holds, from top to bottom.
pub(crate) fn lines(glyphs: Vec<Glyph>, frame: &Frame) -> Vec<TextLine> {
    let all = paragraphs(glyphs, &Rules::default(), frame).into_iter();
    all.flat_map(|paragraph| paragraph.lines).collect()
}

/// Puts blocks that were found on the page turned clockwise by quarter turns where a person sees them.
pub(crate) fn turn_back(paragraphs: &mut [Paragraph], turns: u8, seen: &Frame) {
    if turns == 0 {
        return;
    }
    let upright = seen.turned(turns);
    for line in paragraphs.iter_mut().flat_map(Paragraph::every_line) {
        line.rect = seen.rect_from(&upright, line.rect);
        line.direction = line.direction.before_turns(turns);
        for glyph in &mut line.glyphs {
            glyph.rect = seen.rect_from(&upright, glyph.rect);
            glyph.direction = glyph.direction.before_turns(turns);
        }
    }
}

/// Names every block of a page that is still a plain paragraph.
pub(crate) fn name(
    page: PageNumber,
    paragraphs: &mut [Paragraph],
    headings: &mut Headings,
    census: &Census,
    frame: &Frame,
) {
    kinds::name_captions(paragraphs);
    headings.name(page, paragraphs, census);
    kinds::name_items(paragraphs);
    notes::name(paragraphs, census.body(), frame);
}

#[cfg(test)]
mod tests;
