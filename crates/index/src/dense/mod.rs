//! The dense arm: passages by their vectors, in a Qdrant Edge shard. A point's id is the passage's;
//! its payload holds library and document, nothing of the text. Not here: what a vector means.

mod journal;
mod requests;
mod traces;

pub use traces::Traces;

use crate::config::IndexConfig;
use crate::error::IndexError;
use crate::panics::caught;
use qdrant_edge::{
    EdgeConfig, EdgeOptimizersConfig, EdgeShard, EdgeVectorParams, HnswIndexConfig,
    OperationResult, PointOperations, QuantizationConfig, ScalarQuantizationConfig, ScalarType,
    UpdateOperation, WalOptions,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use yinju_core::ports::IndexVector;
use yinju_core::{DocumentId, PassageId, Scope};

/// Points in one operation; its size bounds what the journal holds at once.
const BATCH: usize = 256;
/// Bytes of one journal file. Qdrant's own 32 MiB would be most of a small library's folder, and so
/// many have to be written to be rid of what a file holds.
const JOURNAL_FILE_BYTES: usize = 1 << 20;
/// Points asked for beyond what is wanted: of equally near ones those with the lowest ids are taken, however
/// the shard came to hold them.
const EQUALS: usize = 16;
/// Points read at once while counting.
const PAGE: usize = 4096;

/// Passages by vector. Writing calls must not overlap; searches may run beside anything.
pub struct VectorArm {
    folder: PathBuf,
    dimensions: usize,
    search_width: usize,
    config: IndexConfig,
    /// None while files are overwritten, and once it could not be opened after that.
    shard: RwLock<Option<EdgeShard>>,
}

impl VectorArm {
    /// Makes an empty arm. The folder must exist and hold nothing.
    pub fn create(
        folder: &Path,
        dimensions: usize,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        let shard = guarded(folder, "creating the vectors", || {
            let shard = EdgeShard::new(folder, shard_config(dimensions, config))?;
            for (field, has_graph) in requests::FIELDS {
                shard.update(requests::index_field(field, has_graph))?;
            }
            Ok(shard)
        })?;
        let arm = Self::around(folder, dimensions, config, shard);
        arm.commit()?;
        Ok(arm)
    }

    /// Opens what was made before. Whatever goes wrong means that the files are damaged.
    pub fn open(
        folder: &Path,
        dimensions: usize,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        journal::prune(folder)?;
        Ok(Self::around(folder, dimensions, config, load(folder, dimensions, config)?))
    }

    fn around(folder: &Path, dimensions: usize, config: &IndexConfig, shard: EdgeShard) -> Self {
        Self {
            folder: folder.to_owned(),
            dimensions,
            search_width: config.graph_search_width,
            config: config.clone(),
            shard: RwLock::new(Some(shard)),
        }
    }

    /// Vectors of passages as they are kept; those without one are missing.
    pub fn vectors(
        &self,
        passages: &[PassageId],
    ) -> Result<Vec<(PassageId, Vec<f32>)>, IndexError> {
        let ids = requests::point_ids(passages);
        let (payload, vector) = requests::vector_alone();
        let records = self.with("reading vectors", |shard| {
            shard.retrieve(&ids, Some(payload.clone()), Some(vector.clone()))
        })?;
        Ok(records.iter().filter_map(requests::vector_of).collect())
    }

    /// Notes the vectors of documents, and of passages, before they are taken out or replaced.
    pub fn trace(
        &self,
        documents: &[DocumentId],
        passages: &[PassageId],
        traces: &mut Traces,
    ) -> Result<(), IndexError> {
        for ids in passages.chunks(PAGE) {
            self.vectors(ids)?.iter().for_each(|(_, vector)| traces.add(vector));
        }
        if documents.is_empty() {
            return Ok(());
        }
        let mut offset = None;
        loop {
            let request = requests::page_of(documents, offset, PAGE);
            let (records, next) = self.with("reading vectors", |shard| shard.scroll(request))?;
            let vectors = records.iter().filter_map(requests::vector_of);
            vectors.for_each(|(_, vector)| traces.add(&vector));
            match next {
                Some(id) => offset = Some(id),
                None => return Ok(()),
            }
        }
    }

    /// Overwrites what files still hold of vectors that were taken out. Searches wait meanwhile, as
    /// the files are closed for it.
    pub fn erase(&self, traces: &Traces) -> Result<(), IndexError> {
        let written = journal::files(&self.folder)?;
        // Two files full of nothing: the journal keeps the one that is open and the one before it.
        for _ in 0..2 {
            if let Err(error) = self.update(requests::nothing(JOURNAL_FILE_BYTES)) {
                tracing::debug!(%error, "an operation on no point was refused");
            }
        }
        let mut slot = self.shard.write().unwrap_or_else(PoisonError::into_inner);
        self.close(slot.take());
        journal::prune(&self.folder)?;
        let done = traces.overwrite(&self.folder);
        *slot = Some(load(&self.folder, self.dimensions, &self.config)?);
        done?;
        if journal::files(&self.folder)?.intersection(&written).next().is_some() {
            let reason = "the journal still holds what was taken out";
            return Err(IndexError::engine("erasing vectors", reason));
        }
        Ok(())
    }

    fn close(&self, shard: Option<EdgeShard>) {
        if caught(|| drop(shard)).is_err() {
            tracing::warn!(folder = %self.folder.display(), "vectors not saved at closing");
        }
    }

    /// Puts vectors in, replacing those of the same passages. Searches see them at once; they are
    /// durable after [`Self::commit`].
    pub fn upsert(&self, vectors: &[IndexVector]) -> Result<(), IndexError> {
        vectors.iter().try_for_each(|new| self.check(&new.vector))?;
        for batch in vectors.chunks(BATCH) {
            self.update(requests::upsert(batch))?;
        }
        Ok(())
    }

    /// Takes out all vectors of these documents.
    pub fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), IndexError> {
        let filter = requests::documents_filter(documents);
        self.update(UpdateOperation::PointOperation(PointOperations::DeletePointsByFilter(filter)))
    }

    /// Makes durable what was put in and taken out.
    pub fn commit(&self) -> Result<(), IndexError> {
        self.with("saving the vectors", |shard| {
            shard.flush();
            Ok(())
        })
    }

    /// Builds graphs where segments have grown past the threshold, and rewrites segments from
    /// which much was removed. Does nothing where nothing is due.
    pub fn tidy(&self) -> Result<(), IndexError> {
        if self.with("arranging the vectors", EdgeShard::optimize)? {
            self.commit()
        } else {
            Ok(())
        }
    }

    /// How many vectors are not in a graph; some may be counted twice after a crash.
    pub fn unarranged(&self) -> usize {
        let info = self.with("counting vectors", |shard| Ok(shard.info()));
        info.map_or(0, |info| info.points_count.saturating_sub(info.indexed_vectors_count))
    }

    /// The nearest passages by cosine, best first; of these only where some are given.
    pub fn nearest(
        &self,
        vector: &[f32],
        scope: &Scope,
        only: Option<&[PassageId]>,
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>, IndexError> {
        self.check(vector)?;
        let filter = requests::scope_filter(scope, only);
        let asked = limit.saturating_add(EQUALS);
        let mut found = self.query(requests::nearest(vector, filter, asked, self.search_width))?;
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(limit);
        Ok(found)
    }

    /// Cosines of given passages; those without a vector are missing.
    pub fn cosines(
        &self,
        vector: &[f32],
        passages: &[PassageId],
    ) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        if passages.is_empty() {
            return Ok(BTreeMap::new());
        }
        let filter = requests::passages_filter(passages);
        let request = requests::nearest(vector, Some(filter), passages.len(), self.search_width);
        Ok(self.query(request)?.into_iter().collect())
    }

    /// Every passage that has a vector, with its document.
    pub fn census(&self) -> Result<Vec<(PassageId, DocumentId)>, IndexError> {
        let mut found = Vec::new();
        let mut offset = None;
        loop {
            let request = requests::page(offset, PAGE);
            let (records, next) = self.with("counting vectors", |shard| shard.scroll(request))?;
            for record in &records {
                found.push(
                    requests::identity(record).ok_or_else(|| {
                        IndexError::damaged(&self.folder, "a vector of no document")
                    })?,
                );
            }
            match next {
                Some(id) => offset = Some(id),
                None => return Ok(found),
            }
        }
    }

    fn query(
        &self,
        request: qdrant_edge::QueryRequest,
    ) -> Result<Vec<(PassageId, f32)>, IndexError> {
        let points = self.with("searching vectors", |shard| shard.query(request))?;
        let scored = points.into_iter();
        Ok(scored.filter_map(|p| requests::passage_id(&p.id).map(|id| (id, p.score))).collect())
    }

    fn update(&self, operation: UpdateOperation) -> Result<(), IndexError> {
        self.with("writing vectors", |shard| shard.update(operation))
    }

    fn check(&self, vector: &[f32]) -> Result<(), IndexError> {
        if vector.len() == self.dimensions && vector.iter().all(|x| x.is_finite()) {
            return Ok(());
        }
        Err(IndexError::BadVector { expected: self.dimensions, found: vector.len() })
    }

    fn with<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&EdgeShard) -> OperationResult<T>,
    ) -> Result<T, IndexError> {
        let slot = self.shard.read().unwrap_or_else(PoisonError::into_inner);
        match slot.as_ref() {
            Some(shard) => guarded(&self.folder, doing, || work(shard)),
            None => Err(IndexError::damaged(&self.folder, "the vectors could not be opened again")),
        }
    }
}

