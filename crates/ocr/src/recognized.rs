//! What was read. Only nouns.

use std::ops::Range;

/// What stands on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognized {
    /// Quarter turns clockwise after which the page stands upright.
    pub turns: u8,
    /// How far lines then slope, in degrees clockwise.
    pub skew: f32,
    /// The lines, in no order.
    pub lines: Vec<RecognizedLine>,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct RecognizedLine {
    /// Its characters as read; never none.
    pub chars: Vec<RecognizedChar>,
    /// A rectangle around it in pixels of the image as it was given, at any angle: corners from that
    /// above the first character clockwise, as the line is read.
    pub quad: [[f32; 2]; 4],
    /// Mean confidence of its characters.
    pub confidence: f32,
}

/// A character of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecognizedChar {
    /// The character.
    pub character: char,
    /// Where it begins, as a share of the line's length.
    pub start: f32,
    /// Where it ends, likewise.
    pub end: f32,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
}

impl RecognizedLine {
    /// The characters as text.
    pub fn text(&self) -> String {
        self.chars.iter().map(|c| c.character).collect()
    }

    /// The rectangle around some of the characters; that of the line where there are none of these.
    pub fn quad_of(&self, range: Range<usize>) -> [[f32; 2]; 4] {
        let [Some(first), Some(last)] =
            self.chars.get(range).map_or([None, None], |part| [part.first(), part.last()])
        else {
            return self.quad;
        };
        let [a, b, c, d] = self.quad;
        let between = |a: [f32; 2], b: [f32; 2], share: f32| {
            [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
        };
        [
            between(a, b, first.start),
            between(a, b, last.end),
            between(d, c, last.end),
            between(d, c, first.start),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_line_has_a_part_of_its_rectangle() {
        let at = |i: u8| f32::from(i) / 4.0;
        let chars = (0..4).map(|i| RecognizedChar {
            character: char::from(b'a' + i),
            start: at(i),
            end: at(i + 1),
            confidence: 1.0,
        });
        let line = RecognizedLine {
            chars: chars.collect(),
            quad: [[0.0, 0.0], [8.0, 0.0], [8.0, 2.0], [0.0, 2.0]],
            confidence: 1.0,
        };
        assert_eq!(line.text(), "abcd");
        assert_eq!(line.quad_of(1..3), [[2.0, 0.0], [6.0, 0.0], [6.0, 2.0], [2.0, 2.0]]);
        assert_eq!(line.quad_of(3..9), line.quad);
        assert_eq!(line.quad_of(2..2), line.quad);
    }
}
