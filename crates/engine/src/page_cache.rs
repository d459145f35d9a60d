//! Pages of the store as one question needs them, each read once, and where passages stand on them.

use crate::Result;
use std::collections::HashMap;
use yinju_core::{DocumentId, Evidence, Page, PageNumber, Passage, Region};
use yinju_store::Store;

/// Pages read from the store once a question.
pub(crate) struct PageCache<'a> {
    store: &'a Store,
    pages: HashMap<(DocumentId, PageNumber), Option<Page>>,
}

impl<'a> PageCache<'a> {
    pub(crate) fn new(store: &'a Store) -> Self {
        Self { store, pages: HashMap::new() }
    }

    /// Fetches every page the evidence stands on.
    pub(crate) fn fill(&mut self, evidence: &[Evidence]) -> Result<()> {
        for passage in evidence.iter().map(|evidence| &evidence.hit.passage) {
            for span in &passage.draft.spans {
                self.get(passage.document, span.page)?;
            }
        }
        Ok(())
    }

    /// A page that was fetched before.
    pub(crate) fn held(&self, document: DocumentId, page: PageNumber) -> Option<&Page> {
        self.pages.get(&(document, page))?.as_ref()
    }

    pub(crate) fn get(&mut self, document: DocumentId, page: PageNumber) -> Result<Option<&Page>> {
        let key = (document, page);
        if !self.pages.contains_key(&key) {
            let found = self.store.page(document, page)?;
            self.pages.insert(key, found);
        }
        Ok(self.pages.get(&key).and_then(Option::as_ref))
    }
}

/// Where a passage stands, one region a page.
pub(crate) fn regions(passage: &Passage, pages: &mut PageCache<'_>) -> Result<Vec<Region>> {
    let mut regions: Vec<Region> = Vec::new();
    for span in &passage.draft.spans {
        let Some(page) = pages.get(passage.document, span.page)? else { continue };
        let boxes = page.boxes_of(span.range);
        match regions.last_mut() {
            Some(last) if last.page == span.page => last.boxes.extend(boxes),
            _ => regions.push(Region { page: span.page, boxes }),
        }
    }
    Ok(regions)
}
