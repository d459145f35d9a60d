//! Damaged bytes cost what stood on them and nothing else, and are never passed over in silence.

#![allow(clippy::unwrap_used)]

mod support;

use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use support::{Kept, Random, answer, live, ready, words};
use tempfile::TempDir;
use yinju_core::{ChatId, DocumentId, ProblemCode};
use yinju_store::{Salvaged, Store, StoreFile, look, salvage};

const PAGE: usize = 4096;

/// A closed store in a folder of its own.
fn stored() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    live(&file, &mut |_| {}).unwrap();
    (folder, file)
}

/// What SQLite finds, or why it does not even open.
fn found_by_sqlite(file: &Path) -> Vec<String> {
    match Store::connect(file).and_then(|store| store.integrity_check()) {
        Ok(found) => found,
        Err(error) => vec![error.to_string()],
    }
}

fn recovered(file: &Path, copy: Option<&Path>) -> (Store, Salvaged) {
    let fresh = file.with_extension("salvaged");
    let log = file.with_extension("db-wal");
    let salvaged = salvage(file, &log, copy, &fresh).unwrap();
    let store = Store::open(&fresh).unwrap();
    let health = store.health().unwrap();
    assert!(health.structure.is_empty() && health.orphans == 0, "{health:?}");
    (store, salvaged)
}

/// Root pages of tables.
fn root(file: &Path, table: &str) -> usize {
    let connection = Connection::open(file).unwrap();
    let query = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    connection.query_row(query, [table], |row| row.get(0)).unwrap()
}

