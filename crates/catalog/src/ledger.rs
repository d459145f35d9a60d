//! Every connection that this program makes goes through this crate, and is written down here before it is
//! made: when, where to and what for; and what came of it. Kept beside the models, a line of JSON each, so
//! that a person can look. Where the folder is marked air-gapped, none is made.

use crate::error::CatalogError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

const FILE: &str = "connections.jsonl";
const AIR_GAPPED: &str = "air-gapped";

/// A connection that was made, or tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// When, in seconds since 1970.
    pub when: u64,
    /// The machine it went to.
    pub to: String,
    /// What for.
    pub why: String,
    /// Bytes that came; none where it is not known, as the program ended meanwhile.
    pub bytes: Option<u64>,
    /// What went wrong, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A line of the file: a connection begins, or what came of it.
#[derive(Serialize, Deserialize)]
struct Line {
    id: u64,
    #[serde(flatten)]
    connection: Connection,
}

/// The connections of this machine.
pub(crate) struct Ledger {
    folder: PathBuf,
    /// Lines are written one at a time.
    writing: Mutex<()>,
}

impl Ledger {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), writing: Mutex::default() }
    }

    /// A connection is about to be made. Where that cannot be written down, or none may be made, none is.
    pub(crate) fn begin(&self, address: &str, why: &str) -> Result<Begun<'_>, CatalogError> {
        if self.is_air_gapped() {
            return Err(CatalogError::AirGapped);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let connection = Connection {
            when: since.as_secs(),
            to: host(address).to_owned(),
            why: why.to_owned(),
            ..Connection::default()
        };
        let line = Line { id: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX), connection };
        self.write(&line)?;
        Ok(Begun { ledger: self, line })
    }

    /// All of them, oldest first. Lines that are damaged are passed over.
    pub(crate) fn read(&self) -> Result<Vec<Connection>, CatalogError> {
        let path = self.folder.join(FILE);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            text => text.map_err(|error| CatalogError::io(&path, error))?,
        };
        let text = String::from_utf8_lossy(&text);
        let mut connections: BTreeMap<u64, Connection> = BTreeMap::new();
        for Line { id, connection } in text.lines().filter_map(|l| serde_json::from_str(l).ok()) {
            connections.insert(id, connection);
        }
        Ok(connections.into_values().collect())
    }

    pub(crate) fn is_air_gapped(&self) -> bool {
        self.folder.join(AIR_GAPPED).exists()
    }

    pub(crate) fn set_air_gapped(&self, is_set: bool) -> Result<(), CatalogError> {
        let mark = self.folder.join(AIR_GAPPED);
        let done = if is_set {
            fs::create_dir_all(&self.folder).and_then(|()| fs::write(&mark, ""))
        } else {
            fs::remove_file(&mark)
        };
        match done {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(CatalogError::io(&mark, error))
            }
            _ => Ok(()),
        }
    }

    fn write(&self, line: &Line) -> Result<(), CatalogError> {
        let _writing = self.writing.lock();
        let path = self.folder.join(FILE);
        let mut json = serde_json::to_vec(line).unwrap_or_default();
        json.push(b'\n');
        fs::create_dir_all(&self.folder)
            .and_then(|()| OpenOptions::new().create(true).append(true).open(&path))
            .and_then(|mut file| file.write_all(&json))
            .map_err(|error| CatalogError::io(&path, error))
    }
}

/// A connection that was begun.
pub(crate) struct Begun<'a> {
    ledger: &'a Ledger,
    line: Line,
}

impl Begun<'_> {
    /// So many bytes came, and this went wrong. On a full disk that is not known later.
    pub(crate) fn end(mut self, bytes: u64, error: Option<String>) {
        (self.line.connection.bytes, self.line.connection.error) = (Some(bytes), error);
        if let Err(error) = self.ledger.write(&self.line) {
            tracing::warn!(%error, "what came of a connection was not written down");
        }
    }
}

/// The machine of an address, with its port.
fn host(address: &str) -> &str {
    let after = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = after.split(['/', '?', '#']).next().unwrap_or_default();
    // A name and a password are nobody's business.
    host.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_kept_with_what_came_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::in_folder(&folder.path().join("models"));
        assert_eq!(ledger.read().unwrap(), []);
        let begun = ledger.begin("https://me:secret@hub.test:8443/a?b", "model.gguf").unwrap();
        assert_eq!(ledger.read().unwrap()[0].bytes, None, "known before it is made");
        begun.end(12, Some("it broke".to_owned()));
        let known = ledger.read().unwrap();
        let expected = ("hub.test:8443", "model.gguf", Some(12), Some("it broke"));
        let one = &known[0];
        assert_eq!((one.to.as_str(), one.why.as_str(), one.bytes, one.error.as_deref()), expected);
    }

    #[test]
    fn nothing_is_begun_behind_an_air_gap() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::in_folder(folder.path());
        ledger.set_air_gapped(true).unwrap();
        assert!(matches!(ledger.begin("https://hub.test/", "x"), Err(CatalogError::AirGapped)));
        ledger.set_air_gapped(false).unwrap();
        ledger.set_air_gapped(false).unwrap();
        assert!(ledger.begin("https://hub.test/", "x").is_ok());
    }
}
