//! Which characters are shown for one of a file: ligatures and presentation forms are taken apart,
//! what nobody sees is dropped. Full-width letters, circled numbers and the like stay as printed,
//! because a quotation has to be verbatim. The same for every kind of file.

use unicode_normalization::UnicodeNormalization;

/// The characters to show for one character of the file; empty where there is nothing to show.
pub fn shown(c: char) -> Vec<char> {
    if is_invisible(c) {
        return Vec::new();
    }
    if is_presentation_form(c) {
        return std::iter::once(c).nfkc().filter(|c| !is_invisible(*c)).collect();
    }
    vec![c]
}

/// White space of any width; each is written as one plain space, as its width is in its edges.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{00A0}' | '\u{202F}' | '\u{2007}')
}

/// Private use, replacement and non-characters: a glyph whose meaning the file does not tell.
pub fn is_meaningless(c: char) -> bool {
    matches!(u32::from(c),
        0xE000..=0xF8FF | 0xFFFD | 0xFDD0..=0xFDEF | 0xF0000..=0x10_FFFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Control characters, soft hyphens, joiners and marks of direction.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Latin ligatures, Arabic and Hebrew presentation forms, Kangxi radicals and CJK compatibility
/// ideographs: other code points for letters that have their own.
fn is_presentation_form(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FD5 | 0xF900..=0xFAFF | 0xFB00..=0xFB4F | 0xFB50..=0xFDCF | 0xFDF0..=0xFDFF
        | 0xFE70..=0xFEFE | 0x2F800..=0x2FA1F)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: char, expected: &str) {
        assert_eq!(shown(input).into_iter().collect::<String>(), expected, "{input:?}");
    }

    #[test]
    fn ligatures_and_radicals_become_letters() {
        check('ﬁ', "fi");
        check('ﬄ', "ffl");
        check('⽂', "文");
        check('豈', "豈");
    }

    #[test]
    fn what_is_printed_stays() {
        for c in ['Ａ', '①', '½', '，', 'é', '\u{3000}', '℃', '㎡'] {
            check(c, &c.to_string());
        }
    }

    #[test]
    fn what_nobody_sees_goes() {
        for c in ['\0', '\u{00AD}', '\u{200B}', '\u{FEFF}', '\u{2}'] {
            check(c, "");
        }
    }
}
