//! What stands beside installed files: which model they are, where they came from, and their
//! hashes. Not here: deciding whether they are right.

use crate::entry::{EncoderSettings, ModelKind, RerankerSettings};
use crate::error::CatalogError;
use crate::file_name::FileName;
use serde::{Deserialize, Serialize};
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::UNIX_EPOCH;
use yinju_core::ModelId;

/// The manifest's name in a model's folder.
pub(crate) const NAME: &str = "manifest.json";
/// The format that is written.
const SCHEMA: u32 = 1;

/// A file as it was when its hash was computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    pub(crate) name: FileName,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// Time of the last change, in nanoseconds since 1970.
    pub(crate) modified_ns: u64,
    /// What the system keeps of the file and nobody can set: its number, and when anything about it
    /// changed last. None on systems that have no such thing, and in manifests of earlier versions.
    #[serde(default)]
    pub(crate) identity: Option<Identity>,
}

impl FileRecord {
    /// Describes a file whose hash is known.
    pub(crate) fn of(folder: &Path, name: &FileName, sha256: String) -> Result<Self, CatalogError> {
        let path = folder.join(name);
        let meta = fs::metadata(&path).map_err(|e| CatalogError::io(&path, e))?;
        let modified_ns = modified_ns(&meta);
        let identity = Identity::of(&meta);
        Ok(Self { name: name.clone(), bytes: meta.len(), sha256, modified_ns, identity })
    }

    /// Whether the file looks as it did; one that does is used without being read. Its length and
    /// time alone would let other bytes pass, so where the system tells more, that must be known.
    pub(crate) fn looks_unchanged(&self, folder: &Path) -> bool {
        fs::metadata(folder.join(&self.name)).is_ok_and(|meta| {
            meta.len() == self.bytes
                && modified_ns(&meta) == self.modified_ns
                && Identity::of(&meta) == self.identity
        })
    }
}

/// What tells a file from another of the same name, length and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    inode: u64,
    changed_ns: i64,
}

impl Identity {
    #[cfg(unix)]
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
    fn of(meta: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let changed_ns = meta.ctime().saturating_mul(1_000_000_000) + meta.ctime_nsec();
        Some(Self { inode: meta.ino(), changed_ns })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

fn modified_ns(meta: &Metadata) -> u64 {
    meta.modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |age| age.as_nanos() as u64)
}

/// What is installed in a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) schema: u32,
    pub(crate) id: ModelId,
    pub(crate) kind: ModelKind,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) licence: Option<String>,
    /// Where the files came from, as `huggingface` or `imported`.
    pub(crate) source: String,
    pub(crate) variant: String,
    pub(crate) files: Vec<FileRecord>,
    /// How to use an imported encoder; a catalogued one is used as the catalogue says.
    #[serde(default)]
    pub(crate) encoder: Option<EncoderSettings>,
    /// How to use an imported reranker, likewise.
    #[serde(default)]
    pub(crate) reranker: Option<RerankerSettings>,
}

impl Manifest {
    /// The file with the weights: the largest.
    pub(crate) fn weights(&self) -> Option<&FileRecord> {
        self.files.iter().max_by_key(|file| file.bytes)
    }

    pub(crate) fn new(id: &ModelId, kind: ModelKind, title: &str) -> Self {
        Self {
            schema: SCHEMA,
            id: id.clone(),
            kind,
            title: title.to_owned(),
            licence: None,
            source: String::new(),
            variant: String::new(),
            files: Vec::new(),
            encoder: None,
            reranker: None,
        }
    }

    /// Reads a folder's manifest; `None` where there is none that can be understood.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join(NAME)).ok()?;
        match serde_json::from_str::<Self>(&text) {
            Ok(manifest) if manifest.schema == SCHEMA => Some(manifest),
            Ok(manifest) => {
                tracing::warn!(folder = %folder.display(), schema = manifest.schema, "unknown manifest");
                None
            }
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "damaged manifest");
                None
            }
        }
    }

    /// Writes it whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), CatalogError> {
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self)
            .map_err(|e| CatalogError::io(&path, std::io::Error::other(e)))?;
        let fresh = folder.join(".manifest.json.new");
        fs::write(&fresh, text).map_err(|e| CatalogError::io(&fresh, e))?;
        fs::rename(&fresh, &path).map_err(|e| CatalogError::io(&path, e))
    }
}
