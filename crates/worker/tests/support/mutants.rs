//! Real files, damaged in the ways that transfers, editors and attackers damage them; and what the
//! worker says to each. The same seed makes the same damage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yinju_core::ports::{ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Problem, ProblemCode};

/// Words of the format that decide how much is read, followed by a number.
const COUNTS: [&[u8]; 9] = [
    b"/Length ",
    b"/Count ",
    b"/Size ",
    b"/First ",
    b"/N ",
    b"/Prev ",
    b"/W",
    b"/Width ",
    b"startxref\n",
];

/// What is put where a number stood.
const NUMBERS: [&[u8]; 6] = [b"-1", b"0", b"4294967296", b"99999999999999999999", b"1e308", b"(x)"];

/// A damaged copy.
pub fn damage(whole: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.u32(1..=4) {
        if bytes.is_empty() {
            break;
        }
        match random.u32(0..8) {
            0 => flip_bits(&mut bytes, random),
            1 => bytes.truncate(random.usize(..bytes.len())),
            2 => {
                let stretch = stretch(&bytes, random);
                bytes.drain(stretch);
            }
            3 => repeat(&mut bytes, random),
            4 => {
                let stretch = stretch(&bytes, random);
                bytes[stretch].fill(0);
            }
            5 => lie_about_a_number(&mut bytes, random),
            6 => point_elsewhere(&mut bytes, random),
            _ => overwrite(&mut bytes, random),
        }
    }
    bytes
}

/// Up to a twentieth of the file, anywhere.
fn stretch(bytes: &[u8], random: &mut fastrand::Rng) -> std::ops::Range<usize> {
    let start = random.usize(..bytes.len());
    let length = random.usize(1..=(bytes.len() / 20).max(1));
    start..(start + length).min(bytes.len())
}

fn flip_bits(bytes: &mut [u8], random: &mut fastrand::Rng) {
    for _ in 0..random.usize(1..=64) {
        let at = random.usize(..bytes.len());
        bytes[at] ^= 1 << random.u32(..8);
    }
}

fn overwrite(bytes: &mut [u8], random: &mut fastrand::Rng) {
    let stretch = stretch(bytes, random);
    random.fill(&mut bytes[stretch]);
}

fn repeat(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let part = bytes[stretch(bytes, random)].to_vec();
    let at = random.usize(..bytes.len());
    bytes.splice(at..at, part);
}

fn lie_about_a_number(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let word = COUNTS[random.usize(..COUNTS.len())];
    let lie = NUMBERS[random.usize(..NUMBERS.len())];
    let Some(at) = somewhere(bytes, word, random) else { return flip_bits(bytes, random) };
    let start = at + word.len();
    let digits = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    bytes.splice(start..start + digits, lie.iter().copied());
}

/// An object refers to another, perhaps to itself.
fn point_elsewhere(bytes: &mut [u8], random: &mut fastrand::Rng) {
    let Some(at) = somewhere(bytes, b" 0 R", random) else { return flip_bits(bytes, random) };
    for digit in bytes[..at].iter_mut().rev().take_while(|b| b.is_ascii_digit()) {
        *digit = b'0' + random.u8(..10);
    }
}

fn somewhere(bytes: &[u8], word: &[u8], random: &mut fastrand::Rng) -> Option<usize> {
    let from = random.usize(..bytes.len());
    let find = |part: &[u8]| part.windows(word.len()).position(|window| window == word);
    find(&bytes[from..]).map(|at| from + at).or_else(|| find(bytes))
}

/// How many files ended in which way.
pub type Tally = BTreeMap<String, usize>;

/// Reads `count` damaged variants of the files in turn. `on_bad` hears of those that ended the
/// process or kept it too long, with the bytes.
pub fn throw(
    reader: &dyn DocumentReader,
    files: &[PathBuf],
    count: usize,
    on_bad: &mut dyn FnMut(&Path, &[u8], &Problem),
) -> Tally {
    let mut tally = Tally::new();
    let folder = tempfile::tempdir().expect("there is room for a file");
    let path = folder.path().join("mutant.pdf");
    for (number, file) in files.iter().cycle().take(count).enumerate() {
        let whole = std::fs::read(file).expect("the file can be read");
        let bytes = damage(&whole, &mut fastrand::Rng::with_seed(number as u64));
        std::fs::write(&path, &bytes).expect("there is room for a file");
        let outcome = read(reader, &path);
        if let Err(problem) = &outcome
            && !says_what_is_wrong(problem.code)
        {
            on_bad(file, &bytes, problem);
        }
        let name = outcome.map_or_else(|p| format!("{:?}", p.code), |()| "read".to_owned());
        *tally.entry(name).or_default() += 1;
    }
    tally
}

fn read(reader: &dyn DocumentReader, path: &Path) -> Result<(), Problem> {
    let request = ReadRequest::new(path);
    let (mut announced, mut came) = (0, 0);
    reader.read(&request, &CancelToken::new(), &mut |event| {
        match event {
            ReadEvent::Opened(info) => announced = info.page_count,
            ReadEvent::Begun(_) => {}
            ReadEvent::Page(_) => came += 1,
        }
        Ok(())
    })?;
    assert_eq!(announced, came, "every page has a status");
    Ok(())
}

fn says_what_is_wrong(code: ProblemCode) -> bool {
    use ProblemCode as Code;
    matches!(
        code,
        Code::EmptyFile | Code::NotAPdf | Code::DamagedPdf | Code::PasswordRequired | Code::NoPages
    )
}
