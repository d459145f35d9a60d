//! The two arms as one index: opened, filled and committed together. Not here: how either keeps or
//! finds anything, and what a search makes of both (`search`).

use crate::config::IndexConfig;
use crate::dense::{Traces, VectorArm};
use crate::error::IndexError;
use crate::lexical::PostingsArm;
use crate::manifest::Manifest;
use crate::panics::caught;
use crate::presence::{self, Left, Presence};
use crate::seal::{Ended, Seal};
use crate::search::Search;
use crate::text::marks;
use crate::text::question::Question;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use yinju_core::ports::{
    Conditions, IndexEntry, IndexVector, IndexedDocument, Marking, OnPart, PassageIndex,
    RankedPassage, SearchRequest,
};
use yinju_core::{CharRange, DocumentId, Mode, PassageId, Problem, Scope};

/// Processes in a row that may end while they open an index whose files nobody can vouch for: one may
/// have been killed by a person, two are more than that.
const OPENINGS_UNSEALED: u32 = 2;
/// The same of an index whose files are what was written.
const OPENINGS_SEALED: u32 = 4;
/// Files up to this length may be written when an engine opens its index, as its settings are.
const CHANGED_BY_OPENING: u64 = 1 << 20;

/// How far two numbers of vectors of length 1 may differ that are the same but for rounding.
const SAME_NUMBER: f32 = 1e-6;

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
    /// Set once something did not stand up; from then on nothing is asked of the engines any more.
    is_damaged: AtomicBool,
    presence: Option<Presence>,
    /// Held while open; declared last so that it is let go after both arms are closed.
    _lock: File,
}

