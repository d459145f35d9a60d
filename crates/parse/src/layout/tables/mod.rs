//! Tables: which characters of a page stand in one, and in which of its cells.
//!
//! Three kinds are looked for, the surest first: those with a grid of lines, those between level
//! lines alone (as in books), and those that show by nothing but their alignment. The idea of
//! growing cells from lines and columns from gaps is that of A. Nurminen, "Algorithmic Extraction of
//! Data in Tables in PDF Documents" (2013). What a table becomes in a passage is the splitter's.

mod aligned;
mod bands;
mod build;
mod columns;
mod extend;
mod header;
mod judge;
mod lattice;
mod overhang;
mod regions;
mod spans;

pub(crate) use build::{Marks, TableDraft};

use super::lines::{TextLine, gather};
use crate::frame::{Direction, Rect};
use crate::glyph::Glyph;
use crate::rules::Rules;

/// Lines of text in content order; each table is one of them, where its first character was.
pub(crate) fn gather_with_tables(glyphs: Vec<Glyph>, rules: &Rules) -> Vec<TextLine> {
    let mut regions: Vec<(Rect, TableDraft)> = Vec::new();
    for region in regions::of(rules, &glyphs) {
        if regions.iter().any(|(rect, _)| rect.overlaps(region.rect())) {
            continue;
        }
        let inside: Vec<Glyph> =
            glyphs.iter().filter(|g| stands_in(g, region.rect())).copied().collect();
        regions.extend(build::ruled(&region, inside).map(|table| (region.rect(), table)));
    }
    let pieces = lift_out(glyphs, regions);
    aligned::find(pieces)
}

/// Whether a level character has its middle in a box.
fn stands_in(glyph: &Glyph, rect: Rect) -> bool {
    let (x, y) = glyph.rect.centre();
    glyph.direction == Direction::Right && x > rect.x0 && x < rect.x1 && y > rect.y0 && y < rect.y1
}

/// Takes the characters of tables out of the stream and puts each table where its first was.
fn lift_out(glyphs: Vec<Glyph>, tables: Vec<(Rect, TableDraft)>) -> Vec<TextLine> {
    if tables.is_empty() {
        return gather(glyphs);
    }
    let mut waiting: Vec<(Rect, Option<TableDraft>)> =
        tables.into_iter().map(|(rect, table)| (rect, Some(table))).collect();
    let mut pieces = Vec::new();
    let mut run = Vec::new();
    for glyph in glyphs {
        let Some((_, slot)) = waiting.iter_mut().find(|(rect, _)| stands_in(&glyph, *rect)) else {
            run.push(glyph);
            continue;
        };
        if let Some(table) = slot.take() {
            pieces.append(&mut gather(std::mem::take(&mut run)));
            pieces.extend(TextLine::of_table(table));
        }
    }
    pieces.append(&mut gather(run));
    pieces
}

#[cfg(test)]
mod tests;
