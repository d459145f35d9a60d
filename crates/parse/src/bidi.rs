//! Hebrew and Arabic among text that runs from left to right. Layout works on what is seen, from left
//! to right; what is written down runs in the order it is read. PDFium hands such lines over in the
//! order of reading, more or less, so they are put in order of sight first and of reading last.
//!
//! The rules are those of Unicode's bidirectional algorithm (UAX #9) turned around, as far as a line
//! needs them: words of either direction, numbers, marks over letters. Embeddings cannot be seen.

use crate::frame::Direction;
use crate::glyph::Glyph;

/// What a character does to the direction of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Left,
    Right,
    Number,
    /// Stands over or under the character before it.
    Mark,
    Neutral,
}

fn class(c: char) -> Class {
    match u32::from(c) {
        0x300..=0x36F
        | 0x591..=0x5BD
        | 0x5BF
        | 0x5C1..=0x5C2
        | 0x5C4..=0x5C5
        | 0x5C7
        | 0x610..=0x61A
        | 0x64B..=0x65F
        | 0x670
        | 0x6D6..=0x6DC
        | 0x6DF..=0x6E4
        | 0x6E7..=0x6E8
        | 0x6EA..=0x6ED => Class::Mark,
        0x660..=0x669 | 0x6F0..=0x6F9 => Class::Number,
        0x590..=0x8FF
        | 0xFB1D..=0xFDFF
        | 0xFE70..=0xFEFE
        | 0x10800..=0x10FFF
        | 0x1E800..=0x1EFFF => Class::Right,
        _ if c.is_ascii_digit() => Class::Number,
        _ if c.is_alphabetic() => Class::Left,
        _ => Class::Neutral,
    }
}

/// Whether a character is written from right to left.
pub(crate) fn is_right_to_left(c: char) -> bool {
    class(c) == Class::Right
}

/// Puts rows that hold such letters in the order they are seen, from left to right.
pub(crate) fn to_visual(glyphs: &mut Vec<Glyph>) {
    if !glyphs.iter().any(|glyph| is_right_to_left(glyph.c)) {
        return;
    }
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs.drain(..) {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| on_one_row(last, &glyph)) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    glyphs.extend(rows.into_iter().flat_map(row_as_seen));
}

fn on_one_row(last: &Glyph, next: &Glyph) -> bool {
    let shared = last.rect.overlap_y(next.rect);
    last.direction == Direction::Right
        && next.direction == Direction::Right
        && shared > last.rect.height().min(next.rect.height()) * 0.5
}

fn row_as_seen(row: Vec<Glyph>) -> Vec<Glyph> {
    if !row.iter().any(|glyph| is_right_to_left(glyph.c)) {
        return row;
    }
    // Where a gap was guessed is told by the boxes on both sides, which are other ones now.
    let placed = row.into_iter().filter(|glyph| !glyph.generated);
    let mut clusters: Vec<Vec<Glyph>> = Vec::new();
    for glyph in placed {
        match clusters.last_mut() {
            Some(cluster) if class(glyph.c) == Class::Mark => cluster.push(glyph),
            _ => clusters.push(vec![glyph]),
        }
    }
    clusters.sort_by(|a, b| a[0].rect.x0.total_cmp(&b[0].rect.x0));
    clusters.into_iter().flatten().collect()
}

/// The glyphs of a line that is in the order it is seen, in the order they are read.
pub(crate) fn to_logical(line: &[Glyph]) -> Vec<Glyph> {
    let letters = |class_of| line.iter().filter(|g| class(g.c) == class_of).count();
    let (left, right) = (letters(Class::Left), letters(Class::Right));
    if right == 0 {
        return line.to_vec();
    }
    let mut read = Vec::with_capacity(line.len());
    if right >= left {
        for run in runs(line, Class::Left).into_iter().rev() {
            read.extend(if run.whole { run.glyphs.to_vec() } else { reversed(run.glyphs) });
        }
    } else {
        for run in runs(line, Class::Right) {
            read.extend(if run.whole { to_logical(run.glyphs) } else { run.glyphs.to_vec() });
        }
    }
    read
}

/// A stretch of a line: one that runs against the line as a `whole`, or anything between.
struct Run<'a> {
    whole: bool,
    glyphs: &'a [Glyph],
}

