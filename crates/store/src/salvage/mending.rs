//! Rows that were recovered, made to fit each other: what they belong to is filled in from a copy or
//! made anew, and what still belongs to nothing goes.

use super::{Keys, Salvaged};
use crate::health::{answers_from_copy, mend as take_out_unreadable};
use crate::{Result, copying, rows, schema};
use rusqlite::Connection;
use std::path::Path;
use yinju_core::DocumentId;
use yinju_core::document::DocumentInfo;

/// Tables whose rows others belong to, each after those that belong to it; with these.
const PARENTS: [(&str, &[(&str, &str)]); 3] = [
    (
        "documents",
        &[
            ("pages", "document_id"),
            ("passages", "document_id"),
            ("own_questions", "document_id"),
            ("places", "document_id"),
        ],
    ),
    ("chats", &[("turns", "chat_id")]),
    ("libraries", &[("documents", "library_id")]),
];

/// Vectors of passages that are in the copy as they are here. They are found by their texts: the
/// number of an embedding is given again once it is free.
const VECTORS: [&str; 3] = [
    "INSERT OR IGNORE INTO main.embeddings (encoder, text_sha256, vector)
     SELECT e.encoder, e.text_sha256, e.vector FROM copy.passage_embeddings v
     JOIN copy.embeddings e ON e.id = v.embedding_id
     JOIN copy.passages c ON c.id = v.passage_id
     JOIN main.passages p ON p.id = c.id AND p.draft = c.draft",
    "INSERT OR IGNORE INTO main.embedding_tokens (embedding_id, tokens)
     SELECT n.id, t.tokens FROM copy.embedding_tokens t
     JOIN copy.embeddings e ON e.id = t.embedding_id
     JOIN main.embeddings n ON n.encoder = e.encoder AND n.text_sha256 = e.text_sha256",
    "INSERT OR IGNORE INTO main.passage_embeddings (passage_id, encoder, embedding_id)
     SELECT v.passage_id, v.encoder, n.id FROM copy.passage_embeddings v
     JOIN copy.embeddings e ON e.id = v.embedding_id
     JOIN copy.passages c ON c.id = v.passage_id
     JOIN main.passages p ON p.id = c.id AND p.draft = c.draft
     JOIN main.embeddings n ON n.encoder = e.encoder AND n.text_sha256 = e.text_sha256",
];

/// Makes recovered rows fit; what there is then.
pub(super) fn mend(fresh: &Connection, copy: Option<&Path>, keys: &Keys) -> Result<Salvaged> {
    let mut salvaged = Salvaged { lost_rows: take_out_unreadable(fresh)?, ..Salvaged::default() };
    if let Some(copy) = copy {
        fresh.execute("ATTACH ?1 AS copy", [copying::uri(copy)])?;
        salvaged.from_copy = fill_in(fresh)? + answers_from_copy(fresh)?;
    }
    make_parents(fresh, keys)?;
    salvaged.lost_rows += remove_orphans(fresh)?;
    if copy.is_some() {
        for document in fuller_in_copy(fresh)? {
            complete(fresh, document)?;
        }
        if table_is_there(fresh, "embeddings")? {
            VECTORS.iter().try_for_each(|fill| fresh.execute(fill, []).map(drop))?;
        }
        remove_orphans(fresh)?;
        fresh.execute_batch("DETACH copy")?;
    }
    salvaged.incomplete = incomplete(fresh)?;
    number_turns(fresh)?;
    // Rows came and went in any order, past triggers too.
    fresh.execute_batch(schema::NINTH)?;
    give_no_id_twice(fresh, keys)?;
    let count = |table: &str| -> Result<u32> {
        let query = format!("SELECT count(*) FROM {table}");
        Ok(fresh.query_row(&query, [], |row| row.get(0))?)
    };
    Ok(Salvaged {
        documents: count("documents")?,
        pages: count("pages")?,
        chats: count("chats")?,
        answers: count("turns")?,
        ..salvaged
    })
}

/// Takes rows from the copy that recovered ones belong to. A row that was removed since the copy was
/// made has none that belong to it, so it does not come back.
fn fill_in(fresh: &Connection) -> Result<u32> {
    let mut filled = 0;
    for (parent, children) in PARENTS {
        let columns = common_columns(fresh, parent)?;
        for (child, column) in children {
            filled += fresh.execute(
                &format!(
                    "INSERT OR IGNORE INTO main.{parent} ({columns})
                     SELECT {columns} FROM copy.{parent}
                     WHERE id IN (SELECT {column} FROM main.{child})"
                ),
                [],
            )? as u32;
        }
    }
    Ok(filled)
}

