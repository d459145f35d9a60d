//! Products with dense weights, in `f32` or, where the processor multiplies those, in bfloat16.

mod panels;
mod tile;

pub use panels::{Onto, Panels, Rows, RowsMut};
pub use tile::Instructions;
