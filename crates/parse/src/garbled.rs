//! Whether the characters of a page can be what is printed on it. A font may map its glyphs to no
//! character, to the wrong ones, or all to one; each leaves its own mark on what a page holds.
//! Judged by counting alone: nothing here knows words or languages, and a page of another kind is
//! left alone in doubt.

/// Over this share of characters without a meaning a page counts as garbled: formulas set in
/// private-use fonts reach a fifth.
const MEANINGLESS_SHARE: f32 = 0.3;
/// Control characters are never printed, so fewer of them are enough: a font whose glyph numbers
/// are taken for characters has 64 of them among its first 160 glyphs.
const CONTROL_SHARE: f32 = 0.1;
/// Fewer letters than this say nothing of how they are spread.
const ENOUGH_LETTERS: usize = 40;
/// The commonest letter of a language makes up 17 % of a text at most (e in German); a font that
/// maps everything to one letter leaves little else.
const ONE_LETTER_SHARE: f32 = 0.6;
/// Letters U+00C0 to U+00FF make up 15 % of a French or Icelandic text; Chinese, Cyrillic or Greek
/// bytes that were taken for Latin-1 consist of U+00A1 to U+00FF.
const HIGH_LATIN_SHARE: f32 = 0.5;
/// Glyph numbers of common TrueType fonts are 29 less than the letters' codes: `The` reads `7KH`,
/// small letters become D to Z and nearly nothing A, B or C, which make up over 5 % of capitals
/// elsewhere.
const FIRST_LETTERS_SHARE: f32 = 0.01;
/// Such a page has next to no small letters, and capitals make up most of it.
const SMALL_SHARE: f32 = 0.05;
const CAPITALS_SHARE: f32 = 0.5;

/// Why a page's text is not what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Garble {
    /// Private use, replacement and control characters.
    Meaningless,
    /// One letter everywhere.
    OneLetter,
    /// Bytes of another encoding taken for Latin letters.
    WrongEncoding,
    /// Numbers of glyphs taken for letters.
    GlyphNumbers,
}

impl Garble {
    /// The reason in a sentence.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Meaningless => "a font of this page does not say which letters it draws",
            Self::OneLetter => "a font of this page says that all it draws is one letter",
            Self::WrongEncoding => "the text of this page was written down in the wrong encoding",
            Self::GlyphNumbers => "a font of this page says numbers of shapes instead of letters",
        }
    }
}

/// Looks at what a page shows: its characters, and how many were met that mean nothing (private use
/// and replacement characters) or cannot be printed (`controls`).
pub(crate) fn judge(
    text: impl Iterator<Item = char>,
    meaningless: usize,
    controls: usize,
) -> Option<Garble> {
    let census = Census::of(text);
    let visible = census.visible + controls;
    let share = |count: usize, whole: usize| count as f32 / whole.max(1) as f32;
    if share(meaningless + controls, visible) > MEANINGLESS_SHARE
        || share(controls, visible) > CONTROL_SHARE
    {
        return Some(Garble::Meaningless);
    }
    let Census { visible, capitals, small, first, high, .. } = census;
    if census.letters < ENOUGH_LETTERS {
        return None;
    }
    if share(census.most(), visible) > ONE_LETTER_SHARE {
        Some(Garble::OneLetter)
    } else if share(high, visible) > HIGH_LATIN_SHARE {
        Some(Garble::WrongEncoding)
    } else if capitals >= ENOUGH_LETTERS
        && share(capitals, visible) > CAPITALS_SHARE
        && share(small, capitals) < SMALL_SHARE
        && share(first, capitals) < FIRST_LETTERS_SHARE
    {
        Some(Garble::GlyphNumbers)
    } else {
        None
    }
}

/// How often what stands on a page.
struct Census {
    visible: usize,
    letters: usize,
    capitals: usize,
    small: usize,
    /// A, B and C.
    first: usize,
    /// See [`is_high_latin`].
    high: usize,
    /// Every letter once for each time it stands there, in order.
    sorted: Vec<char>,
}

impl Census {
    fn of(text: impl Iterator<Item = char>) -> Self {
        let mut census = Self {
            visible: 0,
            letters: 0,
            capitals: 0,
            small: 0,
            first: 0,
            high: 0,
            sorted: Vec::new(),
        };
        text.filter(|c| !c.is_whitespace()).for_each(|c| census.add(c));
        census.letters = census.sorted.len();
        census.sorted.sort_unstable();
        census
    }

