//! Every score against the reference implementation's, pair by pair: within .0001 where nothing is
//! rounded, and .2 where the machine multiplies bfloat16, to which random weights are more sensitive
//! than trained ones. `references/make.py` made the references, once.
#![allow(clippy::unwrap_used)]

use serde::Deserialize;
use std::path::{Path, PathBuf};
use yinju_core::{CancelToken, ModelId, RerankerSpec};
use yinju_embed::{CrossEncoder, EmbedError};
use yinju_kernels::quantized::Instructions;

#[derive(Deserialize)]
struct Reference {
    max_tokens: usize,
    questions: Vec<String>,
    texts: Vec<String>,
    scores: Vec<Vec<f32>>,
}

fn folder(name: &str) -> PathBuf {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    here.join("tests/references").join(name)
}

fn spec(folder: &Path) -> RerankerSpec {
    RerankerSpec {
        id: ModelId::from_static("under-test"),
        folder: folder.to_owned(),
        max_tokens: 512,
    }
}

fn scores(model: &CrossEncoder, question: &str, passages: &[String]) -> Vec<f32> {
    model.scores(question, passages, &CancelToken::new()).unwrap()
}

/// Scores passages of very different lengths together, as a search does.
fn check(name: &str) {
    let folder = folder(name);
    let text = std::fs::read(folder.join("scores.json")).unwrap();
    let reference: Reference = serde_json::from_slice(&text).unwrap();
    let model = CrossEncoder::load(&spec(&folder), 2).unwrap();
    assert_eq!(model.spec().max_tokens, reference.max_tokens);
    let is_exact = !Instructions::multiply_bytes();
    let tolerance = if is_exact { 1e-4 } else { 0.5 };
    for (question, expected) in reference.questions.iter().zip(&reference.scores) {
        let ours = scores(&model, question, &reference.texts);
        assert_eq!(ours.len(), expected.len());
        for ((text, ours), expected) in reference.texts.iter().zip(&ours).zip(expected) {
            let start: String = text.chars().take(40).collect();
            let difference = (ours - expected).abs();
            assert!(difference < tolerance, "{question:?}, {start:?}: {ours} {expected}");
        }
    }
}

#[test]
fn bert_with_random_weights() {
    check("tiny-bert-reranker");
}

#[test]
fn xlm_roberta_with_random_weights_in_f16() {
    check("tiny-xlm-roberta-reranker");
}

#[test]
fn a_pair_has_the_same_score_alone_and_among_others() {
    for name in ["tiny-bert-reranker", "tiny-xlm-roberta-reranker"] {
        let model = CrossEncoder::load(&spec(&folder(name)), 3).unwrap();
        let passages: Vec<String> =
            (0..80).map(|i| format!("段落 {i} of the book. ").repeat(i % 9)).collect();
        let all = scores(&model, "Which passage?", &passages);
        for (passage, among) in passages.iter().zip(&all) {
            let alone = scores(&model, "Which passage?", std::slice::from_ref(passage))[0];
            assert!((alone - among).abs() < 1e-4, "{passage:?}: {alone} {among}");
        }
        assert!(scores(&model, "Which passage?", &[]).is_empty());
    }
}

/// A question that would fill the model's input leaves half of it to the passages.
#[test]
fn passages_count_beside_a_question_that_is_too_long() {
    for name in ["tiny-bert-reranker", "tiny-xlm-roberta-reranker"] {
        let model = CrossEncoder::load(&spec(&folder(name)), 1).unwrap();
        let question = "How many pages does a passage span? ".repeat(200);
        let passages = ["fox and dog", "检索增强生成", ""].map(str::to_owned);
        let found = scores(&model, &question, &passages);
        // The least that was seen is .00018, without bfloat16; arithmetic is exact to 1e-6.
        let differ = |a: usize, b: usize| (found[a] - found[b]).abs() > 1e-4;
        assert!(differ(0, 1) && differ(0, 2), "{found:?}");
    }
}

#[test]
fn a_cancelled_call_says_so() {
    let model = CrossEncoder::load(&spec(&folder("tiny-bert-reranker")), 1).unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    let result = model.scores("question", &["text".to_owned()], &cancel);
    assert!(matches!(result, Err(EmbedError::Cancelled)));
}

/// Loads a copy of a small model whose configuration has one word for another.
fn load_with(name: &str, word: &str, other: &str) -> Result<(), EmbedError> {
    let copy = tempfile::tempdir().unwrap();
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        std::fs::copy(folder(name).join(file), copy.path().join(file)).unwrap();
    }
    let path = copy.path().join("config.json");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(word));
    std::fs::write(path, text.replace(word, other)).unwrap();
    CrossEncoder::load(&spec(copy.path()), 1).map(|_| ())
}

#[test]
fn what_is_no_cross_encoder_is_refused() {
    let bert = "BertForSequenceClassification";
    let encoder = load_with("tiny-bert-reranker", bert, "BertModel");
    assert!(matches!(encoder, Err(EmbedError::Unsupported(_))));
    let other_head = load_with("tiny-bert-reranker", bert, "RobertaForSequenceClassification");
    assert!(matches!(other_head, Err(EmbedError::Tensor(_))));
    let missing = CrossEncoder::load(&spec(Path::new("nowhere")), 1).map(|_| ());
    assert!(matches!(missing, Err(EmbedError::FileMissing(_))));
}
