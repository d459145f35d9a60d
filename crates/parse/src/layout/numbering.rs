//! The numbers that headings begin with: `2.3`, `§1.1`, `A.2`, `Chapter 4`, `第三章`, `（二）`.
//! Deliberately not here: the numbers of lists, which are in `kinds`.

use yinju_core::text::is_cjk;

/// A heading's number, as far as it says how deep the heading is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// `2.3.1`: depth by the count of parts.
    Dotted(Vec<u16>),
    /// `A.1.2`: the numbers behind the letter of an appendix.
    Lettered(Vec<u16>),
    /// `Part`, `Chapter`, `Section`, `第三章`: depth by the word, outermost first.
    Word(u8),
    /// `一、` and `（一）`: the second below the first.
    Chinese { in_brackets: bool },
}

impl Number {
    /// The number at the start of a text, where a title follows it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim_start();
        word(text).or_else(|| dotted(text)).or_else(|| chinese(text))
    }

    /// Whether a heading with this number ends the section of the other one: both are numbered the
    /// same way, and this one is not deeper.
    pub(crate) fn ends(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dotted(a), Self::Dotted(b)) | (Self::Lettered(a), Self::Lettered(b)) => {
                a.len() <= b.len()
            }
            (Self::Word(a), Self::Word(b)) => a <= b,
            (Self::Chinese { in_brackets: a }, Self::Chinese { in_brackets: b }) => a <= b,
            _ => false,
        }
    }

    /// Whether a heading with this number stands in the section of the other one.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dotted(a), Self::Dotted(b)) | (Self::Lettered(a), Self::Lettered(b)) => {
                a.len() > b.len()
            }
            (Self::Word(a), Self::Word(b)) => a > b,
            (Self::Chinese { in_brackets: a }, Self::Chinese { in_brackets: b }) => a > b,
            // `第一章` holds `1.1`, and `一、` stands in `第一节`.
            (Self::Dotted(_) | Self::Lettered(_) | Self::Chinese { .. }, Self::Word(_)) => true,
            _ => false,
        }
    }
}

/// Whether what follows the number begins as titles do: with a capital or a Chinese character.
pub(crate) fn starts_title(text: &str) -> bool {
    let lettered = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text[1..].trim_start_matches('.').starts_with(|c: char| c == ' ' || c.is_ascii_digit());
    let number = |c: char| c.is_ascii_digit() || ".§ \n".contains(c);
    let title = text[usize::from(lettered)..].trim_start_matches(number);
    title.starts_with(|c: char| c.is_uppercase() || is_cjk(c))
}

/// Whether a text is in capitals and nothing else.
pub(crate) fn is_loud(text: &str) -> bool {
    let other = |c: char| c.is_lowercase() || is_cjk(c) || c.is_ascii_digit();
    !text.contains(other) && text.chars().filter(|c| c.is_uppercase()).count() >= 4
}

const NUMERALS: &str = "〇零一二三四五六七八九十百两";

fn is_numeral(c: char) -> bool {
    NUMERALS.contains(c) || c.is_ascii_digit()
}

/// Words that are numbered, with how deep they are.
const WORDS: [(&str, u8); 7] = [
    ("Part ", 0),
    ("PART ", 0),
    ("Chapter ", 1),
    ("CHAPTER ", 1),
    ("Appendix ", 1),
    ("APPENDIX ", 1),
    ("附录", 1),
];

fn word(text: &str) -> Option<Number> {
    if let Some(rest) = text.strip_prefix('第') {
        let unit = rest.trim_start_matches(|c: char| is_numeral(c) || c == ' ');
        if unit.len() == rest.len() {
            return None;
        }
        return match unit.chars().next()? {
            '编' | '篇' | '部' | '卷' => Some(Number::Word(0)),
            '章' => Some(Number::Word(1)),
            '节' => Some(Number::Word(2)),
            '条' => Some(Number::Word(3)),
            _ => None,
        };
    }
    let (rest, depth) =
        WORDS.iter().find_map(|(w, depth)| Some((text.strip_prefix(w)?, *depth)))?;
    let number: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
    let roman = || number.chars().all(|c| "IVXLC".contains(c));
    let letter = || number.len() == 1 && number.starts_with(|c: char| c.is_ascii_uppercase());
    let cjk = || number.starts_with(is_numeral);
    let counted = !number.is_empty()
        && (number.chars().all(|c| c.is_ascii_digit()) || roman() || letter() || cjk());
    counted.then_some(Number::Word(depth))
}

