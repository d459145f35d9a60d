//! A model's process may crash or hang; calls take turns, questions go first, and cancelling leaves
//! a process that can be used.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::{children_of, config, eventually};
use yinju_core::ports::{
    Embedding, FinishReason, GenerateOutcome, GenerateRequest, Message, Role, Sampling, TextRole,
};
use yinju_core::{
    CancelToken, Embedder, EncoderSpec, Generator, GeneratorSpec, ModelId, Pooling, Problem,
    ProblemCode, Reranker, RerankerSpec,
};
use yinju_supervisor::{Scheduler, WorkerConfig, WorkerEmbedder, WorkerGenerator, WorkerReranker};

fn embedder() -> WorkerEmbedder {
    let spec = EncoderSpec {
        id: ModelId::from_static("rogue"),
        folder: "none".into(),
        dimensions: 2,
        max_tokens: 8,
        pooling: Pooling::Mean,
        normalize: false,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        late_interaction: false,
    };
    WorkerEmbedder::new(config(), &Scheduler::new(u64::MAX), spec)
}

fn embed(embedder: &WorkerEmbedder, texts: &[&str]) -> Result<Vec<Embedding>, Problem> {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    embedder.embed(TextRole::Passage, &texts, &CancelToken::new())
}

fn reranker() -> WorkerReranker {
    WorkerReranker::new(config(), &Scheduler::new(u64::MAX))
}

fn scores(reranker: &WorkerReranker, model: &str, texts: &[&str]) -> Result<Vec<f32>, Problem> {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let model = RerankerSpec { id: ModelId::like(model), folder: "none".into(), max_tokens: 8 };
    reranker.scores(&model, "question", &texts, &CancelToken::new())
}

fn model(id: &str) -> GeneratorSpec {
    GeneratorSpec { id: ModelId::like(id), gguf: "none".into() }
}

fn generate(
    generator: &WorkerGenerator,
    word: &str,
    cancel: &CancelToken,
    on_text: &mut dyn FnMut(&str),
) -> Result<GenerateOutcome, Problem> {
    let messages = vec![Message { role: Role::User, content: word.to_owned() }];
    let (model, sampling) = (model("a"), Sampling::default());
    let request = GenerateRequest { model, messages, sampling, constraint: None };
    generator.generate(&request, cancel, on_text)
}

#[test]
fn vectors_come_in_the_order_of_their_texts() {
    let embedder = embedder();
    let texts: Vec<String> = (0..50).map(|n| "x".repeat(n)).collect();
    let vectors = embedder.embed(TextRole::Passage, &texts, &CancelToken::new()).unwrap();
    let lengths: Vec<usize> = vectors.iter().map(|text| text.vector[0] as usize).collect();
    assert_eq!(lengths, (0..50).collect::<Vec<_>>());
    assert!(embed(&embedder, &[]).unwrap().is_empty());
}

#[test]
fn a_crash_is_made_good_once() {
    let embedder = embedder();
    let pid = embed(&embedder, &["a"]).unwrap()[0].vector[1];
    let once = format!("crash in {pid}");
    let vectors = embed(&embedder, &["a", &once, "b"]).unwrap();
    assert_eq!(vectors.len(), 3);
    let problem = embed(&embedder, &["crash"]).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
    assert_eq!(embed(&embedder, &["after"]).unwrap().len(), 1);
}

#[test]
fn a_process_killed_while_idle_is_replaced() {
    let embedder = embedder();
    let pid = |text| embed(&embedder, &[text]).unwrap()[0].vector[1] as u32;
    let first = pid("a");
    let status = std::process::Command::new("kill").args(["-9", &first.to_string()]).status();
    assert!(status.unwrap().success());
    assert!(eventually(|| pid("b") != first));
}

#[test]
fn a_question_goes_between_two_groups_of_passages() {
    let embedder = embedder();
    let passages: Vec<String> = (0..300).map(|_| "slow 10".to_owned()).collect();
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            embedder.embed(TextRole::Passage, &passages, &CancelToken::new()).unwrap();
            done.store(1, Ordering::SeqCst);
        });
        std::thread::sleep(Duration::from_millis(200));
        let question = ["question".to_owned()];
        embedder.embed(TextRole::Query, &question, &CancelToken::new()).unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 0);
    });
}

