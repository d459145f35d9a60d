//! `yinju bench`: the project's own measurements, on the program as it is. Deliberately not here: what
//! the figures should be, and other programs to compare them with (`benches/peers`).

mod memory;
mod search;
mod text;

use super::Result;
use crate::Outcome;
use crate::args::BenchCommand;
use crate::output::Output;
use memory::Peak;
use serde_json::{Map, json};
use std::path::PathBuf;
use std::time::Instant;
use yinju_compose::Places;
use yinju_core::ports::{GenerateOutcome, GenerateRequest, Message, Role, Sampling, TextRole};
use yinju_core::{
    CancelToken, Embedder as _, EncoderSpec, Generator, GeneratorSpec, ModelId, Problem,
};
use yinju_engine::ImportRequest;

/// Every figure is the median of so many runs.
const RUNS: usize = 5;
/// An encoder is asked for about so long in each run.
const SECONDS_A_RUN: f64 = 3.0;

/// Runs one measurement.
pub fn run(places: Places, output: &Output, command: BenchCommand) -> Result {
    match command {
        BenchCommand::Embed { model, tokens, batch, threads } => {
            embed(&places, output, &model, tokens, batch, threads)
        }
        BenchCommand::Generate { model, gguf, prompt, decode, threads } => {
            let spec = match (model, gguf) {
                (Some(model), _) => places.models().generator(Some(&model))?,
                (None, Some(gguf)) => {
                    let name = gguf.file_stem().unwrap_or_default().to_string_lossy();
                    GeneratorSpec { id: ModelId::like(&name), gguf }
                }
                (None, None) => places.models().generator(None)?,
            };
            generate(&places, output, &spec, &prompt, decode, threads)
        }
        BenchCommand::Search { passages, dim, index } => {
            search::run(output, passages.max(1), dim.max(1), index.as_deref())
        }
        BenchCommand::Ingest { paths } => ingest(places, output, paths),
    }
}

/// Passages an encoder turns into vectors in a second.
fn embed(
    places: &Places,
    output: &Output,
    model: &ModelId,
    tokens: usize,
    batch: usize,
    threads: usize,
) -> Result {
    // A limit of so many tokens makes every text exactly that long.
    let installed = places.models().encoder_named(model)?;
    let spec = EncoderSpec { max_tokens: tokens, ..installed };
    let peak = Peak::watch();
    let embedder = places.embedder(spec, threads);
    let texts: Vec<String> = (0..batch).map(|n| text::of_words(n, tokens)).collect();
    let ask = || embedder.embed(TextRole::Passage, &texts, &CancelToken::new()).map(drop);
    ask()?;
    let mut rates = Vec::new();
    for _ in 0..RUNS {
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed().as_secs_f64() < SECONDS_A_RUN {
            ask()?;
            done += batch;
        }
        rates.push(done as f64 / start.elapsed().as_secs_f64());
    }
    let rate = median(rates);
    output.object(&json!({
        "bench": "embed", "model": model, "sentences_per_s": rounded(rate),
        "tokens_per_s": rounded(rate * tokens as f64), "peak_rss_mb": peak.megabytes(),
    }));
    Ok(Outcome::Done)
}

/// How fast a language model is loaded, reads and writes.
fn generate(
    places: &Places,
    output: &Output,
    model: &GeneratorSpec,
    prompts: &[usize],
    decode: u32,
    threads: usize,
) -> Result {
    let peak = Peak::watch();
    let generator = places.generator(threads);
    let start = Instant::now();
    generator.load(model)?;
    let load = start.elapsed().as_secs_f64();
    let (mut prefill, mut written, mut follow_up) = (Map::new(), Map::new(), Map::new());
    for tokens in prompts {
        let (mut outcomes, mut shares) = (Vec::new(), Vec::new());
        for run in 0..RUNS {
            let text = prompt_of(&generator, model, run, *tokens)?;
            let next = with_another_end(&text, run);
            let outcome = write(&generator, model, text, decode)?;
            let followed = write(&generator, model, next, 2)?;
            shares.push(followed.prefill_seconds / outcome.prefill_seconds);
            outcomes.push(outcome);
        }
        follow_up.insert(tokens.to_string(), rounded(median(shares)).into());
        let read =
            |o: &GenerateOutcome| f64::from(o.prompt_tokens - o.reused_tokens) / o.prefill_seconds;
        // The first token is chosen from the prompt's own scores.
        let wrote = |o: &GenerateOutcome| f64::from(o.generated_tokens - 1) / o.decode_seconds;
        let all = |figure: fn(&GenerateOutcome) -> f64| outcomes.iter().map(figure).collect();
        prefill.insert(tokens.to_string(), rounded(median(all(read))).into());
        written.insert(tokens.to_string(), rounded(median(all(wrote))).into());
    }
    output.object(&json!({
        "bench": "generate", "model": model.id, "load_s": rounded(load),
        "prefill_tok_s": prefill, "decode_tok_s": written, "follow_up_to_cold": follow_up,
        "peak_rss_mb": peak.megabytes(),
    }));
    Ok(Outcome::Done)
}

fn write(
    generator: &impl Generator,
    model: &GeneratorSpec,
    content: String,
    decode: u32,
) -> std::result::Result<GenerateOutcome, Problem> {
    let messages = vec![Message { role: Role::User, content }];
    let tokens = decode.max(2);
    let sampling = Sampling { min_tokens: tokens, max_tokens: tokens, ..Sampling::default() };
    let request = GenerateRequest { model: model.clone(), messages, sampling, constraint: None };
    generator.generate(&request, &CancelToken::new(), &mut |_| {})
}

/// A text of about `tokens` tokens for this model. Its first words are those of no other `run`, so
/// that nothing read before can be used again.
fn prompt_of(
    generator: &impl Generator,
    model: &GeneratorSpec,
    run: usize,
    tokens: usize,
) -> std::result::Result<String, Problem> {
    let whole = text::of_words(run, 2 * tokens);
    let words: Vec<&str> = whole.split(' ').collect();
    let counts = generator.count_tokens(model, std::slice::from_ref(&whole))?;
    let per_word = f64::from(counts[0]) / words.len() as f64;
    let kept = (tokens as f64 / per_word) as usize;
    Ok(words[..kept.clamp(1, words.len())].join(" "))
}

/// The next question of a conversation: nine tenths of the prompt, then something else.
fn with_another_end(text: &str, run: usize) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let kept = words.len() * 9 / 10;
    let end = text::of_words(run + RUNS, words.len() - kept);
    format!("{} {end}", words[..kept].join(" "))
}

/// An import into a home of its own.
fn ingest(places: Places, output: &Output, paths: Vec<PathBuf>) -> Result {
    let folder = tempfile::tempdir().map_err(Problem::internal)?;
    let places = Places { home: folder.path().to_owned(), ..places };
    let peak = Peak::watch();
    let engine = places.engine()?;
    let library = engine.create_library("bench")?;
    let request = ImportRequest { paths, library, password: None };
    let summary = engine.import(&request, &CancelToken::new(), &|_| {})?;
    let pages_per_s = f64::from(summary.pages) / summary.seconds.max(f64::MIN_POSITIVE);
    output.object(&json!({
        "bench": "ingest", "summary": summary, "pages_per_s": rounded(pages_per_s),
        "peak_rss_mb": peak.megabytes(),
    }));
    Ok(Outcome::Done)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}
