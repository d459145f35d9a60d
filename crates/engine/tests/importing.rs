//! What an import promises, whoever reads, embeds and indexes.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{Bench, found, text_page};
use yinju_core::{
    CancelToken, DocumentId, DocumentStatus, Page, PageNumber, PageStatus, Problem, ProblemCode,
};
use yinju_engine::Engine;

/// Pages that say which they are.
fn book(pages: usize) -> Vec<Page> {
    (0..pages).map(|index| text_page(index, &format!("this is page {} .", index + 1))).collect()
}

fn number(page: u32) -> PageNumber {
    PageNumber::from_index(page as usize - 1)
}

fn only(engine: &Engine) -> yinju_core::Document {
    let mut documents = engine.documents(None).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// Waits for something that other threads do; far longer than they need.
fn eventually(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "it did not come to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_read_is_found_while_the_rest_is_being_read() {
    let bench = Bench::new(book(200));
    let engine = bench.open();
    let searching = engine.clone();
    let was_found = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&was_found);
    let before = Box::new(move |page: &Page| {
        if page.number == number(150) {
            eventually(|| !found(&searching, "this is page 7 .").is_empty());
            assert_eq!(only(&searching).status, DocumentStatus::Queued);
            note.store(true, Ordering::Relaxed);
        }
    });
    assert!(bench.reader.before.set(before).is_ok());
    let summary = bench.import(&engine).unwrap();
    assert!(was_found.load(Ordering::Relaxed));
    assert_eq!((summary.pages, summary.passages, summary.unread), (200, 200, 0));
    assert_eq!(only(&engine).status, DocumentStatus::Ready);
    assert_eq!(bench.indexed().len(), 200);
}

#[test]
fn a_reader_that_ends_early_leaves_what_it_read_and_says_what_is_missing() {
    let bench = Bench::new(book(50));
    let crash = Problem::new(ProblemCode::WorkerCrashed, "it crashed");
    bench.reader.script.lock().unwrap().end = Some((40, crash.clone()));
    let engine = bench.open();
    let summary = bench.import(&engine).unwrap();
    assert_eq!((summary.failed, summary.passages, summary.unread), (0, 40, 10));
    let document = only(&engine);
    assert_eq!((document.status, document.coverage.unread()), (DocumentStatus::Ready, 10));
    let last = engine.page_summaries(document.reference.id).unwrap().pop().unwrap();
    assert_eq!((last.number, last.status), (number(50), PageStatus::Failed));
    assert!(last.warnings[0].message.contains("it crashed"));

    let nothing = Bench::new(book(50));
    nothing.reader.script.lock().unwrap().end = Some((0, crash));
    let engine = nothing.open();
    assert_eq!(nothing.import(&engine).unwrap().failed, 1);
    assert_eq!(only(&engine).status, DocumentStatus::Failed);
}

#[test]
fn a_reading_that_was_interrupted_costs_no_vector_and_no_recognised_page() {
    let mut pages = book(100);
    pages[3] = Page { status: PageStatus::Empty, blocks: Vec::new(), ..text_page(3, "") };
    let bench = Bench::new(pages);
    let gone = Problem::new(ProblemCode::PdfiumMissing, "no PDFium");
    bench.reader.script.lock().unwrap().end = Some((90, gone));
    let engine = bench.open();
    assert_eq!(bench.import(&engine).unwrap_err().code, ProblemCode::PdfiumMissing);
    assert_eq!(only(&engine).status, DocumentStatus::Queued);
    let before = bench.embedded();
    drop(engine);

    bench.reader.script.lock().unwrap().end = None;
    let engine = bench.open();
    let searchable = bench.indexed();
    let summary = engine.resume(&CancelToken::new(), &|_| {}).unwrap();
    assert_eq!((summary.passages, summary.failed), (100, 0));
    let requests = bench.reader.script.lock().unwrap().requests.clone();
    assert!(requests[0].ocr.not.is_empty());
    assert_eq!(requests[1].ocr.not, [number(4)]);
    assert_eq!(found(&engine, "recognised").len(), 1);
    let mut all = [before, bench.embedded()].concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((count, all.len()), (100, 100), "something was embedded twice");
    assert!(searchable.iter().all(|id| bench.indexed().contains(id)), "ids changed");
    assert!(engine.doctor().checks.iter().all(|check| check.name != "index" || check.ok));
}