    fn add(&mut self, c: char) {
        self.visible += 1;
        self.capitals += usize::from(c.is_ascii_uppercase());
        self.small += usize::from(c.is_ascii_lowercase());
        self.first += usize::from(matches!(c, 'A'..='C'));
        self.high += usize::from(is_high_latin(c));
        if c.is_alphabetic() {
            self.sorted.push(c);
        }
    }

    /// How often the commonest letter stands there.
    fn most(&self) -> usize {
        self.sorted.chunk_by(|a, b| a == b).map(<[char]>::len).max().unwrap_or(0)
    }
}

/// Letters and marks Windows-1252 has where Latin-1 has controls.
const WINDOWS_1252: &str = "ŒœŠšŽžŸƒˆ˜‚„†‡‰‹›€";

/// What bytes over 0x7F become that are taken for Latin letters.
fn is_high_latin(c: char) -> bool {
    matches!(c, '\u{A1}'..='\u{FF}') || WINDOWS_1252.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Garble>) {
        assert_eq!(judge(text.chars(), 0, 0), expected, "{text}");
    }

    const ENGLISH: &str = "The keeper lit the lamp at dusk and wrote down the wind and the ships.";

    fn latin1(bytes: &[u8]) -> String {
        bytes.iter().map(|b| char::from(*b)).collect()
    }

    #[test]
    fn languages_are_left_alone() {
        check(ENGLISH, None);
        check(&ENGLISH.to_uppercase(), None);
        check(
            "Þetta er vélin sem við þurfum að láta þá fá, því það er ætlað öllum á Íslandi.",
            None,
        );
        check(
            "L'été où la marée montée empêcha le bâteau d'échouer, près de la crêperie à côté.",
            None,
        );
        check(
            "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
            None,
        );
        check(
            "守塔人每天黄昏前半小时点灯，日出后熄灯，并在日志里写下风向、能见度和过往船只的数目。一九三七年。",
            None,
        );
        check("Все люди рождаются свободными и равными в своем достоинстве и правах.", None);
    }

    #[test]
    fn leaders_and_tables_are_left_alone() {
        check(&format!("Contents {} 7 {} 12", ".".repeat(200), "…".repeat(200)), None);
        check(&format!("{} {ENGLISH}", "0.00 ".repeat(200)), None);
        check("ACGT ACGA GGCA TTCA ACGT ACGA GGCA TTCA ACGT ACGA GGCA TTCA ACGT ACGA", None);
        check("eeeeeee", None);
    }

    #[test]
    fn one_letter_everywhere() {
        check(&"eee eeeee ".repeat(20), Some(Garble::OneLetter));
        check(&"中".repeat(60), Some(Garble::OneLetter));
    }

    #[test]
    fn bytes_taken_for_latin_letters() {
        // 灯塔的灯器由六组 in GBK, Привет, мир in Windows-1251, 灯塔 in UTF-8.
        let gbk = latin1(b"\xb5\xc6\xcb\xfe\xb5\xc4\xb5\xc6\xc6\xf7\xd3\xc9\xc1\xf9\xd7\xe9");
        check(&gbk.repeat(4), Some(Garble::WrongEncoding));
        let cyrillic = latin1(b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0 ");
        check(&cyrillic.repeat(6), Some(Garble::WrongEncoding));
        check(&"ç¯å¡”".repeat(20), Some(Garble::WrongEncoding));
    }

    #[test]
    fn glyph_numbers_taken_for_letters() {
        let shifted: String = ENGLISH
            .chars()
            .map(|c| char::from_u32(u32::from(c) - 29).filter(|c| !c.is_control()).unwrap_or(' '))
            .collect();
        check(&shifted.repeat(2), Some(Garble::GlyphNumbers));
    }

    #[test]
    fn characters_without_a_meaning() {
        assert_eq!(judge("ab\u{E000}\u{E001}".chars(), 2, 0), Some(Garble::Meaningless));
        assert_eq!(judge("abcdefgh".chars(), 0, 1), Some(Garble::Meaningless));
        assert_eq!(judge("abcdefgh\u{E000}".chars(), 1, 0), None);
        assert_eq!(judge("".chars(), 0, 0), None);
    }
}
