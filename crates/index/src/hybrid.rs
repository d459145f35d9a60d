//! The two arms as one index. Not here: how either keeps or finds anything.

use crate::config::IndexConfig;
use crate::dense::VectorArm;
use crate::error::IndexError;
use crate::fuse::{self, Ranking};
use crate::lexical::{Posted, PostingsArm, Snapshot};
use crate::manifest::Manifest;
use crate::text::question::Question;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use yinju_core::ports::{IndexEntry, IndexedDocument, PassageIndex, RankedPassage, SearchRequest};
use yinju_core::{ArmScores, DocumentId, Mode, PassageId, Problem};

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
        Search::new(self, request).run()
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
        Ok(self.try_search(request)?)
    }

    fn census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>, Problem> {
        Ok(self.try_census()?)
    }
}

/// One search, in one state of the postings.
struct Search<'a> {
    index: &'a HybridIndex,
    request: &'a SearchRequest,
    question: Question,
    state: Snapshot<'a>,
}

/// What the arms found.
#[derive(Default)]
struct Found {
    /// Every passage found by either arm.
    passages: BTreeMap<PassageId, Posted>,
    /// By BM25, best first.
    lexical: Vec<(PassageId, f32)>,
    /// By cosine, best first.
    dense: Vec<(PassageId, f32)>,
}

impl<'a> Search<'a> {
    fn new(index: &'a HybridIndex, request: &'a SearchRequest) -> Self {
        let question = Question::read(&request.text);
        Self { index, request, question, state: index.postings.snapshot() }
    }

    fn run(&self) -> Result<Vec<RankedPassage>, IndexError> {
        let found = self.look()?;
        let coverage = self.coverage(&found)?;
        let mut ranked = self.rank(&found, &coverage);
        ranked.truncate(self.request.limit);
        self.describe(&ranked, &found, &coverage)
    }

    fn look(&self) -> Result<Found, IndexError> {
        let (request, mode) = (self.request, self.request.mode);
        let depth = self.index.config.fusion.depth(request.limit);
        let mut found = Found::default();
        if mode != Mode::Dense {
            for (posted, score) in self.state.best(&self.question, &request.scope, depth)? {
                found.lexical.push((posted.passage, score));
                found.passages.insert(posted.passage, posted);
            }
        }
        if mode != Mode::Lexical {
            let vector = request.vector.as_deref().ok_or(IndexError::VectorMissing)?;
            found.dense = self.index.vectors.nearest(vector, &request.scope, depth)?;
            self.keep_posted(&mut found)?;
        }
        Ok(found)
    }

    /// Vectors without postings were not committed, or are left from a crash: they are not shown.
    fn keep_posted(&self, found: &mut Found) -> Result<(), IndexError> {
        let unknown: Vec<PassageId> = found
            .dense
            .iter()
            .map(|(passage, _)| *passage)
            .filter(|passage| !found.passages.contains_key(passage))
            .collect();
        let posted = self.state.find(&unknown)?;
        found.passages.extend(posted.into_iter().map(|posted| (posted.passage, posted)));
        found.dense.retain(|(passage, _)| found.passages.contains_key(passage));
        Ok(())
    }

    fn coverage(&self, found: &Found) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let passages: Vec<Posted> = found.passages.values().copied().collect();
        let shares = self.state.coverage(&self.question, &passages)?;
        Ok(passages.iter().map(|p| p.passage).zip(shares).collect())
    }

    fn rank(&self, found: &Found, coverage: &BTreeMap<PassageId, f32>) -> Vec<(PassageId, f32)> {
        match self.request.mode {
            Mode::Lexical => found.lexical.clone(),
            Mode::Dense => found.dense.clone(),
            Mode::Hybrid => {
                let config = &self.index.config.fusion;
                let (lexical, dense) = (ids(&found.lexical), ids(&found.dense));
                let best = lexical.iter().filter_map(|p| coverage.get(p).copied());
                let trust = fuse::lexical_trust(best.fold(0.0, f32::max), config);
                let lexical = Ranking { passages: &lexical, trust };
                fuse::fuse(&[lexical, Ranking { passages: &dense, trust: 1.0 }], config)
            }
        }
    }

    fn describe(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
        coverage: &BTreeMap<PassageId, f32>,
    ) -> Result<Vec<RankedPassage>, IndexError> {
        let cosines = self.cosines(ranked, found)?;
        let bm25 = self.bm25(ranked, found)?;
        let describe = |&(passage, score): &(PassageId, f32)| {
            let document = found.passages.get(&passage)?.document;
            let arms = ArmScores {
                cosine: cosines.get(&passage).copied(),
                bm25: bm25.get(&passage).copied(),
                coverage: coverage.get(&passage).copied(),
                late: None,
            };
            Some(RankedPassage { passage, document, score, arms })
        };
        Ok(ranked.iter().filter_map(describe).collect())
    }

    /// BM25 scores of all that is returned, also of passages only the vectors found; 0 for one that
    /// holds no term of the question.
    fn bm25(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
    ) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let mut bm25: BTreeMap<PassageId, f32> = found.lexical.iter().copied().collect();
        if self.request.mode == Mode::Hybrid {
            let missing: Vec<PassageId> =
                ids(ranked).into_iter().filter(|p| !bm25.contains_key(p)).collect();
            let scores = self.state.scores(&self.question, &missing)?;
            bm25.extend(missing.into_iter().map(|passage| (passage, 0.0)));
            bm25.extend(scores.into_iter().map(|(posted, score)| (posted.passage, score)));
        }
        Ok(bm25)
    }

    /// Cosines of all that is returned, also of passages only the postings found: whoever decides
    /// whether to answer needs both scores.
    fn cosines(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
    ) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let mut cosines: BTreeMap<PassageId, f32> = found.dense.iter().copied().collect();
        if let Some(vector) = &self.request.vector {
            let missing: Vec<PassageId> =
                ids(ranked).into_iter().filter(|p| !cosines.contains_key(p)).collect();
            cosines.extend(self.index.vectors.cosines(vector, &missing)?);
        }
        Ok(cosines)
    }
}

fn ids(scored: &[(PassageId, f32)]) -> Vec<PassageId> {
    scored.iter().map(|(passage, _)| *passage).collect()
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
    for part in [vectors_in(folder), postings_in(folder)] {
        if part.exists() {
            fs::remove_dir_all(&part).map_err(|error| IndexError::io(&part, error))?;
        }
        fs::create_dir_all(&part).map_err(|error| IndexError::io(&part, error))?;
    }
    let vectors = VectorArm::create(&vectors_in(folder), dimensions, config)?;
    let postings = PostingsArm::create(&postings_in(folder), config)?;
    manifest.write(folder)?;
    Ok((vectors, postings))
}

fn vectors_in(folder: &Path) -> PathBuf {
    folder.join("vectors")
}

fn postings_in(folder: &Path) -> PathBuf {
    folder.join("postings")
}
