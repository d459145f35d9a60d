//! What stays, what goes, and what a crash or damage leaves.
#![allow(clippy::unwrap_used)]

mod support;

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use support::{DIMENSIONS, contents, entry, found, lexical, open, request, vector};
use yinju_core::ports::{IndexEntry, PassageIndex};
use yinju_core::{DocumentId, Mode, PassageId, Problem, ProblemCode};
use yinju_index::{HybridIndex, IndexConfig, IndexError};

fn try_open(folder: &Path, dimensions: usize) -> Result<HybridIndex, IndexError> {
    HybridIndex::open(folder, dimensions, IndexConfig::default())
}

#[test]
fn nothing_is_found_before_the_commit_and_all_of_it_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "营业收入")]).unwrap();
    let asked = request("营业收入", Mode::Hybrid, Some(vector(1)));
    assert!(index.search(&asked).unwrap().is_empty());
    index.commit().unwrap();
    assert_eq!(found(&index.search(&asked).unwrap()), [1]);
    let before = index.search(&asked).unwrap();
    drop(index);
    let again = open(folder.path());
    assert_eq!(again.search(&asked).unwrap(), before);
    assert_eq!(contents(&again), [(1, vec![1], vec![1])]);
}

#[test]
fn a_removal_is_seen_whole_after_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "营业收入"), entry(2, 2, "营业收入")]).unwrap();
    index.commit().unwrap();
    index.remove_documents(&[DocumentId(1)]).unwrap();
    let asked = request("营业收入", Mode::Hybrid, Some(vector(1)));
    assert_eq!(index.search(&asked).unwrap().len(), 2);
    index.commit().unwrap();
    assert_eq!(found(&index.search(&asked).unwrap()), [2]);
    assert_eq!(contents(&index), [(2, vec![2], vec![2])]);
}

#[test]
fn a_document_removed_and_put_back_before_the_commit_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "旧的内容"), entry(2, 1, "旧的内容")]).unwrap();
    index.commit().unwrap();
    index.remove_documents(&[DocumentId(1)]).unwrap();
    index.upsert(&[entry(1, 1, "崭新")]).unwrap();
    index.commit().unwrap();
    assert_eq!(contents(&index), [(1, vec![1], vec![1])]);
    assert!(lexical(&index, "旧的").is_empty());
    assert_eq!(found(&lexical(&index, "崭新")), [1]);
}

/// A term dictionary is a packed automaton in which no word can be searched for as bytes; so what
/// is checked is that no file of a segment that held the removed words is left.
#[test]
fn the_postings_of_a_removed_document_leave_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "机密"), entry(2, 2, "公开")]).unwrap();
    index.commit().unwrap();
    let before = segment_files(folder.path());
    assert!(!before.is_empty());
    index.remove_documents(&[DocumentId(1)]).unwrap();
    index.commit().unwrap();
    let after = segment_files(folder.path());
    assert!(!after.is_empty() && after.is_disjoint(&before), "{before:?} {after:?}");
    index.remove_documents(&[DocumentId(2)]).unwrap();
    index.commit().unwrap();
    assert!(segment_files(folder.path()).is_empty());
    assert!(contents(&index).is_empty());
}

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    files(folder)
        .iter()
        .any(|path| fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle))
}

