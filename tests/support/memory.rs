//! How much memory processes hold, where the system tells (Linux; 0 elsewhere).

use std::fs;

/// Bytes the reading processes of this one hold together, of their own.
pub fn of_readers() -> u64 {
    let this = std::process::id();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes.filter(|process| is_reader_of(*process, this)).map(of).sum()
}

/// Bytes this process holds of its own.
pub fn of_this_process() -> u64 {
    of(std::process::id())
}

fn is_reader_of(process: u32, parent: u32) -> bool {
    let words = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
    words.split('\0').nth(1) == Some("read") && parent_of(process) == Some(parent)
}

/// The name stands in parentheses and may hold anything; fields are counted after it.
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    // Without pages of files, of the program itself above all: the system has those back when it likes.
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}
