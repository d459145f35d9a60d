//! Whole answers within constraints, of small random models, which would write anything.

#![allow(clippy::unwrap_used)]

mod support;

use candle_core::quantized::GgmlDType;
use std::path::Path;
use support::{TinyModel, greedy, load, user};
use yinju_core::ports::{FinishReason, GenerateOutcome, Sampling};
use yinju_core::{CancelToken, Citing, Constraint};
use yinju_generate::{CandleGenerator, Drafts};

/// With a vocabulary of bytes, and with one of pieces.
fn models(folder: &Path) -> Vec<CandleGenerator> {
    let tiny = |pieces| TinyModel { weights: GgmlDType::Q8_0, pieces, ..TinyModel::new("llama") };
    let load = |pieces: bool| {
        let folder = folder.join(pieces.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        load(&tiny(pieces).write(&folder)).unwrap()
    };
    [false, true].map(load).into()
}

fn ask(
    model: &mut CandleGenerator,
    constraint: &Constraint,
    sampling: &Sampling,
) -> (String, GenerateOutcome) {
    let (mut text, cancel) = (String::new(), CancelToken::new());
    let mut on_text = |part: &str| text.push_str(part);
    let outcome = model
        .generate_within(Some(constraint), &[user("hi")], sampling, &cancel, &mut on_text)
        .unwrap();
    (text, GenerateOutcome { prefill_seconds: 0.0, decode_seconds: 0.0, ..outcome })
}

fn samplings() -> Vec<Sampling> {
    let drawn = |seed| Sampling { temperature: 1.5, top_p: 1.0, seed, ..greedy(200) };
    std::iter::once(greedy(200)).chain((0..6).map(drawn)).collect()
}

#[test]
fn a_choice_is_one_of_its_texts() {
    let folder = tempfile::tempdir().unwrap();
    let texts = ["yes", "no", "not at all", "资料中没有提到。"].map(str::to_owned);
    for mut model in models(folder.path()) {
        for sampling in samplings() {
            let (text, outcome) = ask(&mut model, &Constraint::OneOf(texts.to_vec()), &sampling);
            assert!(texts.contains(&text), "{text}");
            assert_eq!((outcome.finish, outcome.lifted_after), (FinishReason::Stop, None));
        }
    }
}

/// Random models seldom come to an end, so that what is looked at is the sentences before.
#[test]
fn sentences_cite_what_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let cited = Constraint::Cited(Citing { markers: vec![1, 23], instead: Vec::new() });
    for mut model in models(folder.path()) {
        for sampling in samplings() {
            let (text, outcome) = ask(&mut model, &cited, &sampling);
            assert_eq!(outcome.lifted_after, None);
            assert!(!text.contains(char::REPLACEMENT_CHARACTER));
            let lines: Vec<&str> = text.split('\n').collect();
            for line in &lines[..lines.len() - 1] {
                assert!(line.trim().is_empty() || line.contains(']'), "{text:?}");
            }
            for inside in text.split('[').skip(1) {
                let numbers = inside.split(']').next().unwrap().split(',').map(str::trim);
                let ours = |number: &str| ["", "1", "2", "23"].contains(&number);
                assert!(numbers.into_iter().all(ours), "{text:?}");
            }
            if outcome.finish == FinishReason::Stop {
                assert!(text.contains(']'), "{text:?}");
            }
        }
    }
}

#[test]
fn drafts_change_nothing_within_constraints() {
    let folder = tempfile::tempdir().unwrap();
    let cited = Constraint::Cited(Citing { markers: vec![1], instead: vec!["none".into()] });
    for mut model in models(folder.path()) {
        for sampling in samplings() {
            let told = [Drafts::Never, Drafts::Always].map(|drafts| {
                model.draft(drafts);
                ask(&mut model, &Constraint::OneOf(vec!["x".into()]), &sampling);
                ask(&mut model, &cited, &sampling)
            });
            assert_eq!(told[0], told[1]);
        }
    }
}

/// Nothing may be written, and nothing may end.
#[test]
fn a_constraint_that_nothing_satisfies_is_lifted_and_told() {
    let folder = tempfile::tempdir().unwrap();
    for mut model in models(folder.path()) {
        let (text, outcome) = ask(&mut model, &Constraint::OneOf(Vec::new()), &greedy(12));
        let mut free = String::new();
        model
            .generate(&[user("hi")], &greedy(12), &CancelToken::new(), &mut |part| {
                free.push_str(part);
            })
            .unwrap();
        assert_eq!((text, outcome.lifted_after), (free, Some(0)));
        let never_ends = Sampling { min_tokens: 12, ..greedy(12) };
        let choice = Constraint::OneOf(vec!["yes".into()]);
        let (text, outcome) = ask(&mut model, &choice, &never_ends);
        assert!(text.starts_with("yes"), "{text}");
        assert_eq!(outcome.lifted_after, Some(3));
    }
}
