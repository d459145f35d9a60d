//! Prompt → tokens: local language models from GGUF files, computed with candle.
//!
//! One decoder of our own serves every llama-like architecture ([`SUPPORTED_ARCHITECTURES`]); the
//! vocabulary, the chat template and the tokens that end an answer come from the file itself.
//! Deliberately not here: what a prompt says (`answer`), where a model file comes from
//! (`catalog`), and which process this runs in (`worker`).
//!
//! The processor always works. `--features cuda` and `--features metal` put the model, or as many of
//! its blocks as there is memory for, on the first such device ([`compute`] says whether there is
//! one). They are meant for separate worker binaries, since a CUDA build does not start where the
//! driver's library is missing.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attention;
mod constrain;
mod decoder;
mod describe;
mod error;
mod fitting;
mod gate;
mod generator;
mod gguf;
mod head;
mod linear;
mod lookup;
mod placement;
#[cfg(test)]
mod reference_tests;
mod rope;
mod sampler;
mod shape;
mod stream;
mod template;
mod threads;
#[cfg(test)]
#[path = "../tests/support/tiny.rs"]
mod tiny;
mod vocabulary;

pub use describe::describe;
pub use error::GenerateError;
pub use generator::CandleGenerator;
pub use lookup::Drafts;
pub use placement::{Compute, compute};
pub use shape::{CACHE_BYTES, CONTEXT_CAP, SUPPORTED_ARCHITECTURES};
