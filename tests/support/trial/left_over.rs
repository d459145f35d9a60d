//! Processes that outlive the program that started them.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A worker whose parent is gone has so long to notice.
const PATIENCE: Duration = Duration::from_secs(5);

/// Processes of a group that is over, after a moment to end in.
#[cfg(target_os = "linux")]
pub fn left_over(group: u32) -> Option<String> {
    let end = Instant::now() + PATIENCE;
    loop {
        let left = processes_of(group);
        if left.is_empty() {
            return None;
        }
        if Instant::now() > end {
            return Some(format!("processes are left: {left:?}"));
        }
        sleep(Duration::from_millis(10));
    }
}

/// By `/proc/PID/stat`: number, name in brackets, state, parent, group.
#[cfg(target_os = "linux")]
fn processes_of(group: u32) -> Vec<String> {
    let stats = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok());
    let is_of = |stat: &String| {
        let after = stat.rsplit_once(')').map(|(_, after)| after.split_whitespace());
        let mut fields = after.into_iter().flatten();
        fields.next() != Some("Z") && fields.nth(1) == Some(group.to_string().as_str())
    };
    stats.filter(is_of).collect()
}

/// Not looked for here.
#[cfg(not(target_os = "linux"))]
pub fn left_over(_: u32) -> Option<String> {
    None
}
