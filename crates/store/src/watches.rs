//! Watched folders, and what was last seen in them. Deliberately not here: looking into a folder, and
//! what follows from a change (`engine`).

use crate::{Result, Store, StoreError, paths, rows};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use yinju_core::LibraryId;

/// A folder that a library follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Its number.
    pub id: u64,
    /// The library.
    pub library: LibraryId,
    /// The folder.
    #[serde(serialize_with = "yinju_core::path::lossy")]
    pub folder: PathBuf,
    /// Patterns of what is left out, as a shell writes them.
    pub ignored: Vec<String>,
    /// The file system it was on; none where that is not told.
    #[serde(skip)]
    pub device: Option<u64>,
}

/// A file as it was last seen in a watched folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenFile {
    /// Where.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// When it was last written, in nanoseconds since 1970.
    pub modified: i64,
}

/// A file that was in a watched folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneFile {
    /// Where it was.
    #[serde(serialize_with = "yinju_core::path::lossy")]
    pub path: PathBuf,
    /// When it was first missed (RFC 3339, UTC).
    pub since: String,
}

impl Store {
    /// Keeps a folder; one that the library follows already gets other patterns.
    pub fn add_watch(
        &self,
        library: LibraryId,
        folder: &Path,
        ignored: &[String],
        device: Option<u64>,
    ) -> Result<Watch> {
        let json = serde_json::to_string(ignored).map_err(|_| StoreError::Corrupt("watch"))?;
        let connection = self.lock();
        connection.execute(
            "INSERT INTO watches (library_id, folder, ignored, device) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (library_id, folder) DO UPDATE
             SET ignored = excluded.ignored, device = excluded.device",
            (library.0, paths::bytes(folder), json, device.map(u64::cast_signed)),
        )?;
        let query = format!("{WATCH} WHERE library_id = ?1 AND folder = ?2");
        Ok(connection.query_row(&query, (library.0, paths::bytes(folder)), watch)?)
    }

    /// All watched folders, oldest first.
    pub fn watches(&self) -> Result<Vec<Watch>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!("{WATCH} ORDER BY id"))?;
        rows::all(statement.query_map([], watch)?)
    }

    /// A folder is followed no longer; whether it was. Documents stay.
    pub fn remove_watch(&self, id: u64) -> Result<bool> {
        Ok(self.lock().execute("DELETE FROM watches WHERE id = ?1", [id])? > 0)
    }

    /// Files as they were last seen, those that are gone left out.
    pub fn seen_files(&self, watch: u64) -> Result<Vec<SeenFile>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT path, bytes, modified FROM watched_files
             WHERE watch_id = ?1 AND gone IS NULL ORDER BY path",
        )?;
        let rows = statement.query_map([watch], |row| {
            Ok(SeenFile {
                path: paths::path(row.get(0)?),
                bytes: row.get(1)?,
                modified: row.get(2)?,
            })
        })?;
        rows::all(rows)
    }

    /// Keeps how files were seen, in one transaction.
    pub fn see_files(&self, watch: u64, files: &[SeenFile]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for SeenFile { path, bytes, modified } in files {
            transaction
                .prepare_cached(
                    "INSERT INTO watched_files (watch_id, path, bytes, modified)
                     SELECT id, ?2, ?3, ?4 FROM watches WHERE id = ?1
                     ON CONFLICT (watch_id, path) DO UPDATE
                     SET bytes = excluded.bytes, modified = excluded.modified, gone = NULL",
                )?
                .execute((watch, paths::bytes(path), bytes, modified))?;
        }
        Ok(transaction.commit()?)
    }

    /// Files are gone. One whose document lies elsewhere now was moved, and is forgotten.
    pub fn miss_files(&self, watch: u64, files: &[PathBuf]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for file in files {
            let path = paths::bytes(file);
            transaction.execute(
                "UPDATE watched_files SET gone = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
                 WHERE watch_id = ?1 AND path = ?2 AND gone IS NULL",
                (watch, &path),
            )?;
            transaction.execute(
                "DELETE FROM watched_files WHERE watch_id = ?1 AND path = ?2
                 AND NOT EXISTS (SELECT 1 FROM places WHERE path = ?2)",
                (watch, &path),
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Files that are gone from a folder and whose documents are kept, first by path.
    pub fn gone_files(&self, watch: u64) -> Result<Vec<GoneFile>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT w.path, w.gone FROM watched_files w
             WHERE w.watch_id = ?1 AND w.gone IS NOT NULL
             AND EXISTS (SELECT 1 FROM places WHERE path = w.path) ORDER BY w.path",
        )?;
        let rows = statement.query_map([watch], |row| {
            Ok(GoneFile { path: paths::path(row.get(0)?), since: rows::text(row, 1)? })
        })?;
        rows::all(rows)
    }
}

const WATCH: &str = "SELECT id, library_id, folder, ignored, device FROM watches";

fn watch(row: &Row<'_>) -> rusqlite::Result<Watch> {
    let device: Option<i64> = row.get(4)?;
    Ok(Watch {
        id: row.get(0)?,
        library: LibraryId(row.get(1)?),
        folder: paths::path(row.get(2)?),
        // Damaged patterns leave nothing out.
        ignored: serde_json::from_str(&rows::text(row, 3)?).unwrap_or_default(),
        device: device.map(i64::cast_unsigned),
    })
}
