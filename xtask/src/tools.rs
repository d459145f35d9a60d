//! Programs the tests are run with, kept outside the clone so that a new clone finds them.

use crate::place::Place;
use crate::say;
use crate::steps::{program, run, succeeds};
use anyhow::Result;

/// Drives the real window; only this version was tried with this version of Tauri.
const TAURI_DRIVER: &str = "2.1.0";

/// Installs the programs that are missing.
pub fn tools(place: &Place) -> Result<()> {
    if succeeds(program(place, &["cargo", "nextest", "--version"])) {
        say::there("cargo-nextest");
    } else {
        install(place, &["cargo-nextest"])?;
    }
    // It has no way to say its version, so the file's presence in our own folder has to do.
    let driver = format!("tauri-driver{}", std::env::consts::EXE_SUFFIX);
    if place.tools.join("bin").join(driver).exists() {
        say::there(&format!("tauri-driver {TAURI_DRIVER}"));
        return Ok(());
    }
    install(place, &["tauri-driver", "--version", TAURI_DRIVER])
}

fn install(place: &Place, what: &[&str]) -> Result<()> {
    say::doing(&what.join(" "), || {
        let mut command = program(place, &["cargo", "install", "--locked", "--quiet", "--root"]);
        command.arg(&place.tools).args(what);
        run(command)
    })
}
