//! After a removal nothing of a document is left anywhere.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use yinju_compose::Places;
use yinju_core::{PassageId, PassageIndex};
use yinju_tests::{Home, root, run};

/// The first file below a folder that holds these bytes.
fn holder(folder: &Path, needle: &[u8]) -> Option<PathBuf> {
    fs::read_dir(folder).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holder(&path, needle);
        }
        stands_in(&fs::read(&path).unwrap(), needle).then_some(path)
    })
}

/// Files of vectors are long and mostly zeros: what cannot begin there is passed over.
fn stands_in(bytes: &[u8], needle: &[u8]) -> bool {
    let (mut from, first) = (0, needle[0]);
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(needle) {
            return true;
        }
        from += at + 1;
    }
    false
}

const LAMP: [&str; 3] = [
    "The keeper of the northern lamp kept forty barrels of whale oil in the eastern cellar.",
    "Every spring a schooner named Heliotrope brought new wicks and took the empty casks away.",
    "When fog came the keeper rang a bronze bell eleven times in each quarter of an hour.",
];
const KETTLE: &str = "The kettle boils one litre of water in four minutes. It has a bronze lid.";
const MODES: [&str; 4] = ["quotes", "compare", "extract", "summary"];

/// A home with both files, and the number of the lamp's document.
fn lamp_and_kettle(folder: &Path) -> (Home, String) {
    fs::write(folder.join("lamp.md"), format!("# Lamp\n\n{}\n", LAMP.join(" "))).unwrap();
    fs::write(folder.join("kettle.md"), format!("# Kettle\n\n{KETTLE}\n")).unwrap();
    let home = Home::new();
    home.yinju(&["import", folder.to_str().unwrap()]).done();
    let documents = home.yinju(&["documents"]).done();
    let documents = documents.last()["documents"].as_array().unwrap().clone();
    let lamp = documents.iter().find(|d| d["path"].as_str().unwrap().ends_with("lamp.md"));
    let id = lamp.unwrap()["id"].as_str().unwrap().to_owned();
    (home, id)
}

/// Pieces of the vectors of the lamp's passages, as they stand in files.
fn vectors_of(home: &Home, document: &str) -> Vec<Vec<u8>> {
    let found = home.yinju(&["search", "keeper", "--document", document]).done();
    let hits = found.last()["hits"].as_array().unwrap().clone();
    let id = |hit: &Value| PassageId(hit["passage_id"].as_str().unwrap().parse().unwrap());
    let ids: Vec<PassageId> = hits.iter().map(id).collect();
    let folder = home.path().join("index/multilingual-e5-small");
    let index = Places::index(&folder, 384).unwrap();
    let vectors = index.vectors(&ids).unwrap();
    assert!(!vectors.is_empty());
    let bytes = |vector: &[f32]| vector.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let pieces =
        |vector: Vec<u8>| vector.chunks(32).step_by(12).map(<[u8]>::to_vec).collect::<Vec<_>>();
    vectors.iter().flat_map(|(_, vector)| pieces(bytes(vector))).collect()
}

fn check_nowhere(home: &Home, vectors: &[Vec<u8>]) {
    for sentence in LAMP {
        let words: Vec<&str> = sentence.split(' ').collect();
        for part in words.chunks(5) {
            let found = holder(home.path(), part.join(" ").as_bytes());
            assert_eq!(found, None, "“{}” is still on the disk", part.join(" "));
        }
    }
    for vector in vectors {
        assert_eq!(holder(home.path(), vector), None, "a vector is still on the disk");
    }
}

/// Asks in every mode, in a conversation each and in branches of them.
fn ask_everything(home: &Home, modes: &[&str]) {
    for mode in modes {
        let asked = "What did the keeper of the northern lamp keep in the eastern cellar?";
        home.yinju(&["ask", asked, "--mode", mode]).done();
        let again = "And what does the bronze bell do?";
        let chats = home.yinju(&["chats"]).done();
        let chat = chats.last()["chats"][0]["id"].to_string().replace('"', "");
        home.yinju(&["ask", again, "--mode", mode, "--chat", &chat]).done();
        home.yinju(&["chats", "branch", &chat, "--turns", "1", "another way"]).done();
    }
    // A refusal shows what came nearest.
    home.yinju(&["ask", "Who painted the ceiling of the chapel in Rome?", "--mode", "quotes"])
        .done();
}

