//! `yinju export`, `highlight`, `verify`, `reference`.

use super::{Result, find_document, read_at_most};
use crate::Outcome;
use crate::output::Output;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use yinju_core::{Bibliography, CancelToken, ChatId, Problem, ProblemCode};
use yinju_engine::{Engine, ExportRequest, Finding, Format, HighlightedCopy, Verified, save};

/// No conversation with its evidence is as long.
const MOST_EXPORT_BYTES: u64 = 256 << 20;

/// A conversation, or one answer of it counted from 1, in a format by its name.
pub fn request(
    (chat, turn): (u64, Option<u32>),
    format: &str,
    pictures: bool,
) -> std::result::Result<ExportRequest, Problem> {
    let format: Format = format.parse()?;
    if pictures && !format.holds_pictures() {
        let message = format!("{} holds no pictures", format.name());
        return Err(Problem::new(ProblemCode::BadUsage, message)
            .hint("leave --pictures out, or choose html, docx or pdf"));
    }
    Ok(ExportRequest { chat: ChatId(chat), turn: turn.map(from_zero), format, pictures })
}

fn from_zero(turn: u32) -> u32 {
    turn.saturating_sub(1)
}

/// Fails for a file among the program's own, which an export would take the place of.
pub fn spare_home(home: &Path, file: &Path) -> std::result::Result<(), Problem> {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    if !yinju_engine::is_programs_own(home, &file) {
        return Ok(());
    }
    let message = format!("{} is among the program's own files", file.display());
    Err(Problem::new(ProblemCode::BadUsage, message).hint("choose another name or folder"))
}

/// Writes a conversation to a file.
pub fn export(engine: &Engine, output: &Output, request: &ExportRequest, file: &Path) -> Result {
    let bytes = engine.export(request, &CancelToken::new())?;
    let length = save(file, &bytes)?;
    if output.is_json() {
        output.object(&json!({ "file": file, "bytes": length }));
    } else {
        output.line(format!("{} ({length} bytes)", file.display()));
    }
    Ok(Outcome::Done)
}

/// Copies what a conversation quotes, highlighted, into a folder. Done in part where a document could not be
/// copied.
pub fn highlight(
    engine: &Engine,
    output: &Output,
    (chat, turn): (u64, Option<u32>),
    password: Option<&str>,
    folder: &Path,
) -> Result {
    let what = (ChatId(chat), turn.map(from_zero));
    let copies = engine.highlight_all(what, password, folder, &CancelToken::new())?;
    let written = copies.iter().filter(|copy| copy.outcome.is_ok()).count();
    for HighlightedCopy { document, outcome } in &copies {
        match outcome {
            _ if output.is_json() => {
                let (file, problem) = (outcome.as_ref().ok(), outcome.as_ref().err());
                output.object(&json!({ "document": document, "file": file, "problem": problem }));
            }
            Ok(file) => output.line(file.display()),
            Err(problem) => output.line(format!("{}: {problem}", document.title)),
        }
    }
    Ok(if written == copies.len() { Outcome::Done } else { Outcome::InPart })
}

/// Looks every quotation of an export up. Done in part where one does not stand.
pub fn verify(engine: &Engine, output: &Output, export: &Path, files: &[PathBuf]) -> Result {
    let kind = "a file that `yinju export --format json` wrote";
    let bytes = read_at_most(export, MOST_EXPORT_BYTES, kind)?;
    let verified = engine.verify_export(&bytes, files, &CancelToken::new())?;
    let standing = verified.iter().filter(|v| v.finding == Finding::Stands).count();
    if output.is_json() {
        output.object(
            &json!({ "quotations": verified.len(), "standing": standing, "findings": verified }),
        );
    } else {
        for Verified { claim, finding } in &verified {
            let (title, page) = (&claim.document.title, claim.page);
            output.line(format!(
                "{}.[{}] {title}, p. {page}: {}",
                claim.turn,
                claim.marker,
                said(finding)
            ));
        }
        output.line(format!("{standing} of {} quotations stand", verified.len()));
    }
    Ok(if standing == verified.len() { Outcome::Done } else { Outcome::InPart })
}

fn said(finding: &Finding) -> String {
    match finding {
        Finding::Stands => "stands".to_owned(),
        Finding::FileMissing => "the file is gone".to_owned(),
        Finding::FileChanged => "the file is another".to_owned(),
        Finding::NotOnPage => "not on the page".to_owned(),
        Finding::Unreadable(problem) => problem.to_string(),
    }
}

/// How a document stands in lists of references, after fields were corrected.
pub fn reference(engine: &Engine, output: &Output, document: &str, set: &[String]) -> Result {
    let id = find_document(engine, document)?;
    let mut reference = engine.bibliography(id)?;
    for assignment in set {
        reference = corrected(&reference, assignment)?;
    }
    if !set.is_empty() {
        engine.set_bibliography(id, &reference)?;
    }
    if output.is_json() {
        output.object(&json!(reference));
        return Ok(Outcome::Done);
    }
    let fields = json!(reference);
    for (name, value) in fields.as_object().into_iter().flatten() {
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Array(all) => {
                all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
            }
            other => other.to_string(),
        };
        if !shown.is_empty() {
            output.line(format!("{name:>10}  {shown}"));
        }
    }
    Ok(Outcome::Done)
}

/// `FIELD=VALUE` carried out, by the names the record has in JSON.
fn corrected(
    reference: &Bibliography,
    assignment: &str,
) -> std::result::Result<Bibliography, Problem> {
    let wrong = |why: &str| {
        Problem::new(ProblemCode::BadUsage, format!("{assignment:?}: {why}")).hint(
            "write --set FIELD=VALUE, as --set 'authors=Knuth, Donald; 钱学森' or --set kind=book",
        )
    };
    let (name, value) = assignment.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let (name, value) = (name.trim(), value.trim());
    let mut fields = json!(reference);
    let field = fields.get_mut(name).ok_or_else(|| wrong("there is no such field"))?;
    *field = if field.is_array() {
        let parts = value.split([';', '；']).map(str::trim).filter(|part| !part.is_empty());
        json!(parts.collect::<Vec<_>>())
    } else {
        json!(value)
    };
    serde_json::from_value(fields).map_err(|_| wrong("the field has other values"))
}
