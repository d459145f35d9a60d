//! The use cases: import, search, ask, remove, export, evaluate.
//!
//! Here stand order, retry, cancellation and progress, and nothing else: files are read, texts
//! embedded, searched and written by whoever the shell put behind the ports.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ask;
mod backups;
mod carry;
mod chats;
mod checking;
mod doctor;
mod documents;
mod encoder;
mod encoders;
mod evaluate;
mod exact;
mod files;
mod followed;
mod forget;
mod home;
mod hurried;
mod import;
mod look;
mod marked;
mod mending;
mod models;
mod narrow;
mod opening;
mod own;
mod page_cache;
mod planned;
mod reconcile;
mod remove;
mod rerank;
mod reserve;
mod review;
mod save;
mod search;
mod verify;
mod watch;

pub use ask::AskRequest;
pub use backups::{Backup, Backups, Reason, Restored};
pub use carry::{CarriedIn, CarriedLibrary, CarriedOut};
pub use chats::ExportRequest;
pub use doctor::{Check, Doctor};
pub use encoder::Adapters;
pub use encoders::{EncoderProgress, EncoderStatus};
pub use evaluate::answers::{AnswersEvaluation, AnswersRequest};
pub use evaluate::interval::Interval;
pub use evaluate::{EvaluatedQuestion, Evaluation, EvaluationRequest, KindShares, Unit};
pub use home::is_programs_own;
pub use import::{
    ImportProgress, ImportRequest, ImportSummary, ReadingLimits, Report, SkipReason, Skipped,
    StageSeconds,
};
pub use marked::HighlightedCopy;
pub use models::{ConnectionMade, ModelStatus, Models, PullProgress};
pub use narrow::Narrowing;
pub use own::{Metric, OwnRun, RunConfig, RunOutcome};
pub use remove::{Left, Receipt, Unreached};
pub use review::{NowThere, QuoteState, Reviewed};
pub use save::save;
pub use search::{Rerank, SearchQuery, SearchResult};
pub use verify::{Finding, Verified};
pub use watch::{WatchState, Watched};
pub use yinju_answer::layout::begun;
pub use yinju_catalog::{PullStage, Verification};
pub use yinju_export::Format;
pub use yinju_store::{Chat, ChatSummary, Job, LibrarySummary, OwnQuestion, PageSummary};
pub use yinju_store::{GoneFile, Watch};

use checking::LastUse;
use encoder::EncoderSide;
use home::Home;
use mending::{Notices, Source};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use yinju_core::{EncoderSpec, ModelId, Problem, ProblemCode};
use yinju_store::Store;

/// What every use case returns.
pub type Result<T> = std::result::Result<T, Problem>;

/// What a shell decides about an engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// The folder that holds everything the program writes.
    pub home: PathBuf,
    /// The folder with the models.
    pub models: PathBuf,
    /// Memory of this machine in bytes; decides the default language model.
    pub memory: u64,
    /// Cores of this machine; likewise.
    pub cores: usize,
    /// The address of a mirror that is asked for models before the hubs.
    pub mirror: Option<String>,
    /// Tokens of evidence put before a language model whose reading was not measured yet
    /// (`Engine::patience`). On two cores about 150 are read a second (`docs/performance.md`).
    pub evidence_tokens: u32,
    /// How much is read of one file.
    pub limits: ReadingLimits,
}

impl EngineConfig {
    /// The defaults for a home and a models folder.
    pub fn new(home: PathBuf, models: PathBuf, memory: u64, cores: usize) -> Self {
        let limits = ReadingLimits::default();
        Self { home, models, memory, cores, mirror: None, evidence_tokens: 1_600, limits }
    }
}

/// The engine. Clones share one home; all calls block and may come from any thread.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    config: EngineConfig,
    /// What a person has to be told of how the home was opened.
    told: Vec<Problem>,
    models: Models,
    adapters: Arc<Adapters>,
    /// The one in use, opened when its model is there.
    encoder: Mutex<Option<Arc<EncoderSide>>>,
    /// Others, whose vectors are kept beside.
    others: Mutex<HashMap<ModelId, Arc<EncoderSide>>>,
    imports: import::Imports,
    notices: Arc<Notices>,
    last_use: LastUse,
    /// Held while a copy of the store is made or all are deleted, so that none is made of what is
    /// being removed.
    copying: Mutex<()>,
    /// Declared last, so that it is left, and its files made private, after all others are closed.
    home: Home,
}

