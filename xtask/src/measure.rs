//! `cargo xtask measure COMMAND…`: runs a command and says how long it took and how much memory it
//! and its workers held together at most. Deliberately not here: what the figures should be.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::process::Command;
use std::time::{Duration, Instant};

/// How often memory is looked at.
const EVERY: Duration = Duration::from_millis(50);

/// Runs a command and prints its figures to standard error.
pub fn run(place: &Place, words: &[String]) -> Result<()> {
    let (program, arguments) = words.split_first().context("name a command to measure")?;
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(&place.root)
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory_of_tree(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(EVERY);
    };
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("measured: {seconds:.2} s, peak memory {} MB", peak / 1_000_000);
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}

/// Proportional set size of a process and all of its descendants, in bytes: shared pages count
/// once. Linux only; 0 elsewhere.
fn memory_of_tree(root: u32) -> u64 {
    let parents = parents();
    let is_in_tree = |mut process: u32| {
        while process != root {
            match parents.get(&process) {
                Some(parent) => process = *parent,
                None => return false,
            }
        }
        true
    };
    parents.keys().copied().filter(|process| is_in_tree(*process)).map(memory_of).sum()
}

/// The parent of every process.
fn parents() -> HashMap<u32, u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name stands in parentheses and may hold anything; fields are counted after it.
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((process, parent))
        })
        .collect()
}

fn memory_of(process: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
    let rollup = rollup.unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
