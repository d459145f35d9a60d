//! `yinju` run within a time, ended at a moment, and judged by what any person may expect of it.

use crate::command;
use serde_json::Value;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than this is a hang.
const HANG: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(2);

/// What came of a run.
#[derive(Debug)]
pub struct Ended {
    /// What was typed.
    pub words: String,
    /// Its exit status, if it ended by itself.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Whether it was ended because it took too long.
    pub hung: bool,
    /// The objects on standard output.
    pub objects: Vec<Value>,
    /// What stood there and is no JSON.
    pub junk: Vec<String>,
    /// What was said to a person.
    pub said: String,
    /// From beginning to end.
    pub took: Duration,
    /// The group of its processes.
    pub group: u32,
}

impl Ended {
    /// The last object.
    pub fn last(&self) -> &Value {
        self.objects.last().unwrap_or(&Value::Null)
    }

    /// The code of the error that ended it.
    pub fn code(&self) -> &str {
        self.last()["error"]["code"].as_str().unwrap_or_default()
    }

    /// Whether all was done.
    pub fn is_done(&self) -> bool {
        self.status == Some(0)
    }
}

/// A run under way. What it prints goes to files, so that a process it leaves behind keeps nobody
/// waiting.
pub struct Started {
    child: Child,
    words: String,
    out: File,
    err: File,
    start: Instant,
}

impl Started {
    /// Starts `yinju --json` in a process group of its own, by which what it leaves behind is found.
    pub fn new(home: &Path, words: &[&str]) -> Self {
        let mut run = command(home, words);
        Self::of(&mut run, &words.join(" "))
    }

    /// Starts a command likewise.
    pub fn of(run: &mut Command, words: &str) -> Self {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(run, 0);
        let (out, err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        run.stdin(std::process::Stdio::null());
        run.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
        let child = run.spawn().unwrap();
        Self { child, words: words.to_owned(), out, err, start: Instant::now() }
    }

    /// Lets it run until that moment, and ends it then if it has not ended: `true` if it had to be.
    pub fn killed_after(mut self, moment: Duration) -> (Ended, bool) {
        match self.wait(moment) {
            Some(status) => (self.ended(status, false), false),
            None => (self.kill(false), true),
        }
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        match self.wait(HANG) {
            Some(status) => self.ended(status, false),
            None => self.kill(true),
        }
    }

    fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        while self.start.elapsed() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            sleep(POLL);
        }
        None
    }

    fn kill(mut self, hung: bool) -> Ended {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        self.ended(status, hung)
    }

    fn ended(mut self, status: ExitStatus, hung: bool) -> Ended {
        let (took, group) = (self.start.elapsed(), self.child.id());
        let (mut objects, mut junk) = (Vec::new(), Vec::new());
        for line in text(&mut self.out).lines() {
            match serde_json::from_str(line) {
                Ok(object) => objects.push(object),
                Err(_) => junk.push(line.to_owned()),
            }
        }
        let said = text(&mut self.err);
        let signal = signal(status);
        Ended {
            words: self.words,
            status: status.code(),
            signal,
            hung,
            objects,
            junk,
            said,
            took,
            group,
        }
    }
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

/// Runs `yinju --json` to its end.
pub fn say(home: &Path, words: &[&str]) -> Ended {
    Started::new(home, words).end()
}

/// What is wrong with a run whatever it was asked: it hung, it died, it showed a panic, or it ended
/// with a status or a code that names nothing.
pub fn complaint(ended: &Ended) -> Option<String> {
    let what = if ended.hung {
        format!("hung for {} s", ended.took.as_secs())
    } else if let Some(signal) = ended.signal {
        format!("ended by signal {signal}")
    } else if !matches!(ended.status, Some(0 | 1 | 3)) {
        format!("ended with status {:?}", ended.status)
    } else if shows_panic(&ended.said) {
        "showed a panic".to_owned()
    } else if !ended.junk.is_empty() {
        format!("printed what is no JSON: {:?}", ended.junk)
    } else if ended.status == Some(3) && matches!(ended.code(), "" | "internal") {
        format!("ended with the code {:?}", ended.code())
    } else {
        return None;
    };
    let said: String = ended.said.chars().take(400).collect();
    Some(format!("`{}` {what}: {}", ended.words, said.trim()))
}

fn shows_panic(said: &str) -> bool {
    ["panicked at", "RUST_BACKTRACE", "memory allocation of", "stack overflow", "core dumped"]
        .iter()
        .any(|sign| said.contains(sign))
}
