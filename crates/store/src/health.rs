//! Whether the store's file is what was written: its structure, its rows, and whether they fit each
//! other. What is derived from it (`index`) is looked at elsewhere.

use crate::chats::question_in;
use crate::salvage::incomplete;
use crate::vectors::floats;
use crate::{Result, Store, StoreError, copying, rows, schema};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};
use std::path::Path;
use yinju_core::document::DocumentInfo;
use yinju_core::{Answer, DocumentId, Page, PassageDraft, ProblemCode};

/// More of the same says no more.
const MOST_LINES: u32 = 10;

/// Rows of one kind that do not read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// What they hold, in the plural.
    pub what: String,
    /// How many.
    pub rows: u32,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// What SQLite says of the file's structure; nothing where it is sound.
    pub structure: Vec<String>,
    /// Rows that do not read back.
    pub unreadable: Vec<Unreadable>,
    /// Rows that belong to one that is not there.
    pub orphans: u32,
}

impl Health {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.structure.is_empty() && self.unreadable.is_empty() && self.orphans == 0
    }
}

/// One kind of value that is stored encoded.
pub(crate) struct Kind {
    /// What it is called, in the plural.
    pub(crate) what: &'static str,
    /// Its table,
    pub(crate) table: &'static str,
    /// the column it stands in,
    column: &'static str,
    /// and whether one reads back.
    reads_back: fn(&[u8]) -> bool,
    /// What is done with one that does not: it is deleted, or taken out of a row that stays.
    pub(crate) mend: &'static str,
}

/// Every kind there is. What a person wrote is never deleted.
pub(crate) const KINDS: [Kind; 8] = [
    Kind {
        what: "pages",
        table: "pages",
        column: "page",
        reads_back: |bytes| postcard::from_bytes::<Page>(bytes).is_ok(),
        mend: "DELETE FROM pages WHERE document_id = ?1 AND number = ?2",
    },
    Kind {
        what: "pages read again",
        table: "pages_again",
        column: "page",
        reads_back: |bytes| postcard::from_bytes::<Page>(bytes).is_ok(),
        mend: "DELETE FROM pages_again WHERE document_id = ?1 AND number = ?2",
    },
    Kind {
        what: "passages",
        table: "passages",
        column: "draft",
        reads_back: |bytes| postcard::from_bytes::<PassageDraft>(bytes).is_ok(),
        mend: "DELETE FROM passages WHERE id = ?1 AND ?2 IS NOT NULL",
    },
    Kind {
        what: "descriptions of documents",
        table: "documents",
        column: "info",
        reads_back: |bytes| postcard::from_bytes::<DocumentInfo>(bytes).is_ok(),
        mend: "UPDATE documents SET info = NULL WHERE id = ?1 AND ?2 IS NOT NULL",
    },
    Kind {
        what: "corrected references",
        table: "documents",
        column: "bibliography",
        reads_back: |bytes| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        mend: "",
    },
    Kind {
        what: "answers",
        table: "turns",
        column: "answer",
        reads_back: |bytes| serde_json::from_slice::<Answer>(bytes).is_ok(),
        mend: "",
    },
    Kind {
        what: "unfinished answers",
        table: "drafts",
        column: "answer",
        reads_back: |bytes| serde_json::from_slice::<Answer>(bytes).is_ok(),
        mend: "DELETE FROM drafts WHERE chat_id = ?1 AND ?2 IS NOT NULL",
    },
    Kind {
        what: "vectors",
        table: "embeddings",
        column: "vector",
        reads_back: |bytes| !bytes.is_empty() && floats(bytes).is_some(),
        mend: "DELETE FROM passage_embeddings WHERE embedding_id = ?1 AND ?2 IS NOT NULL",
    },
];

impl Kind {
    /// The first two columns of the rows whose value does not read back; the second counts where the
    /// first does not name a row.
    pub(crate) fn unreadable(&self, connection: &Connection) -> Result<Vec<(i64, i64)>> {
        let Self { table, column, .. } = self;
        let (first, second) = match *table {
            "pages" | "pages_again" => ("document_id", "number"),
            "turns" => ("chat_id", "ordinal"),
            "drafts" => ("chat_id", "0"),
            _ => ("id", "0"),
        };
        let query =
            format!("SELECT {first}, {second}, {column} FROM {table} WHERE {column} IS NOT NULL");
        let mut statement = connection.prepare(&query)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if !self.is_readable(row)? {
                found.push((row.get(0)?, row.get(1)?));
            }
        }
        Ok(found)
    }

    fn is_readable(&self, row: &Row<'_>) -> Result<bool> {
        let value = row.get_ref(2)?;
        let bytes = value.as_bytes();
        Ok(bytes.is_ok_and(self.reads_back))
    }
}

