//! Every vector against the reference implementation's: cosine at least .9999, text by text; .998 where the
//! processor multiplies bytes, to which all is rounded then.
//!
//! `references/make.py` made the references, once. The small models with random weights are here;
//! the real ones are looked for where the program looks for them, and skipped with a line that
//! says so where they are not.
#![allow(clippy::unwrap_used)]

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yinju_core::ports::TextRole;
use yinju_core::{CancelToken, EncoderSpec, ModelId, Pooling};
use yinju_embed::{BertEncoder, EmbedError};
use yinju_kernels::quantized::Instructions;
use yinju_tests::absent;

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    weights_sha256: String,
    #[serde(default)]
    query_prefix: String,
    #[serde(default)]
    passage_prefix: String,
    max_tokens: usize,
    texts: Vec<String>,
    vectors: BTreeMap<String, Vec<Vec<f32>>>,
}

fn references() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("tests/references")
}

fn read(path: &Path) -> Reference {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn spec(folder: &Path, reference: &Reference, pooling: Pooling, normalize: bool) -> EncoderSpec {
    EncoderSpec {
        id: ModelId::from_static("under-test"),
        folder: folder.to_owned(),
        dimensions: reference.vectors.values().next().unwrap()[0].len(),
        max_tokens: reference.max_tokens,
        pooling,
        normalize,
        query_prefix: reference.query_prefix.clone(),
        passage_prefix: reference.passage_prefix.clone(),
        late_interaction: true,
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn length(vector: &[f32]) -> f64 {
    vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// Embeds all texts at once, as an import does, and compares direction and length.
fn compare(encoder: &BertEncoder, role: TextRole, texts: &[String], expected: &[Vec<f32>]) {
    let vectors = encoder.embed(role, texts, &CancelToken::new()).unwrap();
    assert_eq!(vectors.len(), expected.len());
    for ((text, ours), reference) in texts.iter().zip(&vectors).zip(expected) {
        let start: String = text.chars().take(40).collect();
        let ours = &ours.vector;
        let cosine = cosine(ours, reference);
        let least = if Instructions::multiply_bytes() { 0.998 } else { 0.9999 };
        assert!(cosine >= least, "{start:?}: cosine {cosine}");
        // Rounding moves a length a little.
        let ratio = length(ours) / length(reference);
        assert!((ratio - 1.0).abs() < 5e-3, "{start:?}: length {ratio} of the reference's");
    }
}

fn check_small(name: &str) {
    let folder = references().join(name);
    let reference = read(&folder.join("vectors.json"));
    for (setting, expected) in &reference.vectors {
        let pooling = if setting.starts_with("cls") { Pooling::Cls } else { Pooling::Mean };
        let spec = spec(&folder, &reference, pooling, setting.ends_with("normalized"));
        let encoder = BertEncoder::load(&spec, 2).unwrap();
        compare(&encoder, TextRole::Passage, &reference.texts, expected);
    }
}

#[test]
fn bert_with_random_weights() {
    check_small("tiny-bert");
}

#[test]
fn roberta_with_random_weights_in_f16() {
    check_small("tiny-roberta");
}

#[test]
fn xlm_roberta_with_random_weights_in_bf16() {
    check_small("tiny-xlm-roberta");
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn check_real(name: &str) {
    let Some(folder) = yinju_tests::model(name) else { return };
    let reference = read(&references().join(format!("{name}.json")));
    let weights = std::fs::read(folder.join("model.safetensors")).unwrap();
    let digest = hexadecimal(&Sha256::digest(&weights));
    drop(weights);
    if digest != reference.weights_sha256 {
        let _: Option<()> = absent(format!("{name} with the reference's weights"));
        return;
    }
    let encoder = BertEncoder::load(&spec(&folder, &reference, Pooling::Mean, true), 2).unwrap();
    for (role, key) in [(TextRole::Query, "query"), (TextRole::Passage, "passage")] {
        compare(&encoder, role, &reference.texts, &reference.vectors[key]);
    }
}

#[test]
fn multilingual_e5_small() {
    check_real("multilingual-e5-small");
}

#[test]
fn all_minilm_l6_v2() {
    check_real("all-minilm-l6-v2");
}

fn tiny_bert() -> EncoderSpec {
    let folder = references().join("tiny-bert");
    spec(&folder, &read(&folder.join("vectors.json")), Pooling::Mean, true)
}

#[test]
fn a_text_has_the_same_vector_alone_and_among_others() {
    let encoder = BertEncoder::load(&tiny_bert(), 3).unwrap();
    let texts: Vec<String> =
        (0..100).map(|i| format!("段落 {i} of the book. ").repeat(i % 9 + 1)).collect();
    let all = encoder.embed(TextRole::Passage, &texts, &CancelToken::new()).unwrap();
    for (text, among) in texts.iter().zip(&all) {
        let alone = encoder
            .embed(TextRole::Query, std::slice::from_ref(text), &CancelToken::new())
            .unwrap();
        assert!(cosine(&alone[0].vector, &among.vector) > 0.999_999);
    }
    assert!(encoder.embed(TextRole::Query, &[], &CancelToken::new()).unwrap().is_empty());
}

#[test]
fn a_cancelled_call_says_so() {
    let encoder = BertEncoder::load(&tiny_bert(), 1).unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    let result = encoder.embed(TextRole::Passage, &["text".to_owned()], &cancel);
    assert!(matches!(result, Err(EmbedError::Cancelled)));
}

/// Loads a copy of the small model with one file replaced, or left out.
fn load_with(file: &str, content: Option<&[u8]>) -> Result<(), EmbedError> {
    let copy = tempfile::tempdir().unwrap();
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        std::fs::copy(tiny_bert().folder.join(name), copy.path().join(name)).unwrap();
    }
    match content {
        Some(bytes) => std::fs::write(copy.path().join(file), bytes).unwrap(),
        None => std::fs::remove_file(copy.path().join(file)).unwrap(),
    }
    let spec = EncoderSpec { folder: copy.path().to_owned(), ..tiny_bert() };
    BertEncoder::load(&spec, 1).map(|_| ())
}

#[test]
fn damaged_files_are_errors() {
    use EmbedError as E;
    for file in ["config.json", "tokenizer.json", "model.safetensors"] {
        assert!(matches!(load_with(file, None), Err(E::FileMissing(_))), "{file}");
    }
    assert!(matches!(load_with("config.json", Some(b"{}")), Err(E::Config(_))));
    assert!(matches!(load_with("tokenizer.json", Some(b"[")), Err(E::Tokenizer(_))));
    assert!(matches!(load_with("model.safetensors", Some(b"")), Err(E::Weights(_))));
    let whole = std::fs::read(tiny_bert().folder.join("model.safetensors")).unwrap();
    let cut = load_with("model.safetensors", Some(&whole[..whole.len() / 2]));
    assert!(matches!(cut, Err(E::Weights(_))));
    let spec = EncoderSpec { dimensions: 33, ..tiny_bert() };
    assert!(matches!(BertEncoder::load(&spec, 1), Err(E::Tensor(_))));
}
