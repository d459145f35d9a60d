//! Headings as people name them: "chapter 3", `第三章`, "3.1", "Methods".

use crate::numerals::number;

/// A heading that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionName {
    /// By its number, `3` or `3.1`; of a kind where Chinese says one (章, 节).
    Numbered {
        /// Its parts.
        number: Vec<u32>,
        /// The character behind it.
        kind: Option<char>,
    },
    /// By words it holds.
    Worded(String),
}

/// What may stand before a number.
const KINDS: [&str; 8] =
    ["chapter", "section", "part", "appendix", "clause", "article", "附录", "附錄"];
/// What the number of an appendix, a letter, is counted from.
const LETTERS: u32 = 10_000;

impl SectionName {
    /// A name as it was typed.
    pub fn read(name: &str) -> Self {
        match numbered(name) {
            Some((number, kind, "")) => Self::Numbered { number, kind },
            _ => Self::Worded(name.trim().to_lowercase()),
        }
    }

    /// Whether a heading is meant.
    pub fn is(&self, heading: &str) -> bool {
        match self {
            Self::Worded(words) => heading.to_lowercase().contains(words),
            Self::Numbered { number, kind } => {
                let found = numbered(heading);
                found.is_some_and(|(of_heading, its_kind, _)| {
                    of_heading == *number && agree(*kind, its_kind)
                })
            }
        }
    }
}

/// 章 is not 节; a number alone may be either.
fn agree(a: Option<char>, b: Option<char>) -> bool {
    a.zip(b).is_none_or(|(a, b)| a == b)
}

/// The number a heading begins with, the kind said behind it, and the rest.
fn numbered(heading: &str) -> Option<(Vec<u32>, Option<char>, &str)> {
    let text = heading.trim();
    if let Some(rest) = text.strip_prefix('第') {
        let kind = rest.find(['章', '节', '節', '部', '篇', '编', '編', '条', '條', '回'])?;
        let written = rest[..kind].trim();
        let c = rest[kind..].chars().next()?;
        let behind = rest[kind + c.len_utf8()..].trim();
        if written.contains('.') {
            let parts: Option<Vec<u32>> =
                written.split('.').map(|part| part.parse().ok()).collect();
            return Some((parts?, None, behind));
        }
        return Some((vec![number(written)?], Some(simplified(c)), behind));
    }
    let lower = text.to_ascii_lowercase();
    let said = KINDS.iter().find(|kind| lower.starts_with(**kind));
    let text = said.map_or(text, |kind| text[kind.len()..].trim_start());
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '.')).unwrap_or(text.len());
    let token = text[..end].trim_end_matches('.');
    let parts = token.split('.').enumerate().map(|(at, part)| match part.parse::<u32>() {
        // "A new start" is no appendix; "A.1" and "Appendix A" are.
        Err(_) if at == 0 && (said.is_some() || token.contains('.')) => letter(part),
        number => number.ok(),
    });
    let parts: Option<Vec<u32>> = parts.collect();
    let is_letter = parts.as_ref().is_some_and(|parts| parts[0] > LETTERS);
    // `part I` and `chapter C` count in Roman numerals, `appendix C` in letters.
    let roman = said.filter(|kind| !kind.starts_with("app")).and(number(token));
    let parts = match roman.filter(|_| is_letter || parts.is_none()) {
        Some(number) => vec![number],
        None => parts?,
    };
    let rest = text[end..].trim().trim_start_matches(['小', '节', '節']);
    Some((parts, None, rest))
}

/// A single Latin letter as a number that no digit is.
fn letter(part: &str) -> Option<u32> {
    let mut letters = part.chars().filter(char::is_ascii_alphabetic);
    let one = letters.next().filter(|_| part.len() == 1)?;
    Some(LETTERS + u32::from(one.to_ascii_uppercase()))
}

fn simplified(c: char) -> char {
    match c {
        '節' => '节',
        '編' => '编',
        '條' => '条',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, heading: &str, expected: bool) {
        assert_eq!(SectionName::read(name).is(heading), expected, "{name} / {heading}");
    }

    #[test]
    fn a_chapter_is_known_by_its_number_however_it_is_written() {
        check("chapter 3", "3 Methods", true);
        check("chapter 3", "3. Methods", true);
        check("chapter 3", "Chapter III: Methods", true);
        check("chapter 3", "第三章 方法", true);
        check("第三章", "第3章 方法", true);
        check("第三章", "第三节 方法", false);
        check("第三章", "3 方法", true);
        check("chapter 3", "3.1 Sampling", false);
        check("3.1", "3.1 Sampling", true);
        check("chapter 3", "30 Appendix", false);
        check("appendix C.2", "C.2. Preparing files", true);
        check("附录 C.2", "C.2. 准备文件", true);
        check("appendix C", "Appendix C. Files", true);
        check("appendix C", "C.2. Preparing files", false);
        check("appendix A", "A new start", false);
        check("part I", "Part I: Basics", true);
        check("7.6 节", "7.6 Quilt", true);
    }

    #[test]
    fn other_names_are_words() {
        check("methods", "3 Materials and Methods", true);
        check("实验", "第四章 实验结果", true);
        check("mix", "Mixed results", true);
        check("introduction", "Methods", false);
    }
}
