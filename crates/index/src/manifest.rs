//! What the folder says of itself: for which vectors and by which analysis it was made. It is
//! written last, so that a folder without it was never finished. Not here: the arms' own files.

use crate::error::IndexError;
use crate::text::tokenizer;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::Path;

/// The layout of the folder; raised when an older one cannot be read any more.
const FORMAT: u32 = 4;

/// `index.json` of an index folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    analysis: String,
    dimensions: usize,
}

impl Manifest {
    /// What a folder made now for vectors of this length says.
    pub fn current(dimensions: usize) -> Self {
        Self { format: FORMAT, analysis: tokenizer::NAME.to_owned(), dimensions }
    }

    /// What is written in the folder, or `None` where nothing is.
    pub fn read(folder: &Path) -> Result<Option<Self>, IndexError> {
        let path = folder.join("index.json");
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(IndexError::io(&path, error)),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|e| IndexError::damaged(folder, &e))
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), IndexError> {
        let path = folder.join("index.json");
        let draft = folder.join("index.json.new");
        let json = serde_json::to_vec_pretty(self).unwrap_or_default();
        let written = fs::File::create(&draft)
            .and_then(|mut file| file.write_all(&json).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&draft, &path));
        written.map_err(|error| IndexError::io(&path, error))
    }

    /// Fails where the folder was made for something else than `self`.
    pub fn check(&self, found: &Self, folder: &Path) -> Result<(), IndexError> {
        if self == found {
            return Ok(());
        }
        Err(IndexError::outdated(folder, &format!("made for {found}, needed for {self}")))
    }
}

impl std::fmt::Display for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { format, analysis, dimensions } = self;
        write!(f, "format {format}, terms {analysis}, vectors of {dimensions}")
    }
}
