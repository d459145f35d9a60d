//! The parts of a zip archive, unpacked in memory and never beyond a limit: what an archive says of
//! its sizes is not believed. Nothing is written anywhere.

use crate::decode;
use crate::error::FlowError;
use crate::picture::MOST_PICTURES;
use crate::source::{Bytes, MOST_BYTES, Source};
use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// Deflate reaches 1,032 : 1 on zeros; text and markup stay under 100 : 1.
const MOST_RATIO: u64 = 1_000;

/// Parts up to this size may be packed as tightly as they like.
const FREE_OF_RATIO: u64 = 1 << 20;

/// An open archive.
pub(crate) struct Archive<'a> {
    path: PathBuf,
    zip: ZipArchive<BufReader<&'a mut dyn Bytes>>,
    /// Parts by their names in lower case.
    index: HashMap<String, usize>,
    /// Bytes that may still be unpacked.
    budget: u64,
    /// Pictures that were met.
    met: HashSet<String>,
}

/// Why a part could not be had.
#[derive(Debug)]
pub(crate) enum PartError {
    /// There is none of this name.
    Absent,
    /// It is there and cannot be unpacked; the reason.
    Damaged(String),
    /// The whole file is not to be read on.
    Fatal(FlowError),
}

impl<'a> Archive<'a> {
    /// Opens an archive that is expected to be `expected` (with its article).
    pub(crate) fn open(source: Source<'a>, expected: &'static str) -> Result<Self, FlowError> {
        let path = source.path;
        if !source.head(2)?.starts_with(b"PK") {
            return Err(FlowError::OtherContent { path: path.to_owned(), expected });
        }
        let zip = ZipArchive::new(BufReader::new(source.into_file()?)).map_err(|error| {
            FlowError::Damaged { path: path.to_owned(), reason: error.to_string() }
        })?;
        let names = zip.file_names().enumerate();
        let known = names.filter_map(|(at, name)| Some((name.ok()?.to_ascii_lowercase(), at)));
        let index = known.collect();
        Ok(Self { path: path.to_owned(), zip, index, budget: MOST_BYTES, met: HashSet::new() })
    }

    /// Where the archive is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its parts.
    pub(crate) fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(Result::ok).map(Into::into).collect()
    }

    /// A part, unpacked. Names are compared exactly, then without regard to case.
    pub(crate) fn part(&mut self, name: &str) -> Result<Vec<u8>, PartError> {
        let without_case = || self.index.get(&name.to_ascii_lowercase()).copied();
        let index = self.zip.index_for_name(name).or_else(without_case);
        self.part_at(index.ok_or(PartError::Absent)?)
    }

    /// The files, each with its place among the parts. A name that is no UTF-8 is read as the encoding
    /// it is likeliest of: programs of other countries write their own.
    pub(crate) fn files(&mut self) -> Vec<(usize, String)> {
        let all = (0..self.zip.len()).filter_map(|at| {
            let part = self.zip.by_index_raw(at).ok()?;
            part.is_file().then(|| (at, decode::name(part.name_raw())))
        });
        all.collect()
    }

    /// A part by its place, of which the limit counts alone: whoever asks holds one at a time, and may
    /// ask again.
    pub(crate) fn part_alone(&mut self, index: usize) -> Result<Vec<u8>, PartError> {
        self.budget = MOST_BYTES;
        self.part_at(index)
    }

    /// A part by its place, unpacked.
    pub(crate) fn part_at(&mut self, index: usize) -> Result<Vec<u8>, PartError> {
        let budget = self.budget;
        let mut part = self.zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                PartError::Fatal(FlowError::Encrypted {
                    path: self.path.clone(),
                    scheme: "the archive has a password",
                })
            }
            other => PartError::Damaged(other.to_string()),
        })?;
        let name = decode::name(part.name_raw());
        let by_ratio = part.compressed_size().saturating_mul(MOST_RATIO).max(FREE_OF_RATIO);
        let most = by_ratio.min(budget);
        let mut bytes = Vec::new();
        let ended = (&mut part).take(most + 1).read_to_end(&mut bytes);
        drop(part);
        if bytes.len() as u64 > most {
            return Err(PartError::Fatal(self.bomb(&name)));
        }
        self.budget -= bytes.len() as u64;
        ended.map_err(|error| PartError::Damaged(error.to_string()))?;
        Ok(bytes)
    }

    /// Whether a picture is met for the first time: one on every slide says no more than once. There are only so
    /// many in a file.
    pub(crate) fn is_first(&mut self, picture: &str) -> bool {
        self.met.len() < MOST_PICTURES && self.met.insert(picture.to_owned())
    }

    /// The file of a picture that is met for the first time, if it can be had.
    pub(crate) fn picture(&mut self, path: &str) -> Option<Vec<u8>> {
        self.is_first(path).then(|| self.part(path).ok()).flatten()
    }

    /// A part that may be missing: nothing then, and a reason where it is damaged.
    pub(crate) fn optional(&mut self, name: &str) -> Result<Result<Vec<u8>, String>, FlowError> {
        match self.part(name) {
            Ok(bytes) => Ok(Ok(bytes)),
            Err(PartError::Absent) => Ok(Ok(Vec::new())),
            Err(PartError::Damaged(reason)) => Ok(Err(format!("{name}: {reason}"))),
            Err(PartError::Fatal(error)) => Err(error),
        }
    }

    /// A part without which there is nothing to read.
    pub(crate) fn needed(&mut self, name: &str) -> Result<Vec<u8>, FlowError> {
        self.part(name).map_err(|error| match error {
            PartError::Absent => self.damaged(format!("it has no {name}")),
            PartError::Damaged(reason) => self.damaged(format!("{name}: {reason}")),
            PartError::Fatal(error) => error,
        })
    }

    /// What is wrong with the archive as a whole.
    pub(crate) fn damaged(&self, reason: impl Into<String>) -> FlowError {
        FlowError::Damaged { path: self.path.clone(), reason: reason.into() }
    }

    fn bomb(&self, name: &str) -> FlowError {
        let reason = format!(
            "{name} unpacks to more than {} MiB or {MOST_RATIO} times its size",
            MOST_BYTES >> 20
        );
        FlowError::TooLarge { path: self.path.clone(), reason }
    }
}