/// Columns of a table that the copy, which may be older, has too.
fn common_columns(fresh: &Connection, table: &str) -> Result<String> {
    let mut statement = fresh.prepare(
        "SELECT name FROM pragma_table_info(?1, 'main')
         WHERE name IN (SELECT name FROM pragma_table_info(?1, 'copy'))",
    )?;
    let names = statement.query_map([table], |row| row.get::<_, String>(0))?;
    Ok(names.collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}

/// Makes what recovered rows belong to and nothing tells of any more. A document's content tells
/// which file it was, so that the file is known again when it is imported.
fn make_parents(fresh: &Connection, keys: &Keys) -> Result<()> {
    for (id, library, sha256) in &keys.documents {
        fresh.execute(
            "INSERT OR IGNORE INTO documents (id, library_id, sha256, title, bytes, status)
             SELECT ?1, ?2, ?3, 'Recovered document ' || ?1, 0, 'ready'
             WHERE EXISTS (SELECT 1 FROM pages WHERE document_id = ?1)",
            (id, library, sha256),
        )?;
    }
    fresh.execute_batch(
        "INSERT OR IGNORE INTO documents (id, library_id, sha256, title, bytes, status)
         SELECT DISTINCT document_id, coalesce((SELECT min(id) FROM libraries), 1),
             'lost-' || document_id, 'Recovered document ' || document_id, 0, 'ready'
         FROM pages WHERE document_id NOT IN (SELECT id FROM documents);
         INSERT OR IGNORE INTO libraries (id, name)
         SELECT DISTINCT library_id, 'Recovered library ' || library_id
         FROM documents WHERE library_id NOT IN (SELECT id FROM libraries);
         INSERT OR IGNORE INTO chats (id, title)
         SELECT chat_id, coalesce(substr(iif(json_valid(answer), answer ->> '$.question', NULL),
             1, 60), 'Recovered conversation ' || chat_id)
         FROM turns WHERE chat_id NOT IN (SELECT id FROM chats)
         GROUP BY chat_id HAVING ordinal = min(ordinal);",
    )?;
    Ok(())
}

/// Removes rows that belong to one that is not there, until none does; how many.
fn remove_orphans(fresh: &Connection) -> Result<u32> {
    let mut statement = fresh.prepare(
        "SELECT t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", 'id') FROM pragma_table_list t
         JOIN pragma_foreign_key_list(t.name) f
         WHERE t.schema = 'main' AND t.type = 'table'",
    )?;
    let links =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let links: Vec<(String, String, String, String)> = links.collect::<rusqlite::Result<_>>()?;
    // Entries of indexes have the same form; they are none of these rows.
    fresh.execute(
        "DELETE FROM passage_embeddings
         WHERE encoder IS NOT (SELECT encoder FROM embeddings WHERE id = embedding_id)",
        [],
    )?;
    let mut removed = 0;
    loop {
        let mut now = 0;
        for (child, from, parent, to) in &links {
            now += fresh.execute(
                &format!(
                    "DELETE FROM {child} WHERE {from} IS NOT NULL
                     AND {from} NOT IN (SELECT {to} FROM {parent})"
                ),
                [],
            )? as u32;
        }
        removed += now;
        if now == 0 {
            return Ok(removed);
        }
    }
}