impl Inner {
    fn new(config: EngineConfig, adapters: Arc<Adapters>, home: Home, told: Vec<Problem>) -> Self {
        let models = Models::new(&config.models, config.memory, config.cores)
            .with_mirror(config.mirror.clone());
        Self {
            home,
            told,
            models,
            adapters,
            encoder: Mutex::new(None),
            others: Mutex::default(),
            imports: import::Imports::default(),
            notices: Arc::default(),
            last_use: LastUse::default(),
            copying: Mutex::default(),
            config,
        }
    }

    /// What the index of an encoder is made from.
    fn source(&self, spec: EncoderSpec) -> Source {
        Source {
            store: Arc::clone(self.store()),
            adapters: Arc::clone(&self.adapters),
            notices: Arc::clone(&self.notices),
            folder: self.home.index(&spec.id),
            spec,
        }
    }

    fn store(&self) -> &Arc<Store> {
        self.home.open_store().expect("an engine is made only of a home with an open store")
    }

    fn copying(&self) -> MutexGuard<'_, ()> {
        self.copying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Opens a home: takes its lock, brings the store up to date, and after a crash mends what it left in
    /// the indexes. What an import left half-done waits for [`Engine::resume`]. A damaged store is
    /// salvaged, of which [`Engine::told`] tells.
    ///
    /// Fails with `home_in_use`, `home_newer`, `home_unusable`, or `store_damaged` where there is
    /// nothing to salvage; a missing model or a full disk is no failure here but where it matters.
    pub fn open(config: EngineConfig, adapters: Adapters) -> Result<Self> {
        let (home, told) = opening::open(&config.home)?;
        let engine = Self(Arc::new(Inner::new(config, Arc::new(adapters), home, told)));
        match engine.take_up() {
            Err(problem) if problem.code == ProblemCode::StoreDamaged => engine.salvaged(problem),
            Err(problem) => Err(problem),
            Ok(()) => Ok(engine),
        }
    }

    /// What a person has to be told of how the home was opened: that its store was damaged, say, and
    /// what was recovered.
    pub fn told(&self) -> &[Problem] {
        &self.0.told
    }

    /// The program is about to end, with or without the engine being dropped.
    pub fn close(&self) {
        self.0.home.leave();
    }

    /// Takes up what the last run left.
    fn take_up(&self) -> Result<()> {
        if let Err(problem) = self.carry_over_answers() {
            tracing::warn!(%problem, "answers of before are not laid out");
        }
        if let Err(problem) = self.recover_drafts() {
            tracing::warn!(%problem, "unfinished answers stay as they are");
        }
        // After an orderly end the index is as the store, and is opened when it is asked for: reading it
        // through takes a second where there are ten thousand documents.
        if self.0.home.is_sealed() && self.store().unfinished_removals()?.is_empty() {
            return Ok(());
        }
        match self.encoder() {
            Err(problem)
                if !is_about_a_model(&problem) && problem.code != ProblemCode::DiskFull =>
            {
                Err(problem)
            }
            _ => {
                if let Err(problem) = self.finish_removals() {
                    tracing::warn!(%problem, "a removal is still not finished");
                }
                Ok(())
            }
        }
    }

    /// Tells of what a person should hear although nothing failed, a line each; also of what happened
    /// while the home was opened.
    pub fn on_notice(&self, listener: impl Fn(&str) + Send + 'static) {
        self.0.notices.listen(Box::new(listener));
    }

    /// The same home after its store, which looked sound, turned out to be damaged.
    fn salvaged(self, problem: Problem) -> Result<Self> {
        let Some(Inner { config, adapters, home, .. }) = Arc::into_inner(self.0) else {
            return Err(problem);
        };
        drop(home);
        let (home, told) = opening::open_damaged(&config.home, problem)?;
        let engine = Self(Arc::new(Inner::new(config, adapters, home, told)));
        engine.take_up()?;
        Ok(engine)
    }

    /// The encoder with its index and splitter, opened at first use.
    fn encoder(&self) -> Result<Arc<EncoderSide>> {
        let mut slot = self.0.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = slot.as_ref().filter(|side| side.is_there()) {
            return Ok(Arc::clone(side));
        }
        if slot.take().is_some() {
            tracing::warn!("the search index was deleted; it is made again from the store");
        }
        let spec = self.models().encoder_named(&self.encoder_in_use()?)?;
        let side = Arc::new(EncoderSide::open(&self.0, spec)?);
        reconcile::reconcile(self.store(), &side)?;
        *slot = Some(Arc::clone(&side));
        Ok(side)
    }

    fn store(&self) -> &Store {
        self.0.store()
    }
}

fn is_about_a_model(problem: &Problem) -> bool {
    use yinju_core::ProblemCode as Code;
    matches!(
        problem.code,
        Code::ModelMissing | Code::ModelUnknown | Code::ModelHashMismatch | Code::ModelDamaged
    )
}
