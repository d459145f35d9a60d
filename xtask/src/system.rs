//! Packages of the system, by apt where that is how this system gets them.

use crate::place::Place;
use crate::say;
use crate::steps::{program, run, succeeds};
use crate::weights::PipClient;
use anyhow::Result;
use std::collections::HashSet;
use std::process::Command;

/// What the window is built with.
const BUILD: [&str; 4] = ["libwebkit2gtk-4.1-dev", "build-essential", "pkg-config", "file"];
/// What the tests need besides: a real window, and a look at the calls of the program.
const TESTS: [&str; 9] = [
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "xdotool",
    "strace",
    "x11-utils",
    "fonts-wqy-microhei",
    "python3-gi",
    "gir1.2-gtk-3.0",
];

/// Fetches the packages that hold models and `PDFium`.
const PIP: &str = "python3-pip";

/// Installs the packages that are missing. Without the right to install, says the one line that
/// does it and returns `false`.
pub fn packages(place: &Place, tests: bool) -> Result<bool> {
    if !succeeds(program(place, &["dpkg-query", "--version"])) {
        return Ok(without_apt(place));
    }
    let missing = missing(place, tests);
    if missing.is_empty() {
        say::there("system packages");
        return Ok(true);
    }
    let list = missing.join(" ");
    let Some(prefix) = privilege(place) else {
        say::left(&format!("sudo apt-get update && sudo apt-get install -y {list}"));
        return Ok(false);
    };
    say::doing(&format!("system packages: {list}"), || {
        let apt = |words: &[&str]| {
            let all: Vec<_> = prefix.iter().chain(&["apt-get"]).chain(words).copied().collect();
            let mut command = program(place, &all);
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        run(apt(&["update", "-qq"]))?;
        let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
        install.extend(&missing);
        run(apt(&install))
    })?;
    Ok(true)
}

fn missing(place: &Place, tests: bool) -> Vec<&'static str> {
    let mut wanted: Vec<_> = BUILD.to_vec();
    if tests {
        wanted.extend(TESTS);
    }
    wanted.push(PIP);
    let installed = installed(place, &wanted);
    // Any pip will do; asking whether there is one takes longer than all the rest.
    wanted.retain(|package| {
        !installed.contains(*package) && (*package != PIP || PipClient::find().is_err())
    });
    wanted
}

fn installed(place: &Place, wanted: &[&str]) -> HashSet<String> {
    let mut query =
        program(place, &["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n"]);
    // It fails when any package is unknown and still prints the others.
    let printed = query.args(wanted).output().map(|out| out.stdout).unwrap_or_default();
    String::from_utf8_lossy(&printed)
        .lines()
        .filter_map(|line| line.strip_suffix(" installed"))
        .map(str::to_owned)
        .collect()
}

/// What stands before `apt-get`: nothing for root, sudo where it asks no password.
fn privilege(place: &Place) -> Option<&'static [&'static str]> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n");
    if root {
        return Some(&[]);
    }
    succeeds(program(place, &["sudo", "-n", "true"])).then_some(&["sudo", "-n"])
}

fn without_apt(place: &Place) -> bool {
    let webkit = cfg!(not(target_os = "linux"))
        || succeeds(program(place, &["pkg-config", "--exists", "webkit2gtk-4.1"]));
    if webkit {
        say::there("system packages");
    } else {
        say::left("install WebKitGTK 4.1 with its headers and a C compiler by your system's means");
    }
    webkit
}
