//! Writing a library as one file.

use super::archive::{Writing, sum_of_file};
use super::{DocumentParts, FORMAT, MANIFEST, Manifest, Part, VERSION};
use crate::save::Saving;
use crate::{Engine, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use yinju_core::{CancelToken, Document, DocumentStatus, LibraryId, Problem, ProblemCode};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarriedOut {
    /// Documents.
    pub documents: u32,
    /// Conversations.
    pub conversations: u32,
    /// Files themselves.
    pub originals: u32,
    /// Documents whose files are not where they were, or hold something else by now.
    pub missing: Vec<PathBuf>,
}

impl Engine {
    /// Writes a library as one file: its documents that are read to their end, with their vectors, its own
    /// words, the conversations that are about these documents alone, and, if `originals`, the documents'
    /// files.
    pub fn export_library(
        &self,
        library: LibraryId,
        file: &Path,
        originals: bool,
        cancel: &CancelToken,
    ) -> Result<CarriedOut> {
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
            conversations: None,
        };
        let mut saving = Saving::begin(file)?;
        let mut writing = Writing::begin(&mut saving, file);
        let mut out = CarriedOut::default();
        for (document, number) in documents.iter().zip(1..) {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            let carried = self.store().carry_out(document.reference.id)?;
            let bytes = postcard::to_stdvec(&carried).map_err(Problem::internal)?;
            let part = format!("documents/{number:06}");
            let sha256 = writing.put(&part, &bytes)?;
            let made = Part { file: part, title: carried.title, sha256 };
            let original = originals.then(|| self.put_original(&mut writing, document, number));
            let original = original.transpose()?.flatten();
            out.originals += u32::from(original.is_some());
            if originals && original.is_none() {
                out.missing.push(document.reference.path.clone());
            }
            manifest.documents.push(DocumentParts { id: document.reference.id.0, made, original });
        }
        let chats = self.chats_about(library, &documents)?;
        let json = serde_json::to_vec(&chats).map_err(Problem::internal)?;
        let part = "conversations.json".to_owned();
        let sha256 = writing.put(&part, &json)?;
        let title = "conversations".to_owned();
        manifest.conversations = Some(Part { file: part, title, sha256 });
        let json = serde_json::to_vec_pretty(&manifest).map_err(Problem::internal)?;
        writing.put(MANIFEST, &json)?;
        writing.finish()?;
        saving.finish()?;
        (out.documents, out.conversations) = (manifest.documents.len() as u32, chats.len() as u32);
        Ok(out)
    }

    /// Packs a document's file from any place where it lies; none where none holds what was read.
    fn put_original(
        &self,
        writing: &mut Writing<'_>,
        document: &Document,
        number: u32,
    ) -> Result<Option<Part>> {
        let sha256 = &document.reference.sha256;
        let places = self.store().places(document.reference.id)?;
        let there = places.into_iter().find(|path| sum_of_file(path).is_some_and(|s| s == *sha256));
        let Some(path) = there else { return Ok(None) };
        let mut file = File::open(&path).map_err(|error| {
            let message = format!("{} cannot be opened: {error}", path.display());
            Problem::new(ProblemCode::FileUnreadable, message)
        })?;
        let part = format!("originals/{number:06}");
        let packed = writing.copy(&part, &mut file)?;
        // It may have been written to meanwhile.
        let title = document.reference.title.clone();
        Ok((packed == *sha256).then_some(Part { file: part, title, sha256: packed }))
    }
}
