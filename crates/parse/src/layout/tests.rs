//! What must hold whatever the glyphs are.

use super::*;
