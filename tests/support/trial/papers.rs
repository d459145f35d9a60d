//! Small documents made up for a trial, and what an undisturbed import makes of them.

use super::program::{Ended, say};
use crate::root;
use fastrand::Rng;
use serde_json::Value;
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
    /// What undisturbed imports make of them, one for each encoder: each cuts by its own tokens.
    pub calm: Vec<Calm>,
}

/// What an undisturbed import makes of papers.
pub struct Calm {
    /// The passages' texts, by file name; those of the PDFs, which were not written for this, are not
    /// known.
    pub passages: Passages,
    /// How many passages each has.
    pub counts: BTreeMap<String, u64>,
}

/// Texts of passages by the name of their file.
pub type Passages = BTreeMap<String, BTreeSet<String>>;

impl Papers {
    /// Makes so many, with two of the project's own PDFs, and imports them undisturbed.
    pub fn new(dice: &mut Rng, count: usize, encoders: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut files: Vec<_> = (0..count).map(|n| written(folder.path(), n, dice)).collect();
        for sample in ["kettle-manual-en.pdf", "bridge-paper-en.pdf"] {
            let file = folder.path().join(sample);
            fs::copy(root().join("assets/samples").join(sample), &file).unwrap();
            files.push(file);
        }
        let calm = encoders.iter().map(|encoder| Calm::of(&files, encoder)).collect();
        Self { _folder: folder, files, calm }
    }

    /// The words of an import of these files.
    pub fn import<'a>(files: &'a [PathBuf], library: &'a str) -> Vec<&'a str> {
        let mut words = vec!["import", "--library", library];
        words.extend(files.iter().map(|file| file.to_str().unwrap()));
        words
    }

    /// Whether one of the encoders cuts a paper into so many passages.
    pub fn may_have(&self, name: &str, count: u64) -> bool {
        self.calm.iter().any(|calm| calm.counts.get(name) == Some(&count))
    }

    /// Whether one of the encoders cuts a paper into these passages.
    pub fn may_be(&self, name: &str, found: Option<&BTreeSet<String>>) -> bool {
        let mut calm = self.calm.iter().map(|calm| calm.passages.get(name));
        calm.any(|calm| calm.is_none() || calm == found)
    }
}

impl Calm {
    fn of(files: &[PathBuf], encoder: &str) -> Self {
        let home = crate::Home::new();
        home.yinju(&["encoders", "use", encoder]).done();
        home.yinju(&Papers::import(files, "calm")).done();
        let documents = home.yinju(&["documents"]).done();
        let documents = documents.last()["documents"].as_array().unwrap().clone();
        let name = |document: &Value| name_of(document["path"].as_str().unwrap());
        let counts = documents.iter().map(|d| (name(d), d["passages"].as_u64().unwrap())).collect();
        Self { passages: passages(home.path(), "lexical").unwrap(), counts }
    }
}

/// A file's name alone.
pub fn name_of(path: &str) -> String {
    Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The texts of all passages an arm of the index finds, by file name. A passage that is found twice
/// is a failure.
pub fn passages(home: &Path, mode: &str) -> Result<Passages, String> {
    let words = ["search", WORD, "--mode", mode, "--rerank", "off", "--top", "1000"];
    let found: Ended = say(home, &words);
    if let Some(wrong) = super::complaint(&found).or_else(|| {
        (!found.is_done()).then(|| format!("a {mode} search: {} {}", found.code(), found.said))
    }) {
        return Err(wrong);
    }
    let mut passages = Passages::new();
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
