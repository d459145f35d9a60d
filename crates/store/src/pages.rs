//! Pages as they were read.

use crate::{Result, Store, StoreError};
use rusqlite::OptionalExtension;
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
    /// Forgets what was read of a document, before it is read again.
    pub fn clear_pages(&self, document: DocumentId) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM passages WHERE document_id = ?1", [document.0])?;
        transaction.execute("DELETE FROM pages WHERE document_id = ?1", [document.0])?;
        Ok(transaction.commit()?)
    }

    /// Keeps pages, in one transaction.
    pub fn add_pages(&self, document: DocumentId, pages: &[Page]) -> Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO pages
                 (document_id, number, label, status, characters, warnings, page)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for page in pages {
                let blob = postcard::to_stdvec(page).map_err(|_| StoreError::Corrupt("page"))?;
                let warnings = serde_json::to_string(&page.warnings)
                    .map_err(|_| StoreError::Corrupt("page"))?;
                insert.execute((
                    document.0,
                    page.number.get(),
                    &page.label,
                    status_name(page.status),
                    page.text.chars().count() as u32,
                    warnings,
                    blob,
                ))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// One page.
    pub fn page(&self, document: DocumentId, number: PageNumber) -> Result<Option<Page>> {
        let query = "SELECT page FROM pages WHERE document_id = ?1 AND number = ?2";
        let blob: Option<Vec<u8>> = self
            .lock()
            .query_row(query, (document.0, number.get()), |row| row.get(0))
            .optional()?;
        blob.map(|b| postcard::from_bytes(&b).map_err(|_| StoreError::Corrupt("page"))).transpose()
    }

    /// The X-ray of a document.
    pub fn page_summaries(&self, document: DocumentId) -> Result<Vec<PageSummary>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT number, label, status, characters, warnings,
                 CASE WHEN status IN ('ocr', 'mixed') THEN page END
             FROM pages WHERE document_id = ?1 ORDER BY number",
        )?;
        let rows = statement.query_map([document.0], |row| {
            let number: u32 = row.get(0)?;
            let warnings: String = row.get(4)?;
            Ok(PageSummary {
                number: PageNumber::from_index(number as usize - 1),
                label: row.get(1)?,
                status: status_of(&row.get::<_, String>(2)?),
                characters: row.get(3)?,
                confidence: confidence_of(row.get(5)?),
                warnings: serde_json::from_str(&warnings).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A page that does not open is not worth losing the X-ray for.
fn confidence_of(page: Option<Vec<u8>>) -> Option<u8> {
    postcard::from_bytes::<Page>(&page?).ok()?.confidence()
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