impl Store {
    /// What SQLite says of the file's structure; nothing where it is sound.
    pub fn quick_check(&self) -> Result<Vec<String>> {
        quick_check(&self.lock())
    }

    /// The same, and whether indexes and rows agree.
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        said(&self.lock(), "integrity_check")
    }

    /// Looks at every row. Takes as long as reading all of the file.
    pub fn health(&self) -> Result<Health> {
        let connection = self.lock();
        let structure = quick_check(&connection)?;
        if !structure.is_empty() {
            return Ok(Health { structure, ..Health::default() });
        }
        let mut unreadable = Vec::new();
        for kind in &KINDS {
            let rows = kind.unreadable(&connection)?.len() as u32;
            if rows > 0 {
                unreadable.push(Unreadable { what: kind.what.to_owned(), rows });
            }
        }
        Ok(Health { structure, unreadable, orphans: orphans(&connection)? })
    }

    /// Takes out what does not read back and can be made again, and puts answers that do not read
    /// back in from a copy, where it has them; how many rows.
    pub fn mend(&self, copy: Option<&Path>) -> Result<u32> {
        let connection = self.lock();
        let mut mended = mend(&connection)?;
        if let Some(copy) = copy {
            connection.execute("ATTACH ?1 AS copy", [copying::uri(copy)])?;
            mended += answers_from_copy(&connection)?;
            connection.execute_batch("DETACH copy")?;
        }
        Ok(mended)
    }

    /// Documents that were read and of which pages or passages are missing.
    pub fn incomplete(&self) -> Result<Vec<DocumentId>> {
        incomplete(&self.lock())
    }
}

/// Answers that do not read back, from the copy that is attached: those to the same question, as far
/// as the question still can be read.
pub(crate) fn answers_from_copy(connection: &Connection) -> Result<u32> {
    let mut mended = 0;
    for kind in KINDS.iter().filter(|kind| kind.table == "turns") {
        for (chat, ordinal) in kind.unreadable(connection)? {
            let text = |schema: &str| {
                let query = format!(
                    "SELECT answer FROM {schema}.turns WHERE chat_id = ?1 AND ordinal = ?2"
                );
                rows::one(connection.query_row(&query, (chat, ordinal), |row| rows::text(row, 0)))
            };
            let damaged = text("main")?.unwrap_or_default();
            let Some(kept) = text("copy")? else { continue };
            let (then, now) = (question_in(&kept), question_in(&damaged));
            if now.is_none() || now == then {
                let put = "UPDATE main.turns SET answer = ?3 WHERE chat_id = ?1 AND ordinal = ?2";
                mended += connection.execute(put, (chat, ordinal, kept))? as u32;
            }
        }
    }
    Ok(mended)
}

/// Takes out what can be made again.
pub(crate) fn mend(connection: &Connection) -> Result<u32> {
    let mut mended = 0;
    for kind in KINDS.iter().filter(|kind| !kind.mend.is_empty()) {
        for key in kind.unreadable(connection)? {
            mended += connection.execute(kind.mend, key)? as u32;
        }
    }
    Ok(mended)
}

/// What is wrong with a file's structure: lines of SQLite's own check, and tables that are not those
/// the migrations make.
pub(crate) fn quick_check(connection: &Connection) -> Result<Vec<String>> {
    said(connection, "quick_check")
}

/// A check that breaks off is damage too.
fn said(connection: &Connection, check: &str) -> Result<Vec<String>> {
    let lines = || -> rusqlite::Result<Vec<String>> {
        let mut statement = connection.prepare(&format!("PRAGMA {check}({MOST_LINES})"))?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    let checked = lines().map_err(StoreError::from).and_then(|lines| {
        let mut lines: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
        if lines.is_empty() && !schema::is_as_made(connection)? {
            lines.push("its tables are not as they were made".to_owned());
        }
        Ok(lines)
    });
    match checked {
        Err(error) if error.code() == ProblemCode::StoreDamaged => Ok(vec![error.to_string()]),
        checked => checked,
    }
}

fn orphans(connection: &Connection) -> Result<u32> {
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut orphans = 0;
    while rows.next()?.is_some() {
        orphans += 1;
    }
    Ok(orphans)
}
