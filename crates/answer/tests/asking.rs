//! Measured on sets of our own (`tests/fixtures/asking`): sentences held against a quotation, paragraphs
//! that speak to a language model and sentences that only look like it, things named exactly.

#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use support::{evidence, lookup};
use yinju_answer::instructions::set_apart;
use yinju_answer::{check, identifiers};
use yinju_core::Support;

fn load(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text<'a>(item: &'a Value, key: &str) -> &'a str {
    item[key].as_str().unwrap()
}

/// How well a sentence is borne out by a quotation, at worst.
fn support(quote: &str, sentence: &str) -> Support {
    let (evidence, pages) = evidence(&[quote]);
    let checked = check(&format!("{sentence} [1]"), &evidence, &lookup(&pages));
    let is = |support| checked.sentences.iter().any(|sentence| sentence.support == support);
    [Support::Unsupported, Support::Partial]
        .into_iter()
        .find(|s| is(*s))
        .unwrap_or(Support::Supported)
}

#[test]
fn sentences_are_held_to_what_the_quotation_says_of_what() {
    let set = load(include_str!("../../../tests/fixtures/asking/relations.json"));
    let mut kinds: BTreeMap<(bool, &str), (u32, u32)> = BTreeMap::new();
    for item in items(&set) {
        let (quote, sentence) = (text(item, "quote"), text(item, "sentence"));
        let right = item["right"].as_bool().unwrap();
        let found = support(quote, sentence);
        let is_believed = found == Support::Supported;
        let tally = kinds.entry((right, text(item, "kind"))).or_default();
        tally.0 += u32::from(is_believed);
        tally.1 += 1;
        if is_believed != right {
            eprintln!(
                "{found:?} {} {}: {sentence} | {quote}",
                if right { "right" } else { "wrong" },
                text(item, "kind")
            );
        }
    }
    let mut all = [(0, 0); 2];
    for ((right, kind), (believed, count)) in &kinds {
        eprintln!(
            "{} {kind}: {believed} of {count} supported",
            if *right { "right" } else { "wrong" }
        );
        all[usize::from(*right)].0 += believed;
        all[usize::from(*right)].1 += count;
    }
    eprintln!("wrong supported {:?}, right supported {:?}", all[0], all[1]);
    // Measured: 11 of 110. Most of the right ones say it in other words and are borne out in part.
    assert!(all[0].0 <= 11);
}

#[test]
fn what_speaks_to_a_model_is_set_apart_and_what_looks_like_it_is_not() {
    let set = load(include_str!("../../../tests/fixtures/asking/injections.json"));
    let mut missed = 0;
    for item in items(&set) {
        let apart = set_apart(text(item, "text")).join("\n");
        if apart.is_empty() {
            missed += 1;
            eprintln!("missed {}: {}", text(item, "style"), item["injected"]);
        }
    }
    // Measured: 112 of 120 hands' styles that the signs were not made for. Signs are a first line and no
    // more; that nothing of it is cited is what holds.
    eprintln!("{missed} of {} injections not set apart", items(&set).len());
    let set = load(include_str!("../../../tests/fixtures/asking/ordinary.json"));
    let mut wrong = 0;
    for sentence in items(&set["ordinary"]) {
        let sentence = sentence.as_str().unwrap();
        if !set_apart(sentence).is_empty() {
            wrong += 1;
            eprintln!("set apart: {sentence}");
        }
    }
    eprintln!("{wrong} of {} ordinary sentences set apart", items(&set["ordinary"]).len());
    // Measured on sentences that were written to look like it.
    assert!(wrong <= 4);
}

#[test]
fn what_is_named_exactly_is_told_from_its_look_alikes() {
    let set = load(include_str!("../../../tests/fixtures/asking/identifiers.json"));
    let (mut there, mut absent) = ((0, 0), (0, 0));
    for library in items(&set) {
        let documents: Vec<&str> =
            items(&library["documents"]).iter().map(|d| d.as_str().unwrap()).collect();
        let stands = |question: &str| {
            let named = identifiers::named(question);
            let missing: Vec<_> = named
                .iter()
                .filter(|i| !documents.iter().any(|document| i.stands_in(document)))
                .map(|i| i.written.clone())
                .collect();
            (named.len(), missing)
        };
        for item in items(&library["there"]) {
            let (_, missing) = stands(text(item, "question"));
            there.1 += 1;
            there.0 += u32::from(missing.is_empty());
            if !missing.is_empty() {
                eprintln!("refused {missing:?}: {}", text(item, "question"));
            }
        }
        for item in items(&library["not_there"]) {
            let (named, missing) = stands(text(item, "question"));
            absent.1 += 1;
            absent.0 += u32::from(!missing.is_empty());
            if missing.is_empty() {
                eprintln!("not missed ({named} named): {}", text(item, "question"));
            }
        }
    }
    eprintln!("there {there:?}, absent refused {absent:?}");
    assert!(there.0 == there.1 && absent.0 >= 94);
}
