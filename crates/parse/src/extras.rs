//! Text that is on a page but not in its content: what people typed into form fields and ticked, with what
//! the page prints beside it, and notes.

use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::layout::{Paragraph, TextLine};
use pdfium_render::prelude::{
    PdfFormField, PdfFormFieldCommon, PdfPage, PdfPageAnnotation, PdfPageAnnotationCommon,
    PdfPageAnnotationType as Type,
};
use yinju_core::BlockKind;
use yinju_core::normal;

/// At most this many annotations of a page are read, and this many characters of each.
const MAX_ANNOTATIONS: usize = 2_000;
const MAX_CHARS: usize = 10_000;

/// A field or a note, and where it stands.
pub(crate) struct Extra {
    rect: Rect,
    says: Says,
}

enum Says {
    Note(String),
    /// What was typed, and the field's name in the file.
    Typed(String, Option<String>),
    Ticked(bool, Option<String>),
}

/// Form fields that are filled in or can be ticked, and notes, in the file's order.
pub(crate) fn read(page: &PdfPage<'_>, frame: &Frame) -> Vec<Extra> {
    let annotations = page.annotations().iter().take(MAX_ANNOTATIONS);
    annotations.filter_map(|annotation| extra(&annotation, frame)).collect()
}

fn extra(annotation: &PdfPageAnnotation<'_>, frame: &Frame) -> Option<Extra> {
    let says = says(annotation)?;
    let bounds = annotation.bounds().ok()?;
    let (left, bottom) = (bounds.left().value, bounds.bottom().value);
    let rect = frame.rect(left, bottom, bounds.right().value, bounds.top().value)?;
    (!annotation.is_hidden() && frame.shows(rect)).then_some(Extra { rect, says })
}

fn says(annotation: &PdfPageAnnotation<'_>) -> Option<Says> {
    match annotation.annotation_type() {
        Type::Widget | Type::XfaWidget => field(annotation.as_form_field()?),
        // What a link or a pop-up says stands on the page or in its parent already.
        Type::Link | Type::Popup => None,
        _ => annotation.contents().map(Says::Note),
    }
}

fn field(field: &PdfFormField<'_>) -> Option<Says> {
    let name = field.name();
    match field {
        PdfFormField::Text(text) if !text.is_password() => Some(Says::Typed(text.value()?, name)),
        PdfFormField::ComboBox(combo) => Some(Says::Typed(combo.value()?, name)),
        PdfFormField::ListBox(list) => Some(Says::Typed(list.value()?, name)),
        PdfFormField::Checkbox(tick) => Some(Says::Ticked(tick.is_checked().ok()?, name)),
        PdfFormField::RadioButton(tick) => Some(Says::Ticked(tick.is_checked().ok()?, name)),
        _ => None,
    }
}

/// Blocks for all of them; a field with the words that name it on the page.
pub(crate) fn blocks(extras: &[Extra], paragraphs: &[Paragraph]) -> Vec<Paragraph> {
    let lines: Vec<&TextLine> = paragraphs.iter().flat_map(|p| &p.lines).collect();
    let others: Vec<Rect> = extras.iter().map(|extra| extra.rect).collect();
    let page = Printed { lines, others };
    extras.iter().filter_map(|extra| block(extra, &page)).collect()
}

fn block(extra: &Extra, page: &Printed<'_>) -> Option<Paragraph> {
    let (kind, text) = match &extra.says {
        Says::Note(text) => (BlockKind::Annotation, text.clone()),
        Says::Typed(value, _) if value.trim().is_empty() => return None,
        Says::Typed(value, name) => {
            let label = page.before(extra.rect).or_else(|| page.above(extra.rect));
            let text = match label.or_else(|| meant(name.as_ref())) {
                Some(label) => format!("{label}: {value}"),
                None => value.clone(),
            };
            (BlockKind::FormField, text)
        }
        Says::Ticked(ticked, name) => {
            let label = page.after(extra.rect).or_else(|| page.before(extra.rect));
            let label = label.or_else(|| meant(name.as_ref()))?;
            (BlockKind::FormField, format!("{} {label}", if *ticked { '☒' } else { '☐' }))
        }
    };
    let rows: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let count = rows.len();
    let row = |(i, row): (usize, &&str)| line(row, row_of(extra.rect, i, count));
    let lines: Vec<TextLine> = rows.iter().enumerate().filter_map(row).collect();
    (!lines.is_empty()).then(|| Paragraph::new(kind, lines))
}

