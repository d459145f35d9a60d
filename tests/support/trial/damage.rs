//! Bytes turned over, files cut short, emptied, filled with something else or gone: of the store, the
//! indexes, the models and whatever else lies there. The program opens all the same or says why not;
//! what it shows is what was there, or it says that it is not.

use super::papers::{self, Papers, Passages};
use super::program::{Ended, complaint};
use super::seen::Seen;
use super::{Started, Trial};
use crate::{Home, command, directory_of_models};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ENCODER: &str = "all-minilm-l6-v2";
const GENERATOR: &str = "smollm2-135m-instruct";
const QUESTION: &str = "How is the kettle descaled?";

/// What a round damages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Store,
    Index,
    Models,
    Rest,
}

/// How.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// Some bytes are others.
    Flips,
    /// A stretch is noise.
    Noise,
    /// A stretch is zeros, as after a block that was never written.
    Zeros,
    /// The end is missing.
    Cut,
    Emptied,
    Gone,
    /// A page is in another's place.
    Moved,
}

const DAMAGES: [Damage; 7] = [
    Damage::Flips,
    Damage::Noise,
    Damage::Zeros,
    Damage::Cut,
    Damage::Emptied,
    Damage::Gone,
    Damage::Moved,
];

/// A sound home and sound models, of which each round damages a copy.
struct Sound {
    home: Home,
    models: tempfile::TempDir,
    seen: Seen,
    passages: BTreeMap<&'static str, Passages>,
    another: PathBuf,
    _papers: Papers,
}

/// Runs the trial.
pub fn run(rounds: u64) {
    let mut trial = Trial::new("damage", rounds);
    let sound = Sound::new(&mut trial.dice());
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for (round, mut dice) in trial.rounds() {
        let target = [Target::Store, Target::Store, Target::Index, Target::Index, Target::Models];
        let target =
            if dice.u32(..16) == 0 { Target::Rest } else { *dice.choice(&target).unwrap() };
        let (what, wrong, outcome) = sound.round(target, &mut dice);
        *told.entry(format!("{target:?}: {outcome}")).or_default() += 1;
        for wrong in wrong {
            trial.fail(round, format!("{what}: {wrong}"));
        }
    }
    println!("damage: {told:#?}");
    trial.end();
}

impl Sound {
    fn new(dice: &mut Rng) -> Self {
        let papers = Papers::new(dice, 6, &[ENCODER]);
        let (home, models) = (Home::new(), tempfile::tempdir().unwrap());
        for id in [ENCODER, GENERATOR] {
            copy(&directory_of_models().join(id), &models.path().join(id));
        }
        let (another, files) = papers.files.split_first().unwrap();
        home.yinju(&["encoders", "use", ENCODER]).done();
        home.yinju(&Papers::import(files, "Library")).done();
        home.yinju(&["ask", QUESTION, "--mode", "quotes"]).done();
        home.yinju(&["ask", "How long is the bridge?", "--mode", "quotes"]).done();
        home.yinju(&["words", "--library", "Library", "--add", "LLM = large language model"])
            .done();
        let seen = Seen::of(home.path()).unwrap();
        let find = |mode| (mode, papers::passages(home.path(), mode).unwrap());
        let passages = ["lexical", "dense"].map(find).into();
        let another = another.clone();
        Self { home, models, seen, passages, another, _papers: papers }
    }

    /// What was damaged, what is wrong, and how it ended.
    fn round(&self, target: Target, dice: &mut Rng) -> (String, Vec<String>, String) {
        let home = tempfile::tempdir().unwrap();
        copy(self.home.path(), home.path());
        let folder = if target == Target::Models { self.models.path() } else { home.path() };
        let files = files_of(target, folder);
        let file = dice.choice(&files).unwrap();
        let sound = fs::read(file).unwrap();
        let damage = dice.choice(DAMAGES).unwrap();
        harm(file, &sound, damage, dice);
        let name = file.strip_prefix(folder).unwrap().display();
        let what = format!("{damage:?} of {} bytes of {target:?} {name}", sound.len());
        let (wrong, outcome) = self.attend(home.path(), target);
        if target == Target::Models {
            fs::write(file, sound).unwrap();
        }
        (what, wrong, outcome)
    }

