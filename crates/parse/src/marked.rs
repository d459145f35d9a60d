//! A PDF once more with words highlighted, and pictures of where they stand.
//!
//! Highlights are annotations of their own (PDF 1.7, 12.5.6.10): the pages' content is not touched, and any
//! reader takes them off again.

use crate::error::ParseError;
use crate::frame::Frame;
use crate::page::frame_of;
use crate::reader::{PdfiumReader, plain};
use crate::render::{Rendered, render};
use crate::source::{self, Bytes};
use pdfium_render::prelude::{
    PdfColor, PdfDocument, PdfPage, PdfPageAnnotationCommon, PdfPageContentRegenerationStrategy,
    PdfPageIndex, PdfPoints, PdfQuadPoints, PdfRect, PdfiumError,
};
use std::path::Path;
use yinju_core::ports::{Mark, MarkRequest, PagePicture};
use yinju_core::{BBox, PageNumber, Problem};

/// The colour of quoted words in the window as well.
const HIGHLIGHT: [u8; 3] = [255, 224, 102];
/// Who made the annotations.
const CREATOR: &str = "Yinju 引据";

/// Resolution of pictures: read on a screen and printed at half the size of the page.
const DOTS_PER_INCH: f32 = 144.0;
/// Room around the words, in fractions of the page.
const MARGIN: (f32, f32) = (0.03, 0.015);
/// Least width of a picture, in fractions of the page: a few words alone say little.
const LEAST_WIDTH: f32 = 0.5;

impl PdfiumReader {
    /// The file's bytes with its marks as highlights.
    ///
    /// # Errors
    /// A [`ParseError`] as `Problem` where the file does not open, where a page with marks does not, and
    /// where the copy cannot be made.
    pub fn highlighted(
        &self,
        file: &impl Bytes,
        request: &MarkRequest,
    ) -> Result<Vec<u8>, Problem> {
        let look = source::look(&request.path, file)?;
        if look.photo.is_some() {
            // Its copy would be another kind of file under the same ending.
            return Err(ParseError::NotAPdf { path: request.path.clone(), kind: look.other }.into());
        }
        let document = self.document(file, request)?;
        for mark in &request.marks {
            let mut page = page(&document, &request.path, mark.page)?;
            highlight(&mut page, mark).map_err(|error| damaged(&request.path, &error))?;
        }
        let bytes = document.save_to_bytes().map_err(|error| damaged(&request.path, &error))?;
        Ok(bytes)
    }

    /// A picture for every mark, in order: the part of the page around it, with the words in colour; an
    /// empty one where there is nothing to see.
    ///
    /// # Errors
    /// As [`Self::highlighted`]; and whatever `on_picture` returns.
    pub fn pictures(
        &self,
        file: &impl Bytes,
        request: &MarkRequest,
        on_picture: &mut dyn FnMut(PagePicture) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let document = self.document(file, request)?;
        for mark in &request.marks {
            let page = page(&document, &request.path, mark.page)?;
            let picture = picture(&page, mark).as_ref().map(png).transpose()?;
            on_picture(picture.unwrap_or_default())?;
        }
        Ok(())
    }

    fn document(
        &self,
        file: &impl Bytes,
        request: &MarkRequest,
    ) -> Result<PdfDocument<'_>, ParseError> {
        let look = source::look(&request.path, file)?;
        if let Some(photo) = look.photo {
            let pdf = photo.as_pdf(&request.path, file)?;
            return self.open(&pdf, &request.path, None, look);
        }
        self.open(file, &request.path, request.password.as_deref(), look)
    }
}

fn page<'a>(
    document: &PdfDocument<'a>,
    path: &Path,
    number: PageNumber,
) -> Result<PdfPage<'a>, ParseError> {
    document.pages().get(number.index() as PdfPageIndex).map_err(|error| damaged(path, &error))
}

fn damaged(path: &Path, error: &PdfiumError) -> ParseError {
    ParseError::DamagedPdf { path: path.to_owned(), reason: plain(error) }
}

fn highlight(page: &mut PdfPage<'_>, mark: &Mark) -> Result<(), PdfiumError> {
    // Content that was not changed is not written anew.
    page.set_content_regeneration_strategy(PdfPageContentRegenerationStrategy::Manual);
    let frame = frame_of(page);
    let Some(all) = mark.boxes.iter().copied().reduce(BBox::union) else { return Ok(()) };
    let [left, bottom, right, top] = frame.user_rect(all);
    let mut highlight = page.annotations_mut().create_highlight_annotation()?;
    highlight.set_bounds(PdfRect::new_from_values(bottom, left, top, right))?;
    let [r, g, b] = HIGHLIGHT;
    highlight.set_stroke_color(PdfColor::new(r, g, b, 255))?;
    highlight.set_contents(&mark.note)?;
    highlight.set_creator(CREATOR)?;
    highlight.set_is_printed(true)?;
    for line in &mark.boxes {
        highlight.attachment_points_mut().create_attachment_point_at_end(quad(&frame, *line))?;
    }
    Ok(())
}

