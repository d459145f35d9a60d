//! Where words and JSON go. All that is said to people goes through here: what names, titles and pages
//! hold is foreign, and a terminal obeys some characters instead of showing them.

use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
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
        write_line(&shown(&text.to_string()));
    }

    /// A piece of a line that is still being made.
    pub fn piece(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        if write!(out, "{}", shown(text)).and_then(|()| out.flush()).is_err() {
            std::process::exit(0);
        }
    }

    /// Something said to a person while the result is made.
    pub fn note(&self, text: impl std::fmt::Display) {
        eprintln!("{}", shown(&text.to_string()));
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
}

/// A text as a terminal can show it: what would move its cursor, change its colours or its title, answer
/// for a person or turn the order of what is read is written out, as `\\u{1b}`.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// A name as it stands within a line.
pub fn name(path: &std::path::Path) -> String {
    shown(&path.to_string_lossy()).replace('\n', "\\u{a}").replace('\t', "\\u{9}")
}

/// Controls but for the ends of lines and tabs; and those that turn the direction of text around.
fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n' && c != '\t')
}

fn write_line(text: &str) {
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected);
        check("报告 α\n\tß", "报告 α\n\tß");
        check("a\u{1b}[31mred", "a\\u{1b}[31mred");
        check("\u{9b}2J\r\u{7}\u{7f}", "\\u{9b}2J\\u{d}\\u{7}\\u{7f}");
        check("fdp.\u{202e}exe", "fdp.\\u{202e}exe");
        assert_eq!(name(std::path::Path::new("a\nyinju: b")), "a\\u{a}yinju: b");
    }
}
