//! `kill -9` at random moments of what changes a home: nothing lost, doubled or left over.

use super::Trial;
use super::papers::{self, Papers, name_of};
use super::program::{Ended, Started, complaint};
use super::seen::{Chat, Seen, unwell};
use crate::Home;
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

const ENCODERS: [&str; 2] = ["all-minilm-l6-v2", "multilingual-e5-small"];
const LIBRARIES: [&str; 2] = ["upper", "lower"];
const QUESTIONS: [&str; 3] = [
    "How is the kettle descaled?",
    "What is the quillwort of the river valve?",
    "How long is the bridge?",
];
/// Conversations at most; each is looked at after every kill.
const CHATS: usize = 3;
/// Every passage is compared so often.
const WHOLE_EVERY: u64 = 10;
/// What an operation is thought to take before it has been seen to end.
const GUESS: Duration = Duration::from_millis(1500);

/// Something that changes a home.
#[derive(Clone, Debug)]
enum Deed {
    Import {
        library: usize,
        files: Vec<PathBuf>,
    },
    Remove(String),
    RemoveLibrary(usize),
    Use(&'static str),
    Drop(&'static str),
    Ask {
        question: &'static str,
        chat: Option<u64>,
        model: bool,
        stream: bool,
    },
    Rename(u64, String),
    Pin(u64, bool),
    Branch(u64),
    RemoveChat(u64),
    /// Nothing but opening it, which mends what the last kill left.
    Open,
}

impl Deed {
    fn name(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Remove(_) => "remove",
            Self::RemoveLibrary(_) => "remove --library",
            Self::Use(_) => "encoders use",
            Self::Drop(_) => "encoders drop",
            Self::Ask { model: true, .. } => "ask",
            Self::Ask { .. } => "ask --mode quotes",
            Self::Rename(..) => "chats rename",
            Self::Pin(..) => "chats pin",
            Self::Branch(_) => "chats branch",
            Self::RemoveChat(_) => "chats remove",
            Self::Open => "libraries",
        }
    }

    fn words(&self) -> Vec<String> {
        let typed = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        match self {
            Self::Import { library, files } => typed(&Papers::import(files, LIBRARIES[*library])),
            Self::Remove(document) => typed(&["remove", document]),
            Self::RemoveLibrary(library) => typed(&["remove", "--library", LIBRARIES[*library]]),
            Self::Use(id) => typed(&["encoders", "use", id]),
            Self::Drop(id) => typed(&["encoders", "drop", id]),
            Self::Ask { question, chat, model, stream } => asked(question, *chat, *model, *stream),
            Self::Rename(chat, title) => typed(&["chats", "rename", &chat.to_string(), title]),
            Self::Pin(chat, pin) => {
                typed(&["chats", if *pin { "pin" } else { "unpin" }, &chat.to_string()])
            }
            Self::Branch(chat) => {
                typed(&["chats", "branch", &chat.to_string(), "--turns", "1", "And then?"])
            }
            Self::RemoveChat(chat) => typed(&["chats", "remove", &chat.to_string()]),
            Self::Open => typed(&["libraries"]),
        }
    }

    /// Words of removed documents are taken out of conversations.
    fn forgets(&self) -> bool {
        matches!(self, Self::Remove(_) | Self::RemoveLibrary(_))
    }

    /// The conversation it changes, if it is one that is there.
    fn chat(&self) -> Option<u64> {
        match self {
            Self::Ask { chat, .. } => *chat,
            Self::Rename(chat, _) | Self::Pin(chat, _) | Self::RemoveChat(chat) => Some(*chat),
            _ => None,
        }
    }
}

fn asked(question: &str, chat: Option<u64>, model: bool, stream: bool) -> Vec<String> {
    let mut words = vec!["ask".to_owned(), question.to_owned()];
    if model {
        let limits = ["--model", "smollm2-135m-instruct", "--max-tokens", "24", "--top", "2"];
        words.extend(limits.map(str::to_owned));
    } else {
        words.extend(["--mode", "quotes"].map(str::to_owned));
    }
    words.extend(chat.map(|chat| format!("--chat={chat}")));
    words.extend(stream.then(|| "--stream".to_owned()));
    words
}

/// A home under trial.
struct Subject {
    home: Home,
    papers: Papers,
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
    let papers = Papers::new(&mut trial.dice(), 18, ENCODERS[0]);
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
        let unwell = named_unwell(&home);
        let (pending, typical) = (BTreeSet::new(), BTreeMap::new());
        Self { home, papers, known, pending, typical, unwell }
    }

    fn anew(self) -> Self {
        Self { typical: self.typical, ..Self::new(self.papers) }
    }

