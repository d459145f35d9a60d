//! Tables, and how they came to be. A migration that has been released is never changed.

use crate::Result;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use std::collections::BTreeSet;

const FIRST: &str = "
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE libraries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
) STRICT;

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library_id INTEGER NOT NULL REFERENCES libraries (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    path TEXT NOT NULL,
    title TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    status TEXT NOT NULL,
    info BLOB,
    problem TEXT,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    UNIQUE (library_id, sha256)
) STRICT;
CREATE INDEX documents_by_hash ON documents (sha256);

CREATE TABLE pages (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT,
    status TEXT NOT NULL,
    characters INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    page BLOB NOT NULL,
    PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    draft BLOB NOT NULL,
    UNIQUE (document_id, ordinal)
) STRICT;

CREATE TABLE vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    encoder TEXT NOT NULL,
    vector BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library_id INTEGER NOT NULL REFERENCES libraries (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    UNIQUE (library_id, path)
) STRICT;

CREATE TABLE chats (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    updated TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
) STRICT;

CREATE TABLE turns (
    chat_id INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (chat_id, ordinal)
) STRICT, WITHOUT ROWID;
";

/// Pages, passages and what files say of themselves are kept in another form since, and cannot be
/// told from the old one: every file is read again. A passage is found by where it begins, so that
/// one that comes out of another reading as it was keeps its id and its vector. `pages_again`
/// holds pages that are being recognised again, until all of them are.
const SECOND: &str = "
DELETE FROM vectors;
DELETE FROM passages;
DELETE FROM pages;
UPDATE documents SET info = NULL;
UPDATE documents SET status = 'queued', problem = NULL
    WHERE status IN ('parsed', 'embedded', 'ready', 'no_text');

ALTER TABLE pages ADD COLUMN confidence INTEGER;
ALTER TABLE passages ADD COLUMN page INTEGER NOT NULL DEFAULT 0;
ALTER TABLE passages ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
CREATE INDEX passages_by_place ON passages (document_id, page, start);

CREATE TABLE pages_again (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    label TEXT,
    status TEXT NOT NULL,
    characters INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    page BLOB NOT NULL,
    confidence INTEGER,
    PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;
";

/// Passages are embedded with their title and headings since, so all are embedded again, and the
/// vectors of their tokens are kept. These stand in a table of their own: they take ten times the
/// room of a vector, and only those of a few passages are wanted at a time.
const THIRD: &str = "
DELETE FROM vectors;
UPDATE documents SET status = 'parsed', problem = NULL WHERE status IN ('embedded', 'ready');

CREATE TABLE token_vectors (
    passage_id INTEGER PRIMARY KEY REFERENCES vectors (passage_id) ON DELETE CASCADE,
    tokens BLOB NOT NULL
) STRICT;
";

/// What a text is to an encoder is kept by the text since, so that none is embedded twice by the same
/// one, and for several encoders at once. Texts of older embeddings are not known: those are kept
/// under their passage's number, which no hash is. An embedding goes with the last passage that has
/// it. A person's own questions, to measure a library by, came with it, and what they gave.
const FOURTH: &str = "
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY,
    encoder TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (encoder, text_sha256)
) STRICT;

CREATE TABLE embedding_tokens (
    embedding_id INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE,
    tokens BLOB NOT NULL
) STRICT;

CREATE TABLE passage_embeddings (
    passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    encoder TEXT NOT NULL,
    embedding_id INTEGER NOT NULL REFERENCES embeddings (id),
    PRIMARY KEY (passage_id, encoder)
) STRICT, WITHOUT ROWID;
CREATE INDEX passages_by_embedding ON passage_embeddings (embedding_id);

INSERT INTO embeddings (id, encoder, text_sha256, vector)
    SELECT passage_id, encoder, CAST('passage ' || passage_id AS BLOB), vector FROM vectors;
INSERT INTO embedding_tokens (embedding_id, tokens)
    SELECT passage_id, tokens FROM token_vectors;
INSERT INTO passage_embeddings (passage_id, encoder, embedding_id)
    SELECT passage_id, encoder, passage_id FROM vectors;
DROP TABLE token_vectors;
DROP TABLE vectors;

CREATE TRIGGER embedding_without_passage AFTER DELETE ON passage_embeddings
BEGIN
    DELETE FROM embeddings WHERE id = OLD.embedding_id
        AND NOT EXISTS (SELECT 1 FROM passage_embeddings WHERE embedding_id = OLD.embedding_id);
