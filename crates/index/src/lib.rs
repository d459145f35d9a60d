//! Passages → searchable → ranked hits: [`HybridIndex`] keeps every passage twice, as a vector
//! (Qdrant Edge) and as postings (tantivy, BM25), and puts what both find together.
//!
//! It is derived from the store and can be thrown away: what a crash left in one arm and not in the
//! other shows in the census, and the engine puts it right. Deliberately not here: how text is
//! embedded, what a passage says (no text is kept), and whether an answer may be given.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod config;
mod dense;
mod error;
mod fuse;
mod hybrid;
mod lexical;
mod manifest;
mod panics;
mod presence;
mod seal;
mod search;
mod text;

pub use config::{FusionConfig, IndexConfig};
pub use error::IndexError;
pub use hybrid::HybridIndex;
