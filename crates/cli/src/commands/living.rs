//! `yinju watch`, `yinju review`, and libraries that are carried as files.

use super::{Result, export, import, open};
use crate::args::{LibrariesCommand, Switch, WatchCommand};
use crate::output::Output;
use crate::{Outcome, interrupt};
use serde_json::{Value, json};
use std::path::Path;
use yinju_compose::Places;
use yinju_core::{Problem, ProblemCode};
use yinju_engine::{
    Engine, ImportProgress, Models, QuoteState, Reviewed, Watch, WatchState, Watched,
};

/// Writes a library as a file, or makes one of it.
pub fn carry(places: &Places, output: &Output, command: LibrariesCommand) -> Result {
    let engine = open(places, output)?;
    match command {
        LibrariesCommand::Export { name, output: file, originals } => {
            export::spare_home(&places.home, &file)?;
            let library = engine.library_named(&name)?;
            let out = engine.export_library(library, &file, originals, &interrupt::token())?;
            for path in &out.missing {
                output.note(format!("{} is not there, or has changed", path.display()));
            }
            let (documents, conversations) = (out.documents, out.conversations);
            if output.is_json() {
                let missing: Vec<_> =
                    out.missing.iter().map(|path| path.to_string_lossy()).collect();
                output.object(&json!({
                    "library": name, "documents": documents, "conversations": conversations,
                    "originals": out.originals, "missing": missing, "file": file,
                }));
            } else {
                output.line(format!(
                    "{documents} documents and {conversations} conversations of {name} are in {}",
                    file.display()
                ));
            }
            Ok(Outcome::Done)
        }
        LibrariesCommand::Import { file, originals, name } => {
            if let Some(folder) = &originals {
                export::spare_home(&places.home, &folder.join("file"))?;
            }
            let cancel = interrupt::token();
            let carried =
                engine.import_library(&file, name.as_deref(), originals.as_deref(), &cancel)?;
            let (name, summary) = (&carried.library, &carried.summary);
            for (title, problem) in &carried.failed {
                output.note(format!("{title}: {problem}"));
            }
            let conversations = carried.conversations;
            if output.is_json() {
                let failed = carried.failed.iter();
                let failed: Vec<_> = failed
                    .map(|(title, problem)| json!({ "document": title, "error": problem }))
                    .collect();
                output.object(&json!({
                    "library": name, "conversations": conversations, "failed": failed,
                    "summary": summary,
                }));
            } else {
                let (documents, failed) = (summary.documents, summary.failed);
                output.line(format!(
                    "{documents} documents and {conversations} conversations are in {name}; \
                     {failed} documents were damaged"
                ));
            }
            import::outcome(summary, carried.failed.into_iter().next().map(|failed| failed.1))
        }
    }
}

/// Connections that were made, after they were allowed or forbidden.
pub fn ledger(models: &Models, output: &Output, air_gapped: Option<Switch>) -> Result {
    if let Some(switch) = air_gapped {
        models.set_air_gapped(switch == Switch::On)?;
    }
    let (connections, air_gapped) = (models.connections()?, models.is_air_gapped());
    if output.is_json() {
        output.object(&json!({ "connections": connections, "air_gapped": air_gapped }));
        return Ok(Outcome::Done);
    }
    for made in &connections {
        let bytes = made.bytes.map_or("?".to_owned(), |bytes| bytes.to_string());
        let error = made.error.as_deref().map(|error| format!("  ({error})")).unwrap_or_default();
        output.line(format!("{}  {}  {}  {bytes} bytes{error}", made.when, made.to, made.why));
    }
    if connections.is_empty() {
        output.line("nothing has left this machine, and nothing came to it");
    }
    if air_gapped {
        output.line("no connection is made from this machine");
    }
    Ok(Outcome::Done)
}

/// Folders that libraries follow.
pub fn watch(engine: &Engine, output: &Output, command: WatchCommand) -> Result {
    match command {
        WatchCommand::Add { folder, library, ignored } => {
            let library = engine.create_library(&library)?;
            engine.watch(library, &folder, &ignored)?;
            list(engine, output)
        }
        WatchCommand::List => list(engine, output),
        WatchCommand::Remove { folder } => {
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let known: Vec<Watch> = engine.watches()?;
            let known: Vec<_> = known.iter().filter(|watch| watch.folder == real).collect();
            if known.is_empty() {
                let message = format!("{} is not watched", folder.display());
                return Err(Problem::new(ProblemCode::BadUsage, message)
                    .hint("`yinju watch list` says which folders are"));
            }
            for watch in known {
                engine.unwatch(watch.id)?;
            }
            list(engine, output)
        }
        WatchCommand::Run { once } => follow(engine, output, once),
    }
}

