//! Pages as they were read.

use crate::rows::{self, text};
use crate::{Result, Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use yinju_core::{DocumentId, Page, PageNumber, PageStatus, Warning};

/// A line of a document's X-ray.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSummary {
    /// Which page, from 1.
    pub number: PageNumber,
    /// Its printed label.
    pub label: Option<String>,
    /// What could be read.
    pub status: PageStatus,
    /// Characters of text.
    pub characters: u32,
    /// How sure its recognised text is on average, in hundredths, where it has any.
    pub confidence: Option<u8>,
    /// What was not as it should be.
    pub warnings: Vec<Warning>,
}

impl Store {
    /// One page; none where it does not read back.
    pub fn page(&self, document: DocumentId, number: PageNumber) -> Result<Option<Page>> {
        let query = "SELECT page FROM pages WHERE document_id = ?1 AND number = ?2";
        let blob: Option<Vec<u8>> = self
            .lock()
            .query_row(query, (document.0, number.get()), |row| row.get(0))
            .optional()?;
        Ok(blob.and_then(|b| rows::decoded("page", postcard::from_bytes(&b))))
    }

    /// Pages that come after one, in order, at most so many; one that does not read back has failed.
    pub fn pages_after(
        &self,
        document: DocumentId,
        after: Option<PageNumber>,
        limit: usize,
    ) -> Result<Vec<Page>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT number, page FROM pages WHERE document_id = ?1 AND number > ?2
             ORDER BY number LIMIT ?3",
        )?;
        let after = after.map_or(0, PageNumber::get);
        let rows = statement.query_map((document.0, after, limit), |row| {
            let page = postcard::from_bytes(&row.get::<_, Vec<u8>>(1)?);
            Ok(rows::decoded("page", page).unwrap_or(lost(number(row)?)))
        })?;
        rows::all(rows)
    }

    /// Pages whose text was recognised, all of it or some.
    pub fn recognised_pages(&self, document: DocumentId) -> Result<Vec<PageNumber>> {
        self.numbers(
            "SELECT number FROM pages WHERE document_id = ?1 AND status IN ('ocr', 'mixed')
             ORDER BY number",
            document,
        )
    }

    /// Keeps a page that was recognised again, beside the one there is.
    pub fn put_aside(&self, document: DocumentId, page: &Page) -> Result<()> {
        insert(&self.bulk(), "pages_again", document, page)
    }

    /// Pages that were put aside and not used yet.
    pub fn pages_aside(&self, document: DocumentId) -> Result<Vec<PageNumber>> {
        let query = "SELECT number FROM pages_again WHERE document_id = ?1 ORDER BY number";
        self.numbers(query, document)
    }

    /// The X-ray of a document.
    pub fn page_summaries(&self, document: DocumentId) -> Result<Vec<PageSummary>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT number, label, status, characters, warnings, confidence
             FROM pages WHERE document_id = ?1 ORDER BY number",
        )?;
        let rows = statement.query_map([document.0], |row| {
            let warnings = text(row, 4)?;
            Ok(PageSummary {
                number: number(row)?,
                label: row.get(1)?,
                status: status_of(&text(row, 2)?),
                characters: row.get(3)?,
                confidence: row.get(5)?,
                warnings: serde_json::from_str(&warnings).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn numbers(&self, query: &str, document: DocumentId) -> Result<Vec<PageNumber>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(query)?;
        let rows = statement.query_map([document.0], number)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A page of which the row is damaged.
fn lost(number: PageNumber) -> Page {
    let message = "what was read of it does not read back".to_owned();
    Page::failed(number, message)
}

/// The page number in a row's first column.
fn number(row: &Row<'_>) -> rusqlite::Result<PageNumber> {
    Ok(PageNumber::from_index(row.get::<_, usize>(0)?.saturating_sub(1)))
}

/// Keeps a page in one of the tables for them.
pub(crate) fn insert(
    connection: &Connection,
    table: &str,
    document: DocumentId,
    page: &Page,
) -> Result<()> {
    let blob = postcard::to_stdvec(page).map_err(|_| StoreError::Corrupt("page"))?;
    let warnings =
        serde_json::to_string(&page.warnings).map_err(|_| StoreError::Corrupt("page"))?;
    // What is put out of the way by a replacing insertion would still be counted.
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE document_id = ?1 AND number = ?2"))?
        .execute((document.0, page.number.get()))?;
    let mut insert = connection.prepare_cached(&format!(
        "INSERT INTO {table}
         (document_id, number, label, status, characters, warnings, page, confidence)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    ))?;
    insert.execute((
        document.0,
        page.number.get(),
        &page.label,
        status_name(page.status),
        page.text.chars().count() as u32,
        warnings,
        blob,
        page.confidence(),
    ))?;
    Ok(())
}

fn status_name(status: PageStatus) -> &'static str {
    match status {
        PageStatus::Text => "text",
        PageStatus::Ocr => "ocr",
        PageStatus::Mixed => "mixed",
        PageStatus::Empty => "empty",
        PageStatus::Garbled => "garbled",
        PageStatus::Failed => "failed",
    }
}

pub(crate) fn status_of(name: &str) -> PageStatus {
    match name {
        "text" => PageStatus::Text,
        "ocr" => PageStatus::Ocr,
        "mixed" => PageStatus::Mixed,
        "empty" => PageStatus::Empty,
        "garbled" => PageStatus::Garbled,
        _ => PageStatus::Failed,
    }
}