/// What waits for the next commit.
struct Pending {
    /// What the files were after the last one.
    seal: Seal,
    /// Vectors that were taken out or replaced since, to be overwritten.
    traces: Traces,
    /// Documents whose vectors are still there, so that searches find them until the commit.
    removed: BTreeSet<DocumentId>,
    /// Whether anything was written since the last commit.
    dirty: bool,
    /// Whether any of it was words.
    has_words: bool,
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
        sweep(folder);
        let opened = caught(|| Self::open_locked(folder, dimensions, config, lock));
        opened.unwrap_or_else(|panic| Err(IndexError::panicked(folder, &panic)))
    }

    fn open_locked(
        folder: &Path,
        dimensions: usize,
        config: IndexConfig,
        lock: File,
    ) -> Result<Self, IndexError> {
        let current = Manifest::current(dimensions);
        let Some(found) = Manifest::read(folder)? else {
            Seal::break_in(folder)?;
            presence::mark_erasing(folder, false)?;
            let presence = Presence::begin(folder, Left::Closed);
            let arms = create(folder, &current, dimensions, &config)?;
            let index = Self::around(folder, dimensions, config, arms, (presence, lock));
            index.mark_open();
            return Ok(index);
        };
        current.check(&found, folder)?;
        let left = Presence::left(folder);
        let seal = checked(folder, left, &config)?;
        let presence = Presence::begin(folder, left);
        let vectors = VectorArm::open(&vectors_in(folder), dimensions, &config)?;
        let postings = PostingsArm::open(&postings_in(folder), &config)?;
        if seal.is_none() {
            postings.validate()?;
        }
        let arms = (vectors, postings);
        let index = Self::around(folder, dimensions, config, arms, (presence, lock));
        index.try_out(dimensions)?;
        index.mark_open();
        let seal = index.seal(&seal.unwrap_or_default(), false);
        index.pending().seal = seal;
        Ok(index)
    }

    fn around(
        folder: &Path,
        dimensions: usize,
        config: IndexConfig,
        (vectors, postings): (VectorArm, PostingsArm),
        (presence, lock): (Presence, File),
    ) -> Self {
        let pending = Mutex::new(Pending {
            seal: Seal::default(),
            traces: Traces::new(dimensions),
            removed: BTreeSet::new(),
            dirty: false,
            has_words: false,
            removed_any: false,
        });
        let (folder, presence) = (folder.to_owned(), Some(presence));
        let is_damaged = AtomicBool::new(false);
        Self { folder, config, vectors, postings, pending, is_damaged, presence, _lock: lock }
    }

    fn mark_open(&self) {
        self.presence.iter().for_each(Presence::is_open);
    }

    /// Asks both arms something before anybody relies on them: what is wrong often shows at once.
    fn try_out(&self, dimensions: usize) -> Result<(), IndexError> {
        let mut vector = vec![0.0; dimensions];
        vector.first_mut().into_iter().for_each(|first| *first = 1.0);
        let request = SearchRequest {
            text: "a".to_owned(),
            vector: Some(vector),
            mode: Mode::Hybrid,
            limit: 1,
            scope: Scope::default(),
            across: 0,
            conditions: Conditions::default(),
            words: Vec::new(),
        };
        self.try_search(&request).map(drop).map_err(|error| self.as_damage(error))
    }

    /// Runs a call into the engines. After one that panicked, or found what nobody wrote, they are asked
    /// nothing any more.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, Problem> {
        if self.is_damaged.load(Ordering::Acquire) {
            return Err(IndexError::damaged(&self.folder, "it was found damaged before").into());
        }
        let done =
            caught(work).unwrap_or_else(|panic| Err(IndexError::panicked(&self.folder, &panic)));
        if matches!(done, Err(IndexError::Damaged { .. })) {
            self.is_damaged.store(true, Ordering::Release);
        }
        Ok(done?)
    }

    /// Reading needs nothing but the files: if an engine fails at it, they are not what was written.
    fn as_damage(&self, error: IndexError) -> IndexError {
        match error {
            IndexError::Engine { reason, .. } => IndexError::damaged(&self.folder, &reason),
            other => other,
        }
    }

    /// Keeps what the files are now, and gives it. On a full disk the next start knows less.
    fn seal(&self, before: &Seal, is_broken: bool) -> Seal {
        let most = if is_broken { u64::MAX } else { CHANGED_BY_OPENING };
        let sealed = Seal::of(&self.folder, before, most).and_then(|seal| {
            if is_broken || seal != *before {
                seal.write(&self.folder)?;
            }
            Ok(seal)
        });
        sealed.unwrap_or_else(|error| {
            tracing::warn!(%error, folder = %self.folder.display(), "checksums were not kept");
            Seal::default()
        })
    }

    /// The files are about to change.
    fn begin_change(&self, pending: &mut Pending) -> Result<(), IndexError> {
        if !pending.dirty {
            Seal::break_in(&self.folder)?;
            pending.dirty = true;
        }
        Ok(())
    }

    fn try_upsert(&self, entries: &[IndexEntry]) -> Result<(), IndexError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.check_space()?;
        let entries = last_of_each(entries);
        let mut pending = self.pending();
        self.begin_change(&mut pending)?;
        self.settle_removals(&mut pending, entries.iter().map(|entry| entry.document))?;
        self.put_vectors(&mut pending, &entries.iter().filter_map(vector_of).collect::<Vec<_>>())?;
        pending.has_words = true;
        self.postings.upsert(&entries)
    }

    fn try_add_vectors(&self, vectors: &[IndexVector]) -> Result<(), IndexError> {
        if vectors.is_empty() {
            return Ok(());
        }
        self.check_space()?;
        let mut pending = self.pending();
        self.begin_change(&mut pending)?;
        self.settle_removals(&mut pending, vectors.iter().map(|vector| vector.document))?;
        self.put_vectors(&mut pending, vectors)
    }

    /// Puts in those that are not there as they are: what is replaced has to be overwritten, which takes
    /// longer than looking.
    fn put_vectors(
        &self,
        pending: &mut Pending,
        vectors: &[IndexVector],
    ) -> Result<(), IndexError> {
        let ids: Vec<PassageId> = vectors.iter().map(|vector| vector.passage).collect();
        let held: BTreeMap<_, _> = self.vectors.vectors(&ids)?.into_iter().collect();
        let is_held = |new: &IndexVector| {
            held.get(&new.passage).is_some_and(|held| is_same_direction(held, &new.vector))
        };
        let new: Vec<IndexVector> = vectors.iter().filter(|new| !is_held(new)).cloned().collect();
        let replaced = new.iter().map(|new| new.passage).filter(|id| held.contains_key(id));
        self.trace(pending, &[], &replaced.collect::<Vec<_>>())?;
        self.vectors.upsert(&new)
    }

    fn try_remove(&self, documents: &[DocumentId]) -> Result<(), IndexError> {
        if documents.is_empty() {
            return Ok(());
        }
        let mut pending = self.pending();
        self.begin_change(&mut pending)?;
        pending.has_words = true;
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
        if pending.has_words {
            self.postings.commit()?;
        }
        if (pending.removed_any || self.graph_is_due())
            && let Err(error) = self.vectors.tidy()
        {
            tracing::warn!(%error, folder = %self.folder.display(), "vectors not rewritten");
        }
        if !pending.traces.is_empty() {
            self.vectors.erase(&pending.traces)?;
            pending.traces.clear();
        }
        pending.seal = self.seal(&pending.seal, true);
        presence::mark_erasing(&self.folder, false)?;
        (pending.dirty, pending.has_words, pending.removed_any) = (false, false, false);
        Ok(())
    }

    fn try_search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, IndexError> {
        if request.limit == 0 {
            return Ok(Vec::new());
        }
        let Self { config, vectors, postings, .. } = self;
        Search::new(config, vectors, postings, request)?.run()
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
        mut coming: impl Iterator<Item = DocumentId>,
    ) -> Result<(), IndexError> {
        if coming.any(|document| pending.removed.contains(&document)) {
            self.remove_vectors(pending)?;
        }
        Ok(())
    }

    fn remove_vectors(&self, pending: &mut Pending) -> Result<(), IndexError> {
        if pending.removed.is_empty() {
            return Ok(());
        }
        let documents: Vec<DocumentId> = pending.removed.iter().copied().collect();
        self.trace(pending, &documents, &[])?;
        self.vectors.remove_documents(&documents)?;
        pending.removed.clear();
        pending.removed_any = true;
        Ok(())
    }

    /// Notes vectors that are about to go. From here on a crash leaves some that nobody knows of any
    /// more, so that the index would have to be made again.
    fn trace(
        &self,
        pending: &mut Pending,
        documents: &[DocumentId],
        passages: &[PassageId],
    ) -> Result<(), IndexError> {
        self.vectors.trace(documents, passages, &mut pending.traces)?;
        presence::mark_erasing(&self.folder, !pending.traces.is_empty())
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

impl Drop for HybridIndex {
    /// An index that was found damaged keeps its mark: who opens it next looks at every file.
    fn drop(&mut self) {
        if self.is_damaged.load(Ordering::Acquire) {
            std::mem::forget(self.presence.take());
        }
    }
}

impl PassageIndex for HybridIndex {
    fn upsert(&self, entries: &[IndexEntry]) -> Result<(), Problem> {
        self.guarded(|| self.try_upsert(entries))
    }

    fn add_vectors(&self, vectors: &[IndexVector]) -> Result<(), Problem> {
        self.guarded(|| self.try_add_vectors(vectors))
    }

    fn posted(&self, passages: &[PassageId]) -> Result<Vec<PassageId>, Problem> {
        let find = || self.postings.snapshot().find(passages);
        let found = self.guarded(|| find().map_err(|error| self.as_damage(error)))?;
        Ok(found.iter().map(|posted| posted.passage).collect())
    }

    fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), Problem> {
        self.guarded(|| self.try_remove(documents))
    }

    fn commit(&self) -> Result<(), Problem> {
        self.guarded(|| self.try_commit())
    }

    fn search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, Problem> {
        self.guarded(|| self.try_search(request).map_err(|error| self.as_damage(error)))
    }

    fn marks(&self, what: Marking<'_>, text: &str) -> Vec<CharRange> {
        match what {
            Marking::Question(question) => marks::of_question(&Question::read(question), text),
            Marking::Phrase(phrase) => marks::of_phrase(phrase, text),
        }
    }

    fn absent(&self, question: &str) -> Result<Vec<String>, Problem> {
        let absent = || self.postings.snapshot().absent(&Question::read(question));
        self.guarded(|| absent().map_err(|error| self.as_damage(error)))
    }

    fn census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>, Problem> {
        self.guarded(|| self.try_census().map_err(|error| self.as_damage(error)))
    }

    fn vectors(&self, passages: &[PassageId]) -> Result<Vec<(PassageId, Vec<f32>)>, Problem> {
        let read = || self.vectors.vectors(passages);
        self.guarded(|| read().map_err(|error| self.as_damage(error)))
    }

    /// What is being written is checked once it is committed.
    fn verify(&self, on_part: OnPart<'_>) -> Result<(), Problem> {
        if self.pending().dirty {
            return Ok(());
        }
        let Some(seal) = self.guarded(|| Seal::read(&self.folder))? else { return Ok(()) };
        let ended = seal.check(&self.folder, u64::MAX, on_part);
        // A commit meanwhile has changed what the seal speaks of.
        let is_past = {
            let pending = self.pending();
            pending.dirty || pending.seal != seal
        };
        match ended {
            Err(Ended::Stopped(problem)) => Err(problem),
            Err(Ended::Failed(error)) if !is_past => self.guarded(|| Err(error)),
            _ => Ok(()),
        }
    }
}

