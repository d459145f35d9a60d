//! `kill -9` at fifty random moments of an import costs no finished work and leaves no orphan.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use yinju_tests::{Home, root, shared};

const KILLS: u32 = 50;

/// A small xorshift: moments need to differ, not to be unguessable.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
        println!("seed {seed}");
        Self(seed | 1)
    }

    fn next(&mut self) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_millis(200 + self.0 % 3_800)
    }
}

/// Status and passages of every document, by content.
fn documents(home: &Home) -> BTreeMap<String, (String, u64)> {
    let run = home.yinju(&["documents"]).done();
    let documents = run.last()["documents"].as_array().unwrap().clone();
    let row = |d: &Value| {
        let status = d["status"].as_str().unwrap().to_owned();
        (d["sha256"].as_str().unwrap().to_owned(), (status, d["passages"].as_u64().unwrap()))
    };
    let rows: Vec<_> = documents.iter().map(row).collect();
    let count = rows.len();
    let by_content: BTreeMap<_, _> = rows.into_iter().collect();
    assert_eq!(by_content.len(), count, "a document is there twice");
    by_content
}

#[test]
fn an_import_killed_fifty_times_ends_as_if_it_never_was() {
    let folder = shared("data/pdf").unwrap_or_else(|| root().join("assets/samples"));
    let folder = folder.to_str().unwrap();
    let home = Home::new();
    let mut moments = Moments::new();
    let mut finished: BTreeSet<String> = BTreeSet::new();
    let mut kills = 0;
    while kills < KILLS {
        let mut import = home.start(&["import", folder]);
        sleep(moments.next());
        if import.try_wait().unwrap().is_none() {
            import.kill().unwrap();
            kills += 1;
            import.wait().unwrap();
        } else {
            // All was imported before the last kill: it is taken out, to begin again.
            home.yinju(&["remove", "--library", "Library"]).done();
            finished.clear();
        }
        if kills % 10 == 0 {
            finished = check_nothing_was_lost(&home, &finished);
        }
    }
    let last = home.yinju(&["import", folder]);
    assert!(last.status == 0 || last.status == 1, "{}", last.words);
    let repeat = home.yinju(&["import", folder]);
    assert_eq!(repeat.last()["summary"]["passages"], 0, "something was indexed twice");
    check_agreement(&home, folder);
}

/// What was ready stays ready.
fn check_nothing_was_lost(home: &Home, before: &BTreeSet<String>) -> BTreeSet<String> {
    let ready = documents(home).into_iter().filter(|(_, (status, _))| status == "ready");
    let ready: BTreeSet<_> = ready.map(|(sha256, _)| sha256).collect();
    assert!(before.is_subset(&ready), "a finished document was lost");
    ready
}

/// The store and both indexes agree, and an import that was never killed comes to the same.
fn check_agreement(home: &Home, folder: &str) {
    let doctor = home.yinju(&["doctor"]);
    let checks = doctor.last()["checks"].as_array().unwrap().clone();
    let index = checks.iter().find(|check| check["name"] == "index").unwrap();
    assert_eq!(index["ok"], true, "{index}");
    let calm = Home::new();
    calm.yinju(&["import", folder]);
    assert_eq!(documents(home), documents(&calm));
}
