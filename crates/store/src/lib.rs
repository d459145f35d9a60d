//! The one source of truth: libraries, documents, pages, passages, vectors, jobs, conversations, a person's
//! own questions.
//!
//! One SQLite file in WAL mode behind one connection. Whatever is in an index stands here too, so
//! every index can be rebuilt without reading or embedding anything again. Not here: what follows
//! from a status (`engine`), and the indexes themselves (`index`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chats;
mod documents;
mod error;
mod jobs;
mod libraries;
mod own;
mod pages;
mod passages;
mod paths;
mod places;
mod reading;
mod schema;
mod vectors;

pub use chats::{Chat, ChatSummary};
pub use documents::NewDocument;
pub use error::StoreError;
pub use jobs::Job;
pub use libraries::LibrarySummary;
pub use own::{OwnQuestion, StoredRun};
pub use pages::PageSummary;
pub use reading::ReadEnd;
pub use vectors::TextHash;

use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What every fallible call of this crate returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An open store. Shared between threads by reference; calls take turns.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store in a file, creating or migrating it as needed. A file written by a newer
    /// version is left as it is: [`StoreError::Newer`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::with(Connection::open(path)?)
    }

    /// A store that lives as long as the value; for evaluation and tests.
    pub fn in_memory() -> Result<Self> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(mut connection: Connection) -> Result<Self> {
        schema::prepare(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A small value kept by name, as `encoder`.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        use rusqlite::OptionalExtension;
        let query = "SELECT value FROM settings WHERE name = ?1";
        Ok(self.lock().query_row(query, [name], |row| row.get(0)).optional()?)
    }

    /// Keeps a small value by name.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        let statement = "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.lock().execute(statement, [name, value])?;
        Ok(())
    }

    /// A panic while the lock was held cannot leave a half-written row: SQLite rolls back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
