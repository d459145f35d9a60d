//! Passages a second of the encoder in a folder, as `yinju bench embed` measures those of the
//! catalogue: `cargo run --release -p yinju-embed --example encoder -- FOLDER [THREADS [TOKENS]]`.
//! `benches/peers/embed.py FOLDER` measures ONNX Runtime on the same.

use std::time::Instant;
use yinju_core::ports::TextRole;
use yinju_core::{CancelToken, EncoderSpec, ModelId, Pooling};
use yinju_embed::BertEncoder;

const BATCH: usize = 16;
const RUNS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("which folder?")?;
    let mut number = |or| args.next().map_or(Ok(or), |arg| arg.parse::<usize>());
    let (threads, tokens) = (number(2)?, number(300)?);
    let config = std::fs::read_to_string(format!("{folder}/config.json"))?;
    let config: serde_json::Value = serde_json::from_str(&config)?;
    let spec = EncoderSpec {
        id: ModelId::like(&folder),
        folder: folder.into(),
        dimensions: config["hidden_size"].as_u64().unwrap_or(0) as usize,
        max_tokens: tokens,
        pooling: Pooling::Mean,
        normalize: true,
        query_prefix: String::new(),
        passage_prefix: String::new(),
        late_interaction: false,
    };
    let encoder = BertEncoder::load(&spec, threads)?;
    // Longer than the limit, so that every passage is cut to it.
    let texts = vec!["measure the same passage again ".repeat(tokens); BATCH];
    let mut speeds = Vec::new();
    for _ in 0..=RUNS {
        let start = Instant::now();
        encoder.embed(TextRole::Passage, &texts, &CancelToken::new())?;
        speeds.push(BATCH as f64 / start.elapsed().as_secs_f64());
    }
    // The first run fills caches.
    speeds.remove(0);
    speeds.sort_by(f64::total_cmp);
    println!("{:.2} passages/s", speeds[RUNS / 2]);
    Ok(())
}