fn destroy(file: &Path, page: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[(page - 1) * PAGE..page * PAGE].fill(0xa5);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_sound_store_is_recovered_as_it_is() {
    let (_folder, file) = stored();
    let kept = Kept::of(&Store::open(&file).unwrap()).unwrap();
    let (store, salvaged) = recovered(&file, None);
    assert_eq!(Kept::of(&store).unwrap(), kept);
    assert_eq!((salvaged.lost_rows, salvaged.lost_blocks), (0, 0));
    assert_eq!((salvaged.documents, salvaged.answers), (2, 9));
    assert!(salvaged.incomplete.is_empty());
    let new = ready(&store, "new", 2).unwrap();
    assert_eq!(new, DocumentId(4), "an id is given twice");
}

/// Bits that change in the words of the tables leave a sound file which no statement fits.
#[test]
fn another_form_is_damage_and_is_recovered_whole() {
    let (_folder, file) = stored();
    let kept = Kept::of(&Store::open(&file).unwrap()).unwrap();
    let connection = Connection::open(&file).unwrap();
    connection.pragma_update(None, "writable_schema", true).unwrap();
    let change =
        "UPDATE sqlite_schema SET sql = replace(sql, ?1, ?2) WHERE name = 'document_counts'";
    assert_eq!(connection.execute(change, ["needs_ocr", "needs_oct"]).unwrap(), 1);
    drop(connection);
    assert!(!found_by_sqlite(&file).is_empty());
    let error = Store::open(&file).and_then(|store| store.documents(None)).unwrap_err();
    assert_eq!(error.code(), ProblemCode::StoreDamaged, "{error}");
    assert_eq!(Kept::of(&recovered(&file, None).0).unwrap(), kept);
}

#[test]
fn whatever_is_destroyed_costs_itself() {
    let (_folder, file) = stored();
    let kept = Kept::of(&Store::open(&file).unwrap()).unwrap();
    let whole = fs::read(&file).unwrap();
    for table in ["pages", "passages", "embeddings", "passage_embeddings", "turns", "settings"] {
        destroy(&file, root(&file, table));
        assert!(!found_by_sqlite(&file).is_empty(), "{table}");
        let (store, _) = recovered(&file, None);
        let found = Kept::of(&store).unwrap();
        if table == "settings" {
            assert_eq!(found, kept);
        } else if table != "turns" {
            assert_eq!(found.answers, kept.answers, "{table}");
        }
        assert_eq!(store.documents(None).unwrap().len(), 2, "{table}");
        drop(store);
        fs::remove_file(file.with_extension("salvaged")).unwrap();
        fs::write(&file, &whole).unwrap();
    }
}

#[test]
fn documents_whose_rows_are_lost_are_known_by_their_content() {
    let (_folder, file) = stored();
    destroy(&file, root(&file, "documents"));
    let (store, salvaged) = recovered(&file, None);
    let documents = store.documents(None).unwrap();
    assert_eq!(documents.len(), 2);
    assert!(documents.iter().all(|d| d.reference.sha256.len() == 64), "{documents:?}");
    assert_eq!(salvaged.documents, 2);
    let again = support::begin(&store, "coffee").unwrap();
    assert_eq!(again, documents[0].reference.id, "the file is another document now");
}

#[test]
fn a_copy_fills_in_what_is_lost_and_brings_nothing_back_that_was_removed() {
    let (folder, file) = stored();
    let copy = folder.path().join("copy.db");
    let store = Store::open(&file).unwrap();
    store.copy_to(&copy).unwrap();
    store.remove_documents(&[DocumentId(2)], &[]).unwrap();
    store.remove_chat(ChatId(1)).unwrap();
    let kept = Kept::of(&store).unwrap();
    drop(store);
    for table in ["documents", "chats", "libraries"] {
        destroy(&file, root(&file, table));
    }
    let (store, salvaged) = recovered(&file, Some(&copy));
    assert_eq!(Kept::of(&store).unwrap(), kept);
    assert_eq!(store.library_named("a").unwrap().map(|id| id.0), Some(1));
    assert!(salvaged.from_copy >= 3, "{salvaged:?}");
}

#[test]
fn content_that_is_lost_comes_from_the_copy() {
    let (folder, file) = stored();
    let copy = folder.path().join("copy.db");
    let store = Store::open(&file).unwrap();
    store.copy_to(&copy).unwrap();
    let kept = Kept::of(&store).unwrap();
    drop(store);
    for table in ["pages", "passage_embeddings"] {
        destroy(&file, root(&file, table));
    }
    let (store, salvaged) = recovered(&file, Some(&copy));
    assert_eq!(Kept::of(&store).unwrap(), kept);
    assert!(salvaged.incomplete.is_empty(), "{salvaged:?}");
}

#[test]
fn what_is_removed_from_a_recovered_store_is_in_none_of_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    let store = Store::open(&file).unwrap();
    for name in ["tea", "coffee", "water", "milk", "juice"] {
        ready(&store, name, 9).unwrap();
    }
    drop(store);
    destroy(&file, root(&file, "settings"));
    let (store, _) = recovered(&file, None);
    let ids: Vec<_> = [2, 4].map(DocumentId).into();
    store.remove_documents(&ids, &[]).unwrap();
    store.shrink().unwrap();
    drop(store);
    let bytes = fs::read(file.with_extension("salvaged")).unwrap();
    let stands = |words: &str| bytes.windows(words.len()).any(|there| there == words.as_bytes());
    for (name, expected) in [("tea", true), ("coffee", false), ("milk", false)] {
        assert_eq!(stands(&format!("{name}, page")), expected, "{name}");
        assert_eq!(stands(&format!("/nowhere/{name}.pdf")), expected, "{name}");
    }
}

#[test]
fn a_file_without_its_head_or_emptied_is_read_all_the_same() {
    let (_folder, file) = stored();
    let kept = Kept::of(&Store::open(&file).unwrap()).unwrap();
    destroy(&file, 1);
    assert_eq!(look(&file).unwrap(), StoreFile::Foreign);
    let (store, _) = recovered(&file, None);
    assert_eq!(Kept::of(&store).unwrap(), kept);

    // All that was written is still in the log of a program that was killed.
    let folder = tempfile::tempdir().unwrap();
    let (file, copied) = (folder.path().join("yinju.db"), folder.path().join("killed.db"));
    let store = Store::open(&file).unwrap();
    ready(&store, "tea", 4).unwrap();
    fs::write(&copied, "").unwrap();
    fs::copy(file.with_extension("db-wal"), copied.with_extension("db-wal")).unwrap();
    assert_eq!(look(&copied).unwrap(), StoreFile::Empty);
    let kept = Kept::of(&store).unwrap();
    let (store, _) = recovered(&copied, None);
    assert_eq!(Kept::of(&store).unwrap(), kept);
}

