//! Pictures as files and scanned books, set on pages of a PDF before PDFium sees them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yinju_parse::fuzz::set_on_pages(bytes));
