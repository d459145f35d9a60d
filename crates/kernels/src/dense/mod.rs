//! Products with dense weights, in `f32` or, where the processor multiplies those, in bfloat16.

mod instructions;
mod pairs;
mod panels;
mod tile;

pub use instructions::Instructions;
pub use panels::{Onto, Panels, Rows, RowsMut};