/// Cuts a line into the stretches of a direction and what lies between. A stretch begins and ends
/// with a letter or number; what is neutral inside belongs to it once it has a letter.
fn runs(line: &[Glyph], direction: Class) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let (mut done, mut at) = (0, 0);
    while at < line.len() {
        let end = at + stretch(&line[at..], direction);
        if end > at {
            if at > done {
                runs.push(Run { whole: false, glyphs: &line[done..at] });
            }
            runs.push(Run { whole: true, glyphs: &line[at..end] });
            done = end;
        }
        at = end.max(at + 1);
    }
    if done < line.len() {
        runs.push(Run { whole: false, glyphs: &line[done..] });
    }
    runs
}

/// How long the stretch is that begins here; 0 if none does.
fn stretch(line: &[Glyph], direction: Class) -> usize {
    let numbers = direction == Class::Left;
    let (mut end, mut has_letter) = (0, false);
    for (index, glyph) in line.iter().enumerate() {
        match class(glyph.c) {
            found if found == direction => (end, has_letter) = (index + 1, true),
            Class::Number if numbers || has_letter => end = if numbers { index + 1 } else { end },
            Class::Mark if end == index && end > 0 => end = index + 1,
            // `1937` and `3.14` are numbers; two numbers with a space between are two.
            Class::Neutral if has_letter || (end == index && end > 0 && !glyph.is_space()) => {}
            _ => break,
        }
    }
    end
}

/// Backwards, but a mark stays behind its letter.
fn reversed(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut read = Vec::with_capacity(glyphs.len());
    let mut end = glyphs.len();
    for start in (0..glyphs.len()).rev() {
        if class(glyphs[start].c) != Class::Mark || start == 0 {
            read.extend_from_slice(&glyphs[start..end]);
            end = start;
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;

    /// Set from left to right as seen, a point a character.
    fn seen(text: &str) -> Vec<Glyph> {
        let glyph = |(at, c): (usize, char)| {
            let rect = Rect::new(at as f32, 0.0, at as f32 + 1.0, 1.0);
            Glyph { c, rect, size: 1.0, ..Glyph::default() }
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn text(glyphs: &[Glyph]) -> String {
        glyphs.iter().map(|glyph| glyph.c).collect()
    }

    /// As seen, from left to right, and as read. Letters are named by their code points, since
    /// editors show them in an order of their own.
    fn check(as_seen: &str, as_read: &str) {
        assert_eq!(text(&to_logical(&seen(as_seen))), as_read);
        let mut glyphs = to_logical(&seen(as_seen));
        to_visual(&mut glyphs);
        assert_eq!(text(&glyphs), as_seen);
    }

    const ALEF: char = '\u{5D0}';
    const BET: char = '\u{5D1}';
    const GIMEL: char = '\u{5D2}';

    #[test]
    fn a_line_without_such_letters_stays() {
        check("Yinju 1937, p. 4", "Yinju 1937, p. 4");
        check("守塔人 1937", "守塔人 1937");
    }

    #[test]
    fn letters_turn_and_numbers_do_not() {
        check(&format!("{BET}{ALEF}"), &format!("{ALEF}{BET}"));
        check(&format!("{GIMEL} 1937 {BET}{ALEF}"), &format!("{ALEF}{BET} 1937 {GIMEL}"));
        check(&format!("{GIMEL} 12 3.14 {ALEF}"), &format!("{ALEF} 3.14 12 {GIMEL}"));
        check(&format!(".{BET}{ALEF}"), &format!("{ALEF}{BET}."));
    }

    #[test]
    fn a_foreign_word_keeps_its_order() {
        let read = format!("{ALEF}{BET}{GIMEL}{GIMEL}{ALEF} Yinju 2 {BET}{ALEF}");
        check(&format!("{ALEF}{BET} Yinju 2 {ALEF}{GIMEL}{GIMEL}{BET}{ALEF}"), &read);
        let read = format!("The word {ALEF}{BET} {GIMEL} means father.");
        check(&format!("The word {GIMEL} {BET}{ALEF} means father."), &read);
    }

    #[test]
    fn a_mark_stays_behind_its_letter() {
        check(&format!("{BET}{ALEF}\u{5B8}"), &format!("{ALEF}\u{5B8}{BET}"));
    }
}
