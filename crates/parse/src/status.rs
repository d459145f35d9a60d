//! Whether a page could be read, and what a person should know about it.

use crate::frame::{Frame, Rect};
use crate::garbled;
use crate::glyph::{Glyphs, MAX_CHARS};
use pdfium_render::prelude::{
    PdfPage, PdfPageObject, PdfPageObjectCommon, PdfPageObjectsCommon, PdfQuadPoints,
};
use yinju_core::{PageStatus, Warning, WarningCode};

/// A page with fewer characters than this under an image is one nobody can read as text: a stamp,
/// a page number, a scanner's mark.
const FEW_CHARS: usize = 20;
/// An image over this share of the page makes it a scan.
const SCAN_COVER: f32 = 0.7;
/// PDF 1.7 Annex C: 14,400 units (200 inches) is the largest page viewers have to handle.
const LARGEST_SIDE: f32 = 14_400.0;
/// At most this many objects are looked at for images.
const MAX_OBJECTS: usize = 2_000;

/// The status of a page and the warnings that go with it.
pub(crate) fn judge(
    glyphs: &Glyphs,
    page: &PdfPage<'_>,
    frame: &Frame,
) -> (PageStatus, Vec<Warning>) {
    let mut warnings = size_warning(frame);
    if glyphs.truncated {
        let message = format!("only the first {MAX_CHARS} characters of the page were read");
        warnings.push(Warning { code: WarningCode::Truncated, message });
    }
    let visible = glyphs.meaningful + glyphs.meaningless + glyphs.controls;
    let text = glyphs.all.iter().map(|glyph| glyph.c);
    let status = if let Some(garble) = garbled::judge(text, glyphs.meaningless, glyphs.controls) {
        let message = garble.message().to_owned();
        warnings.push(Warning { code: WarningCode::GarbledText, message });
        PageStatus::Garbled
    } else if glyphs.meaningful < FEW_CHARS && image_cover(page, frame) > SCAN_COVER {
        let message = "an image covers the page and there is no text to read".to_owned();
        warnings.push(Warning { code: WarningCode::NeedsOcr, message });
        if glyphs.meaningful == 0 { PageStatus::Empty } else { PageStatus::Text }
    } else if visible == 0 {
        PageStatus::Empty
    } else {
        PageStatus::Text
    };
    (status, warnings)
}

fn size_warning(frame: &Frame) -> Vec<Warning> {
    let (w, h) = (frame.width(), frame.height());
    if w.max(h) <= LARGEST_SIDE && w.min(h) > 2.0 {
        return Vec::new();
    }
    let message = format!("the page measures {w:.0} × {h:.0} points");
    vec![Warning { code: WarningCode::UnusualSize, message }]
}

/// The share of the page under its largest image, 0 to 1. Scans cut into strips are added up.
fn image_cover(page: &PdfPage<'_>, frame: &Frame) -> f32 {
    let objects = page.objects();
    let mut covered = 0.0;
    for index in 0..objects.len().min(MAX_OBJECTS) {
        let Ok(object) = objects.get(index) else { continue };
        covered += cover(&object, frame, 0);
    }
    (covered / (frame.width() * frame.height())).min(1.0)
}

/// Visible area of an image in square points; forms are looked into two levels deep.
fn cover(object: &PdfPageObject<'_>, frame: &Frame, depth: u8) -> f32 {
    if object.as_image_object().is_some() {
        return object.bounds().ok().and_then(|b| visible(&b, frame)).map_or(0.0, Rect::area);
    }
    let Some(form) = object.as_x_object_form_object().filter(|_| depth < 2) else { return 0.0 };
    let has_image = form
        .iter()
        .take(MAX_OBJECTS)
        .any(|inner| inner.as_image_object().is_some() || cover(&inner, frame, depth + 1) > 0.0);
    // Objects in a form are placed by the form's matrix, so the form's own box is taken.
    if !has_image {
        return 0.0;
    }
    object.bounds().ok().and_then(|b| visible(&b, frame)).map_or(0.0, Rect::area)
}

fn visible(quad: &PdfQuadPoints, frame: &Frame) -> Option<Rect> {
    let rect =
        frame.rect(quad.left().value, quad.bottom().value, quad.right().value, quad.top().value)?;
    let (w, h) = (frame.width(), frame.height());
    let (x0, y0) = (rect.x0.clamp(0.0, w), rect.y0.clamp(0.0, h));
    let (x1, y1) = (rect.x1.clamp(0.0, w), rect.y1.clamp(0.0, h));
    Some(Rect { x0, y0, x1, y1 })
}
