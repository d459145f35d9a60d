//! Running other programs from the root of the clone.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// A program to be run in the clone, with this project's tools first in its path.
pub fn program(place: &Place, words: &[&str]) -> Command {
    let (name, arguments) = words.split_first().unwrap_or((&"true", &[]));
    let mut command = Command::new(runnable(name));
    command.args(arguments).current_dir(&place.root).env("PATH", place.path_variable());
    // What `cargo run` says of this program is nobody else's; some build scripts run again when it
    // changes, and what depends on them is built again.
    let of_cargo_run = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(of_cargo_run) {
            command.env_remove(name);
        }
    }
    command
}

/// npm is a script on Windows, which only its full name starts.
fn runnable(name: &str) -> String {
    if cfg!(windows) && name == "npm" { "npm.cmd".to_owned() } else { name.to_owned() }
}

/// Runs a program and fails if it does.
pub fn run(mut command: Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} cannot be started"))?;
    if !status.success() {
        bail!("{name} ended with {status}");
    }
    Ok(())
}

/// Whether a program runs without complaint; what it prints is dropped.
pub fn succeeds(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program prints.
pub fn output(mut command: Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = command.output().with_context(|| format!("{name} cannot be started"))?;
    if !out.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}
