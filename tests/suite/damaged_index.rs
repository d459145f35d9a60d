//! Whatever happens to the files of an index between two runs of the program, the next search is
//! answered, and a line says that the index was made again.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use yinju_tests::Home;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Sixteen bytes of what is written are flipped, a half is cut off, or all of it.
fn damage(path: &Path, kind: usize) -> bool {
    let before = fs::read(path).unwrap();
    let mut bytes = before.clone();
    let written = bytes.iter().rposition(|byte| *byte != 0).map_or(bytes.len(), |last| last + 1);
    match kind {
        0 => bytes.iter_mut().skip(written / 2).take(16).for_each(|byte| *byte ^= 0xa5),
        1 => bytes.truncate(written / 2),
        _ => bytes.clear(),
    }
    fs::write(path, &bytes).unwrap();
    bytes != before
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("lamp.md", "# Lamp\n\nThe keeper kept forty barrels of whale oil in the cellar.\n");
    write("kettle.md", "# Kettle\n\nThe kettle boils one litre of water in four minutes.\n");
    let home = Home::new();
    home.yinju(&["import", folder.path().to_str().unwrap()]).done();
    home
}

#[test]
fn a_search_is_answered_whatever_file_is_damaged() {
    let home = home();
    let index = home.path().join("index");
    let names: Vec<PathBuf> =
        files(&index).iter().map(|path| path.strip_prefix(&index).unwrap().to_owned()).collect();
    let mut mended = 0;
    for kind in 0..3 {
        // Names of segments change when the index is made again: a place in the list is what is meant.
        for at in (kind..names.len()).step_by(3) {
            let now = files(&index);
            let Some(path) = now.get(at) else { continue };
            if path.extension().is_some_and(|kind| kind == "lock") || !damage(path, kind) {
                continue;
            }
            let what = format!("{} damaged by {kind}", path.display());
            let run = home.yinju(&["search", "litre of water", "--mode", "lexical"]);
            assert_eq!(run.status, 0, "{what}: {}", run.words);
            let hits = run.last()["hits"].as_array().unwrap();
            assert!(hits[0]["text"].as_str().unwrap().contains("kettle"), "{what}");
            mended += usize::from(run.words.contains("made again"));
        }
    }
    assert!(mended > 10, "{mended} of {} were noticed", names.len());
}

#[test]
fn every_file_of_both_arms_may_be_damaged_at_once() {
    let home = home();
    for path in files(&home.path().join("index")) {
        damage(&path, 0);
    }
    let run = home.yinju(&["search", "litre of water"]).done();
    assert!(run.last()["hits"][0]["text"].as_str().unwrap().contains("kettle"));
    assert!(run.words.contains("made again"), "{}", run.words);
    let again = home.yinju(&["search", "litre of water"]).done();
    assert!(!again.words.contains("made again"), "{}", again.words);
    let doctor = home.yinju(&["doctor"]);
    let checks = doctor.last()["checks"].as_array().unwrap().clone();
    assert!(
        checks
            .iter()
            .filter(|c| c["name"].as_str().unwrap().starts_with("index"))
            .all(|c| c["ok"] == true)
    );
}
