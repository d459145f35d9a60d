//! A document with all that was made of it, and conversations, to be carried into another home. What comes
//! from elsewhere is decoded before it is believed. Deliberately not here: the file it is carried in
//! (`engine`).

use crate::vectors::floats;
use crate::{Result, Store, StoreError, TextHash, paths};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::path::Path;
use yinju_core::document::DocumentInfo;
use yinju_core::{
    Answer, Bibliography, ChatId, DocumentId, LibraryId, ModelId, Page, PageNumber, PassageDraft,
    Problem, Scope,
};

/// A document as it is carried. Pages, passages and what the file says of itself are as they stand in the
/// store (`postcard`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CarriedDocument {
    /// SHA-256 of the file.
    pub sha256: String,
    /// What it is called.
    pub title: String,
    /// The file's name, without where it was.
    pub file_name: String,
    /// Size of the file.
    pub bytes: u64,
    info: Option<Vec<u8>>,
    cut: Option<String>,
    bibliography: Option<String>,
    pages: Vec<CarriedPage>,
    passages: Vec<CarriedPassage>,
    versions: Vec<CarriedVersion>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CarriedPage {
    number: u32,
    label: Option<String>,
    status: String,
    characters: u32,
    warnings: String,
    page: Vec<u8>,
    confidence: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CarriedPassage {
    ordinal: u32,
    draft: Vec<u8>,
    page: u32,
    start: u32,
    embeddings: Vec<CarriedEmbedding>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CarriedEmbedding {
    encoder: String,
    text_sha256: Vec<u8>,
    /// `f32`, little-endian.
    vector: Vec<u8>,
    tokens: Option<Vec<u8>>,
}

/// What it was before its file changed, with the pages that conversations quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CarriedVersion {
    sha256: String,
    title: String,
    texts: Option<Vec<u8>>,
    replaced: String,
    pages: Vec<(u32, Vec<u8>)>,
}

/// A conversation as it is carried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarriedChat {
    /// What it is called.
    pub title: String,
    /// Whether it is kept at the top.
    pub pinned: bool,
    /// When it began (RFC 3339, UTC).
    pub created: String,
    /// When it was last added to.
    pub updated: String,
    /// Where the last question was looked for.
    pub scope: Scope,
    /// The answers, oldest first.
    pub turns: Vec<Answer>,
}

impl CarriedDocument {
    /// The file's name alone, whatever was written.
    pub fn name(&self) -> &str {
        let name = self.file_name.rsplit(['/', '\\', ':']).next().unwrap_or_default();
        if matches!(name, "" | "." | "..") { "document" } else { name }
    }

    /// How many pages it has.
    pub fn pages(&self) -> u32 {
        self.pages.len() as u32
    }

    /// How many passages it has.
    pub fn passages(&self) -> u32 {
        self.passages.len() as u32
    }

    /// Whether everything in it reads back as what it has to be.
    fn check(&self) -> Result<()> {
        let corrupt = || StoreError::Corrupt("carried document");
        if !is_hash(&self.sha256) {
            return Err(corrupt());
        }
        let reads = |blob: &[u8]| postcard::from_bytes::<Page>(blob).is_ok();
        let info = self.info.as_deref();
        let is_whole = info.is_none_or(|info| postcard::from_bytes::<DocumentInfo>(info).is_ok())
            && self.pages.iter().all(|page| reads(&page.page))
            && self.cut.as_deref().is_none_or(|cut| serde_json::from_str::<Problem>(cut).is_ok())
            && self
                .bibliography
                .as_deref()
                .is_none_or(|json| serde_json::from_str::<Bibliography>(json).is_ok())
            && self.passages.iter().all(|passage| {
                postcard::from_bytes::<PassageDraft>(&passage.draft).is_ok()
                    && passage.embeddings.iter().all(CarriedEmbedding::is_whole)
            })
            && self.versions.iter().all(CarriedVersion::is_whole);
        if is_whole { Ok(()) } else { Err(corrupt()) }
    }
}

impl CarriedVersion {
    fn is_whole(&self) -> bool {
        let texts = self.texts.as_deref();
        is_hash(&self.sha256)
            && texts.is_none_or(|texts| {
                postcard::from_bytes::<Vec<(PageNumber, String)>>(texts).is_ok()
            })
            && self.pages.iter().all(|(_, page)| postcard::from_bytes::<Page>(page).is_ok())
    }
}

impl CarriedEmbedding {
    fn is_whole(&self) -> bool {
        self.encoder.parse::<ModelId>().is_ok()
            && self.text_sha256.len() == size_of::<TextHash>()
            && floats(&self.vector).is_some()
    }
}

