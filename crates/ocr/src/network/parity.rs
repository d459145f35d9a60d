//! Both networks against ONNX Runtime on the same files (`tests/references/make.py`). The weights
//! are looked for where the program installs them, and the tests say so where they are not.

use super::{DETECTOR_STEP, Detector, Map, Reader, Weights};
use crate::tests_support::{installed, pixels};
use serde_json::Value;

fn reference() -> Value {
    let text = include_str!("../../tests/references/networks.json");
    serde_json::from_str(text).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

fn weights(name: &str) -> Option<Weights> {
    let folder = installed()?;
    Some(Weights::read(&std::fs::read(folder.join(name)).unwrap()).unwrap())
}

/// The upper left part of an image.
fn map(bytes: &[u8], width: usize, height: usize) -> Map {
    let (full, _, pixels) = pixels(bytes);
    let rows = pixels.chunks_exact(full).take(height);
    let numbers = rows.flat_map(|row| row[..width].iter().map(|p| f32::from(*p) / 127.5 - 1.0));
    Map { height, width, channels: 1, numbers: numbers.collect() }
}

#[test]
fn the_detector_finds_what_the_reference_finds() {
    let Some(mut weights) = weights("detection.onnx") else { return };
    let image = map(include_bytes!("../../tests/references/notice.png"), 736, 288);
    assert!(
        image.width.is_multiple_of(DETECTOR_STEP) && image.height.is_multiple_of(DETECTOR_STEP)
    );
    let likelihood = Detector::read(&mut weights).unwrap().on(&image);
    let reference = reference();
    let every = reference["text_every"].as_u64().unwrap() as usize;
    let (mut sum, mut count) = (0.0, 0);
    for (y, row) in reference["text"].as_array().unwrap().iter().enumerate() {
        for (x, expected) in numbers(row).into_iter().enumerate() {
            let ours = likelihood.numbers[(y * image.width + x) * every];
            assert!((ours - expected).abs() < 0.3, "{x} {y}: {ours} instead of {expected}");
            sum += (ours - expected).abs();
            count += 1;
        }
    }
    assert!(sum / (count as f32) < 0.005, "mean distance {}", sum / count as f32);
}

#[test]
fn the_reader_reads_what_the_reference_reads() {
    let Some(mut weights) = weights("recognition.onnx") else { return };
    let image = map(include_bytes!("../../tests/references/line.png"), 400, 48);
    let steps = Reader::read(&mut weights).unwrap().on(&image);
    let reference = reference();
    let characters = numbers(&reference["characters"]);
    let confidences = numbers(&reference["confidences"]);
    assert_eq!(steps.len(), characters.len());
    for (at, step) in steps.iter().enumerate() {
        // Where the reference itself is in doubt, rounding may decide.
        if confidences[at] > 0.8 {
            assert_eq!(step.character, characters[at] as usize, "step {at}");
        }
        if step.character > 0 && confidences[at] > 0.95 {
            let ours = step.confidence;
            assert!((ours - confidences[at]).abs() < 0.1, "step {at}: {ours}");
        }
    }
}
