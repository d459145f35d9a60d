//! What somebody types or pipes who means no good, or who slipped: bounds, devices, readers that went
//! away, names that speak to a terminal.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Output, Stdio};
use yinju_tests::trial::{Started, complaint};
use yinju_tests::{Home, directory_of_models, program, root};

/// `yinju` as a person runs it, for its words.
fn plain(home: &Home, words: &[&str]) -> Command {
    let mut command = Command::new(program("yinju"));
    command.arg("--home").arg(home.path()).args(words).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&all).into_owned()
}

fn sample() -> String {
    root().join("assets/samples/kettle-manual-en.pdf").to_str().unwrap().to_owned()
}

#[test]
fn what_is_beyond_all_bounds_is_bad_usage() {
    let home = Home::new();
    let check = |words: &[&str]| {
        let run = home.yinju(words);
        assert_eq!((run.status, run.code()), (2, "bad_usage"), "{words:?}: {}", run.words);
    };
    check(&["search", "kettle", "--top", "4611686018427387904"]);
    check(&["ask", "kettle", "--max-tokens", "4294967295"]);
    check(&["ask", "kettle", "--temperature", "NaN"]);
    check(&["strictness", "NaN"]);
    check(&["chats", "show", "18446744073709551615"]);
    check(&["export", "0", "--format", "md", "-o", "x.md"]);
    check(&["import", ""]);
    home.yinju(&["import", &sample()]).done();
    check(&["words", "--library", "Library", "--set", "/dev/zero"]);
    check(&["verify", "/dev/zero"]);
}

#[test]
fn what_is_no_text_is_no_panic() {
    let home = Home::new();
    let noise = OsStr::from_bytes(b"\xff\xfe");
    for json in [true, false] {
        let mut command = plain(&home, &[]);
        command.args(json.then_some("--json")).arg(noise);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(!said(&output).contains("panicked"), "{}", said(&output));
    }
}

#[test]
fn a_reader_that_went_away_costs_words_and_no_work() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut import = home.command(&["import", &sample()]);
    // Both, as in `2>&1 | head`.
    let status = import.stdout(writer.try_clone().unwrap()).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(0));
    let documents = home.yinju(&["documents"]).done();
    assert_eq!(documents.last()["documents"][0]["status"], "ready");
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_was_not_written_is_not_done() {
    let home = Home::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = plain(&home, &["doctor"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("could not be written"), "{}", said(&output));
}

#[test]
fn names_do_not_speak_to_the_terminal() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\u{1b}]0;owned\u{7}\u{9b}2J\r.txt");
    fs::write(&file, "The kettle holds two litres. \u{1b}[2J It is red.").unwrap();
    let library = "lib\u{1b}[31m";
    let runs: [&[&str]; 5] = [
        &["import", file.to_str().unwrap(), "--library", library],
        &["documents"],
        &["libraries"],
        &["search", "kettle"],
        &["ask", "How much does the kettle hold?", "--mode", "quotes"],
    ];
    for words in runs {
        for json in [false, true] {
            let mut command = plain(&home, words);
            let output = command.args(json.then_some("--json")).output().unwrap();
            let is_bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            assert!(!said(&output).contains(is_bad), "{words:?}: {:?}", said(&output));
        }
    }
}

#[test]
fn an_export_takes_no_place_of_the_programs_own() {
    let home = Home::new();
    home.yinju(&["import", &sample()]).done();
    home.yinju(&["ask", "How is the kettle descaled?", "--mode", "quotes"]).done();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(home.path(), &link).unwrap();
    let own = ["yinju.db", "index/a.md"].map(|name| home.path().join(name));
    for file in own.into_iter().chain([link.join("yinju.db")]) {
        let words = ["export", "1", "--format", "md", "-o", file.to_str().unwrap()];
        let export = home.yinju(&words);
        assert_eq!((export.status, export.code()), (2, "bad_usage"), "{}", export.words);
    }
    for file in [folder.path().join("a.md"), home.path().join("a.md")] {
        home.yinju(&["export", "1", "--format", "md", "-o", file.to_str().unwrap()]).done();
    }
}

#[test]
fn an_empty_home_in_the_environment_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program("yinju"));
    command.args(["--json", "libraries"]).current_dir(folder.path());
    command.env("YINJU_HOME", "").env("HOME", folder.path().join("person"));
    command.env_remove("XDG_DATA_HOME").output().unwrap();
    assert!(!folder.path().join("yinju.db").exists(), "written to the current folder");
}

#[test]
fn no_odd_name_is_more_than_a_name() {
    // All that an unmended program could reach by these names is scratch: the home lies deep enough,
    // and so do the models.
    let home = Home::new();
    let others = tempfile::tempdir().unwrap();
    let models = others.path().join("deep/models");
    fs::create_dir_all(&models).unwrap();
    for id in fs::read_dir(directory_of_models()).unwrap().map(|entry| entry.unwrap()) {
        symlink(id.path(), models.join(id.file_name())).unwrap();
    }
    fs::write(others.path().join("thesis.txt"), "mine").unwrap();
    home.yinju(&["import", &sample()]).done();
    let long = "x".repeat(5000);
    let odd = ["..", ".", others.path().to_str().unwrap(), "../x", "a/b", "a\\b", "\n", &long];
    for name in odd {
        let runs: [&[&str]; 9] = [
            &["encoders", "drop", "--", name],
            &["encoders", "use", "--", name],
            &["encoders", "prepare", "--", name],
            &["models", "remove", "--", name],
            &["models", "pull", "--", name],
            &["remove", "--", name],
            &["remove", "--library", name],
            &["search", "kettle", "--rerank", name],
            &["ask", "kettle?", "--model", name],
        ];
        for words in runs {
            let mut run = home.command(words);
            let ended = Started::of(run.env("YINJU_MODELS", &models), &words.join(" ")).end();
            assert_ne!(ended.status, Some(0), "{words:?}");
            if ended.status != Some(2) {
                assert_eq!(complaint(&ended), None);
            }
        }
    }
    assert!(others.path().join("thesis.txt").exists());
    let documents = home.yinju(&["documents"]).done();
    assert_eq!(documents.last()["documents"].as_array().unwrap().len(), 1);
}
