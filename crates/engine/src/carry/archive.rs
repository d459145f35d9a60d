//! The zip archive a library is carried in: parts are written and read whole, or streamed where they are
//! originals, and held against their sums.

use super::{FORMAT, LONGEST_MANIFEST, LONGEST_PART, MANIFEST, Manifest, Part, VERSION};
use crate::Result;
use crate::save::Saving;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use yinju_core::{Problem, ProblemCode};
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Bytes of an original that are in memory at a time.
const CHUNK: usize = 1 << 20;

/// An archive under way.
pub(super) struct Writing<'a> {
    archive: ZipWriter<StreamWriter<Put<'a>>>,
    file: &'a Path,
}

impl<'a> Writing<'a> {
    pub(super) fn begin(saving: &'a mut Saving, file: &'a Path) -> Self {
        Self { archive: ZipWriter::new_stream(Put(saving)), file }
    }

    /// Adds a part; its sum.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        self.copy(name, &mut &bytes[..])
    }

    /// Adds what can be read as a part; its sum.
    pub(super) fn copy(&mut self, name: &str, from: &mut impl Read) -> Result<String> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .large_file(true);
        self.archive.start_file(name, options).map_err(|error| self.unwritten(&error))?;
        let archive = &mut self.archive;
        let copied = summed(from, |bytes| archive.write_all(bytes));
        copied.map_err(|error| self.unwritten(&error.into()))
    }

    pub(super) fn finish(self) -> Result<()> {
        let file = self.file;
        self.archive.finish().map(drop).map_err(|error| unwritten(file, &error))
    }

    fn unwritten(&self, error: &ZipError) -> Problem {
        unwritten(self.file, error)
    }
}

/// A file under way as the archive sees it.
struct Put<'a>(&'a mut Saving);

impl Write for Put<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.put(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive that is read.
pub(super) struct Reading<'a> {
    archive: ZipArchive<BufReader<File>>,
    file: &'a Path,
}

impl<'a> Reading<'a> {
    pub(super) fn open(file: &'a Path) -> Result<Self> {
        let opened = File::open(file).map_err(|error| {
            let code = match error.kind() {
                io::ErrorKind::NotFound => ProblemCode::FileNotFound,
                _ => ProblemCode::FileUnreadable,
            };
            Problem::new(code, format!("{} cannot be opened: {error}", file.display()))
        })?;
        let archive = ZipArchive::new(BufReader::new(opened)).map_err(|_| no_library(file))?;
        Ok(Self { archive, file })
    }

    /// What it holds, and the sum that tells it from others.
    pub(super) fn manifest(&mut self) -> Result<(Manifest, String)> {
        let file = self.file;
        let bytes = self.read(MANIFEST, LONGEST_MANIFEST).map_err(|_| no_library(file))?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| no_library(file))?;
        if manifest.format != FORMAT {
            return Err(no_library(file));
        }
        if manifest.version > VERSION {
            let message = format!("{} was written by a newer version", file.display());
            return Err(Problem::new(ProblemCode::BadUsage, message).hint("update this program"));
        }
        Ok((manifest, hexadecimal(&Sha256::digest(&bytes))))
    }

    /// A part that is what its sum says.
    pub(super) fn part<T: DeserializeOwned>(
        &mut self,
        part: &Part,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T> {
        let bytes = self.read(&part.file, LONGEST_PART).map_err(|_| self.damaged(part))?;
        if hexadecimal(&Sha256::digest(&bytes)) != part.sha256 {
            return Err(self.damaged(part));
        }
        decode(&bytes).ok_or_else(|| self.damaged(part))
    }

    /// Writes a part to a new file, which stands there only if the part is what its sum says.
    pub(super) fn unpack(&mut self, part: &Part, to: &Path) -> Result<()> {
        let damaged = self.damaged(part);
        let mut from = self.archive.by_name(&part.file).map_err(|_| damaged.clone())?;
        let mut saving = Saving::begin(to)?;
        let packed = summed(&mut from, |bytes| saving.put(bytes).map_err(io::Error::other));
        match packed {
            Ok(sum) if sum == part.sha256 => saving.finish().map(drop),
            Ok(_) => Err(damaged),
            Err(error) => Err(problem_in(&error).unwrap_or(damaged)),
        }
    }

    fn read(&mut self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        let part = self.archive.by_name(name)?;
        let mut bytes = Vec::new();
        part.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn damaged(&self, part: &Part) -> Problem {
        let message =
            format!("“{}” ({}) in {} is damaged", part.title, part.file, self.file.display());
        Problem::new(ProblemCode::FileUnreadable, message)
            .hint("copy the file once more, or import the document itself")
    }
}

/// The SHA-256 of a file; none where it cannot be read.
pub(super) fn sum_of_file(path: &Path) -> Option<String> {
    let mut file =
        File::open(path).ok().filter(|file| file.metadata().is_ok_and(|m| m.is_file()))?;
    summed(&mut file, |_| Ok::<(), io::Error>(())).ok()
}

/// Reads to the end, chunk by chunk; the sum.
fn summed<E: From<io::Error>>(
    from: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> std::result::Result<(), E>,
) -> std::result::Result<String, E> {
    let mut sum = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            return Ok(hexadecimal(&sum.finalize()));
        }
        sum.update(&chunk[..read]);
        each(&chunk[..read])?;
    }
}

/// Where in a folder a file with this content goes by its name: nothing stands there yet, or it does.
pub(super) fn place_for(folder: &Path, name: &str, sha256: &str) -> PathBuf {
    let (stem, extension) = (Path::new(name).file_stem(), Path::new(name).extension());
    let stem = stem.unwrap_or_default().to_string_lossy();
    let end = extension.map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    let numbered = (2..u32::MAX).map(|number| folder.join(format!("{stem} {number}{end}")));
    let mut places = std::iter::once(folder.join(name)).chain(numbered);
    let is_free = |place: &PathBuf| {
        fs::symlink_metadata(place).is_err() || sum_of_file(place).is_some_and(|sum| sum == sha256)
    };
    places.find(is_free).unwrap_or_else(|| folder.join(name))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn no_library(file: &Path) -> Problem {
    let message = format!("{} is no library that was exported", file.display());
    Problem::new(ProblemCode::BadUsage, message)
        .hint("name a file that `yinju libraries export` wrote; documents come with `yinju import`")
}

/// What went wrong with the file, which the archive passes on.
fn unwritten(file: &Path, error: &ZipError) -> Problem {
    if let ZipError::Io(error) = error
        && let Some(problem) = problem_in(error)
    {
        return problem;
    }
    Problem::new(
        ProblemCode::FileUnreadable,
        format!("{} was not written: {error}", file.display()),
    )
}

/// What went wrong where [`Saving`] did, through whatever passed it on.
fn problem_in(error: &io::Error) -> Option<Problem> {
    error.get_ref().and_then(|error| error.downcast_ref::<Problem>()).cloned()
}
