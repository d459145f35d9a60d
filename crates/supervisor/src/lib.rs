//! Worker processes: started, limited, watched, asked and restarted.
//!
//! Foreign files and models live in `yinju-worker` processes, so that a crash, a hang or exhausted
//! memory costs one file or one answer and never the window. This room implements the ports
//! [`DocumentReader`](yinju_core::DocumentReader), [`PassageSplitter`](yinju_core::PassageSplitter),
//! [`Embedder`](yinju_core::Embedder), [`Reranker`](yinju_core::Reranker),
//! [`Generator`](yinju_core::Generator) and [`ModelInspector`](yinju_core::ModelInspector) by asking
//! such processes, and owns the wire [`protocol`] both ends speak. Deliberately not here: PDFium and models (they are the worker's), and the
//! order of an import or when to try again (the engine's).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod attempt;
mod builds;
pub mod child;
mod config;
mod conversation;
mod embedder;
mod error;
mod generator;
mod inspector;
mod last_words;
pub mod launch;
mod nursery;
mod process;
pub mod protocol;
mod reader;
mod reranker;
mod scheduler;
mod splitter;
mod turnstile;

pub use config::{WorkerConfig, worker_beside_this_program};
pub use embedder::WorkerEmbedder;
pub use error::{Ending, SupervisorError, Task};
pub use generator::WorkerGenerator;
pub use inspector::WorkerInspector;
pub use reader::WorkerReader;
pub use reranker::WorkerReranker;
pub use scheduler::Scheduler;
pub use splitter::WorkerSplitter;