/// Looks at the files before an engine does, who may end the process over them. Gives the seal they
/// were held against; without one nobody can vouch for them.
fn checked(folder: &Path, left: Left, config: &IndexConfig) -> Result<Option<Seal>, IndexError> {
    if presence::is_erasing(folder) {
        return Err(IndexError::damaged(folder, "a removal was cut short"));
    }
    let seal = Seal::read(folder)?;
    if let Some(seal) = &seal {
        let most = if left == Left::Closed { config.checked_at_opening_bytes } else { u64::MAX };
        match seal.check(folder, most, &mut || Ok(())) {
            Err(Ended::Failed(error)) => return Err(error),
            Err(Ended::Stopped(_)) | Ok(()) => {}
        }
    }
    let most = if seal.is_some() { OPENINGS_SEALED } else { OPENINGS_UNSEALED };
    match left {
        Left::Opening(times) if times >= most => {
            Err(IndexError::damaged(folder, &format!("{times} processes ended over it")))
        }
        _ => Ok(seal),
    }
}

fn vector_of(entry: &IndexEntry) -> Option<IndexVector> {
    let IndexEntry { passage, document, library, language, .. } = *entry;
    entry.vector.clone().map(|vector| IndexVector { passage, document, library, language, vector })
}

/// Whether two vectors have one direction, as far as rounding lets tell: a shard keeps them at length 1.
fn is_same_direction(held: &[f32], new: &[f32]) -> bool {
    let length = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    let (a, b) = (length(held).max(f32::MIN_POSITIVE), length(new).max(f32::MIN_POSITIVE));
    held.len() == new.len()
        && held.iter().zip(new).all(|(x, y)| (x / a - y / b).abs() <= SAME_NUMBER)
}

