//! Files' content, and how far each is.

use crate::places::{self, FIRST_PLACE};
use crate::rows::{self, text};
use crate::{Result, Store, StoreError, paths};
use rusqlite::{OptionalExtension, Row};
use std::path::PathBuf;
use yinju_core::document::DocumentInfo;
use yinju_core::{
    Bibliography, Coverage, Document, DocumentId, DocumentRef, DocumentStatus, LibraryId, Problem,
};

/// A document about to be read.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// Into which library.
    pub library: LibraryId,
    /// SHA-256 of the content, lower-case hexadecimal.
    pub sha256: String,
    /// Where the file is.
    pub path: PathBuf,
    /// What to call it until it is read.
    pub title: String,
    /// Size of the file.
    pub bytes: u64,
}

/// What [`read`] reads, with [`FIRST_PLACE`] behind it. What stands in the way of a document is its
/// problem; else that it was cut.
const COLUMNS: &str = "d.id, d.title, d.sha256, d.library_id, d.status, d.bytes,
    coalesce(d.problem, d.cut), coalesce(c.passages, 0), coalesce(c.text, 0), coalesce(c.ocr, 0),
    coalesce(c.mixed, 0), coalesce(c.empty, 0), coalesce(c.garbled, 0), coalesce(c.failed, 0),
    coalesce(c.needs_ocr, 0)";
const TABLES: &str = "documents d LEFT JOIN document_counts c ON c.document_id = d.id";

impl Store {
    /// The document with this content in this library, made as `Queued` if there is none; its
    /// places are this one too from now on. The flag tells whether it was made.
    pub fn ensure_document(&self, new: &NewDocument) -> Result<(DocumentId, bool)> {
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        let made = transaction.execute(
            "INSERT OR IGNORE INTO documents (library_id, sha256, title, bytes, status)
             VALUES (?1, ?2, ?3, ?4, 'queued')",
            (new.library.0, &new.sha256, &new.title, new.bytes),
        )? > 0;
        let id = transaction.query_row(
            "SELECT id FROM documents WHERE library_id = ?1 AND sha256 = ?2",
            (new.library.0, &new.sha256),
            |row| row.get(0).map(DocumentId),
        )?;
        places::add(&transaction, id, &new.path)?;
        transaction.commit()?;
        Ok((id, made))
    }

    /// Whether a library has a document with this content.
    pub fn has_content(&self, library: LibraryId, sha256: &str) -> Result<bool> {
        let query = "SELECT EXISTS (SELECT 1 FROM documents WHERE library_id = ?1 AND sha256 = ?2)";
        Ok(self.lock().query_row(query, (library.0, sha256), |row| row.get(0))?)
    }

    /// The document of a library that has this content.
    pub fn document_of_content(
        &self,
        library: LibraryId,
        sha256: &str,
    ) -> Result<Option<DocumentId>> {
        let query = "SELECT id FROM documents WHERE library_id = ?1 AND sha256 = lower(?2)";
        let found =
            self.lock().query_row(query, (library.0, sha256), |row| row.get(0)).optional()?;
        Ok(found.map(DocumentId))
    }

