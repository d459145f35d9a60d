//! Files of very many pages and of very many bytes: found page by page while they are being read,
//! in memory that does not grow with them.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use yinju_compose::Places;
use yinju_core::{CancelToken, DocumentStatus, Mode, Stage};
use yinju_engine::{Engine, ImportProgress, ImportRequest, SearchQuery};
use yinju_tests::{BigPdf, Home, memory};

/// The window's engine, on a home of its own.
fn engine(home: &Home) -> Engine {
    Places::find(Some(home.path().to_owned())).unwrap().engine().unwrap()
}

/// Whether the passage that holds a word is found first, by its words.
fn finds(engine: &Engine, word: &str) -> bool {
    let query = SearchQuery {
        text: word.to_owned(),
        mode: Mode::Lexical,
        limit: 1,
        ..SearchQuery::default()
    };
    let hits = engine.search(&query).unwrap().hits;
    hits.first().is_some_and(|hit| hit.passage.draft.text.contains(word))
}

/// Waits, far longer than it takes.
fn eventually(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_mins(5);
    while !is_so() {
        assert!(Instant::now() < end, "it did not come to be");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What the processes that read and this one held, at two pages of a file.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    reader: u64,
    engine: u64,
}

fn held() -> Held {
    Held { reader: memory::of_readers(), engine: memory::of_this_process() }
}

/// Imports a file and looks at its pages `early` and `late` while they come. At the late one the
/// reader waits until the first page is found.
fn import(home: &Home, file: &Path, early: u32, late: u32) -> (Engine, Held, Held) {
    let engine = engine(home);
    let library = engine.create_library("big").unwrap();
    let request = ImportRequest { paths: vec![file.to_owned()], library, password: None };
    let looks = Mutex::new((Held::default(), Held::default()));
    let report = |progress: ImportProgress| {
        if progress.stage == Stage::Parse && progress.done == early {
            looks.lock().unwrap().0 = held();
        }
        if progress.stage == Stage::Parse && progress.done == late {
            looks.lock().unwrap().1 = held();
            eventually(|| finds(&engine, "marker1"));
            let document = engine.document(progress.document.unwrap()).unwrap();
            assert_eq!(document.status, DocumentStatus::Queued, "it was read already");
        }
    };
    let summary = engine.import(&request, &CancelToken::new(), &report).unwrap();
    let document = engine.documents(None).unwrap()[0].reference.id;
    let pages = engine.page_summaries(document).unwrap();
    let lost = pages.iter().find(|page| !page.warnings.is_empty());
    assert_eq!((summary.failed, summary.unread), (0, 0), "{lost:?}");
    let (early, late) = *looks.lock().unwrap();
    println!("{summary:?}\nearly {early:?}\nlate {late:?}");
    (engine, early, late)
}

#[test]
fn two_thousand_pages_are_found_one_by_one_in_memory_that_does_not_grow() {
    let home = Home::new();
    let file = home.path().join("long.pdf");
    BigPdf { pages: 2_000, pictures: false }.write(&file).unwrap();
    let (engine, early, late) = import(&home, &file, 400, 1_900);
    let document = &engine.documents(None).unwrap()[0];
    assert_eq!((document.pages, document.status), (2_000, DocumentStatus::Ready));
    assert!(finds(&engine, "marker2000"));
    // 1,500 pages later. What a page leaves behind by mistake would be tens of kilobytes.
    assert!(late.reader < early.reader + 24_000_000, "{early:?} {late:?}");
    assert!(late.engine < early.engine + 96_000_000, "{early:?} {late:?}");
}

#[test]
fn three_hundred_megabytes_are_read_in_less_memory_than_they_take() {
    let home = Home::new();
    let file = home.path().join("heavy.pdf");
    BigPdf { pages: 300, pictures: true }.write(&file).unwrap();
    let bytes = file.metadata().unwrap().len();
    assert!(bytes > 300_000_000);
    let (engine, early, late) = import(&home, &file, 100, 290);
    assert!(finds(&engine, "marker300"));
    assert!(late.reader < bytes / 2, "{late:?} for {bytes} bytes");
    // This process holds the model that embeds, too; what counts is that pages leave nothing.
    assert!(late.engine < early.engine + 96_000_000, "{early:?} {late:?}");
}