fn bytes_of(index: &HybridIndex, passage: u64) -> Vec<u8> {
    let vectors = index.vectors(&[PassageId(passage)]).unwrap();
    vectors[0].1.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// In the files as they are kept, and in the journal, where a number has its bytes the other way round.
fn check_gone(folder: &Path, vector: &[u8]) {
    assert!(!holds(folder, vector), "a removed vector is still on the disk");
    let mut first: Vec<u8> = vector[..4].to_vec();
    first.reverse();
    let mut second: Vec<u8> = vector[4..8].to_vec();
    second.reverse();
    let journal = [&first[..], &[0xfa], &second].concat();
    assert!(!holds(folder, &journal), "a removed vector is still in the journal");
}

#[test]
fn the_vectors_of_a_removed_document_leave_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let entries: Vec<_> = (1..=40).map(|n| entry(n, n / 10, "内容")).collect();
    index.upsert(&entries).unwrap();
    index.commit().unwrap();
    let (gone, kept) = (bytes_of(&index, 15), bytes_of(&index, 25));
    assert!(holds(folder.path(), &gone));
    index.remove_documents(&[DocumentId(1)]).unwrap();
    index.commit().unwrap();
    check_gone(folder.path(), &gone);
    assert!(holds(folder.path(), &kept));
    let asked = request("", Mode::Dense, Some(vector(25)));
    assert_eq!(found(&index.search(&asked).unwrap()).first(), Some(&25));
    index.upsert(&[entry(50, 5, "内容")]).unwrap();
    index.upsert(&[IndexEntry { vector: Some(vector(99)), ..entry(25, 2, "内容") }]).unwrap();
    index.commit().unwrap();
    check_gone(folder.path(), &kept);
    drop(index);
    let again = open(folder.path());
    let asked = request("", Mode::Dense, Some(vector(99)));
    assert_eq!(found(&again.search(&asked).unwrap()).first(), Some(&25));
}

#[test]
fn a_removal_that_was_cut_short_means_that_the_index_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "机密"), entry(2, 2, "公开")]).unwrap();
    index.commit().unwrap();
    index.remove_documents(&[DocumentId(1)]).unwrap();
    index.upsert(&[entry(3, 1, "机密")]).unwrap();
    drop(index);
    let opened = try_open(folder.path(), DIMENSIONS).err().unwrap();
    assert!(matches!(opened, IndexError::Damaged { .. }), "{opened}");
}

/// Names of the postings' segment files: a hexadecimal id and a kind.
fn segment_files(folder: &Path) -> BTreeSet<PathBuf> {
    let postings = files(&folder.join("postings")).into_iter();
    let is_segment = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem.len() >= 32);
    postings.filter(is_segment).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn what_was_not_committed_may_leave_vectors_but_never_hits() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "营业收入")]).unwrap();
    index.commit().unwrap();
    index.upsert(&[entry(2, 2, "营业收入")]).unwrap();
    drop(index);
    let again = open(folder.path());
    let hits = again.search(&request("营业收入", Mode::Hybrid, Some(vector(2)))).unwrap();
    assert_eq!(found(&hits), [1]);
    assert!(contents(&again).iter().all(|(_, _, postings)| !postings.contains(&2)));
    again.upsert(&[entry(2, 2, "营业收入")]).unwrap();
    again.commit().unwrap();
    assert_eq!(contents(&again), [(1, vec![1], vec![1]), (2, vec![2], vec![2])]);
}

#[test]
fn a_making_that_was_cut_short_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    fs::remove_file(folder.path().join("index.json")).unwrap();
    fs::write(folder.path().join("postings").join("meta.json"), b"{").unwrap();
    assert!(contents(&open(folder.path())).is_empty());
}

#[test]
fn another_encoder_needs_another_index() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let error = try_open(folder.path(), DIMENSIONS + 1).err().unwrap();
    assert!(matches!(error, IndexError::Outdated { .. }), "{error}");
    assert_eq!(Problem::from(error).code, ProblemCode::IndexDamaged);
}

#[test]
fn damage_is_told_and_not_died_of() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    index.upsert(&[entry(1, 1, "营业收入")]).unwrap();
    index.commit().unwrap();
    drop(index);
    for (file, bytes) in [
        ("index.json", &b"{"[..]),
        ("postings/meta.json", b"not json"),
        ("vectors/edge_config.json", b"[1, 2"),
    ] {
        let path = folder.path().join(file);
        let good = fs::read(&path).unwrap();
        fs::write(&path, bytes).unwrap();
        let opened = try_open(folder.path(), DIMENSIONS);
        if let Err(error) = opened {
            assert!(matches!(error, IndexError::Damaged { .. }), "{file}: {error}");
        } else {
            assert_eq!(file, "vectors/edge_config.json", "ours replaces it");
        }
        fs::write(&path, good).unwrap();
    }
    let segments = folder.path().join("postings");
    let term = files(&segments).into_iter().find(|p| p.extension().is_some_and(|e| e == "term"));
    fs::remove_file(term.unwrap()).unwrap();
    let error = try_open(folder.path(), DIMENSIONS).err().unwrap();
    assert!(matches!(error, IndexError::Damaged { .. }), "{error}");
}

