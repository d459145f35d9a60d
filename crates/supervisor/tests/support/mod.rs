//! Finding the misbehaving worker, and asking it.

#![allow(dead_code, reason = "every test program uses its own part")]

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
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

/// What a process that was taken over may still do.
const LEFT: [&str; 3] = ["its file", "a thread", "its own signal"];

/// What is refused on every kernel with seccomp.
const REFUSED: &[&str] = &[
    "writing",
    "opening to write",
    "making a file",
    "chmod",
    "chown",
    "utimes",
    "an attribute",
    "no attribute",
    "truncating",
    "removing",
    "renaming",
    "a folder",
    "a link",
    "a symbolic link",
    "a fifo",
    "a connection",
    "a datagram",
    "a socket",
    "a program",
    "a fork",
    "a view of its own",
    "a signal",
    "a kill",
    "limiting another",
    "tracing",
    "reading another",
    "hurrying",
    "a terminal",
    "signals by a pipe",
    "outliving its parent",
    "its limits",
    "shared memory",
    "a growing stack",
    "a nameless file",
    "a segment",
    "new code",
    "data as code",
    "a filter",
    "a ring",
    "keys",
    "a program in the kernel",
    "a mount",
    #[cfg(target_arch = "x86_64")]
    "a second number",
];

/// What Landlock refuses, which a kernel before 5.13 does not have.
const REFUSED_BY_LANDLOCK: [&str; 2] = ["another file", "its folder"];

/// Lets a process try everything (`rogue/attempts.rs`) with a file of its own, which stays as it is.
pub fn check_attempts(ask: &dyn Fn(&str, &Path) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "as it was").unwrap();
    let look = || {
        let meta = file.metadata().unwrap();
        let names = std::fs::read_dir(folder.path()).unwrap().count();
        (meta.mode(), meta.uid(), meta.modified().unwrap(), std::fs::read(&file).unwrap(), names)
    };
    let before = look();
    let check = |attempt: &str, expected: &str| {
        assert_eq!(ask(attempt, &file), expected, "{attempt}");
        assert_eq!(look(), before, "{attempt}");
    };
    for attempt in LEFT {
        check(attempt, "done");
    }
    for attempt in REFUSED {
        check(attempt, "refused");
    }
    assert!(ask("much memory", &file).contains("OutOfMemory"));
    if kernel_rules_files() {
        for attempt in REFUSED_BY_LANDLOCK {
            check(attempt, "refused");
        }
    } else {
        eprintln!("other files not tried: this kernel has no Landlock");
    }
}

/// Whether the kernel has Landlock, which rules files.
fn kernel_rules_files() -> bool {
    const VERSION: libc::c_ulong = 1;
    // SAFETY: asks for the version; nothing is made and no memory is touched.
    let version = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, VERSION)
    };
    version > 0
}
