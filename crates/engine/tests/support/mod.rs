//! An engine over fakes: a reader that follows a script, an embedder that counts, an index of
//! plain lists, a reranker that likes long passages. Not here: what is expected of it.

#![allow(dead_code, reason = "each test file uses its part")]

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use tempfile::TempDir;
use yinju_core::document::DocumentInfo;
use yinju_core::ports::{
    Compute, Embedding, FinishReason, GenerateOutcome, GenerateRequest, GeneratorProfile, Hashing,
    IndexEntry, IndexVector, IndexedDocument, MarkRequest, Marking, OnPart, PagePicture,
    RankedPassage, ReadEvent, ReadRequest, SearchRequest, TextRole,
};
use yinju_core::{
    ArmScores, BBox, Block, BlockKind, CancelToken, CharRange, DocumentId, DocumentReader,
    Embedder, EncoderSpec, FileContent, Generator, GeneratorSpec, Line, Mode, OpenedDocument, Page,
    PageNumber, PageStatus, PassageId, PassageIndex, Problem, ProblemCode, Reranker, RerankerSpec,
};
use yinju_engine::{
    Adapters, Engine, EngineConfig, ImportRequest, ImportSummary, ReadingLimits, SearchQuery,
};
use yinju_split::{SplitConfig, Splitter};

/// What the reader does with the one file there is.
#[derive(Default)]
pub struct Script {
    /// The pages it gives.
    pub pages: Vec<Page>,
    /// Ends with this after so many of them.
    pub end: Option<(usize, Problem)>,
    /// What it was asked.
    pub requests: Vec<ReadRequest>,
}

type Hook = Box<dyn Fn(&Page) + Send + Sync>;

/// Reads what its script says.
#[derive(Default)]
pub struct ScriptedReader {
    pub script: Mutex<Script>,
    /// Called before each page.
    pub before: OnceLock<Hook>,
    /// What it opened.
    pub opened: Mutex<Vec<PathBuf>>,
}

impl DocumentReader for ScriptedReader {
    fn open<'a>(
        &'a self,
        path: &Path,
        cancel: &CancelToken,
        _: &mut dyn FnMut(Hashing),
    ) -> Result<Box<dyn OpenedDocument + 'a>, Problem> {
        if cancel.is_cancelled() {
            return Err(Problem::cancelled());
        }
        self.opened.lock().unwrap().push(path.to_owned());
        let gone = |error| Problem::new(ProblemCode::FileNotFound, error);
        let bytes = std::fs::read(path).map_err(gone)?;
        let sha256 = yinju_catalog::hexadecimal(&Sha256::digest(&bytes));
        let content = FileContent { sha256, bytes: bytes.len() as u64 };
        Ok(Box::new(ScriptedFile { reader: self, path: path.to_owned(), content }))
    }

    fn slots(&self) -> usize {
        1
    }
}

struct ScriptedFile<'a> {
    reader: &'a ScriptedReader,
    path: PathBuf,
    content: FileContent,
}

