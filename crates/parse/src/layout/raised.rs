//! Digits that stand raised or lowered beside others, written so that no number takes them for its own.
//!
//! By size and by the line they stand on alone; what each is written as is the same for every kind of
//! file (`yinju_core::raised`). Done last: what else is found on a page is found by how it looks.

use super::blocks::Paragraph;
use super::lines::{TextLine, along};
use crate::bidi;
use crate::frame::Direction;
use crate::glyph::Glyph;
use yinju_core::raised;

/// Raised and lowered characters are at most this many times the size of those beside them …
const SMALLER: f32 = 0.83;
/// … and stand this many of the larger font sizes over their line, or under it.
const LIFT: (f32, f32) = (0.12, 1.0);
/// Browsers set them hardly smaller, but higher.
const HARDLY_SMALLER: f32 = 0.93;
const HIGHER: f32 = 0.25;
const DROP: f32 = 0.06;

/// Tells the raised and lowered digits of a page's blocks from the others.
pub(crate) fn tell_apart(paragraphs: &mut [Paragraph]) {
    paragraphs.iter_mut().flat_map(Paragraph::every_line).for_each(tell_apart_in_line);
}

fn tell_apart_in_line(line: &mut TextLine) {
    let digits = || line.glyphs.iter().any(|g| g.c.is_ascii_digit());
    let right_to_left = || line.glyphs.iter().any(|g| bidi::is_right_to_left(g.c));
    if line.table.is_some() || !digits() || right_to_left() {
        return;
    }
    let runs = runs(&line.glyphs);
    if runs.len() < 2 {
        return;
    }
    let mut written: Vec<Glyph> = Vec::with_capacity(line.glyphs.len() + runs.len());
    for (at, run) in runs.iter().enumerate() {
        let before: String = written.iter().map(|g| g.c).collect();
        let after: String = runs[at + 1..].iter().flat_map(|run| run.glyphs).map(|g| g.c).collect();
        let mark: String = run.glyphs.iter().map(|g| g.c).collect();
        let text = match run.place {
            Place::OnLine => mark,
            Place::Raised => raised::raised(&before, &mark, &after),
            Place::Lowered => raised::lowered(&before, &mark, &after),
        };
        write(&mut written, run.glyphs, &text);
    }
    line.glyphs = written;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    OnLine,
    Raised,
    Lowered,
}

/// Neighbouring characters that stand alike.
struct Run<'a> {
    place: Place,
    glyphs: &'a [Glyph],
}

fn runs(glyphs: &[Glyph]) -> Vec<Run<'_>> {
    let mut places: Vec<Place> = Vec::with_capacity(glyphs.len());
    let mut beside = glyphs.iter().find(|g| !g.is_space() && is_of_line(g, glyphs)).copied();
    for glyph in glyphs {
        let place = match &beside {
            Some(beside) if !glyph.is_space() => place(glyph, beside),
            _ => Place::OnLine,
        };
        if place == Place::OnLine && !glyph.is_space() {
            beside = Some(*glyph);
        }
        places.push(place);
    }
    let mut runs = Vec::new();
    let mut start = 0;
    for end in 1..=glyphs.len() {
        if end == glyphs.len() || places[end] != places[start] {
            runs.push(Run { place: places[start], glyphs: &glyphs[start..end] });
            start = end;
        }
    }
    runs
}

/// Whether a character is as large as those of its line mostly are.
fn is_of_line(glyph: &Glyph, glyphs: &[Glyph]) -> bool {
    let largest = glyphs.iter().map(|g| g.size).fold(0.0, f32::max);
    glyph.size > largest * SMALLER
}

fn place(glyph: &Glyph, beside: &Glyph) -> Place {
    let lift = beside.foot() - glyph.foot();
    let (least, most) = LIFT;
    let largest = if lift > beside.size * HIGHER { HARDLY_SMALLER } else { SMALLER };
    if glyph.size > beside.size * largest || glyph.direction != beside.direction {
        Place::OnLine
    } else if lift > beside.size * least && lift < beside.size * most {
        Place::Raised
    } else if lift < -beside.size * DROP {
        Place::Lowered
    } else {
        Place::OnLine
    }
}

/// Writes a run as `text`: its own characters keep their boxes, those put beside them have none.
fn write(written: &mut Vec<Glyph>, run: &[Glyph], text: &str) {
    let mut own = run.iter().peekable();
    for c in text.chars() {
        match own.next_if(|glyph| glyph.c == c || is_form_of(c, glyph.c)) {
            Some(glyph) => written.push(Glyph { c, ..*glyph }),
            None => written.extend(put_beside(c, own.peek().copied(), run)),
        }
    }
}

fn is_form_of(shown: char, c: char) -> bool {
    !shown.is_ascii() && raised::plain(shown) == Some(c)
}

/// A character without a box, before what comes next or after all of the run.
fn put_beside(c: char, next: Option<&Glyph>, run: &[Glyph]) -> Option<Glyph> {
    let beside = next.or(run.last())?;
    let (start, end) = along(beside);
    let at = if next.is_some() { start } else { end };
    let mut rect = beside.rect;
    match beside.direction {
        Direction::Right => (rect.x0, rect.x1) = (at, at),
        Direction::Left => (rect.x0, rect.x1) = (-at, -at),
        Direction::Down => (rect.y0, rect.y1) = (at, at),
        Direction::Up => (rect.y0, rect.y1) = (-at, -at),
    }
    Some(Glyph { c, rect, generated: true, ..*beside })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;

    /// Characters of size 10 on a line; those between `^` and `~` stand raised, those between `_` and
    /// `~` lowered, and are smaller.
    fn line(text: &str) -> TextLine {
        let (mut size, mut lift, mut x) = (10.0, 0.0, 0.0);
        let mut glyphs = Vec::new();
        for c in text.chars() {
            match c {
                '^' => (size, lift) = (6.0, 4.0),
                '_' => (size, lift) = (6.0, -2.0),
                '~' => (size, lift) = (10.0, 0.0),
                c => {
                    let foot = 100.0 - lift;
                    let rect = Rect::new(x, foot - size * 0.8, x + size / 2.0, foot + 2.0);
                    x += size / 2.0;
                    glyphs.push(Glyph { c, rect, size, descent: 2.0, ..Glyph::default() });
                }
            }
        }
        TextLine::new(glyphs).unwrap()
    }

    #[test]
    fn marks_and_powers_are_no_digits_of_a_number() {
        for (drawn, read) in [
            ("revenue of 4,560^1~ million", "revenue of 4,560[1] million"),
            ("some 10^6~ cycles", "some 10^6 cycles"),
            ("250 m^2~ of land", "250 m² of land"),
            ("at 10^-3~ mol", "at 10^-3 mol"),
            ("the 5^th~ of May", "the 5th of May"),
            ("^1~ Including all.", "[1] Including all."),
            ("as shown^1,3~.", "as shown[1,3]."),
            ("H_2~O", "H2O"),
            ("log_10~5", "log₁₀5"),
            ("in 2023", "in 2023"),
        ] {
            let mut line = line(drawn);
            tell_apart_in_line(&mut line);
            assert_eq!(line.text(), read);
        }
    }
}
