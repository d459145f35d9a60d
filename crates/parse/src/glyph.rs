//! PDFium's characters of a page, turned into glyphs on the page as a person sees it.
//!
//! One glyph is one character of the text to come. Not here: which glyphs make a line.

use crate::bidi;
use crate::frame::{Direction, Frame, Rect};
use pdfium_render::prelude::{PdfFontWeight, PdfPageText, PdfPageTextChar, PdfRect};
use yinju_core::normal;

/// More characters than this on one page are left out with a warning: a dense A4 page has 6,000, a
/// wall chart 60,000, and a hostile file as many as it likes.
pub(crate) const MAX_CHARS: usize = 200_000;

/// A character and the box it stands in: its advance along the line, ascender to descender across.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Glyph {
    pub c: char,
    pub rect: Rect,
    pub direction: Direction,
    /// Effective font size in points.
    pub size: f32,
    pub bold: bool,
    /// Tells fonts apart, whatever their sizes; 0 where it is not known.
    pub face: u32,
    /// Put in by PDFium where it saw a gap; it has no box of its own.
    pub generated: bool,
    /// How far its box reaches under the line its letter stands on, in points.
    pub descent: f32,
    /// Set neither level nor upright.
    pub oblique: bool,
    /// How light it is: 0 is black, 1 white or wholly transparent.
    pub shade: f32,
    /// How sure a recognised character is, in hundredths.
    pub confidence: Option<u8>,
}

impl Glyph {
    pub(crate) fn is_space(&self) -> bool {
        self.c == ' '
    }

    /// The line its letter stands on, across the direction of reading; grows from line to line.
    pub(crate) fn foot(&self) -> f32 {
        bottom(self.rect, self.direction) - self.descent
    }
}

/// The glyphs of a page in the order of its content, and what was met on the way.
#[derive(Debug, Default)]
pub(crate) struct Glyphs {
    pub all: Vec<Glyph>,
    /// Visible characters that mean something.
    pub meaningful: usize,
    /// Private use and replacement characters.
    pub meaningless: usize,
    /// Control characters with a visible glyph: glyph numbers taken for characters.
    pub controls: usize,
    /// There were more than [`MAX_CHARS`].
    pub truncated: bool,
}

/// Reads every visible character of a page.
pub(crate) fn read(text: &PdfPageText<'_>, frame: &Frame) -> Glyphs {
    let mut glyphs = Glyphs::default();
    let mut high_surrogate = None;
    let chars = text.chars();
    glyphs.truncated = chars.len() > MAX_CHARS;
    for index in 0..chars.len().min(MAX_CHARS) {
        let Ok(source) = chars.get(index) else { break };
        let Some(c) = join_surrogates(source.unicode_value(), &mut high_surrogate) else {
            continue;
        };
        glyphs.add(c, &source, frame);
    }
    share_boxes(&mut glyphs.all);
    drop_echoes(&mut glyphs.all);
    glyphs
}

/// A letter that stands this share of its own width beside the same one is drawn twice, to look bold or
/// to throw a shadow; the second of `ll` stands a whole width further.
const ECHO: f32 = 0.6;

/// Drops letters that are drawn once more beside themselves. PDFium does for those that nearly coincide.
fn drop_echoes(glyphs: &mut Vec<Glyph>) {
    glyphs.dedup_by(|next, this| {
        let (along, across) = if this.direction.is_vertical() {
            (this.rect.height(), this.rect.width())
        } else {
            (this.rect.width(), this.rect.height())
        };
        let ((x, y), (to_x, to_y)) = (this.rect.centre(), next.rect.centre());
        let (dx, dy) = ((to_x - x).abs(), (to_y - y).abs());
        let (step, shift) = if this.direction.is_vertical() { (dy, dx) } else { (dx, dy) };
        let same = this.c == next.c && this.direction == next.direction && this.face == next.face;
        same && !this.is_space() && step < along * ECHO && shift < across * ECHO / 2.0
    });
}

