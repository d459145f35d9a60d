//! Whole exports, each opened by a reader that knows nothing of how it was written.

#![allow(clippy::unwrap_used, missing_docs)]

mod paged;
mod references;
mod support;
mod text;