/// The entries without those that a later one with the same id replaces.
fn last_of_each(entries: &[IndexEntry]) -> Vec<IndexEntry> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<IndexEntry> =
        entries.iter().rev().filter(|entry| seen.insert(entry.passage)).cloned().collect();
    kept.reverse();
    kept
}

/// Removes what a write leaves that was ended in the middle: both engines write beside the place and move
/// the whole there, under names that begin so.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        let is_left = name.starts_with(".tmp") || name.starts_with(".atomicwrite");
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sweep_or_empty(&path, is_left);
        } else if is_left {
            let _ = fs::remove_file(&path);
        }
    }
}

/// A folder that was left holds the one file that was being written.
fn sweep_or_empty(folder: &Path, is_left: bool) {
    if !is_left {
        return sweep(folder);
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let _ = fs::remove_file(entry.path());
    }
    let _ = fs::remove_dir(folder);
}

/// Takes the folder for this process. The system lets go when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File, IndexError> {
    fs::create_dir_all(folder).map_err(|error| IndexError::io(folder, error))?;
    let path = folder.join("lock");
    // Not emptied: it might be a link to somebody's file.
    let file = File::options().create(true).write(true).truncate(false).open(&path);
    let file = file.map_err(|error| IndexError::io(&path, error))?;
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
