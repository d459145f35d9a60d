//! Files of files through the real worker: archives, and mails with what is attached. Where PDFium is not
//! on this machine, the tests say so and pass.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write};
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{
    CancelToken, DocumentReader, Page, PageNumber, Problem, ProblemCode, WarningCode,
};
use yinju_supervisor::{WorkerConfig, WorkerReader};
use zip::write::{SimpleFileOptions, ZipWriter};

struct Told {
    info: DocumentInfo,
    pages: Vec<Page>,
}

fn told(name: &str, bytes: &[u8]) -> Option<Result<Told, Problem>> {
    let config = WorkerConfig::new(env!("CARGO_BIN_EXE_yinju-worker"), yinju_tests::pdfium()?);
    let reader = WorkerReader::new(WorkerConfig { read_slots: 1, ..config });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let request = ReadRequest { ocr: Ocr::off(), ..ReadRequest::new(path) };
    let mut told = Told { info: DocumentInfo::default(), pages: Vec::new() };
    let outcome = reader.read(&request, &CancelToken::new(), &mut |event| {
        match event {
            ReadEvent::Opened(info) => told.info = info,
            ReadEvent::Begun(_) => {}
            ReadEvent::Page(page) => told.pages.push(page),
        }
        Ok(())
    });
    Some(outcome.map(|()| told))
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(yinju_tests::root().join("assets/samples").join(name)).unwrap()
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_files_of_an_archive_stand_one_after_the_other() {
    let kettle = sample("kettle-manual-en.pdf");
    let inner = archive(&[("deep.txt", b"too deep")]);
    let bytes = archive(&[
        ("docs/10 notes.md", "# Notes\n\nLate words\n\n# More\n\nLast words\n".as_bytes()),
        ("docs/2 kettle.pdf", &kettle),
        ("__MACOSX/docs/._2 kettle.pdf", b"rubbish"),
        ("docs/program.exe", b"MZ\x90\0"),
        ("docs/inner.zip", &inner),
        ("读我.txt", "第一句话。\n".as_bytes()),
    ]);
    let Some(outcome) = told("papers.zip", &bytes) else { return };
    let told = outcome.unwrap();
    let kettle_pages = told.pages.len() - 3;
    assert!(kettle_pages > 0);
    assert_eq!(told.info.page_count as usize, told.pages.len());
    let numbers: Vec<usize> = told.pages.iter().map(|page| page.number.index()).collect();
    assert_eq!(numbers, (0..told.pages.len()).collect::<Vec<_>>());
    assert!(told.pages[kettle_pages].text.contains("Late words"));
    assert!(told.pages[kettle_pages + 2].text.contains("第一句话"));
    let chapter = |name: &str| {
        let found = told.info.outline.iter().find(|entry| entry.title == name).unwrap();
        (found.level, found.page.map(PageNumber::index))
    };
    assert_eq!(chapter("docs/2 kettle.pdf"), (1, Some(0)));
    assert_eq!(chapter("docs/10 notes.md"), (1, Some(kettle_pages)));
    assert_eq!(chapter("More"), (2, Some(kettle_pages + 1)));
    let warning = &told.pages[0].warnings[0];
    assert_eq!(warning.code, WarningCode::Attachments);
    for name in ["program.exe", "inner.zip"] {
        assert!(warning.message.contains(name), "{}", warning.message);
    }
    assert!(!warning.message.contains("MACOSX"));
}

#[test]
fn a_tar_archive_and_a_compressed_file_are_read_like_others() {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [("b/10.txt", "Last words.\n"), ("b/9.txt", "第一句话。\n")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let bytes = tar.into_inner().unwrap();
    let packed = gzip(&bytes);
    for (name, bytes) in [("a.tar", &bytes), ("a.tar.gz", &packed), ("a.tgz", &packed)] {
        let Some(outcome) = told(name, bytes) else { return };
        let told = outcome.unwrap();
        let titles: Vec<_> = told.info.outline.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["b/9.txt", "b/10.txt"], "{name}");
        assert!(told.pages[0].text.contains("第一句话"));
    }
    let single = told("notes.md.gz", &gzip(b"# Notes\n\nPacked alone.\n")).unwrap().unwrap();
    assert!(single.pages[0].text.contains("Packed alone"));
    // What is cut off says so, whatever of it can be read.
    let line = |at: usize| format!("Line {at} of {}.\n", at * 7919 % 1000);
    let lines: Vec<String> = (0..400).map(line).collect();
    let packed = gzip(lines.concat().as_bytes());
    let half = told("notes.txt.gz", &packed[..packed.len() / 2]).unwrap().unwrap();
    let warning = &half.pages[0].warnings[0];
    assert_eq!(warning.code, WarningCode::Attachments);
    assert!(warning.message.contains("damaged"), "{}", warning.message);
    // Its second file has no content any more: 512 bytes of header each, and of content.
    let half = told("a.tar", &bytes[..3 * 512]).unwrap().unwrap();
    assert!(half.pages[0].warnings[0].message.contains("damaged"));
    let problem = told("b.gz", b"no archive").unwrap().err().unwrap();
    assert_eq!(problem.code, ProblemCode::UnsupportedFile);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn the_mails_of_a_mailbox_have_a_chapter_each() {
    let mail = |subject: &str, text: &str| {
        format!(
            "From a@example.com Sat Jan  3 01:05:34 2026\nFrom: a@example.com\nSubject: {subject}\n\
             Content-Type: text/plain; charset=utf-8\n\n{text}\n\n"
        )
    };
    let mailbox = mail("The pump", "It holds 40 litres.") + &mail("水泵", "容量四十升。");
    let Some(outcome) = told("archive.mbox", mailbox.as_bytes()) else { return };
    let told = outcome.unwrap();
    let titles: Vec<_> = told.info.outline.iter().map(|entry| entry.title.as_str()).collect();
    assert!(titles.contains(&"1. The pump.eml") && titles.contains(&"2. 水泵.eml"), "{titles:?}");
    assert!(told.pages[0].text.contains("40 litres"));
    assert!(told.pages[1].text.contains("四十升"));
}

#[test]
fn an_archive_of_nothing_readable_says_what_it_holds() {
    let Some(outcome) = told("tools.zip", &archive(&[("program.exe", b"MZ\x90\0")])) else {
        return;
    };
    let Err(problem) = outcome else { panic!("a program was read") };
    assert_eq!(problem.code, ProblemCode::UnsupportedFile);
    assert!(problem.hint.unwrap().contains("program.exe"));
}

#[test]
fn what_is_attached_to_a_mail_is_read_behind_it() {
    use std::fmt::Write;
    let mut encoded = String::new();
    for line in base64(&sample("kettle-manual-en.pdf")).as_bytes().chunks(76) {
        writeln!(encoded, "{}\r", std::str::from_utf8(line).unwrap()).unwrap();
    }
    let mail = format!(
        "From: a@example.com\r\nSubject: The manual\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         See the attached manual.\r\n--b\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename=\"kettle.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}--b--\r\n"
    );
    let Some(outcome) = told("mail.eml", mail.as_bytes()) else { return };
    let told = outcome.unwrap();
    assert_eq!(told.info.title.as_deref(), Some("The manual"));
    assert!(told.pages[0].text.contains("See the attached manual."));
    assert!(told.pages.len() > 1 && told.pages[1].text.to_lowercase().contains("kettle"));
    assert!(told.info.outline.iter().any(|entry| entry.title == "kettle.pdf"));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).map(|group| {
        let all = group.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        let all = all << (8 * (3 - group.len()));
        let digit = |at: usize| char::from(DIGITS[(all >> (18 - 6 * at) & 63) as usize]);
        (0..4).map(|at| if at <= group.len() { digit(at) } else { '=' }).collect::<String>()
    });
    groups.collect()
}
