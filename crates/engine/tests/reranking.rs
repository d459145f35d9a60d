//! What a search does with a reranker that is named, whichever it is.

#![allow(clippy::unwrap_used, dead_code)]

mod support;

use support::{Bench, text_page};
use yinju_core::{Hit, Mode, ModelId, Page, Problem, ProblemCode};
use yinju_engine::{Engine, EvaluationRequest, Rerank, SearchQuery, Unit};

/// Pages whose passages are the longer, the later they stand.
fn growing(pages: usize) -> Vec<Page> {
    let word = |index, n| format!("word{index}x{n} ");
    let words = |index| (0..index).map(|n| word(index, n)).collect::<Vec<_>>().concat();
    (0..pages).map(|index| text_page(index, &format!("a page of {}.", words(index)))).collect()
}

fn search(engine: &Engine, limit: usize, rerank: Rerank) -> Result<Vec<Hit>, Problem> {
    let (text, mode) = ("page of ".to_owned(), Mode::Lexical);
    let query = SearchQuery { text, mode, limit, rerank, ..SearchQuery::default() };
    Ok(engine.search(&query)?.hits)
}

fn judge() -> Rerank {
    Rerank::With(ModelId::from_static("judge"))
}

fn pages(hits: &[Hit]) -> Vec<usize> {
    hits.iter().map(|hit| hit.passage.pages()[0].index()).collect()
}

#[test]
fn the_first_twenty_are_ordered_by_the_model_that_is_named() {
    let bench = Bench::new(growing(30));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    let plain = search(&engine, 30, Rerank::On).unwrap();
    assert_eq!(pages(&plain), (0..30).collect::<Vec<_>>());
    assert!(plain.iter().all(|hit| hit.arms.cross.is_none()));
    assert!(bench.reranker.calls.lock().unwrap().is_empty());

    let hits = search(&engine, 30, judge()).unwrap();
    assert_eq!(pages(&hits), (0..20).rev().chain(20..30).collect::<Vec<_>>());
    let (read, behind) = hits.split_at(20);
    assert!(read.iter().all(|hit| hit.arms.cross.is_some() && hit.score > 0.0));
    assert!(behind.iter().all(|hit| hit.arms.cross.is_none() && hit.score == 0.0));
    assert!(read.is_sorted_by(|a, b| a.score >= b.score));
    assert!(read.is_sorted_by(|a, b| a.arms.cross > b.arms.cross));
}

#[test]
fn the_model_reads_the_question_and_twenty_passages_however_few_are_shown() {
    let bench = Bench::new(growing(30));
    let engine = bench.open();
    bench.import(&engine).unwrap();
    assert_eq!(pages(&search(&engine, 3, judge()).unwrap()), [19, 18, 17]);
    let calls = bench.reranker.calls.lock().unwrap();
    let [(model, question, passages)] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!((model.id.as_str(), model.max_tokens), ("judge", 512));
    assert_eq!((question.as_str(), passages.len()), ("page of", 20));
    assert!(passages[2].ends_with("a page of word2x0 word2x1 ."), "{:?}", passages[2]);
}

#[test]
fn where_nothing_is_found_nothing_is_asked() {
    let bench = Bench::new(growing(2));
    let engine = bench.open();
    assert!(search(&engine, 3, judge()).unwrap().is_empty());
    assert!(bench.reranker.calls.lock().unwrap().is_empty());
}

#[test]
fn a_model_that_is_not_here_is_named_with_the_way_to_get_it() {
    let bench = Bench::new(growing(2));
    let engine = bench.open();
    let ask = |id: &str| search(&engine, 3, Rerank::With(ModelId::like(id))).unwrap_err();
    let missing = ask("bge-reranker-base");
    assert_eq!(missing.code, ProblemCode::ModelMissing);
    assert!(missing.hint.unwrap().contains("yinju models pull bge-reranker-base"));
    assert_eq!(ask("no-such-model").code, ProblemCode::ModelUnknown);
    assert_eq!(ask("multilingual-e5-small").code, ProblemCode::BadUsage);
    assert_eq!(ask("m3e-base").code, ProblemCode::BadUsage);
    let request = EvaluationRequest {
        corpus: "nowhere".into(),
        queries: "nowhere".into(),
        unit: Unit::Document,
        mode: Mode::Hybrid,
        rerank: Rerank::With(ModelId::from_static("bge-reranker-base")),
        within_gold: false,
    };
    assert_eq!(engine.evaluate(&request, &mut |_| {}).unwrap_err().code, ProblemCode::ModelMissing);
}

#[test]
fn in_json_a_model_is_its_id() {
    let as_json = |rerank: &Rerank| serde_json::to_value(rerank).unwrap();
    assert_eq!(as_json(&Rerank::Off), "off");
    assert_eq!(as_json(&judge()), "judge");
    let read = |text: &str| serde_json::from_str::<Rerank>(text).unwrap();
    assert_eq!((read("\"on\""), read("\"judge\"")), (Rerank::On, judge()));
}
