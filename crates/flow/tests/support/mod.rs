//! Files made for the tests, and a reader that keeps what it reads.

#![allow(dead_code, reason = "every test uses a part of it")]
#![allow(clippy::unwrap_used, clippy::format_push_string, clippy::format_collect)]

pub mod books;
pub mod words;

use std::io::{Cursor, Write};
use std::path::Path;
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{Page, PageNumber, Problem};
use yinju_flow::Kind;
use zip::write::SimpleFileOptions;

/// What was read of a file.
#[derive(Debug)]
pub struct Told {
    pub info: DocumentInfo,
    pub pages: Vec<Page>,
}

impl Told {
    /// The text of all pages.
    pub fn text(&self) -> String {
        self.pages.iter().map(|page| page.text.as_str()).collect()
    }
}

/// Reads bytes as a file of this name, and fails if what comes is not what the port promises.
pub fn read(name: &str, bytes: &[u8]) -> Result<Told, Problem> {
    let (path, file) = (Path::new(name), &mut Cursor::new(bytes));
    let kind = Kind::of_file(path, file).unwrap_or_else(|| panic!("{name} is of no kind"));
    let mut told = Told { info: DocumentInfo::default(), pages: Vec::new() };
    let mut events = 0;
    yinju_flow::read(kind, file, &ReadRequest::new(path), None, &mut |event| {
        match event {
            ReadEvent::Opened(info) => {
                assert_eq!(events, 0, "opened first");
                told.info = info;
            }
            ReadEvent::Begun(number) => assert_eq!(number.index(), told.pages.len()),
            ReadEvent::Page(page) => {
                assert_eq!(page.number.index(), told.pages.len());
                told.pages.push(page);
            }
        }
        events += 1;
        Ok(())
    })?;
    assert_eq!(told.info.page_count as usize, told.pages.len());
    Ok(told)
}

/// Pages as a person compares them.
pub fn shown(told: &Told) -> String {
    let info = &told.info;
    let mut shown = format!(
        "title: {:?}\nauthors: {:?}\ncreated: {:?}\n",
        info.title, info.authors, info.created
    );
    for entry in &info.outline {
        let page = entry.page.map(PageNumber::get).unwrap_or_default();
        shown += &format!("outline: {}{} → {page}\n", "  ".repeat(entry.level.into()), entry.title);
    }
    for page in &told.pages {
        let label = page.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
        shown += &format!("\n== page {}{label} {:?} ==\n", page.number, page.status);
        for warning in &page.warnings {
            shown += &format!("warning {:?}: {}\n", warning.code, warning.message);
        }
        for block in &page.blocks {
            let level = block.level.map(|level| format!(" {level}")).unwrap_or_default();
            shown += &format!("[{:?}{level}] {:?}\n", block.kind, page.slice(block.range));
            if let Some(table) = &block.table {
                shown += &format!(
                    "  header rows {}, continues {}\n",
                    table.header_rows, table.continues
                );
                for span in &table.spans {
                    shown += &format!(
                        "  row {} column {}: {} × {}\n",
                        span.row, span.column, span.rows, span.columns
                    );
                }
            }
        }
    }
    shown
}

/// A zip archive of these parts, in this order; the first is stored, as EPUB wants it.
pub fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (i, (name, bytes)) in parts.iter().enumerate() {
        let method =
            if i == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What must hold of every page.
pub fn check_page(page: &Page) {
    let length = page.text.chars().count() as u32;
    let mut at = 0;
    for block in &page.blocks {
        assert_eq!(block.range.start, at, "blocks tile the text");
        assert!(!block.range.is_empty());
        at = block.range.end;
        let text = page.slice(block.range);
        assert!(!text.trim().is_empty() || block.table.is_some());
        if let Some(table) = &block.table {
            let rows: Vec<_> = table.rows.iter().map(|row| row.join("\t")).collect();
            assert_eq!(text.trim_end_matches('\n'), rows.join("\n"), "a table's text is its rows");
            let width = table.rows[0].len();
            assert!(table.rows.iter().all(|row| row.len() == width));
        }
    }
    assert_eq!(at, length);
    let characters: Vec<char> = page.text.chars().collect();
    let mut in_line = vec![false; characters.len()];
    let mut end = 0;
    for line in &page.lines {
        assert!(line.range.start >= end && line.range.end <= length && !line.range.is_empty());
        end = line.range.end;
        assert_eq!(line.edges.len(), line.range.len());
        in_line[line.range.start as usize..end as usize].fill(true);
        let b = line.bbox;
        assert!([b.x0, b.y0, b.x1, b.y1].iter().all(|side| (0.0..=1.0).contains(side)));
        assert!(b.x0 < b.x1 && b.y0 < b.y1);
    }
    for (c, in_line) in characters.iter().zip(in_line) {
        assert_eq!(*c != '\n', in_line, "every character but line ends is in a line");
    }
}
