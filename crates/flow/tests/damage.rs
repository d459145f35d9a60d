//! Files that are damaged, locked, lying or hostile: read as far as they can be, or refused for a
//! reason a person understands; never a panic, never more memory than there is a limit for.

mod support;

use support::{archive, books, check_page, read, words};
use yinju_core::{PageStatus, ProblemCode, WarningCode};

fn code(name: &str, bytes: &[u8]) -> ProblemCode {
    let problem = read(name, bytes).expect_err(name);
    assert!(problem.hint.is_some());
    problem.code
}

#[test]
fn what_is_not_what_it_says_is_named() {
    assert_eq!(code("a.txt", b""), ProblemCode::EmptyFile);
    assert_eq!(
        code("a.txt", &(0..=255).cycle().take(5_000).collect::<Vec<u8>>()),
        ProblemCode::UnsupportedFile
    );
    assert_eq!(code("a.epub", b"no book at all"), ProblemCode::UnsupportedFile);
    assert_eq!(code("a.docx", b"no document at all"), ProblemCode::UnsupportedFile);
    let sheet =
        archive(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")]);
    assert_eq!(code("a.docx", &sheet), ProblemCode::UnsupportedFile);
}

#[test]
fn what_is_cut_off_is_damaged() {
    let (book, document) = (books::english(), words::english());
    assert_eq!(code("a.epub", &book[..book.len() / 2]), ProblemCode::DamagedFile);
    assert_eq!(code("a.docx", &document[..document.len() / 2]), ProblemCode::DamagedFile);
    let empty = archive(&[("mimetype", b"application/epub+zip")]);
    assert_eq!(code("a.epub", &empty), ProblemCode::DamagedFile);
}

#[test]
fn locked_files_are_told_apart() {
    let locked = |algorithm: &str| {
        let list = format!(
            "<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm=\"{algorithm}\"/>\
             </enc:EncryptedData></encryption>"
        );
        books::epub("", "", &[books::xhtml("<p>x</p>")], &[("META-INF/encryption.xml", &list)])
    };
    let aes = locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc");
    assert_eq!(code("a.epub", &aes), ProblemCode::UnsupportedEncryption);
    assert!(read("a.epub", &locked("http://www.idpf.org/2008/embedding")).is_ok());
    let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    assert_eq!(code("old.docx", &compound), ProblemCode::UnsupportedFile);
    compound.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code("a.docx", &compound), ProblemCode::UnsupportedEncryption);
}

