//! `yinju eval`, `yinju doctor`.

use super::Result;
use crate::args::EvalArgs;
use crate::output::Output;
use crate::{Outcome, shapes};
use std::io::Write as _;
use std::path::PathBuf;
use yinju_compose::Places;
use yinju_core::{AskMode, Problem, ProblemCode};
use yinju_engine::{AnswersRequest, EvaluationRequest};

/// Measures retrieval, or answers where they are asked for, in a temporary home.
pub fn run(places: Places, output: &Output, args: EvalArgs) -> Result {
    let unusable = |error| Problem::new(ProblemCode::HomeUnusable, error);
    let scratch = tempfile::tempdir().map_err(unusable)?;
    let places = Places { home: scratch.path().to_owned(), ..places };
    match args.answers {
        Some(mode) => answers(&places, output, args, mode.into()),
        None => retrieval(&places, output, args),
    }
}

fn retrieval(places: &Places, output: &Output, args: EvalArgs) -> Result {
    let EvalArgs { corpus, queries, unit, mode, rerank, within_gold, dump, .. } = args;
    let (unit, mode) = (unit.into(), mode.into());
    let request = EvaluationRequest { corpus, queries, unit, mode, rerank, within_gold };
    let mut dump = Dump::to(dump, output)?;
    let result = places.engine()?.evaluate(&request, &mut |question| dump.write(question))?;
    if output.is_json() {
        output.object(&result);
    } else {
        output.line(format!(
            "{}: {} questions, recall@1 {:.3}, @5 {:.3}, @10 {:.3}, all gold among ten {:.3}, \
             MRR@10 {:.3}, nDCG@10 {:.3}, {:.1} ms a question",
            result.set,
            result.queries,
            result.recall_1,
            result.recall_5,
            result.recall_10,
            result.complete_10,
            result.mrr_10,
            result.ndcg_10,
            result.ms_per_query_p50
        ));
    }
    Ok(Outcome::Done)
}

/// Where each question's outcome is written, an object a line.
struct Dump<'a> {
    file: Option<std::fs::File>,
    output: &'a Output,
}

impl<'a> Dump<'a> {
    fn to(path: Option<PathBuf>, output: &'a Output) -> std::result::Result<Self, Problem> {
        let unusable = |error| Problem::new(ProblemCode::HomeUnusable, error);
        Ok(Self { file: path.map(std::fs::File::create).transpose().map_err(unusable)?, output })
    }

    fn write(&mut self, line: &impl serde::Serialize) {
        let Some(file) = &mut self.file else { return };
        let line = serde_json::to_string(line).unwrap_or_default();
        if let Err(error) = writeln!(file, "{line}") {
            self.output.note(format!("a line was not written: {error}"));
        }
    }
}

fn answers(places: &Places, output: &Output, args: EvalArgs, mode: AskMode) -> Result {
    let EvalArgs { corpus, queries, unanswerable, questions, model, strictness, dump, .. } = args;
    let mut dump = Dump::to(dump, output)?;
    let request =
        AnswersRequest { corpus, queries, unanswerable, mode, model, questions, strictness };
    let result = places.engine()?.evaluate_answers(&request, &mut |answer| {
        dump.write(&shapes::answer(answer));
    })?;
    output.object(&result);
    Ok(Outcome::Done)
}

/// Looks at everything an answer needs.
pub fn doctor(places: &Places, output: &Output) -> Result {
    let report = places.doctor(&super::open(places, output)?);
    if output.is_json() {
        output.object(&report);
    } else {
        let gigabytes = report.memory_bytes >> 30;
        output.line(format!("{} cores, {gigabytes} GiB, {}", report.cores, report.device));
        for check in &report.checks {
            let mark = if check.ok { "ok" } else { "missing" };
            output.line(format!("{mark:<8} {}: {}", check.name, check.detail));
            if let Some(hint) = &check.hint {
                output.line(format!("         {hint}"));
            }
        }
    }
    Ok(if report.ok { Outcome::Done } else { Outcome::InPart })
}
