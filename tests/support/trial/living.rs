//! `kill -9` at random moments of what a living library does: a folder whose files change is followed, and a
//! library is carried out and in.

use super::Trial;
#[cfg(target_os = "linux")]
use super::left_over::left_over;
use super::papers::{WORD, name_of};
use super::program::{Ended, Started, complaint, say};
use super::seen::{list, no_strays, unwell, unwell_anywhere};
use crate::Home;
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const FOLLOWED: &str = "followed";
const CARRIED: &str = "carried";
/// What a carried conversation is called.
const QUESTION: &str = "How long is the warranty?";
/// Paragraphs of every file, each more than half a passage.
const PARAGRAPHS: usize = 4;
/// Files of the folder at most.
const FILES: usize = 10;
/// What an operation is thought to take before it has been seen to end.
const GUESS: Duration = Duration::from_millis(1500);

/// Something that is done to the home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Look,
    Ask,
    Review,
    CarryOut,
    CarryIn,
    Drop,
}

/// A home under trial.
struct Subject {
    home: Home,
    /// The folder that is followed, and what stands in its files: the edition of each name.
    folder: tempfile::TempDir,
    editions: BTreeMap<String, u32>,
    /// Every edition there ever was.
    last: u32,
    /// Where temporary files go, and where libraries are carried out to.
    temporary: tempfile::TempDir,
    out: tempfile::TempDir,
    /// A library to be carried in, with one conversation.
    bundle: PathBuf,
    /// How many documents it holds, and how often it came whole.
    bundled: usize,
    came: usize,
    typical: BTreeMap<Deed, Duration>,
    unwell: Vec<String>,
}

/// Runs the trial.
pub fn run(rounds: u64) {
    let mut trial = Trial::new("living", rounds);
    let mut subject = Subject::new();
    let mut kills: BTreeMap<Deed, u64> = BTreeMap::new();
    for (round, mut dice) in trial.rounds() {
        subject.change(&mut dice);
        let deed = choose(&mut dice);
        let (wrong, killed) = subject.round(deed, &mut dice);
        *kills.entry(deed).or_default() += u64::from(killed);
        let failed = !wrong.is_empty();
        for wrong in wrong {
            trial.fail(round, format!("{deed:?}: {wrong}"));
        }
        if failed {
            // What follows from a failure is not counted again.
            subject = Subject::new();
        }
    }
    for wrong in subject.end() {
        trial.fail(u64::MAX, wrong);
    }
    println!("living: {} kills: {kills:?}", kills.values().sum::<u64>());
    trial.end();
}

impl Subject {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (temporary, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let bundle = out.path().join("bundle.yinju");
        let elsewhere = Home::new();
        let samples = crate::root().join("assets/samples");
        let file = |name: &str| samples.join(name).to_str().unwrap().to_owned();
        let files =
            ["kettle-manual-en.pdf", "bridge-paper-en.pdf", "tea-handbook-zh.pdf"].map(file);
        let import = ["import", "--library", CARRIED, &files[0], &files[1], &files[2]];
        elsewhere.yinju(&import).done();
        elsewhere.yinju(&["ask", QUESTION, "--mode", "quotes", "--library", CARRIED]).done();
        let to = bundle.to_str().unwrap();
        elsewhere.yinju(&["libraries", "export", CARRIED, "-o", to, "--originals"]).done();
        let home = Home::new();
        let unwell = unwell_anywhere(&home);
        let path = folder.path().to_str().unwrap();
        home.yinju(&["watch", "add", path, "--library", FOLLOWED]).done();
        let (editions, typical) = (BTreeMap::new(), BTreeMap::new());
        let mut subject = Self {
            home,
            folder,
            editions,
            last: 0,
            temporary,
            out,
            bundle,
            bundled: files.len(),
            came: 0,
            typical,
            unwell,
        };
        for _ in 0..4 {
            subject.write(None);
        }
        subject
    }

    /// What a person does to the folder meanwhile.
    fn change(&mut self, dice: &mut Rng) {
        for _ in 0..dice.usize(..4) {
            let name = dice.choice(self.editions.keys()).cloned();
            match (dice.u32(..4), name) {
                (0, _) if self.editions.len() < FILES => self.write(None),
                (1, Some(name)) if self.editions.len() > 2 => {
                    fs::remove_file(self.folder.path().join(&name)).unwrap();
                    self.editions.remove(&name);
                }
                (2, Some(name)) => {
                    let to = format!("moved-{}.md", dice.u32(..));
                    let at = |name: &str| self.folder.path().join(name);
                    fs::rename(at(&name), at(&to)).unwrap();
                    let edition = self.editions.remove(&name).unwrap_or_default();
                    self.editions.insert(to, edition);
                }
                (_, name) => self.write(name),
            }
        }
    }

