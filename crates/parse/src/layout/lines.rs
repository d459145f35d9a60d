//! Glyphs in content order → lines, with the spaces people would type.

use super::tables::TableDraft;
use super::{spread, upright};
use crate::bidi;
use crate::frame::{Direction, Rect};
use crate::glyph::Glyph;
use yinju_core::text::is_cjk;

/// A line of text, or a piece of one that stands apart (a cell, a column's line).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TextLine {
    pub glyphs: Vec<Glyph>,
    pub rect: Rect,
    pub direction: Direction,
    /// The commonest font size, in points.
    pub size: f32,
    /// Whether most of it is bold.
    pub bold: bool,
    /// The commonest font.
    pub face: u32,
    /// Pieces that stand far apart on it: more than one in the row of a table.
    pub cells: usize,
    /// Whether its last word ends on the next line.
    pub goes_on: bool,
    /// A table that stands here; then `glyphs` holds one character in its place.
    pub table: Option<Box<TableDraft>>,
}

/// A gap wider than this many font sizes ends a piece of a line.
const PIECE_GAP: f32 = 1.4;
/// Kerning, accents and fake bold step back by less than this many font sizes.
const STEP_BACK: f32 = 0.9;
/// Superscripts share this much of the smaller glyph's height with their line.
const SAME_LINE_OVERLAP: f32 = 0.35;
/// Cells of a table are further apart than this; the number of a heading is not.
const CELL_GAP: f32 = 3.0;
/// Between Latin letters a gap of this many font sizes is a space.
const WORD_GAP: f32 = 0.18;
/// One that PDFium takes for a space is one from here on, or from what is this much wider than the gaps within the
/// words of its line, if that is less; never when narrower than the last.
const GUESSED: f32 = 0.144;
const BEYOND: f32 = 0.05;
const NARROWEST: f32 = 0.06;
/// Fewer gaps within words say nothing of a line.
const LEAST_GAPS: usize = 6;
/// Next to Chinese characters typesetters leave a quarter em that nobody typed.
const CJK_WORD_GAP: f32 = 0.45;

/// Gathers glyphs into pieces of lines, in content order.
pub(crate) fn gather(glyphs: Vec<Glyph>) -> Vec<TextLine> {
    let mut pieces: Vec<Vec<Glyph>> = Vec::new();
    let mut reach = Reach::default();
    for glyph in glyphs {
        match pieces.last_mut() {
            Some(piece) if reach.holds(&glyph) => piece.push(glyph),
            _ => {
                reach = Reach::default();
                pieces.push(vec![glyph]);
            }
        }
        reach.grow(&glyph);
    }
    stack_vertical(pieces.into_iter().filter_map(TextLine::new).collect())
}

/// How far the current piece reaches.
#[derive(Default)]
struct Reach {
    last: Option<Glyph>,
    across: (f32, f32),
}

impl Reach {
    fn holds(&self, glyph: &Glyph) -> bool {
        let Some(last) = &self.last else { return false };
        if glyph.generated {
            return true;
        }
        let size = last.size.max(glyph.size);
        let gap = along(glyph).0 - along(last).1;
        last.direction == glyph.direction
            && gap < size * PIECE_GAP
            && gap > -(size * STEP_BACK).max(along(last).1 - along(last).0)
            && self.shares_height(glyph)
    }

    fn shares_height(&self, glyph: &Glyph) -> bool {
        let (low, high) = across(glyph);
        let shared = high.min(self.across.1) - low.max(self.across.0);
        let smaller = (high - low).min(self.across.1 - self.across.0);
        smaller <= 0.0 || shared >= smaller * SAME_LINE_OVERLAP
    }

    fn grow(&mut self, glyph: &Glyph) {
        if glyph.generated {
            return;
        }
        // The largest glyph stands for the line, so that a superscript's superscript stays on it.
        let (low, high) = across(glyph);
        if self.last.is_none() || high - low >= (self.across.1 - self.across.0) * 0.9 {
            self.across = (low, high);
        }
        self.last = Some(*glyph);
    }
}

