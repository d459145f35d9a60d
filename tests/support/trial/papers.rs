//! Small documents made up for a trial, and what an undisturbed import makes of them.

use super::program::{Ended, say};
use crate::root;
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Stands in every passage of every paper, so that one search finds them all.
pub const WORD: &str = "quillwort";
const WORDS: [&str; 24] = [
    "river",
    "valve",
    "lantern",
    "granite",
    "meadow",
    "turbine",
    "archive",
    "copper",
    "harbour",
    "violin",
    "saffron",
    "glacier",
    "pressure",
    "ledger",
    "orchard",
    "signal",
    "茶叶",
    "桥梁",
    "温度",
    "保质期",
    "报告",
    "年度",
    "水壶",
    "测量",
];
const KINDS: [&str; 3] = ["md", "txt", "html"];

/// The papers of a trial.
pub struct Papers {
    _folder: tempfile::TempDir,
    /// Their files, each once.
    pub files: Vec<PathBuf>,
    /// What an undisturbed import finds in each: its passages' texts, by file name.
    pub passages: BTreeMap<String, BTreeSet<String>>,
    /// How many passages each has there.
    pub counts: BTreeMap<String, u64>,
}

impl Papers {
    /// Makes so many, with two of the project's own PDFs, and imports them undisturbed with an
    /// encoder.
    pub fn new(dice: &mut Rng, count: usize, encoder: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut files: Vec<_> = (0..count).map(|n| written(folder.path(), n, dice)).collect();
        for sample in ["kettle-manual-en.pdf", "bridge-paper-en.pdf"] {
            let file = folder.path().join(sample);
            fs::copy(root().join("assets/samples").join(sample), &file).unwrap();
            files.push(file);
        }
        let mut papers =
            Self { _folder: folder, files, passages: BTreeMap::new(), counts: BTreeMap::new() };
        papers.import_undisturbed(encoder);
        papers
    }

    /// The words of an import of these files.
    pub fn import<'a>(files: &'a [PathBuf], library: &'a str) -> Vec<&'a str> {
        let mut words = vec!["import", "--library", library];
        words.extend(files.iter().map(|file| file.to_str().unwrap()));
        words
    }

    fn import_undisturbed(&mut self, encoder: &str) {
        let home = crate::Home::new();
        home.yinju(&["encoders", "use", encoder]).done();
        home.yinju(&Self::import(&self.files, "calm")).done();
        let documents = home.yinju(&["documents"]).done();
        for document in documents.last()["documents"].as_array().unwrap() {
            let name = name_of(document["path"].as_str().unwrap());
            self.counts.insert(name, document["passages"].as_u64().unwrap());
        }
        self.passages = passages(home.path(), "lexical").unwrap();
    }
}

/// A file's name alone.
pub fn name_of(path: &str) -> String {
    Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The texts of all passages an arm of the index finds, by file name. A passage that is found twice
/// is a failure.
pub fn passages(home: &Path, mode: &str) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let words = ["search", WORD, "--mode", mode, "--rerank", "off", "--top", "1000"];
    let found: Ended = say(home, &words);
    if let Some(wrong) = super::complaint(&found).or_else(|| {
        (!found.is_done()).then(|| format!("a {mode} search: {} {}", found.code(), found.said))
    }) {
        return Err(wrong);
    }
    let mut passages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for hit in found.last()["hits"].as_array().into_iter().flatten() {
        let name = name_of(hit["document"]["path"].as_str().unwrap_or_default());
        let text = hit["text"].as_str().unwrap_or_default().to_owned();
        if !ids.insert(hit["passage_id"].to_string()) {
            return Err(format!("a passage of {name} is found twice by {mode}"));
        }
        // The PDFs were not written for this: whether the word is in them is their own affair.
        if name.starts_with("paper-") {
            passages.entry(name).or_default().insert(text);
        }
    }
    Ok(passages)
}

fn written(folder: &Path, number: usize, dice: &mut Rng) -> PathBuf {
    let kind = KINDS[number % KINDS.len()];
    let file = folder.join(format!("paper-{number:02}.{kind}"));
    let paragraphs: Vec<String> =
        (0..dice.usize(3..9)).map(|n| paragraph(number, n, dice)).collect();
    let heading = |n: usize| format!("Part {n} of paper {number}");
    let mut text = String::new();
    for (n, paragraph) in paragraphs.iter().enumerate() {
        let _ = match kind {
            "html" => write!(text, "<h2>{}</h2>\n<p>{paragraph}</p>\n", heading(n)),
            "md" => write!(text, "## {}\n\n{paragraph}\n\n", heading(n)),
            _ => write!(text, "{paragraph}\n\n"),
        };
    }
    fs::write(&file, text).unwrap();
    file
}

/// Sentences with a number of their own, so that no two passages are the same.
fn paragraph(paper: usize, number: usize, dice: &mut Rng) -> String {
    let sentence = |dice: &mut Rng| {
        let words: Vec<_> = (0..12).map(|_| WORDS[dice.usize(..WORDS.len())]).collect();
        format!("The {WORD} of {paper}-{number}-{} is {}.", dice.u32(..), words.join(" "))
    };
    (0..dice.usize(4..9)).map(|_| sentence(dice)).collect::<Vec<_>>().join(" ")
}
