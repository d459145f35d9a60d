//! The real worker on real files and models, asked through the supervisor as the shells do. Data
//! and models that are not on this machine are skipped, in a line that says so.

#![allow(clippy::unwrap_used)]

#[path = "support/mutants.rs"]
mod mutants;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use yinju_core::ports::{
    FinishReason, GenerateRequest, Message, ReadEvent, ReadRequest, Role, Sampling, TextRole,
};
use yinju_core::{
    CancelToken, DocumentReader, Embedder, EncoderSpec, Generator, GeneratorSpec, ModelId, Pooling,
    Problem, ProblemCode, Reranker, RerankerSpec,
};
use yinju_supervisor::{
    Scheduler, WorkerConfig, WorkerEmbedder, WorkerGenerator, WorkerReader, WorkerReranker,
};
use yinju_tests::{model, model_file};

/// For what opens no file: whether there is a PDFium does not matter.
fn config() -> WorkerConfig {
    WorkerConfig::new(env!("CARGO_BIN_EXE_yinju-worker"), yinju_tests::pdfium_path())
}

fn pdfium() -> Option<WorkerConfig> {
    yinju_tests::pdfium().map(|_| config())
}

fn pdfs() -> Option<Vec<PathBuf>> {
    let folder = yinju_tests::shared("data/pdf")?;
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "pdf")).collect();
    files.sort();
    Some(files)
}

/// Number of pages and of characters.
fn read(reader: &WorkerReader, path: &Path) -> Result<(u32, usize), Problem> {
    let (mut pages, mut chars) = (0, 0);
    let request = ReadRequest::new(path);
    reader.read(&request, &CancelToken::new(), &mut |event| {
        if let ReadEvent::Page(page) = event {
            pages += 1;
            chars += page.text.chars().count();
        }
        Ok(())
    })?;
    Ok((pages, chars))
}

#[test]
fn every_sample_file_is_read_or_refused_for_a_reason_of_its_own() {
    let (Some(files), Some(config)) = (pdfs(), pdfium()) else { return };
    let reader = WorkerReader::new(WorkerConfig { read_slots: 1, ..config });
    let (began, mut pages, mut chars) = (Instant::now(), 0, 0);
    for file in &files {
        match read(&reader, file) {
            Ok((some, more)) => (pages, chars) = (pages + some, chars + more),
            Err(problem) => {
                eprintln!("{}: {problem}", file.display());
                let of_the_file = [
                    ProblemCode::DamagedPdf,
                    ProblemCode::NoPages,
                    ProblemCode::NotAPdf,
                    ProblemCode::PasswordRequired,
                ];
                assert!(of_the_file.contains(&problem.code), "{problem:?}");
                assert!(problem.hint.is_some(), "{problem:?}");
            }
        }
    }
    eprintln!("{} files, {pages} pages, {chars} characters in {:?}", files.len(), began.elapsed());
    assert!(pages > 450 && chars > 300_000);
}

#[test]
fn files_that_are_no_pdfs_are_told_apart() {
    let Some(config) = pdfium() else { return };
    let reader = WorkerReader::new(config);
    let folder = tempfile::tempdir().unwrap();
    let code = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read(&reader, &path).unwrap_err().code
    };
    assert_eq!(code("empty.pdf", b""), ProblemCode::EmptyFile);
    assert_eq!(code("text.pdf", b"no PDF at all"), ProblemCode::NotAPdf);
    let missing = read(&reader, Path::new("nowhere.pdf")).unwrap_err();
    assert_eq!(missing.code, ProblemCode::FileNotFound);
}

/// A page of half a megabyte whose content inflates to half a gigabyte.
fn bomb() -> Vec<u8> {
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..512 {
        deflate.write_all(&spaces).unwrap();
    }
    let content = deflate.finish().unwrap();
    let mut pdf = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>endobj\n"
        .to_vec();
    let head = format!("4 0 obj<</Filter/FlateDecode/Length {}>>stream\n", content.len());
    pdf.extend(head.into_bytes());
    pdf.extend(content);
    pdf.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    pdf
}

#[cfg(target_os = "linux")]
#[test]
fn a_bomb_costs_its_page() {
    let (Some(files), Some(config)) = (pdfs(), pdfium()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.pdf");
    std::fs::write(&path, bomb()).unwrap();
    let reader =
        WorkerReader::new(WorkerConfig { read_slots: 1, read_memory_limit: 256 << 20, ..config });
    // The page that ended the process is passed over; there is no other.
    assert_eq!(read(&reader, &path).unwrap(), (1, 0));
    assert!(read(&reader, &files[0]).unwrap().0 > 0);
}

#[test]
fn a_library_that_is_not_there_is_named() {
    let Some(files) = pdfs() else { return };
    let reader = WorkerReader::new(WorkerConfig { pdfium: "nowhere.so".into(), ..config() });
    assert_eq!(read(&reader, &files[0]).unwrap_err().code, ProblemCode::PdfiumMissing);
}

#[test]
fn an_encoder_gives_vectors_of_length_one_and_of_tokens() {
    let Some(folder) = model("multilingual-e5-small") else { return };
    let spec = EncoderSpec {
        id: ModelId::from_static("multilingual-e5-small"),
        folder,
        dimensions: 384,
        max_tokens: 512,
        pooling: Pooling::Mean,
        normalize: true,
        query_prefix: "query: ".into(),
        passage_prefix: "passage: ".into(),
        late_interaction: true,
    };
    let embedder = WorkerEmbedder::new(config(), &Scheduler::new(u64::MAX), spec);
    let embed = |role, texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        embedder.embed(role, &texts, &CancelToken::new()).unwrap()
    };
    let question = embed(TextRole::Query, &["北京是哪个国家的首都？"]).remove(0);
    let passages =
        embed(TextRole::Passage, &["北京是中华人民共和国的首都。", "Bread is baked in an oven."]);
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let [right, wrong] = [0, 1].map(|n| cosine(&question.vector, &passages[n].vector));
    assert!((cosine(&question.vector, &question.vector) - 1.0).abs() < 1e-4);
    assert!(right > wrong + 0.05);
    // 京, 北, 首都 … of the question are met by the passage's, those of "Bread" are not.
    let mut tokens = yinju_rank::LateInteraction::new(&question.tokens).unwrap();
    let [right, wrong] = [0, 1].map(|n| tokens.similarity(&passages[n].tokens).unwrap());
    assert!(right > wrong + 0.05, "{right} {wrong}");
}

