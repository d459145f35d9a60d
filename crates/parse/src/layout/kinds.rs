//! What a block is to a reader, from its size, weight and first characters. Headers and footers
//! need more than one page and are found in `page`.

use super::blocks::Paragraph;
use std::collections::HashMap;
use yinju_core::BlockKind;

/// How many characters of each size were seen, in half points, over all pages so far: what is body
/// text is a property of the document, not of a title page.
#[derive(Debug, Default)]
pub(crate) struct SizeCensus {
    chars: HashMap<u16, usize>,
}

impl SizeCensus {
    pub(crate) fn add(&mut self, paragraphs: &[Paragraph]) {
        for line in paragraphs.iter().flat_map(|p| &p.lines) {
            *self.chars.entry((line.size * 2.0).round() as u16).or_default() += line.ink();
        }
    }

    /// The size of body text in points.
    pub(crate) fn body(&self) -> f32 {
        let most = self.chars.iter().max_by_key(|&(size, count)| (*count, *size));
        most.map_or(10.0, |(size, _)| f32::from(*size) / 2.0).max(0.5)
    }
}

/// Headings are at most this long, in characters and lines.
const LONGEST_HEADING: usize = 120;
const MOST_HEADING_LINES: usize = 3;

/// Names every block that is still a plain paragraph.
pub(crate) fn name(paragraphs: &mut [Paragraph], sizes: &SizeCensus) {
    let body = sizes.body();
    for paragraph in paragraphs.iter_mut().filter(|p| p.kind == BlockKind::Paragraph) {
        if is_caption(paragraph) {
            paragraph.kind = BlockKind::Caption;
        } else if let Some(level) = heading_level(paragraph, body) {
            paragraph.kind = BlockKind::Heading;
            paragraph.level = Some(level);
        } else if starts_item(&paragraph.lines[0].text()) {
            paragraph.kind = BlockKind::ListItem;
        }
    }
}

/// The depth of a heading from 1: by its number (`2.1` → 2), else by its size over the body's.
fn heading_level(paragraph: &Paragraph, body: f32) -> Option<u8> {
    let first = paragraph.lines.first()?;
    let ratio = first.size / body;
    let text = paragraph.text();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let too_long = paragraph.ink() > LONGEST_HEADING || paragraph.lines.len() > MOST_HEADING_LINES;
    let is_sentence = text.trim_end().ends_with(['。', '，', ',', ';', '；', '、']);
    let is_row = paragraph.lines.iter().any(|l| l.cells > 1);
    if too_long || letters < 2 || is_sentence || is_row || first.direction.is_vertical() {
        return None;
    }
    let introduces = text.trim_end().ends_with(['.', ':', '：']);
    let stands_out = ratio >= 1.15 || (ratio >= 0.97 && first.bold && !introduces);
    stands_out.then(|| numbered_level(&text).unwrap_or_else(|| level_of_ratio(ratio)))
}

/// `图 3 …`, `表1-2 …`, `Figure 3. …`, `Table 1: …`, on a line or two of its own.
fn is_caption(paragraph: &Paragraph) -> bool {
    let text = paragraph.text();
    let words = ["图", "表", "圖", "Figure", "Fig.", "FIGURE", "Table", "TABLE", "Algorithm"];
    let rest = words.iter().find_map(|word| text.strip_prefix(word));
    let number = rest.map(|r| r.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()));
    let Some((rest, after)) = rest.zip(number) else { return false };
    // "表 1 列出了" is a sentence about a table; a caption has a mark or a gap behind its number.
    let marked = after.starts_with([' ', '.', ':', '：', '-', '–', '．', '\u{3000}']);
    paragraph.ink() <= 200 && after.len() < rest.trim_start().len() && marked
}

fn level_of_ratio(ratio: f32) -> u8 {
    match ratio {
        r if r >= 1.7 => 1,
        r if r >= 1.35 => 2,
        r if r >= 1.15 => 3,
        _ => 4,
    }
}

