//! A page from pixels to lines: which way up it is, where lines are, what they say.

use crate::LineImage;
use crate::characters::{Alphabet, decode};
use crate::error::OcrError;
use crate::geometry::Quad;
use crate::image::{Grey, PageImage};
use crate::network::{
    CLOSER_HEIGHT, DETECTOR_STEP, Detector, LINE_HEIGHT, Reader, STEP_WIDTH, Weights, release,
};
use crate::recognized::{Recognized, RecognizedLine};
use crate::regions::rectangles;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the files of a model folder are called.
const DETECTION: &str = "detection.onnx";
const RECOGNITION: &str = "recognition.onnx";
/// Lines read both ways to see whether a page is upside down.
const PROBES: usize = 4;
/// A page whose probes are surer than this is upright. Lines of upright fixtures are at .97 to 1,
/// turned ones below .75.
const UPRIGHT: f32 = 0.85;
/// No line is read wider than this; a longer one is squeezed.
const WIDEST: usize = 4096;
/// A closer reading that is less sure by no more than this is taken all the same: it sees letters
/// that the first one passed over.
const LOST_BY_SEEING: f32 = 0.03;
/// Where a line is cut off on the right so that its image holds whole steps of the network.
const ALIGNMENT: usize = 8;

/// How to recognise text.
#[derive(Clone, Debug)]
pub struct OcrConfig {
    /// The folder of the model.
    pub models: PathBuf,
    /// How many lines are read at once.
    pub threads: usize,
    /// The longer side of the image in which lines are looked for, in pixels.
    pub detection_side: usize,
    /// Lines less sure than this are read once more, at half the size again.
    pub doubt: f32,
    /// Lines less sure than this are left out.
    pub least_confidence: f32,
}

impl OcrConfig {
    /// The settings that `docs/adr/0007-ocr.md` found.
    pub fn new(models: impl Into<PathBuf>) -> Self {
        Self {
            models: models.into(),
            threads: 1,
            detection_side: 960,
            doubt: 0.97,
            least_confidence: 0.4,
        }
    }
}

/// Reads pages. Loading opens every file it will ever need; reading opens none.
pub struct Recognizer {
    detector: Detector,
    reader: Reader,
    alphabet: Alphabet,
    config: OcrConfig,
}

impl Recognizer {
    /// Loads a model folder.
    pub fn load(config: &OcrConfig) -> Result<Self, OcrError> {
        let mut weights = Weights::read(&file(&config.models, DETECTION)?)?;
        let detector = Detector::read(&mut weights)?;
        let mut weights = Weights::read(&file(&config.models, RECOGNITION)?)?;
        let reader = Reader::read(&mut weights)?;
        let alphabet = Alphabet::new(weights.metadata("character").unwrap_or_default());
        if alphabet.len() != reader.characters() {
            let (listed, known) = (alphabet.len(), reader.characters());
            return Err(OcrError::Network(format!("{listed} characters are listed for {known}")));
        }
        Ok(Self { detector, reader, alphabet, config: config.clone() })
    }

    /// Reads a page. `cancelled` is asked between lines.
    pub fn recognize(
        &self,
        image: &PageImage<'_>,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Recognized, OcrError> {
        let given = Grey::of(image)?;
        let mut quads = self.detect(&given);
        let standing = stands(&quads);
        let turned = standing.then(|| given.turned());
        let grey = turned.as_ref().unwrap_or(&given);
        if standing {
            stop_if(cancelled)?;
            quads = self.detect(grey);
        }
        quads.sort_by(|a, b| b.length().total_cmp(&a.length()));
        let probes = quads.len().min(PROBES);
        let mut lines = self.read_all(grey, &quads[..probes], cancelled)?;
        let mut upside_down = false;
        if probes > 0 && sureness(&lines) < UPRIGHT {
            let turned: Vec<_> = quads[..probes].iter().map(Quad::upside_down).collect();
            let other = self.read_all(grey, &turned, cancelled)?;
            upside_down = sureness(&other) > sureness(&lines);
            if upside_down {
                lines = other;
                quads = quads.iter().map(Quad::upside_down).collect();
            }
        }
        lines.extend(self.read_all(grey, &quads[probes..], cancelled)?);
        let skew = skew(&quads, upside_down);
        if standing {
            // A turn clockwise brought (x, y) to (height − y, x).
            let height = given.height as f32;
            let back = |[x, y]: [f32; 2]| [y, height - x];
            for line in &mut lines {
                line.quad = line.quad.map(back);
            }
        }
        release();
        let turns = u8::from(standing) + 2 * u8::from(upside_down);
        Ok(Recognized { turns, skew, lines })
    }

