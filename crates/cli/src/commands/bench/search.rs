//! The index alone, filled with passages that are made up: words as frequent as those of a language,
//! vectors around centres. What an encoder takes for a question is not in it.

use super::memory::Peak;
use super::{Result, rounded};
use crate::Outcome;
use crate::output::Output;
use serde_json::json;
use std::path::Path;
use std::time::Instant;
use yinju_compose::Places;
use yinju_core::ports::{Conditions, IndexEntry, PassageIndex, SearchRequest};
use yinju_core::{DocumentId, Language, LibraryId, Mode, PassageId, Problem, ProblemCode, Scope};

/// Questions of each kind.
const QUESTIONS: usize = 200;
/// Passages handed to the index at once.
const BATCH: usize = 500;
/// Words of a passage and of a question.
const PASSAGE_WORDS: usize = 120;
const QUESTION_WORDS: usize = 8;
/// Words there are.
const VOCABULARY: f64 = 200_000.0;
/// Passages around one centre, pages of a document.
const NEIGHBOURS: usize = 64;
/// How many are found.
const TOP: usize = 10;
/// Candidates in the other language, as a search asks for.
const ACROSS: usize = 12;

/// Fills an index, where none is kept already, and asks it: by both arms, by both within one library
/// in ten, and by vectors alone, which are compared with every vector there is.
pub fn run(output: &Output, passages: usize, dimensions: usize, kept: Option<&Path>) -> Result {
    let unusable = |error| Problem::new(ProblemCode::HomeUnusable, error);
    let scratch = tempfile::tempdir().map_err(unusable)?;
    let folder = kept.unwrap_or(scratch.path());
    let made = Made { dimensions, centres: passages.div_ceil(NEIGHBOURS) };
    let built = if folder.join("index.json").is_file() {
        None
    } else {
        std::fs::create_dir_all(folder).map_err(unusable)?;
        Some(fill(folder, passages, &made)?)
    };
    ask(output, folder, passages, &made, built.as_ref())
}

/// What making an index took.
struct Built {
    seconds: f64,
    rss_mb: u64,
}

fn fill(folder: &Path, passages: usize, made: &Made) -> std::result::Result<Built, Problem> {
    let peak = Peak::watch();
    let start = Instant::now();
    let index = Places::index(folder, made.dimensions)?;
    for first in (0..passages).step_by(BATCH) {
        let entries: Vec<_> = (first..passages.min(first + BATCH)).map(|n| made.entry(n)).collect();
        index.upsert(&entries)?;
    }
    index.commit()?;
    Ok(Built { seconds: start.elapsed().as_secs_f64(), rss_mb: peak.megabytes() })
}

fn ask(
    output: &Output,
    folder: &Path,
    passages: usize,
    made: &Made,
    built: Option<&Built>,
) -> Result {
    let peak = Peak::watch();
    let start = Instant::now();
    let index = Places::index(folder, made.dimensions)?;
    let open_s = start.elapsed().as_secs_f64();
    let questions: Vec<_> = (0..QUESTIONS).map(|n| made.question(n, passages)).collect();
    let ask = |mode: Mode, scope: &Scope| {
        questions
            .iter()
            .map(|q| timed(&index, q, mode, scope))
            .collect::<std::result::Result<Vec<_>, _>>()
    };
    let everywhere = Scope::default();
    let cold = timed(&index, &questions[0], Mode::Hybrid, &everywhere)?.0;
    ask(Mode::Hybrid, &everywhere)?;
    let hybrid = ask(Mode::Hybrid, &everywhere)?;
    let lexical = ask(Mode::Lexical, &everywhere)?;
    let dense = ask(Mode::Dense, &everywhere)?;
    let filtered = ask(Mode::Hybrid, &Scope { libraries: vec![LibraryId(0)], ..Scope::default() })?;
    let rss_mb = peak.megabytes();
    let recall = recall(made, passages, &questions, &dense);
    output.object(&json!({
        "bench": "search", "passages": passages, "dim": made.dimensions, "build_s": built.as_ref().map(|b| rounded(b.seconds)),
        "build_rss_mb": built.as_ref().map(|b| b.rss_mb),
        "open_s": rounded(open_s), "disk_mb": megabytes(folder), "rss_mb": rss_mb, "cold_ms": rounded(cold),
        "hybrid_ms": percentiles(&hybrid), "lexical_ms": percentiles(&lexical),
        "dense_ms": percentiles(&dense), "filtered_ms": percentiles(&filtered),
        "recall@10": recall,
    }));
    Ok(Outcome::Done)
}

/// Milliseconds, and what was found.
type Timed = (f64, Vec<PassageId>);

