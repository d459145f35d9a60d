//! What an import promises of files: which content is read, which place is used, what is limited, and
//! what is set aside.

#![allow(clippy::unwrap_used)]

mod support;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use support::{Bench, found, text_page};
use yinju_core::{CancelToken, Document, DocumentStatus, Page, Problem, ProblemCode};
use yinju_engine::{Engine, ImportRequest, ImportSummary, ReadingLimits};

fn book(pages: usize) -> Vec<Page> {
    (0..pages).map(|index| text_page(index, &format!("this is page {} .", index + 1))).collect()
}

fn import(engine: &Engine, paths: &[&Path]) -> Result<ImportSummary, Problem> {
    let library = engine.create_library("a").unwrap();
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = ImportRequest { paths, library, password: None };
    engine.import(&request, &CancelToken::new(), &|_| {})
}

fn documents(engine: &Engine) -> Vec<Document> {
    engine.documents(None).unwrap()
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again_as_what_it_is() {
    let bench = Bench::new(book(60));
    let engine = bench.open();
    let (file, changes) = (bench.file(), AtomicU32::new(0));
    let before = Box::new(move |page: &Page| {
        if page.number.get() == 50 && changes.fetch_add(1, Ordering::Relaxed) == 0 {
            std::fs::write(&file, "other bytes, and more of them").unwrap();
        }
    });
    assert!(bench.reader.before.set(before).is_ok());
    assert_eq!(bench.import(&engine).unwrap().failed, 0);
    let known = documents(&engine);
    assert_eq!((known.len(), known[0].status, known[0].bytes), (1, DocumentStatus::Ready, 29));
    assert_eq!(bench.indexed().len(), 60);
    assert!(engine.jobs().unwrap().is_empty());
}

#[test]
fn a_file_that_never_stops_changing_is_named() {
    let bench = Bench::new(book(3));
    let engine = bench.open();
    let (file, changes) = (bench.file(), AtomicU32::new(0));
    let before = Box::new(move |page: &Page| {
        if page.number.get() == 3 {
            let longer = 10 + changes.fetch_add(1, Ordering::Relaxed);
            std::fs::write(&file, "x".repeat(longer as usize)).unwrap();
        }
    });
    assert!(bench.reader.before.set(before).is_ok());
    assert_eq!(bench.import(&engine).unwrap().failed, 1);
    let known = documents(&engine);
    let problem = known[0].problem.as_ref().unwrap();
    assert_eq!((known.len(), problem.code), (1, ProblemCode::FileChanged));
    assert!(found(&engine, "this is page 1 .").is_empty());
}

#[test]
fn all_places_of_a_file_are_known_and_the_first_that_holds_it_is_used() {
    let bench = Bench::new(book(3));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    let copy = bench.write("copy.pdf", "any bytes");
    assert_eq!(import(&engine, &[&copy]).unwrap().unchanged, 1);
    let id = documents(&engine)[0].reference.id;
    let path = |engine: &Engine| documents(engine)[0].reference.path.clone();
    assert_eq!(path(&engine), bench.file(), "the path shown jumped to the copy");
    assert_eq!(engine.document_places(id).unwrap(), [bench.file(), copy.clone()]);

    std::fs::write(bench.file(), "something else").unwrap();
    bench.reader.opened.lock().unwrap().clear();
    engine.recognise_pages(id, &[], None, &CancelToken::new(), &|_| {}).unwrap();
    let one = [text_page(0, "").number];
    engine.recognise_pages(id, &one, None, &CancelToken::new(), &|_| {}).unwrap();
    assert_eq!(*bench.reader.opened.lock().unwrap(), [bench.file(), copy.clone()]);

    std::fs::remove_file(bench.file()).unwrap();
    assert_eq!(engine.document_file(id).unwrap(), copy);
    import(&engine, &[&bench.write("third.pdf", "any bytes")]).unwrap();
    assert_eq!(path(&engine), copy, "a place that is gone names the document");
    std::fs::remove_file(&copy).unwrap();
    let third = engine.document_file(id).unwrap();
    std::fs::remove_file(third).unwrap();
    assert_eq!(engine.document_file(id).unwrap_err().code, ProblemCode::FileNotFound);
    engine.remove_documents(&[id]).unwrap();
    assert!(documents(&engine).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_unicode_is_imported_known_again_and_removed() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new(book(3));
    let engine = bench.open();
    let name = std::ffi::OsStr::from_bytes(b"b\xff\xfe.pdf");
    let path = bench.file().with_file_name(name);
    std::fs::rename(bench.file(), &path).unwrap();
    assert_eq!(import(&engine, &[&path]).unwrap().passages, 3);
    assert_eq!(import(&engine, &[&path]).unwrap().unchanged, 1);
    let document = documents(&engine).remove(0);
    assert_eq!(document.reference.path, path);
    assert_eq!(engine.document_file(document.reference.id).unwrap(), path);
    serde_json::to_string(&document).unwrap();
    assert_eq!(engine.document_places(document.reference.id).unwrap(), [path]);
    engine.remove_documents(&[document.reference.id]).unwrap();
}

fn limited(pages: u32, text: u64) -> Bench {
    let limits = ReadingLimits { pages, text, text_per_byte: 1 << 20, text_of_any: 0 };
    let mut bench = Bench::new(book(50));
    bench.limits = Some(limits);
    bench
}

#[test]
fn a_file_that_gives_too_much_is_cut_and_says_so() {
    for bench in [limited(40, 1 << 20), limited(1_000, 40 * 17 + 3)] {
        let engine = bench.open();
        let summary = bench.import(&engine).unwrap();
        let document = documents(&engine).remove(0);
        assert_eq!((summary.failed, document.status), (0, DocumentStatus::Ready));
        assert_eq!((document.pages, document.passages), (40, 40));
        let problem = document.problem.unwrap();
        assert_eq!(problem.code, ProblemCode::TooMuchText);
        assert!(problem.message.contains("40 of 50") && problem.hint.is_some(), "{problem:?}");
        assert_eq!(found(&engine, "this is page 40 .").len(), 1);
        // It stays so, and a library that gets the same file is told the same.
        assert_eq!(bench.import(&engine).unwrap().unchanged, 1);
        let library = engine.create_library("b").unwrap();
        let request = ImportRequest { paths: vec![bench.file()], library, password: None };
        engine.import(&request, &CancelToken::new(), &|_| {}).unwrap();
        let codes = documents(&engine).into_iter().map(|known| known.problem.unwrap().code);
        assert_eq!(codes.collect::<Vec<_>>(), [ProblemCode::TooMuchText; 2]);
    }
}

/// An import during which the program ends.
fn dies(bench: &Bench, paths: &[PathBuf]) {
    let engine = bench.open();
    let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
    let died = std::panic::catch_unwind(AssertUnwindSafe(|| import(&engine, &paths)));
    assert!(died.is_err());
}

#[test]
fn a_file_that_ends_the_program_twice_is_set_aside_and_the_others_go_on() {
    let bench = Bench::new(book(2));
    let bad = bench.write("bad.pdf", "bad bytes");
    let reader = std::sync::Arc::clone(&bench.reader);
    let deadly = bad.clone();
    let before = Box::new(move |_: &Page| {
        let is_bad = reader.opened.lock().unwrap().last() == Some(&deadly);
        assert!(!is_bad, "the program ends");
    });
    assert!(bench.reader.before.set(before).is_ok());
    dies(&bench, std::slice::from_ref(&bad));
    dies(&bench, std::slice::from_ref(&bad));

    let engine = bench.open();
    assert!(engine.jobs().unwrap()[0].set_aside.is_some(), "it is not told before the next import");
    let summary = bench.import(&engine).unwrap();
    assert_eq!((summary.documents, summary.failed, summary.passages), (2, 1, 2));
    let jobs = engine.jobs().unwrap();
    assert_eq!((jobs.len(), &jobs[0].path, jobs[0].attempts), (1, &bad, 2));
    assert_eq!(jobs[0].set_aside.as_ref().unwrap().code, ProblemCode::SetAside);
    // From now on it is not even mentioned, until somebody names it.
    let resumed = engine.resume(&CancelToken::new(), &|_| {}).unwrap();
    assert_eq!(resumed, ImportSummary::default());
    bench.reader.opened.lock().unwrap().clear();
    let again = std::panic::catch_unwind(AssertUnwindSafe(|| import(&engine, &[&bad])));
    assert!(again.is_err() && *bench.reader.opened.lock().unwrap() == [bad.clone()]);
    drop(engine);

    let engine = bench.open();
    assert_eq!(engine.resume(&CancelToken::new(), &|_| {}).unwrap(), ImportSummary::default());
    let id = engine.jobs().unwrap()[0].id;
    assert_eq!(engine.drop_jobs(&[id]).unwrap().len(), 1);
    assert!(engine.jobs().unwrap().is_empty());
    assert_eq!(engine.resume(&CancelToken::new(), &|_| {}).unwrap(), ImportSummary::default());
}

#[test]
fn what_stops_all_files_is_no_fault_of_the_one_that_was_being_read() {
    let bench = Bench::new(book(2));
    let gone = Problem::new(ProblemCode::PdfiumMissing, "no PDFium");
    bench.reader.script.lock().unwrap().end = Some((0, gone));
    let engine = bench.open();
    for _ in 0..3 {
        assert_eq!(bench.import(&engine).unwrap_err().code, ProblemCode::PdfiumMissing);
    }
    assert_eq!(engine.jobs().unwrap()[0].attempts, 0);
    bench.reader.script.lock().unwrap().end = None;
    assert_eq!(engine.resume(&CancelToken::new(), &|_| {}).unwrap().passages, 2);
}
