//! What a block is to a reader, from its size, weight and first characters. Headers and footers
//! need more than one page and are found in `page`.

use super::blocks::Paragraph;
use std::collections::HashMap;
use yinju_core::BlockKind;
use yinju_core::text::is_cjk;

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
    let letters: usize = text.chars().map(weight).sum();
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

/// A Chinese character says as much as a word: 水 may be a heading, X may not.
fn weight(c: char) -> usize {
    if is_cjk(c) { 2 } else { usize::from(c.is_alphabetic()) }
}

/// `图 3 …`, `表1-2 …`, `Figure 3. …`, `Table 1: …`, on a line or two of its own.
fn is_caption(paragraph: &Paragraph) -> bool {
    paragraph.ink() <= 200 && starts_caption(&paragraph.text())
}

pub(crate) fn starts_caption(line: &str) -> bool {
    let words = ["图", "表", "圖", "Figure", "Fig.", "FIGURE", "Table", "TABLE", "Algorithm"];
    let Some(rest) = words.iter().find_map(|word| line.strip_prefix(word)) else { return false };
    let number = rest.trim_start();
    let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
    // "表 1列出了" is a sentence about a table; a caption has a mark or a gap behind its number.
    after.len() < number.len()
        && after.starts_with([' ', '.', ':', '：', '-', '–', '．', '\u{3000}'])
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
    let title = &text[number.len()..];
    let chinese_title =
        title.starts_with(is_cjk) && !title.starts_with(['年', '月', '日', '个', '、']);
    if plain && (title.starts_with(' ') || chinese_title) {
        return u8::try_from(parts).ok();
    }
    let rest = text.trim_start_matches(chinese);
    (rest.len() < text.len() && rest.starts_with('、')).then_some(2)
}

const BULLETS: &str = "•●○◦▪■□◆➢➤✓‣∙·";

/// Bullets, `1.`, `(a)`, `（1）`, `[1]`, `①`.
pub(crate) fn starts_item(line: &str) -> bool {
    let mut chars = line.chars();
    let Some(first) = chars.next() else { return false };
    let rest = chars.as_str();
    match first {
        '-' | '–' | '—' | '*' => rest.starts_with(' '),
        c if BULLETS.contains(c) || ('①'..='⑳').contains(&c) => true,
        '(' | '（' => closes_marker(rest, &[')', '）']),
        '[' | '［' => closes_marker(rest, &[']', '］']),
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
        && (inside.chars().all(numeral)
            || (count == 1 && inside.chars().all(|c| c.is_ascii_lowercase())))
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
        (Some('、' | '．' | '）'), _) | (Some(')'), Some(' ')) => true,
        (Some('.'), Some(c)) => digits > 0 && (c == ' ' || is_cjk(c)),
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
        for line in [
            "• one",
            "- one",
            "1. one",
            "12) one",
            "3、三",
            "（1）一",
            "(a) one",
            "[12] A",
            "① 一",
            "2.二",
        ] {
            check_item(line, true);
        }
        for line in
            ["one", "1.5 mm", "2023 was", "A. Smith", "-1 degree", "(see there)", "a cat", ""]
        {
            check_item(line, false);
        }
    }

    #[test]
    fn captions_have_a_number_and_a_mark() {
        for line in ["图 3 灯塔", "表1-2 数据", "Table 1: Drift", "Fig. 1. A car"] {
            assert!(starts_caption(line), "{line}");
        }
        for line in ["表1列出了数据", "Figures lie", "图像处理", "Table of contents"] {
            assert!(!starts_caption(line), "{line}");
        }
    }

    #[test]
    fn numbers_give_the_level() {
        assert_eq!(numbered_level("2.3 Set-up"), Some(2));
        assert_eq!(numbered_level("1 Introduction"), Some(1));
        assert_eq!(numbered_level("第三章 储存"), Some(1));
        assert_eq!(numbered_level("二、冲泡"), Some(2));
        assert_eq!(numbered_level("3.1水"), Some(2));
        assert_eq!(numbered_level("2023 in review"), None);
        assert_eq!(numbered_level("12月的销售"), None);
        assert_eq!(numbered_level("Tea"), None);
    }
}