/// Sends a signal to a process.
fn signal(name: &str, pid: u32) {
    let status = std::process::Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

fn ask(embedder: &WorkerEmbedder, text: &str) -> Result<Vec<Embedding>, Problem> {
    embedder.embed(TextRole::Query, &[text.to_owned()], &CancelToken::new())
}

/// A minute is what passages are waited for here, and a quarter of an hour in the program.
const A_PERSON_WAITS: Duration = Duration::from_secs(20);

#[test]
fn a_question_is_answered_although_the_process_was_stopped() {
    let embedder = embedder();
    let first = ask(&embedder, "a").unwrap()[0].vector[1] as u32;
    signal("-STOP", first);
    let before = std::time::Instant::now();
    let second = ask(&embedder, "b").unwrap()[0].vector[1] as u32;
    assert!(before.elapsed() < A_PERSON_WAITS);
    assert_ne!(second, first, "a fresh process");
    assert!(eventually(|| !children_of(std::process::id()).contains(&first)));
}

#[test]
fn passages_and_a_question_get_over_a_stopped_process() {
    let embedder = embedder();
    let pid = embed(&embedder, &["a"]).unwrap()[0].vector[1] as u32;
    let passages = vec!["slow 20".to_owned(); 64];
    std::thread::scope(|scope| {
        let import = scope
            .spawn(|| embedder.embed(TextRole::Passage, &passages, &CancelToken::new()).unwrap());
        std::thread::sleep(Duration::from_millis(100));
        signal("-STOP", pid);
        let before = std::time::Instant::now();
        ask(&embedder, "question").unwrap();
        assert!(before.elapsed() < A_PERSON_WAITS);
        assert_eq!(import.join().unwrap().len(), 64);
    });
}

#[test]
fn a_question_that_hangs_is_asked_again_once_and_given_up() {
    let question_timeout = Duration::from_millis(200);
    let config = WorkerConfig { question_timeout, ..config() };
    let spec = embedder().spec().clone();
    let embedder = WorkerEmbedder::new(config, &Scheduler::new(u64::MAX), spec);
    let problem = ask(&embedder, "slow 60000").unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerTimedOut);
    assert_eq!(ask(&embedder, "after").unwrap().len(), 1);
}

#[test]
fn vectors_of_another_length_are_refused() {
    let spec = EncoderSpec { dimensions: 3, ..embedder().spec().clone() };
    let embedder = WorkerEmbedder::new(config(), &Scheduler::new(u64::MAX), spec);
    assert_eq!(embed(&embedder, &["a"]).unwrap_err().code, ProblemCode::ModelDamaged);
}

#[test]
fn an_import_that_is_cancelled_stops() {
    let embedder = embedder();
    let cancel = CancelToken::new();
    let passages = vec!["slow 20".to_owned(); 1000];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
        let problem = embedder.embed(TextRole::Passage, &passages, &cancel).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Cancelled);
    });
    assert_eq!(embed(&embedder, &["after"]).unwrap().len(), 1);
}

#[test]
fn scores_come_in_the_order_of_their_passages() {
    let reranker = reranker();
    let texts: Vec<String> = (0..150).map(|n| "x".repeat(n)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let expected: Vec<f32> = (0..150).map(|n| n as f32).collect();
    assert_eq!(scores(&reranker, "a", &texts).unwrap(), expected);
    assert!(scores(&reranker, "a", &[]).unwrap().is_empty());
    let first = scores(&reranker, "a", &["pid"]).unwrap();
    assert_eq!(scores(&reranker, "a", &["pid"]).unwrap(), first, "the same process");
    assert_ne!(scores(&reranker, "b", &["pid"]).unwrap(), first, "another model, a fresh process");
}

#[test]
fn a_reranker_that_crashes_is_started_once_more() {
    let reranker = reranker();
    let once = format!("crash in {}", scores(&reranker, "a", &["pid"]).unwrap()[0]);
    assert_eq!(scores(&reranker, "a", &["a", &once]).unwrap().len(), 2);
    let problem = scores(&reranker, "a", &["crash"]).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
    assert!(problem.message.contains("ranking with a"), "{problem}");
    assert_eq!(scores(&reranker, "a", &["after"]).unwrap(), [5.0]);
}

#[test]
fn what_is_no_score_is_refused() {
    let problem = scores(&reranker(), "a", &["fine", "nothing"]).unwrap_err();
    assert_eq!(problem.code, ProblemCode::ModelDamaged);
}

#[test]
fn ranking_that_is_cancelled_stops() {
    let (reranker, cancel) = (reranker(), CancelToken::new());
    let model =
        RerankerSpec { id: ModelId::from_static("a"), folder: "none".into(), max_tokens: 8 };
    let passages = vec!["slow 50".to_owned(); 1000];
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
        let problem = reranker.scores(&model, "question", &passages, &cancel).unwrap_err();
        assert_eq!(problem.code, ProblemCode::Cancelled);
    });
    assert_eq!(scores(&reranker, "a", &["after"]).unwrap(), [5.0]);
}

#[test]
fn a_reranker_larger_than_memory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.safetensors"), [0; 101]).unwrap();
    let reranker = WorkerReranker::new(config(), &Scheduler::new(100));
    let model =
        RerankerSpec { id: ModelId::from_static("a"), folder: folder.path().into(), max_tokens: 8 };
    let texts = ["text".to_owned()];
    let problem = reranker.scores(&model, "question", &texts, &CancelToken::new()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::ModelTooLarge);
}

