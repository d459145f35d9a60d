//! `yinju backup`. Works without opening the home, so that one that does not open can be restored.

use super::Result;
use crate::Outcome;
use crate::args::BackupCommand;
use crate::output::Output;
use serde_json::json;
use yinju_compose::Places;
use yinju_engine::{Backup, Backups};

/// Runs one of the commands about copies of the store.
pub fn run(places: &Places, output: &Output, command: BackupCommand) -> Result {
    let backups = Backups::of(&places.home);
    match command {
        BackupCommand::Create => create(&backups, output),
        BackupCommand::List => list(&backups, output),
        BackupCommand::Restore { number } => restore(&backups, output, number),
    }
}

fn create(backups: &Backups, output: &Output) -> Result {
    let made = backups.create()?;
    if output.is_json() {
        output.object(&json!({ "backup": made }));
    } else {
        output.line(line(&made));
    }
    Ok(Outcome::Done)
}

fn list(backups: &Backups, output: &Output) -> Result {
    let all = backups.list()?;
    if output.is_json() {
        output.object(&json!({ "backups": all }));
    } else {
        for backup in &all {
            output.line(line(backup));
        }
    }
    Ok(Outcome::Done)
}

fn restore(backups: &Backups, output: &Output, number: u32) -> Result {
    let restored = backups.restore(number)?;
    if output.is_json() {
        output.object(&json!({ "restored": restored }));
        return Ok(Outcome::Done);
    }
    let kept = restored.kept.map(|kept| format!("; what was there before is copy {kept}"));
    output.line(format!("copy {number} is in use now{}", kept.unwrap_or_default()));
    Ok(Outcome::Done)
}

fn line(backup: &Backup) -> String {
    let Backup { number, made, bytes, schema, .. } = backup;
    let reason = backup.reason.name();
    format!("{number:>4}  {made}  {bytes:>12} bytes  schema {schema}  {reason}")
}
