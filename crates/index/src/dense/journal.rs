//! Keeps the shard's write-ahead log short. Qdrant Edge 0.7 writes every operation to it but
//! neither replays nor truncates it (durability comes from `flush`), so that it would grow for
//! ever and keep the vectors of removed documents.

use crate::error::IndexError;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Deletes closed log files but the newest, as the log's own `prefix_truncate` would. The newest
/// stays because the numbers of later operations are counted from it, and an operation with a
/// number lower than a point's last one would be ignored.
pub fn prune(shard: &Path) -> Result<(), IndexError> {
    let mut closed = closed_files(&shard.join("wal"))?;
    closed.sort_unstable();
    closed.pop();
    for (_, path) in closed {
        fs::remove_file(&path).map_err(|error| IndexError::io(&path, error))?;
    }
    Ok(())
}

/// The files that hold operations; each has its name for as long as it is there, until it is closed.
pub fn files(shard: &Path) -> Result<BTreeSet<PathBuf>, IndexError> {
    let log = shard.join("wal");
    let Ok(entries) = fs::read_dir(&log) else { return Ok(BTreeSet::new()) };
    let mut files = BTreeSet::new();
    for entry in entries {
        let path = entry.map_err(|error| IndexError::io(&log, error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let holds = name.is_some_and(|n| n.starts_with("open-") || n.starts_with("closed-"));
        files.extend(holds.then_some(path));
    }
    Ok(files)
}

/// Files named `closed-<first operation>`, with that number.
fn closed_files(log: &Path) -> Result<Vec<(u64, PathBuf)>, IndexError> {
    let Ok(entries) = fs::read_dir(log) else { return Ok(Vec::new()) };
    let mut closed = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| IndexError::io(log, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(start) = name.and_then(|n| n.strip_prefix("closed-")?.parse().ok()) {
            closed.push((start, path));
        }
    }
    Ok(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_closed_file_and_the_open_one_stay() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("wal");
        fs::create_dir(&log).unwrap();
        for name in ["closed-0", "closed-9", "closed-10", "open-4", "first-index"] {
            fs::write(log.join(name), b"").unwrap();
        }
        prune(folder.path()).unwrap();
        let mut left: Vec<String> = fs::read_dir(&log)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["closed-10", "first-index", "open-4"]);
    }
}
