//! What a search promises, whoever finds: typed places and phrases hold, and an encoder is changed
//! while searches go on.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::Ordering;
use support::{Bench, OTHER_ENCODER, found, text_page};
use yinju_core::{CancelToken, Mode, ModelId, PageNumber, PassageIndex, ProblemCode};
use yinju_engine::{Engine, Metric, Rerank, RunConfig, SearchQuery, SearchResult};

/// A file of three pages, read.
fn library() -> (Bench, Engine) {
    let texts = ["the red boat sails .", "the red old boat sinks .", "the green boat sails ."];
    let pages = texts.iter().enumerate().map(|(index, text)| text_page(index, text)).collect();
    let bench = Bench::new(pages);
    let engine = bench.open();
    bench.import(&engine).unwrap();
    (bench, engine)
}

fn search(engine: &Engine, typed: &str) -> SearchResult {
    let query = SearchQuery {
        text: typed.to_owned(),
        mode: Mode::Lexical,
        limit: 9,
        ..SearchQuery::default()
    };
    engine.search(&query).unwrap()
}

fn pages(result: &SearchResult) -> Vec<u32> {
    let mut pages: Vec<u32> =
        result.hits.iter().flat_map(|hit| hit.passage.pages()).map(PageNumber::get).collect();
    pages.sort_unstable();
    pages
}

#[test]
fn typed_syntax_narrows_a_search() {
    let (_bench, engine) = library();
    let check = |typed: &str, expected: &[u32]| {
        assert_eq!(pages(&search(&engine, typed)), expected, "{typed}");
    };
    check("boat", &[1, 2, 3]);
    check("\"red boat\"", &[1]);
    check("boat -\"red boat\"", &[2, 3]);
    check("boat page:2-3", &[2, 3]);
    check("boat doc:file.pdf page:1", &[1]);
    check("page:2", &[2]);
    check("lang:en page:2-3", &[2, 3]);
    check("lang:zh", &[]);
    check("boat on page 3", &[]);
}

#[test]
fn a_place_that_is_not_there_is_told() {
    let (_bench, engine) = library();
    for typed in ["boat page:9", "boat doc:nowhere", "boat year:1066"] {
        let result = search(&engine, typed);
        assert!(result.hits.is_empty(), "{typed}");
        assert!(result.narrowed.is_some_and(|narrowed| narrowed.nowhere), "{typed}");
    }
    assert!(search(&engine, "boat").narrowed.is_none());
}

#[test]
fn an_index_that_is_found_damaged_is_made_again() {
    let (bench, engine) = library();
    bench.index.is_damaged.store(true, Ordering::Relaxed);
    assert_eq!(pages(&search(&engine, "boat")), [1, 2, 3]);
    assert_eq!(bench.embedded().len(), 3, "nothing is embedded again");
}

#[test]
fn what_cannot_be_looked_for_has_a_code() {
    let (_bench, engine) = library();
    let check = |typed: &str, expected: ProblemCode| {
        let query = SearchQuery { text: typed.to_owned(), limit: 9, ..SearchQuery::default() };
        let problem = engine.search(&query).unwrap_err();
        assert_eq!(problem.code, expected, "{typed}");
        assert!(problem.hint.is_some(), "{typed}");
    };
    check("", ProblemCode::QuestionEmpty);
    check("？！……", ProblemCode::QuestionEmpty);
    check("😀", ProblemCode::QuestionEmpty);
    check(&"长".repeat(10_000), ProblemCode::QuestionTooLong);
    check("boat page:x", ProblemCode::QuerySyntax);
    check("-boat", ProblemCode::QuerySyntax);
}

#[test]
fn matched_words_are_marked_in_order_and_once() {
    let (_bench, engine) = library();
    let marks = engine.marks("red \"red boat\"", "a red boat").unwrap();
    let marks: Vec<_> = marks.iter().map(|range| (range.start, range.end)).collect();
    assert_eq!(marks, [(2, 10)]);
}

#[test]
fn an_encoder_is_changed_beside_the_one_in_use() {
    let (bench, engine) = library();
    let other = ModelId::from_static(OTHER_ENCODER);
    assert_eq!(bench.embedded().len(), 3);
    let mut told = Vec::new();
    let stop = CancelToken::new();
    let stopped = engine.prepare_encoder(&other, &stop, &mut |progress| {
        assert_eq!(found(&engine, "boat").len(), 3, "searches go on");
        told.push((progress.done, progress.total));
        stop.cancel();
    });
    assert_eq!(stopped.unwrap_err().code, ProblemCode::Cancelled);
    engine.use_encoder(&other, &CancelToken::new(), &mut |_| {}).unwrap();
    assert_eq!(bench.embedded().len(), 3);
    assert_eq!(engine.encoder_in_use().unwrap(), other);
    assert_eq!(found(&engine, "boat").len(), 3);
    drop(engine);
    let engine = bench.open();
    assert_eq!(engine.encoder_in_use().unwrap(), other, "the choice is kept");
    let first = ModelId::from_static("multilingual-e5-small");
    engine.use_encoder(&first, &CancelToken::new(), &mut |_| {}).unwrap();
    assert!(bench.embedded().is_empty(), "going back embeds nothing");
    engine.drop_encoder(&other).unwrap();
    assert_eq!(engine.encoders().unwrap().len(), 1);
    assert_eq!(engine.drop_encoder(&first).unwrap_err().code, ProblemCode::BadUsage);
}

