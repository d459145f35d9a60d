//! Real files, damaged in the ways that transfers, editors and attackers damage them; and what the
//! worker says to each. The same seed makes the same damage.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use yinju_core::ports::{Ocr, ReadEvent, ReadRequest};
use yinju_core::{CancelToken, DocumentReader, Problem, ProblemCode};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

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

/// Names whose values are of different kinds.
const NAMES: [&[u8]; 16] = [
    b"/Kids",
    b"/Parent",
    b"/Contents",
    b"/Resources",
    b"/Font",
    b"/ToUnicode",
    b"/Encoding",
    b"/DescendantFonts",
    b"/FontFile2",
    b"/Filter",
    b"/DecodeParms",
    b"/Annots",
    b"/Outlines",
    b"/Names",
    b"/XObject",
    b"/MediaBox",
];

/// A damaged copy of a file. Of an archive at times a part is, which is packed anew: else nothing but what
/// unpacks archives would meet the damage.
fn damage_file(whole: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let within = whole.starts_with(b"PK") && random.u32(..4) > 0;
    within.then(|| damage_a_part(whole, random)).flatten().unwrap_or_else(|| damage(whole, random))
}

fn damage_a_part(whole: &[u8], random: &mut fastrand::Rng) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(whole)).ok()?;
    let chosen = random.usize(..archive.len());
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        if at != chosen {
            packed.raw_copy_file(archive.by_index_raw(at).ok()?).ok()?;
            continue;
        }
        let mut bytes = Vec::new();
        let mut part = archive.by_index(at).ok()?;
        part.read_to_end(&mut bytes).ok()?;
        packed.start_file(part.name().ok()?, SimpleFileOptions::default()).ok()?;
        packed.write_all(&damage(&bytes, random)).ok()?;
    }
    Some(packed.finish().ok()?.into_inner())
}

