//! The second stage of retrieval: passages that the index found, put in order by comparing every
//! token of the question with every token of the passage (late interaction: Khattab & Zaharia,
//! `ColBERT`, SIGIR 2020), and by what both arms of the index thought.
//!
//! The token vectors are the encoder's own, made in the same pass as the passage's vector and kept
//! in a ninth of their size, so that ranking needs no model. Pure functions; deliberately not here:
//! models, the store, the index, and who asks.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod diverse;
mod late;
mod order;
mod tokens;

pub use diverse::{Shingles, spread};
pub use late::LateInteraction;
pub use order::{RankConfig, Weights, order};
pub use tokens::{exact, packed};
