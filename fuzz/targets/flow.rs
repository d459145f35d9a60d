//! Reflowable files of every kind and files of files, as bytes and, so that not every input has to be an archive first, as the
//! parts of one. Whatever is read has pages in order, whose blocks tile their text and whose lines hold every
//! character of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use std::path::Path;
use yinju_core::Page;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_flow::{Kind, Members};
use zip::write::SimpleFileOptions;

/// Parts of a book, of a document, of slides, of an OpenDocument file and of sheets; the input's parts are given these names in turn.
const BOOK: [&str; 6] = [
    "META-INF/container.xml",
    "content.opf",
    "a.xhtml",
    "nav.xhtml",
    "toc.ncx",
    "META-INF/encryption.xml",
];
const DOCUMENT: [&str; 6] = [
    "word/document.xml",
    "word/styles.xml",
    "word/numbering.xml",
    "word/footnotes.xml",
    "word/_rels/document.xml.rels",
    "docProps/core.xml",
];
const SLIDES: [&str; 6] = [
    "ppt/presentation.xml",
    "ppt/_rels/presentation.xml.rels",
    "ppt/slides/slide1.xml",
    "ppt/slides/_rels/slide1.xml.rels",
    "ppt/notesSlides/notesSlide1.xml",
    "docProps/core.xml",
];
const OPEN: [&str; 4] = ["content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"];
const SHEETS: [&str; 6] = [
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
];

const FILES: [&str; 4] = ["a.txt", "folder/b.md", "__MACOSX/c", "d.zip"];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let (kind, bytes) = match kind % 28 {
        0 => (Kind::Text, bytes.to_vec()),
        1 => (Kind::Markdown, bytes.to_vec()),
        2 => (Kind::Html, bytes.to_vec()),
        3 => (Kind::Epub, bytes.to_vec()),
        4 => (Kind::Docx, bytes.to_vec()),
        5 => (Kind::Epub, archive(&BOOK, bytes)),
        6 => (Kind::Docx, archive(&DOCUMENT, bytes)),
        7 => (Kind::Pptx, archive(&SLIDES, bytes)),
        8 => (Kind::OpenDocument, archive(&OPEN, bytes)),
        9 => (Kind::Workbook, archive(&SHEETS, bytes)),
        10 | 11 => (Kind::Workbook, bytes.to_vec()),
        12 => (Kind::Pptx, bytes.to_vec()),
        13 => (Kind::OpenDocument, bytes.to_vec()),
        14 => (Kind::Csv, bytes.to_vec()),
        15 | 16 => (Kind::Rtf, [b"{\\rtf1", bytes].concat()),
        17 | 18 => (Kind::Mail, bytes.to_vec()),
        19 => (Kind::Notebook, bytes.to_vec()),
        20 => (Kind::FictionBook, bytes.to_vec()),
        21 => (Kind::Outlook, bytes.to_vec()),
        22 => (Kind::Doc, bytes.to_vec()),
        23 => (Kind::Ppt, bytes.to_vec()),
        24 => return members(Kind::Archive, &archive(&FILES, bytes)),
        25 => return members(Kind::Archive, bytes),
        26 => return members(Kind::Mailbox, bytes),
        _ => (Kind::Docx, archive(&DOCUMENT, bytes)),
    };
    if kind.holds_files() {
        members(kind, &bytes);
    }
    read(kind, &bytes);
});

/// Whatever a file holds is handed out or a reason is.
fn members(kind: Kind, bytes: &[u8]) {
    let mut file = Cursor::new(bytes);
    let Ok(mut members) = Members::of(kind, Path::new("fuzzed"), &mut file) else { return };
    for at in 0..members.names().len() {
        if let Err(reason) = members.take(at) {
            assert!(!reason.is_empty());
        }
    }
}

/// What stands between zero bytes, by these names.
fn archive(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = [("mimetype", &b"application/epub+zip"[..])];
    let given = names.iter().copied().zip(bytes.split(|byte| *byte == 0));
    for (name, part) in parts.into_iter().chain(given) {
        zip.start_file(name, stored).expect("names differ");
        zip.write_all(part).expect("memory can be written");
    }
    zip.finish().expect("memory can be written").into_inner()
}

fn read(kind: Kind, bytes: &[u8]) {
    let mut pages = 0;
    let request = ReadRequest::new("fuzzed");
    let _ = yinju_flow::read(kind, &mut Cursor::new(bytes), &request, None, &mut |event| {
        if let ReadEvent::Page(page) = event {
            pages += 1;
            assert_eq!(page.number.get(), pages, "pages come in order");
            check(&page);
        }
        Ok(())
    });
}

fn check(page: &Page) {
    let mut at = 0;
    for block in &page.blocks {
        assert_eq!(block.range.start, at, "blocks tile the text");
        assert!(!block.range.is_empty());
        at = block.range.end;
        if let Some(table) = &block.table {
            let rows: Vec<_> = table.rows.iter().map(|row| row.join("\t")).collect();
            let text = page.slice(block.range);
            assert_eq!(text.trim_end_matches('\n'), rows.join("\n"), "a table's text is its rows");
        }
    }
    let characters: Vec<char> = page.text.chars().collect();
    assert_eq!(at as usize, characters.len());
    let mut in_line = vec![false; characters.len()];
    let mut end = 0;
    for line in &page.lines {
        assert!(line.range.start >= end && !line.range.is_empty(), "lines follow one another");
        end = line.range.end;
        assert_eq!(line.edges.len(), line.range.len());
        in_line[line.range.start as usize..end as usize].fill(true);
    }
    for (c, in_line) in characters.iter().zip(in_line) {
        assert_eq!(*c != '\n', in_line, "every character but line ends is in a line");
    }
}
