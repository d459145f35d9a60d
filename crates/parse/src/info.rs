//! What a file says of itself: metadata and outline. Guessing a title from the pages is not done
//! here; the engine falls back to the file's name.

use pdfium_render::prelude::{PdfBookmark, PdfDocument, PdfDocumentMetadataTagType as Tag};
use std::collections::HashSet;
use yinju_core::PageNumber;
use yinju_core::document::{DocumentInfo, OutlineEntry};

/// Outlines longer or deeper than this are cut; hostile files have endless ones.
const MAX_OUTLINE: usize = 5_000;
const MAX_DEPTH: u8 = 16;

/// Metadata and outline of an open file.
pub(crate) fn read(document: &PdfDocument<'_>) -> DocumentInfo {
    DocumentInfo {
        title: tag(document, Tag::Title).and_then(|t| usable_title(&t)),
        authors: tag(document, Tag::Author).map(|a| split_authors(&a)).unwrap_or_default(),
        created: tag(document, Tag::CreationDate),
        page_count: u32::try_from(document.pages().len()).unwrap_or(0),
        outline: outline(document),
        attachments: Vec::new(),
    }
}

fn tag(document: &PdfDocument<'_>, tag: Tag) -> Option<String> {
    let value = clean(document.metadata().get(tag)?.value());
    (!value.is_empty()).then_some(value)
}

fn clean(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writers leave file names, "untitled" and mojibake in the title.
fn usable_title(title: &str) -> Option<String> {
    let lower = title.to_lowercase();
    let placeholder =
        ["untitled", "title", "document", "无标题", "未命名", "microsoft word", "(anonymous)"];
    let is_file_name =
        [".doc", ".docx", ".tex", ".dvi", ".pdf", ".indd", ".wps", ".ppt", ".pptx", ".xls"]
            .iter()
            .any(|ending| lower.ends_with(ending));
    let is_mojibake = title.contains('\u{FFFD}') || title.matches('?').count() * 3 > title.len();
    let letters = title.chars().filter(|c| c.is_alphanumeric()).count();
    let bad = placeholder.iter().any(|p| lower == *p || lower.starts_with("microsoft word -"));
    (letters >= 2 && !bad && !is_file_name && !is_mojibake).then(|| title.to_owned())
}

fn split_authors(text: &str) -> Vec<String> {
    let separators = [';', '；', '、', '，', '&'];
    let text = text.replace(" and ", ";");
    let parts: Vec<&str> = if text.contains(separators) {
        text.split(separators).collect()
    } else {
        // "Doe, Jane" is one person, "Jane Doe, John Roe" are two.
        let commas = text.split(',').collect::<Vec<_>>();
        let is_whole_name =
            |p: &&str| p.split_whitespace().count() >= 2 || p.chars().any(yinju_core::text::is_cjk);
        if commas.iter().all(is_whole_name) { commas } else { vec![text.as_str()] }
    };
    parts.iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

fn outline(document: &PdfDocument<'_>) -> Vec<OutlineEntry> {
    let mut entries = Vec::new();
    // FPDFBookmark_GetFirstChild of no bookmark is the first of the whole outline.
    let mut seen = HashSet::new();
    if let Some(first) = document.bookmarks().root() {
        walk(first, 1, &mut seen, &mut entries);
    }
    entries
}

/// Siblings in a loop, children by recursion bounded by [`MAX_DEPTH`]; damaged outlines may form a
/// ring, which `seen` breaks.
fn walk<'a>(
    first: PdfBookmark<'a>,
    level: u8,
    seen: &mut HashSet<PdfBookmark<'a>>,
    entries: &mut Vec<OutlineEntry>,
) {
    let mut next = Some(first);
    while let Some(bookmark) = next {
        if entries.len() >= MAX_OUTLINE || level > MAX_DEPTH || !seen.insert(bookmark.clone()) {
            return;
        }
        entries.push(entry(&bookmark, level));
        if let Some(child) = bookmark.first_child() {
            walk(child, level + 1, seen, entries);
        }
        next = bookmark.next_sibling();
    }
}

fn entry(bookmark: &PdfBookmark<'_>, level: u8) -> OutlineEntry {
    let page = bookmark.destination().and_then(|d| d.page_index().ok());
    OutlineEntry {
        level,
        title: clean(&bookmark.title().unwrap_or_default()),
        page: page.and_then(|p| usize::try_from(p).ok()).map(PageNumber::from_index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_title(title: &str, usable: bool) {
        assert_eq!(usable_title(title).is_some(), usable, "{title}");
    }

    #[test]
    fn file_names_and_placeholders_are_no_titles() {
        check_title("茶叶储存与冲泡手册", true);
        check_title("A Survey of Tea", true);
        check_title("untitled", false);
        check_title("Microsoft Word - report.doc", false);
        check_title("paper.dvi", false);
        check_title("?????? ???", false);
        check_title("-", false);
    }

    #[test]
    fn authors_are_told_apart() {
        assert_eq!(split_authors("张三；李四"), ["张三", "李四"]);
        assert_eq!(split_authors("张三, 李四"), ["张三", "李四"]);
        assert_eq!(split_authors("Jane Doe and John Roe"), ["Jane Doe", "John Roe"]);
        assert_eq!(split_authors("Doe, Jane"), ["Doe, Jane"]);
        assert_eq!(split_authors("Jane Doe, John Roe"), ["Jane Doe", "John Roe"]);
    }
}
