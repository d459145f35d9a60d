//! A disk that is full, or nearly: what was kept stays, reading, removing and exporting work, the
//! cause is told, and with space again everything goes on.

use super::Trial;
use super::papers::{self, Papers, name_of};
use super::program::{Ended, complaint, say};
use super::seen::{Seen, unwell};
use crate::Home;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENCODER: &str = "all-minilm-l6-v2";
/// The disk's size in mebibytes: a home, what an import adds to it, and what the filler takes.
const DISK: u32 = 192;

/// What is done on a full disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Search,
    Documents,
    Doctor,
    Export,
    Remove,
    RemoveLibrary,
    Import,
    Ask,
    AskModel,
    Rename,
    Use,
    ExportHere,
}

const DEEDS: [Deed; 12] = [
    Deed::Search,
    Deed::Documents,
    Deed::Doctor,
    Deed::Export,
    Deed::Remove,
    Deed::RemoveLibrary,
    Deed::Import,
    Deed::Ask,
    Deed::AskModel,
    Deed::Rename,
    Deed::Use,
    Deed::ExportHere,
];

impl Deed {
    /// Whether it works however full the disk is.
    fn always_works(self) -> bool {
        let reads = matches!(self, Self::Search | Self::Documents | Self::Doctor | Self::Export);
        reads || matches!(self, Self::Remove | Self::RemoveLibrary)
    }
}

/// A home on a disk that only this test sees.
struct Full {
    disk: tempfile::TempDir,
    /// As it was before anything was full.
    sound: Home,
    seen: Seen,
    papers: Papers,
}

/// Runs the trial; inside.
pub fn run(rounds: u64) {
    let mut trial = Trial::new("full disk", rounds);
    let full = Full::new(&mut trial.dice());
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    for (round, mut dice) in trial.rounds() {
        let deed = DEEDS[round as usize % DEEDS.len()];
        let most = dice.choice([0, 14, 17, 20, 23]).unwrap();
        let free = dice.u64(..1 << most);
        let (wrong, outcome) = full.round(deed, free);
        *told.entry(format!("{deed:?}: {outcome}")).or_default() += 1;
        for wrong in wrong {
            trial.fail(round, format!("{deed:?}, {free} bytes free: {wrong}"));
        }
    }
    println!("full disk: {told:#?}");
    full.unmount();
    trial.end();
}

