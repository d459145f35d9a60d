//! The dense arm: passages by their vectors, in a Qdrant Edge shard. A point's id is the passage's;
//! its payload holds library and document, nothing of the text. Not here: what a vector means.

mod journal;
mod requests;

use crate::config::IndexConfig;
use crate::error::IndexError;
use qdrant_edge::{
    EdgeConfig, EdgeOptimizersConfig, EdgeShard, EdgeVectorParams, HnswIndexConfig,
    OperationResult, PointOperations, QuantizationConfig, ScalarQuantizationConfig, ScalarType,
    UpdateOperation, WalOptions,
};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use yinju_core::ports::IndexEntry;
use yinju_core::{DocumentId, PassageId, Scope};

/// Points in one operation; its size bounds what the journal holds at once.
const BATCH: usize = 256;
/// Bytes of one journal file. Qdrant's own 32 MiB would be most of a small library's folder.
const JOURNAL_FILE_BYTES: usize = 4 << 20;
/// Points read at once while counting.
const PAGE: usize = 4096;

/// Passages by vector. Writing calls must not overlap; searches may run beside anything.
pub struct VectorArm {
    folder: PathBuf,
    dimensions: usize,
    search_width: usize,
    shard: Option<EdgeShard>,
}

impl VectorArm {
    /// Makes an empty arm. The folder must exist and hold nothing.
    pub fn create(
        folder: &Path,
        dimensions: usize,
        config: &IndexConfig,
    ) -> Result<Self, IndexError> {
        let shard = guarded("creating the vectors", || {
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
        let load = || EdgeShard::load(folder, Some(shard_config(dimensions, config)));
        let shard = guarded("opening the vectors", load).map_err(|error| match error {
            IndexError::Engine { reason, .. } => IndexError::damaged(folder, &reason),
            other => other,
        })?;
        Ok(Self::around(folder, dimensions, config, shard))
    }

    fn around(folder: &Path, dimensions: usize, config: &IndexConfig, shard: EdgeShard) -> Self {
        Self {
            folder: folder.to_owned(),
            dimensions,
            search_width: config.graph_search_width,
            shard: Some(shard),
        }
    }

    /// Puts vectors in, replacing those of the same passages. Searches see them at once; they are
    /// durable after [`Self::commit`].
    pub fn upsert(&self, entries: &[IndexEntry]) -> Result<(), IndexError> {
        entries.iter().try_for_each(|entry| self.check(&entry.vector))?;
        for batch in entries.chunks(BATCH) {
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
        self.query(requests::nearest(vector, filter, limit, self.search_width))
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
        let shard = self.shard.as_ref().expect("the shard is taken out in drop only");
        guarded(doing, || work(shard))
    }
}

impl Drop for VectorArm {
    /// A shard saves itself when dropped and panics where it cannot (a full disk); by then all
    /// that was committed is safe, so that is not worth the process.
    fn drop(&mut self) {
        let shard = self.shard.take();
        if catch_unwind(AssertUnwindSafe(|| drop(shard))).is_err() {
            tracing::warn!(folder = %self.folder.display(), "vectors not saved at closing");
        }
    }
}

/// Runs a call into the engine, which reports some failures by panicking.
fn guarded<T>(
    doing: &'static str,
    work: impl FnOnce() -> OperationResult<T>,
) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| IndexError::engine(doing, &error)),
        Err(panic) => Err(IndexError::engine(doing, &panic_text(panic.as_ref()))),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
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
