//! One function a command: convert, call one use case, show.

mod ask;
mod backup;
mod bench;
mod chats;
mod documents;
mod encoders;
mod evaluate;
mod export;
mod import;
mod living;
mod models;
mod own;
mod parse;

use crate::Outcome;
use crate::args::{Args, Command};
use crate::output::Output;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use yinju_compose::Places;
use yinju_core::ports::Ocr;
use yinju_core::{DocumentId, Problem, ProblemCode, Scope};
use yinju_engine::Engine;

type Result = std::result::Result<Outcome, Problem>;

/// Runs what was typed.
#[allow(clippy::too_many_lines, reason = "one line a command")]
pub fn run(args: Args, output: &Output) -> Result {
    let places = Places::find(args.home)?;
    match args.command {
        Command::Import { paths, library, password, gentle } => {
            let (password, engine) = (password.read()?, open(&places, output)?);
            engine.import_gently(gentle);
            import::run(&engine, output, paths, &library, password)
        }
        Command::Jobs { command } => import::jobs(&open(&places, output)?, output, command),
        Command::Backup { command } => backup::run(&places, output, command),
        Command::Libraries { command: None } => {
            documents::libraries(&open(&places, output)?, output)
        }
        Command::Libraries { command: Some(command) } => living::carry(&places, output, command),
        Command::Watch { command } => living::watch(&open(&places, output)?, output, command),
        Command::Ledger { air_gapped } => living::ledger(&places.models(), output, air_gapped),
        Command::Review { library } => {
            living::review(&open(&places, output)?, output, library.as_deref())
        }
        Command::Documents { library } => {
            documents::list(&open(&places, output)?, output, library.as_deref())
        }
        Command::Pages { document } => documents::pages(&open(&places, output)?, output, &document),
        Command::Recognise { document, pages, password } => {
            let (pages, password) = (pages.unwrap_or_default().0, password.read()?);
            import::recognise(
                &open(&places, output)?,
                output,
                &document,
                &pages,
                password.as_deref(),
            )
        }
        Command::Remove { documents, library } => {
            documents::remove(&open(&places, output)?, output, &documents, library.as_deref())
        }
        command @ Command::Search { .. } => ask::search(&open(&places, output)?, output, command),
        command @ Command::Ask { .. } => ask::ask(&open(&places, output)?, output, command),
        Command::Chats { command } => chats::run(&open(&places, output)?, output, command),
        Command::Patience { set } => chats::patience(&open(&places, output)?, output, set),
        Command::Strictness { set } => chats::strictness(&open(&places, output)?, output, set),
        Command::Export { chat, turn, format, pictures, output: file } => {
            let request = export::request((chat, turn), &format, pictures)?;
            let engine = open(&places, output)?;
            export::spare_home(&places.home, &file)?;
            export::export(&engine, output, &request, &file)
        }
        Command::Highlight { chat, turn, password, output: folder } => {
            let (what, password) = ((chat, turn), password.read()?);
            export::highlight(&open(&places, output)?, output, what, password.as_deref(), &folder)
        }
        Command::Verify { export, files } => {
            export::verify(&open(&places, output)?, output, &export, &files)
        }
        Command::Reference { document, set } => {
            export::reference(&open(&places, output)?, output, &document, &set)
        }
        Command::Models { command } => models::run(&places, output, command),
        Command::Encoders { command } => encoders::run(&open(&places, output)?, output, command),
        Command::Test { command } => own::run(&open(&places, output)?, output, command),
        Command::Words { library, add, set } => {
            documents::words(&open(&places, output)?, output, &library, &add, set.as_deref())
        }
        Command::Parse { file, password, no_ocr } => {
            let ocr = if no_ocr { Ocr::off() } else { Ocr::default() };
            parse::run(&places.reader(), output, file, password.read()?, ocr)
        }
        Command::Eval(args) => evaluate::run(places, output, args),
        Command::Bench { command } => bench::run(places, output, command),
        Command::Doctor => evaluate::doctor(&places, output),
    }
}

/// Opens the engine. What a person has to be told of the home is said, whatever was asked.
fn open(places: &Places, output: &Output) -> std::result::Result<Engine, Problem> {
    let engine = places.engine()?;
    engine.on_notice(|notice| eprintln!("yinju: {notice}"));
    for told in engine.told() {
        output.told(told);
    }
    Ok(engine)
}

/// The scope that was typed.
fn scope(
    engine: &Engine,
    library: Option<&str>,
    documents: &[String],
) -> std::result::Result<Scope, Problem> {
    Ok(Scope {
        libraries: library
            .map(|name| engine.library_named(name))
            .transpose()?
            .into_iter()
            .collect(),
        documents: documents
            .iter()
            .map(|d| find_document(engine, d))
            .collect::<std::result::Result<_, _>>()?,
        languages: Vec::new(),
    })
}

/// A file that was named, if it is no longer than one of its kind may be: a device has no end.
fn read_at_most(file: &Path, most: u64, kind: &str) -> std::result::Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => ProblemCode::FileNotFound,
            _ => ProblemCode::FileUnreadable,
        };
        Problem::new(code, format!("{}: {error}", file.display())).hint(format!("name {kind}"))
    };
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(unreadable)?;
    opened.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let message = format!("{} has more than {most} bytes", file.display());
        return Err(Problem::new(ProblemCode::BadUsage, message).hint(format!("name {kind}")));
    }
    Ok(bytes)
}

/// A document by its id, its path, or the beginning of its SHA-256.
fn find_document(engine: &Engine, named: &str) -> std::result::Result<DocumentId, Problem> {
    let documents = engine.documents(None)?;
    let path = std::path::absolute(named).unwrap_or_default();
    let is_named = |document: &&yinju_core::Document| {
        let reference = &document.reference;
        reference.id.to_string() == named
            || (named.len() >= 6 && reference.sha256.starts_with(&named.to_lowercase()))
    };
    if let Some(document) = documents.iter().find(is_named) {
        return Ok(document.reference.id);
    }
    engine.document_at(&path)?.ok_or_else(|| {
        Problem::new(ProblemCode::DocumentNotFound, format!("there is no document “{named}”"))
            .hint("`yinju documents` lists what there is")
    })
}
