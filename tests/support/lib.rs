//! What the end-to-end tests share: the real binaries, scratch homes, data that may be absent.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod big_pdf;
mod data;
pub mod memory;
pub mod trial;

pub use big_pdf::BigPdf;
pub use data::{
    absent, directory_of_models, model, model_file, pdfium, pdfium_path, root, shared, there,
};

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A program built beside this test.
pub fn program(name: &str) -> PathBuf {
    let mut folder = std::env::current_exe().unwrap();
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let program = folder.join(name);
    assert!(program.exists(), "{name} is not built: cargo build --workspace");
    program
}

/// What a run of `yinju --json` gave.
#[derive(Debug)]
pub struct Run {
    /// Exit status.
    pub status: i32,
    /// The objects on standard output.
    pub objects: Vec<Value>,
    /// What was said to a person.
    pub words: String,
}

impl Run {
    /// The last object.
    pub fn last(&self) -> &Value {
        self.objects.last().unwrap_or(&Value::Null)
    }

    /// The code of the error that ended it.
    pub fn code(&self) -> &str {
        self.last()["error"]["code"].as_str().unwrap_or_default()
    }

    /// Fails the test unless all was done.
    #[allow(clippy::return_self_not_must_use, reason = "often only the status matters")]
    pub fn done(self) -> Self {
        assert_eq!(self.status, 0, "{}\n{:?}", self.words, self.objects.last());
        self
    }
}

/// A home of its own that goes when the value does.
pub struct Home {
    folder: TempDir,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `yinju --json` on this home, ready to run.
    pub fn command(&self, words: &[&str]) -> Command {
        command(self.path(), words)
    }

    /// Runs `yinju --json` on this home.
    pub fn yinju(&self, words: &[&str]) -> Run {
        run(&mut self.command(words))
    }

    /// Starts `yinju --json` without waiting for it.
    pub fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// `yinju --json` on a home, ready to run.
pub fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program("yinju"));
    command.arg("--json").arg("--home").arg(home).args(words);
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        objects: text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        words: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// White space folded away.
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The text of a page as `yinju parse` gives it.
pub fn page_text(home: &Home, file: &str, page: u64) -> String {
    let pages = home.yinju(&["parse", file]);
    let found = pages.objects.iter().find(|object| object["page"] == page);
    found.map(|object| object["text"].as_str().unwrap().to_owned()).unwrap_or_default()
}
