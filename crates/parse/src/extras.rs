//! Text that is on a page but not in its content: what people typed into form fields, and notes.

use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::layout::{Paragraph, TextLine};
use pdfium_render::prelude::{
    PdfFormField, PdfPage, PdfPageAnnotation, PdfPageAnnotationCommon,
    PdfPageAnnotationType as Type,
};
use yinju_core::BlockKind;
use yinju_core::normal;

/// At most this many annotations of a page are read, and this many characters of each.
const MAX_ANNOTATIONS: usize = 2_000;
const MAX_CHARS: usize = 10_000;

/// Blocks for form fields and notes, in the file's order.
pub(crate) fn read(page: &PdfPage<'_>, frame: &Frame) -> Vec<Paragraph> {
    let annotations = page.annotations().iter().take(MAX_ANNOTATIONS);
    annotations.filter_map(|annotation| block(&annotation, frame)).collect()
}

fn block(annotation: &PdfPageAnnotation<'_>, frame: &Frame) -> Option<Paragraph> {
    let (kind, text) = kind_and_text(annotation)?;
    let bounds = annotation.bounds().ok()?;
    let (left, bottom) = (bounds.left().value, bounds.bottom().value);
    let rect = frame.rect(left, bottom, bounds.right().value, bounds.top().value)?;
    if annotation.is_hidden() || !frame.shows(rect) {
        return None;
    }
    let rows: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let count = rows.len();
    let lines = rows.iter().enumerate().filter_map(|(i, row)| line(row, row_of(rect, i, count)));
    let lines: Vec<TextLine> = lines.collect();
    (!lines.is_empty()).then(|| Paragraph::new(kind, lines))
}

fn kind_and_text(annotation: &PdfPageAnnotation<'_>) -> Option<(BlockKind, String)> {
    match annotation.annotation_type() {
        Type::Widget | Type::XfaWidget => {
            field_value(annotation.as_form_field()?).map(|value| (BlockKind::FormField, value))
        }
        // What a link or a pop-up says stands on the page or in its parent already.
        Type::Link | Type::Popup => None,
        _ => annotation.contents().map(|text| (BlockKind::Annotation, text)),
    }
}

fn field_value(field: &PdfFormField<'_>) -> Option<String> {
    match field {
        PdfFormField::Text(text) if !text.is_password() => text.value(),
        PdfFormField::ComboBox(combo) => combo.value(),
        PdfFormField::ListBox(list) => list.value(),
        _ => None,
    }
}

/// The strip of a box that one of its rows fills.
fn row_of(rect: Rect, row: usize, rows: usize) -> Rect {
    let height = rect.height() / rows as f32;
    let y0 = rect.y0 + height * row as f32;
    Rect { y0, y1: y0 + height, ..rect }
}

/// A line whose characters share its box evenly, as their places are not known.
fn line(row: &str, rect: Rect) -> Option<TextLine> {
    let space = |c: char| if normal::is_space(c) { vec![' '] } else { normal::shown(c) };
    let chars: Vec<char> = row.chars().take(MAX_CHARS).flat_map(space).collect();
    let width = rect.width() / chars.len().max(1) as f32;
    let size = rect.height().clamp(1.0, 12.0);
    let glyph = |(i, c): (usize, char)| {
        let x0 = rect.x0 + width * i as f32;
        let rect = Rect { x0, x1: x0 + width, ..rect };
        Glyph {
            c,
            rect,
            direction: Direction::Right,
            size,
            bold: false,
            face: 0,
            generated: false,
            descent: 0.0,
            oblique: false,
            shade: 0.0,
            confidence: None,
        }
    };
    TextLine::new(chars.into_iter().enumerate().map(glyph).collect())
}
