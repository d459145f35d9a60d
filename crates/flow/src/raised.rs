//! Characters that stand raised beside others: a mark of a note, a power, an ending. Written as plain digits
//! they would make another number of the one before them.

/// What raised characters are written as, after what stands before them.
pub(crate) fn raised(before: &str, mark: &str) -> String {
    let mark = mark.trim();
    let inner = mark.trim_matches(['[', ']', '(', ')', '（', '）', '〔', '〕']);
    let is_number = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_digit());
    let is_signed = inner.strip_prefix(['-', '−', '+']).is_some_and(is_digits);
    let last = before.trim_end().chars().next_back();
    match last {
        _ if mark.is_empty() => String::new(),
        _ if !is_number && !is_signed => mark.to_owned(),
        // `[6]` is already told apart.
        _ if is_number && inner != mark => mark.to_owned(),
        Some(c) if c.is_ascii_digit() && (is_signed || is_ten(before)) => format!("^{inner}"),
        Some(c) if c.is_ascii_alphabetic() && (is_signed || inner.len() == 1) => {
            inner.chars().map(superscript).collect()
        }
        _ if is_signed => format!("^{inner}"),
        _ => format!("[{inner}]"),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// Powers of ten are what numbers are mostly raised to; after any other number stands a note.
fn is_ten(before: &str) -> bool {
    let number =
        before.trim_end().rsplit(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
    number.into_iter().next() == Some("10")
}

/// A digit of a unit or a variable, as Unicode has it: `m²`.
fn superscript(c: char) -> char {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_powers_and_endings_are_told_apart() {
        for (before, mark, expected) in [
            ("shipped 18,500", "4", "[4]"),
            ("rose to 37", "5", "[5]"),
            ("fell by 10", "6", "^6"),
            ("2 × 10", "-3", "^-3"),
            ("over 250 m", "2", "²"),
            ("per m", "-2", "⁻²"),
            ("million euro.", "[6]", "[6]"),
            ("依据第十二条", "3", "[3]"),
            ("500", "2", "[2]"),
            ("the 5", "th", "th"),
            ("word.", "12", "[12]"),
            ("x", "12", "[12]"),
            ("", "1", "[1]"),
        ] {
            assert_eq!(raised(before, mark), expected, "{before}{mark}");
        }
    }
}
