//! `yinju eval`, `yinju doctor`.

use super::Result;
use crate::args::Command;
use crate::output::Output;
use crate::{Outcome, shapes};
use std::io::Write as _;
use std::path::PathBuf;
use yinju_compose::Places;
use yinju_core::{Mode, Problem, ProblemCode};
use yinju_engine::{AnswersRequest, EvaluationRequest, Rerank, Unit};

/// Measures retrieval in a temporary home.
pub fn run(
    places: Places,
    output: &Output,
    (corpus, queries): (PathBuf, PathBuf),
    unit: Unit,
    mode: Mode,
    rerank: Rerank,
) -> Result {
    let scratch =
        tempfile::tempdir().map_err(|error| Problem::new(ProblemCode::HomeUnusable, error))?;
    let places = Places { home: scratch.path().to_owned(), ..places };
    let request = EvaluationRequest { corpus, queries, unit, mode, rerank };
    let result = places.engine()?.evaluate(&request)?;
    if output.is_json() {
        output.object(&result);
    } else {
        output.line(format!(
            "{}: {} questions, recall@1 {:.3}, @5 {:.3}, @10 {:.3}, MRR@10 {:.3}, nDCG@10 {:.3}, \
             {:.1} ms a question",
            result.set,
            result.queries,
            result.recall_1,
            result.recall_5,
            result.recall_10,
            result.mrr_10,
            result.ndcg_10,
            result.ms_per_query_p50
        ));
    }
    Ok(Outcome::Done)
}

/// Measures answers in a temporary home.
pub fn answers(places: Places, output: &Output, command: Command) -> Result {
    let Command::Eval {
        corpus,
        queries,
        answers: Some(mode),
        unanswerable,
        questions,
        model,
        strictness,
        dump,
        ..
    } = command
    else {
        return Ok(Outcome::Done);
    };
    let unusable = |error| Problem::new(ProblemCode::HomeUnusable, error);
    let scratch = tempfile::tempdir().map_err(unusable)?;
    let places = Places { home: scratch.path().to_owned(), ..places };
    let mut dump = dump.map(std::fs::File::create).transpose().map_err(unusable)?;
    let mode = mode.into();
    let request =
        AnswersRequest { corpus, queries, unanswerable, mode, model, questions, strictness };
    let result = places.engine()?.evaluate_answers(&request, &mut |answer| {
        if let Some(file) = &mut dump {
            let line = shapes::answer(answer);
            if let Err(error) = writeln!(file, "{line}") {
                output.note(format!("an answer was not written: {error}"));
            }
        }
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
