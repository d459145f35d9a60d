//! Glyphs anywhere on a page of any size become blocks that hold all of them and nothing else.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yinju_parse::fuzz::lay_out(bytes));