#[test]
fn a_removed_document_leaves_the_indexes_beside_too() {
    let (bench, engine) = library();
    let other = ModelId::from_static(OTHER_ENCODER);
    engine.prepare_encoder(&other, &CancelToken::new(), &mut |_| {}).unwrap();
    assert_eq!(bench.other_index.census().unwrap().len(), 1);
    let id = engine.documents(None).unwrap()[0].reference.id;
    let receipt = engine.remove_documents(&[id]).unwrap();
    assert_eq!(receipt.left, yinju_engine::Left::default());
    assert!(bench.other_index.census().unwrap().is_empty());
    assert!(engine.encoders().unwrap().iter().all(|encoder| encoder.progress.total == 0));
}

#[test]
fn a_removal_without_the_encoder_reaches_its_index_all_the_same() {
    let (bench, engine) = library();
    drop(engine);
    let encoder = bench.model("multilingual-e5-small");
    let away = encoder.with_extension("away");
    std::fs::rename(&encoder, &away).unwrap();
    std::fs::create_dir_all(bench.index_folder("multilingual-e5-small")).unwrap();
    let engine = bench.open();
    let id = engine.documents(None).unwrap()[0].reference.id;
    let receipt = engine.remove_documents(&[id]).unwrap();
    assert!(bench.index.census().unwrap().is_empty());
    assert_eq!(receipt.left, yinju_engine::Left::default());
    assert_eq!(receipt.indexes, [ModelId::from_static("multilingual-e5-small")]);
    assert!(receipt.unreached.is_empty());
}

#[test]
fn what_a_removal_cannot_reach_is_told_and_reached_at_the_next_start() {
    let (bench, engine) = library();
    let other = ModelId::from_static(OTHER_ENCODER);
    engine.prepare_encoder(&other, &CancelToken::new(), &mut |_| {}).unwrap();
    bench.other_index.is_stuck.store(true, Ordering::Relaxed);
    let id = engine.documents(None).unwrap()[0].reference.id;
    let receipt = engine.remove_documents(&[id]).unwrap();
    assert_eq!(receipt.unreached.len(), 1, "{receipt:?}");
    assert!(receipt.unreached[0].place.contains(OTHER_ENCODER), "{receipt:?}");
    assert_eq!(receipt.left.vectors, receipt.passages, "what was not looked at counts as left");
    assert!(bench.index.census().unwrap().is_empty());
    assert!(!bench.other_index.census().unwrap().is_empty());
    drop(engine);
    std::fs::create_dir_all(bench.index_folder(OTHER_ENCODER)).unwrap();
    bench.other_index.is_stuck.store(false, Ordering::Relaxed);
    drop(bench.open());
    assert!(bench.other_index.census().unwrap().is_empty());
}

#[test]
fn without_the_encoder_words_alone_are_searched_and_that_is_said() {
    let (bench, engine) = library();
    bench.is_encoder_lost.store(true, Ordering::Relaxed);
    let query = SearchQuery { text: "green boat".to_owned(), limit: 9, ..SearchQuery::default() };
    let result = engine.search(&query).unwrap();
    assert_eq!((result.hits.len(), result.warnings.len()), (1, 1), "{result:?}");
    let by_meaning = SearchQuery { mode: Mode::Dense, ..query };
    assert_eq!(engine.search(&by_meaning).unwrap_err().code, ProblemCode::WorkerTimedOut);
    bench.is_encoder_lost.store(false, Ordering::Relaxed);
    assert!(search(&engine, "green boat").warnings.is_empty());
}

#[test]
fn vectors_that_are_not_the_store_s_are_found_by_the_doctor() {
    let (bench, engine) = library();
    let content = || {
        let checks = engine.doctor().checks;
        checks.into_iter().find(|check| check.name == "index content").unwrap()
    };
    assert!(content().ok && content().detail.starts_with('3'), "{:?}", content());
    bench.index.flip_a_vector();
    let mended = content();
    assert!(mended.detail.contains("made again"), "{mended:?}");
    assert!(!content().detail.contains("made again"));
    assert_eq!(found(&engine, "boat").len(), 3);
}

#[test]
fn own_questions_are_asked_and_runs_compared() {
    let (_bench, engine) = library();
    let id = engine.documents(None).unwrap()[0].reference.id;
    let page = |number: usize| PageNumber::from_index(number - 1);
    let wrong = engine.add_own_question("boat?", id, (page(3), page(4)));
    assert_eq!(wrong.unwrap_err().code, ProblemCode::BadUsage);
    engine.add_own_question("green boat", id, (page(3), page(3))).unwrap();
    engine.add_own_question("boat", id, (page(3), page(3))).unwrap();
    let run = |mode| {
        let encoder = engine.encoder_in_use().unwrap();
        let config = RunConfig { encoder, mode, rerank: Rerank::Off };
        engine.run_own_questions(config, &CancelToken::new(), &mut |_, _| {}).unwrap()
    };
    let (first, second) = (run(Mode::Lexical), run(Mode::Lexical));
    let ranks: Vec<_> = first.outcomes.iter().map(|outcome| outcome.rank).collect();
    assert_eq!(ranks, [Some(1), Some(3)]);
    assert_eq!(first.outcomes[1].first, Some((id, page(1))));
    assert!((first.metric(Metric::Recall1).mean - 0.5).abs() < 1e-9);
    assert!(first.difference(&second, Metric::Mrr10).mean.abs() < 1e-9);
    let kept: Vec<u64> = engine.own_runs().unwrap().iter().map(|run| run.id).collect();
    assert_eq!(kept, [second.id, first.id], "the latest first");
    engine.remove_documents(&[id]).unwrap();
    assert!(engine.own_questions().unwrap().is_empty());
}
