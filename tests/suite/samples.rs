//! The sample questions, asked of the smallest language model: what it says is right by the words of the
//! page, and what is called supported is cited.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::path::Path;
use yinju_tests::{Home, root};

/// What a right answer to each of the questions holds, one of them.
const RIGHT: [&[&str]; 18] = [
    &["8.8"],
    &["四小时", "4小时", "4 小时"],
    &["80"],
    &["36"],
    &["four hours", "4 hours", "四小时"],
    &["18.64"],
    &["8 万", "8万"],
    &["3,150", "3150"],
    &["沈望舒"],
    &["2.4"],
    &["9.40"],
    &["swelled", "17 of"],
    &["brass band"],
    &["83"],
    &["200"],
    &["60"],
    &["citric"],
    &["36"],
];

/// Sixteen are right on the machine they were counted on; how much a model reads follows from how fast it
/// reads, so another may miss one or two of them.
const WANTED: usize = 14;

/// The samples as `yinju eval` takes a set.
fn write_set(folder: &Path) -> Vec<Value> {
    let samples = root().join("assets/samples");
    let text = std::fs::read_to_string(samples.join("questions.json")).unwrap();
    let questions: Vec<Value> = serde_json::from_str(&text).unwrap();
    let files = std::fs::read_dir(&samples).unwrap().map(|entry| entry.unwrap().path());
    let pdfs = files.filter(|path| path.extension().is_some_and(|end| end == "pdf"));
    let corpus = pdfs.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        json!({ "doc_id": name, "title": name, "pdf": path }).to_string()
    });
    let queries = questions.iter().map(|question| {
        let answers = [&question["answer"]];
        let gold = [&question["document"]];
        json!({ "question": question["question"], "answers": answers, "gold_doc_ids": gold })
            .to_string()
    });
    let lines = |lines: Vec<String>| lines.join("\n");
    std::fs::write(folder.join("corpus.jsonl"), lines(corpus.collect())).unwrap();
    std::fs::write(folder.join("queries.jsonl"), lines(queries.collect())).unwrap();
    questions
}

#[test]
fn the_smallest_model_answers_the_sample_questions() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let questions = write_set(folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (corpus, queries, dump) =
        (path("corpus.jsonl"), path("queries.jsonl"), path("answers.jsonl"));
    let count = questions.len().to_string();
    let model = "qwen2.5-coder-0.5b-instruct";
    home.yinju(&[
        "eval",
        &corpus,
        &queries,
        "--answers",
        "answer",
        "--model",
        model,
        "--questions",
        &count,
        "--dump",
        &dump,
    ])
    .done();
    let text = std::fs::read_to_string(&dump).unwrap();
    let answers: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), RIGHT.len());
    let mut right = 0;
    for (answer, holds) in answers.iter().zip(RIGHT) {
        let text = answer["answer"].as_str().unwrap();
        if holds.iter().any(|words| text.contains(words)) {
            right += 1;
        } else {
            println!("{}: {text}", answer["question"]);
        }
        for sentence in answer["sentences"].as_array().unwrap() {
            let is_cited = !sentence["markers"].as_array().unwrap().is_empty();
            assert!(sentence["support"] != "supported" || is_cited, "{sentence}");
        }
    }
    println!("{right} of {} sample questions are answered right", answers.len());
    assert!(right >= WANTED, "{right} are right");
}