#[test]
fn bombs_are_refused() {
    // 64 MiB of zeros in 64 KiB.
    let zeros = vec![0; 64 << 20];
    let bomb = archive(&[("_rels/.rels", b"<x/>"), ("word/document.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    let problem = read("a.docx", &bomb).unwrap_err();
    assert_eq!(problem.code, ProblemCode::FileTooLarge);
    assert!(problem.message.contains("too large"), "{}", problem.message);
}

#[test]
fn entities_are_not_expanded() {
    let laughs = "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">\
                  <!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
                  <w:document><w:p><w:r><w:t>x&c;&f;y</w:t></w:r></w:p></w:document>";
    let told = read("a.docx", &archive(&[("word/document.xml", laughs.as_bytes())])).unwrap();
    assert_eq!(told.text(), "xy\n");
}

#[test]
fn a_chapter_that_is_not_there_is_a_page_that_says_so() {
    let first = books::xhtml("<p>first</p>").replace("</p>", "");
    let opf = "<package><manifest><item id='a' href='a.xhtml'/><item id='b' href='gone.xhtml'/></manifest>\
               <spine><itemref idref='a'/><itemref idref='b'/><itemref idref='never'/></spine></package>";
    let book = archive(&[
        ("mimetype", b"application/epub+zip"),
        ("content.opf", opf.as_bytes()),
        ("a.xhtml", first.as_bytes()),
    ]);
    let told = read("a.epub", &book).unwrap();
    let statuses: Vec<_> = told.pages.iter().map(|page| page.status).collect();
    assert_eq!(statuses, [PageStatus::Text, PageStatus::Failed]);
    assert_eq!(told.pages[0].warnings[0].code, WarningCode::Damaged);
    assert_eq!(told.pages[1].warnings[0].code, WarningCode::PageFailed);
}

#[test]
fn a_document_cut_short_within_keeps_what_came_before() {
    let document =
        "<w:document><w:p><w:r><w:t>whole</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>half";
    let told = read("a.docx", &archive(&[("word/document.xml", document.as_bytes())])).unwrap();
    assert!(told.text().starts_with("whole"));
    let wrong =
        read("a.docx", &archive(&[("word/document.xml", b"<w:document><w:p></w:q>")])).unwrap();
    assert_eq!(wrong.pages[0].warnings[0].code, WarningCode::Damaged);
}

#[test]
fn a_wrong_guess_of_the_encoding_warns() {
    let (mut bytes, _, _) = encoding_rs::GBK.encode("引据是一个在自己的电脑上阅读文献的程序。");
    bytes.to_mut()[7] = 0xFF;
    let told = read("a.txt", &bytes).unwrap();
    assert!(told.pages[0].warnings.iter().any(|w| w.code == WarningCode::GarbledText), "{told:?}");
}

#[test]
fn pages_that_ended_a_reader_are_skipped() {
    use yinju_core::PageNumber;
    use yinju_core::ports::{ReadEvent, ReadRequest};
    let file = &mut std::io::Cursor::new("# one\n\n# two\n");
    let skip = vec![PageNumber::from_index(1)];
    let request = ReadRequest { skip, ..ReadRequest::new("a.md") };
    let mut statuses = Vec::new();
    yinju_flow::read(yinju_flow::Kind::Markdown, file, &request, None, &mut |event| {
        if let ReadEvent::Page(page) = event {
            statuses.push(page.status);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(statuses, [PageStatus::Text, PageStatus::Failed]);
}

/// Bytes with a few of them changed, cut, doubled or swapped.
fn damage(whole: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.usize(1..8) {
        let at = random.usize(0..bytes.len().max(1)).min(bytes.len().saturating_sub(1));
        let to = (at + random.usize(1..64)).min(bytes.len());
        match random.u8(0..5) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at..to].fill_with(|| random.u8(..)),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part.repeat(random.usize(1..4)));
            }
            _ => bytes.truncate(bytes.len() - random.usize(0..=bytes.len() / 8)),
        }
    }
    bytes
}

#[test]
fn damaged_variants_are_read_or_refused() {
    let mut random = fastrand::Rng::with_seed(4);
    let html = "<!doctype html><title>t</title><h1>页</h1><table><tr><td rowspan=2>a<td>b<tr><td>c</table><p>x";
    let files: [(&str, Vec<u8>); 7] = [
        ("a.txt", "第一章\n　　引据 reads files.\n\nmore".repeat(20).into_bytes()),
        (
            "a.md",
            "# a\n\n| b | c |\n|---|---|\n| 1 | 2 |\n\n[^1]: note\n\n* x[^1]\n"
                .repeat(9)
                .into_bytes(),
        ),
        ("a.html", html.repeat(5).into_bytes()),
        ("a.epub", books::english()),
        ("b.epub", books::chinese()),
        ("a.docx", words::english()),
        ("b.docx", words::chinese()),
    ];
    let (mut pages, mut refused) = (0, 0);
    for (name, whole) in &files {
        for _ in 0..200 {
            match read(name, &damage(whole, &mut random)) {
                Ok(told) => {
                    told.pages.iter().for_each(check_page);
                    pages += told.pages.len();
                }
                Err(problem) => {
                    assert!(problem.hint.is_some() && problem.code != ProblemCode::Internal);
                    refused += 1;
                }
            }
        }
    }
    assert!(pages > 1_000 && refused < 1_200, "{pages} pages, {refused} refused");
}

/// The parts inside an archive are damaged, the archive is whole.
#[test]
fn damaged_parts_are_read_as_far_as_they_go() {
    let mut random = fastrand::Rng::with_seed(5);
    let chapter = books::xhtml(
        "<h1>t</h1><table><tr><td>a</td><td>b</td></tr></table><p>text &amp; more</p>",
    );
    let table = format!("<w:tbl><w:tr>{0}{0}</w:tr></w:tbl>", words::cell("<w:vMerge/>", "x"));
    let body = [words::styled("1", "head"), table, words::paragraph("", "text")].concat();
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    for _ in 0..500 {
        let damaged = damage(document.as_bytes(), &mut random);
        if let Ok(told) = read("a.docx", &archive(&[("word/document.xml", &damaged)])) {
            told.pages.iter().for_each(check_page);
        }
        let damaged = damage(chapter.as_bytes(), &mut random);
        let damaged = String::from_utf8_lossy(&damaged).into_owned();
        let book = read("a.epub", &books::epub("", "", &[damaged], &[])).unwrap();
        book.pages.iter().for_each(check_page);
    }
}
