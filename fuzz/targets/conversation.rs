//! An exported conversation whose quotations are to be looked up.

#![no_main]

#[allow(dead_code)]
#[path = "../../crates/export/src/reread.rs"]
mod reread;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match reread::claims(bytes) {
        Ok(claims) => assert!(claims.iter().all(|claim| claim.turn > 0)),
        Err(error) => assert!(!yinju_core::Problem::from(error).message.is_empty()),
    }
});
