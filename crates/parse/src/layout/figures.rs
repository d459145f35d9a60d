//! Pictures among the text: images, and drawings that a caption names. Each becomes a block of its own beside
//! its caption, with the words that are written in it, if any.

use super::blocks::Paragraph;
use super::kinds::{begins_figure, starts_figure};
use super::lines::TextLine;
use crate::frame::Rect;
use crate::pictures::Drawn;
use yinju_core::BlockKind;

/// A caption stands no further from its picture than this, in points.
const NEAR: f32 = 48.0;
/// Parts of a drawing stand no further apart than this.
const GAP: f32 = 36.0;
/// A legend of this height may stand between a drawing and its caption.
const LEGEND: f32 = 140.0;
/// Words of a drawing stand no further outside of its lines than this.
const MARGIN: f32 = 14.0;
/// A drawing is at least so high and wide, in points, …
const LEAST: f32 = 24.0;
/// … and has at least so many parts.
const LEAST_PARTS: usize = 5;
/// A caption without a mark behind its number has at most so many characters, and ends as no sentence does.
const LONGEST_TITLE: usize = 60;
/// A text with so many lines and characters is none of a drawing's.
const PROSE: (usize, usize) = (3, 150);

/// A picture and what is written in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub rect: Rect,
    pub lines: Vec<TextLine>,
    /// Whether it is an image, in which words can only be seen.
    pub is_image: bool,
}

/// Finds the pictures of a page. What is written in a drawing is taken out of its text.
pub(crate) fn find(paragraphs: &mut Vec<Paragraph>, drawn: &Drawn) -> Vec<Figure> {
    let image = |rect: &Rect| Figure { rect: *rect, lines: Vec::new(), is_image: true };
    let mut figures: Vec<Figure> = drawn.images.iter().map(image).collect();
    if drawn.shapes.is_empty() {
        return figures;
    }
    let captions = paragraphs.iter().filter(|p| is_caption(p)).map(Paragraph::rect);
    for caption in captions.collect::<Vec<_>>() {
        if figures.iter().any(|figure| distance(figure.rect, caption).is_some()) {
            continue;
        }
        let Some(rect) = drawing(caption, &drawn.shapes, paragraphs) else { continue };
        let is_label = |p: &Paragraph| {
            let (rect, all) = (p.rect(), grown(rect, MARGIN));
            let (x, y) = rect.centre();
            let inside = all.x0 <= x && x <= all.x1 && all.y0 <= y && y <= all.y1;
            inside && p.table.is_none() && !is_caption(p) && !is_prose(p)
        };
        let labels = paragraphs.extract_if(.., |p| is_label(p)).flat_map(|p| p.lines);
        figures.push(Figure { rect, lines: labels.collect(), is_image: false });
    }
    figures
}

/// Puts pictures beside their captions, else where they stand among the text.
pub(crate) fn place(paragraphs: &mut Vec<Paragraph>, figures: Vec<Figure>) {
    let mut taken: Vec<Rect> = Vec::new();
    for Figure { rect, lines, .. } in figures {
        let mut captions: Vec<(f32, usize)> = Vec::new();
        for (at, paragraph) in paragraphs.iter().enumerate() {
            let is_free = is_caption(paragraph) && !taken.contains(&paragraph.rect());
            let distance = distance(rect, paragraph.rect()).filter(|_| is_free);
            captions.extend(distance.map(|distance| (distance, at)));
        }
        let nearest = captions.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        let at = if let Some((_, at)) = nearest {
            let caption = paragraphs[at].rect();
            taken.push(caption);
            paragraphs[at].kind = BlockKind::Caption;
            if caption.centre().1 > rect.centre().1 { at } else { at + 1 }
        } else {
            among(paragraphs, rect)
        };
        let figure = Paragraph { picture: Some(rect), ..Paragraph::new(BlockKind::Figure, lines) };
        paragraphs.insert(at, figure);
    }
}

/// Before the first text that stands below it, else after all.
fn among(paragraphs: &[Paragraph], rect: Rect) -> usize {
    let below = |p: &Paragraph| {
        let text = p.picture.unwrap_or_else(|| p.rect());
        text.overlap_x(rect) > 0.0 && text.centre().1 > rect.y1
    };
    paragraphs.iter().position(below).unwrap_or(paragraphs.len())
}

fn is_caption(paragraph: &Paragraph) -> bool {
    let is_named = matches!(paragraph.kind, BlockKind::Caption | BlockKind::Paragraph);
    let first = paragraph.lines.first().filter(|_| is_named).map(TextLine::text);
    first.is_some_and(|first| {
        let text = paragraph.text();
        let is_title = !text.ends_with(['。', '.', '；', '，']) && paragraph.ink() <= LONGEST_TITLE;
        starts_figure(&first) || (is_title && begins_figure(&first))
    })
}

fn is_prose(paragraph: &Paragraph) -> bool {
    let (lines, ink) = PROSE;
    paragraph.lines.len() >= lines && paragraph.ink() >= ink
}

