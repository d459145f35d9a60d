//! What computing costs, and that it can be made to cost less: the shapes of `yinju bench`, a gentle
//! import. How much it costs is not asserted here.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use yinju_tests::{Home, root};

fn positive(figure: &Value) -> f64 {
    let figure = figure.as_f64().unwrap();
    assert!(figure > 0.0, "{figure}");
    figure
}

#[test]
fn bench_says_how_fast_a_language_model_is() {
    let home = Home::new();
    let words = "bench generate --prompt 100,400 --decode 4 --threads 2";
    let bench = home.yinju(&words.split(' ').collect::<Vec<_>>()).done();
    let figures = bench.last();
    positive(&figures["load_s"]);
    positive(&figures["peak_rss_mb"]);
    for tokens in ["100", "400"] {
        positive(&figures["prefill_tok_s"][tokens]);
        positive(&figures["decode_tok_s"][tokens]);
        positive(&figures["follow_up_to_cold"][tokens]);
    }
}

#[test]
fn bench_says_how_fast_an_encoder_is() {
    let home = Home::new();
    let words = "bench embed --tokens 40 --batch 4 --threads 2";
    let bench = home.yinju(&words.split(' ').collect::<Vec<_>>()).done();
    let figures = bench.last();
    let sentences = positive(&figures["sentences_per_s"]);
    let tokens = positive(&figures["tokens_per_s"]);
    assert!((tokens / sentences - 40.0).abs() < 0.1);
    positive(&figures["peak_rss_mb"]);
}

#[test]
fn a_gentle_import_ends_as_any_other() {
    let sample = root().join("assets/samples/tea-handbook-zh.pdf");
    let summary = |gentle: bool| {
        let home = Home::new();
        let mut words = vec!["import", sample.to_str().unwrap()];
        words.extend(gentle.then_some("--gentle"));
        let mut summary = home.yinju(&words).done().last()["summary"].clone();
        summary["seconds"] = Value::Null;
        summary["seconds_to_words"] = Value::Null;
        summary["seconds_by_stage"] = Value::Null;
        summary
    };
    assert_eq!(summary(true), summary(false));
}