    /// Uses a damaged home as a person would.
    fn attend(&self, home: &Path, target: Target) -> (Vec<String>, String) {
        let mut wrong = Vec::new();
        let mut attended = |words: &[&str]| {
            let ended = self.yinju(home, words);
            wrong.extend(complaint(&ended));
            ended
        };
        let doctor = attended(&["doctor"]);
        let search = attended(&["search", QUESTION, "--top", "3"]);
        attended(&["ask", QUESTION, "--mode", "quotes"]);
        if target == Target::Models {
            let model = ["ask", QUESTION, "--max-tokens", "4", "--top", "1"];
            attended(&model);
            let verify = attended(&["models", "verify"]);
            if verify.is_done() && doctor.is_done() {
                wrong.push("neither `models verify` nor `doctor` finds it".to_owned());
            }
            return (wrong, told(&doctor));
        }
        let opens = search.status != Some(3) || doctor.status != Some(3);
        if !opens {
            // What cannot be opened is named, and stays named.
            attended(&["documents"]);
            return (wrong, format!("not opened: {}", doctor.code()));
        }
        wrong.extend(self.compare(home, target, doctor.is_done()));
        let another = self.another.to_str().unwrap();
        let further = [&["import", another][..], &["chats"], &["remove", another], &["doctor"]];
        for words in further {
            wrong.extend(complaint(&self.yinju(home, words)));
        }
        (wrong, told(&doctor))
    }

    /// Whatever is shown is what was there, unless `doctor` said that it is not. An index is made
    /// again whole.
    fn compare(&self, home: &Path, target: Target, is_well: bool) -> Vec<String> {
        if target == Target::Store && !is_well {
            return Vec::new();
        }
        let mut wrong = Vec::new();
        match Seen::of(home) {
            Ok(mut seen) => {
                // The question that was just asked.
                seen.chats.retain(|id, _| self.seen.chats.contains_key(id));
                if seen != self.seen {
                    wrong.push(format!("doctor is content, and there is {seen:?}"));
                }
            }
            Err(what) => wrong.push(format!("doctor is content, and {what}")),
        }
        for (mode, sound) in &self.passages {
            match papers::passages(home, mode) {
                Ok(found) if found == *sound => {}
                Ok(_) => wrong.push(format!("doctor is content, and {mode} finds something else")),
                Err(what) => wrong.push(format!("doctor is content, and {what}")),
            }
        }
        wrong
    }

    fn yinju(&self, home: &Path, words: &[&str]) -> Ended {
        let mut run = command(home, words);
        Started::of(run.env("YINJU_MODELS", self.models.path()), &words.join(" ")).end()
    }
}

/// How `doctor` took it.
fn told(doctor: &Ended) -> String {
    match doctor.status {
        Some(0) => "well".to_owned(),
        Some(1) => {
            let checks = doctor.last()["checks"].as_array().cloned().unwrap_or_default();
            let bad = checks.iter().filter(|check| check["ok"] != true);
            let names: Vec<_> = bad.map(|check| check["name"].to_string()).collect();
            format!("said: {}", names.join(", "))
        }
        _ => format!("not opened: {}", doctor.code()),
    }
}

fn files_of(target: Target, folder: &Path) -> Vec<PathBuf> {
    let all = files(folder);
    let is_of = |file: &PathBuf| {
        let name = file.strip_prefix(folder).unwrap_or(file);
        let is_store = name.to_string_lossy().starts_with("yinju.db");
        let is_index = name.starts_with("index");
        match target {
            Target::Store => is_store,
            Target::Index => is_index,
            Target::Rest => !is_store && !is_index,
            // Of a mark it counts that it is there, not what it says.
            Target::Models => !name.ends_with(".yinju-folder"),
        }
    };
    let of: Vec<_> = all.iter().filter(|file| is_of(file)).cloned().collect();
    if of.is_empty() { all } else { of }
}

/// Every file below a folder, in a steady order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Damages a file; what happens to leave it as it was is done again otherwise.
fn harm(file: &Path, sound: &[u8], damage: Damage, dice: &mut Rng) {
    let harmed = match damage {
        Damage::Gone => return fs::remove_file(file).unwrap(),
        damage => harmed(sound, damage, dice),
    };
    let harmed = if harmed == sound { noise(sound, dice) } else { harmed };
    fs::write(file, harmed).unwrap();
}

fn harmed(sound: &[u8], damage: Damage, dice: &mut Rng) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    let length = bytes.len();
    match damage {
        Damage::Flips if length > 0 => {
            for _ in 0..dice.usize(1..=16) {
                bytes[dice.usize(..length)] ^= dice.u8(1..);
            }
        }
        Damage::Zeros if length > 0 => {
            let start = dice.usize(..length);
            bytes[start..length.min(start + 4096)].fill(0);
        }
        Damage::Cut => bytes.truncate(dice.usize(..=length.saturating_sub(1))),
        Damage::Moved if length > 8192 => {
            let pages = length / 4096;
            let (from, to) = (dice.usize(..pages) * 4096, dice.usize(..pages) * 4096);
            bytes.copy_within(from..from + 4096, to);
        }
        Damage::Emptied => bytes.clear(),
        _ => return noise(sound, dice),
    }
    bytes
}

fn noise(sound: &[u8], dice: &mut Rng) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    if bytes.is_empty() {
        bytes.resize(64, 0);
    }
    let start = dice.usize(..bytes.len());
    let end = bytes.len().min(start + dice.usize(1..=64));
    bytes[start..end].iter_mut().for_each(|byte| *byte ^= dice.u8(1..));
    bytes
}
