//! Opening the store's file: for its owner alone, also where the disk is full, and with commits that
//! wait for the disk.

use crate::{Result, schema};
use rusqlite::Connection;
use std::fs::OpenOptions;
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::MutexGuard;
use yinju_core::ProblemCode;

/// Opens a file and sets the connection up.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    make_private(path)?;
    match prepared(path, false) {
        // The index of the write-ahead log is a file of its own, for which there may be no room. A
        // connection that is alone keeps it in memory.
        Err(error) if is_about_room(error.code()) => prepared(path, true),
        other => other,
    }
}

fn prepared(path: &Path, alone: bool) -> Result<Connection> {
    let connection = Connection::open(path)?;
    if alone {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    schema::set_up(&connection)?;
    // The first read is what takes the log in.
    connection.pragma_query_value(None, "user_version", |_| Ok(()))?;
    Ok(connection)
}

fn is_about_room(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::DiskFull | ProblemCode::HomeUnusable)
}

/// The file is made before SQLite would make it, readable by its owner alone; the log beside it is
/// given the same permissions by SQLite.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

/// The connection while bulk work is written. What it commits is safe with the next commit that
/// waits for the disk, since all go through one log.
pub(crate) struct Bulk<'a>(MutexGuard<'a, Connection>);

impl<'a> Bulk<'a> {
    pub(crate) fn new(connection: MutexGuard<'a, Connection>) -> Self {
        wait(&connection, "NORMAL");
        Self(connection)
    }
}

impl Drop for Bulk<'_> {
    fn drop(&mut self) {
        wait(&self.0, "FULL");
    }
}

impl Deref for Bulk<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Bulk<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

/// Setting it writes nothing and cannot fail outside a transaction.
fn wait(connection: &Connection, how: &str) {
    if let Err(error) = connection.pragma_update(None, "synchronous", how) {
        tracing::warn!(%error, "commits go on waiting as they did");
    }
}