/// `1 Introduction`, `2.3.1 Set-up`, `第三章 …`, `第二节 …`, `一、…`, `（二）…`.
fn numbered_level(text: &str) -> Option<u8> {
    let chinese = |c: char| "一二三四五六七八九十百〇零两".contains(c);
    if let Some(rest) = text.strip_prefix('第') {
        let unit = rest.trim_start_matches(|c: char| chinese(c) || c.is_ascii_digit() || c == ' ');
        return match unit.chars().next()? {
            '章' | '编' | '篇' | '部' => Some(1),
            '节' => Some(2),
            '条' => Some(3),
            _ => None,
        };
    }
    let number: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let parts = number.split('.').filter(|p| !p.is_empty()).count();
    let plain = parts > 0 && number.split('.').all(|p| p.len() <= 2);
    if plain && text[number.len()..].starts_with([' ', '\u{3000}']) {
        return u8::try_from(parts).ok();
    }
    let rest = text.trim_start_matches(chinese);
    (rest.len() < text.len() && rest.starts_with('、')).then_some(2)
}

/// Bullets, `1.`, `(a)`, `（1）`, `①`.
pub(crate) fn starts_item(line: &str) -> bool {
    let mut chars = line.chars();
    let Some(first) = chars.next() else { return false };
    let rest = chars.as_str();
    match first {
        '•' | '●' | '○' | '◦' | '▪' | '■' | '□' | '◆' | '➢' | '➤' | '✓' | '‣' | '∙' | '·' => true,
        '-' | '–' | '—' | '*' => rest.starts_with(' '),
        '①'..='⑳' => true,
        '(' | '（' => closes_marker(rest, &[')', '）']),
        c if c.is_ascii_alphanumeric() => closes_number(line),
        _ => false,
    }
}

fn closes_marker(rest: &str, closing: &[char]) -> bool {
    let Some(end) = rest.find(closing) else { return false };
    let inside = &rest[..end];
    let count = inside.chars().count();
    let numeral = |c: char| c.is_ascii_digit() || "一二三四五六七八九十ivxIVX".contains(c);
    (1..=3).contains(&count)
        && (inside.chars().all(numeral) || (count == 1 && inside.chars().all(|c| c.is_ascii_lowercase())))
}

/// `1. `, `12) `, `3、`, `a) `; not `1.5 mm` and not `A. Smith` .
fn closes_number(line: &str) -> bool {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let letter = digits == 0 && line.starts_with(|c: char| c.is_ascii_lowercase());
    let marker = if letter { 1 } else { digits };
    let mut rest = line.chars().skip(marker);
    if marker == 0 || digits > 3 {
        return false;
    }
    match (rest.next(), rest.next()) {
        (Some('、' | '．' | '）'), _) => true,
        (Some(')'), Some(' ')) => true,
        (Some('.'), Some(c)) => digits > 0 && (c == ' ' || yinju_core::text::is_cjk(c)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_item(line: &str, expected: bool) {
        assert_eq!(starts_item(line), expected, "{line}");
    }

    #[test]
    fn markers_of_lists() {
        for line in ["• one", "- one", "1. one", "12) one", "3、三", "（1）一", "(a) one", "① 一", "2.二"] {
            check_item(line, true);
        }
        for line in ["one", "1.5 mm", "2023 was", "A. Smith", "-1 degree", "(see there)", "a cat", ""] {
            check_item(line, false);
        }
    }

    #[test]
    fn numbers_give_the_level() {
        assert_eq!(numbered_level("2.3 Set-up"), Some(2));
        assert_eq!(numbered_level("1 Introduction"), Some(1));
        assert_eq!(numbered_level("第三章 储存"), Some(1));
        assert_eq!(numbered_level("二、冲泡"), Some(2));
        assert_eq!(numbered_level("2023 in review"), None);
        assert_eq!(numbered_level("Tea"), None);
    }
}
