//! What the shell tells the window unasked, and under which names.

use super::ProblemDto;
use serde::Serialize;
use ts_rs::TS;

/// Carries an `ImportState`.
pub const IMPORTS: &str = "imports";
/// Documents or libraries are not what they were; carries nothing.
pub const LIBRARY_CHANGED: &str = "library-changed";
/// Carries a `DropHover`.
pub const DROP_HOVER: &str = "drop-hover";

/// Files held over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "DropHover")]
pub struct DropHoverDto {
    /// Whether they are over it; false once they left or were let go.
    pub over: bool,
    pub files: u32,
}

/// Whether the home could be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Startup")]
pub struct StartupDto {
    /// Why not.
    pub problem: Option<ProblemDto>,
    /// What happened to it on the way: that it was damaged, say, and what was recovered.
    pub told: Vec<ProblemDto>,
    pub version: String,
}
