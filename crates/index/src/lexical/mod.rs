//! The lexical arm: passages by their terms, in a tantivy index ranked by BM25. The text itself is
//! not kept, only its postings; the store has the text. Not here: how text becomes terms.

mod conditions;
pub mod coverage;
mod lookup;
pub(crate) mod schema;
mod statistics;
mod tidy;

use crate::config::IndexConfig;
use crate::error::IndexError;
use crate::text::question::Question;
use lookup::Lookup;
use schema::Fields;
use statistics::{InScope, Statistics};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tantivy::SegmentMeta;
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::LockError;
use tantivy::indexer::IndexWriterOptions;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::{
    DocAddress, DocSet, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TERMINATED,
    TantivyDocument, TantivyError,
};
use yinju_core::ports::{Conditions, IndexEntry};
use yinju_core::{DocumentId, Language, PassageId, Scope};

/// Passages by term. Writing calls must not overlap; searches may run beside anything.
pub struct PostingsArm {
    folder: PathBuf,
    config: IndexConfig,
    index: Index,
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<Option<IndexWriter>>,
}

/// A passage the postings know, in one state of the index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posted {
    /// Which passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// What it is written in.
    pub language: Language,
    /// Where its postings are in this state.
    pub address: DocAddress,
}

impl PostingsArm {
    /// Makes an empty arm. The folder must exist and hold nothing.
    pub fn create(folder: &Path, config: &IndexConfig) -> Result<Self, IndexError> {
        let (schema, fields) = schema::build();
        let index = Index::create_in_dir(folder, schema).map_err(|e| failed("creating", &e))?;
        Self::around(folder, config, index, fields)
    }

    /// Opens what was made before. Whatever goes wrong means that the files are damaged.
    pub fn open(folder: &Path, config: &IndexConfig) -> Result<Self, IndexError> {
        let damaged = |e: &dyn std::fmt::Display| IndexError::damaged(folder, e);
        let directory = MmapDirectory::open(folder).map_err(|e| damaged(&e))?;
        let index = Index::open(directory).map_err(|e| damaged(&e))?;
        let (schema, fields) = schema::build();
        if index.schema() != schema {
            return Err(damaged(&"the postings have other fields"));
        }
        Self::around(folder, config, index, fields).map_err(|e| damaged(&e))
    }

    fn around(
        folder: &Path,
        config: &IndexConfig,
        index: Index,
        fields: Fields,
    ) -> Result<Self, IndexError> {
        schema::register_tokenizer(&index);
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(1)
            .try_into()
            .map_err(|e| failed("opening", &e))?;
        let (folder, config) = (folder.to_owned(), config.clone());
        Ok(Self { folder, config, index, fields, reader, writer: Mutex::new(None) })
    }

    /// Puts passages in, replacing those with the same id. Seen and durable after
    /// [`Self::commit`].
    pub fn upsert(&self, entries: &[IndexEntry]) -> Result<(), IndexError> {
        self.write("writing", |writer| {
            for entry in entries {
                writer.delete_term(self.fields.passage_term(entry.passage));
                writer.add_document(self.fields.document(entry))?;
            }
            Ok(())
        })
    }

    /// Takes out all passages of these documents. Seen and durable after [`Self::commit`].
    pub fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), IndexError> {
        self.write("removing", |writer| {
            for document in documents {
                writer.delete_term(self.fields.document_term(*document));
            }
            Ok(())
        })
    }

    /// Makes changes durable and seen. Postings of what was taken out are gone from the disk
    /// afterwards; where rewriting fails, that is told, and the next commit tries again.
    pub fn commit(&self) -> Result<(), IndexError> {
        self.write("saving", |writer| writer.commit().map(drop))?;
        self.reload()?;
        let tidied = self.write("arranging", tidy::tidy);
        self.reload()?;
        match tidied {
            Err(error) if !self.holds_removed() => {
                tracing::warn!(%error, folder = %self.folder.display(), "postings not rewritten");
                Ok(())
            }
            tidied => tidied,
        }
    }

    /// Whether a segment holds something that was taken out.
    fn holds_removed(&self) -> bool {
        let segments = self.index.searchable_segment_metas();
        segments.is_ok_and(|segments| segments.iter().any(SegmentMeta::has_deletes))
    }

    /// Reads all segments again and compares them with the checksums tantivy put at their ends.
    pub fn validate(&self) -> Result<(), IndexError> {
        let damaged = |reason: &dyn std::fmt::Display| IndexError::damaged(&self.folder, reason);
        let files = self.index.validate_checksum().map_err(|error| damaged(&error))?;
        match files.iter().next() {
            Some(file) => Err(damaged(&format!("{} is not what was written", file.display()))),
            None => Ok(()),
        }
    }

    fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(|e| failed("reading", &e))
    }

    /// The index as it is now; what is found in it stays valid with it.
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot { arm: self, searcher: self.reader.searcher(), asked: None }
    }

    /// Runs `work` with the writer, made when first needed. After a failure it is dropped: tantivy's
    /// writer is of no use then, and what was not committed is lost with it.
    fn write(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>,
    ) -> Result<(), IndexError> {
        let mut slot = self.writer();
        let result = if let Some(writer) = slot.as_mut() {
            work(writer)
        } else {
            let writer = self.open_writer()?;
            work(slot.insert(writer))
        };
        if result.is_err() {
            *slot = None;
        }
        result.map_err(|error| failed(doing, &error))
    }

    fn writer(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One thread to write and one to merge: imports are bound by reading and embedding, and merges
    /// are started by [`tidy`] alone.
    fn open_writer(&self) -> Result<IndexWriter, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(self.config.writer_heap_bytes)
            .build();
        match self.index.writer_with_options::<TantivyDocument>(options) {
            Ok(writer) => {
                writer.set_merge_policy(Box::new(NoMergePolicy));
                Ok(writer)
            }
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => {
                Err(IndexError::InUse { folder: self.folder.clone() })
            }
            Err(error) => Err(failed("opening the writer", &error)),
        }
    }
}