impl Store {
    /// A document with all that was made of it.
    pub fn carry_out(&self, id: DocumentId) -> Result<CarriedDocument> {
        let about = self.document(id)?;
        let name = about.reference.path.file_name().unwrap_or_default();
        let connection = self.lock();
        let row = "SELECT info, cut, bibliography FROM documents WHERE id = ?1";
        let (info, cut, bibliography) = connection
            .query_row(row, [id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?
            .ok_or(StoreError::NotFound("document"))?;
        Ok(CarriedDocument {
            sha256: about.reference.sha256,
            title: about.reference.title,
            file_name: name.to_string_lossy().into_owned(),
            bytes: about.bytes,
            info,
            cut,
            bibliography,
            pages: pages(&connection, id)?,
            passages: passages(&connection, id)?,
            versions: versions(&connection, id)?,
        })
    }

    /// Begins to carry a library in, with its own words. `of` tells the file from others.
    pub fn begin_carrying(&self, name: &str, words: &str, of: &str) -> Result<LibraryId> {
        let connection = self.lock();
        connection.execute(
            "INSERT INTO libraries (name, words, carrying) VALUES (?1, ?2, ?3)",
            [name, words, of],
        )?;
        Ok(LibraryId(connection.last_insert_rowid().unsigned_abs()))
    }

    /// Of what file a library is being carried in; none once it is whole.
    pub fn carrying(&self, library: LibraryId) -> Result<Option<String>> {
        let query = "SELECT carrying FROM libraries WHERE id = ?1";
        let found = self.lock().query_row(query, [library.0], |row| row.get(0)).optional()?;
        found.ok_or(StoreError::NotFound("library"))
    }

    /// The library is whole, and these conversations are there; both or neither.
    pub fn end_carrying(&self, library: LibraryId, chats: &[CarriedChat]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for chat in chats {
            put_chat(&transaction, chat)?;
        }
        let end = "UPDATE libraries SET carrying = NULL WHERE id = ?1";
        transaction.execute(end, [library.0])?;
        Ok(transaction.commit()?)
    }

    /// Puts a document into a library in which its content is not; whole or not at all. `path` is where its
    /// file lies here, if it does. It is `Embedded`, as an index has yet to learn of it. Fails with
    /// [`StoreError::Corrupt`] where any of it does not read back.
    pub fn carry_in(
        &self,
        library: LibraryId,
        carried: &CarriedDocument,
        path: Option<&Path>,
    ) -> Result<DocumentId> {
        carried.check()?;
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        transaction.execute(
            "INSERT INTO documents
                (library_id, sha256, title, bytes, status, info, cut, bibliography)
             VALUES (?1, ?2, ?3, ?4, 'embedded', ?5, ?6, ?7)",
            (
                library.0,
                carried.sha256.to_lowercase(),
                &carried.title,
                carried.bytes,
                &carried.info,
                &carried.cut,
                &carried.bibliography,
            ),
        )?;
        let id = transaction.last_insert_rowid();
        // Where it was elsewhere is no place here: only its name is kept.
        transaction.execute(
            "INSERT INTO places (document_id, path) VALUES (?1, ?2)",
            (id, paths::bytes(path.unwrap_or(Path::new(carried.name())))),
        )?;
        for page in &carried.pages {
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO pages (document_id, number, label, status, characters,
                        warnings, page, confidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute((
                    id,
                    page.number,
                    &page.label,
                    &page.status,
                    page.characters,
                    &page.warnings,
                    &page.page,
                    page.confidence,
                ))?;
        }
        for passage in &carried.passages {
            put(&transaction, id, passage)?;
        }
        for version in &carried.versions {
            put_version(&transaction, id, version)?;
        }
        transaction.commit()?;
        Ok(DocumentId(id.unsigned_abs()))
    }
}

fn pages(connection: &Connection, id: DocumentId) -> Result<Vec<CarriedPage>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, label, status, characters, warnings, page, confidence FROM pages
         WHERE document_id = ?1 ORDER BY number",
    )?;
    let rows = statement.query_map([id.0], |row| {
        Ok(CarriedPage {
            number: row.get(0)?,
            label: row.get(1)?,
            status: row.get(2)?,
            characters: row.get(3)?,
            warnings: row.get(4)?,
            page: row.get(5)?,
            confidence: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn passages(connection: &Connection, id: DocumentId) -> Result<Vec<CarriedPassage>> {
    let mut embedded = connection.prepare_cached(
        "SELECT e.encoder, e.text_sha256, e.vector, t.tokens FROM passage_embeddings v
         JOIN embeddings e ON e.id = v.embedding_id
         LEFT JOIN embedding_tokens t ON t.embedding_id = e.id
         WHERE v.passage_id = ?1 AND length(e.text_sha256) = 32 ORDER BY e.encoder",
    )?;
    let mut statement = connection.prepare_cached(
        "SELECT id, ordinal, draft, page, start FROM passages
         WHERE document_id = ?1 AND ordinal >= 0 ORDER BY id",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut passages = Vec::new();
    while let Some(row) = rows.next()? {
        let embeddings = embedded.query_map([row.get::<_, u64>(0)?], |row| {
            Ok(CarriedEmbedding {
                encoder: row.get(0)?,
                text_sha256: row.get(1)?,
                vector: row.get(2)?,
                tokens: row.get(3)?,
            })
        })?;
        passages.push(CarriedPassage {
            ordinal: row.get(1)?,
            draft: row.get(2)?,
            page: row.get(3)?,
            start: row.get(4)?,
            embeddings: embeddings.collect::<rusqlite::Result<_>>()?,
        });
    }
    Ok(passages)
}

fn put(connection: &Connection, document: i64, passage: &CarriedPassage) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO passages (document_id, ordinal, draft, page, start)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((document, passage.ordinal, &passage.draft, passage.page, passage.start))?;
    let id = connection.last_insert_rowid();
    for embedding in &passage.embeddings {
        let of = (&embedding.encoder, &embedding.text_sha256);
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO embeddings (encoder, text_sha256, vector)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute((of.0, of.1, &embedding.vector))?;
        if let Some(tokens) = &embedding.tokens {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO embedding_tokens (embedding_id, tokens)
                     SELECT id, ?3 FROM embeddings WHERE encoder = ?1 AND text_sha256 = ?2",
                )?
                .execute((of.0, of.1, tokens))?;
        }
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO passage_embeddings (passage_id, encoder, embedding_id)
                 SELECT ?3, encoder, id FROM embeddings WHERE encoder = ?1 AND text_sha256 = ?2",
            )?
            .execute((of.0, of.1, id))?;
    }
    Ok(())
}

fn versions(connection: &Connection, id: DocumentId) -> Result<Vec<CarriedVersion>> {
    let mut pages = connection.prepare_cached(
        "SELECT number, page FROM version_pages WHERE document_id = ?1 AND sha256 = ?2
         ORDER BY number",
    )?;
    let mut statement = connection.prepare_cached(
        "SELECT sha256, title, texts, replaced FROM versions WHERE document_id = ?1",
    )?;
    let mut rows = statement.query([id.0])?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        let sha256: String = row.get(0)?;
        let of = pages.query_map((id.0, &sha256), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let pages = of.collect::<rusqlite::Result<_>>()?;
        let (title, texts, replaced) = (row.get(1)?, row.get(2)?, row.get(3)?);
        versions.push(CarriedVersion { sha256, title, texts, replaced, pages });
    }
    Ok(versions)
}

fn put_version(connection: &Connection, document: i64, version: &CarriedVersion) -> Result<()> {
    let CarriedVersion { sha256, title, texts, replaced, pages } = version;
    connection.execute(
        "INSERT OR IGNORE INTO versions (document_id, sha256, title, texts, replaced)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        (document, sha256, title, texts, replaced),
    )?;
    for (number, page) in pages {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO version_pages (document_id, sha256, number, page)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((document, sha256, number, page))?;
    }
    Ok(())
}

fn put_chat(connection: &Connection, chat: &CarriedChat) -> Result<()> {
    let scope = serde_json::to_string(&chat.scope).map_err(|_| StoreError::Corrupt("scope"))?;
    connection.execute(
        "INSERT INTO chats (title, pinned, created, updated, scope) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&chat.title, chat.pinned, &chat.created, &chat.updated, scope),
    )?;
    let id = connection.last_insert_rowid();
    for (ordinal, answer) in chat.turns.iter().enumerate() {
        let answer = Answer { chat: Some(ChatId(id.unsigned_abs())), ..answer.clone() };
        let json = serde_json::to_string(&answer).map_err(|_| StoreError::Corrupt("answer"))?;
        connection
            .prepare_cached("INSERT INTO turns (chat_id, ordinal, answer) VALUES (?1, ?2, ?3)")?
            .execute((id, ordinal as u32, json))?;
    }
    Ok(())
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
