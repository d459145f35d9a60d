//! The ports between the engine and what it uses. All are blocking and may be called from any
//! thread; long calls watch a [`CancelToken`] and return [`Problem::cancelled`].

use crate::cancel::CancelToken;
use crate::constraint::Constraint;
use crate::document::{DocumentInfo, FileContent, OutlineEntry};
use crate::geometry::BBox;
use crate::ids::{DocumentId, LibraryId, PassageId};
use crate::language::Language;
use crate::model::{EncoderSpec, GeneratorSpec, ModelDescription, RerankerSpec};
use crate::page::{CharRange, Page, PageNumber};
use crate::passage::PassageDraft;
use crate::problem::Problem;
use crate::question::{ArmScores, Mode, Phrase, Scope};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A file to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// Where it is.
    pub path: PathBuf,
    /// What opens it, if it is locked.
    pub password: Option<String>,
    /// Which pages are recognised from their images.
    pub ocr: Ocr,
    /// Pages that come as failed without being opened: an earlier reader ended at them.
    pub skip: Vec<PageNumber>,
}

impl ReadRequest {
    /// A file that is not locked, its pages recognised where they need it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }
}

/// Which pages are recognised from their images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ocr {
    /// Those without usable text of their own.
    pub where_needed: bool,
    /// These, whatever text they have.
    pub also: Vec<PageNumber>,
    /// These not: they were recognised before.
    pub not: Vec<PageNumber>,
}

impl Default for Ocr {
    fn default() -> Self {
        Self { where_needed: true, also: Vec::new(), not: Vec::new() }
    }
}

impl Ocr {
    /// No page at all.
    pub fn off() -> Self {
        Self { where_needed: false, ..Self::default() }
    }

    /// Whether to recognise a page that has no usable text (`needed`) or has.
    pub fn wants(&self, page: PageNumber, needed: bool) -> bool {
        self.also.contains(&page) || (needed && self.where_needed && !self.not.contains(&page))
    }
}

/// What comes out of a file, in order: `Opened` once, then every page. A reader that looks ahead
/// begins pages before it hands over those in front of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReadEvent {
    /// The file is open.
    Opened(DocumentInfo),
    /// This page is being opened; if the reader ends now, it is why.
    Begun(PageNumber),
    /// The next page.
    Page(Page),
}

/// Words on a page, to be marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Which page.
    pub page: PageNumber,
    /// Where, a box a line.
    pub boxes: Vec<BBox>,
    /// What is shown beside them in a picture, without a mark.
    pub beside: Vec<BBox>,
    /// What is said of them to whoever points at them.
    pub note: String,
}

/// A PDF in which words are to be marked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MarkRequest {
    /// Where it is.
    pub path: PathBuf,
    /// What opens it, if it is locked.
    pub password: Option<String>,
    /// The words, in any order.
    pub marks: Vec<Mark>,
}

/// A part of a page as it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePicture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
}

/// How far the hashing of a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashing {
    /// Bytes done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// A file that is open and whose content is known. Whatever comes out of it is of that content and
/// no other, whoever writes to the file or puts another in its place meanwhile: a file that does
/// not hold it any more ends with `file_changed`. Requests name the path it was opened by.
pub trait OpenedDocument {
    /// What it holds.
    fn content(&self) -> &FileContent;