#[test]
fn a_full_disk_is_told_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = IndexConfig { least_free_bytes: u64::MAX, ..IndexConfig::default() };
    let index = HybridIndex::open(folder.path(), DIMENSIONS, config).unwrap();
    let problem = index.upsert(&[entry(1, 1, "引据")]).unwrap_err();
    assert_eq!(problem.code, ProblemCode::DiskFull);
    index.remove_documents(&[DocumentId(1)]).unwrap();
    index.commit().unwrap();
}

#[test]
fn a_second_opening_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path());
    let error = try_open(folder.path(), DIMENSIONS).err().unwrap();
    assert!(matches!(error, IndexError::InUse { .. }), "{error}");
}

#[test]
fn past_the_threshold_a_graph_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let config = IndexConfig { graph_from_vectors: 500, ..IndexConfig::default() };
    let index = HybridIndex::open(folder.path(), DIMENSIONS, config.clone()).unwrap();
    let entries: Vec<_> = (1..=1500).map(|n| entry(n, n / 100, "内容")).collect();
    index.upsert(&entries).unwrap();
    index.commit().unwrap();
    let check = |index: &HybridIndex| {
        for n in [1, 700, 1500] {
            let asked = request("", Mode::Dense, Some(vector(n)));
            assert_eq!(found(&index.search(&asked).unwrap()).first(), Some(&n));
        }
        let counted: usize = contents(index).iter().map(|(_, v, _)| v.len()).sum();
        assert_eq!(counted, 1500);
    };
    check(&index);
    drop(index);
    let again = HybridIndex::open(folder.path(), DIMENSIONS, config).unwrap();
    check(&again);
    let gone: Vec<Vec<u8>> = (700..800).map(|n| bytes_of(&again, n)).collect();
    again.remove_documents(&[DocumentId(7)]).unwrap();
    again.commit().unwrap();
    gone.iter().step_by(9).for_each(|vector| check_gone(folder.path(), vector));
    let left: usize = contents(&again).iter().map(|(_, v, p)| v.len().min(p.len())).sum();
    assert_eq!(left, 1400);
}

#[derive(Clone, Debug)]
enum Step {
    Upsert(Vec<(u64, u64)>),
    Remove(Vec<u64>),
    Commit,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec((1..20u64, 1..5u64), 1..6).prop_map(Step::Upsert),
        2 => prop::collection::vec(1..5u64, 1..3).prop_map(Step::Remove),
        2 => Just(Step::Commit),
        1 => Just(Step::Reopen),
    ]
}

/// A passage belongs to one document for ever, as the store's ids do.
fn passage(number: u64, document: u64) -> u64 {
    document * 100 + number
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_leaves_what_a_map_would_hold(steps in prop::collection::vec(step(), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let mut index = open(folder.path());
        let mut model: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Upsert(pairs) => {
                    let entries: Vec<_> =
                        pairs.iter().map(|(n, d)| entry(passage(*n, *d), *d, "内容")).collect();
                    index.upsert(&entries).unwrap();
                    for (number, document) in pairs {
                        let held = model.entry(document).or_default();
                        held.push(passage(number, document));
                        held.sort_unstable();
                        held.dedup();
                    }
                }
                Step::Remove(documents) => {
                    let ids: Vec<_> = documents.iter().map(|d| DocumentId(*d)).collect();
                    index.remove_documents(&ids).unwrap();
                    model.retain(|document, _| !documents.contains(document));
                }
                Step::Commit => {
                    index.commit().unwrap();
                }
                Step::Reopen => {
                    index.commit().unwrap();
                    drop(index);
                    index = open(folder.path());
                }
            }
        }
        index.commit().unwrap();
        let expected: Vec<_> =
            model.into_iter().map(|(d, passages)| (d, passages.clone(), passages)).collect();
        prop_assert_eq!(contents(&index), expected.clone());
        drop(index);
        prop_assert_eq!(contents(&open(folder.path())), expected);
    }
}
