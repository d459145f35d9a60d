//! Programs the tests are run with, kept outside the clone so that a new clone finds them.

use crate::place::Place;
use crate::say;
use crate::steps::{program, run, succeeds};
use anyhow::Result;

/// A program and the version that was tried with this compiler, and with what it checks.
struct Tool {
    /// Of the package and of what cargo records of it.
    name: &'static str,
    version: &'static str,
    /// Further words for `cargo install`. Programs that run for seconds are built without
    /// optimising, which takes half as long.
    words: &'static [&'static str],
}

const TOOLS: [Tool; 4] = [
    Tool { name: "cargo-nextest", version: "0.9.143", words: &[] },
    Tool { name: "tauri-driver", version: "2.1.0", words: &[] },
    Tool { name: "cargo-deny", version: "0.20.2", words: &["--debug"] },
    Tool { name: "cargo-machete", version: "0.9.2", words: &["--debug"] },
];

/// Installs the programs that are missing or of another version.
#[expect(clippy::disallowed_methods, reason = "a build folder of xtask's own")]
pub fn tools(place: &Place) -> Result<()> {
    let list = std::fs::read_to_string(place.tools.join(".crates.toml")).unwrap_or_default();
    for Tool { name, version, words } in &TOOLS {
        // Any version of the test runner will do, wherever it was installed.
        let runs_tests = *name == "cargo-nextest";
        let any = || runs_tests && succeeds(program(place, &["cargo", "nextest", "--version"]));
        if is_listed(&list, name, version) || any() {
            say::there(name);
            continue;
        }
        say::doing(&format!("{name} {version}"), || {
            let mut command = program(place, &["cargo", "install", "--locked", "--quiet"]);
            command.args([name, "--version", version]).args(*words).arg("--root").arg(&place.tools);
            // One folder for all, so that what several of them use is built once.
            command.env("CARGO_TARGET_DIR", place.tools.join("target"));
            run(command)
        })?;
    }
    // Gigabytes that nobody needs once the programs are there.
    drop(std::fs::remove_dir_all(place.tools.join("target")));
    Ok(())
}

/// Whether cargo's own list of what it installed has it.
fn is_listed(list: &str, name: &str, version: &str) -> bool {
    list.contains(&format!("\"{name} {version} ("))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_another_version_is_not_there() {
        let list = "[v1]\n\"typos-cli 1.2.3 (registry+https://example.org)\" = [\"typos\"]\n";
        assert!(is_listed(list, "typos-cli", "1.2.3"));
        assert!(!is_listed(list, "typos-cli", "1.2") && !is_listed(list, "typos", "1.2.3"));
    }
}
