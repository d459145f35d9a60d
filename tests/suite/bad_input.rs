//! Files that are not what they should be: each has a code, a message and a hint, and costs no
//! other file.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;
use yinju_tests::{Home, Run, directory_of_models, root, run};

fn input(name: &str) -> String {
    root().join("tests/inputs").join(name).to_str().unwrap().to_owned()
}

/// The code with which a file fails to be imported; nothing is done, so the status is 3.
fn check_import(file: &str, code: &str) {
    let run = Home::new().yinju(&["import", file]);
    assert_eq!((run.status, run.code()), (3, code), "{file}: {}", run.words);
    let error = &run.last()["error"];
    assert!(!error["message"].as_str().unwrap().is_empty());
    assert!(error["hint"].is_string(), "{file}: no hint");
}

#[test]
fn not_a_pdf() {
    check_import(&input("not_a_pdf.pdf"), "not_a_pdf");
}

#[test]
fn an_empty_file() {
    check_import(&input("empty.pdf"), "empty_file");
}

#[test]
fn zero_pages() {
    check_import(&input("zero_pages.pdf"), "no_pages");
}

#[test]
fn a_file_that_is_not_there() {
    check_import(&input("nowhere.pdf"), "file_not_found");
}

/// `/proc/self/mem` can be opened by everybody and read at its beginning by nobody, root included.
#[cfg(target_os = "linux")]
#[test]
fn an_unreadable_file() {
    check_import("/proc/self/mem", "file_unreadable");
}

#[test]
fn a_truncated_file_gives_what_can_be_read_or_a_code() {
    let run = Home::new().yinju(&["parse", &input("truncated.pdf")]);
    let read = run.objects.iter().any(|o| o["page"].is_u64());
    let warned =
        run.objects.iter().any(|o| o["warnings"].as_array().is_some_and(|w| !w.is_empty()));
    assert!(run.code() == "damaged_pdf" || (read && warned), "{} {:?}", run.words, run.last());
}

#[test]
fn passwords_missing_wrong_and_right() {
    let file = input("password.pdf");
    check_import(&file, "password_required");
    let home = Home::new();
    let wrong = home.yinju(&["import", &file, "--password", "no"]);
    assert_eq!((wrong.status, wrong.code()), (3, "wrong_password"));
    let right = home.yinju(&["import", &file, "--password", "yinju"]).done();
    assert_eq!(right.last()["summary"]["failed"], 0);
}

#[test]
fn a_page_of_twenty_thousand_points_is_read() {
    let run = Home::new().yinju(&["parse", &input("huge_page.pdf")]).done();
    let page = &run.objects[0];
    assert_eq!(page["status"], "text");
    assert!(page["width"].as_f64().unwrap() >= 20_000.0);
}

#[test]
fn pages_that_cannot_be_read_are_recognised() {
    for name in ["no_text.pdf", "garbled.pdf"] {
        let home = Home::new();
        home.yinju(&["import", &input(name)]).done();
        let documents = home.yinju(&["documents"]).done();
        let document = &documents.last()["documents"][0];
        assert_eq!((&document["status"], &document["unread"]), (&json!("ready"), &json!(0)));
        assert_eq!(document["coverage"]["ocr"], document["pages"]);
        let found = home.yinju(&["search", "灯塔"]).done();
        let hit = &found.last()["hits"][0];
        assert!(hit["text"].as_str().unwrap().contains("涅耳透镜"), "{name}");
        // Its lines run across the page: seen where they stand, not in a corner.
        let boxes = hit["regions"][0]["boxes"].as_array().unwrap();
        let right = boxes.iter().filter_map(|b| b[2].as_f64()).fold(0.0, f64::max);
        assert!(right > 0.7, "{name}: {boxes:?}");
    }
}

/// A folder of models that holds the encoder and none that recognises text.
#[cfg(unix)]
fn models_without_eyes() -> tempfile::TempDir {
    let models = tempfile::tempdir().unwrap();
    let encoder = "multilingual-e5-small";
    std::os::unix::fs::symlink(directory_of_models().join(encoder), models.path().join(encoder))
        .unwrap();
    models
}

#[cfg(unix)]
#[test]
fn without_the_model_that_recognises_no_page_without_text_is_ready() {
    let models = models_without_eyes();
    let home = Home::new();
    let yinju = |words: &[&str]| run(home.command(words).env("YINJU_MODELS", models.path()));
    for (name, message, warning) in [
        ("no_text.pdf", "no text: needs OCR", "needs_ocr"),
        ("garbled.pdf", "no readable text: needs OCR", "garbled_text"),
    ] {
        let import = yinju(&["import", &input(name)]);
        assert_eq!((import.status, import.code()), (3, "no_text"), "{name}: {}", import.words);
        assert_eq!(import.last()["error"]["message"], message);
        assert!(import.last()["error"]["hint"].is_string(), "{name}: no hint");
        let documents = yinju(&["documents"]).done();
        let all = documents.last()["documents"].as_array().unwrap();
        let document = all.iter().find(|d| d["error"]["message"] == message).unwrap();
        assert_eq!(document["status"], "no_text");
        assert_eq!(document["unread"], document["pages"]);
        let pages = yinju(&["pages", document["id"].as_str().unwrap()]).done();
        assert_eq!(pages.objects[0]["warnings"][0]["code"], warning);
    }
}

#[test]
fn one_bad_file_costs_no_other() {
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    let home = Home::new();
    let run = home.yinju(&["import", &input("not_a_pdf.pdf"), sample.to_str().unwrap()]);
    assert_eq!(run.status, 1);
    let summary = &run.last()["summary"];
    assert_eq!((summary["documents"].as_u64(), summary["failed"].as_u64()), (Some(2), Some(1)));
    let failed = run.objects.iter().find(|o| o["stage"] == "failed").unwrap();
    assert_eq!(failed["error"]["code"], "not_a_pdf");
    let found = home.yinju(&["search", "茶"]).done();
    assert!(!found.last()["hits"].as_array().unwrap().is_empty());
}

/// A file system of its own that is smaller than the import; only root can make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then_some(Self(folder))
    }

    fn resize(&self, megabytes: u32) {
        let size = format!("remount,size={megabytes}m");
        Command::new("mount").args(["-o", &size]).arg(self.0.path()).status().unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

fn import_to(disk: &SmallDisk, folder: &str) -> Run {
    run(&mut yinju_tests::command(&disk.path().join("home"), &["import", folder]))
}

#[test]
fn a_full_disk_keeps_what_was_finished() {
    let Some(disk) = SmallDisk::mount(64) else {
        eprintln!("skipped: a small file system can only be mounted by root");
        return;
    };
    let home = disk.path().join("home");
    run(&mut yinju_tests::command(&home, &["libraries"])).done();
    let ballast = disk.path().join("ballast");
    let mut size = 63 << 20;
    while fs::write(&ballast, vec![1_u8; size]).is_err() {
        size -= 1 << 20;
    }
    let samples = root().join("assets/samples");
    let samples = samples.to_str().unwrap();
    let full = import_to(&disk, samples);
    assert_eq!((full.status, full.code()), (3, "disk_full"), "{}", full.words);
    assert!(full.last()["error"]["hint"].is_string());
    fs::remove_file(ballast).unwrap();
    disk.resize(256);
    let again = import_to(&disk, samples);
    assert!(again.status <= 1, "{}", again.words);
    assert!(again.last()["summary"]["passages"].as_u64().unwrap() > 0);
}
