//! The folder of an encoder: its configuration and its weights. Not its tokenizer, whose reader is a library's.

#![no_main]

#[allow(dead_code)]
#[path = "../../crates/embed/src/config.rs"]
mod config;
#[allow(dead_code)]
#[path = "../../crates/embed/src/error.rs"]
mod error;
#[allow(dead_code)]
#[path = "../../crates/embed/src/weights.rs"]
mod weights;

use config::EncoderConfig;
use std::path::Path;
use weights::{WeightFile, WordEmbeddings};

const NAMES: [&str; 3] =
    ["embeddings.word_embeddings.weight", "embeddings.LayerNorm.weight", "pooler.dense.weight"];

// Configuration, header and numbers, with zero bytes between them.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let [configuration, header, numbers] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let write = |name: &str, parts: &[&[u8]]| {
        let path = folder.path().join(name);
        std::fs::write(&path, parts.concat()).expect("there is room for a file");
        path
    };
    let configuration = EncoderConfig::read(&write("config.json", &[configuration]));
    let length = (header.len() as u64).to_le_bytes();
    let path = write("model.safetensors", &[&length, header, numbers]);
    read(&path, configuration.map_or(4, |config| config.hidden));
});

fn read(path: &Path, width: usize) {
    let Ok(file) = WeightFile::open(path) else { return };
    for name in NAMES {
        let rows = file.rows(name).unwrap_or(1);
        if let Ok(numbers) = file.matrix(name, [rows, width]) {
            assert_eq!(numbers.len(), rows * width);
        }
        if let Ok(numbers) = file.vector(&[name.to_owned()], width) {
            assert_eq!(numbers.len(), width);
        }
    }
    if let Ok(words) = WordEmbeddings::open(path, width) {
        let mut rows = vec![0.0; 3 * width];
        let _ = words.add_rows(&[0, 1, u32::MAX], &mut rows);
    }
}
