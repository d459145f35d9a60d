//! Opening a home's store whatever became of its file: a damaged one is kept aside, and what can be
//! read of it, or the newest sound copy, takes its place. A person is told in a line.

use crate::backups::{Backup, Backups, Reason, Restored};
use crate::home::{Home, Left, log_of};
use crate::{Result, reserve};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use yinju_core::{DocumentId, DocumentStatus, Problem, ProblemCode};
use yinju_store::{Salvaged, Store, StoreError, StoreFile, VERSION};

/// Takes a home and opens its store; what a person has to be told of it.
pub(crate) fn open(folder: &Path) -> Result<(Home, Vec<Problem>)> {
    let home = Home::lock(folder)?;
    // Whoever wrote a copy when it was killed is gone.
    if let Err(problem) = Backups::of(home.folder()).clear_unfinished() {
        tracing::warn!(%problem, "an unfinished copy cannot be deleted");
    }
    let mut told = wished(&home);
    let store = match undamaged(&home) {
        Err(problem) if problem.code == ProblemCode::StoreDamaged => {
            let (store, line) = recovered(&home, problem)?;
            told.push(line);
            store
        }
        opened => opened?,
    };
    let is_suspect = match home.left() {
        Left::Suspect(_) => true,
        Left::Closed(..) => !home.is_sealed(),
        Left::Open(_) | Left::Unknown => false,
    };
    if is_suspect {
        told.extend(mended(&home, &store)?);
    }
    home.hold(store);
    Ok((home, told))
}

/// Opens a home again of which the store turned out to be damaged after it was opened.
pub(crate) fn open_damaged(folder: &Path, problem: Problem) -> Result<(Home, Vec<Problem>)> {
    let home = Home::lock(folder)?;
    let (store, line) = recovered(&home, problem)?;
    home.hold(store);
    Ok((home, vec![line]))
}

/// Puts a copy in place if that was asked for before the program ended.
fn wished(home: &Home) -> Vec<Problem> {
    match Backups::of(home.folder()).restore_if_wished(home) {
        Ok(None) => Vec::new(),
        Ok(Some(Restored { number, kept })) => {
            let kept = kept.map(|kept| format!("; what was there before is copy {kept}"));
            let message = format!("copy {number} is in use now{}", kept.unwrap_or_default());
            vec![Problem::new(ProblemCode::StoreDamaged, message)]
        }
        Err(problem) => vec![problem],
    }
}

/// The store, if its file is what it should be.
fn undamaged(home: &Home) -> Result<Store> {
    let file = home.store_file();
    match yinju_store::look(&file)? {
        StoreFile::Missing | StoreFile::Empty if home.shows_a_library() => {
            return Err(damaged("yinju.db is gone or empty"));
        }
        StoreFile::Foreign => return Err(damaged("yinju.db is no database")),
        StoreFile::Store { schema } if schema > VERSION => return Err(newer_or_damaged(home)),
        StoreFile::Missing | StoreFile::Empty | StoreFile::Store { .. } => {}
    }
    let store = Store::connect(&file)?;
    if !home.is_sealed() {
        // A crash damages at most what was being written; whoever else wrote to it, anything.
        let was_closed = matches!(home.left(), Left::Closed(..));
        let found = if was_closed { store.integrity_check() } else { store.quick_check() }?;
        if let Some(first) = found.first() {
            return Err(damaged(&first.replace('\n', " ")));
        }
    }
    copy_before_migration(home, &store)?;
    store.migrate()?;
    Ok(store)
}

/// A newer program would have left its number in the home's mark too.
fn newer_or_damaged(home: &Home) -> Problem {
    match home.left().schema() {
        Some(schema) if schema <= VERSION => damaged("its schema has a number nobody gave it"),
        _ => StoreError::Newer.into(),
    }
}

/// A migration that cannot be taken back is preceded by a copy, where there is room for one.
fn copy_before_migration(home: &Home, store: &Store) -> Result<()> {
    if !(1..VERSION).contains(&store.schema()?) {
        return Ok(());
    }
    if let Err(problem) = Backups::of(home.folder()).make(store, Reason::Migration) {
        tracing::warn!(%problem, "the schema changes without a copy");
    }
    Ok(())
}

