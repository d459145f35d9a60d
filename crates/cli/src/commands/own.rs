//! `yinju test`: the questions of a person, and how well their pages are found.

use super::{Result, encoders, find_document};
use crate::Outcome;
use crate::args::TestCommand;
use crate::output::Output;
use serde_json::{Map, Value, json};
use yinju_core::{CancelToken, PageNumber, Problem, ProblemCode};
use yinju_engine::{Engine, Interval, Metric, OwnRun, RunConfig};

/// Runs one of the commands about own questions.
pub fn run(engine: &Engine, output: &Output, command: TestCommand) -> Result {
    match command {
        TestCommand::Questions => questions(engine, output),
        TestCommand::Add { question, document, pages } => {
            let document = find_document(engine, &document)?;
            engine.add_own_question(&question, document, ends(&pages.0)?)?;
            questions(engine, output)
        }
        TestCommand::Remove { id } => {
            engine.remove_own_question(id)?;
            questions(engine, output)
        }
        TestCommand::Run { encoder, mode, rerank } => {
            let encoder = match encoder {
                Some(id) => id,
                None => engine.encoder_in_use()?,
            };
            encoders::prepare(engine, &encoder)?;
            let config = RunConfig { encoder, mode: mode.into(), rerank };
            let run = engine.run_own_questions(config, &CancelToken::new(), &mut |_, _| {})?;
            show_run(output, &run);
            Ok(Outcome::Done)
        }
        TestCommand::Runs => {
            let runs = engine.own_runs()?;
            if output.is_json() {
                output.object(&json!({ "runs": runs.iter().map(shape).collect::<Vec<_>>() }));
            } else {
                for run in &runs {
                    summary(output, run);
                }
            }
            Ok(Outcome::Done)
        }
        TestCommand::Compare { first, second } => compare(engine, output, first, second),
    }
}

/// The first and the last of some pages.
fn ends(pages: &[PageNumber]) -> std::result::Result<(PageNumber, PageNumber), Problem> {
    let ends = pages.iter().min().copied().zip(pages.iter().max().copied());
    ends.ok_or_else(|| Problem::new(ProblemCode::BadUsage, "no page was named"))
}

fn questions(engine: &Engine, output: &Output) -> Result {
    let questions = engine.own_questions()?;
    if output.is_json() {
        let shape = |q: &yinju_engine::OwnQuestion| {
            json!({ "id": q.id, "question": q.question, "document": q.document.to_string(),
                "pages": [q.first, q.last] })
        };
        output.object(&json!({ "questions": questions.iter().map(shape).collect::<Vec<_>>() }));
        return Ok(Outcome::Done);
    }
    for q in questions {
        let (id, first, last) = (q.id, q.first, q.last);
        output
            .line(format!("{id:>4}  {}  (document {}, p. {first}–{last})", q.question, q.document));
    }
    Ok(Outcome::Done)
}

fn show_run(output: &Output, run: &OwnRun) {
    if output.is_json() {
        output.object(&shape(run));
        return;
    }
    for outcome in &run.outcomes {
        let rank = outcome.rank.map_or("–".to_owned(), |rank| rank.to_string());
        output.line(format!("{rank:>3}  {}", outcome.text));
    }
    summary(output, run);
}

fn summary(output: &Output, run: &OwnRun) {
    let of = |metric| interval(run.metric(metric));
    output.line(format!(
        "run {} ({}, {:?}, rerank {:?}): recall@1 {}, MRR@10 {}, {} questions",
        run.id,
        run.config.encoder,
        run.config.mode,
        run.config.rerank,
        of(Metric::Recall1),
        of(Metric::Mrr10),
        run.outcomes.len()
    ));
}

fn interval(interval: Interval) -> String {
    format!("{:.3} [{:.3}, {:.3}]", interval.mean, interval.low, interval.high)
}

/// A run as JSON, with its metrics.
fn shape(run: &OwnRun) -> Value {
    let mut value = json!(run);
    value["id"] = json!(run.id);
    value["created"] = json!(run.created);
    value["metrics"] = metrics(|metric| run.metric(metric));
    value
}

fn metrics(of: impl Fn(Metric) -> Interval) -> Value {
    let name = |metric: Metric| json!(metric).as_str().unwrap_or_default().to_owned();
    let all = Metric::ALL.into_iter().map(|metric| (name(metric), json!(of(metric))));
    Value::Object(all.collect::<Map<_, _>>())
}

fn compare(engine: &Engine, output: &Output, first: u64, second: u64) -> Result {
    let runs = engine.own_runs()?;
    let find = |id: u64| {
        let found = runs.iter().find(|run| run.id == id);
        found.ok_or_else(|| {
            Problem::new(ProblemCode::BadUsage, format!("there is no run {id}"))
                .hint("`yinju test runs` lists them")
        })
    };
    let (first, second) = (find(first)?, find(second)?);
    let difference = |metric| first.difference(second, metric);
    if output.is_json() {
        output.object(&json!({ "first": shape(first), "second": shape(second),
            "difference": metrics(difference) }));
        return Ok(Outcome::Done);
    }
    summary(output, first);
    summary(output, second);
    for metric in Metric::ALL {
        output.line(format!("{metric:?}: {}", interval(difference(metric))));
    }
    Ok(Outcome::Done)
}
