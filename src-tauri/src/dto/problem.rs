//! A problem as the window hears of it: the code decides the wording there.

use serde::Serialize;
use ts_rs::TS;
use yinju_core::{Problem, ProblemCode};

/// What every command returns.
pub type Result<T> = std::result::Result<T, ProblemDto>;

/// A problem a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "Problem")]
pub struct ProblemDto {
    /// What kind; the window words it by this.
    pub code: String,
    /// What happened, in English, for reports.
    pub message: String,
    /// What to do about it, in English.
    pub hint: Option<String>,
}

impl From<Problem> for ProblemDto {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code.as_str(), message: problem.message, hint: problem.hint }
    }
}

impl ProblemDto {
    /// Something that should not happen.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        Problem::new(ProblemCode::Internal, what).into()
    }
}
