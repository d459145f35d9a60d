//! Where words and JSON go. All that is said to people goes through here: what names, titles and pages
//! hold is foreign, and a terminal obeys some characters instead of showing them.

use serde::Serialize;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};
use std::sync::{Mutex, PoisonError};
use yinju_core::Problem;

/// Standard output and error, in the manner asked for. What cannot be written costs the words and
/// not the work: an import whose reader went away ends as it would have.
pub struct Output {
    json: bool,
    /// Why nothing more is written to standard output.
    lost: Mutex<Option<ErrorKind>>,
}

impl Output {
    /// `json`: standard output carries JSON only.
    pub fn new(json: bool) -> Self {
        Self { json, lost: Mutex::new(None) }
    }

    /// Whether standard output carries JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether nobody reads any more.
    pub fn is_gone(&self) -> bool {
        self.lost().is_some()
    }

    /// Why the result was not written; a reader that has read enough is no reason.
    pub fn failure(&self) -> Option<ErrorKind> {
        self.lost().filter(|kind| *kind != ErrorKind::BrokenPipe)
    }

    /// One JSON object on a line of its own.
    pub fn object(&self, value: &impl Serialize) {
        if let Ok(line) = serde_json::to_string(value) {
            self.write(&format!("{}\n", plain_json(&line)));
        }
    }

    /// A line of the result, for people.
    pub fn line(&self, text: impl std::fmt::Display) {
        self.write(&format!("{}\n", plain(&text.to_string())));
    }

    /// A piece of a line that is still being made.
    pub fn piece(&self, text: &str) {
        self.write(&plain(text));
    }

    /// Something said to a person while the result is made.
    #[allow(clippy::unused_self, reason = "where words go is decided here, whoever says them")]
    pub fn note(&self, text: impl std::fmt::Display) {
        // Not `eprintln!`, which panics where nobody reads.
        let _ = writeln!(io::stderr(), "{}", plain(&text.to_string()));
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
        self.note(format!("yinju: {problem}"));
        if let Some(hint) = &problem.hint {
            self.note(format!("       {hint}"));
        }
    }

    fn write(&self, text: &str) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if lost.is_none() {
            let mut out = io::stdout().lock();
            let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            *lost = written.err().map(|error| error.kind());
        }
    }

    fn lost(&self) -> Option<ErrorKind> {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Text as a terminal may show it: what would move its cursor, change its colours or its title, answer
/// for a person or turn the order of what is read is written out, as `\\u{1b}`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    plain
}

/// A name as it stands within a line.
pub fn name(path: &std::path::Path) -> String {
    plain(&path.to_string_lossy()).replace('\n', "\\u{a}").replace('\t', "\\u{9}")
}

/// Controls but for the ends of lines and tabs; and those that turn the direction of text around.
fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// JSON escapes what lies below a space; what lies between 7F and 9F terminals obey too. Such a
/// character stands in a string and nowhere else.
fn plain_json(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for c in line.chars() {
        if c.is_control() {
            // Writing to a string does not fail.
            let _ = write!(plain, "\\u{:04x}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text), expected);
        let json = serde_json::to_string(text).unwrap_or_default();
        let safe = plain_json(&json);
        assert!(!safe.contains(char::is_control), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).ok().as_deref(), Some(text));
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        check("红茶 tea\t1\n", "红茶 tea\t1\n");
        check("\u{1b}[31mred\u{7}.pdf", "\\u{1b}[31mred\\u{7}.pdf");
        check("a\rb\u{9b}2J\u{7f}", "a\\u{d}b\\u{9b}2J\\u{7f}");
        check("fdp.\u{202e}exe", "fdp.\\u{202e}exe");
        assert_eq!(name(std::path::Path::new("a\nyinju: b")), "a\\u{a}yinju: b");
    }
}
