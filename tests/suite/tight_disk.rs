//! A home on a disk that is full: reading, searching, exporting and removing go on, the cause is told,
//! and what is removed gives its room back.
//!
//! The disk is a small one in memory, in a mount namespace of its own, where the system lets a test
//! make one.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use yinju_tests::{Home, program, root};

/// What `unshare` is asked for: a system's own root needs no user of its own.
const WAYS: [&str; 2] = ["-m", "-rm"];

/// Runs a script with a home of so many megabytes at `$DISK`; none where that is not allowed here.
fn on_small_disk(folder: &Path, megabytes: u32, script: &str) -> Option<()> {
    let disk = folder.join("disk");
    std::fs::create_dir_all(&disk).unwrap();
    let unshare = |way: &str, script: &str| {
        let mount =
            format!("mount -t tmpfs -o size={megabytes}m none \"$DISK\" || exit 77\n{script}");
        let mut command = Command::new("unshare");
        command.args([way, "sh", "-c", &mount]).env("DISK", &disk).env("OUT", folder);
        command
            .env("YINJU", program("yinju"))
            .env("PDF", root().join("assets/samples"))
            .stdin(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let Some(way) = WAYS.into_iter().find(|way| unshare(way, "true")) else {
        eprintln!("skipped: this system lets no test mount a disk of its own");
        return None;
    };
    assert!(unshare(way, script), "the script ended early");
    Some(())
}

/// The last object a step printed, and its exit status.
fn step(folder: &Path, name: &str) -> (i32, Value) {
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let status = std::fs::read_to_string(folder.join(format!("{name}.status"))).unwrap();
    let last = text.lines().last().map_or(Value::Null, |line| serde_json::from_str(line).unwrap());
    (status.trim().parse().unwrap(), last)
}

/// `y NAME WORDS…` runs the program and keeps what came of it; `fill` leaves not a byte.
const SHELL: &str = r#"
y() { name=$1; shift; "$YINJU" --json --home "$DISK/home" "$@" >"$OUT/$name.json" 2>"$OUT/$name.err"; echo $? >"$OUT/$name.status"; }
fill() { cat /dev/zero >"$DISK/ballast.$1" 2>/dev/null; df -k "$DISK" | tail -1 >"$OUT/free.$1"; }
"#;

#[test]
fn a_full_disk_stops_no_reading_and_no_removing() {
    let home = Home::new();
    let folder = home.path();
    let script = format!(
        r#"{SHELL}
        y import import "$PDF"
        y quotes ask 茶 --mode quotes
        fill 1
        y documents documents
        y chats chats
        y search search 茶 --top 3
        y asked ask 茶 --mode quotes
        y exported export 1 --format md -o "$OUT/chat.md"
        y again import "$PDF" --library other
        y doctor doctor
        y removed remove --library Library
        y after documents
        "#
    );
    if on_small_disk(folder, 200, &script).is_none() {
        return;
    }
    let done = |name: &str| {
        let (status, last) = step(folder, name);
        assert_eq!(status, 0, "{name}: {last}");
        last
    };
    done("import");
    done("quotes");
    assert!(!done("documents")["documents"].as_array().unwrap().is_empty());
    assert_eq!(done("chats")["chats"].as_array().unwrap().len(), 1);
    assert!(!done("search")["hits"].as_array().unwrap().is_empty());
    done("exported");
    assert!(folder.join("chat.md").metadata().unwrap().len() > 0);
    for name in ["asked", "again"] {
        let (status, last) = step(folder, name);
        if status != 0 {
            assert_eq!(last["error"]["code"], "disk_full", "{name}: {last}");
        }
    }
    let receipt = &done("removed")["receipt"];
    assert!(receipt["freed_bytes"].as_u64().unwrap() > 0, "{receipt}");
    assert_eq!(receipt["left"]["store"], 0);
    // What the second import could take in with the room of the reserve is still there.
    let library = receipt["documents"].as_u64().unwrap();
    assert!(library > 0 && done("after")["documents"].as_array().unwrap().len() as u64 <= library);
}