/// Numbers have at most this many parts, of at most this many digits.
const MOST_PARTS: usize = 6;
const MOST_DIGITS: usize = 3;

fn dotted(text: &str) -> Option<Number> {
    let text = text.strip_prefix('§').map_or(text, str::trim_start);
    let appendix = text.starts_with(|c: char| c.is_ascii_uppercase()) && text[1..].starts_with('.');
    let skipped = if appendix { 2 } else { 0 };
    let digits = |c: &char| c.is_ascii_digit() || *c == '.';
    let number: String = text[skipped..].chars().take_while(digits).collect();
    let title = &text[skipped + number.len()..];
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    let plain = parts.iter().all(|p| (1..=MOST_DIGITS).contains(&p.len()));
    // `2023` is a year, and `12月` is not a chapter about the moon.
    let too_much = parts.len() > MOST_PARTS || (parts.len() == 1 && parts[0].len() > 2);
    let is_date = title.trim_start().starts_with(['年', '月', '日', '个', '、', '％', '%']);
    let apart = title.starts_with([' ', '\u{3000}']) && title.trim_start() != "";
    if !plain || too_much || is_date || !(apart || title.starts_with(is_cjk)) {
        return None;
    }
    let own = parts.iter().filter_map(|p| p.parse().ok()).collect();
    Some(if appendix { Number::Lettered(own) } else { Number::Dotted(own) })
}

fn chinese(text: &str) -> Option<Number> {
    let numeral = |c: char| NUMERALS.contains(c);
    if let Some(rest) = text.strip_prefix(['（', '(']) {
        let after = rest.trim_start_matches(numeral);
        let closed = after.len() < rest.len() && after.starts_with(['）', ')']);
        return closed.then_some(Number::Chinese { in_brackets: true });
    }
    let rest = text.trim_start_matches(numeral);
    let marked = rest.len() < text.len() && rest.starts_with(['、', '．']);
    marked.then_some(Number::Chinese { in_brackets: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Number) {
        assert_eq!(Number::read(text), Some(expected), "{text}");
    }

    fn dotted(parts: &[u16]) -> Number {
        Number::Dotted(parts.to_vec())
    }

    #[test]
    fn numbers_of_sections() {
        check("1 Introduction", dotted(&[1]));
        check("2.3 Set-up", dotted(&[2, 3]));
        check("3.1水", dotted(&[3, 1]));
        check("§1.1 模板概况", dotted(&[1, 1]));
        check("A.2 Proof", Number::Lettered(vec![2]));
        check("4. Results", dotted(&[4]));
        check("Chapter 3", Number::Word(1));
        check("Appendix B Data", Number::Word(1));
        check("第三章 储存", Number::Word(1));
        check("第 1 节 简介", Number::Word(2));
        check("附录A 数据", Number::Word(1));
        check("二、冲泡", Number::Chinese { in_brackets: false });
        check("（三）水", Number::Chinese { in_brackets: true });
    }

    #[test]
    fn what_only_looks_like_a_number() {
        for text in
            ["2023 in review", "12月的销售", "Tea", "3", "Part of it", "第一次", "10%", "A. B"]
        {
            assert_eq!(Number::read(text), None, "{text}");
        }
    }

    fn check_depth(one: &str, other: &str, ends: bool, within: bool) {
        let read = |text| Number::read(text).unwrap();
        assert_eq!(read(one).ends(&read(other)), ends, "{one} ends {other}");
        assert_eq!(read(one).is_within(&read(other)), within, "{one} within {other}");
    }

    #[test]
    fn numbers_give_the_depth() {
        check_depth("2 Tea", "1.1 Water", true, false);
        check_depth("1.1 Water", "1 Tea", false, true);
        check_depth("第二节 水", "第一章 茶", false, true);
        check_depth("第二章 水", "第三条 茶", true, false);
        check_depth("1.1 水", "第一章 茶", false, true);
        check_depth("（一）水", "一、茶", false, true);
        check_depth("1 Tea", "一、茶", false, false);
    }
}
