//! `yinju libraries`, `words`, `documents`, `pages`, `remove`.

use super::{Result, find_document, read_at_most};
use crate::output::Output;
use crate::{Outcome, shapes};
use serde_json::json;
use std::path::Path;
use yinju_core::{Problem, ProblemCode};
use yinju_engine::{Engine, Unreached};

/// No list of words is as long; how long one may be the engine says.
const MOST_WORD_BYTES: u64 = 16 << 20;

/// All libraries.
pub fn libraries(engine: &Engine, output: &Output) -> Result {
    let libraries = engine.libraries()?;
    if output.is_json() {
        let all: Vec<_> = libraries.iter().map(shapes::library).collect();
        output.object(&json!({ "libraries": all }));
        return Ok(Outcome::Done);
    }
    for library in libraries {
        output.line(format!(
            "{:>4}  {}  {} documents ({} ready), {} pages, {} passages",
            library.id,
            library.name,
            library.documents,
            library.ready,
            library.pages,
            library.passages
        ));
    }
    Ok(Outcome::Done)
}

/// A library's own words, after lines were added or the whole list was read from a file.
pub fn words(
    engine: &Engine,
    output: &Output,
    library: &str,
    add: &[String],
    set: Option<&Path>,
) -> Result {
    let library = engine.library_named(library)?;
    let mut words = engine.library_words(library)?;
    if let Some(file) = set {
        let kind = "a text file (UTF-8) with a word on each line";
        words = String::from_utf8(read_at_most(file, MOST_WORD_BYTES, kind)?).map_err(|_| {
            let message = format!("{} is no text", file.display());
            Problem::new(ProblemCode::BadUsage, message).hint(format!("name {kind}"))
        })?;
    }
    for line in add {
        words.push('\n');
        words.push_str(line.trim());
    }
    if set.is_some() || !add.is_empty() {
        engine.set_library_words(library, words.trim())?;
    }
    let lines = words.lines().filter(|line| !line.trim().is_empty());
    if output.is_json() {
        output.object(&json!({ "words": lines.collect::<Vec<_>>() }));
    } else {
        lines.for_each(|line| output.line(line));
    }
    Ok(Outcome::Done)
}

/// Documents of a library or of all.
pub fn list(engine: &Engine, output: &Output, library: Option<&str>) -> Result {
    let library = library.map(|name| engine.library_named(name)).transpose()?;
    let documents = engine.documents(library)?;
    if output.is_json() {
        let mut all = Vec::new();
        for document in &documents {
            all.push(shapes::document(document, &engine.document_places(document.reference.id)?));
        }
        output.object(&json!({ "documents": all }));
        return Ok(Outcome::Done);
    }
    for document in documents {
        let unread = match document.coverage.unread() {
            0 => String::new(),
            unread => format!(", {unread} not read"),
        };
        let problem = document.problem.map(|p| format!("  {p}")).unwrap_or_default();
        output.line(format!(
            "{:>4}  {:<9}  {} pages{unread}  {}{problem}",
            document.reference.id,
            format!("{:?}", document.status).to_lowercase(),
            document.pages,
            document.reference.title,
        ));
    }
    Ok(Outcome::Done)
}

/// The X-ray of a document.
pub fn pages(engine: &Engine, output: &Output, document: &str) -> Result {
    for page in engine.page_summaries(find_document(engine, document)?)? {
        if output.is_json() {
            output.object(&shapes::page_summary(&page));
            continue;
        }
        let warnings: Vec<_> = page.warnings.iter().map(|w| w.message.as_str()).collect();
        let status = format!("{:?}", page.status).to_lowercase();
        let characters = page.characters;
        let sure = page.confidence.map(|sure| format!("{sure} %")).unwrap_or_default();
        output.line(format!(
            "{:>5}  {status:<8} {characters:>6}  {sure:>5}  {}",
            page.number,
            warnings.join("; ")
        ));
    }
    Ok(Outcome::Done)
}

/// Removes, and counts what is left.
pub fn remove(
    engine: &Engine,
    output: &Output,
    documents: &[String],
    library: Option<&str>,
) -> Result {
    let receipt = if let Some(name) = library {
        engine.remove_library(engine.library_named(name)?)?
    } else {
        let ids: std::result::Result<Vec<_>, Problem> =
            documents.iter().map(|named| find_document(engine, named)).collect();
        engine.remove_documents(&ids?)?
    };
    if output.is_json() {
        output.object(&json!({ "receipt": receipt }));
    } else {
        output.line(format!(
            "removed {} documents with {} passages; left in store {}, vectors {}, postings {}; \
             {} bytes given back",
            receipt.documents,
            receipt.passages,
            receipt.left.store,
            receipt.left.vectors,
            receipt.left.postings,
            receipt.freed_bytes
        ));
    }
    for Unreached { place, reason, .. } in &receipt.unreached {
        output.note(format!("not reached, and tried again at the next start: {place} ({reason})"));
    }
    Ok(if receipt.unreached.is_empty() { Outcome::Done } else { Outcome::InPart })
}
