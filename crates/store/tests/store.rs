//! What the store promises, over its public surface.

#![allow(clippy::unwrap_used)]

use yinju_core::geometry::BBox;
use yinju_core::page::Line;
use yinju_core::{
    CharRange, DocumentId, DocumentStatus, ModelId, Page, PageNumber, PageStatus, PassageDraft,
    Problem, ProblemCode, Span, Warning, WarningCode,
};
use yinju_store::{NewDocument, Store};

fn new(store: &Store, library: &str, sha256: &str) -> NewDocument {
    NewDocument {
        library: store.ensure_library(library).unwrap(),
        sha256: sha256.to_owned(),
        path: format!("{sha256}.pdf").into(),
        title: sha256.to_owned(),
        bytes: 9,
    }
}

fn page(number: usize, text: &str) -> Page {
    Page {
        number: PageNumber::from_index(number - 1),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn draft(ordinal: u32, text: &str) -> PassageDraft {
    let range = CharRange::new(0, text.chars().count());
    let spans = vec![Span { page: PageNumber::from_index(0), range }];
    PassageDraft {
        ordinal,
        text: text.to_owned(),
        spans,
        section: Vec::new(),
        tokens: 3,
        markdown: None,
    }
}

/// A document with two passages, embedded and ready.
fn ready(store: &Store, library: &str, sha256: &str) -> DocumentId {
    let (id, made) = store.ensure_document(&new(store, library, sha256)).unwrap();
    assert!(made);
    store.add_pages(id, &[page(1, "甲乙"), page(2, "丙")]).unwrap();
    store.add_passages(id, &[draft(0, "甲"), draft(1, "乙")]).unwrap();
    let encoder = ModelId::from("e5");
    let waiting = store.passages_without_vector(id, &encoder).unwrap();
    let vectors: Vec<_> = waiting.iter().map(|p| (p.id, vec![0.5, -1.0])).collect();
    store.add_vectors(&encoder, &vectors).unwrap();
    store.set_status(id, DocumentStatus::Ready, None).unwrap();
    id
}

#[test]
fn the_same_content_is_one_document_a_library_and_follows_its_file() {
    let store = Store::in_memory().unwrap();
    let (first, made) = store.ensure_document(&new(&store, "a", "x")).unwrap();
    let moved = NewDocument { path: "moved.pdf".into(), ..new(&store, "a", "x") };
    let (second, made_again) = store.ensure_document(&moved).unwrap();
    assert!(made && !made_again);
    assert_eq!(first, second);
    assert_eq!(store.document(first).unwrap().reference.path.to_str(), Some("moved.pdf"));
}

#[test]
fn vectors_come_back_as_they_were_and_none_is_asked_for_twice() {
    let store = Store::in_memory().unwrap();
    let id = ready(&store, "a", "x");
    let encoder = ModelId::from("e5");
    assert!(store.passages_without_vector(id, &encoder).unwrap().is_empty());
    assert_eq!(store.passages_without_vector(id, &ModelId::from("m3e")).unwrap().len(), 2);
    let stored = store.passages_with_vectors(id, &encoder).unwrap();
    assert_eq!(stored[1].0.draft.text, "乙");
    assert_eq!(stored[1].1, [0.5, -1.0]);
}

#[test]
fn a_twin_takes_over_pages_passages_and_vectors() {
    let store = Store::in_memory().unwrap();
    let first = ready(&store, "a", "x");
    let (second, _) = store.ensure_document(&new(&store, "b", "x")).unwrap();
    assert_eq!(store.twin_of(second).unwrap(), Some(first));
    store.copy_content(first, second).unwrap();
    assert_eq!(store.document(second).unwrap().status, DocumentStatus::Parsed);
    assert_eq!(store.page_summaries(second).unwrap().len(), 2);
    assert!(store.passages_without_vector(second, &ModelId::from("e5")).unwrap().is_empty());
    assert_eq!(store.passages_with_vectors(second, &ModelId::from("e5")).unwrap().len(), 2);
}

#[test]
fn the_x_ray_tells_a_blank_page_from_one_that_needs_recognition() {
    let store = Store::in_memory().unwrap();
    let (id, _) = store.ensure_document(&new(&store, "a", "x")).unwrap();
    let blank = Page { status: PageStatus::Empty, ..page(1, "") };
    let warning = Warning { code: WarningCode::NeedsOcr, message: "an image".into() };
    let scanned = Page { status: PageStatus::Empty, warnings: vec![warning], ..page(2, "") };
    let mut recognised = Page { status: PageStatus::Ocr, ..page(3, "words") };
    recognised.lines = vec![line(0, 4, 90), line(4, 5, 40)];
    store.add_pages(id, &[blank, scanned, recognised]).unwrap();
    let coverage = store.document(id).unwrap().coverage;
    assert_eq!((coverage.empty, coverage.needs_ocr, coverage.ocr), (2, 1, 1));
    let sure: Vec<_> = store.page_summaries(id).unwrap().iter().map(|p| p.confidence).collect();
    assert_eq!(sure, [None, None, Some(80)]);
}

fn line(start: usize, end: usize, confidence: u8) -> Line {
    Line {
        range: CharRange::new(start, end),
        bbox: BBox::new(0.0, 0.0, 1.0, 0.1),
        edges: Vec::new(),
        vertical: false,
        confidence: Some(confidence),
    }
}

#[test]
fn removal_leaves_no_row_and_no_text_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    let store = Store::open(&file).unwrap();
    let (id, _) = store.ensure_document(&new(&store, "a", "x")).unwrap();
    store.add_pages(id, &[page(1, "a secret of some length")]).unwrap();
    store.add_passages(id, &[draft(0, "a secret of some length")]).unwrap();
    let passages = store.passage_ids(id).unwrap();
    store.remove_documents(&[id]).unwrap();
    assert_eq!(store.rows_left(&[id]).unwrap(), 0);
    assert!(store.passage(passages[0]).unwrap().is_none());
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"a secret"));
    }
}

#[test]
fn problems_and_jobs_survive_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    let problem = Problem::new(ProblemCode::NotAPdf, "not a PDF").hint("export it as PDF");
    {
        let store = Store::open(&file).unwrap();
        let document = new(&store, "a", "x");
        let (id, _) = store.ensure_document(&document).unwrap();
        store.set_status(id, DocumentStatus::Failed, Some(&problem)).unwrap();
        store.add_jobs(document.library, &["x.pdf".into(), "y.pdf".into()]).unwrap();
        store.add_jobs(document.library, &["y.pdf".into()]).unwrap();
    }
    let store = Store::open(&file).unwrap();
    assert_eq!(store.documents(None).unwrap()[0].problem, Some(problem));
    let jobs = store.jobs().unwrap();
    assert_eq!(jobs.len(), 2);
    store.finish_job(jobs[0].library, &jobs[0].path).unwrap();
    assert_eq!(store.jobs().unwrap().len(), 1);
}

#[test]
fn a_home_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    drop(Store::open(&file).unwrap());
    let raw = rusqlite::Connection::open(&file).unwrap();
    raw.pragma_update(None, "user_version", 9_999).unwrap();
    drop(raw);
    let problem = Problem::from(Store::open(&file).err().unwrap());
    assert_eq!(problem.code, ProblemCode::HomeNewer);
    assert!(problem.hint.is_some());
}

#[test]
fn a_file_that_is_no_database_is_named_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    std::fs::write(&file, "not a database at all, but long enough to be looked at ".repeat(20))
        .unwrap();
    let problem = Problem::from(Store::open(&file).err().unwrap());
    assert_eq!(problem.code, ProblemCode::StoreDamaged);
}
