//! Characters that stand raised or lowered beside others: a mark of a note, a power, an index. Written as
//! plain digits they would make another number of the one beside them. The same for every kind of file.

use crate::text::is_cjk;

/// What raised characters are written as, after what stands before them and before what follows at once.
///
/// `[4]` for the mark of a note, `^6` for a power of a number, `²` beside a letter or a bracket; anything
/// that holds no number stays as it is. What comes out holds the characters of `mark` in their order,
/// perhaps as their raised forms, and brackets or `^` put beside them.
pub fn raised(before: &str, mark: &str, after: &str) -> String {
    let mark = mark.trim();
    let inner = mark.trim_matches(['[', ']', '(', ')', '（', '）', '〔', '〕']);
    let is_signed = inner.strip_prefix(['-', '−', '+']).is_some_and(is_digits);
    let last = before.trim_end().chars().next_back();
    match last {
        _ if mark.is_empty() => String::new(),
        _ if !is_numbers(inner) && !is_signed => mark.to_owned(),
        // `[6]` is already told apart.
        _ if inner != mark && !is_signed => mark.to_owned(),
        // The upper number of `5 1/2`.
        Some(c) if c.is_ascii_digit() && after.starts_with(['/', '⁄']) => format!(" {inner}"),
        Some(c) if c.is_ascii_digit() && (is_signed || is_ten(before)) => format!("^{inner}"),
        Some(_) if is_base(before.trim_end(), inner) => superscript(inner),
        Some('∑' | '∏' | '∫' | '√') => superscript(inner),
        _ if is_signed => format!("^{inner}"),
        // `¹⁴C`, though at the start of a block it is a note: `¹Including …`.
        Some(_) if stands_apart(before) && after.starts_with(is_letter) => superscript(inner),
        _ => format!("[{inner}]"),
    }
}

/// What lowered characters are written as: digits beside a digit as lowered ones, everything else as it is.
pub fn lowered(before: &str, mark: &str, after: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || plain(c).is_some();
    let beside = before.ends_with(is_digit) || after.starts_with(is_digit);
    if !beside || !mark.chars().any(|c| c.is_ascii_digit()) {
        return mark.to_owned();
    }
    mark.chars().map(subscript).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// `4`, and the marks of several notes: `1,3` or `2–5`.
fn is_numbers(text: &str) -> bool {
    let is_mark = |c: char| c.is_ascii_digit() || matches!(c, ',' | '，' | '、' | '-' | '–' | ' ');
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.chars().all(is_mark)
}

/// A unit, a variable, a bracketed term: what is raised to a power. After a word stands a note.
fn is_base(before: &str, power: &str) -> bool {
    let word = before.chars().rev().take_while(|c| is_letter(*c)).take(4).count();
    let is_power = match power.len() {
        1 => true,
        2 => power.starts_with(['-', '+']),
        _ => power.starts_with('−') && power.chars().count() == 2,
    };
    is_power
        && match word {
            0 => before.ends_with([')', ']', '|']),
            1 => true,
            2 | 3 => power.ends_with(['2', '3']) || power.len() > 1,
            _ => false,
        }
}

/// A letter of a script that variables and units are written in.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_cjk(c)
}

fn stands_apart(before: &str) -> bool {
    before.ends_with(char::is_whitespace)
}

/// Powers of ten are what numbers are mostly raised to; after any other number stands a note.
fn is_ten(before: &str) -> bool {
    let number =
        before.trim_end().rsplit(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    number.into_iter().next() == Some("10")
}

fn superscript(text: &str) -> String {
    text.chars().map(superscript_of).collect()
}

/// A digit or sign as Unicode has it raised: `m²`.
fn superscript_of(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32('⁰' as u32 + (c as u32 - '0' as u32)).unwrap_or(c),
        '-' | '−' => '⁻',
        '+' => '⁺',
        c => c,
    }
}

/// The digit or sign that a raised or lowered one stands for.
pub fn plain(c: char) -> Option<char> {
    ('0'..='9')
        .chain(['-', '−', '+'])
        .find(|plain| [superscript_of(*plain), subscript(*plain)].contains(&c))
}

/// A digit as Unicode has it lowered.
fn subscript(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32('₀' as u32 + (c as u32 - '0' as u32)).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_powers_and_endings_are_told_apart() {
        for (before, mark, after, expected) in [
            ("shipped 18,500", "4", " units", "[4]"),
            ("rose to 37", "5", "", "[5]"),
            ("rose to 37", "5, 6", "", "[5, 6]"),
            ("as shown", "2–5", ".", "[2–5]"),
            ("fell by 10", "6", "", "^6"),
            ("2 × 10", "-3", "", "^-3"),
            ("over 250 m", "2", "", "²"),
            ("per m", "-2", "", "⁻²"),
            ("(a + b)", "2", "", "²"),
            ("σ", "2", "", "²"),
            ("million euro.", "[6]", "", "[6]"),
            ("依据第十二条", "3", "", "[3]"),
            ("500", "2", "", "[2]"),
            ("the 5", "th", "", "th"),
            ("word.", "12", "", "[12]"),
            ("x", "12", "", "[12]"),
            ("", "1", "Including", "[1]"),
            ("the revenue", "2", " of", "[2]"),
            ("在什么地方 ", "8", "的", "[8]"),
            ("𝑥", "2", "+", "²"),
            ("10 km", "2", "", "²"),
            ("see cf", "7", "", "[7]"),
            ("dated by ", "14", "C", "¹⁴"),
            ("5", "1", "/2", " 1"),
        ] {
            assert_eq!(raised(before, mark, after), expected, "{before}{mark}{after}");
        }
    }

    #[test]
    fn an_index_beside_a_number_is_no_part_of_it() {
        for (before, mark, after, expected) in [
            ("CO", "2", " is", "2"),
            ("log", "10", "5", "₁₀"),
            ("x", "i", "5", "i"),
            ("5", "2", "", "₂"),
        ] {
            assert_eq!(lowered(before, mark, after), expected, "{before}{mark}{after}");
        }
    }
}
