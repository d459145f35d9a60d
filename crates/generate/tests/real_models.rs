//! The models that the program ships with, where they are on this machine.

#![allow(clippy::unwrap_used)]

mod support;

use support::{ask, greedy, load, system, user};
use yinju_core::ports::{FinishReason, Sampling};
use yinju_generate::CandleGenerator;

const QWEN: &str = "qwen2.5-coder-0.5b-instruct";
const SMOL: &str = "smollm2-135m-instruct";

fn model(id: &str) -> Option<CandleGenerator> {
    yinju_tests::model_file(id, "gguf").map(|path| load(&path).unwrap())
}

#[test]
fn qwen_answers_in_chinese_from_a_paragraph() {
    let Some(mut qwen) = model(QWEN) else { return };
    let paragraph = "青藏铁路东起青海省西宁市，西至西藏自治区拉萨市，全长1956千米。其中西宁至格尔木段于1984年建成通车，格尔木至拉萨段于2006年7月1日全线通车。";
    let messages = [
        system("只根据给出的资料回答问题，回答要简短。"),
        user(&format!("资料：{paragraph}\n\n问题：青藏铁路全长多少千米？")),
    ];
    let (answer, outcome) = ask(&mut qwen, &messages, &greedy(64));
    eprintln!("answer: {answer}");
    assert!(answer.contains("1956"), "{answer}");
    assert_eq!(outcome.finish, FinishReason::Stop);
    assert_eq!(ask(&mut qwen, &messages, &greedy(64)).0, answer);
}

#[test]
fn qwen_reuses_what_it_has_read() {
    let Some(mut kept) = model(QWEN) else { return };
    let evidence =
        "Passage [1]: The bridge over the river Lune was opened in 1849 and rebuilt in 1911. "
            .repeat(4);
    let ask_about = |model: &mut CandleGenerator, question: &str| {
        ask(model, &[system(&evidence), user(question)], &greedy(24))
    };
    ask_about(&mut kept, "When was the bridge opened?");
    let again = ask_about(&mut kept, "When was the bridge rebuilt?");
    let fresh = ask_about(&mut model(QWEN).unwrap(), "When was the bridge rebuilt?");
    eprintln!("answer: {}", fresh.0);
    assert_eq!(again.0, fresh.0);
    assert!(again.1.reused_tokens > 9 * again.1.prompt_tokens / 10);
    assert!(fresh.0.contains("1911"), "{}", fresh.0);
}

#[test]
fn qwen_counts_tokens_as_published() {
    let Some(qwen) = model(QWEN) else { return };
    let texts = ["Hello, world!", "1234", "引据", "<|im_end|>"].map(str::to_owned);
    let counts = qwen.count_tokens(&texts).unwrap();
    assert_eq!(counts[..2], [4, 4]);
    assert!(counts[2] <= 4 && counts[3] > 1, "{counts:?}");
}

/// The answer stands in the question. Asked for what it remembers, so small a model is in doubt: its
/// best two first tokens are nearer to each other than rounding inputs to 8 bits moves them.
#[test]
fn smollm_speaks_and_stops_at_a_text() {
    let Some(mut smol) = model(SMOL) else { return };
    let question = [user("The bridge was opened in 1849. When was the bridge opened?")];
    let (answer, outcome) = ask(&mut smol, &question, &greedy(40));
    eprintln!("answer: {answer}");
    assert!(outcome.generated_tokens > 4 && answer.contains("1849"), "{answer}");
    let stop: String = answer.chars().skip(6).take(5).collect();
    let sampling = Sampling { stop: vec![stop.clone()], ..greedy(40) };
    let (cut, outcome) = ask(&mut smol, &question, &sampling);
    assert_eq!(outcome.finish, FinishReason::Stop);
    assert!(answer.starts_with(&cut) && !cut.contains(&stop), "{cut}");
}