/// Start and end in the direction of reading, growing as one reads.
pub(crate) fn along(glyph: &Glyph) -> (f32, f32) {
    extent(glyph.rect, glyph.direction)
}

/// Start and end of a box in a direction of reading.
pub(crate) fn extent(rect: Rect, direction: Direction) -> (f32, f32) {
    match direction {
        Direction::Right => (rect.x0, rect.x1),
        Direction::Left => (-rect.x1, -rect.x0),
        Direction::Down => (rect.y0, rect.y1),
        Direction::Up => (-rect.y1, -rect.y0),
    }
}

fn across(glyph: &Glyph) -> (f32, f32) {
    if glyph.direction.is_vertical() {
        (glyph.rect.x0, glyph.rect.x1)
    } else {
        (glyph.rect.y0, glyph.rect.y1)
    }
}

impl TextLine {
    /// A line of these glyphs with its spaces put right; `None` if nothing of it is visible.
    pub(crate) fn new(glyphs: Vec<Glyph>) -> Option<Self> {
        let glyphs = spread::close_up(space_out(glyphs));
        let direction = glyphs.first()?.direction;
        let rect = glyphs.iter().map(|g| g.rect).reduce(Rect::union)?;
        let bold = glyphs.iter().filter(|g| g.bold).count() * 2 > glyphs.len();
        let (size, face) = (common_size(&glyphs), common_face(&glyphs));
        Some(Self {
            glyphs,
            rect,
            direction,
            size,
            bold,
            face,
            cells: 1,
            goes_on: false,
            table: None,
        })
    }

    /// What stands for a table while the order of a page is found; `None` for one without text.
    pub(crate) fn of_table(table: TableDraft) -> Option<Self> {
        let lines = || table.cells.iter().flat_map(|cell| &cell.lines);
        let rect = lines().map(|l| l.rect).reduce(Rect::union)?;
        let size = lines().next()?.size;
        let direction = Direction::Right;
        let stand_in = Glyph { c: '\u{FFFC}', rect, direction, size, ..Glyph::default() };
        let table = Some(Box::new(table));
        let glyphs = vec![stand_in];
        Some(Self {
            glyphs,
            rect,
            direction,
            size,
            bold: false,
            face: 0,
            cells: 1,
            goes_on: false,
            table,
        })
    }

    /// Pieces of one row as one line, with a space where they are apart.
    pub(crate) fn join(mut row: Vec<Self>) -> Option<Self> {
        if row.len() == 1 {
            return row.pop();
        }
        let first = row.first()?;
        let (direction, mut cells, bold) =
            (first.direction, first.cells, row.iter().all(|l| l.bold));
        let mut glyphs: Vec<Glyph> =
            Vec::with_capacity(row.iter().map(|l| l.glyphs.len() + 1).sum());
        for piece in row {
            if let (Some(last), Some(first)) = (glyphs.last().copied(), piece.glyphs.first()) {
                let gap = along(first).0 - along(&last).1;
                cells += usize::from(gap > CELL_GAP * last.size);
                glyphs.extend((gap > WORD_GAP * last.size).then(|| between(&last, first)));
            }
            glyphs.extend(piece.glyphs);
        }
        let glyphs = spread::close_up(glyphs);
        let rect = glyphs.iter().map(|g| g.rect).reduce(Rect::union)?;
        let (size, face) = (common_size(&glyphs), common_face(&glyphs));
        Some(Self { glyphs, rect, direction, size, bold, face, cells, goes_on: false, table: None })
    }

    /// Its characters.
    pub(crate) fn text(&self) -> String {
        bidi::to_logical(&self.glyphs).iter().map(|g| g.c).collect()
    }

    /// How sure its recognised characters are on average, in hundredths; nothing where there is none.
    pub(crate) fn confidence(&self) -> Option<u8> {
        let known = self.glyphs.iter().filter_map(|g| g.confidence).map(usize::from);
        let (count, sum) = known.fold((0, 0), |(count, sum), sure| (count + 1, sum + sure));
        (count > 0).then(|| (sum / count) as u8)
    }

