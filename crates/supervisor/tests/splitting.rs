//! A tokenizer's process may crash, hang or lie, and so may one that looks into a model: it costs what
//! it was at, and what it says of a page is held against the page.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::time::Duration;
use support::config;
use yinju_core::{
    DocumentSplitting, EncoderSpec, ModelDescription, ModelId, ModelInspector, Page, PageNumber,
    PageStatus, PassageSplitter, Pooling, ProblemCode,
};
use yinju_supervisor::{WorkerConfig, WorkerInspector, WorkerSplitter};

fn splitter() -> WorkerSplitter {
    let spec = EncoderSpec {
        id: ModelId::from_static("rogue"),
        folder: "none".into(),
        dimensions: 2,
        max_tokens: 8,
        pooling: Pooling::Mean,
        normalize: false,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        late_interaction: false,
    };
    WorkerSplitter::new(WorkerConfig { page_timeout: Duration::from_secs(1), ..config() }, spec)
}

fn page(index: usize, text: &str) -> Page {
    Page {
        number: PageNumber::from_index(index),
        label: None,
        width: 1.0,
        height: 1.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: Vec::new(),
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

/// The section of what a page gave, which names its document.
fn push(splitting: &mut dyn DocumentSplitting, index: usize) -> String {
    splitting.push(&page(index, "words")).unwrap().remove(0).section.remove(0)
}

#[test]
fn documents_take_turns_and_do_not_mix() {
    let splitter = splitter();
    let (mut one, mut two) = (splitter.begin(&[]), splitter.begin(&[]));
    let of_one: Vec<_> = (0..3).map(|index| push(one.as_mut(), index)).collect();
    let of_two = push(two.as_mut(), 0);
    assert!(of_one.iter().all(|document| *document == of_one[0] && *document != of_two));
    assert_eq!(push(one.as_mut(), 3), of_one[0]);
    assert!(one.finish().unwrap().is_empty());
    assert_ne!(push(one.as_mut(), 0), of_one[0], "it begins anew");
}

#[test]
fn a_crash_costs_what_is_being_split() {
    let splitter = splitter();
    for (how, code) in
        [("crash", ProblemCode::WorkerCrashed), ("hang", ProblemCode::WorkerTimedOut)]
    {
        let (mut bad, mut other) = (splitter.begin(&[]), splitter.begin(&[]));
        push(other.as_mut(), 0);
        assert_eq!(bad.push(&page(0, how)).unwrap_err().code, code);
        let lost = other.push(&page(1, "words")).unwrap_err();
        assert_eq!(lost.code, ProblemCode::WorkerCrashed);
        push(splitter.begin(&[]).as_mut(), 0);
        assert_eq!(other.push(&page(2, "words")).unwrap_err(), lost, "not by another process");
    }
}

#[test]
fn words_of_no_page_are_refused() {
    let splitter = splitter();
    let problem = splitter.begin(&[]).push(&page(0, "forge")).unwrap_err();
    assert_eq!(problem.code, ProblemCode::ModelDamaged);
}

#[test]
fn a_model_is_looked_into_elsewhere() {
    let inspector = WorkerInspector::new(config());
    let inspect = |name: &str| inspector.inspect(Path::new(name));
    assert_eq!(inspect("good").unwrap(), ModelDescription::Reranker { max_tokens: 7 });
    assert_eq!(inspect("crash").unwrap_err().code, ProblemCode::WorkerCrashed);
    assert_eq!(inspect("bomb").unwrap_err().code, ProblemCode::WorkerOutOfMemory);
}
