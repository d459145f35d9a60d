//! `yinju models`.

use super::Result;
use crate::Outcome;
use crate::args::ModelsCommand;
use crate::output::Output;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::io::IsTerminal;
use yinju_compose::Places;
use yinju_core::{CancelToken, ModelId};
use yinju_engine::Models;

/// Runs one of the commands about models.
pub fn run(places: &Places, output: &Output, command: ModelsCommand) -> Result {
    let models = &places.models();
    match command {
        ModelsCommand::List => Ok(list(models, output)),
        ModelsCommand::Pull { id } => pull(models, output, &id),
        ModelsCommand::Import { file } => {
            let id = models.import(&file, &places.inspector())?;
            Ok(done(output, &json!({ "imported": id }), &format!("imported {id}")))
        }
        ModelsCommand::Remove { id } => {
            models.remove(&id)?;
            Ok(done(output, &json!({ "removed": id }), &format!("removed {id}")))
        }
        ModelsCommand::Verify => Ok(verify(models, output)),
    }
}

fn done(output: &Output, object: &serde_json::Value, line: &str) -> Outcome {
    if output.is_json() {
        output.object(object);
    } else {
        output.line(line);
    }
    Outcome::Done
}

fn list(models: &Models, output: &Output) -> Outcome {
    let models = models.list();
    if output.is_json() {
        output.object(&json!({ "models": models }));
        return Outcome::Done;
    }
    for model in models {
        let here = if model.installed { "here" } else { "" };
        let default = if model.is_default { "default" } else { "" };
        output.line(format!(
            "{:<32} {:<10} {:>6} MB  {here:<5} {default}",
            model.id.as_str(),
            model.kind,
            model.bytes / 1_000_000
        ));
    }
    Outcome::Done
}

fn pull(models: &Models, output: &Output, id: &ModelId) -> Result {
    let bar = if std::io::stderr().is_terminal() {
        let style = ProgressStyle::with_template("{bar:24} {bytes}/{total_bytes} {eta} {msg}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    } else {
        ProgressBar::hidden()
    };
    models.pull(id, &CancelToken::new(), &mut |progress| {
        bar.set_length(progress.total.unwrap_or(0));
        bar.set_position(progress.done);
    })?;
    bar.finish_and_clear();
    Ok(done(output, &json!({ "pulled": id }), &format!("{id} is here")))
}

fn verify(models: &Models, output: &Output) -> Outcome {
    let checked = models.verify();
    let all_good = checked.iter().all(yinju_engine::Verification::is_good);
    if output.is_json() {
        output.object(&json!({ "verified": checked }));
    } else {
        for verification in &checked {
            output.line(verification);
        }
    }
    if all_good { Outcome::Done } else { Outcome::InPart }
}