    /// Visible characters.
    pub(crate) fn ink(&self) -> usize {
        self.glyphs.iter().filter(|g| !g.is_space()).count()
    }

    /// Where its characters stand across the direction of reading; grows from line to line.
    pub(crate) fn baseline(&self) -> f32 {
        match self.direction {
            Direction::Right => self.rect.y1,
            Direction::Left => -self.rect.y0,
            Direction::Down => -self.rect.x0,
            Direction::Up => self.rect.x1,
        }
    }
}

/// Whether a piece goes on in the row of the one before it.
pub(crate) fn on_one_row(this: &TextLine, next: &TextLine) -> bool {
    let (a, b) = (this.rect, next.rect);
    let (shared, smaller) = if this.direction.is_vertical() {
        (a.overlap_x(b), a.width().min(b.width()))
    } else {
        (a.overlap_y(b), a.height().min(b.height()))
    };
    let gap = extent(b, next.direction).0 - extent(a, this.direction).1;
    let text = this.table.is_none() && next.table.is_none();
    text && this.direction == next.direction && shared > smaller * 0.5 && gap >= this.size * -0.5
}

/// Pieces of one cell as lines from top to bottom, whatever order the file has them in.
pub(crate) fn in_rows(mut pieces: Vec<TextLine>) -> Vec<TextLine> {
    let ordered = pieces.windows(2).all(|w| w[1].rect.centre().1 > w[0].rect.y0);
    if !ordered {
        pieces.sort_by(|a, b| a.rect.centre().1.total_cmp(&b.rect.centre().1));
    }
    let mut rows: Vec<Vec<TextLine>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let same = |last: &TextLine| {
            let shared = last.rect.overlap_y(piece.rect);
            shared > last.rect.height().min(piece.rect.height()) * 0.5
        };
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(same) => row.push(piece),
            _ => rows.push(vec![piece]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    }
    rows.into_iter().filter_map(TextLine::join).collect()
}

/// The size that most visible glyphs have; sizes are told apart by tenths of a point.
pub(crate) fn common_size(glyphs: &[Glyph]) -> f32 {
    commonest(glyphs, |g| (g.size * 10.0).round() as i32).map_or(1.0, |tenths| tenths as f32 / 10.0)
}

fn common_face(glyphs: &[Glyph]) -> u32 {
    commonest(glyphs, |g| g.face).unwrap_or(0)
}

/// What most visible glyphs share.
fn commonest<T: Ord + Copy>(glyphs: &[Glyph], of: impl Fn(&Glyph) -> T) -> Option<T> {
    let mut all: Vec<T> = glyphs.iter().filter(|g| !g.is_space()).map(of).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map(|run| run[0])
}

/// One space where words are apart, none where they are not, none at either end. A typed space
/// stays, one PDFium guessed has to be as wide as a space.
fn space_out(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let guessed = least_guessed(&glyphs);
    let mut spaced: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut pending: Option<Glyph> = None;
    for glyph in glyphs {
        if glyph.is_space() {
            pending = Some(wider_claim(pending, glyph));
            continue;
        }
        if let Some(last) = spaced.last().copied() {
            spaced.extend(space_between(&last, pending, &glyph, guessed));
        }
        pending = None;
        spaced.push(glyph);
    }
    spaced
}

fn wider_claim(pending: Option<Glyph>, glyph: Glyph) -> Glyph {
    match pending {
        Some(typed) if !typed.generated => typed,
        _ => glyph,
    }
}