/// A damaged copy.
pub fn damage(whole: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.u32(1..=4) {
        if bytes.is_empty() {
            break;
        }
        match random.u32(0..13) {
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
            7 => swap_objects(&mut bytes, random),
            8 => break_the_table(&mut bytes, random),
            9 => lead_back(&mut bytes, random),
            10 => nest(&mut bytes, random),
            11 => exchange_names(&mut bytes, random),
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

/// Where the body of an object lies, between `obj` and `endobj`, from somewhere on.
fn object(bytes: &[u8], random: &mut fastrand::Rng) -> Option<std::ops::Range<usize>> {
    let start = somewhere(bytes, b" obj", random)? + 4;
    let length = bytes[start..].windows(6).position(|window| window == b"endobj")?;
    Some(start..start + length)
}

/// Two objects change places: a font where a page was, a content where the page tree was.
fn swap_objects(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let (Some(one), Some(other)) = (object(bytes, random), object(bytes, random)) else {
        return flip_bits(bytes, random);
    };
    let (first, second) = if one.start < other.start { (one, other) } else { (other, one) };
    if first.end > second.start {
        return flip_bits(bytes, random);
    }
    let (early, late) = (bytes[first.clone()].to_vec(), bytes[second.clone()].to_vec());
    bytes.splice(second, early);
    bytes.splice(first, late);
}

/// Entries of a cross-reference table, or bytes of a stream that is one, say something else.
fn break_the_table(bytes: &mut [u8], random: &mut fastrand::Rng) {
    let table = somewhere(bytes, b"\nxref", random).or_else(|| somewhere(bytes, b"/XRef", random));
    let Some(start) = table else { return flip_bits(bytes, random) };
    let end = bytes[start..].windows(9).position(|window| window == b"startxref");
    let end = end.map_or(bytes.len(), |length| start + length);
    for _ in 0..random.usize(1..=12) {
        let at = random.usize(start..end.max(start + 1));
        let byte = &mut bytes[at];
        *byte = if byte.is_ascii_digit() { b'0' + random.u8(..10) } else { random.u8(..) };
    }
}

/// All that an object refers to is the object itself, or one other.
fn lead_back(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let Some(body) = object(bytes, random) else { return flip_bits(bytes, random) };
    let name = &bytes[..body.start.saturating_sub(4)];
    let digit = |byte: &&u8| byte.is_ascii_digit() || **byte == b' ';
    let mut number: Vec<u8> = name.iter().rev().take_while(digit).copied().collect();
    number.reverse();
    let number = number.trim_ascii().split(u8::is_ascii_whitespace).next().unwrap_or(b"1").to_vec();
    let target = if random.bool() { number } else { random.u32(1..60).to_string().into_bytes() };
    let text = bytes[body.clone()].to_vec();
    let mut changed = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let Some(at) = rest.windows(4).position(|window| window == b" 0 R") {
        let digits = rest[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        changed.extend_from_slice(&rest[..at - digits]);
        changed.extend_from_slice(&target);
        changed.extend_from_slice(b" 0 R");
        rest = &rest[at + 4..];
    }
    changed.extend_from_slice(rest);
    bytes.splice(body, changed);
}

/// Brackets inside brackets, deeper than anybody writes them.
fn nest(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let open: &[u8] = if random.bool() { b"[" } else { b"<</A " };
    let at = somewhere(bytes, b"<<", random).unwrap_or(0);
    bytes.splice(at..at, open.repeat(random.usize(1..=20_000)));
}

/// What PDFium looks for under a name is what another name has.
fn exchange_names(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let (old, new) = (NAMES[random.usize(..NAMES.len())], NAMES[random.usize(..NAMES.len())]);
    let Some(at) = somewhere(bytes, old, random) else { return flip_bits(bytes, random) };
    bytes.splice(at..at + old.len(), new.iter().copied());
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

/// What the name of a file ends in.
pub fn extension(file: &Path) -> &str {
    file.extension().and_then(|end| end.to_str()).unwrap_or_default()
}

/// How many files ended in which way.
pub type Tally = BTreeMap<String, usize>;

/// Reads `count` damaged variants of the files in turn. `on_bad` hears of those that ended a process
/// or kept it too long, with the bytes.
pub fn throw(
    reader: &dyn DocumentReader,
    files: &[PathBuf],
    count: usize,
    on_bad: &mut dyn FnMut(&Path, &[u8], &Problem),
) -> Tally {
    let mut tally = Tally::new();
    let folder = tempfile::tempdir().expect("there is room for a file");
    for (number, file) in files.iter().cycle().take(count).enumerate() {
        let whole = std::fs::read(file).expect("the file can be read");
        let bytes = damage_file(&whole, &mut fastrand::Rng::with_seed(number as u64));
        let path = folder.path().join("mutant").with_extension(extension(file));
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

/// What a failed page says of itself when it ended the process that read it.
const LOST: &str = "ended the process that reads";

/// A page that ended its process is a problem here, though it costs a person nothing else.
fn read(reader: &dyn DocumentReader, path: &Path) -> Result<(), Problem> {
    let request = ReadRequest { ocr: Ocr::off(), ..ReadRequest::new(path) };
    let (mut announced, mut came, mut lost) = (0, 0, None);
    reader.read(&request, &CancelToken::new(), &mut |event| {
        match event {
            ReadEvent::Opened(info) => announced = info.page_count,
            ReadEvent::Begun(_) => {}
            ReadEvent::Page(page) => {
                came += 1;
                let warning = page.warnings.into_iter().find(|w| w.message.contains(LOST));
                lost = lost.take().or(warning);
            }
        }
        Ok(())
    })?;
    assert_eq!(announced, came, "every page has a status");
    lost.map_or(Ok(()), |page| Err(Problem::new(ProblemCode::WorkerCrashed, page.message)))
}

fn says_what_is_wrong(code: ProblemCode) -> bool {
    use ProblemCode as Code;
    matches!(
        code,
        Code::EmptyFile
            | Code::NotAPdf
            | Code::DamagedPdf
            | Code::PasswordRequired
            | Code::UnsupportedEncryption
            | Code::NoPages
            | Code::UnsupportedFile
            | Code::DamagedFile
            | Code::FileTooLarge
    )
}