impl Full {
    fn new(dice: &mut Rng) -> Self {
        let papers = Papers::new(dice, 6, &[ENCODER]);
        let (sound, disk) = (Home::new(), tempfile::tempdir().unwrap());
        let size = format!("size={DISK}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(disk.path())
            .status();
        assert!(mounted.unwrap().success(), "no disk of its own");
        sound.yinju(&["encoders", "use", ENCODER]).done();
        let half = papers.files.len() / 2;
        sound.yinju(&Papers::import(&papers.files[..half], "Library")).done();
        for question in ["How is the kettle descaled?", "What is the quillwort of the river?"] {
            sound.yinju(&["ask", question, "--mode", "quotes"]).done();
        }
        let seen = Seen::of(sound.path()).unwrap();
        Self { disk, sound, seen, papers }
    }

    fn unmount(&self) {
        let _ = Command::new("umount").arg(self.disk.path()).status();
    }

    /// Does it with so many bytes free: what is wrong, and how it ended.
    fn round(&self, deed: Deed, free: u64) -> (Vec<String>, String) {
        let home = self.home();
        let filler = self.fill(free);
        let ended = self.carry_out(deed, &home);
        let mut wrong: Vec<String> = complaint(&ended).into_iter().collect();
        if deed.always_works() && !ended.is_done() {
            wrong.push(format!("{} {}", ended.code(), ended.said.trim()));
        }
        if !ended.is_done() && !names_the_disk(&ended) {
            wrong.push(format!("the cause is not told: {} {}", ended.code(), ended.said.trim()));
        }
        wrong.extend(self.look(deed, &ended, &home).err());
        fs::remove_file(filler).unwrap();
        wrong.extend(self.go_on(deed, &home).err());
        let outcome = if ended.is_done() { "done" } else { "disk_full" };
        (wrong, outcome.to_owned())
    }

    /// The sound home, copied to the disk.
    #[expect(clippy::disallowed_methods, reason = "on a disk made for the trial")]
    fn home(&self) -> PathBuf {
        let home = self.disk.path().join("home");
        let _ = fs::remove_dir_all(&home);
        // Its files have holes, which would fill the disk were they copied as zeros.
        let mut copy = Command::new("cp");
        copy.args(["-r", "--sparse=always"]).arg(self.sound.path()).arg(&home);
        assert!(copy.status().unwrap().success(), "the home is not copied");
        home
    }

    /// Takes all of the disk but so many bytes.
    fn fill(&self, free: u64) -> PathBuf {
        let path = self.disk.path().join("filler");
        let mut filler = File::create(&path).unwrap();
        for block in [1 << 20, 1 << 12] {
            let zeros = vec![0; block];
            while filler.write_all(&zeros).is_ok() {}
        }
        let length = filler.metadata().unwrap().len();
        filler.set_len(length.saturating_sub(free)).unwrap();
        path
    }

    fn carry_out(&self, deed: Deed, home: &Path) -> Ended {
        let half = self.papers.files.len() / 2;
        let first = self.papers.files[0].to_str().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let out = elsewhere.path().join("chat.json");
        let here = self.disk.path().join("chat.json");
        let question = "What is the quillwort of the valve?";
        let words: Vec<&str> = match deed {
            Deed::Search => vec!["search", question],
            Deed::Documents => vec!["documents"],
            Deed::Doctor => vec!["doctor"],
            Deed::Export => vec!["export", "1", "--format", "json", "-o", out.to_str().unwrap()],
            Deed::ExportHere => {
                vec!["export", "1", "--format", "json", "-o", here.to_str().unwrap()]
            }
            Deed::Remove => vec!["remove", first],
            Deed::RemoveLibrary => vec!["remove", "--library", "Library"],
            Deed::Import => Papers::import(&self.papers.files[half..], "Library"),
            Deed::Ask => vec!["ask", question, "--mode", "quotes"],
            Deed::AskModel => {
                let model = ["--model", "smollm2-135m-instruct", "--max-tokens", "16"];
                [&["ask", question][..], &model].concat()
            }
            Deed::Rename => vec!["chats", "rename", "1", "another name"],
            Deed::Use => vec!["encoders", "use", "multilingual-e5-small"],
        };
        say(home, &words)
    }

    /// Nothing that was kept is lost, looked at while the disk is still full.
    fn look(&self, deed: Deed, ended: &Ended, home: &Path) -> Result<(), String> {
        let now = Seen::of(home)?;
        let ready: BTreeMap<_, _> = now.ready().collect();
        for (name, passages) in self.seen.ready() {
            let is_removed = deed == Deed::RemoveLibrary
                || deed == Deed::Remove && self.papers.files[0].ends_with(name);
            if is_removed && ended.is_done() && now.documents.contains_key(name) {
                return Err(format!("{name} was reported removed"));
            }
            if !is_removed && ready.get(name) != Some(&passages) {
                return Err(format!("{name} was ready: {:?}", now.documents.get(name)));
            }
        }
        for object in ended.objects.iter().filter(|object| object["stage"] == "done") {
            let name = name_of(object["path"].as_str().unwrap_or_default());
            if !ready.contains_key(&name) {
                return Err(format!("{name} was reported done"));
            }
        }
        let forgets = matches!(deed, Deed::Remove | Deed::RemoveLibrary);
        for (id, chat) in &self.seen.chats {
            let after = now.chats.get(id);
            let same = after.is_some_and(|after| after.turns == chat.turns);
            if after.is_none() || !same && !forgets {
                return Err(format!("conversation {id} was {chat:?}, is {after:?}"));
            }
        }
        Ok(())
    }

    /// With space again everything ends as if there had always been some.
    fn go_on(&self, deed: Deed, home: &Path) -> Result<(), String> {
        if deed == Deed::Use {
            say(home, &["encoders", "use", ENCODER]);
        }
        let import = say(home, &Papers::import(&self.papers.files, "Library"));
        if let Some(wrong) = complaint(&import) {
            return Err(wrong);
        }
        if !import.is_done() {
            return Err(format!("with space again: {} {}", import.code(), import.said.trim()));
        }
        let unwell = unwell(home, &[])?;
        if !unwell.is_empty() {
            return Err(format!("with space again: {}", unwell.join("; ")));
        }
        for mode in ["lexical", "dense"] {
            if papers::passages(home, mode)? != self.papers.calm[0].passages {
                return Err(format!("with space again {mode} does not find all as undisturbed"));
            }
        }
        Ok(())
    }
}

/// Whether a person is told that the disk is full.
fn names_the_disk(ended: &Ended) -> bool {
    ended.objects.iter().any(|object| object["error"]["code"] == "disk_full")
}
