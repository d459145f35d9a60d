//! Summaries in a model's words: part by part, and nothing in them that does not stand.

#![allow(clippy::unwrap_used)]

mod support;

use support::{Bench, printed_page};
use yinju_core::{Answer, AnswerUpdate, AskMode, CancelToken, ModelId};
use yinju_engine::{AskRequest, Engine};

/// A file of so many pages about boats.
fn library(pages: usize) -> (Bench, Engine) {
    let text = |index: usize| format!("Boat number {index} sails in {} .", 1871 + index);
    let pages = (0..pages).map(|index| printed_page(index, &text(index))).collect();
    let bench = Bench::new(pages);
    let engine = bench.open();
    bench.import(&engine).unwrap();
    (bench, engine)
}

fn request() -> AskRequest {
    let model = Some(ModelId::from_static("scribe"));
    AskRequest { mode: AskMode::Digest, model, ..AskRequest::new("Summarise it") }
}

fn digest(engine: &Engine) -> (Answer, Vec<(u32, u32)>) {
    let mut progress = Vec::new();
    let answer = engine.ask(&request(), &CancelToken::new(), &mut |update| {
        if let AnswerUpdate::Progress { done, total } = update {
            progress.push((done, total));
        }
    });
    (answer.unwrap(), progress)
}

#[test]
fn what_stands_is_kept_and_the_rest_is_left_out() {
    let (bench, engine) = library(2);
    bench.scribe.will_write(&["Boat number 1 sails in 1872 [2]. ", "It is made of cheese [1]."]);
    let (answer, progress) = digest(&engine);
    assert!(answer.text.contains("Boat number 1 sails in 1872") && !answer.text.contains("cheese"));
    assert_eq!(answer.citations.len(), 1);
    assert_eq!(progress.first(), Some(&(0, 1)));
    assert_eq!(progress.last(), Some(&(1, 1)));
    assert_eq!(answer.provenance.unwrap().mode, AskMode::Digest);
}

#[test]
fn a_part_of_which_nothing_stands_is_told_by_its_own_words() {
    let (bench, engine) = library(2);
    bench.scribe.will_write(&["The moon is made of cheese."]);
    let (answer, _) = digest(&engine);
    assert!(answer.text.contains("sails in 18") && !answer.text.contains("cheese"), "{answer:?}");
    assert!(answer.sentences.iter().all(|sentence| !sentence.text.contains("moon")));
}

#[test]
fn a_stopped_summary_keeps_the_parts_that_were_done() {
    let (bench, engine) = library(2);
    bench.scribe.will_write(&["Boat number 0 sails in 1871 [1]."]);
    let cancel = CancelToken::new();
    let answer = engine.ask(&request(), &cancel, &mut |update| {
        if matches!(update, AnswerUpdate::Token { .. }) {
            cancel.cancel();
        }
    });
    let answer = answer.unwrap();
    assert!(answer.interrupted && answer.text.contains("1871"), "{answer:?}");
}

#[test]
fn a_summary_stopped_before_its_first_part_is_no_refusal() {
    let (_bench, engine) = library(2);
    let cancel = CancelToken::new();
    let answer = engine.ask(&request(), &cancel, &mut |update| {
        if matches!(update, AnswerUpdate::Progress { .. }) {
            cancel.cancel();
        }
    });
    let answer = answer.unwrap();
    assert!(answer.interrupted && !answer.refused && answer.text.is_empty(), "{answer:?}");
}
