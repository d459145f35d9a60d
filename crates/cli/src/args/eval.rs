//! The options of `yinju eval`.

use super::{AskModeArg, ModeArg, UnitArg, model_id, rerank};
use crate::bounds;
use std::path::PathBuf;
use yinju_core::ModelId;
use yinju_engine::Rerank;

/// What to measure, and of what.
#[derive(clap::Args, Debug)]
pub struct EvalArgs {
    pub corpus: PathBuf,
    pub queries: PathBuf,
    #[arg(long, value_enum, default_value_t = UnitArg::Page)]
    pub unit: UnitArg,
    #[arg(long, value_enum, default_value_t = ModeArg::Hybrid)]
    pub mode: ModeArg,
    /// Put in order what both arms found: by late interaction (`on`), not at all (`off`), or
    /// the first of it once more by this reranker
    #[arg(long, value_name = "on|off|ID", value_parser = rerank, default_value = "on")]
    pub rerank: Rerank,
    /// Ask each question of its gold documents alone
    #[arg(long, conflicts_with = "answers")]
    pub within_gold: bool,
    /// Measure answers instead: written by a language model, or quoted
    #[arg(long, value_enum, value_name = "MODE")]
    pub answers: Option<AskModeArg>,
    /// With --answers: questions the corpus does not answer, in the format of the queries
    #[arg(long, value_name = "FILE", requires = "answers")]
    pub unanswerable: Option<PathBuf>,
    /// With --answers: so many questions of each kind
    #[arg(long, value_name = "N", value_parser = bounds::many(), default_value = "200", requires = "answers")]
    pub questions: usize,
    /// With --answers: which language model
    #[arg(long, value_name = "ID", value_parser = model_id, requires = "answers")]
    pub model: Option<ModelId>,
    /// With --answers: as for `ask`
    #[arg(long, value_name = "S", allow_hyphen_values = true, value_parser = bounds::strictness, requires = "answers")]
    pub strictness: Option<f32>,
    /// Write what was found, or answered, for every question to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub dump: Option<PathBuf>,
}
