//! Processes that outlive the program that started them, by `/proc`.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A worker whose parent is gone has so long to notice.
const PATIENCE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// Processes of a group that is over, after a moment to end in.
pub fn left_over(group: u32) -> Option<String> {
    let start = Instant::now();
    loop {
        let left = processes_of(group);
        if left.is_empty() {
            return None;
        }
        if start.elapsed() > PATIENCE {
            return Some(format!("processes are left: {left:?}"));
        }
        sleep(POLL);
    }
}

/// By `/proc/PID/stat`: number, name in brackets, state, parent, group.
fn processes_of(group: u32) -> Vec<String> {
    let stat = |entry: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(entry.ok()?.path().join("stat")).ok()
    };
    let is_of = |stat: &String| {
        let after = stat.rsplit_once(')').map(|(_, after)| after.split_whitespace());
        let mut fields = after.into_iter().flatten();
        fields.next() != Some("Z") && fields.nth(1) == Some(group.to_string().as_str())
    };
    fs::read_dir("/proc").unwrap().filter_map(stat).filter(is_of).collect()
}
