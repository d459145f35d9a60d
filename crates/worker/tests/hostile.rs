//! Files that try to hurt a reader or to be misread, through the real worker: exactly what comes of
//! each. They are made by `tests/inputs/hostile.py`, and here where they are too large to be kept.
//! Where PDFium is not on this machine, the tests say so and pass.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Page, Problem, ProblemCode};
use yinju_supervisor::{WorkerConfig, WorkerReader};

/// What came of a file.
struct Read {
    info: DocumentInfo,
    pages: Vec<Page>,
}

/// As in use, but for one file that takes all the memory it can get.
fn reader(memory: u64) -> Option<WorkerReader> {
    let pdfium = yinju_tests::pdfium()?;
    let worker = env!("CARGO_BIN_EXE_yinju-worker");
    let config = WorkerConfig::new(worker, pdfium);
    Some(WorkerReader::new(WorkerConfig { read_slots: 1, read_memory_limit: memory, ..config }))
}

fn read(path: &Path, password: Option<&str>) -> Option<Result<Read, Problem>> {
    let greedy = path.ends_with("form_bomb.pdf");
    let reader = reader(if greedy { 256 << 20 } else { 2 << 30 })?;
    let mut read = Read { info: DocumentInfo::default(), pages: Vec::new() };
    // Whether a page needs to be recognised is what is asked here, not what is recognised.
    let request = ReadRequest {
        password: password.map(str::to_owned),
        ocr: Ocr::off(),
        ..ReadRequest::new(path)
    };
    let outcome = reader.read(&request, &CancelToken::new(), &mut |event| {
        match event {
            ReadEvent::Opened(info) => read.info = info,
            ReadEvent::Begun(_) => {}
            ReadEvent::Page(page) => read.pages.push(page),
        }
        Ok(())
    });
    Some(outcome.map(|()| read))
}

fn input(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/inputs").join(name)
}

/// A code for a file that is refused; else status and warnings of every page, as JSON spells them:
/// `text; empty needs_ocr`. Warnings about models that are not there are left out.
fn said(outcome: &Result<Read, Problem>) -> String {
    let read = match outcome {
        Err(problem) => {
            assert!(problem.hint.is_some(), "{problem:?}");
            return problem.code.as_str();
        }
        Ok(read) => read,
    };
    assert_eq!(read.info.page_count as usize, read.pages.len());
    let pages = read.pages.iter().map(|page| {
        let mut said = snake_case(&format!("{:?}", page.status));
        for warning in &page.warnings {
            write!(said, " {}", snake_case(&format!("{:?}", warning.code))).unwrap();
        }
        said
    });
    pages.collect::<Vec<_>>().join("; ")
}

fn snake_case(name: &str) -> String {
    let parts = name.split_inclusive(|c: char| c.is_lowercase()).collect::<Vec<_>>().concat();
    let mut said = String::new();
    for c in parts.chars() {
        if c.is_uppercase() && !said.is_empty() {
            said.push('_');
        }
        said.extend(c.to_lowercase());
    }
    said
}

/// Returns the texts of the pages, empty where there is no PDFium.
fn check(name: &str, expected: &str) -> Vec<String> {
    check_with(name, None, expected)
}

fn check_with(name: &str, password: Option<&str>, expected: &str) -> Vec<String> {
    let Some(outcome) = read(&input(name), password) else { return Vec::new() };
    assert_eq!(said(&outcome), expected, "{name}: {:?}", outcome.err());
    outcome.map(|read| read.pages.into_iter().map(|page| page.text).collect()).unwrap_or_default()
}

const SENTENCE: &str = "The keeper lit the lamp at dusk and wrote down the wind.";

#[test]
fn locks() {
    let is_read = |texts: Vec<String>| assert!(texts.iter().all(|t| t.contains(SENTENCE)));
    is_read(check("owner_only.pdf", "text"));
    is_read(check_with("owner_only.pdf", Some("of no use"), "text"));
    is_read(check_with("rc4_40.pdf", Some("yinju"), "text"));
    check("rc4_40.pdf", "password_required");
    check_with("rc4_40.pdf", Some("Yinju"), "wrong_password");
    // AES-256, revision 6.
    check_with("password.pdf", Some("yinju"), "text");
    check_with("password.pdf", Some("yinju-owner"), "text");
    check("password.pdf", "password_required");
    check_with("password.pdf", Some("Yinju"), "wrong_password");
    check("certificate.pdf", "unsupported_encryption");
    check_with("certificate.pdf", Some("yinju"), "unsupported_encryption");
}

