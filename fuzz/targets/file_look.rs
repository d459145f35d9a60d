//! The look at a file before PDFium sees it, and the count that tells text from garbage.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yinju_parse::fuzz::look(bytes));
