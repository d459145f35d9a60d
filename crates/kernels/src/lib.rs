//! What both rooms that hold models compute with: products with dense and with quantised weights,
//! and the loops between them, by the instructions the machine has. Not here: models, files,
//! tensors, and threads other than for laying weights out; what is asked for is computed on the
//! thread that asks.
//!
//! Every product has a form in plain Rust, which other processors use and Miri runs. Vector forms are
//! reached through a [`witness`] of their instructions, which only asking the machine gives; so no
//! safe call can reach instructions that are not there:
//!
//! ```compile_fail,E0423
//! let there = yinju_kernels::witness::Avx2(());
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(test)]
mod agreement;
pub mod dense;
pub mod quantized;
pub mod rowwise;
pub mod witness;