END;

CREATE TABLE own_questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    first_page INTEGER NOT NULL,
    last_page INTEGER NOT NULL
) STRICT;

CREATE TABLE own_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    run TEXT NOT NULL
) STRICT;
";

/// What people write beside their documents: a library's own words, the reference a document is
/// listed as where it was corrected; and of conversations where they look, what they branch off, and
/// an answer that is not finished.
const FIFTH: &str = "
ALTER TABLE libraries ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN bibliography TEXT;
ALTER TABLE chats ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN scope TEXT;

CREATE TABLE drafts (
    chat_id INTEGER PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
    answer TEXT NOT NULL
) STRICT;
";

/// Places that a removal could not reach, to be reached at the next start.
const SIXTH: &str = "
CREATE TABLE removals (
    document_id INTEGER NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (document_id, place)
) STRICT, WITHOUT ROWID;
";

/// A file's name is bytes and need not be text, and the same content can lie in several places: all of
/// them are known, oldest first. A job is told how often it was begun, and why it is tried no more. A
/// document of which no more is read than its limits allow says so beside its state.
const SEVENTH: &str = "
CREATE TABLE places (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    UNIQUE (document_id, path)
) STRICT;
CREATE INDEX places_by_path ON places (path);
INSERT INTO places (document_id, path) SELECT id, CAST(path AS BLOB) FROM documents ORDER BY id;
ALTER TABLE documents DROP COLUMN path;
ALTER TABLE documents ADD COLUMN cut TEXT;

CREATE TABLE queued_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library_id INTEGER NOT NULL REFERENCES libraries (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    UNIQUE (library_id, path)
) STRICT;
INSERT INTO queued_jobs (id, library_id, path)
    SELECT id, library_id, CAST(path AS BLOB) FROM jobs;
DROP TABLE jobs;
ALTER TABLE queued_jobs RENAME TO jobs;
";

