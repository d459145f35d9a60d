//! After a removal nothing of a document is left anywhere.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use yinju_tests::{Home, root};

/// Whether any file below a folder holds these bytes.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
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
    assert!(!holds(home.path(), needle.as_bytes()), "its words are still on the disk");
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
