//! The one source of truth: libraries, documents, pages, passages, vectors, jobs, conversations, a person's
//! own questions.
//!
//! One SQLite file in WAL mode behind one connection. Whatever is in an index stands here too, so
//! every index can be rebuilt without reading or embedding anything again. Not here: what follows
//! from a status (`engine`), and the indexes themselves (`index`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod carrying;
mod chats;
mod copying;
mod documents;
mod error;
mod health;
mod jobs;
mod libraries;
mod opening;
mod own;
mod pages;
mod passages;
mod paths;
mod places;
mod reading;
mod removals;
mod rows;
mod salvage;
mod schema;
mod space;
mod vectors;
mod versions;
mod watches;

pub use carrying::{CarriedChat, CarriedDocument};
pub use chats::{Chat, ChatSummary};
pub use copying::{StoreFile, check, look, put_in_place};
pub use documents::NewDocument;
pub use error::{StoreError, damage_was_seen};
pub use health::{Health, Unreadable};
pub use jobs::Job;
pub use libraries::LibrarySummary;
pub use own::{OwnQuestion, StoredRun};
pub use pages::PageSummary;
pub use reading::ReadEnd;
pub use removals::UnfinishedRemoval;
pub use salvage::{Salvaged, salvage};
pub use schema::VERSION;
pub use vectors::TextHash;
pub use watches::{GoneFile, SeenFile, Watch};

use opening::Bulk;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What every fallible call of this crate returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An open store. Shared between threads by reference; calls take turns.
///
/// What a call has returned from is on the disk, also after a loss of power: each commit waits for
/// it, except those of bulk work, which the next other commit makes safe with its own.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store in a file, creating or migrating it as needed. A file written by a newer
    /// version is left as it is: [`StoreError::Newer`]. Reading works on a full disk too.
    pub fn open(path: &Path) -> Result<Self> {
        let store = Self::connect(path)?;
        store.migrate()?;
        Ok(store)
    }

    /// The same with its schema as it is, to be looked at before [`Self::migrate`].
    pub fn connect(path: &Path) -> Result<Self> {
        Ok(Self { connection: Mutex::new(opening::open(path)?) })
    }

    /// How many steps led to the file's schema.
    pub fn schema(&self) -> Result<u32> {
        Ok(self.lock().pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    /// Brings the schema up to date.
    pub fn migrate(&self) -> Result<()> {
        schema::migrate(&mut self.lock(), VERSION)
    }

    /// A store that lives as long as the value; for evaluation and tests.
    pub fn in_memory() -> Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        schema::prepare(&mut connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// A small value kept by name, as `encoder`. One that does not read back is none.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        let query = "SELECT value FROM settings WHERE name = ?1";
        rows::one(self.lock().query_row(query, [name], |row| row.get(0)))
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

    /// The same for work that comes in bulk and can be done again: its commits do not wait for the
    /// disk one by one.
    fn bulk(&self) -> Bulk<'_> {
        Bulk::new(self.lock())
    }
}
