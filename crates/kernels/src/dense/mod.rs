//! Products with dense weights, in `f32`.

mod instructions;
mod panels;
mod tile;

pub use instructions::Instructions;
pub use panels::{Onto, Panels, Rows, RowsMut};
