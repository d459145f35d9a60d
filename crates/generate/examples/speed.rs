//! Measures a model file: `cargo run -p yinju-generate --example speed -- FILE [THREADS]`.
//! Prints load time, prefill and decode speed at several prompt lengths, and peak memory. On a
//! busy machine run it with one thread and read the rates by processor time.

use std::time::Instant;
use yinju_core::ports::{Message, Role, Sampling};
use yinju_core::{CancelToken, GeneratorSpec, ModelId};
use yinju_generate::{CandleGenerator, GenerateError};

const DECODED: u32 = 48;

fn main() -> Result<(), GenerateError> {
    let mut arguments = std::env::args().skip(1);
    let gguf = arguments.next().unwrap_or_default().into();
    let threads = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(2);
    let began = Instant::now();
    let spec = GeneratorSpec { id: ModelId::from_static("measured"), gguf };
    let mut model = CandleGenerator::load(&spec, threads)?;
    println!("load {:.2} s, peak {} MB", began.elapsed().as_secs_f64(), peak_mb());
    for length in [64, 512, 2048] {
        measure(&mut model, length)?;
    }
    Ok(())
}

fn measure(model: &mut CandleGenerator, length: usize) -> Result<(), GenerateError> {
    // The number first, so that no prompt shares a prefix with the one before.
    let content = format!("{length} tell a long story{}", " one".repeat(length));
    let messages = [Message { role: Role::System, content }];
    let sampling = Sampling { max_tokens: DECODED, repeat_penalty: 1.3, ..Sampling::default() };
    let began = Instant::now();
    let cpu = cpu_seconds();
    let mut first = None;
    let outcome = model.generate(&messages, &sampling, &CancelToken::new(), &mut |_| {
        first.get_or_insert_with(|| (began.elapsed().as_secs_f64(), cpu_seconds() - cpu));
    })?;
    let total = began.elapsed().as_secs_f64();
    let total_cpu = cpu_seconds() - cpu;
    let (prefill, prefill_cpu) = first.unwrap_or((total, total_cpu));
    let (read, written) =
        (f64::from(outcome.prompt_tokens), f64::from(outcome.generated_tokens.saturating_sub(1)));
    println!(
        "prompt {read} tokens: prefill {:.1} tok/s ({:.1} by processor time), \
         decode {:.1} tok/s ({:.1}), peak {} MB",
        read / prefill,
        read / prefill_cpu,
        written / (total - prefill),
        written / (total_cpu - prefill_cpu),
        peak_mb(),
    );
    Ok(())
}

/// Peak resident memory, where the system says.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

/// Processor time of all threads so far, where the system says; its clock ticks 100 times a second.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
