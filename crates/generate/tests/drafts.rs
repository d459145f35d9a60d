//! Whole answers with drafts are those without, whatever ends them. The small models repeat
//! themselves soon when the likeliest token is taken, so that whole drafts are taken; drawn tokens
//! seldom follow a draft.

#![allow(clippy::unwrap_used)]

mod support;

use candle_core::quantized::GgmlDType;
use support::{CONTEXT, TinyModel, greedy, load, system, user};
use yinju_core::CancelToken;
use yinju_core::ports::{FinishReason, GenerateOutcome, Message, Sampling};
use yinju_generate::{CandleGenerator, Drafts};

type Told = (Vec<String>, GenerateOutcome);

/// Asks, and cancels when so many pieces of text came.
fn ask(
    model: &mut CandleGenerator,
    messages: &[Message],
    sampling: &Sampling,
    pieces: usize,
) -> Told {
    let cancel = CancelToken::new();
    let mut told = Vec::new();
    let mut on_text = |text: &str| {
        told.push(text.to_owned());
        if told.len() == pieces {
            cancel.cancel();
        }
    };
    let outcome = model.generate(messages, sampling, &cancel, &mut on_text).unwrap();
    (told, GenerateOutcome { prefill_seconds: 0.0, decode_seconds: 0.0, ..outcome })
}

fn models(folder: &std::path::Path) -> Vec<CandleGenerator> {
    let architectures = ["llama", "qwen2", "qwen3", "gemma3"].into_iter();
    let tiny =
        |architecture| TinyModel { weights: GgmlDType::Q8_0, ..TinyModel::new(architecture) };
    architectures.map(|architecture| load(&tiny(architecture).write(folder)).unwrap()).collect()
}

/// Asks twice each way, the second time of what the cache holds after the first, and compares.
fn check(sampling: &Sampling, pieces: usize, expected: Option<FinishReason>) {
    let folder = tempfile::tempdir().unwrap();
    for mut model in models(folder.path()) {
        let evidence = "[1] It was opened in 1849. [2] It was rebuilt in 1911. ".repeat(2);
        let messages = [system(&evidence), user("When was it opened?")];
        let told = [Drafts::Never, Drafts::Always, Drafts::WherePaying].map(|drafts| {
            model.draft(drafts);
            // Whatever is asked before leaves nothing of this prompt.
            ask(&mut model, &[user("something else")], &greedy(1), usize::MAX);
            [(); 2].map(|()| ask(&mut model, &messages, sampling, pieces))
        });
        assert_eq!(told[0], told[1]);
        assert_eq!(told[0], told[2]);
        if let Some(expected) = expected {
            assert_eq!(told[0][0].1.finish, expected);
        }
    }
}

#[test]
fn the_likeliest_tokens_are_the_same() {
    check(&Sampling { min_tokens: 96, ..greedy(96) }, usize::MAX, Some(FinishReason::Length));
    check(&Sampling { repeat_penalty: 1.3, ..greedy(96) }, usize::MAX, None);
    check(&greedy(96), usize::MAX, None);
}

#[test]
fn drawn_tokens_are_the_same() {
    for seed in 0..4 {
        for temperature in [0.2, 0.7, 1.5] {
            let sampling = Sampling { temperature, seed, min_tokens: 48, ..greedy(64) };
            check(&sampling, usize::MAX, None);
        }
    }
}

#[test]
fn answers_may_end_at_any_token() {
    for most in [0, 1, 2, 3, 17, 18, 19, 40] {
        check(
            &Sampling { min_tokens: most, ..greedy(most) },
            usize::MAX,
            Some(FinishReason::Length),
        );
    }
}

#[test]
fn cancelling_in_a_draft_is_as_ever() {
    for pieces in [1, 2, 12, 13, 14, 15, 30] {
        check(&Sampling { min_tokens: 96, ..greedy(96) }, pieces, None);
    }
}

/// A piece of what is written anyway, so that it comes while drafts are taken.
#[test]
fn a_stop_text_in_a_draft_is_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    for mut model in models(folder.path()) {
        let messages = [user("hi hi hi")];
        let whole = Sampling { min_tokens: 96, ..greedy(96) };
        let text = ask(&mut model, &messages, &whole, usize::MAX).0.concat();
        let letters: Vec<char> = text.chars().collect();
        for at in [2, 20, 40, 41, 42] {
            let Some(stop) = letters.get(at..at + 3) else { continue };
            let sampling = Sampling { stop: vec![stop.iter().collect()], ..whole.clone() };
            let told = [Drafts::Never, Drafts::Always].map(|drafts| {
                model.draft(drafts);
                ask(&mut model, &[user("something else")], &greedy(1), usize::MAX);
                ask(&mut model, &messages, &sampling, usize::MAX)
            });
            assert_eq!(told[0].1.finish, FinishReason::Stop);
            assert_eq!(told[0], told[1]);
        }
    }
}

#[test]
fn the_end_of_the_context_is_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    for mut model in models(folder.path()) {
        let messages = [user("hi hi hi")];
        let prompt = ask(&mut model, &messages, &greedy(1), usize::MAX).1.prompt_tokens;
        let room = CONTEXT - prompt;
        let sampling = Sampling { min_tokens: room, ..greedy(room) };
        let told = [Drafts::Never, Drafts::Always].map(|drafts| {
            model.draft(drafts);
            ask(&mut model, &[user("something else")], &greedy(1), usize::MAX);
            ask(&mut model, &messages, &sampling, usize::MAX)
        });
        assert_eq!(told[0].1.generated_tokens, room);
        assert_eq!(told[0], told[1]);
    }
}
