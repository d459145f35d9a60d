//! The nouns of Yinju and the ports between its rooms.
//!
//! Data walks one way: PDF → pages → passages → vectors and postings → evidence → answer → export.
//! What each of these words means stands here once. Deliberately not here: input, output, any
//! foreign engine, and any decision about order, retry or wording.

pub mod answer;
pub mod bibliography;
pub mod calendar;
pub mod cancel;
pub mod constraint;
pub mod document;
pub mod figures;
pub mod geometry;
pub mod ids;
pub mod language;
pub mod markup;
pub mod model;
pub mod normal;
pub mod page;
pub mod passage;
pub mod path;
pub mod ports;
pub mod problem;
pub mod provenance;
pub mod question;
pub mod raised;
pub mod text;
pub mod title;

pub use answer::{
    Answer, AnswerUpdate, Citation, Evidence, Origin, Refusal, RefusalCode, Sentence, Support,
    Timings, TokenCounts,
};
pub use bibliography::{Bibliography, WorkKind};
pub use cancel::CancelToken;
pub use constraint::{Citing, Constraint};
pub use document::{Coverage, Document, DocumentRef, DocumentStatus, FileContent, Stage};
pub use geometry::BBox;
pub use ids::{ChatId, DocumentId, LibraryId, ModelId, PassageId};
pub use language::Language;
pub use model::{EncoderSpec, GeneratorSpec, ModelDescription, Pooling, RerankerSpec};
pub use page::{
    Block, BlockKind, CellSpan, CharRange, Line, Page, PageNumber, PageStatus, Region, Table,
    Warning, WarningCode,
};
pub use passage::{Passage, PassageDraft, Span};
pub use ports::{
    DocumentReader, DocumentSplitting, Embedder, Generator, ModelInspector, OpenedDocument,
    PassageIndex, PassageSplitter, Reranker,
};
pub use problem::{Problem, ProblemCode};
pub use provenance::{ModelFacts, Provenance, Relevance, SetApart, Waiting};
pub use question::{ArmScores, AskMode, Hit, Mode, Phrase, Place, Scope};
