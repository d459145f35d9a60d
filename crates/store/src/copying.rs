//! Copies of the store, made while it is in use and looked at before they count.

use crate::health::quick_check;
use crate::opening::make_private;
use crate::{Result, Store, StoreError};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

/// What a file looks like from its head; nothing is read beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFile {
    /// There is none.
    Missing,
    /// It has no byte.
    Empty,
    /// It does not begin as SQLite's files do, or is shorter than it says.
    Foreign,
    /// A store of this schema; 0 where nothing was written yet.
    Store {
        /// How many steps led to its schema.
        schema: u32,
    },
}

/// Bytes of the head of SQLite's files, which begins with these.
const HEAD: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Looks at a file's head.
pub fn look(path: &Path) -> Result<StoreFile> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(StoreFile::Missing),
        file => file?,
    };
    let bytes = file.metadata()?.len();
    let mut head = [0; HEAD];
    if bytes == 0 {
        return Ok(StoreFile::Empty);
    }
    if bytes < HEAD as u64 || file.read_exact(&mut head).is_err() || !head.starts_with(MAGIC) {
        return Ok(StoreFile::Foreign);
    }
    let number =
        |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    Ok(StoreFile::Store { schema: number(60) })
}

impl Store {
    /// Writes a copy, whole or not at all: it comes to stand under its name once it is on the disk
    /// and was found sound. The store can be read and written meanwhile.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        let file = self.lock().path().map(ToOwned::to_owned);
        // A connection of its own, so that nobody waits. On a full disk there can be none.
        let own = file.and_then(|file| Connection::open_with_flags(file, reading()).ok());
        match own.filter(|own| own.query_row("PRAGMA user_version", [], |_| Ok(())).is_ok()) {
            Some(own) => whole(&own, path),
            None => whole(&self.lock(), path),
        }
    }
}

/// Fails with [`StoreError::Damaged`] where a file is no sound store. It is only read.
pub fn check(path: &Path) -> Result<()> {
    let found = quick_check(&unchanging(path)?)?;
    if found.is_empty() { Ok(()) } else { Err(StoreError::Damaged(found.join("; "))) }
}

/// A connection to a file nobody writes to, which leaves nothing beside it.
pub(crate) fn unchanging(path: &Path) -> Result<Connection> {
    Ok(Connection::open_with_flags(uri(path), reading() | OpenFlags::SQLITE_OPEN_URI)?)
}

/// The name of such a file to SQLite.
pub(crate) fn uri(path: &Path) -> String {
    // A drive of Windows stands behind a slash, as a folder would.
    let mut name = String::from(if cfg!(windows) { "file:/" } else { "file:" });
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => name.push('/'),
            byte if byte.is_ascii_alphanumeric() || b"/._-:".contains(byte) => {
                name.push(char::from(*byte));
            }
            // Writing to a string does not fail.
            byte => drop(write!(name, "%{byte:02x}")),
        }
    }
    name + "?immutable=1"
}

fn reading() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn whole(from: &Connection, path: &Path) -> Result<()> {
    let unfinished = path.with_extension("part");
    let made = write(from, &unfinished).and_then(|()| {
        check(&unfinished)?;
        put_in_place(&unfinished, path)
    });
    if made.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    made
}

fn write(from: &Connection, path: &Path) -> Result<()> {
    let _ = fs::remove_file(path);
    make_private(path)?;
    let mut to = Connection::open(path)?;
    to.pragma_update(None, "journal_mode", "OFF")?;
    to.pragma_update(None, "synchronous", "OFF")?;
    // All at once: what is written meanwhile would have it begin again.
    Backup::new(from, &mut to)?.run_to_completion(i32::MAX, Duration::from_millis(100), None)?;
    Ok(())
}

/// Renames a finished file; it is on the disk before, and its new name after.
pub fn put_in_place(from: &Path, to: &Path) -> Result<()> {
    File::options().write(true).open(from)?.sync_all()?;
    fs::rename(from, to)?;
    Ok(sync_folder(to)?)
}

/// A name is on the disk once its folder is. Windows knows no such thing.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|_| cfg!(unix)) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
