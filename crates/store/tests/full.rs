//! The disk is full at any write: what was done is kept, the cause is told, reading goes on.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod support;

use support::{Kept, live, vfs};
use yinju_core::ProblemCode;
use yinju_store::Store;

const POINTS: i64 = 200;

#[test]
fn a_disk_that_is_full_at_any_write_costs_nothing_that_was_done() {
    vfs::install();
    let folder = tempfile::tempdir().unwrap();
    live(&folder.path().join("yinju.db"), &mut |_| {}).unwrap();
    let writes = vfs::events().iter().filter(|e| matches!(e, vfs::Event::Write(..))).count() as i64;
    assert!(writes > POINTS, "{writes} writes");
    let ended = (0..POINTS).filter(|point| check(point * writes / POINTS)).count();
    // The last writes are those of a store that is closed, of which nobody hears.
    assert!(ended > POINTS as usize * 3 / 4, "{ended}");
}

/// All writes after so many fail. Whether that ended what was done.
fn check(writes: i64) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    vfs::fail_after(writes);
    let mut told = vec![Kept::default()];
    let ended = live(&file, &mut |kept| told.push(kept));
    let last = told.last().unwrap();
    let problem = ended.err().map(yinju_core::Problem::from);
    if let Some(problem) = &problem {
        assert_eq!(problem.code, ProblemCode::DiskFull, "{writes}: {problem}");
        assert!(problem.hint.is_some());
    }
    // Whatever there is can be read while the disk is full.
    if *last != Kept::default() {
        let reading = Store::open(&file).unwrap();
        let found = Kept::of(&reading).unwrap();
        assert!(found.answers.len() >= last.answers.len(), "{writes}: {found:?}");
    }
    vfs::heal();
    let store = Store::open(&file).unwrap();
    assert!(store.health().unwrap().is_sound(), "{writes}: {:?}", store.health());
    let found = Kept::of(&store).unwrap();
    let removal_is_under_way = found.documents.len() < last.documents.len();
    let has_all = |kept: &Kept| {
        kept.answers.iter().all(|(chat, turns)| {
            let found = found.answers.iter().find(|(id, _)| id == chat);
            found.is_some_and(|(_, found)| {
                turns.iter().zip(found).all(|(told, found)| told == found || found == "again")
            })
        }) && (removal_is_under_way || kept.documents.iter().all(|d| found.documents.contains(d)))
    };
    assert!(has_all(last), "{writes}: told of {last:?}, found {found:?}");
    problem.is_some()
}
