//! Finding the misbehaving worker, and asking it.

#![allow(dead_code, reason = "every test program uses its own part")]

use std::path::PathBuf;
use std::time::{Duration, Instant};
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Problem};
use yinju_supervisor::{WorkerConfig, WorkerReader};

/// `examples/rogue.rs`, which `cargo test` builds beside the tests.
pub fn rogue() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test has a place");
    path.pop();
    path.pop();
    path.push(format!("examples/rogue{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is missing: cargo build -p yinju-supervisor --examples",
        path.display()
    );
    path
}

/// The misbehaving worker with one slot and little patience.
pub fn config() -> WorkerConfig {
    WorkerConfig {
        read_slots: 1,
        page_timeout: Duration::from_secs(20),
        read_memory_limit: 256 << 20,
        infer_threads: 2,
        infer_timeout: Duration::from_mins(1),
        ..WorkerConfig::new(rogue(), "none")
    }
}

/// The texts of a file's pages.
pub fn read(reader: &WorkerReader, name: &str) -> Result<Vec<String>, Problem> {
    let mut texts = Vec::new();
    let request = ReadRequest::new(name);
    reader.read(&request, &CancelToken::new(), &mut |event| {
        if let ReadEvent::Page(page) = event {
            texts.push(page.text);
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Waits for something to become true.
pub fn eventually(what: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// The processes a process started that still run (zombies do not).
pub fn children_of(parent: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").expect("Linux").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|(state, ppid)| state != 'Z' && ppid == parent))
        .collect()
}

/// Whether a process runs.
pub fn runs(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

fn stat(pid: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