/// The letters that one glyph stands for (`Th` in Libertine) come with its box each.
fn share_boxes(glyphs: &mut [Glyph]) {
    let is_one = |a: &Glyph, b: &Glyph| {
        let shown = !a.generated && !b.generated && !a.is_space() && a.rect.area() > 0.0;
        shown && a.rect == b.rect && (a.c != b.c || "ft".contains(a.c))
    };
    for letters in glyphs.chunk_by_mut(is_one).filter(|letters| letters.len() > 1) {
        let parts = letters.len();
        for (part, glyph) in letters.iter_mut().enumerate() {
            let place = if bidi::is_right_to_left(glyph.c) { parts - 1 - part } else { part };
            glyph.rect = share(glyph.rect, glyph.direction, place, parts);
        }
    }
}

/// PDFium may hand over characters beyond U+FFFF in two halves.
fn join_surrogates(value: u32, high: &mut Option<u32>) -> Option<char> {
    match (value, high.take()) {
        (0xD800..=0xDBFF, _) => {
            *high = Some(value);
            None
        }
        (0xDC00..=0xDFFF, Some(h)) => {
            char::from_u32(0x1_0000 + ((h - 0xD800) << 10) + (value - 0xDC00))
        }
        _ => Some(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)),
    }
}

impl Glyphs {
    /// Clockwise quarter turns of the page that make most of its text level.
    pub(crate) fn turns_to_upright(&self) -> u8 {
        let mut counts = [0_usize; 4];
        for glyph in &self.all {
            counts[usize::from(glyph.direction.turns_to_upright())] += 1;
        }
        let most = (0..4_u8).rev().max_by_key(|turns| counts[usize::from(*turns)]);
        most.unwrap_or(0)
    }

    fn add(&mut self, c: char, source: &PdfPageTextChar<'_>, frame: &Frame) {
        let generated = source.is_generated().unwrap_or(false);
        if matches!(c, '\r' | '\n') {
            return;
        }
        if generated && normal::is_space(c) {
            self.add_gap(source, frame);
            return;
        }
        let c = if is_line_end_hyphen(c, source) { '-' } else { c };
        let Some(body) = Body::of(c, source, frame) else { return };
        self.count(c, &body);
        // What leaves ink and means nothing is not lost without a trace: it may be a sign.
        let c = if c.is_control() && body.has_ink { char::REPLACEMENT_CHARACTER } else { c };
        self.push_shown(c, &body, &Font::of(source), generated);
    }

    /// A space that PDFium guessed: nothing wide, where the next letter has its origin, which the letter's ink
    /// may reach beyond.
    fn add_gap(&mut self, source: &PdfPageTextChar<'_>, frame: &Frame) {
        let Some(last) = self.all.last().copied().filter(|last| !last.is_space()) else { return };
        let origin = source.origin().ok().map(|(x, y)| frame.point(x.value, y.value));
        let rect = match origin {
            Some((x, _)) if last.direction == Direction::Right => {
                Rect { x0: x, x1: x, ..last.rect }
            }
            _ => last.rect,
        };
        self.all.push(Glyph { c: ' ', rect, generated: true, ..last });
    }

    fn count(&mut self, c: char, body: &Body) {
        if normal::is_meaningless(c) {
            self.meaningless += 1;
        } else if c.is_control() && body.has_ink {
            self.controls += 1;
        } else if !normal::is_space(c) && !c.is_control() {
            self.meaningful += 1;
        }
    }

    /// A ligature's letters share its box evenly.
    fn push_shown(&mut self, c: char, body: &Body, font: &Font, generated: bool) {
        let shown = if normal::is_space(c) { vec![' '] } else { normal::shown(c) };
        let parts = shown.len();
        for (part, c) in shown.into_iter().enumerate() {
            // The first letter of an Arabic ligature stands at its right.
            let place = if bidi::is_right_to_left(c) { parts - 1 - part } else { part };
            let rect = share(body.rect, body.direction, place, parts);
            self.all.push(Glyph {
                c,
                rect,
                direction: body.direction,
                size: body.size,
                bold: font.bold,
                face: font.face,
                generated,
                descent: body.descent,
                oblique: body.oblique,
                shade: font.shade,
                ..Glyph::default()
            });
        }
    }
}

