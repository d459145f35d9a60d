//! The cited works of a conversation, each once, in order of first citation. Not here: the formats they
//! are listed in.

use crate::line::line;
use crate::names::{self, Name};
use crate::words::{Words, file_name, page_list, title_of};
use crate::{Conversation, ExportError};
use std::collections::{BTreeMap, HashSet};
use yinju_core::text::is_cjk;
use yinju_core::{Bibliography, Citation, DocumentId, DocumentRef, PageNumber};

/// A cited document with what a list of references says of it.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// Unique in the list, of letters and digits.
    pub key: String,
    /// Every text on one line, the title never empty.
    pub record: Bibliography,
    /// [`Bibliography::authors`], taken apart.
    pub authors: Vec<Name>,
    /// Whether it is listed as a Chinese work.
    pub chinese: bool,
    /// Which pages are cited, which file that is.
    pub note: String,
}

/// The cited works.
pub(crate) fn cited(conversation: &Conversation) -> Result<Vec<Work>, ExportError> {
    let words = Words::of(conversation);
    let mut keys = HashSet::new();
    let list: Vec<Work> = cited_documents(conversation)
        .into_iter()
        .map(|cited| Work::of(conversation, &words, &cited, &mut keys))
        .collect();
    if list.is_empty() { Err(ExportError::NothingCited) } else { Ok(list) }
}

struct Cited<'a> {
    document: &'a DocumentRef,
    pages: Vec<PageNumber>,
}

fn cited_documents(conversation: &Conversation) -> Vec<Cited<'_>> {
    let mut places: BTreeMap<DocumentId, usize> = BTreeMap::new();
    let mut cited: Vec<Cited<'_>> = vec![];
    for Citation { document, page, .. } in conversation.turns.iter().flat_map(|t| &t.citations) {
        let at = *places.entry(document.id).or_insert(cited.len());
        if at == cited.len() {
            cited.push(Cited { document, pages: vec![] });
        }
        cited[at].pages.push(*page);
    }
    for Cited { pages, .. } in &mut cited {
        pages.sort_unstable();
        pages.dedup();
    }
    cited
}

impl Work {
    fn of(
        conversation: &Conversation,
        words: &Words,
        cited: &Cited<'_>,
        keys: &mut HashSet<String>,
    ) -> Self {
        let known = conversation.references.get(&cited.document.id).cloned();
        let record = on_one_line(&known.unwrap_or_default(), cited.document);
        let authors: Vec<Name> = record.authors.iter().map(|name| names::parse(name)).collect();
        Self {
            key: unique_key(&record, &authors, keys),
            chinese: record.title.chars().chain(record.authors.concat().chars()).any(is_cjk),
            note: note(words, cited),
            authors,
            record,
        }
    }
}

/// `Cited pages: 3, 12. File: report.pdf. SHA-256: 0123…`
fn note(words: &Words, cited: &Cited<'_>) -> String {
    let file = line(&file_name(cited.document));
    let hash: String = cited.document.sha256.chars().filter(char::is_ascii_hexdigit).collect();
    let stop = if words.language == "zh" { "；" } else { "; " };
    let parts = [
        format!("{}{}", words.cited_pages, page_list(&cited.pages)),
        format!("{}{file}", words.file),
        format!("SHA-256{}{hash}", words.colon),
    ];
    parts.join(stop)
}

fn on_one_line(record: &Bibliography, document: &DocumentRef) -> Bibliography {
    let title = if record.title.trim().is_empty() { &document.title } else { &record.title };
    Bibliography {
        kind: record.kind,
        title: Some(line(&title_of(title, document)))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| line(&file_name(document))),
        authors: record.authors.iter().map(|name| line(name)).filter(|n| !n.is_empty()).collect(),
        date: line(&record.date),
        container: line(&record.container),
        volume: line(&record.volume),
        issue: line(&record.issue),
        pages: line(&record.pages),
        publisher: line(&record.publisher),
        place: line(&record.place),
        edition: line(&record.edition),
        number: line(&record.number),
        doi: line(&record.doi),
        isbn: line(&record.isbn),
        url: line(&record.url),
    }
}

/// `knuth1984`, `ref2021` where the name has no Latin letters, `ref2021b` where that is taken.
fn unique_key(record: &Bibliography, authors: &[Name], keys: &mut HashSet<String>) -> String {
    let family = authors.first().map_or("", |name| match name {
        Name::Person { family, .. } => family.as_str(),
        Name::Whole(name) => name.as_str(),
    });
    let letters = family.chars().filter(char::is_ascii_alphabetic).take(20);
    let mut key = letters.collect::<String>().to_lowercase();
    if key.is_empty() {
        key.push_str("ref");
    }
    key.extend(record.year().filter(|year| *year > 0).map(|year| year.to_string()));
    let suffixes = ('b'..='z').map(String::from).chain((27..).map(|n: u32| format!("-{n}")));
    let free = std::iter::once(String::new()).chain(suffixes).map(|suffix| key.clone() + &suffix);
    let unique = free.into_iter().find(|key| !keys.contains(key)).unwrap_or_default();
    keys.insert(unique.clone());
    unique
}
