//! Making a library of such a file.

use super::DocumentParts;
use super::archive::{Reading, place_for};
use super::chats::{Renamed, rename};
use crate::reconcile::reconcile;
use crate::{Engine, ImportSummary, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use yinju_core::{CancelToken, DocumentId, LibraryId, Problem, ProblemCode};
use yinju_store::{CarriedChat, CarriedDocument};

/// How carrying a library in ended.
#[derive(Clone, Debug, PartialEq)]
pub struct CarriedIn {
    /// The library as it is called here.
    pub library: String,
    /// As of an import.
    pub summary: ImportSummary,
    /// Conversations that came with it.
    pub conversations: u32,
    /// What was left out, by title, with the reason.
    pub failed: Vec<(String, Problem)>,
}

/// What a file holds, before any of it is carried in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedLibrary {
    /// What the library is called.
    pub name: String,
    /// Whether documents' files are in it.
    pub holds_originals: bool,
    /// Whether a library of this name is the beginning of it, which was ended before it was whole.
    pub is_begun: bool,
}

impl Engine {
    /// What a file holds that [`Self::export_library`] wrote.
    pub fn carried_library(&self, file: &Path) -> Result<CarriedLibrary> {
        let (manifest, sum) = Reading::open(file)?.manifest()?;
        let known = self.store().library_named(&manifest.library)?;
        let of = known.map(|known| self.store().carrying(known)).transpose()?.flatten();
        Ok(CarriedLibrary {
            name: manifest.library,
            holds_originals: manifest.documents.iter().any(|parts| parts.original.is_some()),
            is_begun: of.is_some_and(|of| of == sum),
        })
    }

    /// Makes a library of a file that [`Self::export_library`] wrote, under its own name or another, and
    /// puts the documents' files into a folder where the archive holds them and one is named. What was
    /// ended before it was whole goes on when it is asked for again.
    pub fn import_library(
        &self,
        file: &Path,
        name: Option<&str>,
        originals: Option<&Path>,
        cancel: &CancelToken,
    ) -> Result<CarriedIn> {
        let start = Instant::now();
        let mut reading = Reading::open(file)?;
        let (manifest, sum) = reading.manifest()?;
        let name = name.unwrap_or(&manifest.library).trim().to_owned();
        let _turn = self.0.imports.turn();
        let side = self.encoder()?;
        let library = self.library_for(&name, &manifest.words, &sum)?;
        if let Some(folder) = originals {
            fs::create_dir_all(folder).map_err(|error| {
                let message = format!("{} cannot be made: {error}", folder.display());
                Problem::new(ProblemCode::FileUnreadable, message)
            })?;
        }
        let mut carried = CarriedIn {
            library: name,
            summary: ImportSummary::default(),
            conversations: 0,
            failed: Vec::new(),
        };
        let mut renamed = Renamed::new();
        for parts in &manifest.documents {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled()
                    .hint("what was carried in is kept: the same again goes on from there"));
            }
            carried.summary.documents += 1;
            match self.carry_document(&mut reading, library, parts, originals) {
                Ok((id, pages, passages)) => {
                    renamed.insert(DocumentId(parts.id), id);
                    carried.summary.pages += pages;
                    carried.summary.passages += passages;
                }
                Err(problem) if problem.code == ProblemCode::DiskFull => return Err(problem),
                Err(problem) => {
                    carried.summary.failed += 1;
                    carried.failed.push((parts.made.title.clone(), problem));
                }
            }
        }
        reconcile(self.store(), &side)?;
        let mut chats: Vec<CarriedChat> = Vec::new();
        if let Some(part) = &manifest.conversations {
            match reading.part(part, |bytes| serde_json::from_slice(bytes).ok()) {
                Ok(read) => chats = read,
                Err(problem) => carried.failed.push((part.title.clone(), problem)),
            }
        }
        for chat in &mut chats {
            rename(chat, library, &renamed);
        }
        self.store().end_carrying(library, &chats)?;
        carried.conversations = chats.len() as u32;
        let seconds = start.elapsed().as_secs_f64();
        (carried.summary.seconds, carried.summary.seconds_to_words) = (seconds, seconds);
        Ok(carried)
    }

    /// The library to be filled: a new one, or the one that an earlier try began.
    fn library_for(&self, name: &str, words: &str, of: &str) -> Result<LibraryId> {
        let Some(known) = self.store().library_named(name)? else {
            if name.is_empty() {
                return Err(Problem::new(ProblemCode::BadUsage, "a library needs a name"));
            }
            return Ok(self.store().begin_carrying(name, words, of)?);
        };
        if self.store().carrying(known)?.as_deref() == Some(of) {
            return Ok(known);
        }
        let message = format!("there is a library “{name}” already");
        Err(Problem::new(ProblemCode::BadUsage, message)
            .hint("give it another name with --as, or rename the one there is"))
    }

    /// Puts a document in, unless an earlier try did: its id here, and how much it is.
    fn carry_document(
        &self,
        reading: &mut Reading<'_>,
        library: LibraryId,
        parts: &DocumentParts,
        originals: Option<&Path>,
    ) -> Result<(DocumentId, u32, u32)> {
        let carried: CarriedDocument =
            reading.part(&parts.made, |bytes| postcard::from_bytes(bytes).ok())?;
        let (pages, passages) = (carried.pages(), carried.passages());
        if let Some(known) = self.store().document_of_content(library, &carried.sha256)? {
            return Ok((known, pages, passages));
        }
        let mut place: Option<PathBuf> = None;
        if let Some((folder, original)) = originals.zip(parts.original.as_ref()) {
            let to = place_for(folder, carried.name(), &carried.sha256);
            if !to.exists() {
                reading.unpack(original, &to)?;
            }
            place = Some(std::path::absolute(&to).unwrap_or(to));
        }
        let id = self.store().carry_in(library, &carried, place.as_deref())?;
        Ok((id, pages, passages))
    }
}