    /// Documents of one library or of all, oldest first.
    pub fn documents(&self, library: Option<LibraryId>) -> Result<Vec<Document>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, {FIRST_PLACE} FROM {TABLES} WHERE ?1 IS NULL OR d.library_id = ?1 ORDER BY d.id"
        ))?;
        let rows = statement.query_map([library.map(|id| id.0)], read)?;
        rows::all(rows)
    }

    /// One document.
    pub fn document(&self, id: DocumentId) -> Result<Document> {
        let connection = self.lock();
        let query = format!("SELECT {COLUMNS}, {FIRST_PLACE} FROM {TABLES} WHERE d.id = ?1");
        let found = connection.query_row(&query, [id.0], read).optional()?;
        found.ok_or(StoreError::NotFound("document"))
    }

    /// Whether a document is there.
    pub fn has_document(&self, id: DocumentId) -> Result<bool> {
        let query = "SELECT EXISTS (SELECT 1 FROM documents WHERE id = ?1)";
        Ok(self.lock().query_row(query, [id.0], |row| row.get(0))?)
    }

    /// Ids of the documents in a state, oldest first.
    pub fn documents_with_status(&self, status: DocumentStatus) -> Result<Vec<DocumentId>> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("SELECT id FROM documents WHERE status = ?1 ORDER BY id")?;
        let rows = statement.query_map([status_name(status)], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A searchable document with the same content in another library, whose pages, passages and
    /// vectors can be taken over.
    pub fn twin_of(&self, id: DocumentId) -> Result<Option<DocumentId>> {
        let query = "SELECT o.id FROM documents o JOIN documents d ON d.sha256 = o.sha256
             WHERE d.id = ?1 AND o.id <> d.id AND o.status = 'ready' LIMIT 1";
        Ok(self.lock().query_row(query, [id.0], |row| row.get(0)).optional()?.map(DocumentId))
    }

    /// How many documents of some libraries, or of all, are in a state.
    pub fn count_with_status(
        &self,
        status: DocumentStatus,
        libraries: &[LibraryId],
    ) -> Result<u32> {
        let connection = self.lock();
        let name = status_name(status);
        if libraries.is_empty() {
            let query = "SELECT count(*) FROM documents WHERE status = ?1";
            return Ok(connection.prepare_cached(query)?.query_row([name], |row| row.get(0))?);
        }
        let query = "SELECT count(*) FROM documents WHERE status = ?1 AND library_id = ?2";
        let mut statement = connection.prepare_cached(query)?;
        libraries.iter().try_fold(0, |sum, library| {
            Ok(sum + statement.query_row((name, library.0), |row| row.get::<_, u32>(0))?)
        })
    }

    /// Moves a document to a state; a problem is kept with `Failed` and `NoText`.
    pub fn set_status(
        &self,
        id: DocumentId,
        status: DocumentStatus,
        problem: Option<&Problem>,
    ) -> Result<()> {
        let problem = problem.and_then(|p| serde_json::to_string(p).ok());
        let statement = "UPDATE documents SET status = ?2, problem = ?3 WHERE id = ?1";
        match self.lock().execute(statement, (id.0, status_name(status), problem))? {
            0 => Err(StoreError::NotFound("document")),
            _ => Ok(()),
        }
    }

    /// Says that no more of a document was read than its limits allow, or that all was.
    pub fn set_cut(&self, id: DocumentId, cut: Option<&Problem>) -> Result<()> {
        let cut = cut.and_then(|problem| serde_json::to_string(problem).ok());
        self.lock().execute("UPDATE documents SET cut = ?2 WHERE id = ?1", (id.0, cut))?;
        Ok(())
    }

    /// Keeps what the file says of itself.
    pub fn set_info(&self, id: DocumentId, info: &DocumentInfo) -> Result<()> {
        let blob = postcard::to_stdvec(info).map_err(|_| StoreError::Corrupt("document"))?;
        let statement = "UPDATE documents SET info = ?2, title = coalesce(?3, title) WHERE id = ?1";
        self.bulk().execute(statement, (id.0, blob, &info.title))?;
        Ok(())
    }

    /// What the file said of itself, if it was read and reads back.
    pub fn info(&self, id: DocumentId) -> Result<Option<DocumentInfo>> {
        let query = "SELECT info FROM documents WHERE id = ?1";
        let blob: Option<Vec<u8>> =
            self.lock().query_row(query, [id.0], |row| row.get(0)).optional()?.flatten();
        Ok(blob.and_then(|b| rows::decoded("document's info", postcard::from_bytes(&b))))
    }

    /// How a document stands in a list of references, where that was corrected.
    pub fn bibliography(&self, id: DocumentId) -> Result<Option<Bibliography>> {
        let query = "SELECT bibliography FROM documents WHERE id = ?1";
        let json: Option<String> =
            self.lock().query_row(query, [id.0], |row| row.get(0)).optional()?.flatten();
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Keeps such a correction.
    pub fn set_bibliography(&self, id: DocumentId, corrected: &Bibliography) -> Result<()> {
        let json = serde_json::to_string(corrected).map_err(|_| StoreError::Corrupt("document"))?;
        let statement = "UPDATE documents SET bibliography = ?2 WHERE id = ?1";
        match self.lock().execute(statement, (id.0, json))? {
            0 => Err(StoreError::NotFound("document")),
            _ => Ok(()),
        }
    }

    /// Rows left of documents, of whatever kind: 0 after a removal.
    pub fn rows_left(&self, ids: &[DocumentId]) -> Result<u32> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT (SELECT count(*) FROM documents WHERE id = ?1)
                + (SELECT count(*) FROM document_counts WHERE document_id = ?1)
                + (SELECT count(*) FROM places WHERE document_id = ?1)
                + (SELECT count(*) FROM pages WHERE document_id = ?1)
                + (SELECT count(*) FROM pages_again WHERE document_id = ?1)
                + (SELECT count(*) FROM passages WHERE document_id = ?1)
                + (SELECT count(*) FROM passage_embeddings v WHERE v.passage_id IN
                    (SELECT id FROM passages WHERE document_id = ?1))
                + (SELECT count(*) FROM versions WHERE document_id = ?1)
                + (SELECT count(*) FROM version_pages WHERE document_id = ?1)
                + (SELECT count(*) FROM own_questions WHERE document_id = ?1)",
        )?;
        ids.iter().try_fold(0, |sum, id| {
            Ok(sum + statement.query_row([id.0], |row| row.get::<_, u32>(0))?)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Document> {
    let coverage = Coverage {
        text: row.get(8)?,
        ocr: row.get(9)?,
        mixed: row.get(10)?,
        empty: row.get(11)?,
        garbled: row.get(12)?,
        failed: row.get(13)?,
        needs_ocr: row.get(14)?,
    };
    let Coverage { text: with_text, ocr, mixed, empty, garbled, failed, needs_ocr: _ } = coverage;
    let problem: Option<String> = row.get(6)?;
    Ok(Document {
        reference: DocumentRef {
            id: DocumentId(row.get(0)?),
            title: text(row, 1)?,
            path: paths::path(row.get::<_, Option<_>>(15)?.unwrap_or_default()),
            sha256: text(row, 2)?,
        },
        library: LibraryId(row.get(3)?),
        status: status_of(&text(row, 4)?),
        bytes: row.get(5)?,
        pages: with_text + ocr + mixed + empty + garbled + failed,
        passages: row.get(7)?,
        coverage,
        problem: problem.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

fn status_name(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::Queued => "queued",
        DocumentStatus::Parsed => "parsed",
        DocumentStatus::Embedded => "embedded",
        DocumentStatus::Ready => "ready",
        DocumentStatus::NoText => "no_text",
        DocumentStatus::Failed => "failed",
        DocumentStatus::Cancelled => "cancelled",
    }
}

/// An unknown name can only come from a damaged row: it is read again from the file.
fn status_of(name: &str) -> DocumentStatus {
    match name {
        "parsed" => DocumentStatus::Parsed,
        "embedded" => DocumentStatus::Embedded,
        "ready" => DocumentStatus::Ready,
        "no_text" => DocumentStatus::NoText,
        "failed" => DocumentStatus::Failed,
        "cancelled" => DocumentStatus::Cancelled,
        _ => DocumentStatus::Queued,
    }
}
