//! Where words and JSON go.

use serde::Serialize;
use serde_json::json;
use std::io::Write as _;
use yinju_core::Problem;

/// Standard output and error, in the manner asked for.
pub struct Output {
    json: bool,
}

#[allow(clippy::unused_self, reason = "where words go is decided here, whoever says them")]
impl Output {
    /// `json`: standard output carries JSON only.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether standard output carries JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// One JSON object on a line of its own. A reader that went away ends the program quietly.
    pub fn object(&self, value: &impl Serialize) {
        if let Ok(line) = serde_json::to_string(value) {
            write_line(&line);
        }
    }

    /// A line of the result, for people.
    pub fn line(&self, text: impl std::fmt::Display) {
        write_line(&text.to_string());
    }

    /// A piece of a line that is still being made.
    pub fn piece(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        if write!(out, "{text}").and_then(|()| out.flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// Something said to a person while the result is made.
    pub fn note(&self, text: impl std::fmt::Display) {
        eprintln!("{text}");
    }

    /// What happened that is no failure of what was asked, with its code.
    pub fn told(&self, problem: &Problem) {
        self.note(format!("yinju: {}: {problem}", problem.code.as_str()));
        if let Some(hint) = &problem.hint {
            self.note(format!("       {hint}"));
        }
    }

    /// What went wrong and what to do.
    pub fn problem(&self, problem: &Problem) {
        if self.json {
            self.object(&json!({ "error": problem }));
        }
        eprintln!("yinju: {problem}");
        if let Some(hint) = &problem.hint {
            eprintln!("       {hint}");
        }
    }
}

fn write_line(text: &str) {
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}
