//! Marks in the folder of an index that outlive the process: that it is open, that it was being opened,
//! that vectors were being overwritten. By them the next start knows what it cannot take for granted.

use crate::error::IndexError;
use std::fs;
use std::path::{Path, PathBuf};

const OPEN: &str = "open";
const ERASING: &str = "erasing";

/// How an index was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Closed in good order.
    Closed,
    /// Open: the process was killed, or ended over it.
    Open,
    /// So many processes in a row ended while they opened it or asked it for the first time.
    Opening(u32),
}

/// The mark of an open index; it goes when this is dropped.
pub struct Presence {
    path: PathBuf,
}

impl Presence {
    /// How the index was left, before this process touches it.
    pub fn left(folder: &Path) -> Left {
        let Ok(text) = fs::read_to_string(folder.join(OPEN)) else { return Left::Closed };
        match text.strip_prefix("opening ").map(str::parse) {
            Some(Ok(times)) => Left::Opening(times),
            _ => Left::Open,
        }
    }

    /// Marks the index as being opened, after how it was left.
    pub fn begin(folder: &Path, left: Left) -> Self {
        let before = if let Left::Opening(times) = left { times } else { 0 };
        let path = folder.join(OPEN);
        write(&path, &format!("opening {}", before.saturating_add(1)));
        Self { path }
    }

    /// It opened, and answered.
    pub fn is_open(&self) {
        write(&self.path, "open");
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether a removal was cut short.
pub fn is_erasing(folder: &Path) -> bool {
    folder.join(ERASING).exists()
}

/// Marks that vectors are being taken out, or that all of them are gone.
pub fn mark_erasing(folder: &Path, begins: bool) -> Result<(), IndexError> {
    let path = folder.join(ERASING);
    match (begins, path.exists()) {
        (true, false) => {
            write(&path, "vectors are being taken out");
            Ok(())
        }
        (false, true) => fs::remove_file(&path).map_err(|error| IndexError::io(&path, error)),
        _ => Ok(()),
    }
}

/// A mark is for the next start; on a full disk this one goes on without.
fn write(path: &Path, text: &str) {
    if let Err(error) = fs::write(path, text) {
        tracing::warn!(%error, path = %path.display(), "a mark was not left");
    }
}
