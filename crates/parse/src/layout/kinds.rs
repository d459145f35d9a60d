//! What a block is to a reader, from its first characters. Headings are found in `headings`, headers
//! and footers in `running`.

use super::blocks::Paragraph;
use yinju_core::BlockKind;
use yinju_core::text::is_cjk;

/// Names the captions among the blocks that are still plain paragraphs.
pub(crate) fn name_captions(paragraphs: &mut [Paragraph]) {
    for paragraph in paragraphs.iter_mut().filter(|p| p.kind == BlockKind::Paragraph) {
        if is_caption(paragraph) {
            paragraph.kind = BlockKind::Caption;
        }
    }
}

/// Names the items of lists among the blocks that are still plain paragraphs.
pub(crate) fn name_items(paragraphs: &mut [Paragraph]) {
    for paragraph in paragraphs.iter_mut().filter(|p| p.kind == BlockKind::Paragraph) {
        if starts_item(&paragraph.lines[0].text()) {
            paragraph.kind = BlockKind::ListItem;
        }
    }
}

/// `图 3 …`, `表1-2 …`, `Figure 3. …`, `Table 1: …`, on a line or two of its own.
fn is_caption(paragraph: &Paragraph) -> bool {
    paragraph.ink() <= 200 && starts_caption(&paragraph.text())
}

const FIGURES: [&str; 5] = ["图", "圖", "Figure", "Fig.", "FIGURE"];
const TABLES: [&str; 4] = ["表", "Table", "TABLE", "Algorithm"];

pub(crate) fn starts_caption(line: &str) -> bool {
    starts_figure(line) || is_numbered(line, &TABLES)
}

/// `图 3 …`, `Figure 3. …`.
pub(crate) fn starts_figure(line: &str) -> bool {
    is_numbered(line, &FIGURES)
}

/// The same without a mark behind the number, as where a typesetter left less than a space: `图1水泵`. So does a
/// sentence about a figure begin.
pub(crate) fn begins_figure(line: &str) -> bool {
    let rest = FIGURES.iter().find_map(|word| line.strip_prefix(word));
    rest.is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
}

fn is_numbered(line: &str, words: &[&str]) -> bool {
    let Some(rest) = words.iter().find_map(|word| line.strip_prefix(word)) else { return false };
    let number = rest.trim_start();
    let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
    // "表 1列出了" is a sentence about a table; a caption has a mark or a gap behind its number.
    after.len() < number.len()
        && after.starts_with([' ', '.', ':', '：', '-', '–', '．', '\u{3000}'])
}

const BULLETS: &str = "•●○◦▪■□◆➢➤✓‣∙·・";

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
}
