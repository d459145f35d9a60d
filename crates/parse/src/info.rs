//! What a file says of itself: metadata, outline, files inside it; and what is to be said of the file
//! as a whole. Guessing a title from the pages is not done here; the engine falls back to the file's
//! name.

use crate::source::Look;
use pdfium_render::prelude::{
    PdfBookmark, PdfDocument, PdfDocumentMetadataTagType as Tag, PdfFormType,
};
use std::collections::HashSet;
use yinju_core::document::{DocumentInfo, OutlineEntry};
use yinju_core::{PageNumber, Warning, WarningCode};

/// Outlines longer or deeper than this are cut; hostile files have endless ones.
const MAX_OUTLINE: usize = 5_000;
const MAX_DEPTH: u8 = 16;
/// At most this many names of files inside are kept, and this many characters of each.
const MAX_ATTACHMENTS: u16 = 1_000;
const MAX_NAME: usize = 255;
/// So many names are said in a warning; the rest is counted.
const NAMES_SAID: usize = 5;

/// Metadata, outline and attachments of an open file.
pub(crate) fn read(document: &PdfDocument<'_>, look: Look) -> DocumentInfo {
    DocumentInfo {
        title: tag(document, Tag::Title).and_then(|t| usable_title(&t)),
        authors: tag(document, Tag::Author).map(|a| split_authors(&a)).unwrap_or_default(),
        created: tag(document, Tag::CreationDate),
        page_count: page_count(document, look),
        outline: outline(document),
        attachments: attachments(document),
    }
}

/// PDFium believes a page tree that says it has a million pages. No page takes less than a byte, so
/// a short file cannot keep a reader busy with pages that are not there.
fn page_count(document: &PdfDocument<'_>, look: Look) -> u32 {
    let claimed = u64::try_from(document.pages().len()).unwrap_or(0);
    u32::try_from(claimed.min(look.length)).unwrap_or(u32::MAX)
}

fn attachments(document: &PdfDocument<'_>) -> Vec<String> {
    let all = document.attachments();
    let name = |index| {
        let name: String = clean(&all.get(index).ok()?.name()).chars().take(MAX_NAME).collect();
        Some(if name.is_empty() { "?".to_owned() } else { name })
    };
    (0..all.len().min(MAX_ATTACHMENTS)).filter_map(name).collect()
}

/// What a person should know of the file as a whole.
pub(crate) fn remarks(document: &PdfDocument<'_>, info: &DocumentInfo, look: Look) -> Vec<Warning> {
    let mut remarks = Vec::new();
    let mut say = |code, message: String| remarks.push(Warning { code, message });
    if !look.has_end {
        say(WarningCode::Damaged, CUT_OFF.to_owned());
    } else if !look.has_table {
        say(WarningCode::Damaged, NO_TABLE.to_owned());
    }
    // A form that is only drawn over ordinary pages (`XfaForeground`) loses nothing.
    if document.form().is_some_and(|form| form.form_type() == PdfFormType::XfaFull) {
        say(WarningCode::XfaForm, XFA.to_owned());
    }
    if !info.attachments.is_empty() {
        say(WarningCode::Attachments, attached(&info.attachments));
    }
    remarks
}

const CUT_OFF: &str = "the file is cut off at its end; what could be read of it was";
const NO_TABLE: &str = "the table that says where the file's parts are is damaged; those that could be found were read";
const XFA: &str = "this form is made by a program inside the file (XFA), which is not run: the page \
                   stands in for it; in Adobe Reader it can be printed to a new PDF";

fn attached(names: &[String]) -> String {
    let said = names[..names.len().min(NAMES_SAID)].join(", ");
    let more = names.len().saturating_sub(NAMES_SAID);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("the file holds other files, which are not read: {said}{more}")
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
    // Accession numbers and dates name nothing that a person would say.
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
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
        check_title("0001018724-18-000005", false);
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
