//! What a conversation quotes, shown in the files themselves: copies with the quoted words highlighted,
//! and pictures of where they stand.

use crate::files::OpenedAt;
use crate::save::Saving;
use crate::{Engine, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use yinju_core::ports::{Mark, MarkRequest, PagePicture};
use yinju_core::{
    Answer, CancelToken, ChatId, Citation, DocumentId, DocumentRef, OpenedDocument, Problem,
    ProblemCode, Region,
};

/// A turn, from 0, and a marker in it.
type TurnMarker = (usize, u32);

/// What became of a document that was to be copied.
#[derive(Clone, Debug, PartialEq)]
pub struct HighlightedCopy {
    /// The document.
    pub document: DocumentRef,
    /// The copy, or why there is none.
    pub outcome: Result<PathBuf>,
}

impl Engine {
    /// The documents that a conversation, or one answer of it, quotes; in order of their first citation.
    pub fn cited_documents(&self, chat: ChatId, turn: Option<u32>) -> Result<Vec<DocumentRef>> {
        let mut documents: Vec<DocumentRef> = Vec::new();
        for citation in self.turns(chat, turn)?.iter().flat_map(|turn| &turn.citations) {
            if documents.iter().all(|known| known.id != citation.document.id) {
                documents.push(citation.document.clone());
            }
        }
        Ok(documents)
    }

    /// Writes a copy of a document in which all that is quoted of it is highlighted.
    pub fn highlight(
        &self,
        (chat, turn): (ChatId, Option<u32>),
        document: DocumentId,
        password: Option<&str>,
        copy: &Path,
        cancel: &CancelToken,
    ) -> Result<()> {
        let turns = self.turns(chat, turn)?;
        let known = self.store().document(document)?.reference;
        let marks = marks(&turns, &known);
        let is_of_it = |citation: &Citation| citation.document.id == document;
        if marks.is_empty() && turns.iter().flat_map(|turn| &turn.citations).any(is_of_it) {
            let message = format!("{} has changed since it was quoted", known.path.display());
            return Err(Problem::new(ProblemCode::FileChanged, message)
                .hint("`yinju review` says what became of the quotations"));
        }
        let (mut file, request) = self.mark_request(document, marks, password, cancel)?;
        let mut saving = Saving::begin(copy)?;
        file.highlighted(&request, cancel, &mut |bytes| saving.put(bytes))?;
        saving.finish().map(drop)
    }

    /// Copies of all documents that are quoted, in a folder, beside what is there.
    pub fn highlight_all(
        &self,
        (chat, turn): (ChatId, Option<u32>),
        password: Option<&str>,
        folder: &Path,
        cancel: &CancelToken,
    ) -> Result<Vec<HighlightedCopy>> {
        let mut copies = Vec::new();
        for document in self.cited_documents(chat, turn)? {
            if cancel.is_cancelled() {
                return Err(Problem::cancelled());
            }
            let copy = free_name(folder, &document);
            let outcome = self.highlight((chat, turn), document.id, password, &copy, cancel);
            copies.push(HighlightedCopy { document, outcome: outcome.map(|()| copy) });
        }
        Ok(copies)
    }

    /// A picture of the place of every citation, by turn and marker; of files that cannot be pictured
    /// there is none.
    pub(crate) fn pictures_of(
        &self,
        turns: &[Answer],
        cancel: &CancelToken,
    ) -> Result<BTreeMap<TurnMarker, PagePicture>> {
        let mut places: BTreeMap<DocumentId, Vec<(TurnMarker, Mark)>> = BTreeMap::new();
        for (index, turn) in turns.iter().enumerate() {
            for citation in &turn.citations {
                let known = self.store().document(citation.document.id);
                if known.is_ok_and(|known| known.reference.sha256 != citation.document.sha256) {
                    continue;
                }
                let place = marks_of(citation, String::new()).next();
                let place = place.map(|mark| ((index, citation.marker), mark));
                places.entry(citation.document.id).or_default().extend(place);
            }
        }
        let mut pictures = BTreeMap::new();
        for (document, places) in places {
            let (keys, marks): (Vec<_>, Vec<_>) = places.into_iter().unzip();
            let opened = self.mark_request(document, marks, None, cancel);
            match opened.and_then(|(mut file, request)| file.pictures(&request, cancel)) {
                Ok(found) => {
                    let seen = keys.into_iter().zip(found);
                    pictures.extend(seen.filter(|(_, picture)| !picture.png.is_empty()));
                }
                Err(problem) if cancel.is_cancelled() => return Err(problem),
                Err(problem) => tracing::warn!(%document, %problem, "no pictures of a document"),
            }
        }
        Ok(pictures)
    }

    /// A picture of a part of a page; empty where there is nothing to see.
    pub fn picture(
        &self,
        document: DocumentId,
        part: &Region,
        cancel: &CancelToken,
    ) -> Result<PagePicture> {
        let mark = Mark {
            page: part.page,
            boxes: Vec::new(),
            beside: part.boxes.clone(),
            note: String::new(),
        };
        let (mut file, request) = self.mark_request(document, vec![mark], None, cancel)?;
        let pictures = file.pictures(&request, cancel)?;
        Ok(pictures.into_iter().next().unwrap_or_default())
    }

    /// The boxes are those of the file as it was read.
    fn mark_request(
        &self,
        document: DocumentId,
        marks: Vec<Mark>,
        password: Option<&str>,
        cancel: &CancelToken,
    ) -> Result<(Box<dyn OpenedDocument + '_>, MarkRequest)> {
        let document = self.store().document(document)?;
        let OpenedAt { path, file } = self.open_document(&document, cancel)?;
        Ok((file, MarkRequest { path, password: password.map(str::to_owned), marks }))
    }
}

/// What is quoted of a document as it is now, none of it twice: in another version other words stand there.
fn marks(turns: &[Answer], document: &DocumentRef) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for turn in turns {
        let is_of_it = |citation: &&Citation| {
            citation.document.id == document.id && citation.document.sha256 == document.sha256
        };
        for citation in turn.citations.iter().filter(is_of_it) {
            for mark in marks_of(citation, turn.question.clone()) {
                match marks.iter_mut().find(|m| m.page == mark.page && m.boxes == mark.boxes) {
                    Some(same) if !same.note.contains(&mark.note) => {
                        same.note = format!("{}\n{}", same.note, mark.note);
                    }
                    Some(_) => {}
                    None => marks.push(mark),
                }
            }
        }
    }
    marks
}

fn marks_of(citation: &Citation, note: String) -> impl Iterator<Item = Mark> + '_ {
    let regions = citation.regions.iter().filter(|region| !region.boxes.is_empty());
    regions.map(move |region| Mark {
        page: region.page,
        boxes: region.boxes.clone(),
        beside: citation
            .figure
            .iter()
            .filter(|f| f.page == region.page)
            .flat_map(|f| f.boxes.clone())
            .collect(),
        note: note.clone(),
    })
}

/// A name in the folder that nothing has.
fn free_name(folder: &Path, document: &DocumentRef) -> PathBuf {
    let stem = document.path.file_stem().unwrap_or_default().to_string_lossy();
    let name = |number: u32| match number {
        1 => folder.join(format!("{stem}.highlighted.pdf")),
        _ => folder.join(format!("{stem}.highlighted {number}.pdf")),
    };
    let mut names = (1..=u32::MAX).map(name);
    names.find(|path| !path.exists()).unwrap_or_else(|| name(1))
}