    /// A file of a new edition, as editors save: beside, then in its place.
    fn write(&mut self, name: Option<String>) {
        self.last += 1;
        let name = name.unwrap_or_else(|| format!("file-{}.md", self.last));
        let unfinished = self.out.path().join("unfinished");
        fs::write(&unfinished, text(self.last)).unwrap();
        fs::rename(&unfinished, self.folder.path().join(&name)).unwrap();
        self.editions.insert(name, self.last);
    }

    fn words(&self, deed: Deed) -> Vec<String> {
        let out = self.out.path().join("out.yinju");
        let originals = self.out.path().join("originals");
        let (bundle, out) = (self.bundle.to_str().unwrap(), out.to_str().unwrap());
        let words: &[&str] = match deed {
            Deed::Look => &["watch", "run", "--once"],
            Deed::Ask => &["ask", "What is the quillwort?", "--mode", "quotes"],
            Deed::Review => &["review"],
            Deed::CarryOut => &["libraries", "export", FOLLOWED, "-o", out, "--originals"],
            Deed::CarryIn => {
                &["libraries", "import", bundle, "--originals", originals.to_str().unwrap()]
            }
            Deed::Drop => &["remove", "--library", CARRIED],
        };
        words.iter().map(|&word| word.to_owned()).collect()
    }

    /// Does it, ends it at a moment, and looks: what is wrong, and whether it had to be ended.
    fn round(&mut self, deed: Deed, dice: &mut Rng) -> (Vec<String>, bool) {
        let words = self.words(deed);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let typical = self.typical.get(&deed).copied().unwrap_or(GUESS);
        let mut run = self.home.command(&words);
        let started = Started::of(run.env("TMPDIR", self.temporary.path()), &words.join(" "));
        let (ended, killed) = started.killed_after(typical.mul_f64(dice.f64() * 1.05));
        let mut wrong = Vec::new();
        if !killed {
            self.typical.insert(deed, ended.took);
            wrong.extend(refused(deed, &ended));
        }
        #[cfg(target_os = "linux")]
        wrong.extend(left_over(ended.group));
        // A file under way beside the one asked for is all that a kill may leave there.
        for file in fs::read_dir(self.out.path()).unwrap().flatten() {
            if file.file_name().to_string_lossy().starts_with(".yinju-") {
                fs::remove_file(file.path()).unwrap();
            }
        }
        if let Err(what) = self.look(deed, &ended) {
            wrong.push(what);
        }
        (wrong, killed)
    }

    fn look(&mut self, deed: Deed, ended: &Ended) -> Result<(), String> {
        let home = self.home.path();
        let unwell = unwell(home, &self.unwell)?;
        if !unwell.is_empty() {
            return Err(format!("doctor: {}", unwell.join("; ")));
        }
        no_strays(self.temporary.path(), home)?;
        self.look_at_editions()?;
        if deed == Deed::Look && matches!(ended.status, Some(0 | 1)) {
            self.look_at_folder()?;
        }
        if deed == Deed::CarryOut && ended.is_done() {
            whole(&self.out.path().join("out.yinju"))?;
        }
        self.look_at_carried(deed, ended)
    }

    /// No document is there twice or has failed, and none is found by words of two editions.
    fn look_at_editions(&self) -> Result<(), String> {
        let mut paths = BTreeSet::new();
        for document in self.documents(FOLLOWED)? {
            let (name, status) = (document["path"].to_string(), &document["status"]);
            // One that was half read when its file went has nothing to be read from.
            let is_there = self.editions.contains_key(&name_of(document["path"].as_str().unwrap()));
            if *status == "no_text" || *status == "failed" && is_there {
                return Err(format!("{name} is {status}: {}", document["problem"]));
            }
            if !paths.insert(name.clone()) {
                return Err(format!("{name} is there twice"));
            }
        }
        for (name, tags) in self.found()? {
            let editions: BTreeSet<&str> =
                tags.iter().filter_map(|tag| Some(tag.split_once('-')?.0)).collect();
            if editions.len() > 1 {
                return Err(format!("{name} is found as {tags:?}"));
            }
        }
        Ok(())
    }

