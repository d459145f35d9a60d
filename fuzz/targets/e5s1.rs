//! The conversion of a model's package form. A short file costs little memory, whatever it says.

#![no_main]

#[allow(dead_code)]
#[path = "../../xtask/src/weights/e5s1.rs"]
mod e5s1;

use std::io::sink;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = e5s1::E5s1::parse(bytes) {
        assert!(model.config_json().starts_with('{'));
        let _ = model.write_safetensors(&mut sink());
    }
});
