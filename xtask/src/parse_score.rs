//! `cargo xtask parse-score`: how well PDFs are read, by the instruments in `benches/parse`. This
//! room builds the reader, gives the instruments a Python of their own, and starts them; what is
//! measured and how stands there. Deliberately not here: what the figures should be.

use crate::models;
use crate::place::Place;
use crate::say;
use crate::steps::{self, program};
use crate::weights::Weights;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is scored where nothing is named; beside the clone, as the other public sets.
const PLACES: [&str; 2] = ["../shared/data/pdf", "../shared/data/eval/cmrc_pdf"];

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Characters, words and their order, against `MuPDF` and Poppler.
    Text,
    /// Words that three other readers agree on and ours lacks.
    Words,
    /// Headings and section paths, against labels.
    Headings,
    /// Tables, against a generated set, and against `pdfplumber` on real files.
    Tables,
    /// Pages a CPU second.
    Speed,
    /// All of these.
    All,
}

/// What to measure, on what.
#[derive(Args)]
pub struct Score {
    /// What is measured.
    #[arg(value_enum, default_value = "all")]
    what: What,
    /// PDFs and folders of PDFs instead of the public fixtures.
    places: Vec<PathBuf>,
    /// A reader that is built already (`cargo build --release -p yinju-parse --example pages`).
    #[arg(long)]
    reader: Option<PathBuf>,
    /// Writes all figures into this folder, a file a measure.
    #[arg(long)]
    json: Option<PathBuf>,
    /// How many of the worst pages are named.
    #[arg(long, default_value_t = 15)]
    worst: usize,
}

/// Measures and prints tables.
pub fn run(place: &Place, score: &Score) -> Result<()> {
    let instruments = Instruments::ready(place, score.reader.as_deref())?;
    let all = [What::Text, What::Words, What::Headings, What::Tables, What::Speed];
    for what in all.into_iter().filter(|what| [*what, What::All].contains(&score.what)) {
        let name = what.to_possible_value().context("every measure has a name")?;
        println!("\n== {}\n", name.get_name());
        let mut command = instruments.script(place, "score.py");
        command.arg(name.get_name()).args([&instruments.reader, &instruments.pdfium]);
        command.args(places(place, score)).arg("--worst").arg(score.worst.to_string());
        command.arg("--work").arg(folder(place));
        if let Some(json) = &score.json {
            std::fs::create_dir_all(json)?;
            let file = std::path::absolute(json)?.join(format!("{}.json", name.get_name()));
            command.arg("--json").arg(file);
        }
        steps::run(command)?;
    }
    Ok(())
}

fn places(place: &Place, score: &Score) -> Vec<PathBuf> {
    if score.places.is_empty() {
        return PLACES.iter().map(|name| place.root.join(name)).collect();
    }
    score.places.iter().map(|path| std::path::absolute(path).unwrap_or(path.clone())).collect()
}

/// Where the instruments keep their Python, generated sets and images.
pub fn folder(place: &Place) -> PathBuf {
    place.target.join("parse")
}

/// What every measurement needs.
pub struct Instruments {
    python: PathBuf,
    /// Prints a file's pages.
    pub reader: PathBuf,
    /// The library it reads with.
    pub pdfium: PathBuf,
}

impl Instruments {
    /// Builds and installs what is missing.
    pub fn ready(place: &Place, reader: Option<&Path>) -> Result<Self> {
        models::pdfium(place)?;
        let weights = Weights::builtin()?;
        let component = weights.component("pdfium")?;
        let pdfium = component.installed(&place.pdfium).context("PDFium was just installed")?;
        let reader = match reader {
            Some(path) => std::path::absolute(path)?,
            None => build_reader(place)?,
        };
        Ok(Self { python: python(place)?, reader, pdfium })
    }

    /// A script of `benches/parse` with the Python that has what it needs.
    pub fn script(&self, place: &Place, name: &str) -> Command {
        let mut command = program(place, &[&self.python.to_string_lossy()]);
        command.arg(scripts(place).join(name));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
        command
    }
}

fn scripts(place: &Place) -> PathBuf {
    place.root.join("benches").join("parse")
}

/// Speed is measured as it ships.
fn build_reader(place: &Place) -> Result<PathBuf> {
    let mut cargo = program(place, &["cargo", "build", "--locked", "--quiet", "--release"]);
    cargo.args(["--package", "yinju-parse", "--example", "pages"]);
    say::doing("the reader, optimised", || steps::run(cargo))?;
    Ok(place.target.join("release").join("examples").join(format!("pages{EXE_SUFFIX}")))
}

/// A Python with the packages of `requirements.txt` in it, made anew when that file changes.
fn python(place: &Place) -> Result<PathBuf> {
    let venv = folder(place).join("venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = bin.join(format!("python{EXE_SUFFIX}"));
    let wanted = scripts(place).join("requirements.txt");
    let list = std::fs::read_to_string(&wanted).context("requirements.txt cannot be read")?;
    let stamp = venv.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == list) {
        return Ok(python);
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    say::doing("Python packages of the instruments", || {
        let mut make = program(place, &[system, "-m", "venv", "--clear"]);
        make.arg(&venv);
        steps::run(make).context("needs Python 3.11 or later with venv")?;
        let mut install = program(place, &[&python.to_string_lossy(), "-m", "pip", "install"]);
        install.args(["--quiet", "--requirement"]).arg(&wanted);
        steps::run(install)
    })?;
    std::fs::write(stamp, list)?;
    Ok(python)
}
