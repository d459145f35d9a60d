//! One page: from PDFium's page object to `yinju_core::Page`, in two steps, because headers,
//! footers and the size of body text show only beside the pages that follow.

use crate::frame::{Frame, Rect};
use crate::glyph::{self, Glyph, Glyphs};
use crate::layout::{
    self, Census, Figure, Headings, OpenTable, Paragraph, PrintedNumbers, RunningHeads, Words,
};
use crate::pictures::Ground;
use crate::scan::{self, Recognise};
use crate::scanned::{self, Layer};
use crate::stamps::{self, Stamps};
use crate::{extras, pictures, rules, status};
use pdfium_render::prelude::{PdfPage, PdfPageRenderRotation};
use yinju_core::document::OutlineEntry;
use yinju_core::page::LOW_CONFIDENCE;
use yinju_core::ports::Ocr;
use yinju_core::{Page, PageNumber, PageStatus, Problem, ProblemCode, Warning, WarningCode};

/// A page whose text is gathered but not yet named and written.
pub(crate) struct Draft {
    page: Page,
    frame: Frame,
    paragraphs: Vec<Paragraph>,
    figures: Vec<Figure>,
    /// What is written across the page.
    stamps: Vec<Paragraph>,
    /// Form fields and notes; they come after what is printed.
    extras: Vec<Paragraph>,
}

/// What is known of a document beyond the page at hand. Its size does not grow with the pages, but for the
/// words that were seen, which are bounded.
pub(crate) struct Surroundings {
    census: Census,
    words: Words,
    stamps: Stamps,
    headings: Headings,
    heads: RunningHeads,
    open_table: OpenTable,
    printed: PrintedNumbers,
}

impl Surroundings {
    /// Before the first page of a document with this outline.
    pub(crate) fn new(outline: &[OutlineEntry]) -> Self {
        Self {
            census: Census::default(),
            words: Words::default(),
            stamps: Stamps::default(),
            headings: Headings::new(outline),
            heads: RunningHeads::default(),
            open_table: OpenTable::default(),
            printed: PrintedNumbers::default(),
        }
    }

    pub(crate) fn add(&mut self, draft: &Draft) {
        let page = draft.page.number.index();
        self.census.add(&draft.paragraphs);
        self.words.add(&draft.paragraphs);
        self.stamps.add(page, &draft.stamps);
        self.printed.add(page, &draft.paragraphs, &draft.frame);
        self.heads.add(page, &draft.paragraphs, &draft.frame);
    }
}

