//! Whether a page could be read, and what a person should know about it.

use crate::drawn::{self, Drawn};
use crate::frame::Frame;
use crate::garbled;
use crate::glyph::{Glyphs, MAX_CHARS};
use pdfium_render::prelude::PdfPage;
use yinju_core::{PageStatus, Warning, WarningCode};

/// A page with fewer characters than this under an image is one nobody can read as text: a stamp,
/// a page number, a scanner's mark.
const FEW_CHARS: usize = 20;
/// Or all its characters together fill less than this share of the page: "Downloaded from …" at its
/// foot fills 0.4 %, the title of a slide over a picture 5 %.
const LITTLE_TEXT: f32 = 0.01;
/// An image over this share of the page makes it a scan.
const SCAN_COVER: f32 = 0.7;
/// Where there is no character at all, an image of this size may hold some: a receipt on a sheet.
const PICTURE_COVER: f32 = 0.1;
/// So many shapes may be letters that were turned into curves; a form or a frame has fewer.
const MANY_SHAPES: usize = 50;
/// PDF 1.7 Annex C: 14,400 units (200 inches) is the largest page viewers have to handle.
const LARGEST_SIDE: f32 = 14_400.0;

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
    } else if let Some(message) = unread(glyphs, page, frame) {
        let message = message.to_owned();
        warnings.push(Warning { code: WarningCode::NeedsOcr, message });
        if glyphs.meaningful == 0 { PageStatus::Empty } else { PageStatus::Text }
    } else if visible == 0 {
        PageStatus::Empty
    } else {
        PageStatus::Text
    };
    (status, warnings)
}

/// What the page shows and nobody can read as text, if anything.
fn unread(glyphs: &Glyphs, page: &PdfPage<'_>, frame: &Frame) -> Option<&'static str> {
    let chars = glyphs.meaningful;
    if chars >= FEW_CHARS && text_cover(glyphs, frame) >= LITTLE_TEXT {
        return None;
    }
    let Drawn { cover, shapes, unseen_text } = drawn::look(page, frame);
    if chars > 0 && (unseen_text || cover <= SCAN_COVER) {
        None
    } else if cover > SCAN_COVER && chars == 0 {
        Some("an image covers the page and there is no text to read")
    } else if cover > SCAN_COVER {
        Some("an image covers the page and there is hardly any text to read")
    } else if cover > PICTURE_COVER {
        Some("there is an image on the page and no text to read")
    } else if shapes >= MANY_SHAPES {
        Some("the page is drawn, and there is no text to read")
    } else {
        None
    }
}

/// The share of the page that its characters fill, 0 to 1.
fn text_cover(glyphs: &Glyphs, frame: &Frame) -> f32 {
    let filled: f32 = glyphs.all.iter().map(|glyph| glyph.rect.area()).sum();
    filled / (frame.width() * frame.height())
}

fn size_warning(frame: &Frame) -> Vec<Warning> {
    let (w, h) = (frame.width(), frame.height());
    if w.max(h) <= LARGEST_SIDE && w.min(h) > 2.0 {
        return Vec::new();
    }
    let message = format!("the page measures {w:.0} × {h:.0} points");
    vec![Warning { code: WarningCode::UnusualSize, message }]
}