#[test]
fn recognising_pages_again_changes_them_and_nothing_else() {
    let bench = Bench::new(book(60));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    bench.embedded();
    let id = only(&engine).reference.id;
    let (searching, old) = (engine.clone(), found(&engine, "this is page 60 ."));
    let before = Box::new(move |_: &Page| {
        assert_eq!(only(&searching).status, DocumentStatus::Ready);
        assert_eq!(found(&searching, "this is page 2 .").len(), 1);
    });
    assert!(bench.reader.before.set(before).is_ok());
    let wanted = [number(7), number(2)];
    let summary = engine.recognise_pages(id, &wanted, None, &CancelToken::new(), &|_| {}).unwrap();
    assert_eq!((summary.pages, summary.failed), (2, 0));
    assert_eq!(bench.embedded(), ["file\n. 2 page is this .", "file\n. 7 page is this ."]);
    assert!(found(&engine, "this is page 2 .").is_empty());
    assert_eq!(found(&engine, ". 7 page is this").len(), 1);
    assert_eq!(found(&engine, "this is page 60 ."), old);
    assert_eq!((bench.indexed().len(), only(&engine).status), (60, DocumentStatus::Ready));
    let request = bench.reader.script.lock().unwrap().requests.pop().unwrap();
    assert_eq!((request.ocr.where_needed, request.ocr.also), (false, vec![number(2), number(7)]));
}

#[test]
fn recognising_that_is_stopped_leaves_the_document_as_it_was_and_goes_on_later() {
    let bench = Bench::new(book(60));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    let id = only(&engine).reference.id;
    let (stopping, is_first) = (engine.clone(), AtomicBool::new(true));
    let before = Box::new(move |page: &Page| {
        if page.number == number(9) && is_first.swap(false, Ordering::Relaxed) {
            stopping.cancel_document(id);
        }
    });
    assert!(bench.reader.before.set(before).is_ok());
    let wanted = [number(2), number(20)];
    let run =
        |engine: &Engine| engine.recognise_pages(id, &wanted, None, &CancelToken::new(), &|_| {});
    assert_eq!(run(&engine).unwrap_err().code, ProblemCode::Cancelled);
    assert_eq!(only(&engine).status, DocumentStatus::Ready);
    assert_eq!(found(&engine, "this is page 2 .").len(), 1);
    run(&engine).unwrap();
    let request = bench.reader.script.lock().unwrap().requests.pop().unwrap();
    assert_eq!(request.ocr.also, [number(20)]);
    assert_eq!(found(&engine, ". 2 page is this").len(), 1);
    assert_eq!(found(&engine, ". 20 page is this").len(), 1);
}

#[test]
fn unread_pages_are_what_is_recognised_unless_pages_are_named() {
    let mut pages = book(5);
    pages[1].status = PageStatus::Garbled;
    let bench = Bench::new(pages);
    let engine = bench.open();
    assert_eq!(bench.import(&engine).unwrap().unread, 1);
    let id = only(&engine).reference.id;
    let again = |pages: &[PageNumber]| {
        engine.recognise_pages(id, pages, None, &CancelToken::new(), &|_| {})
    };
    assert_eq!(again(&[number(6)]).unwrap_err().code, ProblemCode::BadUsage);
    assert_eq!(again(&[]).unwrap().pages, 1);
    assert_eq!((only(&engine).coverage.unread(), only(&engine).passages), (0, 5));
    assert_eq!(again(&[]).unwrap(), yinju_engine::ImportSummary::default());
}

#[test]
fn a_file_that_changed_or_went_is_named_and_costs_nothing() {
    let bench = Bench::new(book(5));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    let id = only(&engine).reference.id;
    let recognise = |engine: &Engine| {
        let pages = [number(1)];
        engine.recognise_pages(id, &pages, None, &CancelToken::new(), &|_| {}).unwrap_err().code
    };
    std::fs::write(bench.file(), "other bytes").unwrap();
    assert_eq!(recognise(&engine), ProblemCode::FileChanged);
    let retried = engine.retry(id, None, &CancelToken::new(), &|_| {});
    assert_eq!(retried.unwrap_err().code, ProblemCode::FileChanged);
    std::fs::remove_file(bench.file()).unwrap();
    assert_eq!(recognise(&engine), ProblemCode::FileNotFound);
    assert_eq!(only(&engine).status, DocumentStatus::Ready);
    assert_eq!(found(&engine, "this is page 5 .").len(), 1);
}

#[test]
fn a_document_that_is_stopped_is_not_found_and_keeps_its_vectors() {
    let bench = Bench::new(book(200));
    let engine = bench.open();
    let (stopping, is_first) = (engine.clone(), AtomicBool::new(true));
    let before = Box::new(move |page: &Page| {
        if page.number == number(150) && is_first.swap(false, Ordering::Relaxed) {
            eventually(|| !found(&stopping, "this is page 7 .").is_empty());
            eventually(|| stopping.encoders().unwrap()[0].progress.done > 0);
            stopping.cancel_document(DocumentId(1));
        }
    });
    assert!(bench.reader.before.set(before).is_ok());
    bench.import(&engine).unwrap();
    assert_eq!(only(&engine).status, DocumentStatus::Cancelled);
    assert!(found(&engine, "this is page 7 .").is_empty() && bench.indexed().is_empty());
    let before = bench.embedded().len();
    assert!(before > 0);
    engine.retry(DocumentId(1), None, &CancelToken::new(), &|_| {}).unwrap();
    assert_eq!(only(&engine).status, DocumentStatus::Ready);
    assert_eq!((bench.embedded().len(), bench.indexed().len()), (200 - before, 200));
}
