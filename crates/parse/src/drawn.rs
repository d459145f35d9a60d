//! What is drawn on a page besides text: how much of it images cover, how many shapes there are, and
//! whether text lies unseen over them. Nothing is rendered.

use crate::frame::{Frame, Rect};
use pdfium_render::prelude::{
    PdfPage, PdfPageObject, PdfPageObjectCommon, PdfPageObjectsCommon, PdfPageTextRenderMode,
    PdfQuadPoints,
};

/// At most this many objects are looked at, of the page and of each form on it.
const MAX_OBJECTS: usize = 2_000;
/// Forms in forms are looked into so deep.
const MAX_DEPTH: u8 = 2;

/// What a page shows that is no text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drawn {
    /// The share of the page under images, 0 to 1. Scans cut into strips are added up.
    pub cover: f32,
    /// Lines, curves and filled shapes; a letter drawn as a curve is one.
    pub shapes: usize,
    /// There is text nobody sees (render mode 3), as programs lay it over a scan they recognised.
    pub unseen_text: bool,
}

/// Looks through a page's objects.
pub(crate) fn look(page: &PdfPage<'_>, frame: &Frame) -> Drawn {
    let mut drawn = Drawn::default();
    let mut covered = 0.0;
    let objects = page.objects();
    for index in 0..objects.len().min(MAX_OBJECTS) {
        let Ok(object) = objects.get(index) else { continue };
        covered += drawn.add(&object, frame, 0);
    }
    drawn.cover = (covered / (frame.width() * frame.height())).min(1.0);
    drawn
}

impl Drawn {
    /// Counts an object in and returns the visible area of its images in square points.
    fn add(&mut self, object: &PdfPageObject<'_>, frame: &Frame, depth: u8) -> f32 {
        if object.as_image_object().is_some() {
            return area(object, frame);
        }
        if let Some(text) = object.as_text_object() {
            self.unseen_text |= text.render_mode() == PdfPageTextRenderMode::Invisible;
        }
        self.shapes += usize::from(object.as_path_object().is_some());
        let Some(form) = object.as_x_object_form_object().filter(|_| depth < MAX_DEPTH) else {
            return 0.0;
        };
        let inner = form.iter().take(MAX_OBJECTS);
        let has_image = inner.map(|inner| self.add(&inner, frame, depth + 1)).sum::<f32>() > 0.0;
        // Objects in a form are placed by the form's matrix, so the form's own box is taken.
        if has_image { area(object, frame) } else { 0.0 }
    }
}

fn area(object: &PdfPageObject<'_>, frame: &Frame) -> f32 {
    object.bounds().ok().and_then(|bounds| visible(&bounds, frame)).map_or(0.0, Rect::area)
}

fn visible(quad: &PdfQuadPoints, frame: &Frame) -> Option<Rect> {
    let rect =
        frame.rect(quad.left().value, quad.bottom().value, quad.right().value, quad.top().value)?;
    let (w, h) = (frame.width(), frame.height());
    let (x0, y0) = (rect.x0.clamp(0.0, w), rect.y0.clamp(0.0, h));
    let (x1, y1) = (rect.x1.clamp(0.0, w), rect.y1.clamp(0.0, h));
    Some(Rect { x0, y0, x1, y1 })
}
