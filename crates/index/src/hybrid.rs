//! The two arms as one index: opened, filled and committed together. Not here: how either keeps or
//! finds anything, and what a search makes of both (`search`).

use crate::config::IndexConfig;
use crate::dense::VectorArm;
use crate::error::IndexError;
use crate::lexical::PostingsArm;
use crate::manifest::Manifest;
use crate::search::Search;
use crate::text::marks;
use crate::text::question::Question;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use yinju_core::ports::{
    IndexEntry, IndexedDocument, Marking, PassageIndex, RankedPassage, SearchRequest,
};
use yinju_core::{CharRange, DocumentId, Problem};

/// The folders of the two arms within the index's.
const VECTORS: &str = "vectors";
const POSTINGS: &str = "postings";

/// Passages by meaning and by words, in one folder.
///
/// A passage is found only while it has postings, and those appear and vanish with `commit`; so a
/// search never shows what was not committed, although the vectors are written before. One process
/// may write at a time; searches run beside writing.
pub struct HybridIndex {
    folder: PathBuf,
    config: IndexConfig,
    vectors: VectorArm,
    postings: PostingsArm,
    pending: Mutex<Pending>,
    /// Held while open; declared last so that it is let go after both arms are closed.
    _lock: File,
}

/// What waits for the next commit.
#[derive(Default)]
struct Pending {
    /// Documents whose vectors are still there, so that searches find them until the commit.
    removed: BTreeSet<DocumentId>,
    /// Whether anything was written since the last commit.
    dirty: bool,
    /// Whether vectors were taken out since the last commit.
    removed_any: bool,
}

impl HybridIndex {
    /// Opens the index in a folder, or makes it there.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] or [`IndexError::Outdated`] where the folder has to be deleted and
    /// filled again from the store; [`IndexError::InUse`] where another process has it open.
    pub fn open(folder: &Path, dimensions: usize, config: IndexConfig) -> Result<Self, IndexError> {
        let lock = lock(folder)?;
        let current = Manifest::current(dimensions);
        let (vectors, postings) = match Manifest::read(folder)? {
            Some(found) => {
                current.check(&found, folder)?;
                let vectors = VectorArm::open(&vectors_in(folder), dimensions, &config)?;
                (vectors, PostingsArm::open(&postings_in(folder), &config)?)
            }
            None => create(folder, &current, dimensions, &config)?,
        };
        let pending = Mutex::new(Pending::default());
        let folder = folder.to_owned();
        Ok(Self { folder, config, vectors, postings, pending, _lock: lock })
    }