    /// Does it, ends it at a moment, and looks: what is wrong, and whether it had to be ended.
    fn round(&mut self, deed: &Deed, whole: bool, dice: &mut Rng) -> (Vec<String>, bool) {
        let words = deed.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let typical = self.typical.get(deed.name()).copied().unwrap_or(GUESS);
        let started = Started::new(self.home.path(), &words);
        let group = started.id();
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
        wrong.extend(left_over(group));
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

    /// What is there now that must not be, or is not and must.
    fn compare(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = self.compare_documents(deed, ended, now);
        wrong.extend(self.compare_chats(deed, ended, now));
        let may_be = |id: &str| matches!(deed, Deed::Use(other) if *other == id);
        if now.encoder != self.known.encoder && !may_be(&now.encoder) {
            wrong.push(format!("the encoder was {}, now {}", self.known.encoder, now.encoder));
        }
        if let Deed::Use(id) = deed
            && ended.is_done()
            && now.encoder != *id
        {
            wrong.push(format!("{id} was reported to be in use"));
        }
        wrong
    }

    fn compare_documents(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        let reported = reported(ended);
        let ready: BTreeMap<_, _> = now.ready().collect();
        for (name, _) in self.known.ready() {
            let may_go = self.may_remove(deed, name);
            let is_there = now.documents.contains_key(name);
            if !(ready.contains_key(name) || may_go && !is_there) {
                wrong.push(format!("{name} was ready: {:?}", now.documents.get(name)));
            }
            if may_go && ended.is_done() && is_there {
                wrong.push(format!("{name} was reported removed"));
            }
        }
        for name in reported.iter().filter(|name| !ready.contains_key(name)) {
            wrong.push(format!("{name} was reported done: {:?}", now.documents.get(name)));
        }
        for (name, (status, _)) in &now.documents {
            let is_meant = self.known.documents.contains_key(name)
                || self.pending.contains(name)
                || matches!(deed, Deed::Import { files, .. }
                    if files.iter().any(|file| name_of(file.to_str().unwrap()) == *name));
            if !is_meant || matches!(status.as_str(), "failed" | "no_text") {
                wrong.push(format!("{name} is {status}"));
            }
        }
        for (name, count) in ready {
            if self.papers.counts.get(name) != Some(&count) {
                let calm = self.papers.counts.get(name);
                wrong.push(format!("{name} has {count} passages, undisturbed {calm:?}"));
            }
        }
        wrong
    }

    fn may_remove(&self, deed: &Deed, name: &str) -> bool {
        match deed {
            Deed::Remove(document) => name_of(document) == name,
            Deed::RemoveLibrary(library) => self.library_of(name) == *library,
            _ => false,
        }
    }

    fn compare_chats(&self, deed: &Deed, ended: &Ended, now: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        for (id, before) in &self.known.chats {
            let after = now.chats.get(id);
            let is_same = after == Some(before);
            if deed.chat() != Some(*id) && !is_same && !deed.forgets() {
                wrong.push(format!("conversation {id} was {before:?}, is {after:?}"));
            } else if deed.chat() == Some(*id) && !is_same && !became(deed, before, after) {
                wrong.push(format!("conversation {id} was {before:?}, became {after:?}"));
            }
        }
        let new: Vec<_> =
            now.chats.iter().filter(|(id, _)| !self.known.chats.contains_key(id)).collect();
        let may_begin = matches!(deed, Deed::Ask { chat: None, .. } | Deed::Branch(_));
        if new.len() > usize::from(may_begin) {
            wrong.push(format!("new conversations: {new:?}"));
        }
        wrong.extend(kept_answer(ended, now));
        wrong
    }

    /// Every passage of every document that is ready is found once by both arms, with its text.
    fn compare_passages(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for mode in ["lexical", "dense"] {
            match papers::passages(self.home.path(), mode) {
                Ok(found) => {
                    let calm = &self.papers.passages;
                    for (name, _) in self.known.ready().filter(|(name, _)| calm.contains_key(*name))
                    {
                        if found.get(name) != calm.get(name) {
                            wrong.push(format!("{mode} does not find {name} as undisturbed"));
                        }
                    }
                    let gone =
                        found.keys().filter(|name| !self.known.documents.contains_key(*name));
                    wrong.extend(gone.map(|name| format!("{mode} finds {name}, which is gone")));
                }
                Err(what) => wrong.push(what),
            }
        }
        wrong
    }

    /// Lets everything end: all is as if nothing had ever been ended.
    fn end(mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (library, name) in LIBRARIES.iter().enumerate() {
            let import = self.home.yinju(&Papers::import(&self.files_of(library), name));
            if import.status != 0 {
                wrong.push(format!("the last import: {}", import.words));
            }
        }
        match self.look() {
            Ok(now) => self.known = now,
            Err(what) => return vec![what],
        }
        let counts: BTreeMap<_, _> =
            self.known.ready().map(|(n, count)| (n.clone(), count)).collect();
        if counts != self.papers.counts {
            wrong.push(format!("at the end {counts:?}, undisturbed {:?}", self.papers.counts));
        }
        wrong.extend(self.compare_passages());
        wrong
    }

    fn choose(&self, dice: &mut Rng) -> Deed {
        let chat = || self.known.chats.keys().copied().max();
        let document = self.known.documents.keys().nth(dice.usize(..=self.known.documents.len()));
        loop {
            let deed = match dice.u32(..20) {
                0..7 => Some(self.choose_import(dice)),
                7..9 => document.map(|name| Deed::Remove(self.path_of(name))),
                9 if self.known.documents.len() > 12 => Some(self.choose_library(dice)),
                10..12 => Some(Deed::Use(ENCODERS[usize::from(self.known.encoder == ENCODERS[0])])),
                12 => Some(Deed::Drop(ENCODERS[usize::from(self.known.encoder == ENCODERS[0])])),
                13..16 => Some(self.choose_ask(dice)),
                16 => chat().map(|chat| Deed::Rename(chat, format!("name {}", dice.u32(..)))),
                17 => chat().map(|chat| self.choose_chat_deed(chat, dice)),
                18 if self.known.chats.len() > CHATS => chat().map(Deed::RemoveChat),
                19 => Some(Deed::Open),
                _ => None,
            };
            if let Some(deed) = deed {
                return deed;
            }
        }
    }

    fn choose_import(&self, dice: &mut Rng) -> Deed {
        let library = dice.usize(..LIBRARIES.len());
        let files = dice.choose_multiple(self.files_of(library), 4);
        Deed::Import { library, files }
    }

    fn choose_library(&self, dice: &mut Rng) -> Deed {
        let name = dice.choice(self.known.documents.keys()).unwrap();
        Deed::RemoveLibrary(self.library_of(name))
    }

    fn choose_ask(&self, dice: &mut Rng) -> Deed {
        let question = QUESTIONS[dice.usize(..QUESTIONS.len())];
        let is_full = self.known.chats.len() > CHATS;
        let chat = self.known.chats.keys().copied().max().filter(|_| is_full || dice.bool());
        Deed::Ask { question, chat, model: dice.u32(..3) == 0, stream: dice.bool() }
    }

    fn choose_chat_deed(&self, chat: u64, dice: &mut Rng) -> Deed {
        let pinned = self.known.chats[&chat].pinned;
        match dice.u32(..3) {
            0 if self.known.chats.len() <= CHATS => Deed::Branch(chat),
            1 => Deed::RemoveChat(chat),
            _ => Deed::Pin(chat, !pinned),
        }
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

/// What a deed may make of a conversation.
fn became(deed: &Deed, before: &Chat, after: Option<&Chat>) -> bool {
    match (deed, after) {
        (Deed::RemoveChat(_), after) => after.is_none(),
        (Deed::Rename(_, title), Some(after)) => {
            *after == Chat { title: title.clone(), ..before.clone() }
        }
        (Deed::Pin(_, pin), Some(after)) => *after == Chat { pinned: *pin, ..before.clone() },
        (Deed::Ask { question, .. }, Some(after)) => {
            let (last, others) = after.turns.split_last().unwrap();
            others == before.turns && last.0 == *question
        }
        _ => false,
    }
}

/// Files that an import said were searchable.
fn reported(ended: &Ended) -> BTreeSet<String> {
    let done = |stage: &str| matches!(stage, "done" | "unchanged");
    let objects = ended.objects.iter();
    objects
        .filter(|object| object["stage"].as_str().is_some_and(done))
        .map(|object| name_of(object["path"].as_str().unwrap_or_default()))
        .collect()
}

/// An answer that was given with its conversation stands in it.
fn kept_answer(ended: &Ended, now: &Seen) -> Option<String> {
    let answer = ended.objects.iter().rfind(|object| object["chat"].is_string())?;
    let id: u64 = answer["chat"].as_str()?.parse().ok()?;
    let text = answer["answer"].as_str()?;
    let kept = now.chats.get(&id).and_then(|chat| chat.turns.last());
    (kept.map(|(_, kept)| kept.as_str()) != Some(text))
        .then(|| format!("the answer of conversation {id} was given and is {kept:?}"))
}

fn named_unwell(home: &Home) -> Vec<String> {
    let doctor = home.yinju(&["doctor"]);
    let checks = doctor.last()["checks"].as_array().cloned().unwrap_or_default();
    let bad = checks.iter().filter(|check| check["ok"] != true);
    bad.map(|check| check["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Processes of a group that is over, after a moment to end in.
#[cfg(target_os = "linux")]
fn left_over(group: u32) -> Option<String> {
    let end = std::time::Instant::now() + Duration::from_secs(5);
    loop {
        let left = processes_of(group);
        if left.is_empty() {
            return None;
        }
        if std::time::Instant::now() > end {
            return Some(format!("processes are left: {left:?}"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// By `/proc/PID/stat`: number, name in brackets, state, parent, group.
#[cfg(target_os = "linux")]
fn processes_of(group: u32) -> Vec<String> {
    let stats = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    let is_of = |stat: &String| {
        let after = stat.rsplit_once(')').map(|(_, after)| after.split_whitespace());
        let mut fields = after.into_iter().flatten();
        fields.next() != Some("Z") && fields.nth(1) == Some(group.to_string().as_str())
    };
    stats.filter(is_of).collect()
}

#[cfg(not(target_os = "linux"))]
fn left_over(_: u32) -> Option<String> {
    None
}
