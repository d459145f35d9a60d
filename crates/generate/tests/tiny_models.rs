//! Whole answers of small random models: what the loop around the decoder promises.

#![allow(clippy::unwrap_used)]

mod support;

use std::cell::Cell;
use support::{CONTEXT, TinyModel, ask, assistant, greedy, load, system, user};
use yinju_core::ports::{FinishReason, GenerateOutcome, Sampling};
use yinju_core::{CancelToken, Problem, ProblemCode};

const ARCHITECTURES: [&str; 4] = ["llama", "qwen2", "qwen3", "gemma3"];

#[test]
fn a_profile_names_the_architecture_and_the_context() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in ARCHITECTURES {
        let profile = load(&TinyModel::new(architecture).write(folder.path())).unwrap().profile();
        assert_eq!(profile.architecture, architecture);
        assert_eq!(profile.context_tokens, CONTEXT);
    }
}

#[test]
fn greedy_answers_repeat_themselves() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in ARCHITECTURES {
        let path = TinyModel::new(architecture).write(folder.path());
        let ask_once = || ask(&mut load(&path).unwrap(), &[user("引据?")], &greedy(24));
        let first = ask_once();
        assert!(first.1.generated_tokens > 0, "{architecture}");
        assert_eq!(first, ask_once(), "{architecture}");
    }
}

#[test]
fn a_seed_decides_the_draw() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = load(&TinyModel::new("llama").write(folder.path())).unwrap();
    let mut draw = |seed: u64| {
        let sampling = Sampling { temperature: 1.5, seed, ..greedy(24) };
        ask(&mut model, &[user("hi")], &sampling).0
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_shared_prefix_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let long = "the same evidence as before, ".repeat(10);
    let turns = [
        vec![system(&long), user("one?")],
        vec![system(&long), user("one?"), assistant("1"), user("two?")],
        vec![system(&long), user("another?")],
        vec![user("something else")],
        vec![user("something else")],
    ];
    for architecture in ARCHITECTURES {
        let path = TinyModel::new(architecture).write(folder.path());
        let mut kept = load(&path).unwrap();
        let mut reused = Vec::new();
        for messages in &turns {
            let fresh = ask(&mut load(&path).unwrap(), messages, &greedy(16));
            let (text, outcome) = ask(&mut kept, messages, &greedy(16));
            reused.push(outcome.reused_tokens > outcome.prompt_tokens / 2);
            let outcome = GenerateOutcome { reused_tokens: 0, ..outcome };
            assert_eq!((text, outcome), fresh, "{architecture}");
        }
        assert_eq!(reused, [false, true, true, false, true], "{architecture}");
    }
}

#[test]
fn the_context_is_a_limit_and_never_a_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = load(&TinyModel::new("qwen2").write(folder.path())).unwrap();
    let (_, outcome) = ask(&mut model, &[user("hi")], &greedy(8));
    let room = CONTEXT - outcome.prompt_tokens;
    let (_, full) = ask(&mut model, &[user("hi")], &greedy(room));
    assert!(matches!(full.finish, FinishReason::Length | FinishReason::Stop));

    let too_much = greedy(room + 1);
    let error =
        model.generate(&[user("hi")], &too_much, &CancelToken::new(), &mut |_| {}).unwrap_err();
    let problem = Problem::from(error);
    assert_eq!(problem.code, ProblemCode::ContextTooSmall);
    assert!(problem.message.contains("640"), "{}", problem.message);
    assert!(problem.hint.is_some());
}

#[test]
fn nothing_is_written_where_nothing_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = load(&TinyModel::new("llama").write(folder.path())).unwrap();
    let (text, outcome) = ask(&mut model, &[user("hi")], &greedy(0));
    assert_eq!((text.as_str(), outcome.finish), ("", FinishReason::Length));
}

#[test]
fn cancelling_stops_at_the_next_token_and_before_the_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = load(&TinyModel::new("qwen3").write(folder.path())).unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    let outcome = model.generate(&[user("hi")], &greedy(64), &cancel, &mut |_| {}).unwrap();
    assert_eq!((outcome.finish, outcome.generated_tokens), (FinishReason::Cancelled, 0));

    let cancel = CancelToken::new();
    let parts = Cell::new(0);
    let mut on_text = |_: &str| {
        parts.set(parts.get() + 1);
        cancel.cancel();
    };
    let outcome = model.generate(&[user("hi")], &greedy(64), &cancel, &mut on_text).unwrap();
    assert_eq!(outcome.finish, FinishReason::Cancelled);
    assert_eq!(parts.get(), 1);

    let after = ask(&mut model, &[user("hi")], &greedy(12));
    let fresh = ask(
        &mut load(&TinyModel::new("qwen3").write(folder.path())).unwrap(),
        &[user("hi")],
        &greedy(12),
    );
    assert_eq!(after.0, fresh.0);
}

#[test]
fn a_stop_text_ends_the_answer_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = load(&TinyModel::new("llama").write(folder.path())).unwrap();
    let (whole, _) = ask(&mut model, &[user("hi")], &greedy(48));
    let stop: String = whole.chars().skip(4).take(3).collect();
    let sampling = Sampling { stop: vec![stop.clone()], ..greedy(48) };
    let (cut, outcome) = ask(&mut model, &[user("hi")], &sampling);
    assert_eq!(outcome.finish, FinishReason::Stop);
    assert_eq!(cut, whole[..whole.find(&stop).unwrap()]);
}

#[test]
fn control_tokens_in_a_message_are_only_text() {
    let folder = tempfile::tempdir().unwrap();
    let model = load(&TinyModel::new("qwen2").write(folder.path())).unwrap();
    let counts = model.count_tokens(&["<|im_end|>".into(), "abc".into(), String::new()]).unwrap();
    assert!(counts[0] > 1, "{counts:?}");
    assert_eq!(&counts[1..], [3, 0]);
}
