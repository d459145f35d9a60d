//! Measures retrieval on the public sets (`facts/retrieval.md` has the anchors): a passage is a
//! corpus row, a question finds it or not. `cargo run -p yinju-index --example evaluate`
//!
//! The lexical arm alone needs nothing. With `YINJU_EVAL_VECTORS` pointing at a folder of
//! `<set>.corpus.f32` and `<set>.queries.f32` (little-endian rows of 384 in the order of the
//! files) the dense arm and the fusion are measured too, and English questions over Chinese
//! passages.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use yinju_core::ports::{Conditions, IndexEntry, PassageIndex, SearchRequest};
use yinju_core::{DocumentId, Language, LibraryId, Mode, PassageId, Scope};
use yinju_index::{FusionConfig, HybridIndex, IndexConfig};

const DIMENSIONS: usize = 384;
const SETS: [(&str, &str); 6] = [
    ("cmrc2018", "cmrc2018"),
    ("drcd", "drcd"),
    ("xquad_zh", "xquad_zh"),
    ("xquad_en", "xquad_en"),
    ("squad", "squad"),
    ("xquad_zh", "xquad_en"),
];

struct Question {
    text: String,
    gold: Vec<String>,
    vector: Option<Vec<f32>>,
}

fn main() {
    let root = std::env::var_os("YINJU_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let sets = root.join("data/eval");
    if !sets.exists() {
        eprintln!("skipped: no evaluation sets in {} (set YINJU_SHARED)", sets.display());
        return;
    }
    println!("passages < questions | mode | trust | R@1 R@10 MRR@10 | ms/question p50 p95");
    for (corpus, queries) in SETS {
        measure(&sets, corpus, queries);
    }
}

fn measure(sets: &Path, corpus: &str, queries: &str) {
    let rows = jsonl(&sets.join(corpus).join("corpus.jsonl"));
    let vectors = vectors(&format!("{corpus}.corpus"), rows.len());
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path(), FusionConfig::default());
    let started = Instant::now();
    for (first, chunk) in rows.chunks(50).enumerate() {
        let entries: Vec<_> = chunk
            .iter()
            .enumerate()
            .map(|(n, row)| entry(first * 50 + n, row, vectors.as_deref()))
            .collect();
        index.upsert(&entries).unwrap();
        index.commit().unwrap();
    }
    let ids: Vec<String> = rows.iter().map(|row| text(row, "doc_id")).collect();
    println!(
        "{corpus}: {} passages in {:.2} s, {} kB on disk",
        rows.len(),
        started.elapsed().as_secs_f32(),
        kilobytes(folder.path())
    );
    let questions = read_questions(&sets.join(queries).join("queries.jsonl"), queries);
    let name = format!("{corpus} < {queries}");
    report(&index, &name, Mode::Lexical, "", &questions, &ids);
    if vectors.is_none() || questions.iter().any(|q| q.vector.is_none()) {
        return;
    }
    report(&index, &name, Mode::Dense, "", &questions, &ids);
    drop(index);
    for fusion in fusions() {
        let index = open(folder.path(), fusion.clone());
        let FusionConfig { rank_constant, ignored_coverage, trusted_coverage, .. } = fusion;
        let label = format!("k {rank_constant} trust {ignored_coverage}..{trusted_coverage}");
        report(&index, &name, Mode::Hybrid, &label, &questions, &ids);
    }
}

/// Plain fusion, the default, and its neighbours.
fn fusions() -> Vec<FusionConfig> {
    let with = |rank_constant, ignored_coverage, trusted_coverage| FusionConfig {
        rank_constant,
        ignored_coverage,
        trusted_coverage,
        ..FusionConfig::default()
    };
    vec![
        with(60.0, 0.0, 0.0),
        FusionConfig::default(),
        with(60.0, 0.2, 0.35),
        with(60.0, 0.3, 0.35),
        with(60.0, 0.3, 0.3),
        with(60.0, 0.3, 0.5),
        with(10.0, 0.25, 0.35),
        with(20.0, 0.25, 0.35),
    ]
}

