//! Spellings of the same thing made equal: full and half width, composed and decomposed letters,
//! accents, Traditional and Simplified characters. Case is left to the words, which still need it
//! to tell an abbreviation. Not here: cutting.

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::sync::OnceLock;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// NFKC (UAX #15), then accents off Latin letters, then Traditional to Simplified (`OpenCC` t2s).
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let narrow: String = text.nfkc().collect();
    simplify(without_accents(&narrow))
}

/// Drops combining marks that follow a Latin letter once it is decomposed; other scripts (Hangul,
/// kana, Indic) are left composed because their marks are letters.
fn without_accents(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{FEFF}' => {}
            c if is_accented_latin(c) => {
                folded.extend(std::iter::once(c).nfd().filter(|d| !is_combining_mark(*d)));
            }
            c => folded.push(c),
        }
    }
    folded
}

fn is_accented_latin(c: char) -> bool {
    matches!(u32::from(c), 0x00C0..=0x024F | 0x0300..=0x036F | 0x1E00..=0x1EFF)
}

fn simplify(text: String) -> String {
    if !text.chars().any(yinju_core::text::is_cjk) {
        return text;
    }
    match converter() {
        Some(converter) => converter.convert(&text),
        None => text,
    }
}

/// The converter's dictionaries are part of the binary; loading them can fail only if that is
/// broken, and then text is left as it stands.
fn converter() -> Option<&'static OpenCC> {
    static CONVERTER: OnceLock<Option<OpenCC>> = OnceLock::new();
    let load = || OpenCC::from_config(BuiltinConfig::T2s).ok();
    CONVERTER.get_or_init(load).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_width_accents_and_script() {
        assert_eq!(fold("Ｃａｆé　①"), "Cafe 1");
        assert_eq!(fold("臺灣電腦"), "台湾电脑");
        assert_eq!(fold("naïve Ångström"), "naive Angstrom");
    }

    #[test]
    fn kana_and_hangul_keep_their_marks() {
        assert_eq!(fold("ガギ한국"), "ガギ한국");
    }
}