/// A field's name, unless a program gave it: `Text12`, `Check Box 3`, `topmostSubform[0].f1_1[0]`.
fn meant(name: Option<&String>) -> Option<String> {
    let name = name?.trim();
    let is_given = name.contains(['[', '.', '_']) || name.ends_with(|c: char| c.is_ascii_digit());
    (!name.is_empty() && !is_given).then(|| name.to_owned())
}

/// What is printed on the page, and where its fields are.
struct Printed<'a> {
    lines: Vec<&'a TextLine>,
    others: Vec<Rect>,
}

/// Words further than this many font sizes from a field, or from one another, do not name it.
const FAR: f32 = 2.5;
/// A label that stands over its field is at most this many font sizes over it.
const OVER: f32 = 1.2;
/// A label has at most this many characters.
const LONGEST: usize = 120;

impl Printed<'_> {
    /// The words that end where a field begins, on its row.
    fn before(&self, field: Rect) -> Option<String> {
        let glyphs = self.on_row(field, |rect| rect.x1 <= field.x0 + 2.0);
        let mut edge = field.x0;
        let run = glyphs.iter().rev().take_while(|glyph| {
            let near = edge - glyph.rect.x1 < glyph.size * FAR;
            let parted = self.parted(glyph.rect.x1, edge, field);
            edge = glyph.rect.x0;
            near && !parted
        });
        let mut run: Vec<char> = run.map(|glyph| glyph.c).collect();
        run.reverse();
        tidy(run)
    }

    /// The words that begin where a field ends, on its row.
    fn after(&self, field: Rect) -> Option<String> {
        let glyphs = self.on_row(field, |rect| rect.x0 >= field.x1 - 2.0);
        let mut edge = field.x1;
        let run = glyphs.iter().take_while(|glyph| {
            let near = glyph.rect.x0 - edge < glyph.size * FAR;
            let parted = self.parted(edge, glyph.rect.x0, field);
            edge = glyph.rect.x1;
            near && !parted
        });
        tidy(run.map(|glyph| glyph.c).collect())
    }

    /// The words that stand over a field.
    fn above(&self, field: Rect) -> Option<String> {
        let over = |line: &&&TextLine| {
            let gap = field.y0 - line.rect.y1;
            let near = gap > -line.size * 0.5 && gap < line.size * OVER;
            near && line.rect.overlap_x(field) > 0.0
        };
        let nearest = |a: &&&TextLine, b: &&&TextLine| a.rect.y1.total_cmp(&b.rect.y1);
        let line = self.lines.iter().filter(over).max_by(nearest)?;
        let mut edge = field.x0;
        let over = line.glyphs.iter().filter(|glyph| glyph.rect.x1 > field.x0 - 1.0);
        let run = over.take_while(|glyph| {
            let near = glyph.rect.x0 - edge < glyph.size * FAR;
            edge = glyph.rect.x1;
            near
        });
        tidy(run.map(|glyph| glyph.c).collect())
    }

    /// The characters level with a field that stand where they are wanted, from left to right.
    fn on_row(&self, field: Rect, wanted: impl Fn(Rect) -> bool) -> Vec<Glyph> {
        let level = |line: &&&TextLine| {
            let shared = line.rect.overlap_y(field);
            line.direction == Direction::Right
                && shared > line.rect.height().min(field.height()) * 0.5
        };
        let lines = self.lines.iter().filter(level);
        let mut glyphs: Vec<Glyph> =
            lines.flat_map(|line| &line.glyphs).filter(|g| wanted(g.rect)).copied().collect();
        glyphs.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        glyphs
    }

    /// Whether another field stands between two places of a field's row.
    fn parted(&self, from: f32, to: f32, field: Rect) -> bool {
        let level = |other: &&Rect| **other != field && other.overlap_y(field) > 0.0;
        self.others.iter().filter(level).any(|other| {
            let middle = other.centre().0;
            middle > from && middle < to
        })
    }
}

fn tidy(label: Vec<char>) -> Option<String> {
    let label: String = label.into_iter().collect();
    let label = label.trim().trim_end_matches([':', '：', '_', '.', ' ']).trim();
    let is_label = label.chars().any(char::is_alphanumeric) && label.chars().count() <= LONGEST;
    is_label.then(|| label.to_owned())
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
        Glyph { c, rect, size, ..Glyph::default() }
    };
    TextLine::new(chars.into_iter().enumerate().map(glyph).collect())
}
