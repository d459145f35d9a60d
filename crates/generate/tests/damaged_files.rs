//! GGUF files are foreign bytes: whatever they hold, loading ends in an error that says why.

#![allow(clippy::unwrap_used)]

mod support;

use candle_core::quantized::gguf_file::Value;
use proptest::prelude::*;
use std::path::Path;
use support::{Metadata, TinyModel, load, write};
use yinju_core::{Problem, ProblemCode};

fn problem(path: &Path) -> Problem {
    match load(path) {
        Ok(_) => panic!("{} was loaded", path.display()),
        Err(error) => error.into(),
    }
}

fn check_bytes(bytes: &[u8], expected: ProblemCode) -> Problem {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    let problem = problem(&path);
    assert_eq!(problem.code, expected, "{}", problem.message);
    assert!(problem.hint.is_some());
    problem
}

/// A sound small file with changed metadata.
fn check_changed(expected: ProblemCode, change: impl FnOnce(&mut Metadata)) -> Problem {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    let model = TinyModel::new("qwen2");
    let mut metadata = model.metadata();
    change(&mut metadata);
    write(&path, &metadata, &model.tensors());
    let problem = problem(&path);
    assert_eq!(problem.code, expected, "{}", problem.message);
    problem
}

fn set(metadata: &mut Metadata, key: &str, value: Value) {
    metadata.retain(|(name, _)| name != key);
    metadata.push((key.to_owned(), value));
}

fn sound_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::read(TinyModel::new("llama").write(folder.path())).unwrap()
}

#[test]
fn no_file_and_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(problem(&folder.path().join("none.gguf")).code, ProblemCode::ModelMissing);
    assert_eq!(problem(folder.path()).code, ProblemCode::FileUnreadable);
}

#[test]
fn not_a_gguf_file() {
    check_bytes(b"", ProblemCode::ModelDamaged);
    check_bytes(b"GGUF", ProblemCode::ModelDamaged);
    check_bytes(&b"<!doctype html><title>404</title>".repeat(9), ProblemCode::ModelDamaged);
    check_bytes(&[0; 4096], ProblemCode::ModelDamaged);
}

#[test]
fn a_file_cut_short() {
    let bytes = sound_bytes();
    for length in [24, 100, 3000, bytes.len() / 2, bytes.len() - 64] {
        check_bytes(&bytes[..length], ProblemCode::ModelDamaged);
    }
}

#[test]
fn absurd_headers() {
    let mut header = b"GGUF\x03\0\0\0".to_vec();
    header.extend_from_slice(&[0xFF; 64]);
    check_bytes(&header, ProblemCode::ModelDamaged);
    check_changed(ProblemCode::ModelDamaged, |m| set(m, "general.alignment", Value::U32(0)));
    for key in ["block_count", "embedding_length", "attention.head_count", "context_length"] {
        let key = format!("qwen2.{key}");
        check_changed(ProblemCode::ModelDamaged, |m| set(m, &key, Value::U32(0)));
        check_changed(ProblemCode::ModelDamaged, |m| set(m, &key, Value::String("x".into())));
    }
    let heads = "qwen2.attention.head_count_kv";
    check_changed(ProblemCode::ModelDamaged, |m| set(m, heads, Value::U32(3)));
    check_changed(ProblemCode::ModelDamaged, |m| set(m, "qwen2.block_count", Value::U32(9)));
    check_changed(ProblemCode::ModelDamaged, |m| {
        set(m, "qwen2.embedding_length", Value::U32(4_000_000_000));
    });
}

#[test]
fn a_damaged_vocabulary() {
    check_changed(ProblemCode::ModelDamaged, |m| m.retain(|(key, _)| !key.ends_with("tokens")));
    check_changed(ProblemCode::ModelDamaged, |m| {
        let merges = Value::Array(vec![Value::String("nowhere found".into())]);
        set(m, "tokenizer.ggml.merges", merges);
    });
    check_changed(ProblemCode::ModelUnsupported, |m| {
        set(m, "tokenizer.ggml.model", Value::String("t5".into()));
    });
}

#[test]
fn what_is_not_supported_is_named() {
    let problem = check_changed(ProblemCode::ModelUnsupported, |m| {
        set(m, "general.architecture", Value::String("bloom".into()));
    });
    assert!(problem.message.contains("bloom"), "{}", problem.message);
    assert!(problem.hint.unwrap().contains("qwen3"));
    let problem = check_changed(ProblemCode::ModelUnsupported, |m| {
        set(m, "qwen2.rope.scaling.type", Value::String("longrope".into()));
    });
    assert!(problem.message.contains("longrope"), "{}", problem.message);
    check_changed(ProblemCode::ModelUnsupported, |m| {
        set(m, "qwen2.expert_count", Value::U32(8));
    });
    check_changed(ProblemCode::ModelUnsupported, |m| {
        set(m, "tokenizer.chat_template", Value::String("{% for %}".into()));
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_change_of_a_byte_panics(changes in prop::collection::vec((0usize..8000, any::<u8>()), 1..6)) {
        let mut bytes = sound_bytes();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.gguf");
        std::fs::write(&path, &bytes).unwrap();
        if let Err(error) = load(&path) {
            prop_assert!(!Problem::from(error).message.is_empty());
        }
    }
}
