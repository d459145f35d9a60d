//! What the tests of this crate share: small random models, the real models where they are on
//! this machine, and short ways to ask them.

#![allow(dead_code, reason = "each test file uses its part")]

mod tiny;

#[allow(unused_imports, reason = "each test file uses its part")]
pub use tiny::*;

use std::path::Path;
use yinju_core::ports::{GenerateOutcome, Message, Role, Sampling};
use yinju_core::{CancelToken, GeneratorSpec, ModelId};
use yinju_generate::{CandleGenerator, GenerateError};

pub fn spec(gguf: &Path) -> GeneratorSpec {
    GeneratorSpec { id: ModelId::from_static("a-test-model"), gguf: gguf.to_owned() }
}

/// On one thread: tests run side by side, and candle's pool waits by spinning, so that two threads
/// on busy cores are far slower than one.
pub fn load(gguf: &Path) -> Result<CandleGenerator, GenerateError> {
    CandleGenerator::load(&spec(gguf), 1)
}

pub fn user(content: &str) -> Message {
    Message { role: Role::User, content: content.to_owned() }
}

pub fn system(content: &str) -> Message {
    Message { role: Role::System, content: content.to_owned() }
}

pub fn assistant(content: &str) -> Message {
    Message { role: Role::Assistant, content: content.to_owned() }
}

/// Greedy, without a penalty, at most `max_tokens`.
pub fn greedy(max_tokens: u32) -> Sampling {
    Sampling { repeat_penalty: 1.0, max_tokens, ..Sampling::default() }
}

/// Asks and collects what is written.
pub fn ask(
    model: &mut CandleGenerator,
    messages: &[Message],
    sampling: &Sampling,
) -> (String, GenerateOutcome) {
    let mut text = String::new();
    let outcome = model
        .generate(messages, sampling, &CancelToken::new(), &mut |part| text.push_str(part))
        .unwrap();
    // How long it took is not part of an answer.
    (text, GenerateOutcome { prefill_seconds: 0.0, decode_seconds: 0.0, ..outcome })
}