#[test]
fn a_hundred_damaged_files_all_open() {
    let (_folder, file) = stored();
    let whole = fs::read(&file).unwrap();
    let seed = std::env::var("SEED").map_or(20_251_129, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let (mut noticed, mut kept_documents) = (0, 0);
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yinju.db");
        let mut bytes = whole.clone();
        let at = random.below(bytes.len() as u64) as usize;
        match round % 4 {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at..].iter_mut().take(16).for_each(|byte| *byte = !*byte),
            2 => bytes.truncate(at),
            _ => bytes[at / PAGE * PAGE..].iter_mut().take(PAGE).for_each(|byte| *byte = 0),
        }
        fs::write(&file, bytes).unwrap();
        let is_noticed =
            look(&file).unwrap() == StoreFile::Foreign || !found_by_sqlite(&file).is_empty();
        noticed += u32::from(is_noticed);
        let (store, salvaged) = recovered(&file, None);
        assert!(store.health().unwrap().structure.is_empty());
        kept_documents += salvaged.documents;
        support::ready(&store, "after", 2).unwrap();
    }
    println!(
        "of 100 damaged files SQLite saw {noticed}; {kept_documents} documents of 200 recovered"
    );
    assert!(kept_documents >= 150, "{kept_documents}");
}

#[test]
fn a_row_that_does_not_read_back_costs_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    {
        let store = Store::open(&file).unwrap();
        ready(&store, "tea", 6).unwrap();
        let chat = store.create_chat("q").unwrap();
        for n in 0..3 {
            store.add_turn(chat, &answer(&format!("question {n}"))).unwrap();
        }
        store.put_draft(chat, &answer("draft")).unwrap();
        store.set_setting("a", "1").unwrap();
    }
    let raw = Connection::open(&file).unwrap();
    raw.execute_batch(
        "UPDATE pages SET page = x'ff' WHERE number = 2;
         UPDATE passages SET draft = x'ffff' WHERE ordinal = 3;
         UPDATE documents SET info = x'ff', title = CAST(x'74ff65' AS TEXT);
         UPDATE turns SET answer = substr(answer, 1, 60) WHERE ordinal = 1;
         UPDATE drafts SET answer = '{';
         UPDATE embeddings SET vector = x'0000c07f' WHERE id = 2;
         UPDATE settings SET value = CAST(x'ff' AS TEXT);",
    )
    .unwrap();
    drop(raw);
    let store = Store::open(&file).unwrap();
    let id = store.documents(None).unwrap()[0].reference.id;
    assert_eq!(store.document(id).unwrap().reference.title, "t\u{fffd}e");
    assert_eq!(store.info(id).unwrap(), None);
    assert_eq!(store.pages_after(id, None, 9).unwrap().len(), 6);
    assert_eq!(store.passages(id).unwrap().len(), 5);
    assert!(store.drafts().unwrap().is_empty());
    assert_eq!(store.setting("a").unwrap(), None);
    let turns = store.chat(ChatId(1)).unwrap().turns;
    let questions: Vec<_> = turns.iter().map(|turn| turn.question.as_str()).collect();
    assert_eq!(questions, ["question 0", "question 1", "question 2"]);
    assert!(turns[1].interrupted);
    assert_eq!(store.find_chats(&["question".to_owned()]).unwrap().len(), 1);
    let health = store.health().unwrap();
    let kinds: Vec<_> =
        health.unreadable.iter().map(|kind| (kind.what.as_str(), kind.rows)).collect();
    let expected = [
        ("pages", 1),
        ("passages", 1),
        ("descriptions of documents", 1),
        ("answers", 1),
        ("unfinished answers", 1),
        ("vectors", 1),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(store.mend(None).unwrap(), 5);
    assert_eq!(store.incomplete().unwrap(), [id]);
    assert_eq!(store.passages(id).unwrap()[0].draft.text, words("tea", 1));
    assert_eq!(store.health().unwrap().unreadable.len(), 1, "an answer stays as it is");
}

#[test]
fn what_is_removed_gives_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinju.db");
    let store = Store::open(&file).unwrap();
    ready(&store, "tea", 3).unwrap();
    let big = ready(&store, "coffee", 400).unwrap();
    store.truncate_log().unwrap();
    let before = file.metadata().unwrap().len();
    store.remove_documents(&[big], &[]).unwrap();
    let freed = store.shrink().unwrap();
    assert!(freed > before / 2, "{freed} of {before}");
    assert_eq!(file.metadata().unwrap().len(), before - freed);
    assert_eq!(file.with_extension("db-wal").metadata().unwrap().len(), 0);
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("yinju.db")).unwrap();
    ready(&store, "tea", 3).unwrap();
    store.copy_to(&folder.path().join("copy.db")).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}
