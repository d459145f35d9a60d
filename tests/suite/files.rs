//! Files and folders as they are found in the wild: pipes, zeros without end, names that are no text,
//! links, and what a name can do to a terminal.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use yinju_tests::{Home, Run, program, root, run};

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// `yinju --json import`, of paths that need not be text.
fn import(home: &Home, paths: &[&OsStr]) -> Run {
    run(home.command(&["import"]).args(paths))
}

#[test]
fn a_pipe_is_named_at_once_and_holds_nothing_up() {
    let (home, docs) = (Home::new(), tempfile::tempdir().unwrap());
    let pipe = docs.path().join("pipe.pdf");
    fifo(&pipe);
    std::fs::write(docs.path().join("crane.md"), "# New\n\nAbout harbour cranes.\n").unwrap();
    let began = Instant::now();
    let named = import(&home, &[pipe.as_os_str()]);
    assert_eq!((named.status, named.code()), (3, "file_unreadable"), "{}", named.words);
    let folder = import(&home, &[docs.path().as_os_str()]).done();
    assert!(began.elapsed() < Duration::from_mins(1), "somebody waited for the pipe");
    let summary = &folder.last()["summary"];
    assert_eq!((&summary["documents"], &summary["failed"]), (&1.into(), &0.into()));
    let skipped = summary["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0]["reason"], "not_a_regular_file");
    assert_eq!(skipped[0]["path"], pipe.to_str().unwrap());
    let found = home.yinju(&["search", "harbour cranes", "--mode", "lexical"]).done();
    assert_eq!(found.last()["hits"].as_array().unwrap().len(), 1);
    assert_eq!(home.yinju(&["jobs"]).done().last()["jobs"], serde_json::json!([]));
}

#[test]
fn zeros_without_end_are_refused_before_they_are_read() {
    let (home, docs) = (Home::new(), tempfile::tempdir().unwrap());
    let zeros = docs.path().join("zeros.pdf");
    File::create(&zeros).unwrap().set_len(300 << 30).unwrap();
    let began = Instant::now();
    let refused = import(&home, &[zeros.as_os_str()]);
    assert_eq!((refused.status, refused.code()), (3, "file_too_large"), "{}", refused.words);
    assert!(began.elapsed() < Duration::from_mins(1), "it was read");
}

#[test]
fn what_is_left_out_of_a_folder_is_named_with_its_reason() {
    let (home, docs) = (Home::new(), tempfile::tempdir().unwrap());
    let at = |name: &str| docs.path().join(name);
    std::fs::write(at("a.md"), "# A\n\nA lamp.\n").unwrap();
    std::fs::write(at("drawing.dwg"), "x").unwrap();
    std::fs::write(at(".DS_Store"), "x").unwrap();
    symlink(at("gone.pdf"), at("broken.pdf")).unwrap();
    symlink(docs.path(), at("circle")).unwrap();
    symlink(at("a.md"), at("same.md")).unwrap();
    let imported = import(&home, &[docs.path().as_os_str()]).done();
    let skipped = imported.last()["summary"]["skipped"].as_array().unwrap().clone();
    let mut reasons: Vec<_> = skipped.iter().map(|s| s["reason"].as_str().unwrap()).collect();
    reasons.sort_unstable();
    let expected = ["broken_link", "link_circle", "same_file", "system_file", "unsupported_kind"];
    assert_eq!(reasons, expected);
    let mut command = Command::new(program("yinju"));
    let told = command.arg("--home").arg(home.path()).arg("import").arg(docs.path());
    let told = String::from_utf8(told.output().unwrap().stdout).unwrap();
    assert!(told.contains("skipped: 1 links that lead nowhere: "), "{told}");
    assert!(told.contains("skipped: 1 files of a kind that is not read"), "{told}");
}

#[test]
fn a_name_that_is_no_text_is_a_name_all_the_same() {
    let (home, docs) = (Home::new(), tempfile::tempdir().unwrap());
    let name = OsString::from(OsStr::from_bytes(b"lamp \xff\xfe.md"));
    let path = docs.path().join(&name);
    if std::fs::write(&path, "# Lamp\n\nThe keeper lit the lamp at dusk.\n").is_err() {
        return eprintln!("skipped: this file system takes no such name");
    }
    let first = import(&home, &[docs.path().as_os_str()]).done();
    assert_eq!(first.last()["summary"]["failed"], 0);
    let again = import(&home, &[path.as_os_str()]).done();
    assert_eq!(again.last()["summary"]["unchanged"], 1);
    let documents = home.yinju(&["documents"]).done();
    let document = &documents.last()["documents"][0];
    let shown = document["path"].as_str().unwrap();
    assert!(shown.contains("lamp \u{fffd}"), "{shown}");
    assert_eq!(document["places"].as_array().unwrap().len(), 1);
    home.yinju(&["search", "lamp at dusk"]).done();
    let answered = home.yinju(&["ask", "When was the lamp lit?", "--mode", "quotes"]).done();
    assert_eq!(answered.last()["refused"], false);
    let id = document["id"].as_str().unwrap();
    home.yinju(&["remove", id]).done();
    assert_eq!(home.yinju(&["documents"]).done().last()["documents"], serde_json::json!([]));
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let (home, docs) = (Home::new(), tempfile::tempdir().unwrap());
    let bad = docs.path().join("\u{1b}]0;title\u{7}\u{1b}[31mred.pdf");
    std::fs::write(&bad, "no PDF").unwrap();
    std::fs::write(docs.path().join("\u{1b}[2Jgood.md"), "# \u{9b}31mGood\n\nA lamp.\n").unwrap();
    let words = |words: &[&str]| {
        let mut command = Command::new(program("yinju"));
        let output = command.arg("--home").arg(home.path()).args(words).output().unwrap();
        let all = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(all).unwrap();
        let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!text.contains(acts), "{text:?}");
        text
    };
    let told = words(&["import", docs.path().to_str().unwrap()]);
    assert!(told.contains("\\u{1b}[31mred.pdf"), "{told}");
    words(&["documents"]);
    words(&["search", "lamp"]);
    words(&["jobs"]);
    // JSON escapes by itself, and says what it is.
    let documents = home.yinju(&["documents"]).done();
    let paths = documents.last()["documents"].to_string();
    assert!(paths.contains("\\u001b[2Jgood.md"), "{paths}");
}

#[test]
fn a_password_comes_from_standard_input() {
    let home = Home::new();
    let locked = root().join("tests/inputs/password.pdf");
    let parse = |input: &str| {
        let mut child = home
            .command(&["parse", "--password", "-"])
            .arg(&locked)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    assert!(parse("yinju\n").status.success());
    assert!(!parse("wrong\n").status.success());
    // Nobody can be asked where there is no terminal.
    let asked = home
        .command(&["parse", "--ask-password"])
        .arg(&locked)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(asked.status.code(), Some(2));
}
