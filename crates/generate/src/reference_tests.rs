//! The decoder against candle-transformers' models, logit by logit, on small random weights.
//! Those models are slow and one of them forgets (`quantized_qwen3` after a second prefill), but a
//! single prefill followed by single tokens is right in all three.

use crate::decoder::Decoder;
use crate::gguf::GgufFile;
use crate::placement::Placement;
use crate::shape::ModelShape;
use crate::tiny::TinyModel;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Content;
use candle_core::{Device, Tensor};
use candle_transformers::models::{quantized_llama, quantized_qwen2, quantized_qwen3};
use std::collections::HashMap;
use std::path::Path;

const PROMPT: [u32; 23] =
    [256, 5, 9, 200, 31, 7, 7, 7, 90, 14, 255, 0, 1, 2, 3, 66, 67, 68, 120, 121, 122, 123, 257];
const ANSWER: [u32; 5] = [11, 250, 3, 3, 97];

type Forward = Box<dyn FnMut(&Tensor, usize) -> candle_core::Result<Tensor>>;

fn reference(path: &Path, architecture: &str) -> Forward {
    let mut file = std::fs::File::open(path).unwrap();
    let content = Content::read(&mut file).unwrap();
    let device = &Device::Cpu;
    match architecture {
        "llama" => {
            let mut model =
                quantized_llama::ModelWeights::from_gguf(content, &mut file, device).unwrap();
            Box::new(move |tokens, start| model.forward(tokens, start))
        }
        "qwen2" => {
            let mut model =
                quantized_qwen2::ModelWeights::from_gguf(content, &mut file, device).unwrap();
            Box::new(move |tokens, start| model.forward(tokens, start))
        }
        _ => {
            let mut model =
                quantized_qwen3::ModelWeights::from_gguf(content, &mut file, device).unwrap();
            Box::new(move |tokens, start| model.forward(tokens, start))
        }
    }
}

fn decoder(path: &Path) -> Decoder {
    let file = GgufFile::open(path).unwrap();
    let shape = ModelShape::read(&file).unwrap();
    let mut decoder = Decoder::load(&file, &shape, &Placement::all(Device::Cpu)).unwrap();
    decoder.reserve(PROMPT.len() + ANSWER.len()).unwrap();
    decoder
}

