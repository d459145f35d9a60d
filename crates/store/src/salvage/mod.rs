//! Recovering what can be read of a damaged store into a fresh one.
//!
//! SQLite refuses a file from the first damaged page on; here every page is looked at by itself, so
//! that a damaged one costs its own rows. What is then missing is filled in from a copy where there
//! is one (`mending`). The damaged file is only read.

mod cells;
mod mending;
mod pages;
mod tables;

use crate::opening::make_private;
use crate::{Result, VERSION, copying, schema};
use cells::{Cell, Held, Kind};
pub(crate) use mending::incomplete;
use pages::Pages;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use tables::Table;
use yinju_core::DocumentId;

/// What was recovered, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Documents there are now.
    pub documents: u32,
    /// Their pages.
    pub pages: u32,
    /// Conversations.
    pub chats: u32,
    /// Their answers.
    pub answers: u32,
    /// Rows that could not be read, as far as they can be counted.
    pub lost_rows: u32,
    /// Blocks of the file that are not what they should be, with whatever stood there.
    pub lost_blocks: u32,
    /// Documents and conversations filled in from a copy.
    pub from_copy: u32,
    /// Documents of which pages or passages are missing.
    pub incomplete: Vec<DocumentId>,
}

/// Writes a fresh store with what can be read of a damaged file and its log; whole or not at all.
/// A copy fills in documents and conversations whose own rows are lost.
pub fn salvage(damaged: &Path, log: &Path, copy: Option<&Path>, into: &Path) -> Result<Salvaged> {
    let pages = Pages::open(damaged, log)?;
    let unfinished = into.with_extension("part");
    let _ = fs::remove_file(&unfinished);
    make_private(&unfinished)?;
    let salvaged = recover(pages, copy, &unfinished).and_then(|salvaged| {
        copying::check(&unfinished)?;
        copying::put_in_place(&unfinished, into)?;
        Ok(salvaged)
    });
    if salvaged.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    salvaged
}

fn recover(mut pages: Pages, copy: Option<&Path>, into: &Path) -> Result<Salvaged> {
    let mut seen = Seen { pages: HashSet::new(), lost_blocks: 0 };
    let schema = Schema::read(&mut pages, &mut seen)?;
    let mut fresh = Connection::open(into)?;
    fresh.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    fresh.pragma_update(None, "journal_mode", "MEMORY")?;
    fresh.pragma_update(None, "synchronous", "OFF")?;
    fresh.pragma_update(None, "foreign_keys", false)?;
    // Rows move between pages while others are written and mended; without it they stay where they
    // were too, and a removal would leave those words in the file.
    fresh.pragma_update(None, "secure_delete", true)?;
    schema::migrate(&mut fresh, schema.version()?)?;
    let mut carving = Carving { tables: Table::all(&fresh)?, pages, seen, fresh: &fresh, lost: 0 };
    fresh.execute_batch("BEGIN")?;
    carving.walk(&schema)?;
    carving.strays()?;
    let (lost_blocks, mut lost_rows) = (carving.seen.lost_blocks, carving.lost);
    fresh.execute_batch("COMMIT")?;
    schema::migrate(&mut fresh, VERSION)?;
    let mended = mending::mend(&fresh, copy, &schema.keys)?;
    lost_rows += mended.lost_rows;
    Ok(Salvaged { lost_rows, lost_blocks, ..mended })
}

/// Pages that were looked at.
struct Seen {
    pages: HashSet<u32>,
    lost_blocks: u32,
}

impl Seen {
    /// A tree's pages, each once. A page that is none of a tree, or was seen, ends its branch.
    fn tree(
        &mut self,
        pages: &mut Pages,
        root: u32,
        kind: Kind,
        mut each: impl FnMut(Held) -> Result<()>,
    ) -> Result<()> {
        let mut waiting = vec![root];
        while let Some(number) = waiting.pop() {
            let is_there = (1..=pages.count()).contains(&number);
            if is_there && !self.pages.insert(number) {
                continue;
            }
            match cells::read(pages, number)? {
                Some((found, mut held)) if found == kind => {
                    waiting.append(&mut held.children);
                    each(held)?;
                }
                _ => {
                    // What it is, if anything, is seen among the strays.
                    self.pages.remove(&number);
                    self.lost_blocks += 1;
                }
            }
        }
        Ok(())
    }
}

/// What the damaged file says of its own tables.
#[derive(Default)]
struct Schema {
    /// Kind, name and statement of everything there is.
    made: HashSet<(String, String)>,
    /// Root pages of tables by their names.
    tables: HashMap<String, u32>,
    /// Root pages of everything else.
    others: Vec<u32>,
    /// What indexes tell of rows that are lost.
    keys: Keys,
    said: u32,
}

/// What indexes tell.
#[derive(Default)]
struct Keys {
    /// Id, library and SHA-256 of documents.
    documents: Vec<(i64, i64, String)>,
    /// The last ids that were given, by table.
    last: Vec<(String, i64)>,
}