#[test]
fn a_removed_document_is_nowhere_whatever_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (home, lamp) = lamp_and_kettle(folder.path());
    let vectors = vectors_of(&home, &lamp);
    assert!(holder(home.path(), LAMP[0].as_bytes()).is_some());
    assert!(vectors.iter().all(|vector| holder(home.path(), vector).is_some()));
    ask_everything(&home, &MODES);
    let receipt = home.yinju(&["remove", &lamp]).done();
    let receipt = &receipt.last()["receipt"];
    for place in ["store", "vectors", "postings", "answers"] {
        assert_eq!(receipt["left"][place], 0, "{place}");
    }
    assert_eq!(receipt["indexes"], serde_json::json!(["multilingual-e5-small"]));
    assert_eq!(receipt["unreached"], serde_json::json!([]));
    check_nowhere(&home, &vectors);
    let kettle = home.yinju(&["search", "litre of water"]).done();
    assert!(kettle.last()["hits"][0]["text"].as_str().unwrap().contains("kettle"));
    home.yinju(&["documents"]).done();
    check_nowhere(&home, &vectors);
}

#[test]
fn what_a_language_model_wrote_of_a_removed_document_is_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (home, lamp) = lamp_and_kettle(folder.path());
    let models = home.yinju(&["doctor"]);
    let checks = models.last()["checks"].as_array().unwrap().clone();
    if checks.iter().any(|check| check["name"] == "language model" && check["ok"] == false) {
        return eprintln!("skipped: no language model is here");
    }
    let vectors = vectors_of(&home, &lamp);
    ask_everything(&home, &["answer", "digest"]);
    home.yinju(&["remove", "--library", "Library"]).done();
    check_nowhere(&home, &vectors);
    let chats = home.yinju(&["chats"]).done();
    assert!(!chats.last()["chats"].as_array().unwrap().is_empty(), "questions stay");
}

#[test]
fn a_removal_without_the_encoder_reaches_everything_too() {
    let folder = tempfile::tempdir().unwrap();
    let (home, lamp) = lamp_and_kettle(folder.path());
    let vectors = vectors_of(&home, &lamp);
    let nowhere = tempfile::tempdir().unwrap();
    let mut remove = home.command(&["remove", &lamp]);
    let receipt = run(remove.env("YINJU_MODELS", nowhere.path()));
    let receipt = &receipt.last()["receipt"];
    assert_eq!(receipt["left"]["vectors"], 0, "{receipt}");
    assert_eq!(receipt["indexes"], serde_json::json!(["multilingual-e5-small"]));
    check_nowhere(&home, &vectors);
    let kettle = home.yinju(&["search", "litre of water"]).done();
    assert_eq!(kettle.last()["hits"].as_array().unwrap().len(), 1);
    check_nowhere(&home, &vectors);
}

#[test]
fn a_removed_document_is_nowhere() {
    let home = Home::new();
    let samples = root().join("assets/samples");
    home.yinju(&["import", samples.to_str().unwrap()]);
    let documents = home.yinju(&["documents"]).done();
    let documents = documents.last()["documents"].as_array().unwrap().clone();
    let kettle = documents.iter().find(|d| d["path"].as_str().unwrap().contains("kettle")).unwrap();
    let id = kettle["id"].as_str().unwrap();
    let before = home.yinju(&["search", "kettle descaling", "--document", id]).done();
    let hits = before.last()["hits"].as_array().unwrap();
    assert!(!hits.is_empty());
    let text = hits[0]["text"].as_str().unwrap();
    let needle: String = text.chars().take(24).collect();
    home.yinju(&["ask", "How do I descale the kettle?", "--mode", "quotes"]).done();

    let receipt = home.yinju(&["remove", id]).done();
    let receipt = &receipt.last()["receipt"];
    assert_eq!(receipt["documents"], 1);
    assert!(receipt["passages"].as_u64().unwrap() > 0);
    for place in ["store", "vectors", "postings"] {
        assert_eq!(receipt["left"][place], 0, "{place}");
    }
    let after = home.yinju(&["search", &needle]).done();
    for hit in after.last()["hits"].as_array().unwrap() {
        assert_ne!(hit["document"]["id"], id);
        assert!(!hit["text"].as_str().unwrap().contains(&needle));
    }
    assert_eq!(holder(home.path(), needle.as_bytes()), None, "its words are still on the disk");
    let doctor = home.yinju(&["doctor"]);
    assert!(doctor.last()["checks"].as_array().unwrap().iter().all(|c| c["ok"] == true));
}

#[test]
fn a_removed_library_takes_its_documents_with_it() {
    let home = Home::new();
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    let sample = sample.to_str().unwrap();
    home.yinju(&["import", sample, "--library", "甲"]).done();
    let again = home.yinju(&["import", sample, "--library", "甲"]).done();
    assert_eq!(again.last()["summary"]["unchanged"], 1);
    let twin = home.yinju(&["import", sample, "--library", "乙"]).done();
    assert_eq!(twin.last()["summary"]["seconds_by_stage"]["parse"], 0.0, "read twice");
    let receipt = home.yinju(&["remove", "--library", "甲"]).done();
    assert_eq!(receipt.last()["receipt"]["documents"], 1);
    let left = home.yinju(&["libraries"]).done();
    let left = left.last()["libraries"].as_array().unwrap().clone();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["ready"], 1);
}
