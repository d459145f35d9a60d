//! One page: from PDFium's page object to `yinju_core::Page`.

use crate::extras;
use crate::frame::Frame;
use crate::glyph::{self, Glyphs};
use crate::layout::{self, SizeCensus};
use crate::status;
use pdfium_render::prelude::PdfPage;
use yinju_core::{Page, PageNumber, PageStatus, Warning, WarningCode};

/// Reads an open page. Nothing of it is kept open afterwards.
pub(crate) fn read(page: &PdfPage<'_>, number: PageNumber, sizes: &mut SizeCensus) -> Page {
    let frame = frame_of(page);
    let mut glyphs = page.text().map(|text| glyph::read(&text, &frame)).unwrap_or_default();
    let (status, warnings) = status::judge(&glyphs, page, &frame);
    let all = std::mem::take(&mut glyphs.all);
    let mut paragraphs = layout::paragraphs(all, &frame, sizes);
    paragraphs.extend(extras::read(page, &frame));
    let composed = layout::compose(&paragraphs, &frame);
    let status = with_extras(status, &glyphs, &composed.text);
    Page {
        number,
        label: page.label().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned),
        width: frame.width(),
        height: frame.height(),
        status,
        text: composed.text,
        blocks: composed.blocks,
        lines: composed.lines,
        warnings,
    }
}

/// A form without any printed text is not empty once it is filled in.
fn with_extras(status: PageStatus, glyphs: &Glyphs, text: &str) -> PageStatus {
    let filled = status == PageStatus::Empty && glyphs.meaningful == 0 && !text.is_empty();
    if filled { PageStatus::Text } else { status }
}

/// What stands for a page that PDFium cannot load.
pub(crate) fn failed(number: PageNumber, reason: &str) -> Page {
    let message = format!("page {number} could not be opened: {reason}");
    Page {
        number,
        label: None,
        width: 0.0,
        height: 0.0,
        status: PageStatus::Failed,
        text: String::new(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: vec![Warning { code: WarningCode::PageFailed, message }],
    }
}

fn frame_of(page: &PdfPage<'_>) -> Frame {
    let turns = page.rotation().map_or(0.0, |r| r.as_degrees() / 90.0) as u8;
    let crop = page.boundaries().bounding().map(|b| b.bounds).map(|b| {
        [b.left().value, b.bottom().value, b.right().value, b.top().value]
    });
    let whole = [0.0, 0.0, page.width().value, page.height().value];
    let usable = |c: &[f32; 4]| c.iter().all(|v| v.is_finite()) && c[2] > c[0] && c[3] > c[1];
    Frame::new(crop.ok().filter(usable).unwrap_or(whole), turns)
}
