//! Rectangles on a page.

use serde::{Deserialize, Serialize};

/// A rectangle in fractions of the page's width and height, origin at the top left, after page
/// rotation. Serialised as `[x0, y0, x1, y1]` with `x0 ≤ x1` and `y0 ≤ y1`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f32; 4]", into = "[f32; 4]")]
pub struct BBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl BBox {
    /// A box from two corners in any order.
    pub fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Width in fractions of the page's width.
    pub fn width(self) -> f32 {
        self.x1 - self.x0
    }

    /// Height in fractions of the page's height.
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// Cut to the page, so that a mark is never drawn beside it.
    #[must_use]
    pub fn clamped(self) -> Self {
        Self {
            x0: self.x0.clamp(0.0, 1.0),
            y0: self.y0.clamp(0.0, 1.0),
            x1: self.x1.clamp(0.0, 1.0),
            y1: self.y1.clamp(0.0, 1.0),
        }
    }
}

impl From<[f32; 4]> for BBox {
    fn from([x0, y0, x1, y1]: [f32; 4]) -> Self {
        Self::new(x0, y0, x1, y1)
    }
}

impl From<BBox> for [f32; 4] {
    fn from(b: BBox) -> Self {
        [b.x0, b.y0, b.x1, b.y1]
    }
}