#[test]
fn other_files_by_the_name_of_pdf() {
    for (name, kind) in [
        ("png.pdf", "a PNG image"),
        ("zip.pdf", "a ZIP archive"),
        ("html.pdf", "a web page"),
        ("not_a_pdf.pdf", "is not a PDF"),
    ] {
        check(name, "not_a_pdf");
        let Some(outcome) = read(&input(name), None) else { return };
        let problem = outcome.err().unwrap();
        assert!(problem.message.contains(kind), "{problem:?}");
    }
}

#[test]
fn what_a_file_is_besides_its_pages() {
    check("xfa.pdf", "text xfa_form");
    check("portfolio.pdf", "text attachments");
    let Some(outcome) = read(&input("portfolio.pdf"), None) else { return };
    assert_eq!(outcome.ok().unwrap().info.attachments, ["letters.txt", "航海日志.txt"]);
}

#[test]
fn sizes_and_turns() {
    check("odd_sizes.pdf", "text unusual_size; text; text; text; text; text");
    check("mixed_pages.pdf", "text; text; text; text; text");
    let Some(outcome) = read(&input("mixed_pages.pdf"), None) else { return };
    let pages = outcome.ok().unwrap().pages;
    let sizes: Vec<_> = pages.iter().map(|p| (p.width, p.height)).collect();
    let expected =
        [(400.0, 300.0), (842.0, 595.0), (300.0, 3000.0), (400.0, 400.0), (400.0, 300.0)];
    assert_eq!(sizes, expected);
    for page in pages {
        assert!(page.text.starts_with(&format!("Sheet {} of the log.", page.number)));
    }
}

#[test]
fn what_draws_itself() {
    let texts = check("form_recursion.pdf", "text");
    assert!(texts.iter().all(|text| text.contains(SENTENCE) && text.contains("Form eight.")));
    // A trillion letters cost their page, and no other.
    let texts = check("form_bomb.pdf", "text; failed page_failed; text");
    if let [before, _, after] = &texts[..] {
        assert_eq!((&before[..], &after[..]), ("Before the bomb.\n", "After the bomb.\n"));
    }
}

#[test]
fn what_leads_back_to_itself() {
    let texts = check("page_loop.pdf", "text; text; text; text; text");
    assert!(texts.iter().all(|text| text.contains(SENTENCE)));
    let texts = check("rings.pdf", "text");
    assert!(texts.iter().all(|text| text.contains(SENTENCE)));
    // PDFium ends at the labels of any page; nothing else of the file is lost.
    check("label_ring.pdf", "failed page_failed; failed page_failed");
}

#[test]
fn pages_that_are_not_there() {
    let missing = |count| vec!["failed page_failed"; count];
    let after_one = |count| [vec!["text"], missing(count)].concat().join("; ");
    check("fewer_pages.pdf", &after_one(4));
    check("empty_tree.pdf", &missing(5).join("; "));
    check("zero_pages.pdf", "no_pages");
    // It says it has a million; no page takes less than a byte.
    let bytes = input("million_pages.pdf").metadata().unwrap().len() as usize;
    check("million_pages.pdf", &after_one(bytes - 1));
    check("missing_content.pdf", "empty; empty; empty; text");
}

#[test]
fn damage_that_can_be_mended_and_damage_that_cannot() {
    assert!(check("broken_xref.pdf", "text damaged").iter().all(|t| t.contains(SENTENCE)));
    assert!(check("http_header.pdf", "text").iter().all(|t| t.contains(SENTENCE)));
    check("cut_at_end.pdf", "text damaged; text; text");
    check("linearised_cut.pdf", "damaged_pdf");
    check("truncated.pdf", "damaged_pdf");
    check("empty.pdf", "empty_file");
}

#[test]
fn too_much_for_a_page() {
    let texts = check("crowded.pdf", "text truncated");
    assert!(texts.iter().all(|text| (190_000..=200_000).contains(&text.chars().count())));
    // 200 MB of content in a few hundred bytes are read in the memory there is.
    let texts = check("bomb.pdf", "text; text");
    assert!(texts.iter().all(|text| text.contains(SENTENCE) || text == "After the bomb.\n"));
}

#[test]
fn text_that_is_not_what_is_printed() {
    check("garbled.pdf", "garbled garbled_text");
    check("glyph_numbers.pdf", "garbled garbled_text");
    check("one_letter.pdf", "garbled garbled_text; text");
    check("wrong_encoding.pdf", "garbled garbled_text; text");
}

#[test]
fn text_that_runs_from_right_to_left() {
    let texts = check("right_to_left.pdf", "text");
    let expected = "בשנת 1937 נבנה המגדלור Yinju\nبنيت المنارة في عام 1937\n";
    assert!(texts.iter().all(|text| text == expected), "{texts:?}");
}