    /// Reads it from its first page to its last. An error from `on_event` ends the reading and is
    /// returned.
    fn read(
        &mut self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem>;

    /// A copy of a PDF with its marks as highlights, handed over in pieces. What was said of
    /// `on_event` holds for `on_bytes`.
    fn highlighted(
        &mut self,
        request: &MarkRequest,
        cancel: &CancelToken,
        on_bytes: &mut dyn FnMut(&[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem>;

    /// A picture of the place of each mark, in order.
    fn pictures(
        &mut self,
        request: &MarkRequest,
        cancel: &CancelToken,
    ) -> Result<Vec<PagePicture>, Problem>;
}

/// Reads foreign files.
pub trait DocumentReader: Send + Sync {
    /// Opens a file, if it is a regular one, and hashes it; nothing of it is understood yet. A file
    /// that is being written to is waited for a while. Tells how far it is now and then.
    fn open<'a>(
        &'a self,
        path: &Path,
        cancel: &CancelToken,
        on_progress: &mut dyn FnMut(Hashing),
    ) -> Result<Box<dyn OpenedDocument + 'a>, Problem>;

    /// Opens a file and reads it.
    fn read(
        &self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.open(&request.path, cancel, &mut |_| {})?.read(request, cancel, on_event)
    }

    /// How many files can be read at once.
    fn slots(&self) -> usize;

    /// Nothing will be read for a while.
    fn rest(&self) {}
}

/// Looks into a person's own model files, which are as foreign as any file.
pub trait ModelInspector: Send + Sync {
    /// What a GGUF file, or the folder of an encoder or a reranker, is.
    fn inspect(&self, path: &Path) -> Result<ModelDescription, Problem>;
}

/// Cuts pages into passages, measured in the tokens of one encoder, whose tokenizer is a foreign file.
pub trait PassageSplitter: Send + Sync {
    /// Begins a document with this outline.
    fn begin(&self, outline: &[OutlineEntry]) -> Box<dyn DocumentSplitting + '_>;

    /// Loads what the first page would wait for. What is missing is told when it is needed.
    fn warm_up(&self) {}
}

/// A document being split: pages go in, in order; passages that are finished come out, in reading
/// order. Each passage's text is that of its spans on the pages.
pub trait DocumentSplitting {
    /// The next page. Gives the passages that are finished now.
    fn push(&mut self, page: &Page) -> Result<Vec<PassageDraft>, Problem>;

    /// There are no more pages. Gives the rest; what is pushed after it begins anew.
    fn finish(&mut self) -> Result<Vec<PassageDraft>, Problem>;
}

/// What a text is to the encoder; it decides the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextRole {
    /// A question.
    Query,
    /// A passage.
    Passage,
}

/// Vectors of a text's tokens, for late interaction; what the bytes mean is the room `rank`'s.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenVectors(pub Vec<u8>);

/// A text as an encoder sees it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// Of the whole text.
    pub vector: Vec<f32>,
    /// Of its tokens that hold a letter or a digit: exact for a question, packed for a passage;
    /// empty unless the encoder is used for late interaction.
    pub tokens: TokenVectors,
}

/// Turns text into vectors.
pub trait Embedder: Send + Sync {
    /// The encoder that is used.
    fn spec(&self) -> &EncoderSpec;

    /// One embedding a text, in order. Texts longer than the encoder takes are cut at its limit.
    fn embed(
        &self,
        role: TextRole,
        texts: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, Problem>;
}

/// Judges passages, each read together with the question. A model is loaded when it is first named
/// and kept until another is.
pub trait Reranker: Send + Sync {
    /// One score a passage, in order: the higher, the better it answers the question. Passages
    /// longer than the model takes are cut at its limit.
    fn scores(
        &self,
        model: &RerankerSpec,
        question: &str,
        passages: &[String],
        cancel: &CancelToken,
    ) -> Result<Vec<f32>, Problem>;
}

/// Who says a message of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the chat templates' own names")]
pub enum Role {
    System,
    User,
    Assistant,
}

/// A message of a chat, before the template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// How tokens are chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 chooses the likeliest token each time.
    pub temperature: f32,
    /// Choose among the likeliest tokens that together have this probability.
    pub top_p: f32,
    /// Choose among this many tokens at most; 0 sets no limit.
    pub top_k: u32,
    /// Above 1 makes repeats less likely.
    pub repeat_penalty: f32,
    /// The same seed gives the same answer.
    pub seed: u64,
    /// The model cannot end before so many tokens are written; for measuring.
    pub min_tokens: u32,
    /// At most this many tokens are written.
    pub max_tokens: u32,
    /// The text ends before any of these.
    pub stop: Vec<String>,
    /// Whether a model that can think before it answers does so; it then writes that first, between
    /// `<think>` and `</think>`. Some always do.
    #[serde(default)]
    pub thinks: bool,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_p: 0.95,
            top_k: 40,
            repeat_penalty: 1.05,
            seed: 42,
            min_tokens: 0,
            max_tokens: 512,
            stop: Vec::new(),
            thinks: false,
        }
    }
}