    /// What stands in the folder is what is found.
    fn look_at_folder(&self) -> Result<(), String> {
        let found = self.found()?;
        for (name, edition) in &self.editions {
            let all: BTreeSet<String> = (0..PARAGRAPHS).map(|n| format!("{edition}-{n}")).collect();
            if found.get(name) != Some(&all) {
                let found = found.get(name);
                return Err(format!("{name} is edition {edition} and is found as {found:?}"));
            }
        }
        Ok(())
    }

    /// The tags of the paragraphs that are found, by file.
    fn found(&self) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
        let words = ["search", WORD, "--mode", "lexical", "--rerank", "off", "--top", "1000"];
        let run = say(self.home.path(), &[&words[..], &["--library", FOLLOWED]].concat());
        if let Some(wrong) = complaint(&run) {
            return Err(wrong);
        }
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for hit in run.last()["hits"].as_array().into_iter().flatten() {
            let name = name_of(hit["document"]["path"].as_str().unwrap_or_default());
            let text = hit["text"].as_str().unwrap_or_default();
            let tags = text.split("tag ").skip(1).filter_map(|rest| rest.split('.').next());
            found.entry(name).or_default().extend(tags.map(ToOwned::to_owned));
        }
        Ok(found)
    }

    /// A carried library comes with its conversation, once, and is whole once that is there.
    fn look_at_carried(&mut self, deed: Deed, ended: &Ended) -> Result<(), String> {
        let chats = list(self.home.path(), &["chats"], "chats")?;
        let came = chats.iter().filter(|chat| chat["title"] == QUESTION).count();
        let documents = self.documents(CARRIED).unwrap_or_default();
        let is_new = came > self.came;
        if came < self.came || came > self.came + usize::from(deed == Deed::CarryIn) {
            return Err(format!("{came} conversations came, {} before", self.came));
        }
        self.came = came;
        if documents.len() > self.bundled || is_new && documents.len() < self.bundled {
            return Err(format!("{} documents came with {came} conversations", documents.len()));
        }
        if deed == Deed::CarryIn && ended.is_done() && !is_new {
            return Err("what came is not whole".to_owned());
        }
        Ok(())
    }

    fn documents(&self, library: &str) -> Result<Vec<serde_json::Value>, String> {
        list(self.home.path(), &["documents", "--library", library], "documents")
    }

    /// Lets everything end.
    fn end(mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for deed in [Deed::Look, Deed::CarryIn, Deed::Look] {
            let words = self.words(deed);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ended = say(self.home.path(), &words);
            wrong.extend(refused(deed, &ended));
            wrong.extend(self.look(deed, &ended).err());
        }
        wrong
    }
}

fn choose(dice: &mut Rng) -> Deed {
    match dice.u32(..12) {
        0..5 => Deed::Look,
        5 => Deed::Ask,
        6 => Deed::Review,
        7 | 8 => Deed::CarryOut,
        9 | 10 => Deed::CarryIn,
        _ => Deed::Drop,
    }
}

/// Why a deed that was let end did not do what it had to. A library that is there already is not carried in
/// once more, and one that is not there cannot be removed.
fn refused(deed: Deed, ended: &Ended) -> Option<String> {
    let may_be = match deed {
        Deed::CarryIn => ended.code() == "bad_usage",
        Deed::Drop => ended.code() == "library_not_found",
        // What was half read when its file went is told of.
        Deed::Look => ended.status == Some(1),
        _ => false,
    };
    let what = || format!("`{}`: {} {}", ended.words, ended.code(), ended.said.trim());
    if may_be { None } else { complaint(ended).or_else(|| (!ended.is_done()).then(what)) }
}

/// A file that a library was carried out to is carried in elsewhere, nothing damaged.
fn whole(file: &Path) -> Result<(), String> {
    let home = Home::new();
    let run = home.yinju(&["libraries", "import", file.to_str().unwrap()]);
    let is_whole = run.status == 0 && run.last()["failed"].as_array().is_some_and(Vec::is_empty);
    is_whole.then_some(()).ok_or_else(|| format!("what was carried out: {:?}", run.last()))
}

/// Paragraphs that tell their edition.
fn text(edition: u32) -> String {
    let mut text = format!("# Edition {edition}\n\n");
    for n in 0..PARAGRAPHS {
        let filler = format!("Line {n} of what is written here goes on for a while. ").repeat(9);
        let _ = write!(text, "The {WORD} has the tag {edition}-{n}. {filler}\n\n");
    }
    text
}
