//! What both rooms that hold models compute with: products with dense and with quantised weights,
//! and the loops between them, by the instructions the machine has. Not here: models, files,
//! tensors, and threads other than for laying weights out; what is asked for is computed on the
//! thread that asks.

pub mod dense;
pub mod quantized;
pub mod rowwise;