/// Documents of which pages or passages are missing.
pub(crate) fn incomplete(fresh: &Connection) -> Result<Vec<DocumentId>> {
    let mut statement = fresh.prepare(
        "SELECT d.id, d.info,
             (SELECT count(*) FROM pages WHERE document_id = d.id),
             (SELECT coalesce(max(number), 0) FROM pages WHERE document_id = d.id),
             (SELECT count(*) FROM passages WHERE document_id = d.id AND ordinal >= 0),
             (SELECT coalesce(max(ordinal) + 1, 0) FROM passages WHERE document_id = d.id),
             (SELECT coalesce(max(number), 0) FROM pages WHERE document_id = d.id
                AND characters > 0),
             (SELECT coalesce(max(page), 0) FROM passages WHERE document_id = d.id
                AND ordinal >= 0)
         FROM documents d WHERE d.status IN ('parsed', 'embedded', 'ready')",
    )?;
    let counted = statement.query_map([], |row| {
        let info: Option<Vec<u8>> = row.get(1)?;
        let count = |column| row.get::<_, u32>(column);
        let counts = [count(2)?, count(3)?, count(4)?, count(5)?, count(6)?, count(7)?];
        Ok((DocumentId(row.get(0)?), info, counts))
    })?;
    let is_incomplete = |(_, info, counts): &(_, Option<Vec<u8>>, [u32; 6])| {
        let info = info.as_deref().and_then(|info| postcard::from_bytes::<DocumentInfo>(info).ok());
        let [pages, last_page, passages, last_passage, last_text, last_begun] = *counts;
        let page_count = info.map_or(0, |info| info.page_count);
        // A passage may run over a page, not over three.
        let lacks_end = last_begun + 2 < last_text;
        pages < last_page
            || pages < page_count
            || passages < last_passage
            || passages == 0
            || lacks_end
    };
    let counted = rows::all(counted)?.into_iter();
    Ok(counted.filter(is_incomplete).map(|(id, ..)| id).collect())
}

/// Documents of which the copy has more than there is.
fn fuller_in_copy(fresh: &Connection) -> Result<Vec<u64>> {
    let more = |table: &str| {
        let count = |schema: &str| {
            format!("(SELECT count(*) FROM {schema}.{table} WHERE document_id = d.id)")
        };
        format!("{} > {}", count("copy"), count("main"))
    };
    let query =
        format!("SELECT id FROM main.documents d WHERE {} OR {}", more("pages"), more("passages"));
    let mut statement = fresh.prepare(&query)?;
    let ids = statement.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Fills a document's pages and passages in from the copy, unless it was read again since: then its
/// passages are not those of the copy.
fn complete(fresh: &Connection, document: u64) -> Result<()> {
    let is_same: bool = fresh.query_row(
        "SELECT EXISTS (SELECT 1 FROM copy.documents c
             JOIN main.documents d ON d.id = c.id AND d.sha256 = c.sha256 WHERE d.id = ?1)
         AND NOT EXISTS (SELECT 1 FROM main.passages p WHERE p.document_id = ?1
             AND NOT EXISTS (SELECT 1 FROM copy.passages c WHERE c.id = p.id AND c.draft = p.draft))",
        [document],
        |row| row.get(0),
    )?;
    if !is_same {
        return Ok(());
    }
    for table in ["places", "pages", "passages"] {
        let columns = common_columns(fresh, table)?;
        if columns.is_empty() {
            // The copy is of a version that did not have the table.
            continue;
        }
        let fill = format!(
            "INSERT OR IGNORE INTO main.{table} ({columns})
             SELECT {columns} FROM copy.{table} WHERE document_id = ?1"
        );
        fresh.execute(&fill, [document])?;
    }
    Ok(())
}

/// Whether the copy, which may be older, has a table.
fn table_is_there(fresh: &Connection, table: &str) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM copy.sqlite_schema WHERE name = ?1)";
    Ok(fresh.query_row(query, [table], |row| row.get(0))?)
}

/// Answers are counted from 0 without a gap.
fn number_turns(fresh: &Connection) -> Result<()> {
    let mut list = fresh.prepare("SELECT chat_id, ordinal FROM turns ORDER BY chat_id, ordinal")?;
    let turns = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let turns: Vec<(i64, i64)> = turns.collect::<rusqlite::Result<_>>()?;
    let mut next = (i64::MIN, 0);
    for (chat, ordinal) in turns {
        let number = if next.0 == chat { next.1 } else { 0 };
        if ordinal != number {
            let renumber = "UPDATE turns SET ordinal = ?3 WHERE chat_id = ?1 AND ordinal = ?2";
            fresh.execute(renumber, (chat, ordinal, number))?;
        }
        next = (chat, number + 1);
    }
    Ok(())
}

/// Ids of rows that are lost are not given again: answers name documents by theirs.
fn give_no_id_twice(fresh: &Connection, keys: &Keys) -> Result<()> {
    for (table, last) in &keys.last {
        let known = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
        if fresh.execute(known, (table, last))? == 0 {
            let new = "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2
                 WHERE ?1 IN (SELECT name FROM sqlite_schema)";
            fresh.execute(new, (table, last))?;
        }
    }
    Ok(())
}
