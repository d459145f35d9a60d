//! The look at a language model's head, as it is imported.

#![no_main]

#[allow(dead_code)]
#[path = "../../crates/generate/src/head.rs"]
mod head;

use std::io::Write;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(bytes).expect("there is room for a file");
    let _ = head::read_head(file.path());
});
