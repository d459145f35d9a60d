//! Whole files through PDFium: the inputs of `tests/inputs` and the samples. Where PDFium is not
//! on this machine, the tests say so and pass.

#![allow(clippy::unwrap_used, reason = "a test says why it failed by failing")]

use pdfium_render::prelude::{PdfPoints, PdfRect, Pdfium};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{Mark, MarkRequest, Ocr, PagePicture, ReadEvent, ReadRequest};
use yinju_core::{BBox, BlockKind, CharRange, Page, PageStatus, Problem, ProblemCode, WarningCode};
use yinju_parse::{PdfiumReader, Picture};

/// PDFium is single-threaded and loads once a process; tests take turns on its thread.
struct Shared(Option<PdfiumReader>);
// SAFETY: the reader is reached through the mutex only, one thread at a time.
unsafe impl Send for Shared {}

static READER: Mutex<Option<Shared>> = Mutex::new(None);

fn reader() -> MutexGuard<'static, Option<Shared>> {
    let mut guard = READER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    guard.get_or_insert_with(|| {
        Shared(yinju_tests::pdfium().and_then(|path| PdfiumReader::load(&path).ok()))
    });
    guard
}

fn root() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..")
}

struct Read {
    info: DocumentInfo,
    pages: Vec<Page>,
}

/// What a file holds.
fn bytes(path: &Path) -> Cursor<Arc<[u8]>> {
    Cursor::new(std::fs::read(path).unwrap().into())
}

/// `None` where PDFium is missing.
fn read(path: PathBuf, password: Option<&str>) -> Option<Result<Read, Problem>> {
    let guard = reader();
    let Some(Shared(Some(reader))) = guard.as_ref() else {
        return yinju_tests::absent("PDFium; run `npm run setup` or set YINJU_PDFIUM");
    };
    let mut read = Read { info: DocumentInfo::default(), pages: Vec::new() };
    let file = bytes(&path);
    let request = ReadRequest { password: password.map(str::to_owned), ..ReadRequest::new(path) };
    let outcome = reader.read(&file, &request, None, &mut |event| {
        match event {
            ReadEvent::Opened(info) => read.info = info,
            ReadEvent::Begun(_) => {}
            ReadEvent::Page(page) => read.pages.push(page),
        }
        Ok(())
    });
    Some(outcome.map(|()| read))
}

fn input(name: &str) -> Option<Read> {
    let read = read(root().join("tests/inputs").join(name), None)?.unwrap();
    read.pages.iter().for_each(check_invariants);
    Some(read)
}

fn check_invariants(page: &Page) {
    let mut at = 0;
    for block in &page.blocks {
        assert_eq!(block.range.start, at, "blocks tile the text of page {}", page.number);
        at = block.range.end;
    }
    assert_eq!(at as usize, page.text.chars().count());
    for line in &page.lines {
        assert_eq!(line.edges.len(), line.range.len());
        assert!(!page.slice(line.range).contains('\n'));
    }
}

fn check_problem(name: &str, password: Option<&str>, expected: ProblemCode) {
    let Some(outcome) = read(root().join("tests/inputs").join(name), password) else { return };
    let problem = outcome.map(|read| read.pages.len()).unwrap_err();
    assert_eq!(problem.code, expected, "{name}: {problem}");
    assert!(problem.hint.is_some());
}

#[test]
fn bad_files_are_named_by_their_cause() {
    check_problem("not_a_pdf.pdf", None, ProblemCode::NotAPdf);
    check_problem("empty.pdf", None, ProblemCode::EmptyFile);
    check_problem("truncated.pdf", None, ProblemCode::DamagedPdf);
    check_problem("zero_pages.pdf", None, ProblemCode::NoPages);
    check_problem("password.pdf", None, ProblemCode::PasswordRequired);
    check_problem("password.pdf", Some("Yinju"), ProblemCode::WrongPassword);
}

#[test]
fn a_password_opens_a_locked_file() {
    let path = root().join("tests/inputs/password.pdf");
    let Some(outcome) = read(path, Some("yinju")) else { return };
    assert!(outcome.unwrap().pages[0].text.contains("灯塔的灯器"));
}

#[test]
fn what_is_left_of_a_damaged_file_is_read_with_a_warning() {
    let Some(read) = input("cut_at_end.pdf") else { return };
    assert_eq!(read.pages.len(), 3);
    assert_eq!(read.pages[0].warnings[0].code, WarningCode::Damaged);
    assert!(read.pages[2].text.contains("burned for 9 hours"));
}

#[test]
fn a_page_of_twenty_thousand_points_is_read() {
    let Some(read) = input("huge_page.pdf") else { return };
    let page = &read.pages[0];
    assert_eq!((page.width, page.height), (20_000.0, 20_000.0));
    assert!(page.warnings.iter().any(|w| w.code == WarningCode::UnusualSize));
    assert!(page.text.contains("twenty thousand points"));
}

