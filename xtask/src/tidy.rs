//! `cargo xtask tidy`: rules of the house that no linter knows. Each `.rs` file opens with `//!`
//! and has at most 600 lines; nothing unfinished is left standing. Not here: who may know whom,
//! which is `deny.toml`'s.

use crate::place::Place;
use anyhow::{Result, bail};
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// Longer files hide what they are for.
const MOST_LINES: usize = 600;
/// Folders that hold what was written here.
const ROOMS: [&str; 7] = ["crates", "src-tauri", "tests", "benches", "xtask", "ui", "scripts"];
/// Folders that hold what was made or fetched.
const FOREIGN: [&str; 5] = ["target", "node_modules", "dist", "gen", "snapshots"];
/// Words of unfinished work, written so that this file is not found by itself.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
];

/// Checks every file and fails with all that was found.
pub fn run(place: &Place) -> Result<()> {
    let mut found = Vec::new();
    let mut files = 0;
    for room in ROOMS {
        let entries = WalkDir::new(place.root.join(room)).into_iter().filter_entry(is_ours);
        for entry in entries.filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
            if let Ok(text) = std::fs::read_to_string(entry.path()) {
                let name = entry.path().strip_prefix(&place.root).unwrap_or(entry.path());
                found.extend(complaints(name, &text));
                files += 1;
            }
        }
    }
    if found.is_empty() {
        println!("tidy: {files} files keep the rules");
        return Ok(());
    }
    bail!("tidy:\n{}", found.join("\n"))
}

fn is_ours(entry: &DirEntry) -> bool {
    !FOREIGN.iter().any(|name| entry.file_name() == *name)
}

/// What is wrong with one file.
fn complaints(name: &Path, text: &str) -> Vec<String> {
    let extension = name.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !["rs", "ts", "svelte", "mjs", "js"].contains(&extension) {
        return Vec::new();
    }
    let shown = name.display();
    let mut found = Vec::new();
    if extension == "rs" && !text.starts_with("//!") {
        found.push(format!("{shown}:1: does not open with `//!`"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!("{shown}: {lines} lines, at most {MOST_LINES}"));
    }
    for (number, line) in text.lines().enumerate() {
        if let Some(word) = UNFINISHED.iter().find(|word| line.contains(*word)) {
            found.push(format!("{shown}:{}: {word}", number + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: usize) {
        let found = complaints(Path::new(name), text);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn a_file_must_say_what_it_is_for() {
        check("a.rs", "//! What it is for.\n", 0);
        check("a.rs", "fn main() {}\n", 1);
        check("a.ts", "export {};\n", 0);
    }

    #[test]
    fn nothing_unfinished_is_left() {
        check("a.rs", &format!("//! x\n// {}\n", UNFINISHED[0]), 1);
        check("a.svelte", &format!("<!-- {} -->\n", UNFINISHED[1]), 1);
        check("a.rs", &format!("//! x\nfn f() {{ {}) }}\n", UNFINISHED[2]), 1);
    }

    #[test]
    fn files_have_an_end() {
        check("a.rs", &format!("//! x\n{}", "\n".repeat(MOST_LINES)), 1);
    }
}
