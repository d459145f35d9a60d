//! `cargo xtask trial`: a trial of the end-to-end tests for as many rounds as wished, and the whole
//! suite without a network.

use crate::place::Place;
use crate::steps::{program, run, succeeds};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::fs;
use yinju_tests::trial::offline::{calls, leaves_the_machine};

/// What a developer may ask for.
#[derive(Args)]
pub struct Wish {
    /// Which.
    trial: Trial,
    /// How many rounds; without, as many as the test run has.
    #[arg(long)]
    rounds: Option<u64>,
    /// Repeats the rounds of a run that said this seed.
    #[arg(long)]
    seed: Option<u64>,
    /// Begins at this round of the seed.
    #[arg(long)]
    first: Option<u64>,
}

/// Trials, by the tests that hold their short form.
#[derive(Clone, Copy, ValueEnum)]
enum Trial {
    /// `kill -9` at random moments.
    Kill,
    /// The same over folders that are followed and libraries that are carried.
    Living,
    /// Damaged files.
    Damage,
    /// A full disk.
    Full,
    /// The whole suite without a network, every call that names a place watched.
    Offline,
}

/// Runs it.
pub fn run_trial(place: &Place, wish: &Wish) -> Result<()> {
    let test = match wish.trial {
        Trial::Kill => "kills",
        Trial::Living => "living_kills",
        Trial::Damage => "damage",
        Trial::Full => "full_disk",
        Trial::Offline => return without_network(place),
    };
    // Of the whole workspace, whose features all builds share.
    let which = format!("package(yinju-tests) and binary({test})");
    let words = ["cargo", "nextest", "run", "--workspace", "--all-targets", "--locked"];
    let mut command = program(place, &words);
    command.args(["--no-capture", "-E", &which]);
    for (name, value) in [("ROUNDS", wish.rounds), ("SEED", wish.seed), ("FIRST", wish.first)] {
        if let Some(value) = value {
            command.env(format!("YINJU_TRIAL_{name}"), value.to_string());
        }
    }
    run(command)
}

/// A network of its own has no interface but its loopback, which is switched on: tests of fetching
/// serve themselves there.
const INSIDE: &str = "ip link set lo up && exec \"$@\"";

fn without_network(place: &Place) -> Result<()> {
    let build = ["cargo", "build", "--workspace", "--all-targets", "--locked"];
    run(program(place, &build))?;
    let way = [vec!["unshare", "--net"], vec!["unshare", "--user", "--map-root-user", "--net"]]
        .into_iter()
        .find(|way| succeeds(program(place, &[&way[..], &["true"]].concat())))
        .context("this machine gives no network namespaces")?;
    let folder = place.target.join("trials");
    fs::create_dir_all(&folder)?;
    let trace = folder.join("offline.trace");
    let suite =
        ["cargo", "nextest", "run", "--workspace", "--locked", "--offline", "--no-fail-fast"];
    let trace_name = trace.to_string_lossy().into_owned();
    let strace = [
        &["strace", "--seccomp-bpf", "-f", "-qq", "-e", "signal=none"][..],
        &["-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", &trace_name],
    ]
    .concat();
    let inside = ["sh", "-c", INSIDE, "sh"];
    let suite = run(program(place, &[&way[..], &inside, &strace, &suite].concat()));
    let trace = fs::read_to_string(&trace).context("strace wrote nothing")?;
    let calls = calls(&trace);
    let beyond: Vec<_> = calls.iter().copied().filter(|call| leaves_the_machine(call)).collect();
    println!("{} calls that name a place, {} beyond this machine", calls.len(), beyond.len());
    if !beyond.is_empty() {
        bail!("{}", beyond.join("\n"));
    }
    suite
}
