//! Which characters are shown for those of a file.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| yinju_parse::fuzz::normalise(text));
