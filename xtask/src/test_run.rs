//! `cargo xtask test`: sets up, then checks, lints and tests everything; every step is run, so that
//! one run shows all that is wrong.

use crate::place::Place;
use crate::steps::{program, run};
use crate::{fuzz, setup, tidy, ui};
use anyhow::{Result, bail};
use std::time::Instant;

/// What `npm start` asks for too, so that both build Tauri with the same features.
pub(crate) const MOCK: &str = "yinju-desktop/mock";

/// What was run, whether it went well, and how many seconds it took.
struct Outcome {
    step: &'static str,
    error: Option<String>,
    seconds: f64,
}

/// The whole test run.
struct Run<'a> {
    place: &'a Place,
    outcomes: Vec<Outcome>,
}

/// Sets up and runs every step.
fn run_every_step(place: &Place) -> Result<Vec<&'static str>> {
    let ready = setup::run(place, true)?;
    if !ready.window {
        bail!("the tests need the packages of the line marked `you`");
    }
    let mut run = Run { place, outcomes: Vec::new() };
    run.checks();
    run.rust();
    run.fuzz();
    run.ui();
    run.window();
    Ok(run.report())
}

/// Sets up and runs every step; fails if any did.
pub fn run_tests(place: &Place) -> Result<()> {
    let failed = run_every_step(place)?;
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

impl Run<'_> {
    fn checks(&mut self) {
        self.cargo("format", &["fmt", "--all", "--check"]);
        self.step("tidy", tidy::run);
        self.tool("deny", &["cargo", "deny", "check", "bans", "licenses", "sources"]);
        self.tool("machete", &["cargo", "machete", "--skip-target-dir"]);
        self.step("ui build", ui::build);
    }

    fn rust(&mut self) {
        let all = ["--workspace", "--locked", "--features", MOCK];
        let lint = [&["clippy", "--all-targets"], &all[..], &["--", "-D", "warnings"]].concat();
        self.cargo("clippy", &lint);
        // The programs themselves: tests of the whole start them from the same folder.
        // With all targets, so that dependencies have the features they have for the tests.
        self.cargo("build", &[&["build", "--all-targets"], &all[..]].concat());
        self.step("tests", |place| {
            let mut tests = program(place, &["cargo", "nextest", "run", "--no-fail-fast"]);
            tests.args(all);
            // Where the public test data is here, all the rest is too, or set-up failed.
            if place.root.join("../shared").is_dir() {
                tests.env("YINJU_REQUIRE", "all");
            }
            run(tests)
        });
        self.cargo("doc tests", &[&["test", "--doc", "--quiet"], &all[..]].concat());
        self.step("rustdoc", |place| {
            let mut doc = program(place, &["cargo", "doc", "--no-deps", "--quiet"]);
            doc.args(all).env("RUSTDOCFLAGS", "-D warnings");
            run(doc)
        });
    }

    /// Long enough to see that nothing in the kept corpus fails, and a little more.
    fn fuzz(&mut self) {
        let wish = fuzz::Wish { seconds: 5, target: None, keep: false };
        self.step("fuzz", |place| fuzz::run_targets(place, &wish));
    }

    fn ui(&mut self) {
        self.npm("ui lint", "lint");
        self.npm("ui types", "check");
        self.npm("ui tests", "test");
    }

    /// The tests in the real window, on a display of their own.
    fn window(&mut self) {
        let folder = self.place.root.join("tests/e2e");
        let tests: Vec<_> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
            .collect();
        if tests.is_empty() {
            println!("\n== window: no tests in tests/e2e");
            return;
        }
        self.step("window", |place| {
            let screen = "-screen 0 1200x800x24";
            // A window that hangs must not keep what was found from being told.
            let limit = ["timeout", "--kill-after=30", "1200"];
            let display = ["xvfb-run", "-a", "-s", screen, "node", "--test"];
            let mut node = program(place, &[&limit[..], &display].concat());
            node.args(tests)
                .env("YINJU_DESKTOP", place.built("yinju-desktop"))
                .env("YINJU_TARGET", &place.target);
            run(node)
        });
    }

    fn cargo(&mut self, step: &'static str, words: &[&str]) {
        self.tool(step, &[&["cargo"], words].concat());
    }

    fn tool(&mut self, step: &'static str, words: &[&str]) {
        let command = program(self.place, words);
        self.step(step, |_| run(command));
    }

    fn npm(&mut self, step: &'static str, script: &str) {
        let command = program(self.place, &["npm", "run", "--silent", script, "--prefix", "ui"]);
        self.step(step, |_| run(command));
    }

    fn step(&mut self, step: &'static str, work: impl FnOnce(&Place) -> Result<()>) {
        println!("\n== {step}");
        let start = Instant::now();
        let error = work(self.place).err().map(|error| format!("{error:#}"));
        if let Some(error) = &error {
            println!("{step}: {error}");
        }
        self.outcomes.push(Outcome { step, error, seconds: start.elapsed().as_secs_f64() });
    }

    fn report(self) -> Vec<&'static str> {
        println!();
        for Outcome { step, error, seconds } in &self.outcomes {
            let word = if error.is_some() { "FAIL" } else { "ok" };
            println!("  {word:<4}  {step:<10} {seconds:>8.1} s");
        }
        self.outcomes.iter().filter(|o| o.error.is_some()).map(|o| o.step).collect()
    }
}