/// U+0002 and U+FFFE are PDFium's own marks for a hyphen at the end of a line.
fn is_line_end_hyphen(c: char, source: &PdfPageTextChar<'_>) -> bool {
    matches!(c, '\u{2}' | '\u{FFFE}') && source.is_hyphen().unwrap_or(false)
}

fn share(rect: Rect, direction: Direction, part: usize, parts: usize) -> Rect {
    let (low, high) = (part as f32 / parts as f32, (part + 1) as f32 / parts as f32);
    let (w, h) = (rect.width(), rect.height());
    match direction {
        Direction::Right => Rect { x0: rect.x0 + w * low, x1: rect.x0 + w * high, ..rect },
        Direction::Left => Rect { x0: rect.x1 - w * high, x1: rect.x1 - w * low, ..rect },
        Direction::Down => Rect { y0: rect.y0 + h * low, y1: rect.y0 + h * high, ..rect },
        Direction::Up => Rect { y0: rect.y1 - h * high, y1: rect.y1 - h * low, ..rect },
    }
}

/// The geometry of one character.
struct Body {
    rect: Rect,
    direction: Direction,
    size: f32,
    descent: f32,
    oblique: bool,
    has_ink: bool,
}

/// How far a line's box reaches over and under the baseline, in font sizes. Fonts state ascenders
/// up to 1.2 and more (Noto CJK: 1.16), so that boxes of neighbouring lines would overlap.
const OVER_BASELINE: f32 = 0.92;
const UNDER_BASELINE: f32 = 0.25;

impl Body {
    /// `None` for what has no place, or none on the visible part of the page.
    fn of(c: char, source: &PdfPageTextChar<'_>, frame: &Frame) -> Option<Self> {
        let tight = source.tight_bounds().ok().and_then(|r| placed(&r, frame));
        let loose = source.loose_bounds().ok().and_then(|r| placed(&r, frame));
        let whole = match (loose, tight) {
            (Some(loose), Some(_)) if loose.area() > 0.0 => loose,
            (loose, tight) => tight.or(loose)?,
        };
        if !frame.shows(whole) {
            return None;
        }
        let Set { direction, scale, oblique } = Set::of(source, frame);
        let size = plausible_size(source.unscaled_font_size().value * scale, whole, direction);
        let origin = source.origin().ok().map(|(x, y)| frame.point(x.value, y.value));
        let rect = origin.map_or(whole, |origin| slim(whole, origin, direction, size));
        let descent =
            origin.map_or(0.0, |origin| bottom(rect, direction) - foot(origin, direction));
        let has_ink = tight.is_some_and(|t| t.area() > 0.0);
        Some(Self { rect, direction, size, descent, oblique, has_ink }.looking_as(c, tight))
    }

    /// A digit that its font draws small and above the line it stands on (OpenType `sups`) is as large
    /// and as high as it looks.
    fn looking_as(self, c: char, ink: Option<Rect>) -> Self {
        let Some(ink) = ink.filter(|_| c.is_ascii_digit()) else { return self };
        let (height, lift) = (
            if self.direction.is_vertical() { ink.width() } else { ink.height() },
            bottom(self.rect, self.direction) - self.descent - bottom(ink, self.direction),
        );
        if lift < self.size * LIFTED || height > self.size * LIFTED_HEIGHT {
            return self;
        }
        Self { size: height / DIGIT_HEIGHT, descent: self.descent + lift, ..self }
    }
}

/// A digit whose ink begins this many font sizes over its line, and is at most so high, is drawn as a
/// raised one; any other stands on the line, or hangs under it.
const LIFTED: f32 = 0.2;
const LIFTED_HEIGHT: f32 = 0.55;
/// Height of a digit in font sizes.
const DIGIT_HEIGHT: f32 = 0.7;

