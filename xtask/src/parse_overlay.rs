//! `cargo xtask parse-overlay FILE`: pages as images with what was read drawn on them, for judging
//! by eye. The drawing is done in `benches/parse/overlay.py`.

use crate::parse_score::{Instruments, folder};
use crate::place::Place;
use crate::steps;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// What to draw.
#[derive(Args)]
pub struct Overlay {
    /// The PDF.
    file: PathBuf,
    /// Which pages, as `1-3,7`; all where nothing is said.
    #[arg(long)]
    pages: Option<String>,
    /// What opens it, if it is locked.
    #[arg(long)]
    password: Option<String>,
    /// Dots an inch.
    #[arg(long, default_value_t = 110)]
    dpi: u32,
    /// The folder of the images; `target/parse/overlay` where nothing is said.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// A reader that is built already (`cargo build --release -p yinju-parse --example pages`).
    #[arg(long)]
    reader: Option<PathBuf>,
}

/// Writes one image a page and prints their names.
pub fn run(place: &Place, overlay: &Overlay) -> Result<()> {
    let instruments = Instruments::ready(place, overlay.reader.as_deref())?;
    let mut command = instruments.script(place, "overlay.py");
    command.args([&instruments.reader, &instruments.pdfium]);
    command.arg(std::path::absolute(&overlay.file)?);
    let output = overlay.output.clone().unwrap_or_else(|| folder(place).join("overlay"));
    command.arg(std::path::absolute(output)?).arg("--dpi").arg(overlay.dpi.to_string());
    for (name, value) in [("--pages", &overlay.pages), ("--password", &overlay.password)] {
        if let Some(value) = value {
            command.arg(name).arg(value);
        }
    }
    steps::run(command)
}