fn follow(engine: &Engine, output: &Output, once: bool) -> Result {
    let bar = import::bar();
    let cancel = interrupt::token();
    let report = |progress: ImportProgress| import::show(engine, output, &bar, &progress);
    if !once {
        engine.follow_folders(&cancel, &mut || {
            let has_news = |watched: &&Watched| {
                watched.state == WatchState::Away || watched.summary.documents > 0
            };
            let looked = engine.look_at_folders(&cancel, &report)?;
            for watched in looked.iter().filter(has_news) {
                show(output, watched);
            }
            Ok(())
        })?;
        return Ok(Outcome::Done);
    }
    let looked = engine.look_at_folders(&cancel, &report)?;
    bar.finish_and_clear();
    if output.is_json() {
        output.object(&json!({ "watches": looked }));
    } else {
        for watched in &looked {
            show(output, watched);
        }
    }
    let is_whole = |w: &Watched| w.state == WatchState::InLine && w.summary.failed == 0;
    Ok(if looked.iter().all(is_whole) { Outcome::Done } else { Outcome::InPart })
}

fn show(output: &Output, watched: &Watched) {
    if output.is_json() {
        return output.object(&json!({ "watched": watched }));
    }
    let folder = watched.watch.folder.display();
    if watched.state == WatchState::Away {
        return output.line(format!("{folder} is not there; nothing was changed"));
    }
    let summary = &watched.summary;
    output.line(format!(
        "{folder}: {} files looked at, {} changed, {} failed; {} are gone and kept",
        summary.documents,
        summary.changed,
        summary.failed,
        watched.gone.len()
    ));
}

fn list(engine: &Engine, output: &Output) -> Result {
    let mut watches = Vec::new();
    let libraries = engine.libraries()?;
    for watch in engine.watches()? {
        let gone = engine.gone_files(&watch)?;
        let library = libraries.iter().find(|library| library.id == watch.library);
        let library = library.map_or("", |library| &library.name);
        if output.is_json() {
            watches.push(json!({ "folder": watch.folder.to_string_lossy(), "library": library,
                "ignored": watch.ignored, "gone": gone }));
            continue;
        }
        output.line(format!("{}  →  {library}", watch.folder.display()));
        for file in gone {
            output.line(format!("    gone since {}: {}", file.since, file.path.display()));
        }
    }
    if output.is_json() {
        output.object(&json!({ "watches": watches }));
    }
    Ok(Outcome::Done)
}

/// Quotations that no longer stand as they were shown.
pub fn review(engine: &Engine, output: &Output, library: Option<&str>) -> Result {
    let library = library.map(|name| engine.library_named(name)).transpose()?;
    let changed = engine.review(library)?;
    if output.is_json() {
        let changed: Vec<Value> = changed.iter().map(shape).collect();
        output.object(&json!({ "changed": changed }));
        return Ok(Outcome::Done);
    }
    for reviewed in &changed {
        let Reviewed { chat, turn, marker, document, page, quote, .. } = reviewed;
        let path = Path::new(&document.path).display();
        output.line(format!("{chat}, answer {turn} [{marker}]: {path}, page {page}"));
        output.line(format!("    “{}”", quote.trim()));
        let state = match reviewed.state {
            QuoteState::Moved => "stands elsewhere",
            QuoteState::Changed => "is changed",
            QuoteState::Gone => "is gone",
        };
        match &reviewed.now {
            Some(now) => output.line(format!("    {state}: page {}, “{}”", now.page, now.quote)),
            None => output.line(format!("    {state}")),
        }
    }
    Ok(Outcome::Done)
}

fn shape(reviewed: &Reviewed) -> Value {
    let Reviewed { chat, turn, marker, state, document, page, quote, now } = reviewed;
    json!({ "chat": chat.0, "turn": turn, "marker": marker, "state": state,
        "document": crate::shapes::document_ref(document), "page": page, "quote": quote, "now": now })
}
