//! Which models exist, where they come from, fetching and verifying them.
//!
//! `models/catalog.toml` says what there is ([`Catalog`]); [`ModelsFolder`] is what of it is on this
//! machine. A SHA-256 per file decides whether a download is right, whichever source it came from;
//! what was installed, with its hashes, stands in a manifest beside the files.
//!
//! Not here: running models and looking into their files (`embed`, `generate`, in a worker process),
//! and choosing where the folders are and which mirror is asked (the shells).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod entry;
mod error;
mod file_name;
mod folder;
mod hash;
mod hub;
mod import;
mod ledger;
mod manifest;
mod progress;
mod pull;
mod staging;

pub use entry::{
    Catalog, EncoderSettings, Entry, FileSpec, Hub, ModelKind, RerankerSettings, Source, Variant,
};
pub use error::{Attempt, CatalogError};
pub use file_name::{FileName, NotAFileName};
pub use folder::{InstalledModel, ModelsFolder, Verdict, Verification};
pub use hash::{hexadecimal, sha256_of_file};
pub use ledger::Connection;
pub use progress::{PullProgress, PullStage};
