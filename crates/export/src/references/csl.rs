//! CSL-JSON, which Zotero, Pandoc and citeproc read, and which our own styles are set from.

use super::{date_parts, edition};
use crate::ExportError;
use crate::names::Name;
use crate::works::Work;
use serde::Serialize;
use yinju_core::WorkKind;

/// The cited works.
pub(crate) fn write(works: &[Work]) -> Result<Vec<u8>, ExportError> {
    let items: Vec<Item> = works.iter().map(Item::noted).collect();
    let mut bytes = serde_json::to_vec_pretty(&items)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Stands for the hyphens of a number such as `WHO-2020-1`, which hayagriva takes for a range of numbers
/// and prints with a dash.
pub(super) const HYPHEN: &str = "\u{E005}";

/// A work; what is not known is left out.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Item<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    language: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Author<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<Issued>,
    #[serde(skip_serializing_if = "str::is_empty")]
    container_title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    volume: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    issue: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    page: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    publisher: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    publisher_place: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    edition: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    number: String,
    #[serde(rename = "DOI", skip_serializing_if = "str::is_empty")]
    doi: &'a str,
    #[serde(rename = "ISBN", skip_serializing_if = "str::is_empty")]
    isbn: &'a str,
    #[serde(rename = "URL", skip_serializing_if = "str::is_empty")]
    url: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
}

impl<'a> Item<'a> {
    /// With the pages and the file that were cited.
    fn noted(work: &'a Work) -> Self {
        Self { note: &work.note, ..Self::of(work) }
    }

    /// For a printed list, whose numbers [`HYPHEN`] parts.
    pub(super) fn printed(work: &'a Work) -> Self {
        let item = Self::of(work);
        Self { number: item.number.replace('-', HYPHEN), ..item }
    }

    fn of(work: &'a Work) -> Self {
        let record = &work.record;
        let issued = Some(date_parts(&record.date)).filter(|parts| !parts.is_empty());
        Self {
            id: &work.key,
            kind: kind(record.kind),
            title: &record.title,
            language: if work.chinese { "zh-CN" } else { "en-US" },
            author: work.authors.iter().map(Author::of).collect(),
            issued: issued.map(|parts| Issued { date_parts: vec![parts] }),
            container_title: &record.container,
            volume: &record.volume,
            issue: &record.issue,
            page: &record.pages,
            publisher: &record.publisher,
            publisher_place: &record.place,
            edition: edition(&record.edition),
            number: record.number.clone(),
            doi: &record.doi,
            isbn: &record.isbn,
            url: &record.url,
            note: "",
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Author<'a> {
    #[serde(rename_all = "kebab-case")]
    Person {
        #[serde(skip_serializing_if = "str::is_empty")]
        non_dropping_particle: &'a str,
        family: &'a str,
        given: &'a str,
    },
    Whole {
        literal: &'a str,
    },
}

impl<'a> Author<'a> {
    fn of(name: &'a Name) -> Self {
        match name {
            Name::Person { family, given } => {
                let (non_dropping_particle, family) = particle(family);
                Self::Person { non_dropping_particle, family, given }
            }
            Name::Whole(literal) => Self::Whole { literal },
        }
    }
}

/// `van Beethoven` in its two parts: without them, hayagriva sets the particle behind the given name.
fn particle(family: &str) -> (&str, &str) {
    let small = |word: &&str| word.starts_with(char::is_lowercase);
    let length: usize = family.split_inclusive(' ').take_while(small).map(str::len).sum();
    let (particle, rest) = family.split_at(length);
    if rest.is_empty() { ("", family) } else { (particle.trim_end(), rest) }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Issued {
    date_parts: Vec<Vec<u32>>,
}

fn kind(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Article => "article-journal",
        WorkKind::Book => "book",
        WorkKind::Chapter => "chapter",
        WorkKind::Paper => "paper-conference",
        WorkKind::Thesis => "thesis",
        WorkKind::Report => "report",
        WorkKind::Standard => "standard",
        WorkKind::Patent => "patent",
        WorkKind::Document => "document",
    }
}