impl Schema {
    fn read(pages: &mut Pages, seen: &mut Seen) -> Result<Self> {
        let mut schema = Self { said: pages::word(&pages.get(1)?, 60), ..Self::default() };
        let mut documents = None;
        seen.tree(pages, 1, Kind::Table, |held| {
            for cell in held.cells {
                let [Value::Text(kind), Value::Text(name), _, Value::Integer(root), sql] =
                    cell.values.as_slice()
                else {
                    continue;
                };
                if let Value::Text(sql) = sql {
                    schema.made.insert((name.clone(), sql.clone()));
                }
                let Ok(root) = u32::try_from(*root) else { continue };
                match (kind.as_str(), name.as_str()) {
                    ("table", _) => drop(schema.tables.insert(name.clone(), root)),
                    ("index", "sqlite_autoindex_documents_1") => documents = Some(root),
                    ("index", _) => schema.others.push(root),
                    _ => {}
                }
            }
            Ok(())
        })?;
        schema.read_keys(pages, seen, documents)?;
        Ok(schema)
    }

    fn read_keys(
        &mut self,
        pages: &mut Pages,
        seen: &mut Seen,
        documents: Option<u32>,
    ) -> Result<()> {
        let keys = &mut self.keys;
        if let Some(root) = documents {
            seen.tree(pages, root, Kind::Index, |held| {
                keys.documents.extend(held.cells.iter().filter_map(document_key));
                Ok(())
            })?;
        }
        if let Some(root) = self.tables.remove("sqlite_sequence") {
            seen.tree(pages, root, Kind::Table, |held| {
                keys.last.extend(held.cells.iter().filter_map(last_id));
                Ok(())
            })?;
        }
        // Looked at so that nothing on them is taken for a row.
        for root in std::mem::take(&mut self.others) {
            seen.tree(pages, root, Kind::Index, |_| Ok(()))?;
        }
        Ok(())
    }

    /// The schema the file was written with: the one that made most of what it names. The number it
    /// gives itself decides between equals.
    fn version(&self) -> Result<u32> {
        let mut best = (0, false, VERSION);
        for version in 1..=VERSION {
            let mut connection = Connection::open_in_memory()?;
            schema::migrate(&mut connection, version)?;
            let mut list = connection.prepare("SELECT name, sql FROM sqlite_schema")?;
            let made = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let made: HashSet<_> = made.filter_map(rusqlite::Result::ok).collect();
            let alike = made.intersection(&self.made).count();
            best = best.max((alike, self.said == version, version));
        }
        Ok(if best.0 == 0 { VERSION } else { best.2 })
    }
}

fn document_key(cell: &Cell) -> Option<(i64, i64, String)> {
    match cell.values.as_slice() {
        [Value::Integer(library), Value::Text(sha256), Value::Integer(id)] => {
            Some((*id, *library, sha256.clone()))
        }
        _ => None,
    }
}

fn last_id(cell: &Cell) -> Option<(String, i64)> {
    match cell.values.as_slice() {
        [Value::Text(table), Value::Integer(last)] => Some((table.clone(), *last)),
        _ => None,
    }
}

/// Rows on their way into the fresh store.
struct Carving<'a> {
    tables: Vec<Table>,
    pages: Pages,
    seen: Seen,
    fresh: &'a Connection,
    lost: u32,
}

impl Carving<'_> {
    /// Rows that hang on their table's tree.
    fn walk(&mut self, schema: &Schema) -> Result<()> {
        let Self { tables, pages, seen, fresh, lost } = self;
        for table in tables.iter() {
            let Some(root) = schema.tables.get(&table.name) else { continue };
            seen.tree(pages, *root, table.kind, |held| {
                *lost += held.lost + put(fresh, table, &held.cells)?;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Rows on pages that no tree leads to any more. Freed pages hold none: they are overwritten.
    fn strays(&mut self) -> Result<()> {
        for number in 1..=self.pages.count() {
            if self.seen.pages.contains(&number) {
                continue;
            }
            let Some((kind, held)) = cells::read(&mut self.pages, number)? else { continue };
            let alike = |table: &Table| {
                held.cells.iter().map(|cell| table.likeness(kind, cell)).sum::<u32>()
            };
            // Of tables of the same form, the one with the shorter name is the one that matters.
            let best =
                self.tables.iter().max_by_key(|table| (alike(table), Reverse(table.name.len())));
            // Most of what stands there has to fit: an index has entries of another form.
            let most = held.cells.len().max(1) as u32;
            let table = best.filter(|table| alike(table) >= most);
            if let Some(table) = table {
                self.lost += held.lost + put(self.fresh, table, &held.cells)?;
            }
        }
        Ok(())
    }
}

/// Puts rows in; how many are none of the table.
fn put(fresh: &Connection, table: &Table, cells: &[Cell]) -> Result<u32> {
    let mut lost = 0;
    for cell in cells {
        match table.row(cell) {
            Some(row) => {
                let mut insert = fresh.prepare_cached(&table.insert(row.len()))?;
                insert.execute(rusqlite::params_from_iter(row))?;
            }
            None => lost += 1,
        }
    }
    Ok(lost)
}