/// Corners as readers expect them: both of the upper edge, then both of the lower, each from the left.
/// (The specification says counterclockwise; no reader follows it.)
fn quad(frame: &Frame, line: BBox) -> PdfQuadPoints {
    let corner = |x, y| {
        let (x, y) = frame.user_point(x, y);
        (PdfPoints::new(x), PdfPoints::new(y))
    };
    let ((x1, y1), (x2, y2)) = (corner(line.x0, line.y0), corner(line.x1, line.y0));
    let ((x3, y3), (x4, y4)) = (corner(line.x0, line.y1), corner(line.x1, line.y1));
    PdfQuadPoints::new(x1, y1, x2, y2, x3, y3, x4, y4)
}

/// Red, green, blue, row by row.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

fn picture(page: &PdfPage<'_>, mark: &Mark) -> Option<Pixels> {
    let Rendered { width, height, rgba, .. } = render(page, &frame_of(page), DOTS_PER_INCH)?;
    let pixels = |b: BBox| {
        let pixel = |fraction: f32, side: usize| (fraction.clamp(0.0, 1.0) * side as f32) as usize;
        (pixel(b.x0, width)..pixel(b.x1, width), pixel(b.y0, height)..pixel(b.y1, height))
    };
    let (columns, rows) = pixels(shown(mark));
    let quoted: Vec<_> = mark.boxes.iter().map(|line| pixels(*line)).collect();
    let mut rgb = Vec::with_capacity(columns.len() * rows.len() * 3);
    for y in rows.clone() {
        for x in columns.clone() {
            let seen = &rgba[(y * width + x) * 4..][..3];
            let is_quoted = quoted.iter().any(|(xs, ys)| xs.contains(&x) && ys.contains(&y));
            let colour =
                |c: usize| if is_quoted { multiply(seen[c], HIGHLIGHT[c]) } else { seen[c] };
            rgb.extend((0..3).map(colour));
        }
    }
    (!rgb.is_empty()).then_some(Pixels { width: columns.len(), height: rows.len(), rgb })
}

/// The part of a page that a mark is shown with: a picture without words is shown as it is, lest lines around it are
/// cut through.
fn shown(mark: &Mark) -> BBox {
    match mark.beside.iter().copied().reduce(BBox::union) {
        Some(beside) if mark.boxes.is_empty() => beside.clamped(),
        beside => around(&mark.boxes.iter().copied().chain(beside).collect::<Vec<_>>()),
    }
}

/// What shows words in their place: their lines with some room, and not less than half a page wide.
fn around(words: &[BBox]) -> BBox {
    let whole = BBox::new(0.0, 0.0, 1.0, 1.0);
    let Some(all) = words.iter().copied().reduce(BBox::union) else { return whole };
    let missing = (LEAST_WIDTH - all.width()).max(0.0) / 2.0;
    let (dx, dy) = (MARGIN.0.max(missing), MARGIN.1);
    BBox::new(all.x0 - dx, all.y0 - dy, all.x1 + dx, all.y1 + dy).clamped()
}

/// The blend mode of highlights.
fn multiply(a: u8, b: u8) -> u8 {
    (u16::from(a) * u16::from(b) / 255) as u8
}

fn png(picture: &Pixels) -> Result<PagePicture, Problem> {
    let mut png = Vec::new();
    let (width, height) = (picture.width as u32, picture.height as u32);
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&picture.rgb))
        .map_err(|error| Problem::internal(format!("a picture could not be written: {error}")))?;
    Ok(PagePicture { width, height, png })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_words_in_their_place_and_stays_on_the_page() {
        let area = around(&[BBox::new(0.4, 0.5, 0.5, 0.52), BBox::new(0.4, 0.52, 0.45, 0.54)]);
        assert!(area.x0 < 0.25 && area.x1 > 0.65, "{area:?}");
        assert!(area.y0 < 0.5 && area.y1 > 0.54);
        let corner = around(&[BBox::new(0.0, 0.0, 0.9, 0.01)]);
        assert_eq!((corner.x0, corner.y0), (0.0, 0.0));
    }

    #[test]
    fn a_figure_is_shown_as_it_is_and_words_with_the_figure_they_name() {
        let (figure, words) = (BBox::new(0.3, 0.3, 0.6, 0.5), BBox::new(0.1, 0.1, 0.9, 0.12));
        let number = PageNumber::from_index(0);
        let mark = Mark { page: number, boxes: vec![], beside: vec![figure], note: String::new() };
        assert_eq!(shown(&mark), figure);
        let both = shown(&Mark { boxes: vec![words], ..mark });
        assert!(both.y0 < words.y0 && both.y1 > figure.y1, "{both:?}");
    }

    #[test]
    fn corners_of_a_turned_page_go_where_its_words_are() {
        // A line along the top of a page turned by a quarter stands along its left side.
        let frame = Frame::new([0.0, 0.0, 100.0, 200.0], 1);
        let [left, bottom, right, top] = frame.user_rect(BBox::new(0.0, 0.0, 1.0, 0.1));
        assert_eq!((left, bottom, right, top), (0.0, 0.0, 10.0, 200.0));
    }
}
