//! temporary measure
use yinju_core::ports::TextRole;
use yinju_core::{CancelToken, EncoderSpec, ModelId, Pooling};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let id = a[1].as_str();
    let threads: usize = a[2].parse().unwrap();
    let batch: usize = a[3].parse().unwrap();
    let folder = std::path::PathBuf::from(std::env::var("HOME").unwrap()).join(".local/share/yinju/models").join(id);
    let spec = EncoderSpec { id: ModelId::from(id), folder, dimensions: 384, max_tokens: 512, pooling: Pooling::Mean, normalize: true, query_prefix: "query: ".into(), passage_prefix: "passage: ".into() };
    let t = std::time::Instant::now();
    let e = yinju_embed::CandleEncoder::load(&spec, threads).unwrap();
    println!("load {:.2}s rss {}", t.elapsed().as_secs_f64(), rss());
    // about 300 tokens
    let text = "word ".repeat(if id.starts_with("all") { 298 } else { 295 });
    let texts = vec![text; batch];
    let c = CancelToken::new();
    e.embed(TextRole::Passage, &texts[..1.min(batch)], &c).unwrap();
    let mut rates = vec![];
    for _ in 0..3 { let t = std::time::Instant::now(); e.embed(TextRole::Passage, &texts, &c).unwrap(); rates.push(batch as f64 / t.elapsed().as_secs_f64()); }
    rates.sort_by(f64::total_cmp);
    let c0 = cpu(); for _ in 0..2 { e.embed(TextRole::Passage, &texts, &c).unwrap(); } let used = cpu() - c0;
    println!("per CPU second {:.2} sentences => x2 = {:.1}", 2.0 * batch as f64 / used, 4.0 * batch as f64 / used);
    println!("{id} threads {threads} batch {batch}: median {:.1} best {:.1} sentences/s; rss {}", rates[1], rates[2], rss());
    let t = std::time::Instant::now();
    for _ in 0..20 { e.embed(TextRole::Query, &["what is retrieval augmented generation?".to_owned()], &c).unwrap(); }
    println!("query {:.2} ms", t.elapsed().as_secs_f64()*50.0);
}
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmRSS")||l.starts_with("VmHWM")||l.starts_with("RssAnon")).collect::<Vec<_>>().join(" ") }

fn cpu() -> f64 { let s = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect(); (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0 }
