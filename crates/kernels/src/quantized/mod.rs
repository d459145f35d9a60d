//! Products with weights of 4 to 8 bits that share scales, as GGUF files hold them, on processors.
//!
//! A [`Matrix`] is laid out once for the widest instructions there are ([`Instructions`]) and then
//! multiplied with rows of input that were rounded to 8 bits ([`Inputs`]). Sums of 32 products are
//! whole numbers; scales and everything that is summed over blocks are `f32`.

mod aligned;
mod codes;
mod format;
mod inputs;
mod instructions;
mod lanes;
mod matrix;
mod output;
mod product;
mod scaling;

pub use format::{Format, dequantize, quantize, quantize_8, restore, widen};
pub use inputs::Inputs;
pub use instructions::Instructions;
pub use matrix::Matrix;
pub use output::Output;

/// Weights, and inputs, that share a scale.
pub const BLOCK: usize = 32;
/// Blocks whose scales share a scale in the formats whose name ends in `K`.
const SUPER: usize = 8;