/// One state of the postings.
pub struct Snapshot<'a> {
    arm: &'a PostingsArm,
    searcher: Searcher,
    /// Where questions are asked of it; nothing for everywhere.
    asked: Option<InScope>,
}

impl Snapshot<'_> {
    /// The same state, with the rarity of terms counted where the question is asked.
    pub fn asked_in(mut self, scope: &Scope) -> Result<Self, IndexError> {
        // A question's language does not narrow what is asked about.
        let scope = Scope { languages: Vec::new(), ..scope.clone() };
        let clauses = self.lookup().narrowed(&scope, &Conditions::default());
        let counted = InScope::of(&self.searcher, clauses);
        self.asked = counted.map_err(|e| failed("counting", &e))?;
        Ok(self)
    }

    /// The passages with the highest BM25 scores, best first.
    pub fn best(
        &self,
        question: &Question,
        scope: &Scope,
        conditions: &Conditions,
        limit: usize,
    ) -> Result<Vec<(Posted, f32)>, IndexError> {
        let found = self.lookup().best(question, scope, conditions, limit, &self.arm.config);
        found.map_err(|e| failed("searching", &e))
    }

    /// Those of some passages that meet the conditions.
    pub fn meeting(
        &self,
        passages: &[Posted],
        conditions: &Conditions,
    ) -> Result<HashSet<PassageId>, IndexError> {
        self.lookup().meeting(passages, conditions).map_err(|e| failed("searching", &e))
    }

    /// BM25 scores of given passages; those that hold none of the question's terms are missing.
    pub fn scores(
        &self,
        question: &Question,
        passages: &[PassageId],
    ) -> Result<Vec<(Posted, f32)>, IndexError> {
        let found = self.lookup().scores(question, passages, &self.arm.config);
        found.map_err(|e| failed("searching", &e))
    }

    /// The postings of given passages; those that have none are missing.
    pub fn find(&self, passages: &[PassageId]) -> Result<Vec<Posted>, IndexError> {
        self.lookup().find(passages).map_err(|e| failed("searching", &e))
    }

    /// Shares of the question that passages cover, in the order of `passages`.
    pub fn coverage(
        &self,
        question: &Question,
        passages: &[Posted],
    ) -> Result<Vec<f32>, IndexError> {
        let addresses: Vec<DocAddress> = passages.iter().map(|p| p.address).collect();
        coverage::of(&self.statistics(), &self.arm.fields, question, &addresses)
            .map_err(|e| failed("searching", &e))
    }

    /// The units of a question that stand in no passage, as the question writes them.
    pub fn absent(&self, question: &Question) -> Result<Vec<String>, IndexError> {
        coverage::absent(&self.searcher, &self.arm.fields, question)
            .map_err(|e| failed("searching", &e))
    }

    /// Every passage that has postings, by document; one that stands twice is there twice.
    pub fn census(&self) -> Result<BTreeMap<DocumentId, Vec<PassageId>>, IndexError> {
        let lookup = self.lookup();
        let mut found: BTreeMap<DocumentId, Vec<PassageId>> = BTreeMap::new();
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let alive = segment.doc_ids_alive().map(|doc| DocAddress::new(ord as u32, doc));
            for posted in lookup.identify(alive).map_err(|e| failed("counting", &e))? {
                found.entry(posted.document).or_default().push(posted.passage);
            }
        }
        Ok(found)
    }

    fn lookup(&self) -> Lookup<'_> {
        let (searcher, fields) = (&self.searcher, &self.arm.fields);
        Lookup { searcher, fields, statistics: self.statistics() }
    }

    fn statistics(&self) -> Statistics<'_> {
        Statistics { searcher: &self.searcher, scope: self.asked.as_ref() }
    }
}

fn failed(doing: &'static str, error: &TantivyError) -> IndexError {
    IndexError::engine(doing, error)
}

/// Moves postings forward to `doc` and says whether it is there. `doc` must not decrease.
fn stands_at(postings: &mut impl DocSet, doc: u32) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc && doc != TERMINATED
}