#[test]
fn scans_and_fonts_without_meaning_are_not_taken_for_text() {
    let Some(scan) = input("no_text.pdf") else { return };
    for page in &scan.pages {
        assert_eq!(page.status, PageStatus::Empty);
        assert_eq!(page.warnings[0].code, WarningCode::NeedsOcr);
    }
    let Some(garbled) = input("garbled.pdf") else { return };
    assert_eq!(garbled.pages[0].status, PageStatus::Garbled);
    assert_eq!(garbled.pages[0].warnings[0].code, WarningCode::GarbledText);
}

/// However the page is turned, it reads the same, and the words' boxes turn with it.
#[test]
fn turned_pages_read_in_order() {
    let Some(read) = input("rotated.pdf") else { return };
    let words = |page: &Page| -> String {
        let body = page.text.split_once('\n').unwrap().1;
        body.chars().filter(|c| !c.is_whitespace() && !"一二三四五六".contains(*c)).collect()
    };
    for page in &read.pages {
        assert_eq!(words(page), words(&read.pages[0]), "page {}", page.number);
    }
    let vertical: Vec<bool> = read.pages.iter().map(|p| p.lines[0].vertical).collect();
    assert_eq!(vertical, [false, true, false, true, false, true]);
    let top = |n: usize| read.pages[n].lines[0].bbox;
    assert!(top(0).y1 < 0.2 && top(1).x0 > 0.8 && top(2).y0 > 0.8 && top(3).x1 < 0.2);
    assert!(top(4).y1 < 0.2 && top(5).x1 < 0.2);
}

#[test]
fn what_is_cropped_away_is_not_read() {
    let Some(read) = input("cropped.pdf") else { return };
    for page in &read.pages {
        assert!(!page.text.contains("hidden"), "{}", page.text);
        assert!(page.text.contains("菲涅耳透镜"));
    }
}

#[test]
fn columns_are_read_one_after_the_other() {
    let Some(read) = input("two_column_rows.pdf") else { return };
    let text = &read.pages[0].text;
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    assert!(at("The Keeper and the Harbour") < at("The keeper climbs"));
    assert!(at("the fog horn stops") < at("On the mainland"));
    let Some(read) = input("two_column_zh.pdf") else { return };
    let text: String = read.pages[0].text.split_whitespace().collect();
    let order: Vec<_> =
        "一二三四五六七八".chars().map(|n| text.find(&format!("第{n}段。"))).collect();
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}");
}

#[test]
fn tangled_and_vertical_text_is_put_in_order() {
    let Some(read) = input("tangled.pdf") else { return };
    let text = &read.pages[0].text;
    assert!(text.find("First") < text.find("Second") && text.find("Second") < text.find("Third"));
    let Some(read) = input("vertical_zh.pdf") else { return };
    assert_eq!(read.pages[0].text, "床前明月光疑是地上霜\n\n举头望明月低头思故乡\n");
    assert!(read.pages[0].lines.iter().all(|line| line.vertical));
}

#[test]
fn form_fields_and_notes_are_read() {
    let Some(read) = input("forms.pdf") else { return };
    let page = &read.pages[0];
    let of = |kind| {
        let block = page.blocks.iter().find(|b| b.kind == kind).unwrap();
        page.slice(block.range).trim().to_owned()
    };
    assert_eq!(of(BlockKind::FormField), "Name of the keeper: Ilse Brandt");
    assert_eq!(of(BlockKind::Annotation), "The licence was granted on 4 May.");
}

#[test]
fn fields_have_their_labels_and_boxes_are_ticked_or_open() {
    let Some(read) = input("boxes.pdf") else { return };
    let page = &read.pages[0];
    let fields = page.blocks.iter().filter(|b| b.kind == BlockKind::FormField);
    let fields: Vec<&str> = fields.map(|b| page.slice(b.range).trim()).collect();
    assert_eq!(
        fields,
        [
            "☒ Insured against fire",
            "☐ Insured against floods",
            "Date of the visit: 4 May 2021",
            "Sum (EUR): 1,250"
        ]
    );
}

#[test]
fn ligatures_radicals_and_rare_characters() {
    let Some(read) = input("ligatures.pdf") else { return };
    assert_eq!(read.pages[0].text, "fi Z 文字 𠀋\n");
}

#[test]
fn headers_and_footers_are_told_from_the_text() {
    let path = root().join("assets/samples/kettle-manual-en.pdf");
    let Some(outcome) = read(path, None) else { return };
    let read = outcome.unwrap();
    assert_eq!(read.info.page_count, 3);
    assert!(read.info.title.as_deref().is_some_and(|t| t.starts_with("Ember K2")));
    for page in &read.pages {
        let first = page.blocks.first().map(|b| b.kind);
        let last = page.blocks.last().map(|b| b.kind);
        assert_eq!((first, last), (Some(BlockKind::Header), Some(BlockKind::Footer)));
    }
}

