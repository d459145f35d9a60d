//! The file's size: what is freed is given back to the disk.

use crate::{Result, Store};
use rusqlite::Connection;

/// Pages given back at once: what moves goes through the log, for which a full disk has little room.
const PAGES_AT_ONCE: u32 = 512;

impl Store {
    /// Bytes of the file, without its log.
    pub fn bytes(&self) -> Result<u64> {
        bytes(&self.lock())
    }

    /// Gives free pages back to the disk; how many bytes. None of a file that was made by a version
    /// that could not, until [`Self::make_shrinkable`].
    pub fn shrink(&self) -> Result<u64> {
        let connection = self.lock();
        let before = bytes(&connection)?;
        if !is_shrinkable(&connection)? {
            return Ok(0);
        }
        let mut free: u32 = pragma(&connection, "freelist_count")?;
        while free > 0 {
            let give_back = format!("PRAGMA incremental_vacuum({PAGES_AT_ONCE})");
            let mut statement = connection.prepare(&give_back)?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
            drop(rows);
            truncate_log(&connection)?;
            let left = pragma(&connection, "freelist_count")?;
            if left >= free {
                break;
            }
            free = left;
        }
        Ok(before.saturating_sub(bytes(&connection)?))
    }

    /// Whether freed pages can be given back.
    pub fn is_shrinkable(&self) -> Result<bool> {
        is_shrinkable(&self.lock())
    }

    /// Writes the file anew so that freed pages can be given back from then on. Takes room for two
    /// more of it, and as long as writing it does.
    pub fn make_shrinkable(&self) -> Result<()> {
        let connection = self.lock();
        if is_shrinkable(&connection)? {
            return Ok(());
        }
        // The copy it makes would not fit into the memory.
        connection.pragma_update(None, "temp_store", "FILE")?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        let written = connection.execute_batch("VACUUM");
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        written?;
        truncate_log(&connection)
    }

    /// Writes the log into the file and empties it.
    pub fn truncate_log(&self) -> Result<()> {
        truncate_log(&self.lock())
    }
}

fn truncate_log(connection: &Connection) -> Result<()> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

fn is_shrinkable(connection: &Connection) -> Result<bool> {
    Ok(pragma(connection, "auto_vacuum")? == 2)
}

fn bytes(connection: &Connection) -> Result<u64> {
    let pages: u32 = pragma(connection, "page_count")?;
    Ok(u64::from(pages) * u64::from(pragma(connection, "page_size")?))
}

fn pragma(connection: &Connection, name: &str) -> Result<u32> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}
