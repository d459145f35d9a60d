//! A process that is killed while it writes: what it had committed is there, once, and the rest is
//! nothing worse than what the census shows.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::{contents, entry, found, open, request, vector};
use yinju_core::ports::PassageIndex;
use yinju_core::{DocumentId, Mode};

/// Tells the test binary that it is the process to be killed, and where to write.
const FOLDER: &str = "YINJU_TEST_KILLED_FOLDER";
const PASSAGES_OF_A_DOCUMENT: u64 = 40;

/// Not a test of its own: without the variable it does nothing.
#[test]
fn write_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let index = open(&folder);
    let first = contents(&index).iter().map(|(d, _, _)| *d).max().unwrap_or(0) + 1;
    for document in first.. {
        let passages = document * 1000..document * 1000 + PASSAGES_OF_A_DOCUMENT;
        let entries: Vec<_> = passages.map(|p| entry(p, document, "营业收入内容")).collect();
        index.upsert(&entries).unwrap();
        index.commit().unwrap();
        println!("committed {document}");
    }
}

#[test]
fn what_was_committed_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..6 {
        let committed = write_and_kill(folder.path(), Duration::from_millis(37 * round));
        let index = open(folder.path());
        let held = contents(&index);
        for (document, vectors, postings) in &held {
            let whole = postings.len() as u64 == PASSAGES_OF_A_DOCUMENT;
            assert!(whole || postings.is_empty(), "half a document is shown: {document}");
            assert!(postings.is_empty() || vectors == postings, "{document}");
        }
        let last = held.iter().find(|(document, _, _)| *document == committed).unwrap();
        assert_eq!(last.2.len() as u64, PASSAGES_OF_A_DOCUMENT);
        let asked = request("", Mode::Dense, Some(vector(committed * 1000)));
        let nearest = found(&index.search(&asked).unwrap());
        assert_eq!(nearest.first(), Some(&(committed * 1000)));
        repair(&index, &held);
    }
}

/// What the engine does after a crash: documents of which one arm knows nothing are taken out.
fn repair(index: &yinju_index::HybridIndex, held: &[(u64, Vec<u64>, Vec<u64>)]) {
    let torn = held.iter().filter(|(_, vectors, postings)| vectors != postings);
    let torn: Vec<DocumentId> = torn.map(|(document, _, _)| DocumentId(*document)).collect();
    index.remove_documents(&torn).unwrap();
    index.commit().unwrap();
    assert!(contents(index).iter().all(|(_, vectors, postings)| vectors == postings));
}

/// Starts a writer, waits for its second commit and `pause` more, kills it, and says which
/// document it had committed last.
fn write_and_kill(folder: &Path, pause: Duration) -> u64 {
    let mut child = writer(folder);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut commits = lines.map_while(Result::ok).filter_map(|line| committed(&line));
    commits.next().unwrap();
    let mut last = commits.next().unwrap();
    std::thread::sleep(pause);
    child.kill().unwrap();
    child.wait().unwrap();
    for document in commits {
        last = document;
    }
    last
}

fn writer(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "write_until_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The number of a whole `committed N` line; the test runner may write before it.
fn committed(line: &str) -> Option<u64> {
    line.split("committed ").nth(1)?.parse().ok()
}
