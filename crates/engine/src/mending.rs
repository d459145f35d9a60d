//! An index that is made again from the store once it turns out to be damaged, while whoever asked it
//! waits and is answered. Not here: what damage is (`index`), and what an index should hold after a
//! crash (`reconcile`).

use crate::Result;
use crate::encoder::Adapters;
use crate::home::{make_index, remove_index};
use crate::reconcile::fill;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use yinju_core::ports::{
    IndexEntry, IndexVector, IndexedDocument, Marking, OnPart, RankedPassage, SearchRequest,
};
use yinju_core::{
    CharRange, DocumentId, EncoderSpec, PassageId, PassageIndex, Problem, ProblemCode,
};
use yinju_store::Store;

/// Things that a person should hear of although nothing failed.
#[derive(Default)]
pub(crate) struct Notices(Mutex<Listening>);

/// Whoever hears of them.
type Listener = Box<dyn Fn(&str) + Send>;

#[derive(Default)]
struct Listening {
    /// Before anybody listened.
    kept: Vec<String>,
    listener: Option<Listener>,
}

impl Notices {
    pub(crate) fn add(&self, notice: String) {
        tracing::warn!("{notice}");
        let mut listening = self.listening();
        match &listening.listener {
            Some(listener) => listener(&notice),
            None => listening.kept.push(notice),
        }
    }

    pub(crate) fn listen(&self, listener: Listener) {
        let mut listening = self.listening();
        for notice in std::mem::take(&mut listening.kept) {
            listener(&notice);
        }
        listening.listener = Some(listener);
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an index is made from.
pub(crate) struct Source {
    pub(crate) store: Arc<Store>,
    pub(crate) adapters: Arc<Adapters>,
    pub(crate) notices: Arc<Notices>,
    pub(crate) spec: EncoderSpec,
    pub(crate) folder: PathBuf,
}

/// The index of an encoder, whole again after damage.
pub(crate) struct MendingIndex {
    source: Source,
    state: RwLock<State>,
    /// Taken out since the last commit: an index made again before it has them anew.
    removed: Mutex<BTreeSet<DocumentId>>,
}

struct State {
    /// None where making it again failed; the next who asks tries once more.
    index: Option<Arc<dyn PassageIndex>>,
    /// How often it was made again.
    times: u64,
}

impl MendingIndex {
    /// Opens the index; a damaged one is made again.
    pub(crate) fn open(source: Source) -> Result<Self> {
        let (opened, damage) = match source.open() {
            Err(problem) if problem.code == ProblemCode::IndexDamaged => (None, Some(problem)),
            opened => (Some(opened?), None),
        };
        let state = RwLock::new(State { index: opened, times: 0 });
        let index = Self { source, state, removed: Mutex::default() };
        damage.map_or(Ok(()), |damage| index.mend(0, &damage))?;
        Ok(index)
    }

    /// Whether its files are where they were: somebody may have deleted them meanwhile.
    pub(crate) fn is_there(&self) -> bool {
        let state = self.state();
        state.index.is_some() && self.source.folder.is_dir()
    }

    /// Makes it again whatever it says of itself: what is in it was found to be wrong.
    pub(crate) fn make_again(&self, damage: &Problem) -> Result<()> {
        let times = self.state().times;
        self.mend(times, damage)
    }

    /// Asks the index. One that turns out to be damaged is made again and asked once more.
    fn ask<T>(&self, ask: impl Fn(&dyn PassageIndex) -> Result<T>) -> Result<T> {
        let (outcome, times) = self.ask_once(&ask);
        match outcome {
            Err(problem) if problem.code == ProblemCode::IndexDamaged => {
                self.mend(times, &problem)?;
                self.ask_once(&ask).0
            }
            other => other,
        }
    }

    fn ask_once<T>(&self, ask: impl Fn(&dyn PassageIndex) -> Result<T>) -> (Result<T>, u64) {
        let state = self.state();
        let lost = || Problem::new(ProblemCode::IndexDamaged, "the search index could not be made");
        (state.index.as_deref().ok_or_else(lost).and_then(ask), state.times)
    }

    /// Makes the index again, unless somebody did since it was asked. Others wait meanwhile: what
    /// they would find in half an index would be wrong.
    fn mend(&self, seen: u64, damage: &Problem) -> Result<()> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.times != seen {
            return Ok(());
        }
        let Source { store, notices, spec, folder, .. } = &self.source;
        // It is closed before its files go.
        state.index = None;
        remove_index(folder)?;
        let index = self.source.open()?;
        fill(store, &*index, &spec.id)?;
        let removed: Vec<_> = self.removed().iter().copied().collect();
        if !removed.is_empty() {
            index.remove_documents(&removed)?;
        }
        *state = State { index: Some(index), times: seen + 1 };
        notices.add(format!("{}; it was made again", damage.message));
        Ok(())
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn removed(&self) -> MutexGuard<'_, BTreeSet<DocumentId>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    fn open(&self) -> Result<Arc<dyn PassageIndex>> {
        make_index(&self.folder)?;
        (self.adapters.index)(&self.folder, &self.spec)
    }
}

impl PassageIndex for MendingIndex {
    fn upsert(&self, entries: &[IndexEntry]) -> Result<()> {
        self.ask(|index| index.upsert(entries))?;
        self.removed().retain(|id| entries.iter().all(|entry| entry.document != *id));
        Ok(())
    }

    fn add_vectors(&self, vectors: &[IndexVector]) -> Result<()> {
        self.ask(|index| index.add_vectors(vectors))
    }

    fn posted(&self, passages: &[PassageId]) -> Result<Vec<PassageId>> {
        self.ask(|index| index.posted(passages))
    }

    fn remove_documents(&self, documents: &[DocumentId]) -> Result<()> {
        self.removed().extend(documents);
        self.ask(|index| index.remove_documents(documents))
    }

    fn commit(&self) -> Result<()> {
        self.ask(|index| index.commit())?;
        self.removed().clear();
        Ok(())
    }

    fn search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>> {
        self.ask(|index| index.search(request))
    }

    fn marks(&self, what: Marking<'_>, text: &str) -> Vec<CharRange> {
        self.state().index.as_deref().map(|index| index.marks(what, text)).unwrap_or_default()
    }

    fn absent(&self, question: &str) -> Result<Vec<String>> {
        self.ask(|index| index.absent(question))
    }

    fn census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>> {
        self.ask(|index| index.census())
    }

    fn vectors(&self, passages: &[PassageId]) -> Result<Vec<(PassageId, Vec<f32>)>> {
        self.ask(|index| index.vectors(passages))
    }

    /// Damage is told here and mended by whoever asks next.
    fn verify(&self, on_part: OnPart<'_>) -> Result<()> {
        let state = self.state();
        state.index.as_deref().map_or(Ok(()), |index| index.verify(on_part))
    }
}