impl Drop for VectorArm {
    /// A shard saves itself when dropped and panics where it cannot (a full disk); by then all
    /// that was committed is safe, so that is not worth the process.
    fn drop(&mut self) {
        let shard = self.shard.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        self.close(shard);
    }
}

/// Whatever goes wrong means that the files are damaged, or that the disk is full.
fn load(folder: &Path, dimensions: usize, config: &IndexConfig) -> Result<EdgeShard, IndexError> {
    let load = || EdgeShard::load(folder, Some(shard_config(dimensions, config)));
    guarded(folder, "opening the vectors", load).map_err(|error| match error {
        IndexError::Engine { reason, .. } => IndexError::damaged(folder, &reason),
        other => other,
    })
}

/// Runs a call into the engine, which reports some failures by panicking.
fn guarded<T>(
    folder: &Path,
    doing: &'static str,
    work: impl FnOnce() -> OperationResult<T>,
) -> Result<T, IndexError> {
    match caught(work) {
        Ok(result) => result.map_err(|error| IndexError::engine(doing, &error)),
        Err(panic) => Err(IndexError::panicked(folder, &panic)),
    }
}

/// Vectors, graph and payload stay in memory-mapped files, so that memory follows use, not size.
fn shard_config(dimensions: usize, config: &IndexConfig) -> EdgeConfig {
    let vectors =
        EdgeVectorParams::builder(dimensions, qdrant_edge::Distance::Cosine).on_disk(true);
    EdgeConfig::builder()
        .vector(qdrant_edge::DEFAULT_VECTOR_NAME, vectors.build())
        .quantization_config(rounded_vectors())
        .hnsw_config(HnswIndexConfig {
            on_disk: Some(true),
            ef_construct: config.graph_build_width,
            ..HnswIndexConfig::default()
        })
        .on_disk_payload(true)
        .optimizers(EdgeOptimizersConfig {
            deleted_threshold: Some(0.1),
            vacuum_min_vector_number: Some(BATCH),
            default_segment_number: Some(2),
            indexing_threshold: Some(kilobytes(config.graph_from_vectors, dimensions)),
            ..EdgeOptimizersConfig::default()
        })
        .wal_options(WalOptions { segment_capacity: JOURNAL_FILE_BYTES, ..WalOptions::default() })
        .build()
}

/// A graph is walked over vectors of one byte a number, a quarter of the memory; what it finds is
/// scored again with the exact ones. Vectors in no graph are compared as they are.
fn rounded_vectors() -> QuantizationConfig {
    let scalar = ScalarQuantizationConfig {
        r#type: ScalarType::Int8,
        quantile: Some(0.99),
        always_ram: None,
    };
    scalar.into()
}

fn kilobytes(vectors: usize, dimensions: usize) -> usize {
    (vectors.saturating_mul(dimensions).saturating_mul(size_of::<f32>()) / 1024).max(1)
}
