//! One page: from PDFium's page object to `yinju_core::Page`, in two steps, because headers,
//! footers and the size of body text show only beside the pages that follow.

use crate::frame::Frame;
use crate::glyph::{self, Glyphs};
use crate::layout::{self, OpenTable, Paragraph, RunningHeads, SizeCensus};
use crate::{extras, rules, status};
use pdfium_render::prelude::{PdfPage, PdfPageRenderRotation};
use yinju_core::{Page, PageNumber, PageStatus, Warning, WarningCode};

/// A page whose text is gathered but not yet named and written.
pub(crate) struct Draft {
    page: Page,
    frame: Frame,
    paragraphs: Vec<Paragraph>,
    /// Form fields and notes; they come after what is printed.
    extras: Vec<Paragraph>,
}

/// What is known of a document beyond the page at hand. Its size does not grow with the pages.
#[derive(Default)]
pub(crate) struct Surroundings {
    sizes: SizeCensus,
    heads: RunningHeads,
    open_table: OpenTable,
}

impl Surroundings {
    pub(crate) fn add(&mut self, draft: &Draft) {
        self.sizes.add(&draft.paragraphs);
        self.heads.add(draft.page.number.index(), &draft.paragraphs, &draft.frame);
    }
}

impl Draft {
    /// Reads an open page. Nothing of it is kept open afterwards.
    pub(crate) fn read(open: &mut PdfPage<'_>, number: PageNumber) -> Self {
        let frame = frame_of(open);
        let mut glyphs = read_glyphs(open, &frame);
        let turns = glyphs.turns_to_upright();
        if turns != 0 {
            // PDFium sorts characters by where they stand on the turned page, and gets lines that
            // run up or down it wrong. Turned so that most lines are level, it is right.
            open.set_rotation(rotation(frame.turns() + turns));
            glyphs = read_glyphs(open, &frame);
        }
        let (status, warnings) = status::judge(&glyphs, open, &frame);
        let rules = rules::read(open, &frame);
        let paragraphs = layout::paragraphs(std::mem::take(&mut glyphs.all), &rules, &frame);
        let label = open.label().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned);
        let page = Page { label, status, warnings, ..blank(number, frame.width(), frame.height()) };
        Self { page, frame, paragraphs, extras: extras::read(open, &frame) }
    }

    /// What stands for a page that PDFium cannot load; `size` in points, as far as it is known.
    pub(crate) fn failed(number: PageNumber, size: (f32, f32), reason: &str) -> Self {
        let message = format!("page {number} could not be opened: {reason}");
        let warnings = vec![Warning { code: WarningCode::PageFailed, message }];
        let page = Page { status: PageStatus::Failed, warnings, ..blank(number, size.0, size.1) };
        let frame = Frame::new([0.0, 0.0, size.0, size.1], 0);
        Self { page, frame, paragraphs: Vec::new(), extras: Vec::new() }
    }

    /// Adds a remark about the file, which has no other place.
    pub(crate) fn warn(&mut self, remark: Warning) {
        self.page.warnings.push(remark);
    }

    /// Names the blocks and writes the page.
    pub(crate) fn finish(mut self, around: &mut Surroundings) -> Page {
        around.heads.mark(self.page.number.index(), &mut self.paragraphs, &self.frame);
        layout::name(&mut self.paragraphs, &around.sizes);
        around.open_table.pass(&mut self.paragraphs);
        self.paragraphs.append(&mut self.extras);
        let composed = layout::compose(&self.paragraphs, &self.frame);
        // A form without any printed text is not empty once it is filled in.
        if self.page.status == PageStatus::Empty && !composed.text.is_empty() {
            self.page.status = PageStatus::Text;
        }
        Page { text: composed.text, blocks: composed.blocks, lines: composed.lines, ..self.page }
    }
}

fn read_glyphs(open: &PdfPage<'_>, frame: &Frame) -> Glyphs {
    open.text().map(|text| glyph::read(&text, frame)).unwrap_or_default()
}

fn rotation(turns: u8) -> PdfPageRenderRotation {
    match turns % 4 {
        0 => PdfPageRenderRotation::None,
        1 => PdfPageRenderRotation::Degrees90,
        2 => PdfPageRenderRotation::Degrees180,
        _ => PdfPageRenderRotation::Degrees270,
    }
}

fn blank(number: PageNumber, width: f32, height: f32) -> Page {
    Page {
        number,
        label: None,
        width,
        height,
        status: PageStatus::Empty,
        text: String::new(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn frame_of(page: &PdfPage<'_>) -> Frame {
    let turns = page.rotation().map_or(0.0, |r| r.as_degrees() / 90.0) as u8;
    let crop = page
        .boundaries()
        .bounding()
        .map(|b| b.bounds)
        .map(|b| [b.left().value, b.bottom().value, b.right().value, b.top().value]);
    let whole = [0.0, 0.0, page.width().value, page.height().value];
    let usable = |c: &[f32; 4]| c.iter().all(|v| v.is_finite()) && c[2] > c[0] && c[3] > c[1];
    Frame::new(crop.ok().filter(usable).unwrap_or(whole), turns)
}
