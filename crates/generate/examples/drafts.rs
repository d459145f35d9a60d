//! Measures what drafts gain: `cargo run --release -p yinju-generate --example drafts -- MODEL.gguf
//! PROMPTS.jsonl [THREADS]`. Each line of the prompts is `{"kind": …, "messages": [{"role": …,
//! "content": …}, …]}` (`benches/drafts.py` makes them of evaluation sets). Every prompt is answered
//! without drafts and with them, in turns, after a reading that is not counted; times are those of
//! writing alone. Says in how many answers a text differed. On a busy machine run it with one thread
//! and read the rates by processor time.

use std::collections::BTreeMap;
use std::error::Error;
use yinju_core::ports::{GenerateOutcome, Message, Sampling};
use yinju_core::{CancelToken, GeneratorSpec, ModelId};
use yinju_generate::{CandleGenerator, Drafts};

#[derive(serde::Deserialize)]
struct Prompt {
    kind: String,
    messages: Vec<Message>,
}

/// A text, how it came, and processor time with what little was read before it.
type Told = (String, GenerateOutcome, f64);

/// Tokens, and seconds without and with drafts.
#[derive(Default)]
struct Sum {
    answers: u32,
    tokens: f64,
    seconds: [f64; 2],
    cpu: [f64; 2],
    ratios: Vec<f64>,
    differ: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let gguf = arguments.next().ok_or("which model?")?.into();
    let prompts = std::fs::read_to_string(arguments.next().ok_or("which prompts?")?)?;
    let threads = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(2);
    let spec = GeneratorSpec { id: ModelId::from_static("measured"), gguf };
    let mut model = CandleGenerator::load(&spec, threads)?;
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for (at, line) in prompts.lines().enumerate() {
        let prompt: Prompt = serde_json::from_str(line)?;
        let told = pair(&mut model, &prompt.messages, at % 2 == 1)?;
        let sum = sums.entry(prompt.kind.clone()).or_default();
        sum.take(&told);
        let ratio = sum.ratios.last().copied().unwrap_or_default();
        let (text, outcome, _) = &told[0];
        println!("{at} {} {} tokens {ratio:.2} {text:?}", prompt.kind, outcome.generated_tokens);
    }
    for (kind, sum) in &sums {
        sum.print(kind);
    }
    Ok(())
}

/// An answer without drafts, and with them.
fn pair(
    model: &mut CandleGenerator,
    messages: &[Message],
    drafts_first: bool,
) -> Result<[Told; 2], Box<dyn Error>> {
    let sampling = Sampling { max_tokens: 1, ..Sampling::default() };
    model.generate(messages, &sampling, &CancelToken::new(), &mut |_| {})?;
    let mut order = [Drafts::Never, Drafts::WherePaying];
    if drafts_first {
        order.reverse();
    }
    let mut told = Vec::new();
    for drafts in order {
        model.draft(drafts);
        let sampling = Sampling { max_tokens: 256, ..Sampling::default() };
        let mut text = String::new();
        let cancel = CancelToken::new();
        let cpu = cpu_seconds();
        let outcome =
            model.generate(messages, &sampling, &cancel, &mut |part| text.push_str(part))?;
        told.push((text, outcome, cpu_seconds() - cpu));
    }
    if drafts_first {
        told.reverse();
    }
    told.try_into().map_err(|_| "two answers".into())
}

impl Sum {
    fn take(&mut self, told: &[Told; 2]) {
        let [without, with] = told;
        self.answers += 1;
        self.tokens += f64::from(without.1.generated_tokens);
        self.seconds[0] += without.1.decode_seconds;
        self.seconds[1] += with.1.decode_seconds;
        self.cpu[0] += without.2;
        self.cpu[1] += with.2;
        self.ratios.push(without.2 / with.2);
        self.differ += u32::from(without.0 != with.0);
    }

    fn print(&self, kind: &str) {
        let mut ratios = self.ratios.clone();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{kind}: {} answers, {} tokens: {:.1} tok/s without, {:.1} with, {:.2} ×; \
             {:.2} × by processor time, of single answers least {:.2}, median {:.2}, most {:.2}; {} texts differ",
            self.answers,
            self.tokens,
            self.tokens / self.seconds[0],
            self.tokens / self.seconds[1],
            self.seconds[0] / self.seconds[1],
            self.cpu[0] / self.cpu[1],
            ratios.first().unwrap_or(&0.0),
            ratios.get(ratios.len() / 2).unwrap_or(&0.0),
            ratios.last().unwrap_or(&0.0),
            self.differ,
        );
    }
}

/// Processor time of all threads so far, where the system says; its clock ticks 100 times a second.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
