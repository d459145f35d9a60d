//! Splitting by an encoder's tokenizer: one for the life of the process, many documents at once.

use crate::serve::out_of_place;
use std::collections::HashMap;
use std::path::Path;
use yinju_core::document::OutlineEntry;
use yinju_core::{DocumentSplitting, Page, PassageDraft, PassageSplitter, Problem};
use yinju_split::{SplitConfig, Splitter};

/// A tokenizer and the documents that are being split by it.
pub struct Splittings {
    splitter: &'static Splitter,
    open: HashMap<u64, Box<dyn DocumentSplitting>>,
}

impl Splittings {
    /// Loads the tokenizer of the encoder in a folder.
    pub fn load(folder: &Path) -> Result<Self, Problem> {
        let splitter = Splitter::from_file(&folder.join("tokenizer.json"), SplitConfig::default())?;
        // The process holds one until it ends.
        Ok(Self { splitter: Box::leak(Box::new(splitter)), open: HashMap::new() })
    }

    /// Begins a document with its first call, gives it a page, or ends it.
    pub fn go_on(
        &mut self,
        document: u64,
        outline: &[OutlineEntry],
        page: Option<Page>,
        end: bool,
    ) -> Result<Vec<PassageDraft>, Problem> {
        let splitter = self.splitter;
        let begin = || PassageSplitter::begin(splitter, outline);
        let splitting = self.open.entry(document).or_insert_with(begin);
        let mut passages = match page {
            Some(page) => splitting.push(&page)?,
            None => Vec::new(),
        };
        if end {
            passages.extend(self.open.remove(&document).ok_or_else(out_of_place)?.finish()?);
        }
        Ok(passages)
    }
}