/// How far a caption stands above or below a picture, if it may be its own.
fn distance(picture: Rect, caption: Rect) -> Option<f32> {
    let gap = -picture.overlap_y(caption);
    let beside = picture.overlap_x(caption) > 0.0;
    (beside && gap < NEAR && gap > -caption.height()).then_some(gap.max(0.0))
}

fn grown(rect: Rect, by: f32) -> Rect {
    Rect::new(rect.x0 - by, rect.y0 - by, rect.x1 + by, rect.y1 + by)
}

/// The drawing above a caption, else the one below it.
fn drawing(caption: Rect, shapes: &[Rect], paragraphs: &[Paragraph]) -> Option<Rect> {
    let other = |p: &&Paragraph| (is_prose(p) || is_caption(p)) && p.rect() != caption;
    let texts: Vec<Rect> = paragraphs.iter().filter(other).map(Paragraph::rect).collect();
    let beside = || texts.iter().filter(|text| text.overlap_x(caption) > 0.0);
    let ceiling = beside().map(|t| t.y1).filter(|y| *y <= caption.y0 + 1.0).fold(0.0, f32::max);
    let floor = beside().map(|t| t.y0).filter(|y| *y >= caption.y1 - 1.0).fold(f32::MAX, f32::min);
    let above = Rect { y0: caption.y0, y1: caption.y0, ..caption };
    let below = Rect { y0: caption.y1, y1: caption.y1, ..caption };
    let between = |low: f32, high: f32| {
        let within = move |s: &&Rect| s.y0 >= low - 2.0 && s.y1 <= high + 2.0;
        shapes.iter().filter(within).copied().collect::<Vec<_>>()
    };
    let over = || between(ceiling, caption.y0);
    grow(above, over(), GAP)
        .or_else(|| grow(above, over(), LEGEND))
        .or_else(|| grow(below, between(caption.y1, floor), GAP))
}

/// Takes in what stands near the caption, then what stands near that.
fn grow(seed: Rect, mut shapes: Vec<Rect>, reach: f32) -> Option<Rect> {
    let (mut rect, mut parts): (Option<Rect>, Vec<Rect>) = (None, Vec::new());
    loop {
        let (from, gap) = rect.map_or((seed, reach), |rect| (rect, GAP));
        let near = |s: &Rect| s.overlap_y(from) > -gap && s.overlap_x(from) > -GAP / 2.0;
        let taken: Vec<Rect> = shapes.extract_if(.., |shape| near(shape)).collect();
        let Some(more) = taken.iter().copied().reduce(Rect::union) else { break };
        rect = Some(rect.map_or(more, |rect| rect.union(more)));
        parts.extend(taken);
    }
    // Rules above and below a text are no drawing.
    let is_flat = |s: &Rect| s.width().min(s.height()) < 2.0;
    let drawn = parts.len() >= LEAST_PARTS || parts.iter().any(|part| !is_flat(part));
    rect.filter(|rect| drawn && rect.width().min(rect.height()) >= LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::paragraphs;
    use crate::layout::tests::{PAGE, set};
    use crate::rules::Rules;

    fn boxes(x: f32, y: f32) -> Vec<Rect> {
        (0..6)
            .map(|i| Rect::new(x + 30.0 * i as f32, y, x + 30.0 * i as f32 + 20.0, y + 60.0))
            .collect()
    }

    fn text(texts: &[(&str, f32)]) -> Vec<Paragraph> {
        let glyphs = texts.iter().flat_map(|(text, y)| set(text, 60.0, *y, 10.0));
        paragraphs(glyphs.collect(), &Rules::default(), &PAGE)
    }

    #[test]
    fn a_drawing_takes_its_words_and_stands_before_its_caption() {
        let texts =
            [("A sentence of the text.", 80.0), ("Pump", 120.0), ("Figure 3. The pump", 190.0)];
        let mut all = text(&texts);
        let drawn = Drawn { shapes: boxes(50.0, 110.0), ..Drawn::default() };
        let figures = find(&mut all, &drawn);
        assert_eq!(figures.len(), 1);
        place(&mut all, figures);
        assert_eq!(all[2].kind, BlockKind::Caption);
        let texts: Vec<_> = all.iter().map(Paragraph::text).collect();
        assert_eq!(texts, ["A sentence of the text.", "Pump", "Figure 3. The pump"]);
        assert_eq!(all[1].kind, BlockKind::Figure);
    }

    #[test]
    fn an_image_without_a_caption_stands_where_it_is_drawn() {
        let mut all = text(&[("above", 80.0), ("below", 300.0)]);
        let image = Rect::new(50.0, 100.0, 200.0, 280.0);
        let figures = find(&mut all, &Drawn { images: vec![image], ..Drawn::default() });
        place(&mut all, figures);
        assert_eq!((all[1].kind, all[1].picture), (BlockKind::Figure, Some(image)));
    }

    #[test]
    fn rules_around_a_text_are_no_drawing() {
        let mut all = text(&[("Figure 1. None", 200.0)]);
        let rule = |y: f32| Rect::new(50.0, y, 300.0, y + 0.5);
        let drawn =
            Drawn { shapes: vec![rule(120.0), rule(150.0), rule(180.0)], ..Drawn::default() };
        assert!(find(&mut all, &drawn).is_empty());
    }
}
