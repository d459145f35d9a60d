//! Small passages with vectors that need no encoder.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;
use yinju_core::ports::{Conditions, IndexEntry, PassageIndex, RankedPassage, SearchRequest};
use yinju_core::{DocumentId, Language, LibraryId, Mode, PassageId, Scope};
use yinju_index::{HybridIndex, IndexConfig};

pub const DIMENSIONS: usize = 8;

pub fn open(folder: &Path) -> HybridIndex {
    HybridIndex::open(folder, DIMENSIONS, IndexConfig::default()).unwrap()
}

/// A passage of document `document` in library `document % 2 + 1`.
pub fn entry(passage: u64, document: u64, text: &str) -> IndexEntry {
    IndexEntry {
        passage: PassageId(passage),
        document: DocumentId(document),
        library: LibraryId(document % 2 + 1),
        title: format!("文件 {document}"),
        section: vec!["第一章".into()],
        text: text.into(),
        language: Language::of(text),
        vector: Some(vector(passage)),
    }
}

/// A vector of its own for each number.
pub fn vector(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % 2000) as f32 / 1000.0 - 1.0
    };
    (0..DIMENSIONS).map(|_| next()).collect()
}

pub fn request(text: &str, mode: Mode, vector: Option<Vec<f32>>) -> SearchRequest {
    SearchRequest {
        text: text.into(),
        vector,
        mode,
        limit: 10,
        scope: Scope::default(),
        across: 0,
        conditions: Conditions::default(),
        words: Vec::new(),
    }
}

pub fn lexical(index: &HybridIndex, text: &str) -> Vec<RankedPassage> {
    index.search(&request(text, Mode::Lexical, None)).unwrap()
}

pub fn found(ranked: &[RankedPassage]) -> Vec<u64> {
    ranked.iter().map(|r| r.passage.0).collect()
}

/// Everything in the index: `(document, passages with vectors, passages with postings)`.
pub fn contents(index: &HybridIndex) -> Vec<(u64, Vec<u64>, Vec<u64>)> {
    let numbers = |ids: &[PassageId]| ids.iter().map(|p| p.0).collect();
    let census = index.census().unwrap();
    census.iter().map(|(d, i)| (d.0, numbers(&i.vectors), numbers(&i.postings))).collect()
}