/// The small models with random weights that `yinju-embed` is tested with.
fn small(name: &str) -> RerankerSpec {
    let references = Path::new(env!("CARGO_MANIFEST_DIR")).join("../embed/tests/references");
    RerankerSpec { id: ModelId::like(name), folder: references.join(name), max_tokens: 512 }
}

#[test]
fn rerankers_score_passages_one_after_the_other() {
    let reranker = WorkerReranker::new(config(), &Scheduler::new(u64::MAX));
    let passages = ["The fox jumps.", "故宫博物院", ""].map(str::to_owned);
    let scores = |name: &str| {
        let cancel = CancelToken::new();
        reranker.scores(&small(name), "What jumps?", &passages, &cancel)
    };
    for name in ["tiny-bert-reranker", "tiny-xlm-roberta-reranker", "tiny-bert-reranker"] {
        let found = scores(name).unwrap();
        assert_eq!((found.len(), scores(name).unwrap()), (3, found.clone()));
        let apart = |a: f32, b: f32| (a - b).abs() > 1e-6;
        assert!(apart(found[0], found[1]) && apart(found[1], found[2]), "{found:?}");
    }
    assert_eq!(scores("tiny-bert").unwrap_err().code, ProblemCode::ModelUnsupported);
    assert_eq!(scores("nowhere").unwrap_err().code, ProblemCode::ModelMissing);
    assert_eq!(scores("tiny-bert-reranker").unwrap().len(), 3);
}

#[test]
fn a_model_writes_stops_when_told_and_writes_again() {
    let Some(gguf) = model_file("smollm2-135m-instruct", "gguf") else { return };
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let request = |max_tokens| GenerateRequest {
        model: GeneratorSpec {
            id: ModelId::from_static("smollm2-135m-instruct"),
            gguf: gguf.clone(),
        },
        messages: vec![Message {
            role: Role::User,
            content: "Count from one to one hundred.".into(),
        }],
        sampling: Sampling { max_tokens, ..Sampling::default() },
        constraint: None,
    };
    assert_eq!(generator.load(&request(1).model).unwrap().architecture, "llama");
    let (cancel, mut text) = (CancelToken::new(), String::new());
    let outcome = generator
        .generate(&request(400), &cancel, &mut |more| {
            text.push_str(more);
            cancel.cancel();
        })
        .unwrap();
    assert_eq!(outcome.finish, FinishReason::Cancelled);
    assert!(!text.is_empty() && outcome.generated_tokens < 100);
    let again = generator.generate(&request(8), &CancelToken::new(), &mut |_| {}).unwrap();
    assert!(again.generated_tokens > 0 && again.generated_tokens <= 8);
    let counts = generator.count_tokens(&request(1).model, &["one two three".to_owned()]).unwrap();
    assert!((1..10).contains(&counts[0]));
}

#[test]
fn a_model_file_that_is_none_is_a_problem_and_no_crash() {
    let folder = tempfile::tempdir().unwrap();
    let gguf = folder.path().join("model.gguf");
    std::fs::write(&gguf, b"GGUF or not").unwrap();
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let model = GeneratorSpec { id: ModelId::from_static("broken"), gguf };
    let problem = generator.load(&model).unwrap_err();
    assert_ne!(problem.code, ProblemCode::WorkerCrashed, "{problem:?}");
}

#[test]
fn wrong_usage_is_explained() {
    let output = Command::new(config().binary).arg("serve").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("usage: yinju-worker read"), "{said}");
}

#[test]
fn the_end_of_standard_input_is_the_end() {
    let mut worker = Command::new(config().binary)
        .arg("infer")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(worker.stdin.take());
    let deadline = Instant::now() + Duration::from_secs(20);
    while worker.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "it lives on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn damaged_variants_are_read_or_named_and_never_end_the_worker() {
    let Some(config) = pdfium() else { return };
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/samples");
    let entries = std::fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "pdf")).collect();
    files.sort();
    let reader = WorkerReader::new(config);
    let tally = mutants::throw(&reader, &files, 300, &mut |file, _, problem| {
        panic!("{}: {problem:?}", file.display());
    });
    assert_eq!(tally.values().sum::<usize>(), 300);
}
