//! `cargo xtask memory`: the tests of the crates that hold unsafe code, watched for uses of memory that is
//! not theirs. Miri does it where the toolchain has it; else `AddressSanitizer`, which every toolchain for
//! Linux on x86-64 carries along; else valgrind.

use crate::place::Place;
use crate::steps::{output, program, run, succeeds};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// The crates.
const WATCHED: [&str; 2] = ["yinju-kernels", "yinju-supervisor"];

/// What watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    /// Interprets; knows every rule, but no process and no instruction of the machine's own.
    Miri,
    /// Compiled in.
    AddressSanitizer,
    /// Runs the ordinary tests on a processor it makes up.
    Valgrind,
}

/// Runs the tests under what there is.
pub fn run_tests(place: &Place) -> Result<()> {
    let host = host(place)?;
    let watch = choose(
        || succeeds(program(place, &["cargo", "miri", "--version"])),
        || has_sanitizer(place, &host),
        || succeeds(program(place, &["valgrind", "--version"])),
    );
    match watch {
        None => bail!("there is no Miri, AddressSanitizer or valgrind on this machine"),
        Some(watch) => {
            println!("unit tests of {} under {watch:?}", WATCHED.join(" and "));
            run(command(place, watch, &host))
        }
    }
}

/// The first there is.
fn choose(
    miri: impl FnOnce() -> bool,
    sanitizer: impl FnOnce() -> bool,
    valgrind: impl FnOnce() -> bool,
) -> Option<Watch> {
    if miri() {
        Some(Watch::Miri)
    } else if sanitizer() {
        Some(Watch::AddressSanitizer)
    } else {
        valgrind().then_some(Watch::Valgrind)
    }
}

fn command(place: &Place, watch: Watch, host: &str) -> Command {
    let words: &[&str] = match watch {
        Watch::Miri => &["cargo", "miri", "test"],
        Watch::AddressSanitizer | Watch::Valgrind => &["cargo", "test"],
    };
    let mut command = program(place, words);
    command.args(["--locked", "--lib"]);
    command.args(WATCHED.iter().flat_map(|name| ["--package", name]));
    // A target folder of its own: what is watched is compiled otherwise than what is not.
    let folder = match watch {
        Watch::Miri => "miri",
        Watch::AddressSanitizer => "asan",
        Watch::Valgrind => "valgrind",
    };
    if watch != Watch::Valgrind {
        command.env("CARGO_TARGET_DIR", place.target.join(folder));
    }
    match watch {
        // A sampled few of what proptest makes up, since an interpreter takes a thousand times as long; and no
        // look at the folder of files that failed once.
        Watch::Miri => {
            let flags = "-Zmiri-disable-isolation";
            command.env("PROPTEST_CASES", "4").env("MIRIFLAGS", flags);
        }
        // The target is named so that build scripts and macros are left alone. The flag is one of
        // those that a stable compiler hides behind the variable.
        Watch::AddressSanitizer => {
            command.args(["--target", host]);
            command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
            command.env_remove("CARGO_ENCODED_RUSTFLAGS");
        }
        Watch::Valgrind => {
            let runner = format!("CARGO_TARGET_{}_RUNNER", host.to_uppercase().replace('-', "_"));
            command.env(runner, "valgrind --quiet --error-exitcode=1 --trace-children=no");
            command.env("PROPTEST_CASES", "16");
        }
    }
    command
}

fn host(place: &Place) -> Result<String> {
    let version = output(program(place, &["rustc", "-vV"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its host")?.to_owned())
}

/// Whether the toolchain has the sanitizer's library for this machine.
fn has_sanitizer(place: &Place, host: &str) -> bool {
    let folder = output(program(place, &["rustc", "--print", "target-libdir"]));
    let files = folder.ok().and_then(|folder| std::fs::read_dir(folder.trim()).ok());
    let is_library = |name: &str| name.starts_with("librustc") && name.ends_with("asan.a");
    let mut names = files.into_iter().flatten().flatten().map(|file| file.file_name());
    host.contains("linux") && names.any(|name| name.to_str().is_some_and(is_library))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_there_is_watches() {
        assert_eq!(choose(|| true, || true, || true), Some(Watch::Miri));
        assert_eq!(choose(|| false, || true, || true), Some(Watch::AddressSanitizer));
        assert_eq!(choose(|| false, || false, || true), Some(Watch::Valgrind));
        assert_eq!(choose(|| false, || false, || false), None);
    }
}
