//! Numbers somebody tuned, each with what set it. Which folder and which encoder are not here: the
//! shell says so when it opens the index.

use serde::{Deserialize, Serialize};

/// How the index searches and what it may use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IndexConfig {
    /// From how many vectors on a graph (HNSW) is built instead of comparing with every one.
    /// 50,000 vectors of 512 dimensions take 5.4 ms exactly and .7 ms by graph, but building it
    /// takes 15 s on two cores (`docs/performance.md`).
    pub graph_from_vectors: usize,
    /// Candidates the graph keeps for each vector while it is built. With 100 the recall@10 of 100,000 vectors
    /// was anything from .9945 to .9995, from one build to the next; with 256 it was .9995 twice, for
    /// twice the time (`docs/performance.md`).
    pub graph_build_width: usize,
    /// Candidates the graph keeps while searching; more finds more and takes longer.
    pub graph_search_width: usize,
    /// Bytes tantivy may hold before it writes a segment; 15 MB is its minimum.
    pub writer_heap_bytes: usize,
    /// The most distinct terms of one question that are looked up; the rarest are kept. A question
    /// of 100,000 characters then costs what one of some hundred words does.
    pub longest_question_terms: usize,
    /// What a term in the title or the headings counts beside one in the text.
    pub heading_weight: f32,
    /// Writing stops with "disk full" below this much free space, because memory-mapped files end
    /// the process when the disk is really full.
    pub least_free_bytes: u64,
    /// So many bytes of files, the smallest first, are held against their checksums before an index is
    /// opened; the rest in idle time, or whole where it was not closed in good order.
    pub checked_at_opening_bytes: u64,
    /// How the arms are put together.
    pub fusion: FusionConfig,
}

/// Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), weighted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FusionConfig {
    /// The constant of `weight / (constant + rank)`; 60 is the paper's.
    pub rank_constant: f32,
    /// At least this many candidates of each arm are fused,
    pub least_depth: usize,
    /// and this many times the number asked for.
    pub depth_factor: usize,
    /// Coverage of the question by the best postings up to which their order counts for nothing:
    /// a question in a language the passages are not in matches by accident, and plain fusion then
    /// spoils what the vectors found. On `XQuAD` (`examples/evaluate.rs`; R@1, multilingual-e5-small)
    /// .25 to .35 keeps .719 of the vectors alone for English questions over Chinese passages,
    /// where plain fusion has .661, and costs nothing within a language (.941 and .950 against
    /// .937 and .949). Chosen on those same questions.
    pub ignored_coverage: f32,
    /// Coverage from which on it counts in full; in between, its weight grows evenly.
    pub trusted_coverage: f32,
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self {
            graph_from_vectors: 20_000,
            graph_build_width: 256,
            graph_search_width: 128,
            writer_heap_bytes: 20_000_000,
            longest_question_terms: 256,
            heading_weight: 0.25,
            least_free_bytes: 64 << 20,
            checked_at_opening_bytes: 128 << 20,
            fusion: FusionConfig::default(),
        }
    }
}

impl Default for FusionConfig {
    fn default() -> Self {
        Self {
            rank_constant: 60.0,
            least_depth: 50,
            depth_factor: 5,
            ignored_coverage: 0.25,
            trusted_coverage: 0.35,
        }
    }
}

impl FusionConfig {
    /// How many candidates each arm is asked for.
    pub fn depth(&self, limit: usize) -> usize {
        limit.saturating_mul(self.depth_factor).max(self.least_depth)
    }
}
