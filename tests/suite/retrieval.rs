//! Questions in either language over passages in either language, with the encoder that is shipped.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use yinju_tests::{Home, root};

/// `yinju eval` over the passages and questions that were written for this.
fn evaluate(home: &Home, more: &[&str]) -> Value {
    let folder = root().join("tests/inputs/retrieval");
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (corpus, queries) = (file("corpus.jsonl"), file("queries.jsonl"));
    let mut words = vec!["eval", &corpus, &queries, "--unit", "document"];
    words.extend(more);
    home.yinju(&words).done().objects.remove(0)
}

#[test]
fn the_passage_that_answers_is_found_across_languages_and_scripts() {
    let home = Home::new();
    let reranked = evaluate(&home, &[]);
    assert_eq!((&reranked["rerank"], &reranked["queries"]), (&"on".into(), &12.into()));
    assert_eq!(reranked["recall@5"], 1.0, "{reranked}");
    let first_stage = evaluate(&home, &["--rerank", "off"]);
    let first = |result: &Value| result["recall@1"].as_f64().unwrap();
    assert!(first(&reranked) >= 0.75, "{reranked}");
    assert!(first(&reranked) >= first(&first_stage), "{first_stage}");
}