impl Draft {
    /// Reads an open page. Nothing of it is kept open afterwards.
    ///
    /// # Errors
    /// What recognising ends with when it was cancelled.
    pub(crate) fn read(
        open: &mut PdfPage<'_>,
        number: PageNumber,
        eyes: &mut Eyes<'_, '_>,
    ) -> Result<Self, Problem> {
        let frame = frame_of(open);
        let mut glyphs = read_glyphs(open, &frame);
        let mut turns = glyphs.turns_to_upright();
        if turns != 0 {
            // PDFium sorts characters by where they stand on the turned page, and gets lines that
            // run up or down it wrong; tables are looked for in level lines. Turned so that most lines
            // are level, both are right.
            open.set_rotation(rotation(frame.turns() + turns));
            glyphs = read_glyphs(open, &frame.turned(turns));
        }
        let (status, warnings) = status::judge(&glyphs, open, &frame.turned(turns));
        let mut text = Text { status, warnings, glyphs: std::mem::take(&mut glyphs.all) };
        let drawn = pictures::look(open, &frame);
        let is_wanted = eyes.wish.wants(number, text.is_unread());
        let is_doubted = !is_wanted && text.is_doubted(number, drawn.ground, eyes);
        if is_wanted || is_doubted {
            if turns != 0 {
                // What is recognised is found on the page as a person sees it.
                open.set_rotation(rotation(frame.turns()));
                text.glyphs = read_glyphs(open, &frame).all;
                turns = 0;
            }
            if is_wanted {
                text.recognise(open, &frame, eyes)?;
            } else {
                text.compare(open, &frame, eyes)?;
            }
        }
        let Text { status, warnings, mut glyphs } = text;
        let mut stamps = stamps::take_out(&mut glyphs);
        let upright = frame.turned(turns);
        let mut paragraphs = layout::paragraphs(glyphs, &rules::read(open, &upright), &upright);
        layout::turn_back(&mut paragraphs, turns, &frame);
        layout::turn_back(&mut stamps, turns, &frame);
        let mut figures = layout::find_figures(&mut paragraphs, &drawn);
        let mut status = status;
        if status == PageStatus::Text && eyes.wish.wants(number, true) {
            open.set_rotation(rotation(frame.turns()));
            let seen = eyes.read_images(open, &frame, &mut figures, &paragraphs)?;
            status = if seen { PageStatus::Mixed } else { status };
        }
        let label = open.label().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned);
        let page = Page { label, status, warnings, ..blank(number, frame.width(), frame.height()) };
        let extras = extras::blocks(&extras::read(open, &frame), &paragraphs);
        Ok(Self { page, frame, paragraphs, figures, stamps, extras })
    }

    /// What stands for a page that PDFium cannot load; `size` in points, as far as it is known.
    pub(crate) fn failed(number: PageNumber, size: (f32, f32), reason: &str) -> Self {
        let message = format!("page {number} could not be opened: {reason}");
        let warnings = vec![Warning { code: WarningCode::PageFailed, message }];
        let page = Page { status: PageStatus::Failed, warnings, ..blank(number, size.0, size.1) };
        let frame = Frame::new([0.0, 0.0, size.0, size.1], 0);
        let (figures, stamps, extras) = (Vec::new(), Vec::new(), Vec::new());
        Self { page, frame, paragraphs: Vec::new(), figures, stamps, extras }
    }

    /// Adds a remark about the file, which has no other place.
    pub(crate) fn warn(&mut self, remark: Warning) {
        self.page.warnings.push(remark);
    }

    /// Names the blocks and writes the page.
    pub(crate) fn finish(mut self, around: &mut Surroundings) -> Page {
        let number = self.page.number;
        around.heads.mark(
            number.index(),
            &mut self.paragraphs,
            &self.frame,
            &around.census,
            &around.headings,
        );
        layout::name(
            number,
            &mut self.paragraphs,
            &mut around.headings,
            &around.census,
            &self.frame,
        );
        around.open_table.pass(&mut self.paragraphs);
        layout::place_figures(&mut self.paragraphs, self.figures);
        let (mut stamps, watermark) = around.stamps.part(number.index(), self.stamps);
        self.paragraphs.append(&mut stamps);
        self.page.warnings.extend(watermark);
        self.paragraphs.append(&mut self.extras);
        layout::mend(&mut self.paragraphs, &around.words);
        layout::tell_apart(&mut self.paragraphs);
        let label = self.page.label.take().or_else(|| around.printed.of(number.index()));
        let composed = layout::compose(&self.paragraphs, &self.frame);
        // A form without any printed text is not empty once it is filled in.
        if self.page.status == PageStatus::Empty && !composed.text.is_empty() {
            self.page.status = PageStatus::Text;
        }
        let mut page = Page {
            text: composed.text,
            blocks: composed.blocks,
            lines: composed.lines,
            label,
            ..self.page
        };
        page.warnings.extend(doubtful(&page));
        page
    }
}

/// What to say of lines that may be wrong.
fn doubtful(page: &Page) -> Option<Warning> {
    let known: Vec<u8> = page.lines.iter().filter_map(|line| line.confidence).collect();
    let doubtful = known.iter().filter(|c| **c < LOW_CONFIDENCE).count();
    let message = format!("{doubtful} of {} recognised lines may be wrong", known.len());
    (doubtful > 0).then_some(Warning { code: WarningCode::LowConfidence, message })
}

/// Who recognises pages, if there is someone, and which.
pub(crate) struct Eyes<'a, 'r> {
    pub(crate) wish: &'a Ocr,
    pub(crate) recognise: Option<&'a mut Recognise<'r>>,
    /// What is known of the text that lies over scans.
    pub(crate) layer: Layer,
}

/// Images that are recognised on a page that has text.
const MOST_IMAGES: usize = 16;

impl Eyes<'_, '_> {
    /// Reads what is written in images on a page that says the rest itself, if anything is.
    ///
    /// # Errors
    /// That it was cancelled.
    fn read_images(
        &mut self,
        open: &PdfPage<'_>,
        frame: &Frame,
        figures: &mut [Figure],
        paragraphs: &[Paragraph],
    ) -> Result<bool, Problem> {
        let Some(recognise) = self.recognise.as_deref_mut() else { return Ok(false) };
        let mut images: Vec<&mut Figure> = figures.iter_mut().filter(|f| f.is_image).collect();
        images.sort_by(|a, b| b.rect.area().total_cmp(&a.rect.area()));
        images.truncate(MOST_IMAGES);
        let places: Vec<Rect> = images.iter().map(|image| image.rect).collect();
        let seen = scan::read_parts(open, frame, &places, recognise);
        let Some(seen) = unless_cancelled(seen)? else { return Ok(false) };
        // What is written over an image is read already.
        let own: Vec<Rect> = paragraphs.iter().flat_map(|p| &p.lines).map(|l| l.rect).collect();
        let mut any = false;
        for (image, mut glyphs) in images.into_iter().zip(seen) {
            glyphs.retain(|glyph| !own.iter().any(|own| own.overlaps(glyph.rect)));
            image.lines = scan::legible(glyphs, frame);
            any |= !image.lines.is_empty();
        }
        Ok(any)
    }
}

