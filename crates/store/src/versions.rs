//! Earlier versions of documents whose files changed: what they were, and of their pages those that a
//! conversation quotes. Deliberately not here: what has become of a quotation (`answer`).

use crate::documents::NewDocument;
use crate::{Result, Store, StoreError, rows};
use rusqlite::{Connection, OptionalExtension};
use yinju_core::{Answer, ChatId, DocumentId, Page, PageNumber};

/// Pages that citations of a conversation stand on, with the version they were read in.
const CITED: &str = "SELECT json_extract(c.value, '$.document.sha256') AS sha256,
        json_extract(c.value, '$.page') AS number
    FROM turns t, json_each(t.answer, '$.citations') c
    WHERE json_valid(t.answer) AND json_extract(c.value, '$.document.id') = ?1";

impl Store {
    /// A document's file holds something else: what was read is an earlier version from now on, of which
    /// the pages stay that are quoted. Its passages are found by nothing until they come again, and keep
    /// their vectors until then.
    pub fn begin_version(&self, document: DocumentId, new: &NewDocument) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let texts = texts(&transaction, document)?;
        let statements = [
            "INSERT OR IGNORE INTO versions (document_id, sha256, title)
             SELECT id, sha256, title FROM documents WHERE id = ?1",
            &format!(
                "INSERT OR IGNORE INTO version_pages (document_id, sha256, number, page)
                 SELECT d.id, d.sha256, p.number, p.page FROM documents d
                 JOIN pages p ON p.document_id = d.id
                 WHERE d.id = ?1 AND (d.sha256, p.number) IN ({CITED})"
            ),
            "DELETE FROM pages WHERE document_id = ?1",
            "DELETE FROM pages_again WHERE document_id = ?1",
            "UPDATE passages SET ordinal = -id WHERE document_id = ?1 AND ordinal >= 0",
        ];
        for statement in statements {
            transaction.execute(statement, [document.0])?;
        }
        transaction.execute(
            "UPDATE versions SET texts = ?2 WHERE document_id = ?1 AND texts IS NULL
             AND sha256 = (SELECT sha256 FROM documents WHERE id = ?1)
             AND EXISTS (SELECT 1 FROM version_pages v
                WHERE v.document_id = versions.document_id AND v.sha256 = versions.sha256)",
            (document.0, texts),
        )?;
        // What it was once before, it is again.
        let again = "DELETE FROM versions WHERE document_id = ?1 AND sha256 = ?2";
        transaction.execute(again, (document.0, &new.sha256))?;
        let changed = transaction.execute(
            "UPDATE documents SET sha256 = ?2, bytes = ?3, title = ?4, status = 'queued', info = NULL,
                problem = NULL, cut = NULL, is_replacing = 1 WHERE id = ?1",
            (document.0, &new.sha256, new.bytes, &new.title),
        )?;
        if changed == 0 {
            return Err(StoreError::NotFound("document"));
        }
        Ok(transaction.commit()?)
    }

    /// Documents that were something else before.
    pub fn documents_with_versions(&self) -> Result<Vec<DocumentId>> {
        let connection = self.lock();
        let mut statement = connection
            .prepare_cached("SELECT DISTINCT document_id FROM versions ORDER BY document_id")?;
        let rows = statement.query_map([], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Answers that quote a document, with their conversations and their places in these, from 0.
    pub fn turns_citing(&self, document: DocumentId) -> Result<Vec<(ChatId, u32, Answer)>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT chat_id, ordinal, answer FROM turns t WHERE json_valid(t.answer) AND EXISTS
                (SELECT 1 FROM json_each(t.answer, '$.citations') c
                 WHERE json_extract(c.value, '$.document.id') = ?1)
             ORDER BY chat_id, ordinal",
        )?;
        let rows = statement.query_map([document.0], |row| {
            Ok((ChatId(row.get(0)?), row.get(1)?, rows::text(row, 2)?))
        })?;
        let turns: Vec<(ChatId, u32, String)> = rows.collect::<rusqlite::Result<_>>()?;
        let reads_back = |(chat, ordinal, json): (_, _, String)| {
            Some((chat, ordinal, rows::decoded("answer", serde_json::from_str(&json))?))
        };
        Ok(turns.into_iter().filter_map(reads_back).collect())
    }

    /// The text of an earlier version, page by page, as long as anything quotes it.
    pub fn version_texts(
        &self,
        document: DocumentId,
        sha256: &str,
    ) -> Result<Option<Vec<(PageNumber, String)>>> {
        let query = "SELECT texts FROM versions WHERE document_id = ?1 AND sha256 = ?2";
        let blob: Option<Vec<u8>> = self
            .lock()
            .query_row(query, (document.0, sha256), |row| row.get(0))
            .optional()?
            .flatten();
        Ok(blob.and_then(|blob| rows::decoded("version", postcard::from_bytes(&blob))))
    }

    /// A page of an earlier version, if it was kept and reads back.
    pub fn version_page(
        &self,
        document: DocumentId,
        sha256: &str,
        number: PageNumber,
    ) -> Result<Option<Page>> {
        let query = "SELECT page FROM version_pages
             WHERE document_id = ?1 AND sha256 = ?2 AND number = ?3";
        let blob: Option<Vec<u8>> = self
            .lock()
            .query_row(query, (document.0, sha256, number.get()), |row| row.get(0))
            .optional()?;
        Ok(blob.and_then(|blob| rows::decoded("page", postcard::from_bytes(&blob))))
    }
}

/// The text of every page, in order: which words a quotation was, of those that stand there again and again,
/// only the whole tells.
fn texts(connection: &Connection, document: DocumentId) -> Result<Vec<u8>> {
    let mut statement = connection
        .prepare_cached("SELECT page FROM pages WHERE document_id = ?1 ORDER BY number")?;
    let mut rows = statement.query([document.0])?;
    let mut texts: Vec<(PageNumber, String)> = Vec::new();
    while let Some(row) = rows.next()? {
        let blob: Vec<u8> = row.get(0)?;
        let page: Option<Page> = rows::decoded("page", postcard::from_bytes(&blob));
        texts.extend(page.map(|page| (page.number, page.text)));
    }
    postcard::to_stdvec(&texts).map_err(|_| StoreError::Corrupt("page"))
}

/// Forgets pages of earlier versions that nothing quotes any more.
pub(crate) fn prune(connection: &Connection) -> Result<()> {
    let documents = "SELECT DISTINCT document_id FROM versions";
    let ids: Vec<u64> = connection
        .prepare_cached(documents)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let unquoted = format!(
        "DELETE FROM version_pages WHERE document_id = ?1 AND (sha256, number) NOT IN ({CITED})"
    );
    for id in ids {
        connection.prepare_cached(&unquoted)?.execute([id])?;
    }
    connection.execute(
        "UPDATE versions SET texts = NULL WHERE NOT EXISTS (SELECT 1 FROM version_pages v
         WHERE v.document_id = versions.document_id AND v.sha256 = versions.sha256)",
        [],
    )?;
    Ok(())
}
