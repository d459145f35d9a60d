//! Every marker shown resolves to words on a page, and boxes cover them.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use yinju_tests::{Home, fold, root, shared};

/// The pages of every file that is cited, read again from the file.
#[derive(Default)]
struct Pages(HashMap<String, Vec<Value>>);

impl Pages {
    fn page(&mut self, home: &Home, file: &str, page: u64) -> &Value {
        let pages = self
            .0
            .entry(file.to_owned())
            .or_insert_with(|| home.yinju(&["parse", file]).done().objects);
        pages.iter().find(|object| object["page"] == page).unwrap()
    }
}

/// The markers in a text, as `[3]`.
fn markers(text: &str) -> BTreeSet<u64> {
    let parts = text.split('[').skip(1);
    parts.filter_map(|part| part.split(']').next()?.parse().ok()).collect()
}

/// The quotation is on the page, and the boxes lie on lines that hold it.
fn check_citation(home: &Home, pages: &mut Pages, citation: &Value) {
    let file = citation["document"]["path"].as_str().unwrap();
    let quote = fold(citation["quote"].as_str().unwrap());
    assert!(!quote.is_empty() && citation["verified"] == true);
    let regions = citation["regions"].as_array().unwrap();
    let mut text = String::new();
    for region in regions {
        let page = pages.page(home, file, region["page"].as_u64().unwrap());
        text.push_str(&fold(page["text"].as_str().unwrap()));
        for numbers in region["boxes"].as_array().unwrap() {
            let edge: Vec<f64> =
                numbers.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
            assert!(edge.iter().all(|n| (0.0..=1.0).contains(n)));
            assert!(edge[0] < edge[2] && edge[1] < edge[3], "an empty box: {edge:?}");
        }
        assert!(!region["boxes"].as_array().unwrap().is_empty());
    }
    assert_eq!(regions[0]["page"], citation["page"]);
    assert!(text.contains(&quote), "not on the page of {file}: {quote}");
}

/// Markers in the text and citations are the same set, and each holds.
fn check_answer(home: &Home, pages: &mut Pages, answer: &Value) -> usize {
    let citations = answer["citations"].as_array().unwrap();
    let cited: BTreeSet<u64> = citations.iter().map(|c| c["marker"].as_u64().unwrap()).collect();
    assert_eq!(markers(answer["answer"].as_str().unwrap()), cited);
    for citation in citations {
        check_citation(home, pages, citation);
    }
    citations.len()
}

#[test]
fn sample_questions_are_answered_from_their_page() {
    let home = Home::new();
    let samples = root().join("assets/samples");
    home.yinju(&["import", samples.to_str().unwrap()]);
    let text = std::fs::read_to_string(samples.join("questions.json")).unwrap();
    let questions: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut pages = Pages::default();
    let mut on_page = 0;
    for question in &questions {
        let words = ["ask", question["question"].as_str().unwrap(), "--mode", "quotes"];
        let run = home.yinju(&words).done();
        let answer = run.last();
        check_answer(&home, &mut pages, answer);
        let citations = answer["citations"].as_array().unwrap();
        on_page += usize::from(citations.iter().any(|c| c["page"] == question["page"]));
    }
    let asked = questions.len();
    println!("{on_page} of {asked} sample questions quote their page");
    assert!(on_page * 10 >= asked * 8, "{on_page} of {asked}");
}

#[test]
fn public_questions_quote_what_is_on_the_page() {
    let Some(set) = shared("data/eval/cmrc_pdf") else { return };
    let home = Home::new();
    home.yinju(&["import", set.join("pdfs").to_str().unwrap()]).done();
    let text = std::fs::read_to_string(set.join("queries.jsonl")).unwrap();
    let queries: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut pages = Pages::default();
    let (mut cited, mut asked, mut held) = (0, 0, 0);
    for query in queries.iter().step_by(61) {
        let question = query["question"].as_str().unwrap();
        let run = home.yinju(&["ask", question, "--mode", "quotes"]).done();
        cited += check_answer(&home, &mut pages, run.last());
        let answer = fold(run.last()["answer"].as_str().unwrap());
        let gold = query["answers"].as_array().unwrap();
        held += usize::from(gold.iter().any(|g| answer.contains(&fold(g.as_str().unwrap()))));
        asked += 1;
    }
    println!("{asked} questions, {cited} citations, {held} answers hold the gold answer");
    assert!(cited >= asked / 2);
}

#[test]
fn the_default_model_answers_in_chinese_and_english() {
    let home = Home::new();
    let samples = root().join("assets/samples");
    home.yinju(&["import", samples.to_str().unwrap()]);
    let text = std::fs::read_to_string(samples.join("questions.json")).unwrap();
    let questions: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut pages = Pages::default();
    for language in ["zh", "en"] {
        let question = questions.iter().find(|q| q["lang"] == language).unwrap();
        let words = ["ask", question["question"].as_str().unwrap(), "--max-tokens", "160"];
        let run = home.yinju(&words).done();
        println!("{}", run.last()["answer"]);
        assert!(check_answer(&home, &mut pages, run.last()) > 0);
        assert!(run.last()["model"].is_string());
        assert!(run.last()["tokens"]["generated"].as_u64().unwrap() > 0);
    }
    exports(&home);
}

/// What was asked is written out with its evidence.
fn exports(home: &Home) {
    let chats = home.yinju(&["chats"]).done();
    let chat = chats.last()["chats"][0]["id"].as_str().unwrap().to_owned();
    for (format, mark) in [("md", "[1]"), ("html", "<html"), ("json", "\"citations\"")] {
        let file = home.path().join(format!("export.{format}"));
        let file = file.to_str().unwrap();
        home.yinju(&["export", &chat, "--format", format, "-o", file]).done();
        let written = std::fs::read_to_string(file).unwrap();
        assert!(written.contains(mark), "{format}");
    }
    let odd = home.yinju(&["export", &chat, "--format", "exe", "-o", "x.exe"]);
    assert_eq!((odd.status, odd.code()), (3, "unsupported_format"));
}
