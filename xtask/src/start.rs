//! `cargo xtask start`: the window with the sample library, or, where there is no display, a
//! question about the samples answered in the terminal.

use crate::place::Place;
use crate::steps::{self, program};
use crate::test_run::MOCK;
use crate::{say, setup, ui};
use anyhow::{Result, bail};
use std::env;
use std::process::Command;

/// Asked where the samples bring no question.
const FALLBACK_QUESTION: &str = "What are these documents about?";

/// Sets up, builds and starts.
pub fn run(place: &Place) -> Result<()> {
    let ready = setup::run(place, false)?;
    if has_display() {
        return open_window(place, ready.window);
    }
    println!("There is no display, so the samples are asked a question here.");
    build(place, &["--package", "yinju-cli", "--package", "yinju-worker"])?;
    ask_in_terminal(place)
}

/// Builds the window and opens it.
fn open_window(place: &Place, window: bool) -> Result<()> {
    if !window {
        bail!("the window cannot be built before the line marked `you` was run");
    }
    ui::build(place)?;
    build(place, &["--workspace", "--bins", "--features", MOCK])?;
    let mut app = Command::new(place.built("yinju-desktop"));
    app.arg("--samples").arg(place.root.join("assets/samples"));
    println!("Yinju is open; this ends when its window is closed.");
    steps::run(app)
}

/// Whether a window can be opened.
fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Builds what these words of cargo's select. Whatever it is, features of what is shared are those of the test
/// run (`crates/cli/Cargo.toml` names them), so that dependencies are built once.
fn build(place: &Place, selection: &[&str]) -> Result<()> {
    say::doing("build", || {
        let mut cargo = program(place, &["cargo", "build", "--locked"]);
        cargo.args(selection);
        steps::run(cargo)
    })
}

/// Imports the samples into the default home and asks the first sample question of the language of
/// this system.
fn ask_in_terminal(place: &Place) -> Result<()> {
    let chinese = speaks_chinese();
    let library = if chinese { "示例" } else { "Samples" };
    let samples = place.root.join("assets/samples");
    let mut import = Command::new(place.built("yinju"));
    import.arg("import").arg(&samples).args(["--library", library]);
    // 1: done in part, where the scanned sample cannot be recognised.
    let status = import.status()?;
    if !matches!(status.code(), Some(0 | 1)) {
        bail!("the samples could not be imported: {status}");
    }
    let question = question(place, chinese);
    println!("\n? {question}\n");
    let mut ask = Command::new(place.built("yinju"));
    ask.args(["ask", &question, "--library", library]);
    steps::run(ask)?;
    println!("\nAsk on with: {} ask \"…\" --library {library}", place.built("yinju").display());
    Ok(())
}

/// Whether this system's language is Chinese.
fn speaks_chinese() -> bool {
    let language = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    language.is_some_and(|language| language.starts_with("zh"))
}

/// The first question that comes with the samples in this language.
fn question(place: &Place, chinese: bool) -> String {
    let path = place.root.join("assets/samples/questions.json");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let language = if chinese { "zh" } else { "en" };
    let fitting = all.iter().find(|q| q["lang"] == language).or(all.first());
    let asked = fitting.and_then(|q| q["question"].as_str());
    asked.unwrap_or(FALLBACK_QUESTION).to_owned()
}