impl OpenedDocument for ScriptedFile<'_> {
    fn content(&self) -> &FileContent {
        &self.content
    }

    fn read(
        &mut self,
        request: &ReadRequest,
        cancel: &CancelToken,
        on_event: &mut dyn FnMut(ReadEvent) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let (pages, end) = {
            let mut script = self.reader.script.lock().unwrap();
            script.requests.push(request.clone());
            (script.pages.clone(), script.end.clone())
        };
        let page_count = pages.len() as u32;
        on_event(ReadEvent::Opened(DocumentInfo { page_count, ..DocumentInfo::default() }))?;
        for (index, page) in pages.into_iter().enumerate() {
            if let Some((_, problem)) = end.as_ref().filter(|(after, _)| *after == index) {
                return Err(problem.clone());
            }
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            on_event(ReadEvent::Begun(page.number))?;
            if let Some(before) = self.reader.before.get() {
                before(&page);
            }
            on_event(ReadEvent::Page(read_as_wished(page, request)))?;
        }
        let now = std::fs::read(&self.path).unwrap_or_default();
        if now.len() as u64 != self.content.bytes {
            return Err(Problem::new(ProblemCode::FileChanged, "it changed"));
        }
        Ok(())
    }

    /// The boxes of the marks, instead of a PDF.
    fn highlighted(
        &mut self,
        request: &MarkRequest,
        _cancel: &CancelToken,
        on_bytes: &mut dyn FnMut(&[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        on_bytes(&serde_json::to_vec(&request.marks).unwrap())
    }

    fn pictures(
        &mut self,
        request: &MarkRequest,
        _cancel: &CancelToken,
    ) -> Result<Vec<PagePicture>, Problem> {
        Ok(request.marks.iter().map(|_| PagePicture::default()).collect())
    }
}

/// Recognising says the page's words backwards, so that it can be told from its text.
fn read_as_wished(page: Page, request: &ReadRequest) -> Page {
    if !request.ocr.wants(page.number, page.status == PageStatus::Empty) {
        return page;
    }
    let words: Vec<_> = page.text.split_whitespace().rev().collect();
    let text = if words.is_empty() { "recognised".to_owned() } else { words.join(" ") } + " .";
    Page { status: PageStatus::Ocr, ..text_page(page.number.index(), &text) }
}

/// A page of one paragraph.
pub fn text_page(index: usize, text: &str) -> Page {
    let range = CharRange::new(0, text.chars().count());
    let kind = BlockKind::Paragraph;
    Page {
        number: PageNumber::from_index(index),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: vec![Block { kind, level: None, range, boxes: Vec::new(), table: None }],
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

/// The same with a place for each character, so that it can be quoted.
pub fn printed_page(index: usize, text: &str) -> Page {
    let page = text_page(index, text);
    let range = page.blocks[0].range;
    let line = Line {
        range,
        bbox: BBox { x0: 0.1, y0: 0.1, x1: 0.9, y1: 0.2 },
        edges: vec![[6_000, 60_000]; range.len()],
        vertical: false,
        confidence: None,
    };
    Page { lines: vec![line], ..page }
}

/// Says the length of texts, and keeps what it was asked.
pub struct CountingEmbedder {
    spec: EncoderSpec,
    pub texts: Arc<Mutex<Vec<String>>>,
    is_lost: Arc<AtomicBool>,
}

impl Embedder for CountingEmbedder {
    fn spec(&self) -> &EncoderSpec {
        &self.spec
    }

    fn embed(
        &self,
        role: TextRole,
        texts: &[String],
        _cancel: &CancelToken,
    ) -> Result<Vec<Embedding>, Problem> {
        if self.is_lost.load(Ordering::Relaxed) {
            return Err(Problem::new(ProblemCode::WorkerTimedOut, "no answer"));
        }
        if role == TextRole::Passage {
            self.texts.lock().unwrap().extend(texts.iter().cloned());
        }
        let vector = |text: &String| vec![text.len() as f32];
        let embedding = |text| Embedding { vector: vector(text), ..Embedding::default() };
        Ok(texts.iter().map(embedding).collect())
    }
}

/// Passages in lists; a search finds those that hold its words.
#[derive(Default)]
pub struct ListIndex {
    pending: Mutex<BTreeMap<PassageId, IndexEntry>>,
    committed: Mutex<BTreeMap<PassageId, IndexEntry>>,
    /// Whether the next search finds it damaged, and nothing in it from then on.
    pub is_damaged: AtomicBool,
    /// Whether nothing can be taken out of it.
    pub is_stuck: AtomicBool,
}

impl ListIndex {
    /// Makes another vector of one of them.
    pub fn flip_a_vector(&self) {
        let mut committed = self.committed.lock().unwrap();
        committed.values_mut().next().unwrap().vector.as_mut().unwrap()[0] *= -1.0;
    }
}

impl PassageIndex for ListIndex {
    fn upsert(&self, entries: &[IndexEntry]) -> Result<(), Problem> {
        let mut pending = self.pending.lock().unwrap();
        for entry in entries {
            let before = pending.get(&entry.passage).and_then(|before| before.vector.clone());
            let vector = entry.vector.clone().or(before);
            pending.insert(entry.passage, IndexEntry { vector, ..entry.clone() });
        }
        Ok(())
    }

    fn add_vectors(&self, vectors: &[IndexVector]) -> Result<(), Problem> {
        let mut pending = self.pending.lock().unwrap();
        for IndexVector { passage, vector, .. } in vectors {
            pending.get_mut(passage).unwrap().vector = Some(vector.clone());
        }
        Ok(())
    }

    fn posted(&self, passages: &[PassageId]) -> Result<Vec<PassageId>, Problem> {
        let committed = self.committed.lock().unwrap();
        Ok(passages.iter().filter(|id| committed.contains_key(id)).copied().collect())
    }

    fn remove_documents(&self, documents: &[DocumentId]) -> Result<(), Problem> {
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(Problem::new(ProblemCode::FileUnreadable, "the disk does not answer"));
        }
        self.pending.lock().unwrap().retain(|_, entry| !documents.contains(&entry.document));
        Ok(())
    }

    fn commit(&self) -> Result<(), Problem> {
        *self.committed.lock().unwrap() = self.pending.lock().unwrap().clone();
        Ok(())
    }

    fn search(&self, request: &SearchRequest) -> Result<Vec<RankedPassage>, Problem> {
        if self.is_damaged.swap(false, Ordering::Relaxed) {
            self.pending.lock().unwrap().clear();
            self.committed.lock().unwrap().clear();
            return Err(Problem::new(ProblemCode::IndexDamaged, "torn"));
        }
        let committed = self.committed.lock().unwrap();
        let only = request.conditions.only.as_ref();
        let found = committed
            .values()
            .filter(|entry| only.is_none_or(|only| only.contains(&entry.passage)))
            .filter(|entry| entry.text.contains(&request.text));
        let ranked = found.map(|entry| RankedPassage {
            passage: entry.passage,
            document: entry.document,
            score: 1.0,
            arms: ArmScores::default(),
        });
        Ok(ranked.take(request.limit).collect())
    }

    fn marks(&self, what: Marking<'_>, text: &str) -> Vec<CharRange> {
        let (Marking::Question(words) | Marking::Phrase(words)) = what;
        let start = text.find(words).map(|byte| text[..byte].chars().count());
        start
            .map(|start| CharRange::new(start, start + words.chars().count()))
            .into_iter()
            .collect()
    }

    fn absent(&self, question: &str) -> Result<Vec<String>, Problem> {
        let committed = self.committed.lock().unwrap();
        let stands = |word: &&str| committed.values().any(|entry| entry.text.contains(*word));
        let words = question.split_whitespace().filter(|word| !stands(word));
        Ok(words.map(str::to_owned).collect())
    }

    fn census(&self) -> Result<BTreeMap<DocumentId, IndexedDocument>, Problem> {
        let mut census: BTreeMap<DocumentId, IndexedDocument> = BTreeMap::new();
        for entry in self.committed.lock().unwrap().values() {
            let held = census.entry(entry.document).or_default();
            held.vectors.extend(entry.vector.is_some().then_some(entry.passage));
            held.postings.push(entry.passage);
        }
        Ok(census)
    }

    fn vectors(&self, passages: &[PassageId]) -> Result<Vec<(PassageId, Vec<f32>)>, Problem> {
        let committed = self.committed.lock().unwrap();
        let held = passages.iter().filter_map(|id| committed.get(id));
        Ok(held.filter_map(|entry| Some((entry.passage, entry.vector.clone()?))).collect())
    }

    fn verify(&self, on_part: OnPart<'_>) -> Result<(), Problem> {
        on_part()
    }
}

/// The longer a passage, the better; keeps what it was asked.
#[derive(Default)]
pub struct LengthReranker {
    /// The model, the question and the passages of each call.
    pub calls: Mutex<Vec<(RerankerSpec, String, Vec<String>)>>,
}

impl Reranker for LengthReranker {
    fn scores(
        &self,
        model: &RerankerSpec,
        question: &str,
        passages: &[String],
        _cancel: &CancelToken,
    ) -> Result<Vec<f32>, Problem> {
        let call = (model.clone(), question.to_owned(), passages.to_vec());
        self.calls.lock().unwrap().push(call);
        Ok(passages.iter().map(|passage| passage.len() as f32 - 30.0).collect())
    }
}

type Interruption = Box<dyn Fn(&str) + Send + Sync>;

/// Writes what it was told to, and keeps what it was asked.
#[derive(Default)]
pub struct Scribe {
    /// What it writes, a piece at a time.
    pub text: Mutex<Vec<String>>,
    pub requests: Mutex<Vec<GenerateRequest>>,
    /// Called after each piece.
    pub after: Mutex<Option<Interruption>>,
}

impl Scribe {
    /// From now on it writes this.
    pub fn will_write(&self, pieces: &[&str]) {
        *self.text.lock().unwrap() = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    }
}

impl Generator for Scribe {
    fn compute(&self) -> Result<Compute, Problem> {
        Ok(Compute { device: "processor".to_owned(), passed_over: Vec::new() })
    }

    fn load(&self, _: &GeneratorSpec) -> Result<GeneratorProfile, Problem> {
        Ok(GeneratorProfile { architecture: "test".to_owned(), context_tokens: 8_192 })
    }

    fn count_tokens(&self, _: &GeneratorSpec, texts: &[String]) -> Result<Vec<u32>, Problem> {
        Ok(texts.iter().map(|text| text.len() as u32 / 4).collect())
    }

    fn generate(
        &self,
        request: &GenerateRequest,
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<GenerateOutcome, Problem> {
        self.requests.lock().unwrap().push(request.clone());
        for piece in self.text.lock().unwrap().iter() {
            if cancel.is_cancelled() {
                return Ok(GenerateOutcome::nothing(FinishReason::Cancelled));
            }
            on_text(piece);
            if let Some(after) = self.after.lock().unwrap().as_ref() {
                after(piece);
            }
        }
        Ok(GenerateOutcome::nothing(FinishReason::Stop))
    }
}

/// An encoder that is here and not in use.
pub const OTHER_ENCODER: &str = "all-minilm-l6-v2";

/// A home with one file, and what is behind the engine's ports. The index outlives the engine, as
/// it would on disk.
pub struct Bench {
    folder: TempDir,
    pub reader: Arc<ScriptedReader>,
    pub index: Arc<ListIndex>,
    /// Of another encoder.
    pub other_index: Arc<ListIndex>,
    pub embedded: Arc<Mutex<Vec<String>>>,
    /// Whether the encoder's process does not answer.
    pub is_encoder_lost: Arc<AtomicBool>,
    pub reranker: Arc<LengthReranker>,
    pub scribe: Arc<Scribe>,
    /// Other limits of reading than in use.
    pub limits: Option<ReadingLimits>,
}

impl Bench {
    /// The file has these pages.
    pub fn new(pages: Vec<Page>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["multilingual-e5-small", OTHER_ENCODER] {
            let encoder = folder.path().join("models").join(name);
            std::fs::create_dir_all(&encoder).unwrap();
            let manifest = MANIFEST.replace("multilingual-e5-small", name);
            std::fs::write(encoder.join("manifest.json"), manifest).unwrap();
            std::fs::write(encoder.join("tokenizer.json"), TOKENIZER).unwrap();
        }
        let reranker = folder.path().join("models/judge");
        std::fs::create_dir_all(&reranker).unwrap();
        std::fs::write(reranker.join("manifest.json"), RERANKER_MANIFEST).unwrap();
        let scribe = folder.path().join("models/scribe");
        std::fs::create_dir_all(&scribe).unwrap();
        std::fs::write(scribe.join("manifest.json"), SCRIBE_MANIFEST).unwrap();
        std::fs::write(scribe.join("model.gguf"), "").unwrap();
        std::fs::write(folder.path().join("file.pdf"), "any bytes").unwrap();
        let reader = Arc::new(ScriptedReader::default());
        reader.script.lock().unwrap().pages = pages;
        let (index, other_index, embedded, is_encoder_lost) = Default::default();
        let (reranker, scribe) = Default::default();
        let limits = None;
        Self {
            folder,
            reader,
            index,
            other_index,
            embedded,
            is_encoder_lost,
            reranker,
            scribe,
            limits,
        }
    }

    /// The file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("file.pdf")
    }

    /// Another file.
    pub fn write(&self, name: &str, bytes: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The home.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Opens the home, as a start of the program does.
    pub fn open(&self) -> Engine {
        self.try_open().unwrap()
    }

    /// The same where it may fail.
    pub fn try_open(&self) -> Result<Engine, Problem> {
        let (index, texts) = (Arc::clone(&self.index), Arc::clone(&self.embedded));
        let other = Arc::clone(&self.other_index);
        let is_lost = Arc::clone(&self.is_encoder_lost);
        let adapters = Adapters {
            reader: self.reader.clone(),
            splitter: Box::new(|spec| {
                let tokenizer = spec.folder.join("tokenizer.json");
                Arc::new(Splitter::from_file(&tokenizer, SplitConfig::default()).unwrap())
            }),
            embedder: Box::new(move |spec| {
                let (texts, is_lost) = (Arc::clone(&texts), Arc::clone(&is_lost));
                Arc::new(CountingEmbedder { spec, texts, is_lost })
            }),
            index: Box::new(move |_, spec| {
                let is_other = spec.id.as_str() == OTHER_ENCODER;
                Ok(if is_other { other.clone() } else { index.clone() })
            }),
            reranker: self.reranker.clone(),
            generator: self.scribe.clone(),
        };
        let models = self.folder.path().join("models");
        let config = EngineConfig::new(self.home(), models, 1 << 33, 2);
        let limits = self.limits.unwrap_or(config.limits);
        Engine::open(EngineConfig { limits, ..config }, adapters)
    }

    /// The store of a home that is closed.
    pub fn store(&self) -> yinju_store::Store {
        yinju_store::Store::open(&self.home().join("yinju.db")).unwrap()
    }

    /// Where the index of an encoder would be.
    pub fn index_folder(&self, encoder: &str) -> PathBuf {
        self.folder.path().join("home/index").join(encoder)
    }

    /// Where a model's files are.
    pub fn model(&self, name: &str) -> PathBuf {
        self.folder.path().join("models").join(name)
    }

    /// Imports the file.
    pub fn import(&self, engine: &Engine) -> Result<ImportSummary, Problem> {
        let library = engine.create_library("a").unwrap();
        let request = ImportRequest { paths: vec![self.file()], library, password: None };
        engine.import(&request, &CancelToken::new(), &|_| {})
    }

    /// What was embedded since this was last asked.
    pub fn embedded(&self) -> Vec<String> {
        std::mem::take(&mut self.embedded.lock().unwrap())
    }

    /// Ids the index holds.
    pub fn indexed(&self) -> Vec<PassageId> {
        self.index.census().unwrap().into_values().flat_map(|held| held.vectors).collect()
    }
}

/// Texts and ids of the passages that hold some words.
pub fn found(engine: &Engine, text: &str) -> Vec<(String, PassageId)> {
    let query = SearchQuery {
        text: text.to_owned(),
        mode: Mode::Lexical,
        limit: 99,
        ..SearchQuery::default()
    };
    let hits = engine.search(&query).unwrap().hits.into_iter();
    hits.map(|hit| (hit.passage.draft.text, hit.passage.id)).collect()
}

const MANIFEST: &str = r#"{"schema": 1, "id": "multilingual-e5-small", "kind": "encoder",
    "title": "e5", "licence": "MIT", "source": "test", "variant": "test", "files": [],
    "encoder": null}"#;

const RERANKER_MANIFEST: &str = r#"{"schema": 1, "id": "judge", "kind": "reranker",
    "title": "judge", "source": "imported", "variant": "", "files": [],
    "reranker": {"max_tokens": 512}}"#;

const SCRIBE_MANIFEST: &str = r#"{"schema": 1, "id": "scribe", "kind": "generator",
    "title": "scribe", "source": "imported", "variant": "q4_k_m", "files":
    [{"name": "model.gguf", "bytes": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "modified_ns": 0}]}"#;

const TOKENIZER: &str = r#"{"version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": null, "decoder": null,
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}}"#;