/// How many pages and passages a document has is kept beside it since, and counted by the store itself:
/// a list of ten thousand documents does not look at their pages. Rows go by `DELETE` alone: those that
/// `INSERT OR REPLACE` puts out of the way fire no trigger.
const EIGHTH: &str = "
CREATE TABLE document_counts (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    passages INTEGER NOT NULL DEFAULT 0,
    text INTEGER NOT NULL DEFAULT 0,
    ocr INTEGER NOT NULL DEFAULT 0,
    mixed INTEGER NOT NULL DEFAULT 0,
    empty INTEGER NOT NULL DEFAULT 0,
    garbled INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    needs_ocr INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER document_counted AFTER INSERT ON documents
BEGIN
    INSERT OR IGNORE INTO document_counts (document_id) VALUES (NEW.id);
END;
CREATE TRIGGER passage_counted AFTER INSERT ON passages
BEGIN
    UPDATE document_counts SET passages = passages + 1 WHERE document_id = NEW.document_id;
END;
CREATE TRIGGER passage_counted_off AFTER DELETE ON passages
BEGIN
    UPDATE document_counts SET passages = passages - 1 WHERE document_id = OLD.document_id;
END;
CREATE TRIGGER page_counted AFTER INSERT ON pages
BEGIN
    UPDATE document_counts SET
        text = text + (NEW.status = 'text'),
        ocr = ocr + (NEW.status = 'ocr'),
        mixed = mixed + (NEW.status = 'mixed'),
        empty = empty + (NEW.status = 'empty'),
        garbled = garbled + (NEW.status = 'garbled'),
        failed = failed + (NEW.status NOT IN ('text', 'ocr', 'mixed', 'empty', 'garbled')),
        needs_ocr = needs_ocr + (NEW.status = 'empty'
            AND (NEW.warnings LIKE '%\"needs_ocr\"%' OR NEW.warnings LIKE '%\"ocr_unavailable\"%'))
    WHERE document_id = NEW.document_id;
END;
CREATE TRIGGER page_counted_off AFTER DELETE ON pages
BEGIN
    UPDATE document_counts SET
        text = text - (OLD.status = 'text'),
        ocr = ocr - (OLD.status = 'ocr'),
        mixed = mixed - (OLD.status = 'mixed'),
        empty = empty - (OLD.status = 'empty'),
        garbled = garbled - (OLD.status = 'garbled'),
        failed = failed - (OLD.status NOT IN ('text', 'ocr', 'mixed', 'empty', 'garbled')),
        needs_ocr = needs_ocr - (OLD.status = 'empty'
            AND (OLD.warnings LIKE '%\"needs_ocr\"%' OR OLD.warnings LIKE '%\"ocr_unavailable\"%'))
    WHERE document_id = OLD.document_id;
END;
";

/// Counts all documents anew.
pub(crate) const NINTH: &str = "
INSERT OR REPLACE INTO document_counts
    (document_id, passages, text, ocr, mixed, empty, garbled, failed, needs_ocr)
SELECT d.id, (SELECT count(*) FROM passages WHERE document_id = d.id),
    coalesce(sum(p.status = 'text'), 0), coalesce(sum(p.status = 'ocr'), 0),
    coalesce(sum(p.status = 'mixed'), 0), coalesce(sum(p.status = 'empty'), 0),
    coalesce(sum(p.status = 'garbled'), 0),
    coalesce(sum(p.status NOT IN ('text', 'ocr', 'mixed', 'empty', 'garbled')), 0),
    coalesce(sum(p.status = 'empty'
        AND (p.warnings LIKE '%\"needs_ocr\"%' OR p.warnings LIKE '%\"ocr_unavailable\"%')), 0)
FROM documents d LEFT JOIN pages p ON p.document_id = d.id GROUP BY d.id;
";

/// A file that changes is a new version of its document. Of what was read before, the pages stay that a
/// conversation quotes. `is_replacing`: passages that have not come again are another version's. Folders
/// that a library follows, with what was last seen in them.
const TENTH: &str = "
CREATE TABLE versions (
    document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    title TEXT NOT NULL,
    texts BLOB,
    replaced TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    PRIMARY KEY (document_id, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_pages (
    document_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    number INTEGER NOT NULL,
    page BLOB NOT NULL,
    PRIMARY KEY (document_id, sha256, number),
    FOREIGN KEY (document_id, sha256) REFERENCES versions (document_id, sha256) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

ALTER TABLE documents ADD COLUMN is_replacing INTEGER NOT NULL DEFAULT 0;

CREATE TABLE watches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    library_id INTEGER NOT NULL REFERENCES libraries (id) ON DELETE CASCADE,
    folder BLOB NOT NULL,
    ignored TEXT NOT NULL DEFAULT '[]',
    device INTEGER,
    UNIQUE (library_id, folder)
) STRICT;

CREATE TABLE watched_files (
    watch_id INTEGER NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    gone TEXT,
    PRIMARY KEY (watch_id, path)
) STRICT, WITHOUT ROWID;
";

/// A library that is being carried in knows of what file, so that carrying can go on where it was ended.
const ELEVENTH: &str = "ALTER TABLE libraries ADD COLUMN carrying TEXT;";

const STEPS: [&str; 11] =
    [FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH];

/// The schema this program writes: how many steps led to it.
pub const VERSION: u32 = STEPS.len() as u32;

/// Sets the connection up and brings the schema up to date.
///
/// `secure_delete` overwrites what is removed, so that removed text is not left in free pages, and
/// sorting is done in memory, so that none comes into the system's temporary folder. Freed pages can
/// be given back to the disk (`auto_vacuum`), which only a file that is still empty can be told.
pub(crate) fn prepare(connection: &mut Connection) -> Result<()> {
    set_up(connection)?;
    migrate(connection, VERSION)
}

/// Whether tables, indexes and triggers are those that as many steps make as the file says were
/// done: SQLite's checks read the words they were made by, and do not know what they should be.
pub(crate) fn is_as_made(connection: &Connection) -> Result<bool> {
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > VERSION {
        return Ok(true);
    }
    let mut made = Connection::open_in_memory()?;
    migrate(&mut made, version)?;
    Ok(words(connection)? == words(&made)?)
}

/// What tables, indexes and triggers were made by; SQLite's own follow from them.
fn words(connection: &Connection) -> Result<BTreeSet<(String, String)>> {
    let query =
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'";
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sets a connection up.
pub(crate) fn set_up(connection: &Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    if connection.pragma_query_value(None, "page_count", |row| row.get::<_, u32>(0))? == 0 {
        // Told to a file that is not empty, it would be written, which a full disk does not allow.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Elsewhere `fsync` is enough; on macOS it leaves the bytes in the drive.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// Brings a schema to a version.
pub(crate) fn migrate(connection: &mut Connection, version: u32) -> Result<()> {
    let migrations = Migrations::new(STEPS.map(M::up).to_vec());
    if version < VERSION {
        migrations.to_version(connection, version as usize)?;
    } else {
        migrations.to_latest(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_of_the_first_version_is_read_again_and_loses_nothing_else() {
        let mut connection = Connection::open_in_memory().unwrap();
        Migrations::new(vec![M::up(FIRST)]).to_latest(&mut connection).unwrap();
        connection
            .execute_batch(
                "INSERT INTO libraries (id, name) VALUES (1, 'a');
                 INSERT INTO documents (id, library_id, sha256, path, title, bytes, status, info)
                 VALUES (1, 1, 'x', 'x.pdf', 'x', 9, 'ready', x'00'),
                        (2, 1, 'y', 'y.pdf', 'y', 9, 'failed', x'00');
                 INSERT INTO pages VALUES (1, 1, NULL, 'text', 1, '[]', x'00');
                 INSERT INTO passages (id, document_id, ordinal, draft) VALUES (7, 1, 0, x'00');
                 INSERT INTO vectors VALUES (7, 'e5', x'00');
                 INSERT INTO jobs (library_id, path) VALUES (1, 'z.pdf');
                 INSERT INTO chats (title) VALUES ('q');
                 INSERT INTO turns (chat_id, ordinal, answer) VALUES (1, 0, '{}');",
            )
            .unwrap();
        prepare(&mut connection).unwrap();
        let count =
            |query: &str| -> u32 { connection.query_row(query, [], |row| row.get(0)).unwrap() };
        assert_eq!(count("SELECT count(*) FROM documents WHERE status = 'queued'"), 1);
        assert_eq!(count("SELECT count(*) FROM documents WHERE status = 'failed'"), 1);
        assert_eq!(count("SELECT count(*) FROM documents WHERE info IS NOT NULL"), 0);
        for table in ["pages", "passages", "embeddings"] {
            assert_eq!(count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
        }
        assert_eq!(count("SELECT count(*) FROM turns"), 1);
        assert_eq!(count("SELECT count(*) FROM document_counts"), 2);
        assert_eq!(count("SELECT document_id FROM places WHERE path = CAST('y.pdf' AS BLOB)"), 2);
        assert_eq!(count("SELECT attempts FROM jobs WHERE path = CAST('z.pdf' AS BLOB)"), 0);
        let insert = "INSERT INTO passages (document_id, ordinal, draft) VALUES (1, 0, x'00')";
        connection.execute(insert, []).unwrap();
        assert_eq!(count("SELECT max(id) FROM passages"), 8, "an id is used twice");
    }

    #[test]
    fn embeddings_of_the_third_version_are_kept_and_go_with_their_passage() {
        let mut connection = Connection::open_in_memory().unwrap();
        let third = vec![M::up(FIRST), M::up(SECOND), M::up(THIRD)];
        Migrations::new(third).to_latest(&mut connection).unwrap();
        connection
            .execute_batch(
                "INSERT INTO libraries (id, name) VALUES (1, 'a');
                 INSERT INTO documents (id, library_id, sha256, path, title, bytes, status)
                 VALUES (1, 1, 'x', 'x.pdf', 'x', 9, 'ready');
                 INSERT INTO passages (id, document_id, ordinal, draft)
                 VALUES (7, 1, 0, x'00'), (8, 1, 1, x'00');
                 INSERT INTO vectors VALUES (7, 'e5', x'01'), (8, 'e5', x'02');
                 INSERT INTO token_vectors VALUES (7, x'03');",
            )
            .unwrap();
        prepare(&mut connection).unwrap();
        let count =
            |query: &str| -> u32 { connection.query_row(query, [], |row| row.get(0)).unwrap() };
        assert_eq!(count("SELECT count(*) FROM passage_embeddings"), 2);
        assert_eq!(count("SELECT passages FROM document_counts WHERE document_id = 1"), 2);
        assert_eq!(count("SELECT count(*) FROM embedding_tokens"), 1);
        connection.execute("DELETE FROM passages WHERE id = 7", []).unwrap();
        assert_eq!(count("SELECT count(*) FROM embeddings"), 1);
        assert_eq!(count("SELECT count(*) FROM embedding_tokens"), 0);
        assert_eq!(count("SELECT passages FROM document_counts WHERE document_id = 1"), 1);
    }
}