/// The side of a box on which letters stand; grows from line to line.
fn bottom(rect: Rect, direction: Direction) -> f32 {
    match direction {
        Direction::Right => rect.y1,
        Direction::Left => -rect.y0,
        Direction::Down => -rect.x0,
        Direction::Up => rect.x1,
    }
}

/// Where a letter's origin is on the same scale as [`bottom`].
fn foot((x, y): (f32, f32), direction: Direction) -> f32 {
    bottom(Rect::new(x, y, x, y), direction)
}

fn placed(rect: &PdfRect, frame: &Frame) -> Option<Rect> {
    frame.rect(rect.left().value, rect.bottom().value, rect.right().value, rect.top().value)
}

/// How a character is set on the page.
struct Set {
    direction: Direction,
    /// By which its font size is stretched.
    scale: f32,
    oblique: bool,
}

/// Text that rises or falls by more than this share of its length is oblique; a scan lies a little askew.
const OBLIQUE: f32 = 0.15;

impl Set {
    fn of(source: &PdfPageTextChar<'_>, frame: &Frame) -> Self {
        let Ok(m) = source.matrix() else {
            return Self { direction: Direction::Right, scale: 1.0, oblique: false };
        };
        let (along, across) = (m.a().abs().max(m.b().abs()), m.a().abs().min(m.b().abs()));
        Self {
            direction: frame.direction(m.a(), m.b()),
            scale: m.c().hypot(m.d()),
            oblique: across > along * OBLIQUE,
        }
    }
}

/// The font's size, unless it cannot be meant (Type 3 fonts state any), then the box's height.
fn plausible_size(stated: f32, rect: Rect, direction: Direction) -> f32 {
    let across = if direction.is_vertical() { rect.width() } else { rect.height() };
    let plausible = stated.is_finite() && stated > across * 0.4 && stated < across * 4.0;
    if plausible || across <= 0.0 { stated.clamp(0.1, 10_000.0) } else { across.max(0.1) }
}

/// The box with its height cut to what a line of this size needs.
fn slim(rect: Rect, (x, y): (f32, f32), direction: Direction, size: f32) -> Rect {
    let (over, under) = (size * OVER_BASELINE, size * UNDER_BASELINE);
    let cut = match direction {
        Direction::Right => Rect { y0: rect.y0.max(y - over), y1: rect.y1.min(y + under), ..rect },
        Direction::Left => Rect { y0: rect.y0.max(y - under), y1: rect.y1.min(y + over), ..rect },
        Direction::Down => Rect { x0: rect.x0.max(x - under), x1: rect.x1.min(x + over), ..rect },
        Direction::Up => Rect { x0: rect.x0.max(x - over), x1: rect.x1.min(x + under), ..rect },
    };
    // Vertical writing has its origin at the top centre, so the cut may miss the box.
    if cut.x1 > cut.x0 && cut.y1 > cut.y0 { cut } else { rect }
}

/// What the font of a character says of it.
struct Font {
    bold: bool,
    face: u32,
    shade: f32,
}

/// Parts of font names that mean bold; `cmbx` and `simhei` are those of TeX and Windows.
const BOLD_NAMES: [&str; 8] = ["bold", "black", "heavy", "demi", "cmbx", "simhei", "heiti", "-bd"];
/// Parts of font names that mean that a font is not bold, whatever weight PDFium makes of it from
/// the width of its stems.
const PLAIN_NAMES: [&str; 7] = ["regular", "medium", "light", "book", "roman", "-thin", "normal"];

impl Font {
    fn of(source: &PdfPageTextChar<'_>) -> Self {
        use PdfFontWeight::{Weight600, Weight700Bold, Weight800, Weight900};
        let name = source.font_name();
        let heavy = || {
            let weight = source.font_weight();
            matches!(weight, Some(Weight600 | Weight700Bold | Weight800 | Weight900))
        };
        let bold = says_bold(&name).unwrap_or_else(heavy);
        Self { bold, face: face(&name), shade: shade(source) }
    }
}

