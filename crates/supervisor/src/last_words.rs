//! The end of what a worker wrote to standard error, kept for the report of its death. All of it
//! goes to the log as well, line by line.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Lines kept, and the longest part of a line that is.
const LINES: usize = 64;
const LINE_BYTES: u64 = 1024;

/// The last lines a worker wrote.
pub(crate) struct LastWords {
    lines: Arc<Mutex<VecDeque<String>>>,
    silent: Receiver<()>,
}

impl LastWords {
    /// Listens on a thread of its own until the pipe ends.
    pub(crate) fn listen(pid: u32, stderr: impl Read + Send + 'static) -> std::io::Result<Self> {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let (alive, silent) = channel();
        let kept = Arc::clone(&lines);
        std::thread::Builder::new().name("worker-stderr".into()).spawn(move || {
            keep_lines(pid, BufReader::new(stderr), &kept);
            drop(alive);
        })?;
        Ok(Self { lines, silent })
    }

    /// What was written last, once the pipe has ended or after a short while.
    pub(crate) fn after_death(&self) -> Vec<String> {
        let ended = self.silent.recv_timeout(Duration::from_millis(500));
        debug_assert!(!matches!(ended, Ok(())), "nothing is ever sent");
        if ended == Err(RecvTimeoutError::Timeout) {
            tracing::debug!("a worker's standard error outlives it");
        }
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

fn keep_lines(pid: u32, mut stderr: impl BufRead, kept: &Mutex<VecDeque<String>>) {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match stderr.by_ref().take(LINE_BYTES).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        if line.is_empty() {
            continue;
        }
        tracing::debug!(target: "yinju_worker", pid, "{line}");
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_kept() {
        let said = (0..200).map(|n| format!("line {n}\n\n")).collect::<Vec<_>>().concat();
        let words = LastWords::listen(0, std::io::Cursor::new(said)).unwrap().after_death();
        assert_eq!(words.len(), LINES);
        assert_eq!(words.last().unwrap(), "line 199");
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let words = LastWords::listen(0, std::io::repeat(b'x').take(1 << 20)).unwrap();
        assert!(words.after_death().iter().all(|line| line.len() <= LINE_BYTES as usize));
    }
}
