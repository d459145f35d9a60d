//! Plain text: lines → paragraphs, as people mark them with nothing but a keyboard.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::decode::{self, Decoded};
use crate::flow::{Flow, Piece};
use crate::source::Source;
use yinju_core::document::DocumentInfo;
use yinju_core::text::is_cjk;
use yinju_core::{Warning, WarningCode};

/// A line wider than this was not broken by hand or by a mail program, so its end ends a paragraph.
const WIDEST_HAND_BROKEN: usize = 100;

/// A chapter's title has no more characters.
const LONGEST_TITLE: usize = 40;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let decoded = decode::plain(&source.bytes()?);
    if decoded.is_binary() {
        return Err(FlowError::OtherContent { path: source.path.to_owned(), expected: "text" });
    }
    let mut flow = Flow::single(DocumentInfo::default(), pieces(&decoded.text));
    flow.warnings.extend(encoding_warning(&decoded));
    Ok(flow)
}

/// The paragraphs of a text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut builder = Builder::default();
    paragraphs(text, &mut builder);
    builder.finish()
}

/// Says that the encoding may be wrong.
pub(crate) fn encoding_warning(decoded: &Decoded) -> Option<Warning> {
    let message = decoded.doubt()?;
    Some(Warning { code: WarningCode::GarbledText, message })
}

fn paragraphs(text: &str, builder: &mut Builder) {
    let mut above = "";
    for line in text.lines() {
        if begins_paragraph(above, line) {
            builder.style(Style::PLAIN);
        }
        if let Some(level) = title_level(line) {
            builder.style(Style::heading(level));
        }
        builder.verbatim(line);
        builder.line_break();
        above = line;
    }
}

fn begins_paragraph(above: &str, line: &str) -> bool {
    let indented = |line: &str| line.starts_with(['\u{3000}', '\t']) || line.starts_with("  ");
    line.trim().is_empty()
        || (indented(line) && !indented(above))
        || line.starts_with('\u{3000}')
        || columns(above) > WIDEST_HAND_BROKEN
        || title_level(above).is_some()
}

fn columns(line: &str) -> usize {
    line.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum()
}

/// 第三卷, 第十二章 …, Chapter 4, PART II: the ways books in plain text name their parts.
fn title_level(line: &str) -> Option<u8> {
    let line = line.trim();
    if line.chars().count() > LONGEST_TITLE || line.ends_with(['。', '，', '；', '.', ',']) {
        return None;
    }
    chinese_level(line).or_else(|| english_level(line))
}

fn chinese_level(line: &str) -> Option<u8> {
    let counted = line.strip_prefix('第')?;
    let unit = counted.trim_start_matches(|c: char| {
        c.is_ascii_digit() || "〇零一二三四五六七八九十百千两".contains(c)
    });
    if unit.len() == counted.len() {
        return None;
    }
    let mut after = unit.chars();
    let level = match after.next()? {
        '卷' | '部' | '篇' | '编' | '集' => 1,
        '章' | '回' => 2,
        '节' => 3,
        _ => return None,
    };
    // 第一章里说的 is how a sentence begins.
    after.next().is_none_or(|c| c.is_whitespace() || "：:、".contains(c)).then_some(level)
}

fn english_level(line: &str) -> Option<u8> {
    let mut words = line.split_whitespace();
    let level = match words.next()?.to_ascii_lowercase().as_str() {
        "part" | "book" => 1,
        "chapter" => 2,
        _ => return None,
    };
    let number = words.next()?.trim_end_matches([':', '.', ',']);
    let roman = number.chars().all(|c| "IVXLC".contains(c));
    let counts = !number.is_empty() && (roman || number.chars().all(|c| c.is_ascii_digit()));
    counts.then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut builder = Builder::default();
        paragraphs(text, &mut builder);
        let pieces = builder.finish();
        assert_eq!(pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn paragraphs_are_seen_by_empty_lines_indents_and_long_lines() {
        check("one\nstill one\n\n\ntwo\r\n", &["one\nstill one", "two"]);
        check("　　第一段。\n　　第二段。\n接着第二段。", &["第一段。", "第二段。\n接着第二段。"]);
        let long = "很长的一行。".repeat(20);
        check(&format!("{long}\n短"), &[&long, "短"]);
    }

    #[test]
    fn titles_of_chapters_are_headings() {
        let level =
            |line: &str, expected: Option<u8>| assert_eq!(title_level(line), expected, "{line}");
        level("第十二章 归来", Some(2));
        level("第三卷", Some(1));
        level("第一章里说的话", None);
        level("第三者", None);
        level("Chapter 4: Home", Some(2));
        level("PART II", Some(1));
        level("Part of the reason", None);
    }
}