#[test]
fn text_streams_and_the_model_stays() {
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let profile = generator.load(&model("a")).unwrap();
    let mut text = String::new();
    let outcome =
        generate(&generator, "ja", &CancelToken::new(), &mut |word| text.push_str(word)).unwrap();
    assert_eq!((outcome.finish, outcome.generated_tokens), (FinishReason::Stop, 10));
    assert_eq!(text, "ja".repeat(10));
    let texts = ["ab".to_owned(), String::new()];
    assert_eq!(generator.count_tokens(&model("a"), &texts).unwrap(), [2, 0]);
    assert_eq!(generator.load(&model("a")).unwrap(), profile, "the same process");
    assert_ne!(generator.load(&model("b")).unwrap(), profile, "a fresh process");
}

#[test]
fn cancelling_leaves_a_process_that_can_be_used() {
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let profile = generator.load(&model("a")).unwrap();
    let cancel = CancelToken::new();
    let mut words = 0;
    let outcome = generate(&generator, "endless", &cancel, &mut |_| {
        words += 1;
        if words == 5 {
            cancel.cancel();
        }
    })
    .unwrap();
    assert_eq!(outcome.finish, FinishReason::Cancelled);
    assert!(words >= 5 && outcome.generated_tokens >= 5);
    generate(&generator, "again", &CancelToken::new(), &mut |_| {}).unwrap();
    assert_eq!(generator.load(&model("a")).unwrap(), profile, "the same process");
}

#[test]
fn a_model_that_does_not_stop_is_ended() {
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let cancel = CancelToken::new();
    let outcome = generate(&generator, "hang", &cancel, &mut |_| cancel.cancel()).unwrap();
    assert_eq!(outcome.finish, FinishReason::Cancelled);
    generate(&generator, "again", &CancelToken::new(), &mut |_| {}).unwrap();
}

#[test]
fn a_crash_while_writing_is_told_and_got_over() {
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let problem = generate(&generator, "crash", &CancelToken::new(), &mut |_| {}).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
    assert!(problem.hint.is_some());
    generate(&generator, "again", &CancelToken::new(), &mut |_| {}).unwrap();
    let problem = generator.load(&model("exit")).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
}

#[test]
fn a_model_that_never_loads_is_given_up() {
    let infer_timeout = Duration::from_millis(300);
    let generator =
        WorkerGenerator::new(WorkerConfig { infer_timeout, ..config() }, &Scheduler::new(u64::MAX));
    let problem = generator.load(&model("hang")).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerTimedOut);
}

#[test]
fn dropping_ends_the_process() {
    let generator = WorkerGenerator::new(config(), &Scheduler::new(u64::MAX));
    let pid: u32 = generator.load(&model("a")).unwrap().architecture.parse().unwrap();
    assert!(children_of(std::process::id()).contains(&pid));
    drop(generator);
    assert!(eventually(|| !children_of(std::process::id()).contains(&pid)));
}

#[test]
fn a_build_that_does_not_start_is_passed_over_and_named() {
    let mut accelerated = config();
    accelerated.accelerated = vec!["/bin/false".into(), "/nowhere/yinju-worker-metal".into()];
    let generator = WorkerGenerator::new(accelerated, &Scheduler::new(u64::MAX));
    let compute = generator.compute().unwrap();
    assert_eq!(compute.device, "processor");
    assert!(compute.passed_over[0].starts_with("false: "), "{:?}", compute.passed_over);
    assert!(compute.passed_over[1].starts_with("yinju-worker-metal: "));
    assert_eq!(generator.compute().unwrap(), compute);
}

/// The misbehaving worker stands for a build whose device is lost in the middle of an answer.
#[test]
fn a_build_that_dies_while_it_writes_is_not_tried_again() {
    let lost = WorkerConfig { accelerated: vec![support::rogue()], ..config() };
    let generator = WorkerGenerator::new(lost, &Scheduler::new(u64::MAX));
    let problem = generate(&generator, "crash", &CancelToken::new(), &mut |_| ()).unwrap_err();
    assert_eq!(problem.code, ProblemCode::WorkerCrashed);
    assert_eq!(generator.compute().unwrap().passed_over.len(), 1);
    let mut text = String::new();
    generate(&generator, "go on ", &CancelToken::new(), &mut |more| text.push_str(more)).unwrap();
    assert!(text.starts_with("go on "));
}

#[test]
fn a_process_that_a_model_took_over_reaches_that_model_alone() {
    let memory = WorkerConfig { infer_memory_limit: Some(1 << 30), ..config() };
    let generator = WorkerGenerator::new(memory, &Scheduler::new(u64::MAX));
    support::check_attempts(&|attempt, file| {
        let spec =
            GeneratorSpec { id: ModelId::like(&format!("try {attempt}")), gguf: file.into() };
        generator.load(&spec).unwrap().architecture
    });
}
