//! EPUB 2 and 3: the package's spine, item by item, each an XHTML document. Fonts and style
//! sheets are never unpacked.

use crate::FlowError;
use crate::archive::{Archive, PartError};
use crate::decode;
use crate::flow::{Chapter, Entry, Flow};
use crate::html::Reading;
use crate::source::Source;
use crate::{picture, xml};
use package::Package;
use paths::resolve;
use std::collections::HashMap;

mod contents;
mod package;
mod paths;
mod protection;

pub(crate) fn read(source: Source<'_>) -> Result<Flow, FlowError> {
    let mut archive = Archive::open(source, "an EPUB book")?;
    protection::refuse_encrypted(&mut archive)?;
    let package = Package::read(&mut archive)?;
    let mut book = Book::default();
    for item in &package.spine {
        book.add(&mut archive, item)?;
    }
    let (entries, complaint) = contents::read(&mut archive, &package)?;
    let mut flow = Flow::new(package.info, book.chapters);
    flow.outline = entries
        .into_iter()
        .map(|entry| Entry {
            level: entry.level,
            title: entry.title,
            target: entry.target.and_then(|target| {
                book.places
                    .get(&target)
                    .or_else(|| {
                        // An anchor nobody set leads to the start of its document.
                        book.places.get(target.split('#').next().unwrap_or_default())
                    })
                    .copied()
            }),
        })
        .collect();
    package.complaints.into_iter().chain(complaint).for_each(|message| flow.damaged(message));
    Ok(flow)
}

/// Chapters as they are read.
#[derive(Default)]
struct Book {
    chapters: Vec<Chapter>,
    /// Where a document, or `document#anchor`, is found: indices of chapter and piece.
    places: HashMap<String, (usize, usize)>,
}

impl Book {
    /// An item of which nothing is to be seen, as a list of contents made for programs, has no page.
    fn add(&mut self, archive: &mut Archive, item: &str) -> Result<(), FlowError> {
        let chapter = match archive.part(item) {
            Ok(bytes) => {
                let decoded = decode::markup(&bytes);
                let mut reading = Reading::of(&xml::without_empty_tags(&decoded.text));
                picture::fetch(&mut reading.pieces, |name| archive.picture(&resolve(item, name)));
                let index = self.chapters.len();
                let anchors = reading.anchors.into_iter();
                self.places.extend(anchors.map(|(id, at)| (format!("{item}#{id}"), (index, at))));
                if reading.pieces.is_empty() && !reading.has_pictures {
                    return Ok(());
                }
                let failure = decoded.doubt().map(|doubt| format!("{item}: {doubt}"));
                Chapter { pieces: reading.pieces, failure }
            }
            Err(PartError::Fatal(error)) => return Err(error),
            Err(PartError::Absent) => failed(item, "the book does not hold it"),
            Err(PartError::Damaged(reason)) => failed(item, &reason),
        };
        self.places.insert(item.to_owned(), (self.chapters.len(), 0));
        self.chapters.push(chapter);
        Ok(())
    }
}

fn failed(item: &str, reason: &str) -> Chapter {
    Chapter { pieces: Vec::new(), failure: Some(format!("{item} could not be read: {reason}")) }
}
