//! A library as one file, to be opened elsewhere without reading or embedding anything again: a zip archive
//! of a manifest, which names every part with its SHA-256, and a part for each document. Parts are read by
//! memory-safe code alone and held against their sums before; one that is damaged is named and costs no
//! other. Deliberately not here: what a document is made of (`store`).

use crate::reconcile::reconcile;
use crate::save::Saving;
use crate::{Engine, ImportSummary, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::time::Instant;
use yinju_core::{CancelToken, DocumentStatus, LibraryId, Problem, ProblemCode};
use yinju_store::CarriedDocument;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// What the archive says it is.
const FORMAT: &str = "yinju-library";
/// The form this program writes.
const VERSION: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// A manifest has some hundred bytes a document.
const LONGEST_MANIFEST: u64 = 256 << 20;
/// Bytes of one part: thousands of pages with all their vectors.
const LONGEST_PART: u64 = 2 << 30;

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    /// What the library is called.
    library: String,
    /// Its own words.
    words: String,
    documents: Vec<Part>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Part {
    /// The file in the archive.
    file: String,
    title: String,
    /// Of the part's bytes as they are packed.
    sha256: String,
}

/// How carrying a library in ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CarriedIn {
    /// The library as it is called here.
    pub library: String,
    /// As of an import.
    pub summary: ImportSummary,
    /// Documents that were left out, by title, with the reason.
    pub failed: Vec<(String, Problem)>,
}

impl Engine {
    /// Writes a library as one file: its documents that are read to their end, with their vectors, and its
    /// own words. How many documents it holds.
    pub fn export_library(
        &self,
        library: LibraryId,
        file: &Path,
        cancel: &CancelToken,
    ) -> Result<u32> {
        let documents = self.store().documents(Some(library))?.into_iter();
        let documents: Vec<_> = documents
            .filter(|d| matches!(d.status, DocumentStatus::Ready | DocumentStatus::Parsed))
            .collect();
        let libraries = self.store().libraries()?;
        let name = libraries.into_iter().find(|known| known.id == library).map(|known| known.name);
        let mut manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            library: name.unwrap_or_default(),
            words: self.store().word_list(library)?,
            documents: Vec::with_capacity(documents.len()),
        };
        let mut saving = Saving::begin(file)?;
        let mut archive = ZipWriter::new_stream(Put(&mut saving));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1));
        for document in documents {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            let carried = self.store().carry_out(document.reference.id)?;
            let bytes = postcard::to_stdvec(&carried).map_err(Problem::internal)?;
            let part = format!("documents/{:06}", manifest.documents.len() + 1);
            put(&mut archive, &part, &bytes, options).map_err(|error| unwritten(file, &error))?;
            let sha256 = sum(&bytes);
            manifest.documents.push(Part { file: part, title: carried.title, sha256 });
        }
        let json = serde_json::to_vec_pretty(&manifest).map_err(Problem::internal)?;
        put(&mut archive, MANIFEST, &json, options).map_err(|error| unwritten(file, &error))?;
        archive.finish().map_err(|error| unwritten(file, &error))?;
        saving.finish()?;
        Ok(manifest.documents.len() as u32)
    }

    /// Makes a library of a file that [`Self::export_library`] wrote, under its own name or another.
    pub fn import_library(
        &self,
        file: &Path,
        name: Option<&str>,
        cancel: &CancelToken,
    ) -> Result<CarriedIn> {
        let start = Instant::now();
        let mut archive = open(file)?;
        let manifest = manifest(&mut archive, file)?;
        let name = name.unwrap_or(&manifest.library).trim().to_owned();
        if self.store().library_named(&name)?.is_some() {
            let message = format!("there is a library “{name}” already");
            return Err(Problem::new(ProblemCode::BadUsage, message)
                .hint("give it another name with --as, or rename the one there is"));
        }
        let _turn = self.0.imports.turn();
        let side = self.encoder()?;
        let library = self.create_library(&name)?;
        self.store().set_word_list(library, &manifest.words)?;
        let mut summary = ImportSummary::default();
        let mut failed = Vec::new();
        for part in &manifest.documents {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            summary.documents += 1;
            let carried = document(&mut archive, part, file).and_then(|carried| {
                self.store().carry_in(library, &carried)?;
                Ok(carried)
            });
            match carried {
                Ok(carried) => {
                    summary.pages += carried.pages();
                    summary.passages += carried.passages();
                }
                Err(problem) if problem.code == ProblemCode::DiskFull => return Err(problem),
                Err(problem) => {
                    summary.failed += 1;
                    failed.push((part.title.clone(), problem));
                }
            }
        }
        reconcile(self.store(), &side)?;
        (summary.seconds, summary.seconds_to_words) =
            (start.elapsed().as_secs_f64(), start.elapsed().as_secs_f64());
        Ok(CarriedIn { library: name, summary, failed })
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

fn put(
    archive: &mut ZipWriter<impl Write + io::Seek>,
    name: &str,
    bytes: &[u8],
    options: SimpleFileOptions,
) -> zip::result::ZipResult<()> {
    archive.start_file(name, options)?;
    archive.write_all(bytes)?;
    Ok(())
}

fn open(file: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let opened = File::open(file).map_err(|error| {
        let code = match error.kind() {
            io::ErrorKind::NotFound => ProblemCode::FileNotFound,
            _ => ProblemCode::FileUnreadable,
        };
        Problem::new(code, format!("{} cannot be opened: {error}", file.display()))
    })?;
    ZipArchive::new(BufReader::new(opened)).map_err(|_| no_library(file))
}

fn manifest(archive: &mut ZipArchive<BufReader<File>>, file: &Path) -> Result<Manifest> {
    let bytes = read(archive, MANIFEST, LONGEST_MANIFEST).map_err(|_| no_library(file))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|_| no_library(file))?;
    if manifest.format != FORMAT {
        return Err(no_library(file));
    }
    if manifest.version > VERSION {
        let message = format!("{} was written by a newer version", file.display());
        return Err(Problem::new(ProblemCode::BadUsage, message).hint("update this program"));
    }
    Ok(manifest)
}

fn document(
    archive: &mut ZipArchive<BufReader<File>>,
    part: &Part,
    file: &Path,
) -> Result<CarriedDocument> {
    let damaged = || {
        let message = format!("“{}” ({}) in {} is damaged", part.title, part.file, file.display());
        Problem::new(ProblemCode::FileUnreadable, message)
            .hint("copy the file once more, or import the document itself")
    };
    let bytes = read(archive, &part.file, LONGEST_PART).map_err(|_| damaged())?;
    if sum(&bytes) != part.sha256 {
        return Err(damaged());
    }
    postcard::from_bytes(&bytes).map_err(|_| damaged())
}

fn read(archive: &mut ZipArchive<BufReader<File>>, name: &str, most: u64) -> io::Result<Vec<u8>> {
    let part = archive.by_name(name)?;
    let mut bytes = Vec::new();
    part.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
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
        && let Some(problem) = error.get_ref().and_then(|error| error.downcast_ref::<Problem>())
    {
        return problem.clone();
    }
    Problem::new(
        ProblemCode::FileUnreadable,
        format!("{} was not written: {error}", file.display()),
    )
}
