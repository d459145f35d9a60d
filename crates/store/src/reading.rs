//! A document's content as it is read: pages and passages come together, and what an earlier
//! reading gave is kept where it comes out the same. Deliberately not here: what is read, and when.

use crate::passages::{encode, place};
use crate::{Result, Store, pages};
use rusqlite::{Connection, OptionalExtension};
use yinju_core::{DocumentId, Page, PageNumber, PassageDraft, PassageId};

/// How a reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadEnd {
    /// Passages the document has now.
    pub passages: u32,
    /// Passages of an earlier reading that did not come again. An index may still have them.
    pub removed: u32,
}

impl Store {
    /// A document is read from its beginning; it is `Queued` until the end. What an earlier reading
    /// gave stays until then. Its passages have negative ordinals as long as they did not come
    /// again.
    pub fn begin_reading(&self, document: DocumentId) -> Result<()> {
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        begin(&transaction, document)?;
        transaction.execute("UPDATE documents SET cut = NULL WHERE id = ?1", [document.0])?;
        Ok(transaction.commit()?)
    }

    /// The same with the pages that were put aside in the place of those there were.
    pub fn begin_with_pages_aside(&self, document: DocumentId) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM pages WHERE document_id = ?1
             AND number IN (SELECT number FROM pages_again WHERE document_id = ?1)",
            [document.0],
        )?;
        transaction.execute(
            "INSERT INTO pages
                (document_id, number, label, status, characters, warnings, page, confidence)
             SELECT document_id, number, label, status, characters, warnings, page, confidence
             FROM pages_again WHERE document_id = ?1",
            [document.0],
        )?;
        transaction.execute("DELETE FROM pages_again WHERE document_id = ?1", [document.0])?;
        begin(&transaction, document)?;
        Ok(transaction.commit()?)
    }

    /// Keeps pages and passages that came, in one transaction. A passage that is there as it comes
    /// keeps its id, wherever in the document it now is.
    pub fn add_read(
        &self,
        document: DocumentId,
        pages: &[Page],
        drafts: &[PassageDraft],
    ) -> Result<()> {
        let mut connection = self.bulk();
        let transaction = connection.transaction()?;
        for page in pages {
            pages::insert(&transaction, "pages", document, page)?;
        }
        for draft in drafts {
            put(&transaction, document, draft)?;
        }
        Ok(transaction.commit()?)
    }

    /// The last page came: what was there and did not come again goes. The document is `Parsed` if
    /// it has passages, and else left as it is.
    pub fn end_reading(&self, document: DocumentId, last: Option<PageNumber>) -> Result<ReadEnd> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let last = last.map_or(0, PageNumber::get);
        let pages = "DELETE FROM pages WHERE document_id = ?1 AND number > ?2";
        transaction.execute(pages, (document.0, last))?;
        let passages = "DELETE FROM passages WHERE document_id = ?1 AND ordinal < 0";
        let removed = transaction.execute(passages, [document.0])? as u32;
        let count = "SELECT count(*) FROM passages WHERE document_id = ?1";
        let passages = transaction.query_row(count, [document.0], |row| row.get(0))?;
        if passages > 0 {
            let parsed = "UPDATE documents SET status = 'parsed', problem = NULL,
                is_replacing = 0 WHERE id = ?1";
            transaction.execute(parsed, [document.0])?;
        }
        transaction.commit()?;
        Ok(ReadEnd { passages, removed })
    }
}

fn begin(connection: &Connection, document: DocumentId) -> Result<()> {
    // Ids are never used twice, so no two passages can come to have the same ordinal.
    let unconfirm = "UPDATE passages SET ordinal = -id WHERE document_id = ?1 AND ordinal >= 0";
    connection.execute(unconfirm, [document.0])?;
    let queued = "UPDATE documents SET status = 'queued', problem = NULL WHERE id = ?1";
    connection.execute(queued, [document.0])?;
    Ok(())
}

fn put(connection: &Connection, document: DocumentId, draft: &PassageDraft) -> Result<()> {
    let blob = encode(draft)?;
    let (page, start) = place(draft);
    let same = connection
        .prepare_cached(
            "SELECT id FROM passages WHERE document_id = ?1 AND page = ?2 AND start = ?3
             AND draft = ?4 AND ordinal < 0",
        )?
        .query_row((document.0, page, start, &blob), |row| row.get(0).map(PassageId))
        .optional()?;
    if let Some(id) = same {
        connection
            .prepare_cached("UPDATE passages SET ordinal = ?2 WHERE id = ?1")?
            .execute((id.0, draft.ordinal))?;
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO passages (document_id, ordinal, draft, page, start)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((document.0, draft.ordinal, blob, page, start))?;
    Ok(())
}
