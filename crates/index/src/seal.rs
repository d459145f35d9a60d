//! What the files of an index were when they were last committed: length and checksum of each. It is
//! broken before the first byte is written after that and made again at the next commit, so that a
//! seal that is there speaks of files nobody has changed since. Not here: what follows from damage.

use crate::error::IndexError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use yinju_core::Problem;
use yinju_core::ports::OnPart;

const FILE: &str = "seal.json";
/// Read and hashed at once; what a check rests after.
const PART: usize = 1 << 20;

/// Lengths and checksums of all files of an index, by their paths in its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    files: BTreeMap<String, Sealed>,
}

/// A file as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Sealed {
    bytes: u64,
    crc: u32,
}

/// The seal as it is written, with its own checksum.
#[derive(Serialize, Deserialize)]
struct Written {
    seal: Seal,
    crc: u32,
}

/// Why a check of files ended before its end.
#[derive(Debug)]
pub enum Ended {
    /// A file is not what it was, or cannot be read.
    Failed(IndexError),
    /// Whoever asked has had enough.
    Stopped(Problem),
}

impl From<IndexError> for Ended {
    fn from(error: IndexError) -> Self {
        Self::Failed(error)
    }
}

impl Seal {
    /// The seal of a folder; `None` where it was broken or never made.
    pub fn read(folder: &Path) -> Result<Option<Self>, IndexError> {
        let bytes = match fs::read(folder.join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(IndexError::io(&folder.join(FILE), error)),
        };
        let damaged = |reason: &dyn std::fmt::Display| {
            IndexError::damaged(folder, &format!("its checksums do not read back: {reason}"))
        };
        let Written { seal, crc } = serde_json::from_slice(&bytes).map_err(|e| damaged(&e))?;
        if seal.own_crc() == crc { Ok(Some(seal)) } else { Err(damaged(&"they are not their own")) }
    }

    /// Says that the files are about to change.
    pub fn break_in(folder: &Path) -> Result<(), IndexError> {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(IndexError::io(&folder.join(FILE), error))
            }
            _ => Ok(()),
        }
    }

    /// The files as they are. Of those that `before` has, only such are read again as may have changed:
    /// none that is written once, none longer than `most`.
    pub fn of(folder: &Path, before: &Self, most: u64) -> Result<Self, IndexError> {
        let mut seal = Self::default();
        for path in files_in(folder)? {
            let name = name_of(folder, &path);
            let bytes = path.metadata().map_err(|error| IndexError::io(&path, error))?.len();
            let is_known =
                |known: &&Sealed| known.bytes == bytes && (bytes > most || is_written_once(&name));
            let sealed = match before.files.get(&name).filter(is_known) {
                Some(known) => *known,
                None => Sealed { bytes, crc: crc(&path)? },
            };
            seal.files.insert(name, sealed);
        }
        Ok(seal)
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), IndexError> {
        let (path, draft) = (folder.join(FILE), folder.join("seal.json.new"));
        let written = Written { seal: self.clone(), crc: self.own_crc() };
        let json = serde_json::to_vec(&written).unwrap_or_default();
        let written = File::create(&draft)
            .and_then(|mut file| file.write_all(&json).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&draft, &path));
        written.map_err(|error| IndexError::io(&path, error))
    }

    /// Fails where a file is gone, shorter, longer or, of as many as `most` bytes hold, another. The
    /// small ones go first: by them the others are read, and a flipped number in them is what aborts
    /// a process.
    pub fn check(&self, folder: &Path, most: u64, on_part: OnPart<'_>) -> Result<(), Ended> {
        let mut files: Vec<(&String, &Sealed)> = self.files.iter().collect();
        for (name, sealed) in &files {
            let path = folder.join(name);
            let bytes = path.metadata().map(|file| file.len()).map_err(|error| {
                IndexError::damaged(folder, &format!("{name} cannot be read: {error}"))
            })?;
            if bytes != sealed.bytes {
                let reason = format!("{name} has {bytes} bytes instead of {}", sealed.bytes);
                return Err(IndexError::damaged(folder, &reason).into());
            }
        }
        files.sort_by_key(|(_, sealed)| sealed.bytes);
        let mut left = most;
        for (name, expected) in files {
            let Some(rest) = left.checked_sub(expected.bytes) else { return Ok(()) };
            left = rest;
            let crc = crc_of(&folder.join(name), on_part)?;
            if crc != expected.crc {
                let reason = format!("{name} is not what was written");
                return Err(IndexError::damaged(folder, &reason).into());
            }
        }
        Ok(())
    }

    fn own_crc(&self) -> u32 {
        crc32fast::hash(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// Segments of postings have a number for a name that is used once.
fn is_written_once(name: &str) -> bool {
    let stem = name.strip_prefix("postings/").and_then(|file| file.split('.').next());
    stem.is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// All files that count; the lock and the marks say nothing of what is in the index.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, IndexError> {
    let mut found = Vec::new();
    let mut open = vec![folder.join("postings"), folder.join("vectors")];
    while let Some(folder) = open.pop() {
        let io = |error| IndexError::io(&folder, error);
        for entry in fs::read_dir(&folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let is_lock = entry.file_name().to_string_lossy().ends_with(".lock");
            if entry.file_type().map_err(io)?.is_dir() {
                open.push(entry.path());
            } else if !is_lock {
                found.push(entry.path());
            }
        }
    }
    found.push(folder.join("index.json"));
    Ok(found)
}

/// The path in the folder, the same on every system.
fn name_of(folder: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn crc(path: &Path) -> Result<u32, IndexError> {
    crc_of(path, &mut || Ok(())).map_err(|ended| match ended {
        Ended::Failed(error) => error,
        Ended::Stopped(problem) => IndexError::engine("sealing", &problem),
    })
}

fn crc_of(path: &Path, on_part: OnPart<'_>) -> Result<u32, Ended> {
    let io = |error| IndexError::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let mut hasher = crc32fast::Hasher::new();
    let length = file.metadata().map_err(io)?.len();
    let mut part = vec![0; PART.min(usize::try_from(length).unwrap_or(PART)).max(1)];
    loop {
        let read = file.read(&mut part).map_err(io)?;
        if read == 0 {
            return Ok(hasher.finalize());
        }
        hasher.update(&part[..read]);
        on_part().map_err(Ended::Stopped)?;
    }
}
