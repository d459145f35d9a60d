//! A text of which Markdown sees only what is meant for it. Every character stands for one character, so
//! that places are those of the text.

use std::ops::Range;
use yinju_core::CharRange;
use yinju_core::text::byte_of_char;

/// Stand around a marker's number.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';
/// From here on, ASCII characters that are themselves and no signs.
const LITERAL: u32 = 0xE100;

/// What is parsed, and where each of its characters begins.
pub(super) struct Guarded {
    pub text: String,
    starts: Vec<usize>,
}

impl Guarded {
    /// The character a byte belongs to, by its index.
    pub fn char_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start < byte)
    }

    pub fn chars(&self, range: &Range<usize>) -> CharRange {
        CharRange::new(self.char_at(range.start), self.char_at(range.end))
    }

    /// A range of this text's bytes as bytes of the text it was made from.
    pub fn bytes(&self, text: &str, range: &Range<usize>) -> Range<usize> {
        byte_of_char(text, self.char_at(range.start))..byte_of_char(text, self.char_at(range.end))
    }
}

/// Markers of citations and whatever is no Markdown, guarded.
pub(super) fn guarded(
    text: &str,
    is_marker: &dyn Fn(u32) -> bool,
    quoted: &[CharRange],
) -> Guarded {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    while out.len() < chars.len() {
        let at = out.len();
        if let Some(end) = marker_end(&chars, at, is_marker) {
            out.push(OPEN);
            out.extend(&chars[at + 1..end - 1]);
            out.push(CLOSE);
            continue;
        }
        let sentence = quoted.iter().find(|r| (r.start..r.end).contains(&(at as u32)));
        let is_literal = match sentence {
            Some(range) => is_sign(&chars, at, range.start as usize),
            None => is_stray(&chars, at),
        };
        out.push(match chars[at] {
            c if is_literal => char::from_u32(LITERAL + c as u32).unwrap_or(c),
            '\u{E000}'..='\u{E1FF}' => '\u{FFFD}',
            c => c,
        });
    }
    let text: String = out.iter().collect();
    let starts = text.char_indices().map(|(byte, _)| byte).collect();
    Guarded { text, starts }
}

fn marker_end(chars: &[char], at: usize, is_marker: &dyn Fn(u32) -> bool) -> Option<usize> {
    let rest = chars[at..].strip_prefix(&['['])?;
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let number: String = rest[..digits].iter().collect();
    let closes = rest.get(digits) == Some(&']');
    (closes && is_marker(number.parse().ok()?)).then_some(at + digits + 2)
}

/// Whether a character of a quotation would be a sign of Markdown. A bar after a backslash is already
/// written as one of its letters.
fn is_sign(chars: &[char], at: usize, start: usize) -> bool {
    let before = at.checked_sub(1).map(|before| chars[before]);
    match chars[at] {
        '\\' => chars.get(at + 1) != Some(&'|'),
        '|' => before != Some('\\'),
        '.' | ')' => at > start && chars[start..at].iter().all(char::is_ascii_digit),
        c => "`*_[]<>#&~!=+-".contains(c),
    }
}

/// Whether a character is no sign although Markdown takes it for one: `3~5 and 6~8` strikes nothing out,
/// and `2*3*4` is a product.
fn is_stray(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| chars[before]);
    let after = chars.get(at + 1).copied();
    match chars[at] {
        '~' => before != Some('~') && after != Some('~'),
        '*' => {
            before.is_some_and(|c| c.is_ascii_alphanumeric())
                && after.is_some_and(|c| c.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

/// Text as it was written.
pub(super) fn unguarded(text: &str) -> String {
    text.chars().map(letter).collect()
}

fn letter(c: char) -> char {
    match c {
        OPEN => '[',
        CLOSE => ']',
        '\u{E100}'..='\u{E1FF}' => char::from_u32(c as u32 - LITERAL).unwrap_or(c),
        c => c,
    }
}

/// Characters before the next marker, its number, and the characters the marker takes.
pub(super) fn next_marker(text: &[char]) -> Option<(usize, u32, usize)> {
    let at = text.iter().position(|c| *c == OPEN)?;
    let close = text[at..].iter().position(|c| *c == CLOSE)?;
    let number: String = text[at + 1..at + close].iter().collect();
    Some((at, number.parse().ok()?, close + 1))
}
