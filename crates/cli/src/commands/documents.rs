//! `yinju libraries`, `documents`, `pages`, `remove`.

use super::{Result, find_document};
use crate::output::Output;
use crate::{Outcome, shapes};
use serde_json::json;
use yinju_core::Problem;
use yinju_engine::Engine;

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

/// Documents of a library or of all.
pub fn list(engine: &Engine, output: &Output, library: Option<&str>) -> Result {
    let library = library.map(|name| engine.library_named(name)).transpose()?;
    let documents = engine.documents(library)?;
    if output.is_json() {
        let all: Vec<_> = documents.iter().map(shapes::document).collect();
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
            "removed {} documents with {} passages; left in store {}, vectors {}, postings {}",
            receipt.documents,
            receipt.passages,
            receipt.left.store,
            receipt.left.vectors,
            receipt.left.postings
        ));
    }
    Ok(Outcome::Done)
}
