//! Token vectors as the store keeps them: of a question and a passage, compared.

#![no_main]

use yinju_core::ports::TokenVectors;
use yinju_rank::LateInteraction;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (question, passage) = rest.split_at(rest.len() * usize::from(*first) / 256);
    let [question, passage] = [question, passage].map(|part| TokenVectors(part.to_vec()));
    if let Some(mut question) = LateInteraction::new(&question) {
        let _ = question.similarity(&passage);
    }
});