/// What the name of a font says of its weight, if anything.
fn says_bold(name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    // The bold cut of Nimbus and other fonts of URW; `Medium` is another thing.
    let medi = name.ends_with("-medi") || name.contains("-mediital");
    if medi || has(&BOLD_NAMES) {
        return Some(true);
    }
    has(&PLAIN_NAMES).then_some(false)
}

fn shade(source: &PdfPageTextChar<'_>) -> f32 {
    let Ok(colour) = source.fill_color() else { return 0.0 };
    let [r, g, b, alpha] =
        [colour.red(), colour.green(), colour.blue(), colour.alpha()].map(|v| f32::from(v) / 255.0);
    // Luma of ITU-R BT.601.
    1.0 - (1.0 - (r * 0.299 + g * 0.587 + b * 0.114)) * alpha
}

/// The same for every subset of a font. FNV-1a, 32 bits.
fn face(name: &str) -> u32 {
    let family = name.split_once('+').map_or(name, |(_, family)| family);
    family
        .bytes()
        .fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_joined() {
        let mut high = None;
        assert_eq!(join_surrogates(0xD840, &mut high), None);
        assert_eq!(join_surrogates(0xDC0B, &mut high), Some('\u{2000B}'));
        assert_eq!(join_surrogates(0xDC0B, &mut high), Some('\u{FFFD}'));
        assert_eq!(join_surrogates(0x5F15, &mut high), Some('引'));
    }

    #[test]
    fn letters_of_a_ligature_share_its_box() {
        let rect = Rect::new(10.0, 0.0, 20.0, 8.0);
        assert_eq!(share(rect, Direction::Right, 1, 2), Rect::new(15.0, 0.0, 20.0, 8.0));
        assert_eq!(share(rect, Direction::Left, 0, 2), Rect::new(15.0, 0.0, 20.0, 8.0));
        assert_eq!(share(rect, Direction::Up, 0, 2), Rect::new(10.0, 4.0, 20.0, 8.0));
    }

    #[test]
    fn letters_of_one_glyph_share_its_box() {
        let rect = Rect::new(10.0, 0.0, 20.0, 8.0);
        let glyph = |c| Glyph { c, rect, size: 10.0, ..Glyph::default() };
        let mut glyphs = ['T', 'h'].map(glyph);
        share_boxes(&mut glyphs);
        assert_eq!(glyphs.map(|g| (g.rect.x0, g.rect.x1)), [(10.0, 15.0), (15.0, 20.0)]);
        let mut twice = ['T', 'T'].map(glyph);
        share_boxes(&mut twice);
        assert_eq!(twice.map(|g| g.rect), [rect, rect]);
    }

    #[test]
    fn a_letter_drawn_twice_is_one() {
        let glyph = |c: char, x: f32| Glyph {
            c,
            rect: Rect::new(x, 0.0, x + 3.0, 12.0),
            size: 12.0,
            descent: 3.0,
            ..Glyph::default()
        };
        let mut glyphs = vec![glyph('i', 0.0), glyph('i', 1.5), glyph('l', 3.0), glyph('l', 6.0)];
        drop_echoes(&mut glyphs);
        assert_eq!(glyphs.iter().map(|g| g.c).collect::<String>(), "ill");
    }

    #[test]
    fn names_of_fonts_say_their_weight() {
        assert_eq!(says_bold("ABCDEF+NimbusRomNo9L-Medi"), Some(true));
        assert_eq!(says_bold("SourceHanSerifSC-Medium"), Some(false));
        assert_eq!(says_bold("SourceHanSerifSC-Heavy"), Some(true));
        assert_eq!(says_bold("TimesNewRomanPSMT"), Some(false));
        assert_eq!(says_bold("TimesNewRomanPS-BoldMT"), Some(true));
        assert_eq!(says_bold("F1"), None);
        assert_eq!(face("ABCDEF+CMR10"), face("CMR10"));
    }
}
