//! Counting and folding characters, the same way everywhere.

use crate::page::CharRange;

/// The part of `text` in a range of characters; shorter where the text ends before it.
pub fn slice_chars(text: &str, range: CharRange) -> &str {
    let start = byte_of_char(text, range.start as usize);
    let end = start + byte_of_char(&text[start..], range.len());
    &text[start..end]
}

/// The byte at which the `n`th character starts, or the text's length.
pub fn byte_of_char(text: &str, n: usize) -> usize {
    if text.is_ascii() {
        return n.min(text.len());
    }
    text.char_indices().nth(n).map_or(text.len(), |(byte, _)| byte)
}

/// White space folded away: the form in which a quotation is looked for on its page. Line breaks
/// of a page are not part of what it says, and Chinese text has no spaces to keep.
pub fn fold_whitespace(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether words stand in a text as they are. White space counts for nothing, but where it parts
/// digits: `3 6` is not `36`. Words begin and end where words of the text do: `possible` is not
/// said by `impossible`, nor `6 months` by `36 months`.
pub fn says(text: &str, words: &str) -> bool {
    let (text, words) = (letters(text), letters(words));
    if words.is_empty() {
        return false;
    }
    text.windows(words.len()).enumerate().any(|(start, there)| {
        let is_equal = |(i, (a, b)): (usize, (&Letter, &Letter))| {
            let parts_digits = i > 0 && a.is_digit() && there[i - 1].is_digit();
            a.c == b.c && (!parts_digits || a.follows == b.follows)
        };
        there.iter().zip(&words).enumerate().all(is_equal)
            && !cuts(&text, start)
            && !cuts(&text, start + words.len())
    })
}

/// A character that is not white space, and whether it follows another without any between them.
struct Letter {
    c: char,
    follows: bool,
}

impl Letter {
    fn is_digit(&self) -> bool {
        self.c.is_numeric()
    }

    fn is_of_a_word(&self) -> bool {
        self.c.is_alphabetic() && !is_cjk(self.c)
    }
}

fn letters(text: &str) -> Vec<Letter> {
    let mut follows = false;
    let mut letters = Vec::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() {
            letters.push(Letter { c, follows });
        }
        follows = !c.is_whitespace();
    }
    letters
}

/// Whether a cut before the character at `at` goes through a word or a number, whose sign and
/// separators are parts of it.
fn cuts(text: &[Letter], at: usize) -> bool {
    let joined = |at: usize| at > 0 && text.get(at).is_some_and(|letter| letter.follows);
    let digit = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(Letter::is_digit);
    if !joined(at) {
        return false;
    }
    let (before, after) = (&text[at - 1], &text[at]);
    let parts = |c: char| matches!(c, '.' | ',' | '\u{2019}' | '\'' | '/' | ':');
    let is_after_number = joined(at - 1) && digit(at.checked_sub(2));
    let is_sign = matches!(before.c, '-' | '\u{2212}' | '+')
        && !(joined(at - 1) && text[at - 2].c.is_alphanumeric());
    before.is_of_a_word() && after.is_of_a_word()
        || before.is_digit() && after.is_digit()
        || after.is_digit() && (is_sign || parts(before.c) && is_after_number)
        || before.is_digit() && parts(after.c) && joined(at + 1) && digit(Some(at + 1))
}

/// Lines joined to running text: a line break between two characters of a script without spaces
/// disappears, one inside a hyphenated word goes with its hyphen, any other becomes a space. What
/// people, encoders, postings and language models are given.
pub fn unwrap_lines(text: &str) -> String {
    let mut running = String::with_capacity(text.len());
    for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        let glued =
            running.chars().last().is_some_and(is_cjk) && line.chars().next().is_some_and(is_cjk);
        if is_hyphenated(&running, line) {
            running.pop();
        } else if is_compound(&running, line) {
            // `XJ-⏎900`
        } else if !running.is_empty() && !glued {
            running.push(' ');
        }
        running.push_str(line);
    }
    running
}

/// A page's text with each paragraph on one line.
pub fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(unwrap_lines).filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether a word is divided between two lines. A compound that happens to be divided at its own
/// hyphen looks the same and loses it; the other mistake is far more common.
fn is_hyphenated(before: &str, after: &str) -> bool {
    let Some(stem) = before.strip_suffix(['-', '\u{AD}', '\u{2010}']) else { return false };
    let stem: Vec<char> = stem.chars().rev().take(2).collect();
    let rest: Vec<char> = after.chars().take(2).collect();
    let word = |part: &[char]| part.len() == 2 && part.iter().all(|c| c.is_lowercase());
    word(&stem) && word(&rest)
}

/// Whether a hyphen at the end of a line stands within a number, a code or a name.
fn is_compound(before: &str, after: &str) -> bool {
    let of_word = |c: char| c.is_alphanumeric() && !is_cjk(c);
    let stem = before.strip_suffix(['-', '\u{2010}']);
    stem.is_some_and(|stem| stem.ends_with(of_word)) && after.starts_with(of_word)
}

/// Whether a character belongs to a script written without spaces (Chinese, Japanese, Korean
/// ideographs and syllables, and their punctuation).
pub fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3000..=0x30FF | 0x3100..=0x312F | 0x31A0..=0x31FF | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_a_text_whole() {
        let check = |text: &str, words: &str, expected: bool| {
            assert_eq!(says(text, words), expected, "{words} in {text}");
        };
        for (text, words) in [
            ("for 36 months\nfrom", "36 months from"),
            ("for 36\nmonths", "for36months"),
            ("保修期为 36 个月", "保修期为36个月"),
            ("保修期为36个月", "36"),
            ("the end.12 Next", "Next"),
            ("the end.12Next", "Next"),
            ("It is 3.6.", "3.6"),
            ("in 2019-2021", "2021"),
            ("x, y", "x"),
        ] {
            check(text, words, true);
        }
        for (text, words) in [
            ("for 36 months", "6 months"),
            ("for 36 months", "3 6 months"),
            ("rows 3 6", "36"),
            ("1,236 m", "236 m"),
            ("1,236 m", "1"),
            ("is 3.6 m", "is 3"),
            ("at −5 °C", "5 °C"),
            ("at -5 °C", "5 °C"),
            ("it is impossible", "possible"),
            ("it is possible", "it is poss"),
            ("anything", ""),
            ("a", "a longer text"),
        ] {
            check(text, words, false);
        }
    }

    #[test]
    fn slices_count_characters_not_bytes() {
        assert_eq!(slice_chars("引据 abc", CharRange::new(1, 4)), "据 a");
        assert_eq!(slice_chars("引据", CharRange::new(1, 9)), "据");
        assert_eq!(slice_chars("abc", CharRange::new(5, 9)), "");
    }

    #[test]
    fn unwrapping_glues_chinese_and_spaces_latin() {
        assert_eq!(
            unwrap_lines("引据是一\n个程序\n\nfor PDF\nfiles"),
            "引据是一个程序 for PDF files"
        );
    }

    #[test]
    fn unwrapping_mends_hyphenated_words() {
        assert_eq!(
            unwrap_lines("a loosened bear-\ning of type XJ-\n900 -\nb"),
            "a loosened bearing of type XJ-900 - b"
        );
    }

    #[test]
    fn folding_drops_every_kind_of_space() {
        assert_eq!(fold_whitespace("引 据\n\u{3000}a b"), "引据ab");
    }
}
