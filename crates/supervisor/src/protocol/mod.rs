//! What supervisor and worker say to each other, over the worker's standard input and output.
//!
//! Both sides send one [`Hello`] frame, then [`ToWorker`] frames go down and [`FromWorker`] frames
//! come up, each a `u32` length (little-endian) and a body in postcard. The supervisor has at most
//! one call under way in a process; [`ToWorker::Cancel`] may come at any time during it, and the
//! end of standard input means "end at once". Not here: threads and processes.

mod frame;
mod hello;

pub use frame::{FrameError, MAX_FRAME_BYTES, encode, read_message, write_message};
pub use hello::{HELLO_BYTES, Hello, HelloError, Side, VERSION};

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use yinju_core::document::OutlineEntry;
use yinju_core::ports::{
    Embedding, GenerateOutcome, GeneratorProfile, Hashing, Mark, MarkRequest, Message, Ocr,
    PagePicture, ReadEvent, ReadRequest, Sampling, TextRole,
};
use yinju_core::{
    Constraint, EncoderSpec, FileContent, GeneratorSpec, ModelDescription, Page, PageNumber,
    PassageDraft, Problem, RerankerSpec,
};

/// What a worker is for. One process has one role for life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkerRole {
    /// Opens untrusted files.
    Read,
    /// Holds models.
    Infer,
}

impl WorkerRole {
    /// The role's name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Infer => "infer",
        }
    }
}

/// A frame from the supervisor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Do this.
    Call {
        /// Repeated in every reply; grows by one with each call.
        id: u64,
        /// What to do.
        call: Call,
    },
    /// Stop doing that. A call that is over is not minded.
    Cancel {
        /// The call's id.
        id: u64,
    },
}

/// What a worker can be asked to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    /// `read` role, after `Open`: [`Reply::Event`]s, then [`Reply::ReadDone`].
    Read(FileToRead),
    /// `read` role, after `Open`: [`Reply::Bytes`] of a copy with the marks as highlights, then
    /// [`Reply::ReadDone`].
    Highlight(FileToMark),
    /// `read` role, after `Open`: a [`Reply::Picture`] for each mark, then [`Reply::ReadDone`].
    Picture(FileToMark),
    /// `read` role: [`Reply::Described`] of a person's own model, a file or a folder.
    Inspect(OsString),
    /// `infer` role: [`Reply::SplitterLoaded`].
    LoadSplitter {
        /// The encoder's folder, as the platform's own characters.
        folder: OsString,
    },
    /// `infer` role, after `LoadSplitter`: [`Reply::Passages`] that are finished now.
    Split {
        /// Which document; it begins with its first call.
        document: u64,
        /// Its outline, with the first call.
        outline: Vec<OutlineEntry>,
        /// The next page, without its lines.
        page: Option<Page>,
        /// Whether there are no more.
        end: bool,
    },
    /// `infer` role: [`Reply::EncoderLoaded`].
    LoadEncoder {
        /// Which, and how it is used.
        spec: EncoderSpec,
        /// Threads it computes with.
        threads: u32,
    },
    /// `infer` role, after `LoadEncoder`: [`Reply::Embeddings`].
    Embed {
        /// What the texts are.
        role: TextRole,
        /// The texts.
        texts: Vec<String>,
    },
    /// `infer` role: [`Reply::Device`].
    FindDevice,
    /// `infer` role: [`Reply::GeneratorLoaded`].
    LoadGenerator {
        /// Which.
        spec: GeneratorSpec,
        /// Threads it computes with.
        threads: u32,
    },
    /// `infer` role, after `LoadGenerator`: [`Reply::Counts`].
    CountTokens {
        /// The texts.
        texts: Vec<String>,
    },
    /// `infer` role, after `LoadGenerator`: [`Reply::Text`]s, then [`Reply::Finished`].
    Generate {
        /// After what.
        messages: Vec<Message>,
        /// How.
        sampling: Sampling,
        /// Within what bounds, if any.
        constraint: Option<Constraint>,
    },
    /// `infer` role: [`Reply::RerankerLoaded`].
    LoadReranker {
        /// Which, and how it is used.
        spec: RerankerSpec,
        /// Threads it computes with.
        threads: u32,
    },
    /// `infer` role, after `LoadReranker`: [`Reply::Scores`].
    Rerank {
        /// What is asked.
        question: String,
        /// What may answer it.
        passages: Vec<String>,
    },
    /// `read` role: [`Reply::Hashed`] now and then, and [`Reply::Opened`]. Nothing is parsed, so a
    /// process may be asked for one file after the other; the last is the one it can read.
    Open(FileToOpen),
}