/// What was recognised; nothing where it could not be, as the page's own text stands whatever became of that.
fn unless_cancelled<T>(seen: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match seen {
        Err(problem) if problem.code == ProblemCode::Cancelled => Err(problem),
        seen => Ok(seen.ok()),
    }
}

/// What a page says, before it is laid out.
struct Text {
    status: PageStatus,
    warnings: Vec<Warning>,
    glyphs: Vec<Glyph>,
}

impl Text {
    fn is_unread(&self) -> bool {
        self.status == PageStatus::Garbled || self.warns(WarningCode::NeedsOcr)
    }

    fn warns(&self, code: WarningCode) -> bool {
        self.warnings.iter().any(|warning| warning.code == code)
    }

    /// Whether the page's text lies over a scan and is to be compared with what is seen there.
    fn is_doubted(
        &self,
        number: PageNumber,
        ground: Option<Ground>,
        eyes: &mut Eyes<'_, '_>,
    ) -> bool {
        eyes.recognise.is_some()
            && eyes.wish.wants(number, true)
            && scanned::is_layer(self.status, ground)
            && eyes.layer.is_due(&self.glyphs)
    }

    /// Puts recognised text in place of what lies over a scan and does not say what is seen there.
    fn compare(
        &mut self,
        open: &PdfPage<'_>,
        frame: &Frame,
        eyes: &mut Eyes<'_, '_>,
    ) -> Result<(), Problem> {
        let Some(recognise) = eyes.recognise.as_deref_mut() else { return Ok(()) };
        let seen = scan::read(open, frame, recognise);
        let Some(seen) = unless_cancelled(seen)? else { return Ok(()) };
        let holds = scanned::holds(&self.glyphs, &seen);
        eyes.layer.note(holds);
        if !holds {
            (self.status, self.glyphs) = (PageStatus::Ocr, seen.concat());
        }
        Ok(())
    }

    /// Puts recognised text in place of what the page says, or beside the little it says.
    fn recognise(
        &mut self,
        open: &PdfPage<'_>,
        frame: &Frame,
        eyes: &mut Eyes<'_, '_>,
    ) -> Result<(), Problem> {
        let Some(recognise) = eyes.recognise.as_deref_mut() else {
            // A page that has no usable text says so already.
            if !self.is_unread() {
                self.warn_unavailable("there are no models for recognising text");
            }
            return Ok(());
        };
        match scan::read(open, frame, recognise) {
            Ok(seen) => self.take(seen.concat()),
            Err(problem) if problem.code == ProblemCode::Cancelled => return Err(problem),
            Err(problem) => self.warn_unavailable(&problem.message),
        }
        Ok(())
    }

    fn warn_unavailable(&mut self, why: &str) {
        let message = format!("the page was not recognised: {why}");
        self.warnings.push(Warning { code: WarningCode::OcrUnavailable, message });
    }

    fn take(&mut self, seen: Vec<Glyph>) {
        // An image on which nothing is written has been read as well as one can.
        let needed = self.warns(WarningCode::NeedsOcr);
        if seen.is_empty() && !needed {
            return;
        }
        self.warnings
            .retain(|w| !matches!(w.code, WarningCode::NeedsOcr | WarningCode::GarbledText));
        if seen.is_empty() {
            return;
        }
        // The little text on a scan, a stamp or a page number, is its own; so is not what is
        // recognised where it stands.
        let own = if needed { std::mem::take(&mut self.glyphs) } else { Vec::new() };
        let is_new = |glyph: &Glyph| !own.iter().any(|o| o.rect.overlaps(glyph.rect));
        self.glyphs = seen.into_iter().filter(is_new).collect();
        self.status = if own.is_empty() { PageStatus::Ocr } else { PageStatus::Mixed };
        self.glyphs.extend(own);
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

/// What is visible of a page, and how it is turned.
pub(crate) fn frame_of(page: &PdfPage<'_>) -> Frame {
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