fn timed(
    index: &dyn PassageIndex,
    (text, vector): &(String, Vec<f32>),
    mode: Mode,
    scope: &Scope,
) -> std::result::Result<Timed, Problem> {
    let request = SearchRequest {
        text: text.clone(),
        vector: Some(vector.clone()),
        mode,
        limit: TOP,
        scope: scope.clone(),
        across: ACROSS,
        conditions: Conditions::default(),
        words: Vec::new(),
    };
    let start = Instant::now();
    let found = index.search(&request)?;
    let elapsed = start.elapsed().as_secs_f64() * 1000.0;
    Ok((elapsed, found.into_iter().map(|found| found.passage).collect()))
}

fn percentiles(timed: &[Timed]) -> serde_json::Value {
    let mut sorted: Vec<f64> = timed.iter().map(|(time, _)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| rounded(sorted[((sorted.len() - 1) as f64 * share).round() as usize]);
    json!({ "p50": at(0.5), "p95": at(0.95) })
}

/// Share of the truly nearest ten that were found.
fn recall(made: &Made, passages: usize, questions: &[(String, Vec<f32>)], found: &[Timed]) -> f64 {
    let mut nearest: Vec<Vec<(f32, u64)>> = vec![Vec::new(); questions.len()];
    for n in 0..passages {
        let vector = made.vector(n / NEIGHBOURS, n as u64);
        for ((_, question), nearest) in questions.iter().zip(&mut nearest) {
            let cosine: f32 = question.iter().zip(&vector).map(|(a, b)| a * b).sum();
            if nearest.len() < TOP || nearest[TOP - 1].0 < cosine {
                let place = nearest.partition_point(|(better, _)| *better >= cosine);
                nearest.insert(place, (cosine, n as u64));
                nearest.truncate(TOP);
            }
        }
    }
    let shares = nearest.iter().zip(found).map(|(nearest, (_, found))| {
        let hit = nearest.iter().filter(|(_, n)| found.contains(&PassageId(*n))).count();
        hit as f64 / nearest.len().max(1) as f64
    });
    shares.sum::<f64>() / questions.len() as f64
}

/// Passages that are made up, the same each time.
struct Made {
    dimensions: usize,
    centres: usize,
}

impl Made {
    fn entry(&self, n: usize) -> IndexEntry {
        let document = n / NEIGHBOURS;
        IndexEntry {
            passage: PassageId(n as u64),
            document: DocumentId(document as u64),
            library: LibraryId(document as u64 % 10),
            title: words(&mut fastrand::Rng::with_seed(document as u64 ^ 0x7171), 6),
            section: Vec::new(),
            text: words(&mut fastrand::Rng::with_seed(n as u64), PASSAGE_WORDS),
            // Every eighth document is in the other language.
            language: if document % 8 == 7 { Language::Zh } else { Language::En },
            vector: Some(self.vector(document, n as u64)),
        }
    }

    /// Some words of a passage, and a vector around its centre.
    fn question(&self, n: usize, passages: usize) -> (String, Vec<f32>) {
        let mut random = fastrand::Rng::with_seed(n as u64 ^ 0x9e37);
        let passage = random.usize(..passages);
        let text = words(&mut fastrand::Rng::with_seed(passage as u64), PASSAGE_WORDS);
        let all: Vec<&str> = text.split(' ').collect();
        let asked: Vec<&str> =
            (0..QUESTION_WORDS).map(|_| all[random.usize(..all.len())]).collect();
        (asked.join(" "), self.vector(passage / NEIGHBOURS, !(n as u64)))
    }

    /// Of length 1; a direction all share, as encoders' vectors do, the centre's, and its own.
    fn vector(&self, centre: usize, own: u64) -> Vec<f32> {
        let centre = (centre % self.centres.max(1)) as u64;
        let mut parts = [(0xA11, 1.5), (centre ^ 0xCE17_0000, 1.0), (own ^ 0x0511_0000_0000, 0.6)]
            .map(|(seed, weight)| (fastrand::Rng::with_seed(seed), weight));
        let mut number = || parts.iter_mut().map(|(random, weight)| *weight * normal(random)).sum();
        let vector: Vec<f32> = (0..self.dimensions).map(|_| number()).collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.into_iter().map(|x| x / length).collect()
    }
}

/// Nearly normally distributed (the sum of four even ones).
fn normal(random: &mut fastrand::Rng) -> f32 {
    (0..4).map(|_| random.f32() - 0.5).sum::<f32>() * 1.73
}

/// Words whose frequency falls with their rank (Zipf), each written in syllables.
fn words(random: &mut fastrand::Rng, count: usize) -> String {
    let word = |_| {
        let mut rank = VOCABULARY.powf(random.f64()) as usize;
        let mut word = String::new();
        while rank > 0 || word.is_empty() {
            word.push_str(["ka", "lo", "mi", "tu", "re", "sa", "no", "di", "pe", "vu"][rank % 10]);
            rank /= 10;
        }
        word
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

fn megabytes(folder: &Path) -> u64 {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(std::result::Result::ok);
    let bytes = files.filter_map(|file| file.metadata().ok()).filter(std::fs::Metadata::is_file);
    bytes.map(|file| file.len()).sum::<u64>() / 1_000_000
}
