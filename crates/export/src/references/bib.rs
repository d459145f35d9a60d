//! `BibTeX`, written by the `biblatex` crate but for five characters: it escapes braces, backslash, tilde
//! and caret by a backslash, which `BibTeX` counts as open braces and LaTeX reads as line breaks and
//! accents. They travel as private-use characters and come out as LaTeX names them.

use super::{date_parts, edition};
use crate::ExportError;
use crate::names::Name;
use crate::works::Work;
use biblatex::{Bibliography, Chunk, Chunks, Entry, EntryType, Spanned};
use yinju_core::WorkKind;

/// A character, what stands for it until the end, and its name in LaTeX.
const AWKWARD: [(char, char, &str); 5] = [
    ('{', '\u{E000}', "\\textbraceleft{}"),
    ('}', '\u{E001}', "\\textbraceright{}"),
    ('\\', '\u{E002}', "\\textbackslash{}"),
    ('~', '\u{E003}', "\\textasciitilde{}"),
    ('^', '\u{E004}', "\\textasciicircum{}"),
];

/// The cited works.
pub(crate) fn write(works: &[Work]) -> Result<String, ExportError> {
    let mut bibliography = Bibliography::new();
    for work in works {
        bibliography.insert(entry(work));
    }
    let mut out = String::new();
    bibliography.write_bibtex(&mut out).map_err(|error| ExportError::Bibtex(error.to_string()))?;
    let named = AWKWARD.iter().fold(out, |out, (_, held, name)| out.replace(*held, name));
    Ok(named.trim_end().to_owned() + "\n")
}

fn entry(work: &Work) -> Entry {
    let record = &work.record;
    let mut entry = Entry::new(work.key.clone(), kind(record.kind));
    let mut set = |field: &str, chunk: fn(&str) -> Spanned<Chunk>, text: &str| {
        if !text.is_empty() {
            entry.set(field, vec![chunk(text)]);
        }
    };
    set("title", whole, &record.title);
    set(container(record.kind), whole, &record.container);
    set(publisher(record.kind), whole, &record.publisher);
    set("address", whole, &record.place);
    set("volume", plain, &record.volume);
    set("number", plain, if record.issue.is_empty() { &record.number } else { &record.issue });
    set("pages", plain, &pages(&record.pages));
    set("edition", plain, &edition(&record.edition));
    set("isbn", plain, &record.isbn);
    set("language", plain, if work.chinese { "chinese" } else { "english" });
    set("annote", plain, &work.note);
    set("doi", address, &record.doi);
    set("url", address, &record.url);
    for (field, number) in dates(&record.date) {
        set(field, plain, &number);
    }
    if !work.authors.is_empty() {
        entry.set("author", authors(&work.authors));
    }
    entry
}

fn dates(date: &str) -> Vec<(&'static str, String)> {
    match date_parts(date)[..] {
        [] => vec![("year", date.to_owned())],
        [year] => vec![("year", year.to_string())],
        [year, month, ..] => vec![("year", year.to_string()), ("month", month.to_string())],
    }
}

/// `97--111`, however the range is written.
fn pages(pages: &str) -> String {
    let parts = pages.split(['-', '–', '—']).map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("--")
}

fn authors(names: &[Name]) -> Chunks {
    let mut chunks = vec![];
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            chunks.push(plain(" and "));
        }
        match name {
            Name::Whole(name) => chunks.push(whole(name)),
            Name::Person { family, given } => {
                chunks.extend([part(family), plain(", "), part(given)]);
            }
        }
    }
    chunks
}

/// A part of a name that holds the word between two names is kept together.
fn part(text: &str) -> Spanned<Chunk> {
    let splits = text.to_lowercase().split(' ').any(|word| word == "and");
    if splits { whole(text) } else { plain(text) }
}

fn plain(text: &str) -> Spanned<Chunk> {
    Spanned::zero(Chunk::Normal(held(text)))
}

/// In braces: no style changes the case of it, and no word in it parts names.
fn whole(text: &str) -> Spanned<Chunk> {
    Spanned::zero(Chunk::Verbatim(held(text)))
}

/// A link or an identifier, which LaTeX packages take as it stands.
fn address(text: &str) -> Spanned<Chunk> {
    let encoded = text.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C");
    Spanned::zero(Chunk::Normal(encoded))
}

fn held(text: &str) -> String {
    let hold =
        |c: char| AWKWARD.iter().find(|(plain, ..)| *plain == c).map_or(c, |(_, held, _)| *held);
    text.chars().map(hold).collect()
}

/// Kinds that `BibTeX` does not know are `misc`.
fn kind(kind: WorkKind) -> EntryType {
    match kind {
        WorkKind::Article => EntryType::Article,
        WorkKind::Book => EntryType::Book,
        WorkKind::Chapter => EntryType::InCollection,
        WorkKind::Paper => EntryType::InProceedings,
        WorkKind::Thesis => EntryType::PhdThesis,
        WorkKind::Report => EntryType::TechReport,
        WorkKind::Standard | WorkKind::Patent | WorkKind::Document => EntryType::Misc,
    }
}

fn container(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Article => "journal",
        WorkKind::Chapter | WorkKind::Paper => "booktitle",
        _ => "series",
    }
}

fn publisher(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Thesis => "school",
        WorkKind::Report => "institution",
        WorkKind::Standard | WorkKind::Patent | WorkKind::Document => "howpublished",
        _ => "publisher",
    }
}