    fn try_upsert(&self, entries: &[IndexEntry]) -> Result<(), IndexError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.check_space()?;
        let entries = last_of_each(entries);
        let mut pending = self.pending();
        self.settle_removals(&mut pending, &entries)?;
        pending.dirty = true;
        self.vectors.upsert(&entries)?;
        self.postings.upsert(&entries)
    }

    fn try_remove(&self, documents: &[DocumentId]) -> Result<(), IndexError> {
        if documents.is_empty() {
            return Ok(());
        }
        let mut pending = self.pending();
        pending.dirty = true;
        self.postings.remove_documents(documents)?;
        pending.removed.extend(documents);
        Ok(())
    }

    fn try_commit(&self) -> Result<(), IndexError> {
        let mut pending = self.pending();
        if !pending.dirty {
            return Ok(());
        }
        self.remove_vectors(&mut pending)?;
        self.vectors.commit()?;
        self.postings.commit()?;
        let rewrite = std::mem::take(&mut *pending).removed_any || self.graph_is_due();
        if rewrite && let Err(error) = self.vectors.tidy() {
            tracing::warn!(%error, folder = %self.folder.display(), "vectors not rewritten");
        }
        Ok(())
    }

    fn try_search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, IndexError> {
        if request.limit == 0 {
            return Ok(Vec::new());
        }
        let Self { config, vectors, postings, .. } = self;
        Search::new(config, vectors, postings, request).run()
    }

    fn try_census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>, IndexError> {
        let mut census: BTreeMap<DocumentId, IndexedDocument> = BTreeMap::new();
        for (passage, document) in self.vectors.census()? {
            census.entry(document).or_default().vectors.push(passage);
        }
        for (document, passages) in self.postings.snapshot().census()? {
            census.entry(document).or_default().postings = passages;
        }
        for indexed in census.values_mut() {
            indexed.vectors.sort_unstable();
            indexed.postings.sort_unstable();
        }
        Ok(census)
    }

    fn graph_is_due(&self) -> bool {
        self.vectors.unarranged() >= self.config.graph_from_vectors
    }

    /// Vectors of a document that was taken out and now comes again must go before the new ones
    /// come.
    fn settle_removals(
        &self,
        pending: &mut Pending,
        entries: &[IndexEntry],
    ) -> Result<(), IndexError> {
        if entries.iter().any(|entry| pending.removed.contains(&entry.document)) {
            self.remove_vectors(pending)?;
        }
        Ok(())
    }

    fn remove_vectors(&self, pending: &mut Pending) -> Result<(), IndexError> {
        if pending.removed.is_empty() {
            return Ok(());
        }
        let documents: Vec<DocumentId> = pending.removed.iter().copied().collect();
        self.vectors.remove_documents(&documents)?;
        pending.removed.clear();
        pending.removed_any = true;
        Ok(())
    }

    /// Removing is always allowed: it is what frees space.
    fn check_space(&self) -> Result<(), IndexError> {
        let free = fs4::available_space(&self.folder)
            .map_err(|error| IndexError::io(&self.folder, error))?;
        if free < self.config.least_free_bytes { Err(IndexError::DiskFull) } else { Ok(()) }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PassageIndex for HybridIndex {
    fn upsert(&self, entries: &[IndexEntry]) -> Result<(), Problem> {
        Ok(self.try_upsert(entries)?)
    }

    fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), Problem> {
        Ok(self.try_remove(documents)?)
    }

    fn commit(&self) -> Result<(), Problem> {
        Ok(self.try_commit()?)
    }

    fn search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, Problem> {
        // Reading needs nothing but the files: if an engine fails at it, they are not what was written.
        let as_damage = |error| match error {
            IndexError::Engine { reason, .. } => IndexError::damaged(&self.folder, &reason),
            other => other,
        };
        Ok(self.try_search(request).map_err(as_damage)?)
    }

    fn marks(&self, what: Marking<'_>, text: &str) -> Vec<CharRange> {
        match what {
            Marking::Question(question) => marks::of_question(&Question::read(question), text),
            Marking::Phrase(phrase) => marks::of_phrase(phrase, text),
        }
    }

    fn absent(&self, question: &str) -> Result<Vec<String>, Problem> {
        Ok(self.postings.snapshot().absent(&Question::read(question))?)
    }

    fn census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>, Problem> {
        Ok(self.try_census()?)
    }
}

/// The entries without those that a later one with the same id replaces.
fn last_of_each(entries: &[IndexEntry]) -> Vec<IndexEntry> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<IndexEntry> =
        entries.iter().rev().filter(|entry| seen.insert(entry.passage)).cloned().collect();
    kept.reverse();
    kept
}

/// Takes the folder for this process. The system lets go when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File, IndexError> {
    fs::create_dir_all(folder).map_err(|error| IndexError::io(folder, error))?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| IndexError::io(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(IndexError::io(&path, error)),
    }
}

/// Makes both arms anew. What a crash left of an earlier try is removed: without a manifest it was
/// never finished.
fn create(
    folder: &Path,
    manifest: &Manifest,
    dimensions: usize,
    config: &IndexConfig,
) -> Result<(VectorArm, PostingsArm), IndexError> {
    for name in [VECTORS, POSTINGS] {
        let part = folder.join(name);
        yinju_owned::mark(&part)
            .and_then(|()| yinju_owned::remove(folder, name))
            .and_then(|()| yinju_owned::make(&part, &[]))
            .map_err(|error| IndexError::io(&part, error))?;
    }
    let vectors = VectorArm::create(&vectors_in(folder), dimensions, config)?;
    let postings = PostingsArm::create(&postings_in(folder), config)?;
    manifest.write(folder)?;
    Ok((vectors, postings))
}

fn vectors_in(folder: &Path) -> PathBuf {
    folder.join(VECTORS)
}

fn postings_in(folder: &Path) -> PathBuf {
    folder.join(POSTINGS)
}