/// Every question about the samples names a page that holds its answer's words.
#[test]
fn the_sample_questions_point_at_pages_that_hold_the_answer() {
    let folder = root().join("assets/samples");
    let json = std::fs::read_to_string(folder.join("questions.json")).unwrap();
    let questions: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    for question in &questions {
        let document = question["document"].as_str().unwrap();
        let Some(outcome) = read(folder.join(document), None) else { return };
        let page = &outcome.unwrap().pages[question["page"].as_u64().unwrap() as usize - 1];
        let text: String = page.text.split_whitespace().collect();
        let answer: String = question["answer"].as_str().unwrap().split_whitespace().collect();
        assert!(text.contains(&answer), "{question}");
    }
}

/// The text, kinds and boxes of two samples, so that a change of layout is seen.
#[test]
fn samples_read_as_before() {
    for name in ["tea-handbook-zh.pdf", "bridge-paper-en.pdf", "annual-report-zh.pdf"] {
        let Some(outcome) = read(root().join("assets/samples").join(name), None) else { return };
        insta::assert_snapshot!(name, outline(&outcome.unwrap()));
    }
}

fn outline(read: &Read) -> String {
    let block = |page: &Page, block: &yinju_core::Block| {
        let level = block.level.map(|l| l.to_string()).unwrap_or_default();
        let text = page.slice(block.range).trim_end().replace('\n', "⏎");
        format!("{:?}{level} {text}", block.kind)
    };
    let pages = read.pages.iter().map(|page| {
        let blocks: Vec<_> = page.blocks.iter().map(|b| block(page, b)).collect();
        format!("--- page {} {:?}\n{}", page.number, page.status, blocks.join("\n"))
    });
    pages.collect::<Vec<_>>().join("\n")
}

/// What PDFium itself finds under the middle of a box, without white space.
fn under(page: &Page, text: &pdfium_render::prelude::PdfPageText<'_>, bbox: BBox) -> String {
    let middle = f32::midpoint(bbox.y0, bbox.y1);
    let reach = (bbox.y1 - bbox.y0) / 8.0;
    let points = |share: f32, whole: f32| PdfPoints::new(share * whole);
    let rect = PdfRect::new(
        points(1.0 - middle - reach, page.height),
        points(bbox.x0, page.width),
        points(1.0 - middle + reach, page.height),
        points(bbox.x1, page.width),
    );
    letters(&text.inside_rect(rect))
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The boxes of any stretch of a line lie over the characters of that stretch: PDFium, asked what
/// stands under them, names these and at most a neighbour at either side.
#[test]
fn boxes_lie_over_their_words() {
    let mut checked = 0;
    for name in ["tea-handbook-zh.pdf", "annual-report-zh.pdf", "bridge-paper-en.pdf"] {
        let path = root().join("assets/samples").join(name);
        let Some(read) = read(path.clone(), None) else { return };
        let read = read.unwrap();
        let guard = reader();
        let pdfium = Pdfium::default();
        let file = pdfium.load_pdf_from_file(&path, None).unwrap();
        for page in &read.pages {
            let original = file.pages().get(page.number.index() as _).unwrap();
            let text = original.text().unwrap();
            for line in &page.lines {
                let (start, len) = (line.range.start as usize, line.range.len());
                for (from, to) in [(0, len), (len / 3, 2 * len / 3)] {
                    let range = CharRange::new(start + from, start + to);
                    let wanted = letters(page.slice(range));
                    let Some(bbox) = line.bbox_of(range) else { continue };
                    let found = under(page, &text, bbox);
                    let more = found.chars().count().saturating_sub(wanted.chars().count());
                    assert!(found.contains(&wanted) && more <= 2, "{name} {wanted} {found}");
                    checked += 1;
                }
            }
        }
        drop(guard);
    }
    assert!(checked > 100, "{checked}");
}

/// Whoever recognises a page sees all of it, and where its words stand in it.
#[test]
fn pages_are_pictured_with_their_words_in_place() {
    for name in ["rotated.pdf", "cropped.pdf"] {
        let Some(read) = input(name) else { return };
        let pictures = pictures_to_recognise(name, &read);
        for (page, picture) in read.pages.iter().zip(&pictures) {
            for line in &page.lines {
                let (inside, outside) = ink(picture, line.bbox);
                assert!(inside > 0.02, "{name} p. {}: {:?} {inside}", page.number, line.bbox);
                assert!(outside < inside, "{name} p. {}: {outside}", page.number);
            }
        }
    }
}

fn pictures_to_recognise(name: &str, read: &Read) -> Vec<Picture> {
    let guard = reader();
    let Some(Shared(Some(reader))) = guard.as_ref() else { return Vec::new() };
    let mut pictures = Vec::new();
    let also = read.pages.iter().map(|page| page.number).collect();
    let ocr = Ocr { also, ..Ocr::default() };
    let request = ReadRequest { ocr, ..ReadRequest::new(root().join("tests/inputs").join(name)) };
    let mut see = |picture: &Picture| {
        pictures.push(picture.clone());
        Ok(Vec::new())
    };
    reader.read(&bytes(&request.path), &request, Some(&mut see), &mut |_| Ok(())).unwrap();
    pictures
}

/// The share of dark pixels in a box, and in a frame of its height around the picture's edge.
fn ink(picture: &Picture, area: BBox) -> (f32, f32) {
    let dark = |x: u32, y: u32| picture.pixels[(y * picture.width + x) as usize] < 128;
    let side = |fraction: f32, pixels: u32| ((fraction * pixels as f32) as u32).min(pixels);
    let (x0, x1) = (side(area.x0, picture.width), side(area.x1, picture.width));
    let (y0, y1) = (side(area.y0, picture.height), side(area.y1, picture.height));
    let all = (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y)));
    let count = ((x1 - x0) * (y1 - y0)).max(1) as f32;
    let inside = all.filter(|(x, y)| dark(*x, *y)).count() as f32 / count;
    let edge = (0..picture.width).filter(|x| dark(*x, picture.height - 1)).count();
    (inside, edge as f32 / picture.width as f32)
}

