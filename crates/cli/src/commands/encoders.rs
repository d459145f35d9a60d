//! `yinju encoders`.

use super::Result;
use crate::args::EncodersCommand;
use crate::output::Output;
use crate::{Outcome, interrupt};
use indicatif::ProgressBar;
use serde_json::json;
use std::io::IsTerminal;
use yinju_core::{ModelId, Problem};
use yinju_engine::{EncoderProgress, Engine};

/// Runs one of the commands about encoders.
pub fn run(engine: &Engine, output: &Output, command: EncodersCommand) -> Result {
    match command {
        EncodersCommand::List => {}
        EncodersCommand::Prepare { id } => prepare(engine, &id)?,
        EncodersCommand::Use { id } => {
            watched(|tell| engine.use_encoder(&id, &interrupt::token(), tell))?;
        }
        EncodersCommand::Drop { id } => engine.drop_encoder(&id)?,
    }
    list(engine, output)
}

/// Makes the vectors of an encoder, showing how far it is.
pub fn prepare(engine: &Engine, id: &ModelId) -> std::result::Result<(), Problem> {
    watched(|tell| engine.prepare_encoder(id, &interrupt::token(), tell))
}

fn watched(
    work: impl FnOnce(&mut dyn FnMut(EncoderProgress)) -> std::result::Result<(), Problem>,
) -> std::result::Result<(), Problem> {
    let is_shown = std::io::stderr().is_terminal();
    let bar = if is_shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
    work(&mut |progress| {
        bar.set_length(progress.total.into());
        bar.set_position(progress.done.into());
    })?;
    bar.finish_and_clear();
    Ok(())
}

fn list(engine: &Engine, output: &Output) -> Result {
    let encoders = engine.encoders()?;
    if output.is_json() {
        output.object(&json!({ "encoders": encoders }));
        return Ok(Outcome::Done);
    }
    for encoder in encoders {
        let use_ = if encoder.in_use { "in use" } else { "" };
        let EncoderProgress { done, total } = encoder.progress;
        output.line(format!("{:<32} {done} of {total} passages  {use_}", encoder.id.as_str()));
    }
    Ok(Outcome::Done)
}