/// In order: words recognised before over a scan, a scan, a stamp on one, a line at its foot, a
/// slide with a picture behind, a receipt on a sheet, letters as curves, a frame around nothing.
#[test]
fn what_needs_to_be_recognised() {
    let expected = "text; empty needs_ocr; text needs_ocr; text needs_ocr; text; empty needs_ocr; \
                    empty needs_ocr; empty";
    check("pictures.pdf", expected);
    check("no_text.pdf", "empty needs_ocr; empty needs_ocr");
}

/// A catalogue, a page tree, a page, a font and a content; and as many objects of no use.
fn many_objects(count: usize) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 40 260 Td ({SENTENCE}) Tj ET");
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 300]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    objects.extend((0..count).map(|n| format!("[{} 0 R]", n + 5)));
    let mut pdf = String::from("%PDF-1.7\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", pdf.len()).unwrap();
        writeln!(pdf, "{} 0 obj{object}endobj", index + 1).unwrap();
    }
    let (place, size) = (pdf.len(), objects.len() + 1);
    writeln!(pdf, "xref\n0 {size}\n{table}trailer<</Size {size}/Root 1 0 R>>").unwrap();
    writeln!(pdf, "startxref\n{place}\n%%EOF").unwrap();
    pdf.into_bytes()
}

#[test]
fn a_hundred_thousand_objects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.pdf");
    std::fs::write(&path, many_objects(100_000)).unwrap();
    let Some(outcome) = read(&path, None) else { return };
    assert_eq!(said(&outcome), "text");
    assert!(outcome.ok().unwrap().pages[0].text.contains(SENTENCE));
}

/// What is read of a file after it was opened and something happened to it.
fn read_after(file: &Path, happens: impl FnOnce()) -> Option<(String, Result<(), Problem>)> {
    let reader = reader(2 << 30)?;
    let cancel = CancelToken::new();
    let mut opened = reader.open(file, &cancel, &mut |_| {}).unwrap();
    let sha256 = opened.content().sha256.clone();
    happens();
    let mut text = String::new();
    let request = ReadRequest { ocr: Ocr::off(), ..ReadRequest::new(file) };
    let outcome = opened.read(&request, &cancel, &mut |event| {
        if let ReadEvent::Page(page) = event {
            text += &page.text;
        }
        Ok(())
    });
    drop(opened);
    let now = reader.open(file, &cancel, &mut |_| {}).unwrap().content().sha256.clone();
    assert_ne!(sha256, now);
    Some((text, outcome))
}

#[test]
fn words_of_a_file_that_is_exchanged_stand_under_no_other_hash() {
    let folder = tempfile::tempdir().unwrap();
    let whole = |name: &str| std::fs::read(input(name)).unwrap();
    let (first, second) = (whole("owner_only.pdf"), whole("two_column_zh.pdf"));
    let check = |name: &str, first: &[u8], second: &[u8], expected: &str| {
        let file = folder.path().join(name);
        for in_its_place in [true, false] {
            std::fs::write(&file, first).unwrap();
            let exchange = || {
                if in_its_place {
                    std::fs::write(&file, second).unwrap();
                } else {
                    std::fs::write(folder.path().join("new"), second).unwrap();
                    std::fs::rename(folder.path().join("new"), &file).unwrap();
                }
            };
            let Some((text, outcome)) = read_after(&file, exchange) else { return };
            assert!(text.contains(expected), "{name}: {text}");
            assert_eq!(outcome.unwrap_err().code, ProblemCode::FileChanged, "{name}");
        }
    };
    check("a.pdf", &first, &second, SENTENCE);
    check("a.md", b"# One\n\nThe lamp is lit.\n", b"# Two\n\nThe crane stands.\n", "lamp is lit");
}

#[test]
fn of_a_large_file_that_is_exchanged_nothing_is_read_that_was_not_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.txt");
    let lamps = "The lamp is lit at dusk.\n\n".repeat(2_000_000);
    std::fs::write(&file, &lamps).unwrap();
    let exchange = || std::fs::write(&file, lamps.replace("lamp", "bell")).unwrap();
    let Some((text, outcome)) = read_after(&file, exchange) else { return };
    assert!(!text.contains("bell"));
    assert_eq!(outcome.unwrap_err().code, ProblemCode::FileChanged);
}

#[test]
fn what_is_no_file_is_refused_and_waited_for_by_nobody() {
    let Some(reader) = reader(2 << 30) else { return };
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.pdf");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let socket = folder.path().join("socket.pdf");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let began = std::time::Instant::now();
    for path in [pipe.as_path(), socket.as_path(), Path::new("/dev/zero"), folder.path()] {
        let opened = reader.open(path, &CancelToken::new(), &mut |_| {});
        let problem = opened.map(|_| ()).unwrap_err();
        assert_eq!(problem.code, ProblemCode::FileUnreadable, "{}: {problem:?}", path.display());
        assert!(problem.hint.is_some());
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(30));
}
