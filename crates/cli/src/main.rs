//! `yinju`, the command line: words to one use case, its result to words or JSON.
//!
//! The contract is `cli.md`: standard output carries results, standard error everything said to a
//! person; exit status 0 done, 1 done in part, 2 bad usage, 3 nothing done.

mod args;
mod bounds;
mod commands;
mod interrupt;
mod output;
mod secret;
mod shapes;

use args::Args;
use clap::Parser;
use output::Output;
use std::process::ExitCode;
use yinju_core::{Problem, ProblemCode};

/// How much was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it.
    Done,
    /// Some files failed; each was named.
    InPart,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("YINJU_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    interrupt::listen();
    let output = Output::new(args.json);
    let done = commands::run(args, &output);
    if let Err(problem) = &done {
        output.problem(problem);
    }
    let told = output.failure().map(|kind| {
        output.note(format!("yinju: the result could not be written to standard output: {kind}"));
        Outcome::InPart
    });
    match done.map(|outcome| told.unwrap_or(outcome)) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::InPart) => ExitCode::from(1),
        Err(problem) if problem.code == ProblemCode::BadUsage => ExitCode::from(2),
        Err(_) => ExitCode::from(3),
    }
}

/// Help and version are what was asked for; anything else is bad usage.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        drop(error.print());
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|arg| arg == "--json") {
        let message = error.render().to_string();
        let first = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let problem = Problem::new(ProblemCode::BadUsage, first).hint("see `yinju --help`");
        Output::new(true).problem(&problem);
    } else if std::env::args_os().any(|arg| arg.to_string_lossy().contains(char::is_control)) {
        // In colours, what was typed could not be told from them.
        Output::new(false).note(error.render());
    } else {
        drop(error.print());
    }
    ExitCode::from(2)
}