fn expected(forward: &mut Forward, tokens: &[u32], start: usize) -> Vec<f32> {
    let tokens = Tensor::new(tokens, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    forward(&tokens, start).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn check(model: &TinyModel, tolerance: f32) {
    let folder = tempfile::tempdir().unwrap();
    let path = model.write(folder.path());
    let mut forward = reference(&path, model.architecture);
    let mut decoder = decoder(&path);
    let scores = decoder.score(&PROMPT).unwrap();
    let first = expected(&mut forward, &PROMPT, 0);
    let spread = first.iter().fold(0f32, |most, score| most.max(score.abs()));
    assert!(spread > 0.5, "scores are all alike: {spread}");
    let off = difference(&scores, &first);
    assert!(off < tolerance, "{}: prefill differs by {off}", model.architecture);
    for (at, token) in ANSWER.iter().enumerate() {
        let scores = decoder.score(&[*token]).unwrap();
        let off = difference(&scores, &expected(&mut forward, &[*token], PROMPT.len() + at));
        assert!(off < tolerance, "{}: token {at} differs by {off}", model.architecture);
    }
}

#[test]
fn every_architecture_scores_as_the_reference_does() {
    for architecture in ["llama", "qwen2", "qwen3"] {
        check(&TinyModel::new(architecture), 1e-4);
        check(&TinyModel { tied: true, ..TinyModel::new(architecture) }, 1e-4);
    }
}

/// Rows of 64 are filled up to blocks of 256 here and not there, and inputs are rounded by blocks:
/// scores between −5 and 5 differ in the second place.
#[test]
fn quantised_weights_score_as_the_reference_does() {
    for architecture in ["llama", "qwen2", "qwen3"] {
        check(&TinyModel { weights: GgmlDType::Q8_0, ..TinyModel::new(architecture) }, 0.25);
        check(&TinyModel { weights: GgmlDType::Q4_1, ..TinyModel::new(architecture) }, 0.25);
    }
}

#[test]
fn chunks_and_truncation_change_no_score() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in ["llama", "qwen2", "qwen3", "gemma3"] {
        let path = TinyModel::new(architecture).write(folder.path());
        let whole = decoder(&path).score(&PROMPT).unwrap();

        let mut chunked = decoder(&path);
        chunked.read(&PROMPT[..10]).unwrap();
        chunked.read(&PROMPT[10..11]).unwrap();
        assert!(difference(&chunked.score(&PROMPT[11..]).unwrap(), &whole) < 1e-4);

        chunked.score(&ANSWER).unwrap();
        chunked.keep(8);
        assert_eq!(chunked.seen(), &PROMPT[..8]);
        assert!(difference(&chunked.score(&PROMPT[8..]).unwrap(), &whole) < 1e-4);
    }
}

#[test]
fn the_cache_grows_without_forgetting() {
    let folder = tempfile::tempdir().unwrap();
    let path = TinyModel::new("qwen3").write(folder.path());
    let long: Vec<u32> = (0..600).map(|at| at * 7 % 250).collect();
    let mut once = decoder(&path);
    once.reserve(600).unwrap();
    let whole = once.score(&long).unwrap();
    let mut grown = decoder(&path);
    for chunk in long.chunks(100) {
        grown.reserve(grown.seen().len() + chunk.len()).unwrap();
        grown.read(chunk).unwrap();
    }
    grown.keep(599);
    assert!(difference(&grown.score(&long[599..]).unwrap(), &whole) < 1e-4);
}

/// Candle's gemma3 has another activation and a window of one token more, so this one is compared
/// with `tests/inputs/reference_scores.py`.
#[test]
fn gemma3_scores_as_float_arithmetic_does() {
    let reference = &references()["tiny-gemma3"];
    let folder = tempfile::tempdir().unwrap();
    let scores = decoder(&TinyModel::new("gemma3").write(folder.path())).score(&PROMPT).unwrap();
    assert_eq!(reference.prompt, PROMPT);
    for (token, score) in &reference.best {
        assert!((scores[*token] - score).abs() < 2e-3, "{token}: {} {score}", scores[*token]);
    }
}

#[test]
#[ignore = "writes the model that reference_scores.py reads"]
fn keep_a_tiny_gemma3() {
    println!("{}", TinyModel::new("gemma3").write(&std::env::temp_dir()).display());
}

fn references() -> HashMap<String, Reference> {
    serde_json::from_str(include_str!("../tests/inputs/reference_scores.json")).unwrap()
}

/// The real models against `tests/inputs/reference_scores.py`, which computes in floats throughout.
/// Quantised arithmetic moves all scores together, so what is compared is their distance from the
/// mean.
#[test]
fn real_weights_score_as_float_arithmetic_does() {
    let references = references();
    for id in ["smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct"] {
        let Reference { prompt, best } = &references[id];
        let Some(path) = yinju_tests::model_file(id, "gguf") else { continue };
        let mut decoder = decoder(&path);
        decoder.reserve(prompt.len()).unwrap();
        let scores = decoder.score(prompt).unwrap();
        let found: Vec<f32> = best.iter().map(|(token, _)| scores[*token]).collect();
        let wanted: Vec<f32> = best.iter().map(|(_, score)| *score).collect();
        let off = difference(&centred(&found), &centred(&wanted));
        eprintln!("{id}: greatest difference {off}");
        assert!(off < 0.8, "{id} differs by {off}");
    }
}

#[derive(serde::Deserialize)]
struct Reference {
    prompt: Vec<u32>,
    best: Vec<(usize, f32)>,
}

fn centred(numbers: &[f32]) -> Vec<f32> {
    let mean = numbers.iter().sum::<f32>() / numbers.len() as f32;
    numbers.iter().map(|number| number - mean).collect()
}
