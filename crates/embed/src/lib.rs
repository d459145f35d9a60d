//! Text → vectors, and question with passage → score: encoders and cross-encoders of the BERT family
//! (`bert`, `roberta`, `xlm-roberta`, `ernie`) on the CPU.
//!
//! The weights stay in mapped safetensors files; the arithmetic is our own (ADR 12), as a
//! composed graph spends most of its time outside the matrix products: texts lie one behind the
//! other without padding, weights are laid out once for the products they are used in, and whatever stands
//! between two products is one pass over the rows (`yinju-kernels`).
//!
//! Deliberately not here: where a model comes from and how it is to be used (the catalogue says),
//! how texts are cut (`yinju-split`), and which process this runs in.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attention;
mod config;
mod crew;
mod cross;
mod describe;
mod encoder;
mod error;
mod head;
mod layer;
mod linear;
mod pairs;
mod plan;
mod tokens;
mod transformer;
mod weights;

pub use cross::CrossEncoder;
pub use describe::describe;
pub use encoder::BertEncoder;
pub use error::EmbedError;