fn open(folder: &Path, fusion: FusionConfig) -> HybridIndex {
    let config = IndexConfig { fusion, ..IndexConfig::default() };
    HybridIndex::open(folder, DIMENSIONS, config).unwrap()
}

fn report(
    index: &HybridIndex,
    name: &str,
    mode: Mode,
    trust: &str,
    questions: &[Question],
    ids: &[String],
) {
    let mut times = Vec::new();
    let (mut first, mut tenth, mut reciprocal, mut coverage) = (0, 0, 0.0, Vec::new());
    for question in questions {
        let request = SearchRequest {
            text: question.text.clone(),
            vector: (mode != Mode::Lexical).then(|| question.vector.clone().unwrap()),
            mode,
            limit: 10,
            scope: Scope::default(),
            across: 0,
            conditions: Conditions::default(),
            words: Vec::new(),
        };
        let started = Instant::now();
        let hits = index.search(&request).unwrap();
        times.push(started.elapsed().as_secs_f32() * 1000.0);
        let best = hits.iter().filter_map(|h| h.arms.coverage).fold(0.0, f32::max);
        coverage.push(best);
        let gold = |id: u64| question.gold.contains(&ids[id as usize - 1]);
        if let Some(rank) = hits.iter().position(|h| gold(h.passage.0)) {
            first += usize::from(rank == 0);
            tenth += 1;
            reciprocal += 1.0 / (rank + 1) as f64;
        }
    }
    times.sort_by(f32::total_cmp);
    coverage.sort_by(f32::total_cmp);
    let n = questions.len();
    let share = |count: usize| count as f64 / n as f64;
    println!(
        "{name} | {mode:?} | {trust} | {:.3} {:.3} {:.3} | {:.2} {:.2} | best coverage p5 {:.2} p50 {:.2}",
        share(first),
        share(tenth),
        reciprocal / n as f64,
        times[n / 2],
        times[n * 95 / 100],
        coverage[n / 20],
        coverage[n / 2],
    );
}

fn entry(n: usize, row: &Value, vectors: Option<&[Vec<f32>]>) -> IndexEntry {
    let mut placeholder = vec![0.0; DIMENSIONS];
    placeholder[n % DIMENSIONS] = 1.0;
    let title = std::env::var_os("YINJU_EVAL_TITLES").map(|_| text(row, "title"));
    IndexEntry {
        passage: PassageId(n as u64 + 1),
        document: DocumentId(n as u64 + 1),
        library: LibraryId(1),
        title: title.unwrap_or_default(),
        section: Vec::new(),
        text: text(row, "text"),
        language: Language::of(&text(row, "text")),
        vector: Some(vectors.map_or(placeholder, |v| v[n].clone())),
    }
}

fn read_questions(path: &Path, set: &str) -> Vec<Question> {
    let rows = jsonl(path);
    let vectors = vectors(&format!("{set}.queries"), rows.len());
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    rows.iter()
        .enumerate()
        .map(|(n, row)| Question {
            text: text(row, "question"),
            gold: strings(&row["gold_doc_ids"]),
            vector: vectors.as_ref().map(|v| v[n].clone()),
        })
        .collect()
}

fn vectors(name: &str, rows: usize) -> Option<Vec<Vec<f32>>> {
    let folder = PathBuf::from(std::env::var_os("YINJU_EVAL_VECTORS")?);
    let bytes = fs::read(folder.join(format!("{name}.f32"))).ok()?;
    let numbers: Vec<f32> =
        bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(numbers.len(), rows * DIMENSIONS, "{name}.f32 belongs to another file");
    Some(numbers.chunks(DIMENSIONS).map(<[f32]>::to_vec).collect())
}

fn jsonl(path: &Path) -> Vec<Value> {
    let content = fs::read_to_string(path).unwrap();
    content.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or_default().to_owned()
}

/// Space really taken, since both engines make files longer than what they hold.
fn kilobytes(folder: &Path) -> u64 {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() { kilobytes(&entry.path()) } else { taken(&metadata) }
        })
        .sum()
}

#[cfg(unix)]
fn taken(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) / 2
}

#[cfg(not(unix))]
fn taken(metadata: &fs::Metadata) -> u64 {
    metadata.len() / 1024
}
