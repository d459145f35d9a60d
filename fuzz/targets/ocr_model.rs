//! The files of the networks that recognise text: what is loaded computes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yinju_ocr::fuzz::model(bytes));
