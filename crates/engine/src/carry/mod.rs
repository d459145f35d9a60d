//! A library as one file, to be opened elsewhere without reading or embedding anything again: a zip archive
//! of a manifest, which names every part with its SHA-256, a part for each document, its conversations, and
//! the documents' files themselves where that was wished. Parts are read by memory-safe code alone and held
//! against their sums before; one that is damaged is named and costs no other. Deliberately not here: what a
//! document is made of (`store`).

mod archive;
mod chats;
mod export;
mod import;

pub use export::CarriedOut;
pub use import::{CarriedIn, CarriedLibrary};

use serde::{Deserialize, Serialize};

/// What the archive says it is.
const FORMAT: &str = "yinju-library";
/// The form this program writes.
const VERSION: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// A manifest has some hundred bytes a document.
const LONGEST_MANIFEST: u64 = 256 << 20;
/// Bytes of one part that is decoded: thousands of pages with all their vectors.
const LONGEST_PART: u64 = 2 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    /// What the library is called.
    library: String,
    /// Its own words.
    words: String,
    documents: Vec<DocumentParts>,
    /// Conversations that are about these documents alone.
    conversations: Option<Part>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DocumentParts {
    /// By which conversations name it.
    id: u64,
    /// All that was made of it.
    #[serde(flatten)]
    made: Part,
    /// Its file.
    original: Option<Part>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    /// The file in the archive.
    file: String,
    title: String,
    /// Of the part's bytes as they are packed.
    sha256: String,
}
