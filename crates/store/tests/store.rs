//! What the store promises, over its public surface.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use support::page;
use yinju_core::geometry::BBox;
use yinju_core::page::Line;
use yinju_core::ports::{Embedding, TokenVectors};
use yinju_core::{
    CharRange, DocumentId, DocumentStatus, ModelId, Page, PageNumber, PageStatus, PassageDraft,
    PassageId, Problem, ProblemCode, Span, Warning, WarningCode,
};
use yinju_store::{NewDocument, ReadEnd, Store, TextHash};

fn new(store: &Store, library: &str, sha256: &str) -> NewDocument {
    NewDocument {
        library: store.ensure_library(library).unwrap(),
        sha256: sha256.to_owned(),
        path: format!("{sha256}.pdf").into(),
        title: sha256.to_owned(),
        bytes: 9,
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

/// Every ordinal there can be.
const ALL: std::ops::Range<u32> = 0..u32::MAX;

/// What a reading from the first page to the last one leaves.
fn read(store: &Store, id: DocumentId, pages: &[Page], drafts: &[PassageDraft]) -> ReadEnd {
    store.begin_reading(id).unwrap();
    store.add_read(id, pages, drafts).unwrap();
    store.end_reading(id, pages.last().map(|page| page.number)).unwrap()
}

/// Different for texts of different lengths.
fn hash(text: &str) -> TextHash {
    TextHash([text.len() as u8; 32])
}

fn embedding() -> Embedding {
    Embedding { vector: vec![0.5, -1.0], tokens: TokenVectors(vec![1, 2, 3]) }
}

/// Ids by ordinal.
fn ids(store: &Store, id: DocumentId) -> Vec<PassageId> {
    store.ids_at(id, ALL).unwrap()
}

/// A document with two passages, embedded and ready.
fn ready(store: &Store, library: &str, sha256: &str) -> DocumentId {
    let (id, made) = store.ensure_document(&new(store, library, sha256)).unwrap();
    assert!(made);
    let pages = [page(1, "甲乙"), page(2, "丙")];
    read(store, id, &pages, &[draft(0, "甲"), draft(1, "乙")]);
    let encoder = ModelId::from_static("e5");
    let waiting = store.passages_without_vector(id, &encoder, ALL).unwrap();
    let vectors: Vec<_> =
        waiting.iter().map(|p| (p.id, hash(&p.draft.text), embedding())).collect();
    store.add_vectors(&encoder, &vectors).unwrap();
    store.set_status(id, DocumentStatus::Ready, None).unwrap();
    id
}

#[test]
fn the_same_content_is_one_document_a_library_whose_places_are_all_known() {
    let store = Store::in_memory().unwrap();
    let (first, made) = store.ensure_document(&new(&store, "a", "x")).unwrap();
    let moved = NewDocument { path: "moved.pdf".into(), ..new(&store, "a", "x") };
    let (second, made_again) = store.ensure_document(&moved).unwrap();
    assert!(made && !made_again);
    assert_eq!(first, second);
    assert_eq!(store.document(first).unwrap().reference.path.to_str(), Some("x.pdf"));
    let places = || store.places(first).unwrap();
    assert_eq!(places(), [PathBuf::from("x.pdf"), "moved.pdf".into()]);

    // Another content is at a place now; the last place stays as a name.
    let over = |path: &str| NewDocument { path: path.into(), ..new(&store, "a", "y") };
    store.ensure_document(&over("moved.pdf")).unwrap();
    assert_eq!(places(), [PathBuf::from("x.pdf")]);
    store.ensure_document(&over("x.pdf")).unwrap();
    store.forget_place(first, Path::new("x.pdf")).unwrap();
    assert_eq!(places(), [PathBuf::from("x.pdf")]);
}

#[cfg(unix)]
#[test]
fn paths_are_kept_as_the_system_has_them() {
    use std::os::unix::ffi::OsStrExt;
    let store = Store::in_memory().unwrap();
    let path = PathBuf::from(std::ffi::OsStr::from_bytes(b"a\xff\xfe.pdf"));
    let made = NewDocument { path: path.clone(), ..new(&store, "a", "x") };
    let (id, _) = store.ensure_document(&made).unwrap();
    assert_eq!(store.document(id).unwrap().reference.path, path);
    assert!(!store.ensure_document(&made).unwrap().1);
    assert_eq!(store.places(id).unwrap(), std::slice::from_ref(&path));
    store.add_jobs(made.library, std::slice::from_ref(&path)).unwrap();
    assert_eq!(store.jobs().unwrap()[0].path, path);
    store.finish_job(made.library, &path).unwrap();
    assert!(store.jobs().unwrap().is_empty());
}

#[test]
fn jobs_know_how_often_they_were_begun_and_why_they_wait_no_more() {
    let store = Store::in_memory().unwrap();
    let library = store.ensure_library("a").unwrap();
    let files = ["x.pdf".into(), "y.pdf".into()];
    store.add_jobs(library, &files).unwrap();
    store.begin_job(library, &files[0]).unwrap();
    store.begin_job(library, &files[0]).unwrap();
    store.rest_job(library, &files[1]).unwrap();
    let jobs = store.jobs().unwrap();
    assert_eq!((jobs[0].attempts, jobs[1].attempts), (2, 0));
    store.set_job_aside(jobs[0].id, &Problem::new(ProblemCode::SetAside, "twice")).unwrap();
    store.add_jobs(library, &files).unwrap();
    let aside = || store.jobs().unwrap()[0].set_aside.clone().map(|problem| problem.message);
    assert_eq!(aside().as_deref(), Some("twice"));
    store.advance_job(library, &files[0]).unwrap();
    assert_eq!((aside(), store.jobs().unwrap()[0].attempts), (None, 1));
    let dropped = store.drop_jobs(&[jobs[1].id, 99]).unwrap();
    assert_eq!((dropped.len(), &dropped[0].path), (1, &files[1]));
    assert_eq!(store.jobs().unwrap().len(), 1);
}

#[test]
fn vectors_come_back_as_they_were_and_none_is_asked_for_twice() {
    let store = Store::in_memory().unwrap();
    let id = ready(&store, "a", "x");
    let encoder = ModelId::from_static("e5");
    assert!(store.passages_without_vector(id, &encoder, ALL).unwrap().is_empty());
    let other = ModelId::from_static("m3e");
    assert_eq!(store.passages_without_vector(id, &other, ALL).unwrap().len(), 2);
    assert_eq!(store.passages_without_vector(id, &other, 1..2).unwrap()[0].draft.ordinal, 1);
    assert_eq!(store.ids_with_vector(id, &encoder).unwrap(), ids(&store, id));
    let stored = store.with_vectors(&ids(&store, id), &encoder).unwrap();
    assert_eq!(stored[1].0.draft.text, "乙");
    assert_eq!(stored[1].1, Some(vec![0.5, -1.0]));
    let tokens = store.token_vectors(&ids(&store, id), &encoder).unwrap();
    assert_eq!(tokens, vec![Some(embedding().tokens); 2]);
    assert_eq!(store.token_vectors(&ids(&store, id), &other).unwrap(), [None, None]);
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
    let encoder = ModelId::from_static("e5");
    assert!(store.passages_without_vector(second, &encoder, ALL).unwrap().is_empty());
    assert_eq!(store.with_vectors(&ids(&store, second), &encoder).unwrap().len(), 2);
    let tokens = store.token_vectors(&ids(&store, second), &encoder).unwrap();
    assert_eq!(tokens, vec![Some(embedding().tokens); 2]);
}

#[test]
fn what_comes_again_keeps_its_id_and_vector_wherever_it_stands() {
    let store = Store::in_memory().unwrap();
    let id = ready(&store, "a", "x");
    let before = ids(&store, id);
    let new = PassageDraft { spans: vec![span(0, 5, 6)], ..draft(0, "丁") };
    let pages = [page(1, "甲乙"), page(2, "丙")];
    let end = read(&store, id, &pages, &[new, draft(1, "甲"), draft(2, "乙")]);
    assert_eq!(end, ReadEnd { passages: 3, removed: 0 });
    assert_eq!(ids(&store, id)[1..], before);
    let encoder = ModelId::from_static("e5");
    let waiting = store.passages_without_vector(id, &encoder, ALL).unwrap();
    assert_eq!(waiting.iter().map(|p| p.draft.text.as_str()).collect::<Vec<_>>(), ["丁"]);
    let found = store.passage(before[1]).unwrap().unwrap();
    assert_eq!((found.draft.ordinal, found.draft.text.as_str()), (2, "乙"));
    assert_eq!(store.document(id).unwrap().status, DocumentStatus::Parsed);
}

fn span(page: usize, start: usize, end: usize) -> Span {
    Span { page: PageNumber::from_index(page), range: CharRange::new(start, end) }
}

#[test]
fn what_does_not_come_again_stays_until_the_end_of_the_reading() {
    let store = Store::in_memory().unwrap();
    let id = ready(&store, "a", "x");
    let before = ids(&store, id);
    store.begin_reading(id).unwrap();
    store.begin_reading(id).unwrap();
    store.add_read(id, &[page(1, "甲")], &[draft(0, "甲")]).unwrap();
    assert_eq!(store.document(id).unwrap().status, DocumentStatus::Queued);
    assert!(store.passage(before[1]).unwrap().is_some());
    assert_eq!(ids(&store, id), before[..1]);
    let end = store.end_reading(id, Some(PageNumber::from_index(0))).unwrap();
    assert_eq!(end, ReadEnd { passages: 1, removed: 1 });
    assert!(store.passage(before[1]).unwrap().is_none());
    assert_eq!(store.page_summaries(id).unwrap().len(), 1);
}

#[test]
fn a_reading_without_passages_parses_nothing() {
    let store = Store::in_memory().unwrap();
    let (id, _) = store.ensure_document(&new(&store, "a", "x")).unwrap();
    assert_eq!(read(&store, id, &[page(1, "")], &[]).passages, 0);
    assert_eq!(store.document(id).unwrap().status, DocumentStatus::Queued);
}

#[test]
fn pages_put_aside_take_their_places_together() {
    let store = Store::in_memory().unwrap();
    let id = ready(&store, "a", "x");
    let again = Page { status: PageStatus::Ocr, ..page(2, "丁") };
    store.put_aside(id, &again).unwrap();
    let second = PageNumber::from_index(1);
    assert_eq!(store.pages_aside(id).unwrap(), [second]);
    assert_eq!(store.page(id, second).unwrap().unwrap().text, "丙");
    assert_eq!(store.document(id).unwrap().status, DocumentStatus::Ready);
    store.begin_with_pages_aside(id).unwrap();
    assert!(store.pages_aside(id).unwrap().is_empty());
    assert_eq!(store.recognised_pages(id).unwrap(), [second]);
    let after = store.pages_after(id, Some(PageNumber::from_index(0)), 9).unwrap();
    assert_eq!(after, [again]);
    assert_eq!(store.pages_after(id, None, 1).unwrap().len(), 1);
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
    read(&store, id, &[blank, scanned, recognised], &[]);
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
    let text = "a secret of some length";
    read(&store, id, &[page(1, text)], &[draft(0, text)]);
    store.put_aside(id, &page(1, text)).unwrap();
    let passages = store.passage_ids(id).unwrap();
    store.remove_documents(&[id], &[]).unwrap();
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