/// What a language model is asked to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerateRequest {
    /// By whom.
    pub model: GeneratorSpec,
    /// After what.
    pub messages: Vec<Message>,
    /// How.
    pub sampling: Sampling,
    /// Within what bounds, if any.
    pub constraint: Option<Constraint>,
}

/// What a loaded language model says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorProfile {
    /// `general.architecture` of the file.
    pub architecture: String,
    /// Tokens it can read and write together.
    pub context_tokens: u32,
}

/// What language models are computed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compute {
    /// `processor`, `CUDA` or `Metal`.
    pub device: String,
    /// Why it is not one that there is a build for, a sentence each.
    pub passed_over: Vec<String>,
}

/// Why writing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FinishReason {
    /// The model said so, or a stop text came.
    Stop,
    /// `max_tokens` or the context was used up.
    Length,
    /// It was cancelled; what was written stands.
    Cancelled,
}

/// How a generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerateOutcome {
    /// Why.
    pub finish: FinishReason,
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// How many of them, from the first on, had been read for the prompt before.
    pub reused_tokens: u32,
    /// Tokens written.
    pub generated_tokens: u32,
    /// Seconds spent reading what was not reused.
    pub prefill_seconds: f64,
    /// Seconds spent writing, the first token excepted: its scores come from reading.
    pub decode_seconds: f64,
    /// After how many tokens the constraint was lifted, where it was: no token of the vocabulary
    /// satisfied it any more.
    pub lifted_after: Option<u32>,
}

impl GenerateOutcome {
    /// Nothing read, nothing written.
    pub const fn nothing(finish: FinishReason) -> Self {
        Self {
            finish,
            prompt_tokens: 0,
            reused_tokens: 0,
            generated_tokens: 0,
            prefill_seconds: 0.0,
            decode_seconds: 0.0,
            lifted_after: None,
        }
    }
}

/// Writes text. A model is loaded when it is first named and kept until another is.
pub trait Generator: Send + Sync {
    /// What models are computed on. Loads none.
    fn compute(&self) -> Result<Compute, Problem>;

    /// Loads the model if it is not, and says what it is.
    fn load(&self, model: &GeneratorSpec) -> Result<GeneratorProfile, Problem>;

    /// Lengths of texts in the model's tokens.
    fn count_tokens(&self, model: &GeneratorSpec, texts: &[String]) -> Result<Vec<u32>, Problem>;

    /// Writes, handing over text as it comes. Cancelling ends it with what was written so far.
    fn generate(
        &self,
        request: &GenerateRequest,
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<GenerateOutcome, Problem>;
}

/// A passage on its way into the index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Which passage; putting it in twice leaves one.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The document's library.
    pub library: LibraryId,
    /// The document's title.
    pub title: String,
    /// The headings above the passage.
    pub section: Vec<String>,
    /// The passage's text.
    pub text: String,
    /// What it is written in.
    pub language: Language,
    /// Its vector, of the encoder's length; none yet where it is to be found by its words alone.
    pub vector: Option<Vec<f32>>,
}

/// The vector of a passage that is in the index, or on its way there.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexVector {
    /// Which passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// The document's library.
    pub library: LibraryId,
    /// What the passage is written in.
    pub language: Language,
    /// Of the encoder's length.
    pub vector: Vec<f32>,
}