    /// Rectangles around lines.
    fn detect(&self, grey: &Grey) -> Vec<Quad> {
        let longest = grey.width.max(grey.height) as f32;
        let scale = (self.config.detection_side as f32 / longest).min(1.0);
        let [width, height] =
            [grey.width, grey.height].map(|side| ((side as f32 * scale).round() as usize).max(1));
        let likelihood = self.detector.on(&grey.resized(width, height, DETECTOR_STEP));
        let [across, down] = [grey.width as f32 / width as f32, grey.height as f32 / height as f32];
        let quads = rectangles(&likelihood).into_iter();
        release();
        quads.map(|quad| quad.map(|[x, y]| [x * across, y * down])).collect()
    }

    /// Lines that say something, on as many threads as wanted.
    fn read_all(
        &self,
        grey: &Grey,
        quads: &[Quad],
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<RecognizedLine>, OcrError> {
        let next = AtomicUsize::new(0);
        let lines = Mutex::new(Vec::with_capacity(quads.len()));
        let work = || {
            while let Some(quad) = quads.get(next.fetch_add(1, Ordering::Relaxed)) {
                stop_if(cancelled)?;
                let line = self.read(grey, quad);
                lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(line);
            }
            Ok(())
        };
        let helpers = self.config.threads.min(quads.len()).saturating_sub(1);
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
            let own = work();
            let all = running.into_iter().map(|helper| {
                helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            all.fold(own, Result::and)
        })?;
        Ok(lines.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// One line, if it says something; one that is in doubt is looked at more closely.
    fn read(&self, grey: &Grey, quad: &Quad) -> Option<RecognizedLine> {
        let mut line = self.read_at(grey, quad, LINE_HEIGHT);
        if !line.chars.is_empty() && line.confidence < self.config.doubt {
            let closer = self.read_at(grey, quad, CLOSER_HEIGHT);
            if closer.confidence + LOST_BY_SEEING > line.confidence {
                line = closer;
            }
        }
        let sure = !line.chars.is_empty() && line.confidence >= self.config.least_confidence;
        sure.then_some(line)
    }

    fn read_at(&self, grey: &Grey, quad: &Quad, height: usize) -> RecognizedLine {
        let ratio = quad.length() / quad.height().max(1.0);
        let width = (ratio * height as f32).round() as usize;
        let width = width.clamp(2 * STEP_WIDTH, WIDEST);
        let image = grey.cut(quad, height, width, ALIGNMENT);
        let steps = self.reader.on(&image);
        let chars = decode(&steps, &self.alphabet, LineImage { width, height });
        let sum: f32 = chars.iter().map(|c| c.confidence).sum();
        let confidence = sum / chars.len().max(1) as f32;
        RecognizedLine { chars, quad: quad.corners, confidence }
    }
}

fn file(folder: &Path, name: &str) -> Result<Vec<u8>, OcrError> {
    let path = folder.join(name);
    std::fs::read(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => OcrError::FileMissing(path),
        _ => OcrError::FileUnreadable { path, source },
    })
}

fn stop_if(cancelled: &(dyn Fn() -> bool + Sync)) -> Result<(), OcrError> {
    if cancelled() { Err(OcrError::Cancelled) } else { Ok(()) }
}

/// Whether most of the text, by length, stands on end.
fn stands(quads: &[Quad]) -> bool {
    let length = |standing: bool| -> f32 {
        let quads = quads.iter().filter(|quad| (quad.height() > quad.length()) == standing);
        quads.map(|quad| quad.length().max(quad.height())).sum()
    };
    length(true) > length(false)
}

/// Mean confidence of characters.
fn sureness(lines: &[RecognizedLine]) -> f32 {
    let count: usize = lines.iter().map(|line| line.chars.len()).sum();
    let sum: f32 = lines.iter().flat_map(|line| &line.chars).map(|c| c.confidence).sum();
    sum / count.max(1) as f32
}

/// The angle in the middle of all angles, long lines counting as many times as they are long.
fn skew(quads: &[Quad], upside_down: bool) -> f32 {
    let angle = |quad: &Quad| if upside_down { quad.upside_down() } else { *quad }.angle();
    let mut angles: Vec<_> = quads.iter().map(|quad| (angle(quad), quad.length())).collect();
    angles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = angles.iter().map(|(_, length)| length).sum::<f32>() / 2.0;
    let mut sum = 0.0;
    let middle = angles.iter().find(|(_, length)| {
        sum += length;
        sum >= half
    });
    middle.map_or(0.0, |(angle, _)| *angle)
}