/// The gap, in font sizes, from which on a space that PDFium guessed between Latin letters is one. Lines that are
/// set tight have narrow ones, so that it is told from the gaps within the words of the line.
fn least_guessed(glyphs: &[Glyph]) -> f32 {
    let is_letter = |g: &Glyph| g.c.is_alphanumeric() && !is_cjk(g.c);
    let beside = glyphs.windows(2).filter(|pair| pair.iter().all(is_letter));
    let mut gaps: Vec<f32> =
        beside.map(|pair| (along(&pair[1]).0 - along(&pair[0]).1) / pair[0].size).collect();
    if gaps.len() < LEAST_GAPS {
        return GUESSED;
    }
    gaps.sort_unstable_by(f32::total_cmp);
    let widest = gaps[gaps.len() - 1 - gaps.len() / 20];
    (widest + BEYOND).clamp(NARROWEST, GUESSED)
}

fn space_between(
    last: &Glyph,
    pending: Option<Glyph>,
    next: &Glyph,
    guessed: f32,
) -> Option<Glyph> {
    let gap = along(next).0 - along(last).1;
    let size = last.size.max(next.size);
    let wanted = match pending {
        Some(space) if !space.generated => true,
        Some(space) if !is_cjk(last.c) && !is_cjk(next.c) => {
            let origin = along(&space).0.min(along(next).1);
            gap.max(origin - along(last).1) > guessed * size
        }
        Some(_) => gap > least_gap(last.c, next.c) * size * 0.8,
        None => gap > least_gap(last.c, next.c) * size,
    };
    wanted.then(|| between(last, next))
}

/// The gap, in font sizes, from which on two characters are apart.
fn least_gap(last: char, next: char) -> f32 {
    match (is_cjk(last), is_cjk(next)) {
        (false, false) => WORD_GAP,
        (true, true) => 0.8,
        _ => CJK_WORD_GAP,
    }
}

/// A space that fills the gap between two glyphs, and is nowhere wider.
fn between(last: &Glyph, next: &Glyph) -> Glyph {
    let (from, to) = (along(last).1, along(next).0);
    let (low, high) = if from <= to { (from, to) } else { (from, from) };
    let rect = match last.direction {
        Direction::Right => Rect { x0: low, x1: high, ..last.rect },
        Direction::Left => Rect { x0: -high, x1: -low, ..last.rect },
        Direction::Down => Rect { y0: low, y1: high, ..last.rect },
        Direction::Up => Rect { y0: -high, y1: -low, ..last.rect },
    };
    Glyph { c: ' ', rect, generated: true, ..*last }
}

/// Chinese written from top to bottom comes as pieces of one character under one another.
fn stack_vertical(lines: Vec<TextLine>) -> Vec<TextLine> {
    let shortest = if upright::is_upright(&lines) { 2 } else { SHORTEST_STACK };
    let mut stacked: Vec<TextLine> = Vec::with_capacity(lines.len());
    let mut run: Vec<TextLine> = Vec::new();
    for line in lines {
        if !run.last().is_none_or(|above| stands_under(above, &line)) {
            finish_stack(&mut run, &mut stacked, shortest);
        }
        run.push(line);
    }
    finish_stack(&mut run, &mut stacked, shortest);
    stacked
}

/// Fewer characters under one another may be a list of numbers, but where all is written so.
const SHORTEST_STACK: usize = 4;

fn finish_stack(run: &mut Vec<TextLine>, stacked: &mut Vec<TextLine>, shortest: usize) {
    let pieces = std::mem::take(run);
    let all_single_cjk = pieces.iter().all(|l| l.glyphs.len() == 1 && is_cjk(l.glyphs[0].c));
    if pieces.len() < shortest || !all_single_cjk {
        stacked.extend(pieces);
        return;
    }
    let turned = |g: Glyph| Glyph { direction: Direction::Down, ..g };
    let glyphs = pieces.into_iter().flat_map(|l| l.glyphs).map(turned).collect();
    stacked.extend(TextLine::new(glyphs));
}

fn stands_under(above: &TextLine, below: &TextLine) -> bool {
    let step = below.rect.y0 - above.rect.y0;
    above.direction == Direction::Right
        && above.rect.overlap_x(below.rect) > above.rect.width() * 0.6
        && step > above.size * 0.7
        && step < above.size * 1.6
}
