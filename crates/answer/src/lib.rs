//! From evidence to a cited answer, and from a cited answer to a checked one.
//!
//! ```text
//! hits ─ relevance ─┬─ refuse
//!                   ├─ quotes  (no language model) ───────────┐
//!                   └─ prompt → model → stream (shown) → check ┴→ text, citations, sentences
//! ```
//!
//! Everything here is a pure function of its arguments; pages come through a closure. A quotation is
//! always cut from a page's own text, never from what a model wrote, so it cannot be invented.
//! Deliberately not here: retrieval, the language model itself, storage, and the order of the steps.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agree;
pub mod amending;
pub mod anchor;
mod apart;
pub mod check;
mod cited;
mod claim;
mod declining;
pub mod ending;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod fixtures;
pub mod identifiers;
pub mod instructions;
pub mod layout;
mod markers;
mod numbers;
pub mod prompt;
pub mod quotes;
mod quoting;
pub mod reasoning;
mod relations;
pub mod relevance;
mod rows;
mod sentences;
mod sources;
pub mod stream;
pub mod survey;
mod taken;
mod terms;

pub use check::{Checked, check};
pub use claim::Gate;
pub use prompt::Turn;
pub use relevance::{RelevanceConfig, Thresholds, Verdict};
pub use sources::Pages;
pub use stream::MarkerStream;