/// What to look for in the index.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchRequest {
    /// The question, for the postings.
    pub text: String,
    /// The question's vector; needed unless the mode is lexical.
    pub vector: Option<Vec<f32>>,
    /// Which arms look.
    pub mode: Mode,
    /// How many passages.
    pub limit: usize,
    /// Where.
    pub scope: Scope,
    /// So many passages in the other language than the question's are candidates whatever those in
    /// its own look like, where no language was chosen; for whoever orders them by more than ranks.
    pub across: usize,
    /// What the passages must and must not be.
    pub conditions: Conditions,
    /// Words of the text that are one word to the person who asks.
    pub words: Vec<OwnWord>,
}

/// A word of a person's own that stands in a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnWord {
    /// As it stands there, but for its case.
    pub text: String,
    /// Other names of the same thing; a passage with one of these is as good.
    pub same: Vec<String>,
}

/// What a passage must be to be found at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// One of these, where given.
    pub only: Option<Vec<PassageId>>,
    /// One that holds the words of each of these, in whatever order: an index that keeps no order
    /// leaves that to [`PassageIndex::marks`].
    pub required: Vec<Phrase>,
    /// One that holds none of these words.
    pub excluded: Vec<Phrase>,
}

/// What to mark in a text.
#[derive(Clone, Copy, Debug)]
pub enum Marking<'a> {
    /// The words a question names.
    Question(&'a str),
    /// These words in a row.
    Phrase(&'a str),
}

/// A passage the index found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedPassage {
    /// Which passage.
    pub passage: PassageId,
    /// Its document.
    pub document: DocumentId,
    /// What it was ranked by.
    pub score: f32,
    /// What each arm thought.
    pub arms: ArmScores,
}

/// What the index holds of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedDocument {
    /// Ids that have a vector, sorted.
    pub vectors: Vec<PassageId>,
    /// Ids that have postings, sorted; an id that is there twice stands twice.
    pub postings: Vec<PassageId>,
}

/// Called between the parts of a long check.
pub type OnPart<'a> = &'a mut dyn FnMut() -> Result<(), Problem>;

/// Finds passages. Changes are durable and visible after `commit`, and only then.
pub trait PassageIndex: Send + Sync {
    /// Puts passages in, replacing those with the same id. One that comes without a vector keeps the
    /// one it has.
    fn upsert(&self, entries: &[IndexEntry]) -> Result<(), Problem>;

    /// Gives passages their vectors; those that have the same already keep it. One whose passage is not
    /// there is found by nothing.
    fn add_vectors(&self, vectors: &[IndexVector]) -> Result<(), Problem>;

    /// Those of some passages that are found by their words, as of the last commit.
    fn posted(&self, passages: &[PassageId]) -> Result<Vec<PassageId>, Problem>;

    /// Takes out everything of these documents.
    fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), Problem>;

    /// Makes changes durable and visible.
    fn commit(&self) -> Result<(), Problem>;

    /// The best passages, best first.
    fn search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, Problem>;

    /// The characters of a text that a question finds it by, in order, none twice. Spellings the
    /// search takes for the same (width, case, accents, script) are the same here.
    fn marks(&self, what: Marking<'_>, text: &str) -> Vec<CharRange>;

    /// The words of a question that stand in no passage, as they are written there.
    fn absent(&self, question: &str) -> Result<Vec<String>, Problem>;

    /// Everything the index holds, by document, for reconciling with the store.
    fn census(&self) -> Result<std::collections::BTreeMap<DocumentId, IndexedDocument>, Problem>;

    /// Vectors of passages as they are searched, for comparing with the store; those without one are
    /// missing.
    fn vectors(&self, passages: &[PassageId]) -> Result<Vec<(PassageId, Vec<f32>)>, Problem>;

    /// Reads everything again that was committed, and fails with `index_damaged` where it is not what
    /// was written. An error from `on_part`, called again and again on the way, ends it.
    fn verify(&self, on_part: OnPart<'_>) -> Result<(), Problem>;
}
