//! `kill -9` at random moments of what changes a home: nothing lost, doubled or left over.

mod choose;
mod compare;
mod deed;

use super::Trial;
#[cfg(target_os = "linux")]
use super::left_over::left_over;
use super::papers::{Papers, name_of};
use super::program::{Ended, Started, complaint};
use super::seen::{Seen, no_strays, unwell, unwell_anywhere};
use crate::Home;
use deed::{Deed, ENCODERS, LIBRARIES};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

/// Every passage is compared so often.
const WHOLE_EVERY: u64 = 10;
/// What an operation is thought to take before it has been seen to end.
const GUESS: Duration = Duration::from_millis(1500);

/// A home under trial.
struct Subject {
    home: Home,
    papers: Papers,
    /// Where temporary files go; nothing else is there.
    temporary: tempfile::TempDir,
    /// What was there when it was last looked at.
    known: Seen,
    /// Files of imports that were ended: the next import goes on with them.
    pending: BTreeSet<String>,
    /// How long each deed was seen to take.
    typical: BTreeMap<&'static str, Duration>,
    /// What `doctor` says of any home of this machine.
    unwell: Vec<String>,
}

/// Runs the trial.
pub fn run(rounds: u64) {
    let mut trial = Trial::new("kill", rounds);
    let papers = Papers::new(&mut trial.dice(), 18, &ENCODERS);
    let mut subject = Subject::new(papers);
    let mut kills: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (round, mut dice) in trial.rounds() {
        let deed = subject.choose(&mut dice);
        let (wrong, killed) = subject.round(&deed, round % WHOLE_EVERY == 0, &mut dice);
        *kills.entry(deed.name()).or_default() += u64::from(killed);
        if !wrong.is_empty() {
            for wrong in wrong {
                trial.fail(round, format!("{deed:?}: {wrong}"));
            }
            // What follows from a failure is not counted again.
            subject = subject.anew();
        }
    }
    for wrong in subject.end() {
        trial.fail(u64::MAX, wrong);
    }
    println!("kill: {} kills: {kills:?}", kills.values().sum::<u64>());
    trial.end();
}

impl Subject {
    fn new(papers: Papers) -> Self {
        let home = Home::new();
        home.yinju(&["encoders", "use", ENCODERS[0]]).done();
        let known = Seen::of(home.path()).unwrap();
        let unwell = unwell_anywhere(&home);
        let temporary = tempfile::tempdir().unwrap();
        let (pending, typical) = (BTreeSet::new(), BTreeMap::new());
        Self { home, papers, temporary, known, pending, typical, unwell }
    }

    fn anew(self) -> Self {
        Self { typical: self.typical, ..Self::new(self.papers) }
    }

    /// Does it, ends it at a moment, and looks: what is wrong, and whether it had to be ended.
    fn round(&mut self, deed: &Deed, whole: bool, dice: &mut Rng) -> (Vec<String>, bool) {
        let words = deed.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let typical = self.typical.get(deed.name()).copied().unwrap_or(GUESS);
        let mut run = self.home.command(&words);
        let started = Started::of(run.env("TMPDIR", self.temporary.path()), &words.join(" "));
        let (ended, killed) = started.killed_after(typical.mul_f64(dice.f64() * 1.05));
        if !killed {
            self.typical.insert(deed.name(), ended.took);
        }
        let mut wrong: Vec<String> = Vec::new();
        if !killed {
            wrong.extend(complaint(&ended));
            // A removal may meet what an ended one had taken out already; nothing else may fail.
            if !ended.is_done() {
                wrong.push(format!("`{}`: {} {}", ended.words, ended.code(), ended.said.trim()));
            }
        }
        #[cfg(target_os = "linux")]
        wrong.extend(left_over(ended.group));
        match self.look() {
            Ok(now) => {
                wrong.extend(self.compare(deed, &ended, &now));
                self.remember(deed, &ended, now);
                if whole {
                    wrong.extend(self.compare_passages());
                }
            }
            Err(what) => wrong.push(what),
        }
        (wrong, killed)
    }

    fn look(&self) -> Result<Seen, String> {
        let unwell = unwell(self.home.path(), &self.unwell)?;
        if !unwell.is_empty() {
            return Err(format!("doctor: {}", unwell.join("; ")));
        }
        no_strays(self.temporary.path(), self.home.path())?;
        Seen::of(self.home.path())
    }

    fn remember(&mut self, deed: &Deed, ended: &Ended, now: Seen) {
        if let Deed::Import { files, .. } = deed {
            if ended.is_done() {
                self.pending.clear();
            } else {
                self.pending.extend(files.iter().map(|file| name_of(file.to_str().unwrap())));
            }
        }
        self.known = now;
    }

    /// Lets everything end: all is as if nothing had ever been ended.
    fn end(mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (library, name) in LIBRARIES.iter().enumerate() {
            let again = || self.home.yinju(&Papers::import(&self.files_of(library), name));
            // A file that two kills happened to meet is set aside, and asks to be imported again.
            let import = Some(again()).filter(|import| import.status == 0).unwrap_or_else(again);
            if import.status != 0 {
                wrong.push(format!("the last import: {}", import.words));
            }
        }
        match self.look() {
            Ok(now) => self.known = now,
            Err(what) => return vec![what],
        }
        let ready = self.known.ready().filter(|(name, n)| self.papers.may_have(name, *n)).count();
        if ready != self.papers.files.len() || ready != self.known.documents.len() {
            wrong.push(format!("at the end there is {:?}", self.known.documents));
        }
        wrong.extend(self.compare_passages());
        wrong
    }

    /// Each file belongs to one library.
    fn files_of(&self, library: usize) -> Vec<PathBuf> {
        let files = self.papers.files.iter();
        files.enumerate().filter(|(n, _)| n % 2 == library).map(|(_, f)| f.clone()).collect()
    }

    fn library_of(&self, name: &str) -> usize {
        self.papers.files.iter().position(|f| f.ends_with(name)).unwrap_or_default() % 2
    }

    fn path_of(&self, name: &str) -> String {
        let file = self.papers.files.iter().find(|file| file.ends_with(name));
        file.map(|file| file.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}
