//! Which models exist, where they come from, fetching and verifying them.
//!
//! `models/catalog.toml` says what there is ([`Catalog`]); [`ModelsFolder`] is what of it is on this
//! machine. A SHA-256 per file decides whether a download is right, whichever source it came from;
//! what was installed, with its hashes, stands in a manifest beside the files.
//!
//! Not here: running models (`embed`, `generate`), and choosing where the folders are (the shells).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod archive;
mod component;
pub mod e5s1;
mod entry;
mod error;
mod file_name;
mod folder;
mod gguf;
mod hash;
mod hub;
mod import;
mod manifest;
mod packages;
mod pip;
mod progress;
mod pull;
mod staging;

pub use component::{Build, Component};
pub use entry::{
    Catalog, EncoderSettings, Entry, FileSpec, Hub, ModelKind, RerankerSettings, Source, Take,
    Variant,
};
pub use error::{Attempt, CatalogError};
pub use folder::{InstalledModel, ModelsFolder, Verdict, Verification};
pub use hash::{hexadecimal, sha256_of_file};
pub use pip::PipClient;
pub use progress::{PullProgress, PullStage};
