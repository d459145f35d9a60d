//! The real worker on files that are no PDFs, confined as always, and without PDFium: they need none.

#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Page, Problem, ProblemCode};
use yinju_supervisor::{WorkerConfig, WorkerReader};

const CONTAINER: &str =
    "<container><rootfiles><rootfile full-path=\"a.opf\"/></rootfiles></container>";
const PACKAGE: &str = "<package><manifest><item id=\"a\" href=\"a.xhtml\"/></manifest>\
                       <spine><itemref idref=\"a\"/></spine></package>";
const CHAPTER: &str =
    "<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><p>引据 reads</p></body></html>";
const DOCUMENT: &str =
    "<w:document><w:body><w:p><w:r><w:t>引据 reads</w:t></w:r></w:p></w:body></w:document>";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn reader() -> WorkerReader {
    let config = WorkerConfig::new(env!("CARGO_BIN_EXE_yinju-worker"), "nowhere.so");
    WorkerReader::new(WorkerConfig { read_slots: 1, ..config })
}

fn pages(reader: &WorkerReader, path: &Path) -> Result<Vec<Page>, Problem> {
    let mut pages = Vec::new();
    reader.read(&ReadRequest::new(path), &CancelToken::new(), &mut |event| {
        if let ReadEvent::Page(page) = event {
            pages.push(page);
        }
        Ok(())
    })?;
    Ok(pages)
}

#[test]
fn every_format_gives_pages() {
    let book = [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", CONTAINER),
        ("a.opf", PACKAGE),
        ("a.xhtml", CHAPTER),
    ];
    let files: [(&str, Vec<u8>); 6] = [
        ("a.txt", "引据 reads\n".into()),
        ("a.md", "引据 reads\n".into()),
        ("a.html", "<p>引据 reads</p>".into()),
        ("a.epub", archive(&book)),
        ("a.docx", archive(&[("word/document.xml", DOCUMENT)])),
        ("without_a_name_that_says_it", "<!DOCTYPE html><p>引据 reads</p>".into()),
    ];
    let (reader, folder) = (reader(), tempfile::tempdir().unwrap());
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let pages = pages(&reader, &path).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
        let texts: Vec<_> = pages.iter().map(|page| page.text.as_str()).collect();
        assert_eq!(texts, ["引据 reads\n"], "{name}");
        assert_eq!(pages[0].boxes_of(pages[0].blocks[0].range).len(), 1, "{name}");
    }
}

#[test]
fn a_problem_of_the_file_is_told_as_such() {
    let (reader, folder) = (reader(), tempfile::tempdir().unwrap());
    let path = folder.path().join("a.docx");
    std::fs::write(&path, "no document").unwrap();
    assert_eq!(pages(&reader, &path).unwrap_err().code, ProblemCode::UnsupportedFile);
    let gone = pages(&reader, &folder.path().join("gone.epub")).unwrap_err();
    assert_eq!(gone.code, ProblemCode::FileNotFound);
}

#[test]
fn what_begins_as_a_pdf_goes_to_pdfium() {
    let (reader, folder) = (reader(), tempfile::tempdir().unwrap());
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "%PDF-1.7\n").unwrap();
    assert_eq!(pages(&reader, &path).unwrap_err().code, ProblemCode::PdfiumMissing);
}