fn mark_request(name: &str, read: &Read) -> MarkRequest {
    let marks = read.pages.iter().filter_map(|page| {
        let line = page.lines.first()?;
        Some(Mark {
            page: page.number,
            boxes: vec![line.bbox],
            beside: Vec::new(),
            note: "为什么？".to_owned(),
        })
    });
    let path = root().join("tests/inputs").join(name);
    MarkRequest { path, password: None, marks: marks.collect() }
}

/// A copy reads as its original does, and has a highlight on the words of each mark.
#[test]
fn copies_have_highlights_on_the_words() {
    for name in ["rotated.pdf", "cropped.pdf"] {
        let Some(original) = input(name) else { return };
        let request = mark_request(name, &original);
        let copy = tempfile::NamedTempFile::new().unwrap();
        {
            let guard = reader();
            let Some(Shared(Some(reader))) = guard.as_ref() else { return };
            std::fs::write(
                copy.path(),
                reader.highlighted(&bytes(&request.path), &request).unwrap(),
            )
            .unwrap();
        }
        let read = read(copy.path().to_owned(), None).unwrap().unwrap();
        for (page, before) in read.pages.iter().zip(&original.pages) {
            // A note that a person wrote is read too, behind the rest.
            let said = page.text.strip_prefix(&before.text).unwrap();
            assert!(said.contains("为什么？"), "{name} p. {}: {said}", page.number);
        }
        let bytes = std::fs::read(copy.path()).unwrap();
        let is_there = |mark: &[u8]| bytes.windows(mark.len()).filter(|w| *w == mark).count();
        assert_eq!(is_there(b"/Highlight"), request.marks.len(), "{name}");
    }
}

/// The colour is where the words are: under each mark it is as wide as its boxes.
#[test]
fn pictures_show_marked_words() {
    for name in ["rotated.pdf", "cropped.pdf"] {
        let Some(read) = input(name) else { return };
        let request = mark_request(name, &read);
        let mut pictures: Vec<PagePicture> = Vec::new();
        let guard = reader();
        let Some(Shared(Some(reader))) = guard.as_ref() else { return };
        let mut keep = |picture| {
            pictures.push(picture);
            Ok(())
        };
        reader.pictures(&bytes(&request.path), &request, &mut keep).unwrap();
        assert_eq!(pictures.len(), request.marks.len());
        for picture in pictures {
            let mut png =
                png::Decoder::new(std::io::Cursor::new(&picture.png)).read_info().unwrap();
            let mut rgb = vec![0; png.output_buffer_size().unwrap()];
            png.next_frame(&mut rgb).unwrap();
            let is_marked = |p: &[u8]| p[0] > p[2].saturating_add(40);
            let marked = rgb.chunks_exact(3).filter(|p| is_marked(p)).count();
            let dark = rgb.chunks_exact(3).filter(|p| p.iter().all(|c| *c < 100)).count();
            let all = (picture.width * picture.height) as usize;
            assert!(marked > all / 100 && marked < all / 2, "{name}: {marked} of {all}");
            assert!(dark > all / 1000, "{name}: the words are seen");
        }
    }
}
