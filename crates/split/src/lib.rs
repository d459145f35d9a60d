//! Pages to passages, measured in the encoder's own tokens.
//!
//! A passage is as much running text as the encoder reads well, cut where a reader would pause:
//! between blocks, else between sentences or rows of a table, else between words. It knows its
//! exact spans, so its boxes can be drawn. Pages are taken one at a time, so that a passage can be
//! searched before the file's last page was read; nothing is kept but what is still open.
//! Deliberately not here: what a passage is embedded with, and where it is stored.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod pack;
mod sections;
mod splitting;
mod table;
mod units;

pub use error::SplitError;
pub use splitting::Splitting;

use std::path::Path;
use text_splitter::{ChunkConfig, TextSplitter};
use tokenizers::Tokenizer;
use yinju_core::document::OutlineEntry;
use yinju_core::text::unwrap_lines;
use yinju_core::{DocumentSplitting, Page, PassageDraft, PassageSplitter, Problem};

/// Sizes in the encoder's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitConfig {
    /// Blocks are packed together up to here. Paragraphs of the public Chinese sets, which are
    /// found whole with recall@1 of .96 (`docs/evaluation.md`), have about this length.
    pub target_tokens: usize,
    /// No passage is longer: what an encoder of 512 tokens reads after prefix and special tokens,
    /// the title and headings a passage is embedded with, and the joints of packed blocks.
    pub max_tokens: usize,
    /// A passage shorter than this takes in its neighbour even beyond the target.
    pub min_tokens: usize,
    /// Rows of a table that says in words what each name in its first column is are packed together up to
    /// here: whoever looks one up asks for its row.
    pub lookup_tokens: usize,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { target_tokens: 320, max_tokens: 440, min_tokens: 48, lookup_tokens: 120 }
    }
}

/// Cuts pages into passages for one encoder.
pub struct Splitter {
    tokenizer: Tokenizer,
    config: SplitConfig,
}

impl Splitter {
    /// A splitter for the encoder with this `tokenizer.json`.
    pub fn from_file(tokenizer: &Path, config: SplitConfig) -> Result<Self, SplitError> {
        let mut loaded = Tokenizer::from_file(tokenizer).map_err(|error| {
            SplitError::Tokenizer { path: tokenizer.to_owned(), reason: error.to_string() }
        })?;
        // A file may ask for truncation or padding; both would lie about lengths.
        drop(loaded.with_truncation(None));
        loaded.with_padding(None);
        Ok(Self { tokenizer: loaded, config })
    }

    /// Begins a document with this outline, whose pages are then pushed in order.
    ///
    /// Passages come in reading order. Garbled pages, headers, footers and page numbers are left
    /// out; every other character that is not white space is in exactly one passage, whose text is
    /// its spans' text joined with `\n`.
    pub fn begin(&self, outline: &[OutlineEntry]) -> Splitting<'_> {
        Splitting::new(self, outline)
    }

    /// The passages of pages that are all there.
    pub fn split(&self, pages: &[Page], outline: &[OutlineEntry]) -> Vec<PassageDraft> {
        let mut splitting = self.begin(outline);
        let mut passages: Vec<_> = pages.iter().flat_map(|page| splitting.push(page)).collect();
        passages.extend(splitting.finish());
        passages
    }

    /// Length of a text in tokens, without special tokens.
    fn count(&self, text: &str) -> usize {
        self.tokenizer.encode_fast(text, false).map_or(text.len(), |encoding| encoding.len())
    }

    /// Length of what an encoder is given of a text from a page.
    fn count_running(&self, text: &str) -> usize {
        self.count(&unwrap_lines(text))
    }

    /// The pieces of a text that each fit, with the bytes they start at, cut at the best places
    /// there are: between sentences, else words, else characters.
    fn pieces<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let sizes = self.config.target_tokens..=self.config.max_tokens;
        let config = ChunkConfig::new(sizes).with_sizer(&self.tokenizer).with_trim(true);
        TextSplitter::new(config)
            .chunk_indices(text)
            .map(|(start, piece)| (start, &text[start..start + piece.len()]))
            .collect()
    }
}

impl PassageSplitter for Splitter {
    fn begin(&self, outline: &[OutlineEntry]) -> Box<dyn DocumentSplitting + '_> {
        Box::new(Self::begin(self, outline))
    }
}

impl DocumentSplitting for Splitting<'_> {
    fn push(&mut self, page: &Page) -> Result<Vec<PassageDraft>, Problem> {
        Ok(Self::push(self, page))
    }

    fn finish(&mut self) -> Result<Vec<PassageDraft>, Problem> {
        let anew = self.anew();
        Ok(std::mem::replace(self, anew).finish())
    }
}