/// Puts what can be recovered in the place of a damaged file.
fn recovered(home: &Home, problem: Problem) -> Result<(Store, Problem)> {
    tracing::warn!(%problem, "the store is damaged");
    let (file, backups) = (home.store_file(), Backups::of(home.folder()));
    let source = source(&file, &backups)?;
    let copy = backups.newest_good();
    let fresh = file.with_extension("salvaged");
    let copy_path = copy.as_ref().map(Backup::path);
    let salvaged =
        with_reserve(home, || yinju_store::salvage(&source, &log_of(&source), copy_path, &fresh))?;
    let holds_nothing = salvaged.documents == 0 && salvaged.chats == 0;
    let instead = copy.filter(|_| holds_nothing);
    if holds_nothing && instead.is_none() && !home.shows_a_library() {
        // Nobody knows what this is, and there is nothing to put in its place.
        let _ = fs::remove_file(&fresh);
        return Err(problem);
    }
    if let Some(copy) = &instead {
        fs::copy(copy.path(), &fresh)
            .map_err(|error| crate::home::unusable(home.folder(), &error))?;
    }
    let kept = if source == file && file.exists() { Some(backups.set_aside(&file)?) } else { None };
    yinju_store::put_in_place(&fresh, &file)?;
    let store = Store::open(&file)?;
    let again = read_again(&store, &salvaged.incomplete)?;
    let why = problem.message.trim_start_matches("the store is damaged: ");
    let mut line = match &instead {
        Some(copy) => format!(
            "the store was damaged ({why}) and copy {} of {} took its place",
            copy.number, copy.made
        ),
        None => format!("the store was damaged ({why}); {}", told(&salvaged, again)),
    };
    if let Some(kept) = kept {
        let _ = write!(line, "; the damaged file is kept as number {kept}");
    }
    Ok((store, Problem::new(ProblemCode::StoreDamaged, line).hint(HINT)))
}

const HINT: &str = "`yinju documents` shows what there is; `yinju backup list` names the copies, `yinju backup restore N` uses one";

/// What to recover from: the file, else the one that was set aside when the program ended in the
/// middle of this.
fn source(file: &Path, backups: &Backups) -> Result<PathBuf> {
    let is_there = !matches!(yinju_store::look(file)?, StoreFile::Missing);
    let source = if is_there { None } else { backups.last_damaged() };
    Ok(source.unwrap_or_else(|| file.to_owned()))
}

/// Tries once more without the reserve where the disk is full.
fn with_reserve<T>(
    home: &Home,
    work: impl Fn() -> std::result::Result<T, StoreError>,
) -> Result<T> {
    match work() {
        Err(error) if error.code() == ProblemCode::DiskFull => {
            reserve::give_up(home.folder());
            Ok(work()?)
        }
        done => Ok(done?),
    }
}

/// Has documents read again of which something is missing, where their files are still there; how
/// many. The others stay as far as they are there.
fn read_again(store: &Store, incomplete: &[DocumentId]) -> Result<usize> {
    let mut again = 0;
    for id in incomplete {
        if store.document(*id)?.reference.path.is_file() {
            store.set_status(*id, DocumentStatus::Queued, None)?;
            again += 1;
        }
    }
    Ok(again)
}

/// Takes out rows that do not read back, or puts them in from a copy.
fn mended(home: &Home, store: &Store) -> Result<Option<Problem>> {
    let health = store.health()?;
    if health.is_sound() {
        return Ok(None);
    }
    let copy = Backups::of(home.folder()).newest_good();
    let rows = store.mend(copy.as_ref().map(Backup::path))?;
    let again = read_again(store, &store.incomplete()?)?;
    let found = health.unreadable.iter().map(|kind| format!("{} {}", kind.rows, kind.what));
    let message = format!(
        "rows of the store do not read back ({}); {rows} were taken out or put in from a copy, and \
         {again} documents are read again",
        found.collect::<Vec<_>>().join(", ")
    );
    Ok(Some(Problem::new(ProblemCode::StoreDamaged, message).hint(HINT)))
}

/// What was recovered and what was not, in a few words.
fn told(salvaged: &Salvaged, again: usize) -> String {
    let Salvaged { documents, pages, chats, answers, lost_rows, lost_blocks, .. } = salvaged;
    let mut line = format!(
        "recovered {documents} documents with {pages} pages and {chats} conversations with {answers} answers"
    );
    // Writing to a string does not fail.
    if salvaged.from_copy > 0 {
        let _ = write!(line, ", {} rows of them from a copy", salvaged.from_copy);
    }
    let _ = match (lost_rows, lost_blocks) {
        (0, 0) => write!(line, "; nothing is known to be lost"),
        (rows, blocks) => {
            write!(line, "; not recovered: {rows} rows and {blocks} blocks of the file")
        }
    };
    let _ = match (salvaged.incomplete.len(), again) {
        (0, _) => Ok(()),
        (incomplete, again) if incomplete == again => {
            write!(line, "; {again} documents are read again from their files")
        }
        (incomplete, again) => write!(
            line,
            "; {incomplete} documents are incomplete, {again} of them are read again from their files"
        ),
    };
    line
}

fn damaged(reason: &str) -> Problem {
    StoreError::Damaged(reason.to_owned()).into()
}
