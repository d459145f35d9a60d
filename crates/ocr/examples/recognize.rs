//! Reads images: `cargo run --release -p yinju-ocr --example recognize -- MODEL IMAGE.png|FOLDER…`
//! prints a line of JSON for each: text, places, confidences, seconds of processor time.
//!
//! `--threads N`, `--side N` and `--doubt N` change the settings.

use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use yinju_ocr::{OcrConfig, PageImage, Recognizer};

/// Clock ticks of Linux's process times.
const TICKS: f64 = 100.0;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut config = OcrConfig::new(arguments.next().context("a model folder comes first")?);
    let mut images = Vec::new();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().context("a number is missing");
        match argument.as_str() {
            "--threads" => config.threads = value()?.parse()?,
            "--side" => config.detection_side = value()?.parse()?,
            "--doubt" => config.doubt = value()?.parse()?,
            path => images.extend(images_at(Path::new(path))?),
        }
    }
    let recognizer = Recognizer::load(&config)?;
    for path in images {
        let (width, height, pixels) =
            pixels_of(&path).with_context(|| path.display().to_string())?;
        let before = processor_seconds();
        let image = PageImage { width, height, pixels: &pixels };
        let page = recognizer.recognize(&image, &|| false)?;
        let lines: Vec<_> = page
            .lines
            .iter()
            .map(|line| {
                let places: Vec<_> = line.chars.iter().map(|c| [c.start, c.end]).collect();
                json!({ "text": line.text(), "quad": line.quad, "confidence": line.confidence, "places": places })
            })
            .collect();
        let seconds = processor_seconds() - before;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{}",
            json!({ "image": name, "seconds": seconds, "turns": page.turns, "skew": page.skew, "lines": lines })
        );
    }
    Ok(())
}

fn images_at(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found: Vec<_> = fs::read_dir(path)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "png"))
        .collect();
    found.sort();
    Ok(found)
}

fn pixels_of(path: &Path) -> Result<(usize, usize, Vec<u8>)> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("too large")?];
    let frame = reader.next_frame(&mut pixels)?;
    if frame.color_type == png::ColorType::GrayscaleAlpha {
        bail!("grey with alpha is not read here");
    }
    pixels.truncate(frame.buffer_size());
    Ok((frame.width as usize, frame.height as usize, pixels))
}

/// User and system time of this process so far.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / TICKS
}
