//! Pages as they look.

use crate::frame::Frame;
use pdfium_render::prelude::{PdfPage, PdfRenderConfig};

/// Longest side of a rendered page, in pixels: a wall chart is rendered coarser.
const LONGEST_SIDE: f32 = 4_000.0;
/// Shortest side: a page of a few points has nothing to see.
const SHORTEST_SIDE: f32 = 8.0;

/// A page as it looks, after rotation, cropped as it is shown.
pub(crate) struct Rendered {
    /// In pixels.
    pub(crate) width: usize,
    /// In pixels.
    pub(crate) height: usize,
    /// Red, green, blue and opacity, row by row from the top.
    pub(crate) rgba: Vec<u8>,
    /// Pixels a point.
    pub(crate) scale: f32,
}

/// `None` where PDFium cannot draw the page, or there is nothing to see.
pub(crate) fn render(page: &PdfPage<'_>, frame: &Frame, dots_per_inch: f32) -> Option<Rendered> {
    let longest = frame.width().max(frame.height());
    let scale = (dots_per_inch / 72.0).min(LONGEST_SIDE / longest);
    let (width, height) = ((frame.width() * scale).round(), (frame.height() * scale).round());
    if width.min(height) < SHORTEST_SIDE {
        return None;
    }
    // Without form data `pdfium-render` draws the page at 72 dots to the inch into a corner of the
    // bitmap, whatever size was asked for.
    let config = PdfRenderConfig::new().set_fixed_size(width as i32, height as i32);
    let bitmap = page.render_with_config(&config.render_form_data(true)).ok()?;
    let (width, height) = (bitmap.width() as usize, bitmap.height() as usize);
    let rgba = bitmap.as_rgba_bytes();
    (rgba.len() == width * height * 4).then_some(Rendered { width, height, rgba, scale })
}
