//! The text of pages as it was read, for the reader of documents that are not drawn.

use super::wire_name;
use serde::Serialize;
use ts_rs::TS;
use yinju_core::page::Block;
use yinju_core::text::slice_chars;
use yinju_core::{BBox, CharRange, Page};

/// A page, block by block.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "PageText")]
pub struct PageTextDto {
    pub number: u32,
    /// The printed page number, where there is one.
    pub label: Option<String>,
    pub blocks: Vec<PageBlockDto>,
}

/// A run of lines that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(rename = "PageBlock")]
pub struct PageBlockDto {
    #[ts(
        type = "'heading' | 'paragraph' | 'list_item' | 'table' | 'caption' | 'formula' | 'header' | 'footer' | 'footnote' | 'form_field' | 'annotation' | 'figure'"
    )]
    pub kind: String,
    /// Depth of a heading, from 1.
    pub level: u8,
    pub text: String,
    /// What of the text is quoted: from, to, in UTF-16 code units.
    pub marks: Vec<(u32, u32)>,
    /// The cells of a table.
    pub table: Option<PageTableDto>,
}

/// A table, cell by cell.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "PageTable")]
pub struct PageTableDto {
    pub rows: Vec<Vec<String>>,
    /// How many of the first rows name the columns.
    pub header_rows: u8,
    /// Rows in which something is quoted, from 0.
    pub marked: Vec<usize>,
}

impl PageTextDto {
    /// A page, with what the boxes cover marked.
    pub fn of(page: &Page, boxes: &[BBox]) -> Self {
        let marked = page.ranges_in(boxes);
        Self {
            number: page.number.get(),
            label: page.label.clone(),
            blocks: page
                .blocks
                .iter()
                .map(|block| PageBlockDto::of(page, block, &marked))
                .collect(),
        }
    }
}

impl PageBlockDto {
    fn of(page: &Page, block: &Block, marked: &[CharRange]) -> Self {
        let text = slice_chars(&page.text, block.range).trim_end();
        let inside = marked.iter().filter_map(|range| range.intersect(block.range));
        let table = block.table.as_ref().map(|table| {
            let rows = block.rows(&page.text).unwrap_or_default().into_iter().enumerate();
            let is_marked = |row: &CharRange| marked.iter().any(|m| m.intersect(*row).is_some());
            PageTableDto {
                rows: table.filled(),
                header_rows: table.header_rows,
                marked: rows.filter(|(_, row)| is_marked(row)).map(|(n, _)| n).collect(),
            }
        });
        Self {
            kind: wire_name(block.kind),
            level: block.level.unwrap_or_default(),
            marks: inside.map(|range| in_units(text, range, block.range.start)).collect(),
            text: text.to_owned(),
            table,
        }
    }
}

/// Characters of a page in UTF-16 code units of a text that begins at `start` of it.
fn in_units(text: &str, range: CharRange, start: u32) -> (u32, u32) {
    let units = |to: u32| {
        let before = text.chars().take(to.saturating_sub(start) as usize);
        before.map(|c| c.len_utf16() as u32).sum()
    };
    (units(range.start), units(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_as_the_window_counts_them() {
        assert_eq!(in_units("a😀b", CharRange::new(11, 13), 10), (1, 4));
        assert_eq!(in_units("茶", CharRange::new(0, 9), 0), (0, 1));
    }
}
