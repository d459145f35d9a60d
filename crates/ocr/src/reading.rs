//! Whole pages, read by the installed model; left out with a line that says so where it is not.

use crate::tests_support::{installed, pixels};
use crate::{OcrConfig, OcrError, PageImage, Recognized, Recognizer};
use proptest::prelude::*;
use std::sync::OnceLock;
use yinju_core::{Problem, ProblemCode};

const LINES: [&str; 4] = [
    "第一章 本馆藏书共计三万二千册，每日开放八小时。",
    "圖書館週一休館，讀者請於閉館前三十分鐘歸還書籍。",
    "Readers may borrow up to five volumes for four weeks.",
    "Fines of 0.50 per day are due for late returns.",
];

struct Image {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Image {
    fn notice() -> Self {
        let (width, height, pixels) = pixels(include_bytes!("../tests/references/notice.png"));
        Self { width, height, pixels }
    }

    /// Turned clockwise by a quarter.
    fn turned(&self) -> Self {
        let columns = (0..self.width)
            .flat_map(|x| (0..self.height).rev().map(move |y| self.pixels[y * self.width + x]));
        Self { width: self.height, height: self.width, pixels: columns.collect() }
    }

    fn read(&self, recognizer: &Recognizer) -> Recognized {
        let image = PageImage { width: self.width, height: self.height, pixels: &self.pixels };
        recognizer.recognize(&image, &|| false).unwrap()
    }
}

fn recognizer() -> Option<&'static Recognizer> {
    static LOADED: OnceLock<Option<Recognizer>> = OnceLock::new();
    let load = || {
        let config = OcrConfig { threads: 2, ..OcrConfig::new(installed()?) };
        Some(Recognizer::load(&config).unwrap())
    };
    LOADED.get_or_init(load).as_ref()
}

/// Without spaces, and with the full-width forms of punctuation as half-width ones.
fn bare(text: &str) -> String {
    let plain = |c: char| match c {
        '，' => ',',
        '。' => '.',
        c => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(plain).collect()
}

fn check(page: &Recognized, turns: u8) {
    assert_eq!(page.turns, turns);
    assert!(page.skew.abs() < 0.5, "{}", page.skew);
    let mut found: Vec<_> = page.lines.iter().map(|line| bare(&line.text())).collect();
    let mut expected: Vec<_> = LINES.iter().map(|line| bare(line)).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_page_is_read_whichever_way_it_lies() {
    let Some(recognizer) = recognizer() else { return };
    let upright = Image::notice();
    check(&upright.read(recognizer), 0);
    let right = upright.turned();
    check(&right.read(recognizer), 3);
    let down = right.turned();
    check(&down.read(recognizer), 2);
    check(&down.turned().read(recognizer), 1);
}

#[test]
fn words_keep_their_spaces_and_places() {
    let Some(recognizer) = recognizer() else { return };
    let page = Image::notice().read(recognizer);
    let line = page.lines.iter().find(|line| line.text() == LINES[2]).unwrap();
    let at = LINES[2].find("volumes").unwrap();
    let [from, to] = [line.quad_of(at..at + 7)[0], line.quad_of(at..at + 7)[1]];
    // Where `make.py` draws them: from 40 on, 21 pixels high; the word takes 12 to 14 pixels a letter.
    assert!((340.0..440.0).contains(&from[0]), "{from:?}");
    assert!((65.0..110.0).contains(&(to[0] - from[0])), "{from:?} {to:?}");
    assert!((125.0..180.0).contains(&from[1]), "{from:?}");
    assert!(line.confidence > 0.95);
}

#[test]
fn a_person_can_stop_it() {
    let Some(recognizer) = recognizer() else { return };
    let Image { width, height, pixels } = Image::notice();
    let image = PageImage { width, height, pixels: &pixels };
    assert!(matches!(recognizer.recognize(&image, &|| true), Err(OcrError::Cancelled)));
}

#[test]
fn odd_images_are_pages_without_text() {
    let Some(recognizer) = recognizer() else { return };
    for (width, height) in [(1, 1), (10_000, 3), (3, 10_000), (33, 31), (640, 480)] {
        for grey in [0, 128, 255] {
            let page = Image { width, height, pixels: vec![grey; width * height] }.read(recognizer);
            assert!(page.lines.is_empty(), "{width} by {height} of {grey}: {:?}", page.lines);
        }
    }
}

#[test]
fn a_folder_without_the_files_is_a_missing_model() {
    let error = Recognizer::load(&OcrConfig::new("nowhere")).err().unwrap();
    assert!(matches!(error, OcrError::FileMissing(_)));
    assert_eq!(Problem::from(error).code, ProblemCode::ModelMissing);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_pixels_are_taken(
        width in 1_usize..90,
        height in 1_usize..90,
        seed in prop::collection::vec(any::<u8>(), 64),
    ) {
        let Some(recognizer) = recognizer() else { return Ok(()) };
        let pixels = (0..width * height).map(|i| seed[i * 31 % 64].wrapping_mul(i as u8)).collect();
        let page = Image { width, height, pixels }.read(recognizer);
        for line in page.lines {
            prop_assert!(!line.chars.is_empty() && line.quad.iter().flatten().all(|x| x.is_finite()));
        }
    }
}
