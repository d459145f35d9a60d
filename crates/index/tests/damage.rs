//! Whatever happens to the files of an index, whoever opens it gets right answers or is told that it has
//! to be made again; no process ends over it twice.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{DIMENSIONS, contents, entry, found, open, request, vector};
use yinju_core::ports::PassageIndex;
use yinju_core::{DocumentId, Mode, ProblemCode};
use yinju_index::{HybridIndex, IndexConfig, IndexError};

/// Tells the test binary that it is the process that opens a damaged index, and which.
const FOLDER: &str = "YINJU_TEST_DAMAGED_FOLDER";
/// What such a process says.
const RIGHT: &str = "answers are right";
const TOLD: &str = "damage is told";

fn made(folder: &Path) {
    let index = open(folder);
    let entries: Vec<_> = (1..=60).map(|n| entry(n, n / 10 + 1, "营业收入 of the year")).collect();
    index.upsert(&entries).unwrap();
    index.commit().unwrap();
    index.remove_documents(&[DocumentId(7)]).unwrap();
    index.commit().unwrap();
}

/// Not a test of its own: without the variable it does nothing.
#[test]
fn open_what_is_damaged() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let index = match HybridIndex::open(&folder, DIMENSIONS, IndexConfig::default()) {
        Ok(index) => index,
        Err(IndexError::Damaged { .. } | IndexError::Outdated { .. }) => return println!("{TOLD}"),
        Err(other) => panic!("{other}"),
    };
    for n in [1, 30, 59] {
        for (mode, text) in [(Mode::Dense, ""), (Mode::Lexical, "营业收入")] {
            match index.search(&request(text, mode, Some(vector(n)))) {
                Err(problem) if problem.code == ProblemCode::IndexDamaged => {
                    return println!("{TOLD}");
                }
                hits if mode == Mode::Dense => assert_eq!(found(&hits.unwrap()).first(), Some(&n)),
                hits => assert_eq!(hits.unwrap().len(), 10),
            }
        }
    }
    assert_eq!(contents(&index).len(), 6);
    println!("{RIGHT}");
}

/// What a process that opens the index says; nothing where it ended over it.
fn opened_elsewhere(folder: &Path) -> Option<&'static str> {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "open_what_is_damaged", "--nocapture"])
        .env(FOLDER, folder)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    [RIGHT, TOLD].into_iter().find(|words| output.status.success() && said.contains(words))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Ways to damage a file.
const KINDS: [fn(&mut Vec<u8>); 4] = [
    |bytes| flip(bytes, 1, 2),
    |bytes| flip(bytes, 1, 5),
    |bytes| bytes.truncate(bytes.len() / 2),
    Vec::clear,
];

/// Sixteen bytes in the middle, or at another share of what is written.
fn flip(bytes: &mut [u8], part: usize, of: usize) {
    let written = bytes.iter().rposition(|byte| *byte != 0).map_or(bytes.len(), |last| last + 1);
    let start = written * part / of;
    bytes.iter_mut().skip(start).take(16).for_each(|byte| *byte ^= 0xa5);
}

#[test]
fn damage_to_any_file_is_told_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let paths = files(folder.path());
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths.iter().filter(|path| path.extension().is_none_or(|kind| kind != "lock")) {
        let good = fs::read(path).unwrap();
        for (kind, damage) in KINDS.iter().enumerate() {
            let mut bytes = good.clone();
            damage(&mut bytes);
            if bytes == good {
                continue;
            }
            fs::write(path, bytes).unwrap();
            let said = opened_elsewhere(folder.path());
            assert_eq!(said, Some(TOLD), "damage {kind} of {}", path.display());
        }
        fs::write(path, good).unwrap();
    }
    assert_eq!(opened_elsewhere(folder.path()), Some(RIGHT), "it was only looked at");
}

#[test]
fn flipped_vectors_are_found_by_whoever_reads_everything() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let needle: Vec<u8> = {
        let index = open(folder.path());
        let vectors = index.vectors(&[yinju_core::PassageId(30)]).unwrap();
        vectors[0].1.iter().flat_map(|x| x.to_le_bytes()).collect()
    };
    let holder = files(folder.path()).into_iter().find_map(|path| {
        let at = fs::read(&path).unwrap().windows(needle.len()).position(|w| w == needle)?;
        Some((path, at))
    });
    let (path, at) = holder.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[at + 5] ^= 0x20;
    fs::write(&path, bytes).unwrap();
    let config = IndexConfig { checked_at_opening_bytes: 0, ..IndexConfig::default() };
    let index = HybridIndex::open(folder.path(), DIMENSIONS, config).unwrap();
    let mut parts = 0;
    let problem = index
        .verify(&mut || {
            parts += 1;
            Ok(())
        })
        .unwrap_err();
    assert_eq!(problem.code, ProblemCode::IndexDamaged);
    assert!(parts > 0);
    let again = index.search(&request("a", Mode::Lexical, None)).unwrap_err();
    assert_eq!(again.code, ProblemCode::IndexDamaged, "it is asked although it is damaged");
}

#[test]
fn who_kills_a_program_while_it_opens_loses_no_index() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let reopened = |text: &str| {
        fs::write(folder.path().join("open"), text).unwrap();
        HybridIndex::open(folder.path(), DIMENSIONS, IndexConfig::default())
    };
    for mark in ["open", "opening 1", "opening 2", "opening 3", "no words of ours"] {
        assert_eq!(contents(&reopened(mark).unwrap()).len(), 6, "{mark}");
        assert!(!folder.path().join("open").exists(), "the mark of a closed index stays");
    }
    let over_and_over = reopened("opening 4").err().unwrap();
    assert!(matches!(over_and_over, IndexError::Damaged { .. }), "{over_and_over}");
}

#[test]
fn an_index_that_nobody_can_vouch_for_and_that_ended_two_processes_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    fs::remove_file(folder.path().join("seal.json")).unwrap();
    fs::write(folder.path().join("open"), "opening 1").unwrap();
    drop(open(folder.path()));
    assert!(folder.path().join("seal.json").exists(), "what was tried out is vouched for");
    fs::remove_file(folder.path().join("seal.json")).unwrap();
    fs::write(folder.path().join("open"), "opening 2").unwrap();
    let opened = HybridIndex::open(folder.path(), DIMENSIONS, IndexConfig::default());
    assert!(matches!(opened.err().unwrap(), IndexError::Damaged { .. }));
}

#[test]
fn opening_and_searching_change_nothing_that_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let seal = fs::read(folder.path().join("seal.json")).unwrap();
    for _ in 0..3 {
        let index = open(folder.path());
        index.search(&request("营业收入", Mode::Hybrid, Some(vector(1)))).unwrap();
        drop(index);
        assert_eq!(fs::read(folder.path().join("seal.json")).unwrap(), seal);
        let unchanged = HybridIndex::open(folder.path(), DIMENSIONS, IndexConfig::default());
        unchanged.unwrap().verify(&mut || Ok(())).unwrap();
    }
}
