//! Where a page shows something other than text: its images, and what is drawn of lines and curves.
//! Not here: what a picture is to the text around it (`layout::figures`), and what is written in one.

use crate::frame::{Frame, Rect};
use pdfium_render::prelude::{
    PdfPage, PdfPageObject, PdfPageObjectCommon, PdfPageObjectsCommon, PdfPageTextRenderMode,
    PdfQuadPoints,
};

/// At most this many objects of a page are looked at.
const MAX_OBJECTS: usize = 20_000;
/// … and so many images.
const MAX_IMAGES: usize = 300;
/// A form with more objects than this is a drawing of its own.
const MANY: i32 = 8;
/// Images with a shorter side, in points, are bullets, rules and marks.
const SHORTEST: f32 = 24.0;
/// … and so are those with no side longer than this.
const SHORT: f32 = 40.0;
/// An image over so much of a page is what its text is printed on.
const GROUND: f32 = 0.8;
/// So many texts are asked for how they are painted: a layer is all of one kind.
const LOOKED_AT: usize = 8;
/// Parts of one image are no further apart than this, in points.
const APART: f32 = 8.0;

/// What is drawn on a page, in points on the page as seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Drawn {
    /// Images, those that touch as one.
    pub images: Vec<Rect>,
    /// Paths, and forms that are drawings.
    pub shapes: Vec<Rect>,
    /// An image that the whole page is printed on, if there is one.
    pub ground: Option<Ground>,
}

/// An image over most of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ground {
    /// Whether the page's text is not seen: nobody paints it, or the image lies over it.
    pub hides_text: bool,
}

/// Looks through a page's objects. Nothing is rendered.
pub(crate) fn look(page: &PdfPage<'_>, frame: &Frame) -> Drawn {
    let mut drawn = Drawn::default();
    let objects = page.objects();
    let page = frame.width() * frame.height();
    // Text that is painted before the last image over the page, and text after it that nobody sees.
    let (mut texts, mut unseen) = (0, false);
    for index in 0..objects.len().min(MAX_OBJECTS) {
        let Ok(object) = objects.get(index) else { continue };
        let images = drawn.images.len();
        drawn.add(&object, frame);
        let covers = drawn.images[images..].iter().any(|image| image.area() >= page * GROUND);
        if covers {
            drawn.ground = Some(Ground { hides_text: texts > 0 });
        } else if let PdfPageObject::Text(text) = &object {
            texts += 1;
            unseen |= texts <= LOOKED_AT && text.render_mode() == PdfPageTextRenderMode::Invisible;
        }
    }
    if let Some(ground) = &mut drawn.ground {
        ground.hides_text |= unseen;
    }
    let mut images = joined(drawn.images);
    images.retain(|image| {
        let (short, long) = (image.width().min(image.height()), image.width().max(image.height()));
        short >= SHORTEST && long >= SHORT && image.area() < page * GROUND
    });
    Drawn { images, ..drawn }
}

impl Drawn {
    fn add(&mut self, object: &PdfPageObject<'_>, frame: &Frame) {
        let images = match object {
            PdfPageObject::Image(_) => true,
            PdfPageObject::Path(_) | PdfPageObject::Shading(_) => false,
            PdfPageObject::XObjectForm(form) => {
                // What stands in a form is placed by the form's matrix, so the form's own box is taken.
                let inner = form.iter().take(MANY as usize);
                let (images, others) =
                    inner.fold((0, 0), |(images, others), object| match object {
                        PdfPageObject::Image(_) => (images + 1, others),
                        PdfPageObject::Text(_) => (images, others),
                        _ => (images, others + 1),
                    });
                if images == 0 && others < MANY {
                    return;
                }
                images > 0 && others == 0
            }
            _ => return,
        };
        let rect = object.bounds().ok().and_then(|bounds| visible(&bounds, frame));
        let into = if images { &mut self.images } else { &mut self.shapes };
        into.extend(rect);
    }
}

fn visible(quad: &PdfQuadPoints, frame: &Frame) -> Option<Rect> {
    let rect =
        frame.rect(quad.left().value, quad.bottom().value, quad.right().value, quad.top().value)?;
    frame.shows(rect).then(|| {
        let (w, h) = (frame.width(), frame.height());
        let (x, y) = (|v: f32| v.clamp(0.0, w), |v: f32| v.clamp(0.0, h));
        Rect::new(x(rect.x0), y(rect.y0), x(rect.x1), y(rect.y1))
    })
}

/// Images cut into strips or tiles are one.
fn joined(mut images: Vec<Rect>) -> Vec<Rect> {
    images.truncate(MAX_IMAGES);
    let mut at = 0;
    while at < images.len() {
        let near = |a: Rect, b: Rect| a.overlap_x(b) > -APART && a.overlap_y(b) > -APART;
        match (at + 1..images.len()).find(|other| near(images[at], images[*other])) {
            Some(other) => {
                images[at] = images[at].union(images.swap_remove(other));
                // What it did not reach before it may reach now.
                at = 0;
            }
            None => at += 1,
        }
    }
    images
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_of_an_image_are_one() {
        let strip = |y: f32| Rect::new(10.0, y, 200.0, y + 20.0);
        let apart = Rect::new(10.0, 400.0, 200.0, 500.0);
        let images = joined(vec![strip(60.0), apart, strip(20.0), strip(40.0)]);
        assert_eq!(images, [Rect::new(10.0, 20.0, 200.0, 80.0), apart]);
    }
}
