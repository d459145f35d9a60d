//! A home whose store is damaged, emptied or replaced opens, says so, and loses what stood on the
//! damaged bytes at most; copies are made, listed and restored; nobody else may read any of it.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use yinju_tests::{Home, root};

fn imported() -> Home {
    let home = Home::new();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    home.yinju(&["import", sample.to_str().unwrap()]).done();
    home.yinju(&["ask", "茶", "--mode", "quotes"]).done();
    home
}

fn backups(home: &Home) -> Vec<Value> {
    home.yinju(&["backup", "list"]).done().last()["backups"].as_array().unwrap().clone()
}

/// Titles and passages of documents, and titles of conversations.
fn kept(home: &Home) -> BTreeSet<String> {
    let documents = home.yinju(&["documents"]).done();
    let chats = home.yinju(&["chats"]).done();
    let documents = documents.last()["documents"].as_array().unwrap().clone();
    let chats = chats.last()["chats"].as_array().unwrap().clone();
    let document = |d: &Value| format!("{} {} {}", d["title"], d["passages"], d["status"]);
    let chat = |c: &Value| format!("{} {}", c["title"], c["turns"]);
    documents.iter().map(document).chain(chats.iter().map(chat)).collect()
}

#[test]
fn what_a_crash_left_of_a_copy_goes_at_the_next_start() {
    let home = imported();
    let part = home.path().join("backups/7-regular-1.part");
    fs::write(&part, "half").unwrap();
    home.yinju(&["libraries"]).done();
    assert!(!part.exists());
}

#[test]
fn copies_are_made_listed_and_restored() {
    let home = imported();
    let before = kept(&home);
    let first = &backups(&home)[0];
    assert_eq!(first["reason"], "regular", "an import is followed by a copy");
    for field in ["number", "made", "bytes", "schema"] {
        assert!(!first[field].is_null(), "{first}");
    }
    let made = home.yinju(&["backup", "create"]).done();
    let number = made.last()["backup"]["number"].to_string();
    home.yinju(&["chats", "remove", "1"]).done();
    assert_ne!(kept(&home), before);
    let restored = home.yinju(&["backup", "restore", &number]).done();
    let present = restored.last()["restored"]["kept"].to_string();
    assert_eq!(kept(&home), before);
    home.yinju(&["search", "茶"]).done();
    home.yinju(&["backup", "restore", &present]).done();
    assert_ne!(kept(&home), before);
    let nowhere = home.yinju(&["backup", "restore", "99"]);
    assert_eq!((nowhere.status, nowhere.code()), (2, "bad_usage"));
}

#[test]
fn a_removal_takes_the_copies_with_it() {
    let home = imported();
    home.yinju(&["backup", "create"]).done();
    let last = backups(&home).last().unwrap()["number"].as_u64().unwrap();
    home.yinju(&["remove", "--library", "Library"]).done();
    let left = backups(&home);
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["reason"], "removal");
    assert!(left[0]["number"].as_u64().unwrap() > last, "a number is used twice");
}

#[test]
fn an_emptied_or_foreign_store_is_no_empty_library() {
    for replaced in ["", "no database at all, but long enough to be looked at. "] {
        let home = imported();
        let before = kept(&home);
        home.yinju(&["backup", "create"]).done();
        let file = home.path().join("yinju.db");
        fs::write(&file, replaced.repeat(20)).unwrap();
        let run = home.yinju(&["documents"]).done();
        assert!(run.words.contains("store_damaged"), "{}", run.words);
        assert_eq!(kept(&home), before);
        fs::remove_file(&file).unwrap();
        let run = home.yinju(&["documents"]).done();
        assert!(run.words.contains("store_damaged"), "{}", run.words);
        assert_eq!(kept(&home), before);
    }
}

#[test]
fn destroyed_pages_are_told_and_the_rest_is_recovered() {
    let home = imported();
    let before = kept(&home);
    let file = home.path().join("yinju.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 3 * 4096].fill(0x5a);
    fs::write(&file, &bytes).unwrap();
    let doctor = home.yinju(&["doctor"]);
    assert!(doctor.words.contains("store_damaged"), "{}", doctor.words);
    let checks = doctor.last()["checks"].as_array().unwrap().clone();
    let store = checks.iter().find(|check| check["name"] == "store").unwrap();
    assert_eq!(store["ok"], false, "{store}");
    let kept = backups(&home);
    assert!(kept.iter().any(|backup| backup["reason"] == "damaged"), "{kept:?}");
    // What was lost is read again from the file, which is still there.
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    home.yinju(&["import", sample.to_str().unwrap()]).done();
    assert_eq!(self::kept(&home), before);
    let doctor = home.yinju(&["doctor"]).last()["checks"].as_array().unwrap().clone();
    let store = doctor.iter().find(|check| check["name"] == "store").unwrap();
    assert_eq!(store["ok"], true, "{store}");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_what_is_in_a_home() {
    use std::os::unix::fs::PermissionsExt as _;
    fn check(path: &std::path::Path, wanted: u32) {
        let about = fs::symlink_metadata(path).unwrap();
        let wanted = if about.is_dir() { 0o700 } else { wanted };
        assert_eq!(about.permissions().mode() & 0o777, wanted, "{}", path.display());
        if about.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                check(&entry.unwrap().path(), wanted & 0o600);
            }
        }
    }
    let home = Home::new();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    let script = format!(
        "umask 0; \"$0\" --home \"$1\" import '{}' && \"$0\" --home \"$1\" ask 茶 --mode quotes && \
         umask 022 && \"$0\" --home \"$1\" export 1 --format md -o \"$2\"",
        sample.display()
    );
    let outside = tempfile::tempdir().unwrap();
    let export = outside.path().join("chat.md");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).arg(yinju_tests::program("yinju")).arg(home.path()).arg(&export);
    assert!(shell.output().unwrap().status.success());
    check(home.path(), 0o600);
    let mode = export.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o644, "an export follows the person's mask");
}
