//! Homes that cannot be used, and questions that cannot be asked.

#![allow(clippy::unwrap_used)]

use std::fs::File;
use yinju_tests::{Home, root, run};

#[test]
fn a_home_in_use_is_named_and_left_alone() {
    let home = Home::new();
    home.yinju(&["libraries"]).done();
    let lock = File::options().write(true).open(home.path().join("home.lock")).unwrap();
    lock.lock().unwrap();
    let second = home.yinju(&["libraries"]);
    assert_eq!((second.status, second.code()), (3, "home_in_use"));
    assert!(second.last()["error"]["hint"].is_string());
    drop(lock);
    home.yinju(&["libraries"]).done();
}

#[test]
fn a_home_that_is_a_file_is_unusable() {
    let home = Home::new();
    let file = home.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let run = run(&mut yinju_tests::command(&file, &["libraries"]));
    assert_eq!((run.status, run.code()), (3, "home_unusable"));
}

#[test]
fn a_damaged_store_is_named() {
    let home = Home::new();
    std::fs::write(home.path().join("yinju.db"), "no database ".repeat(500)).unwrap();
    let run = home.yinju(&["libraries"]);
    assert_eq!((run.status, run.code()), (3, "store_damaged"));
}

#[test]
fn questions_that_cannot_be_asked() {
    let home = Home::new();
    let empty = home.yinju(&["ask", "   "]);
    assert_eq!((empty.status, empty.code()), (3, "question_empty"));
    let endless = home.yinju(&["ask", &"问".repeat(100_000)[..90_000]]);
    assert_eq!((endless.status, endless.code()), (3, "question_too_long"));
    let nothing = home.yinju(&["ask", "有什么？"]).done();
    assert_eq!(nothing.last()["refusal"]["code"], "nothing_to_search");
    let nowhere = home.yinju(&["search", "x", "--library", "nowhere"]);
    assert_eq!((nowhere.status, nowhere.code()), (3, "library_not_found"));
}

#[test]
fn a_question_in_a_language_the_library_does_not_hold_is_not_a_failure() {
    let home = Home::new();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    home.yinju(&["import", sample.to_str().unwrap()]).done();
    let asked = home.yinju(&["ask", "Сколько стоит билет в Большой театр?", "--mode", "quotes"]);
    let asked = asked.done();
    assert!(asked.last()["refused"].is_boolean());
}

#[test]
fn bad_usage_has_a_status_of_its_own() {
    let home = Home::new();
    let bad = home.yinju(&["serach", "x"]);
    assert_eq!((bad.status, bad.code()), (2, "bad_usage"));
}