/// A file to be opened, its path as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToOpen {
    /// Where it is.
    pub path: OsString,
    /// It is refused if it has more bytes.
    pub most_bytes: u64,
}

/// A [`ReadRequest`] as it travels: the path as the platform's own characters, since a file's name
/// on Linux need not be Unicode.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileToRead {
    path: OsString,
    password: Option<String>,
    ocr: Ocr,
    skip: Vec<PageNumber>,
}

impl std::fmt::Debug for FileToRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileToRead").field("path", &self.path).finish_non_exhaustive()
    }
}

impl From<&ReadRequest> for FileToRead {
    fn from(request: &ReadRequest) -> Self {
        let ReadRequest { path, password, ocr, skip } = request.clone();
        Self { path: path.into(), password, ocr, skip }
    }
}

impl From<FileToRead> for ReadRequest {
    fn from(file: FileToRead) -> Self {
        let FileToRead { path, password, ocr, skip } = file;
        Self { path: path.into(), password, ocr, skip }
    }
}

/// A [`MarkRequest`] as it travels.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FileToMark {
    path: OsString,
    password: Option<String>,
    marks: Vec<Mark>,
}

impl std::fmt::Debug for FileToMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileToMark").field("path", &self.path).finish_non_exhaustive()
    }
}

impl From<&MarkRequest> for FileToMark {
    fn from(request: &MarkRequest) -> Self {
        let MarkRequest { path, password, marks } = request.clone();
        Self { path: path.into(), password, marks }
    }
}

impl From<FileToMark> for MarkRequest {
    fn from(file: FileToMark) -> Self {
        let FileToMark { path, password, marks } = file;
        Self { path: path.into(), password, marks }
    }
}

/// A frame from the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromWorker {
    /// The call this answers.
    pub id: u64,
    /// The answer, or a part of it.
    pub reply: Reply,
}

/// An answer to a [`Call`], or a part of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// More of the file; more replies follow.
    Event(ReadEvent),
    /// More of a file that is made; more replies follow.
    Bytes(Vec<u8>),
    /// The next picture; more replies follow.
    Picture(PagePicture),
    /// The file is read to its end, or made.
    ReadDone,
    /// What a model's files say of themselves.
    Described(ModelDescription),
    /// The splitter is ready.
    SplitterLoaded,
    /// Passages of a document, in reading order.
    Passages(Vec<PassageDraft>),
    /// The encoder is ready.
    EncoderLoaded,
    /// What the texts look like to the encoder, in their order.
    Embeddings(Vec<Embedding>),
    /// The language model is ready.
    GeneratorLoaded(GeneratorProfile),
    /// What language models are computed on, and why not on what the build is for.
    Device {
        /// `processor`, `CUDA` or `Metal`.
        name: String,
        /// A sentence.
        reason: Option<String>,
    },
    /// Lengths in tokens, in order of the texts.
    Counts(Vec<u32>),
    /// More of the text; more replies follow.
    Text(String),
    /// The text is written.
    Finished(GenerateOutcome),
    /// The reranker is ready.
    RerankerLoaded,
    /// How well passages answer the question, in their order.
    Scores(Vec<f32>),
    /// The call failed; the process goes on.
    Failed(Problem),
    /// How far the hashing is; more replies follow.
    Hashed(Hashing),
    /// The file is open and holds this.
    Opened(FileContent),
}

#[cfg(test)]
mod tests;
