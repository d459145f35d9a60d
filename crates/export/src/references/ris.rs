//! RIS, which `EndNote`, Zotero and `NoteExpress` read: a tag and a text a line, so a text on one line can
//! break nothing.

use super::{date_parts, edition};
use crate::names::Name;
use crate::works::Work;
use std::fmt::Write as _;
use yinju_core::WorkKind;

/// The cited works. Lines end as the format has it, in CR LF.
pub(crate) fn write(works: &[Work]) -> String {
    works.iter().map(|work| record(work) + "ER  - \r\n").collect::<Vec<_>>().join("\r\n")
}

fn record(work: &Work) -> String {
    let record = &work.record;
    let (first, last) = record.pages.split_once(['-', '–']).unwrap_or((&record.pages, ""));
    let container = if record.kind == WorkKind::Article { "JO" } else { "T2" };
    let mut fields = vec![("TY", kind(record.kind).to_owned()), ("ID", work.key.clone())];
    fields.extend(work.authors.iter().map(|name| ("AU", printed(name))));
    fields.extend([
        ("TI", record.title.clone()),
        (container, record.container.clone()),
        ("PY", record.year().map(|year| year.to_string()).unwrap_or_default()),
        ("DA", date(&record.date)),
        ("VL", record.volume.clone()),
        ("IS", record.issue.clone()),
        ("SP", first.trim().to_owned()),
        ("EP", last.trim().to_owned()),
        ("PB", record.publisher.clone()),
        ("CY", record.place.clone()),
        ("ET", edition(&record.edition)),
        ("M1", record.number.clone()),
        ("DO", record.doi.clone()),
        ("SN", record.isbn.clone()),
        ("UR", record.url.clone()),
        ("LA", if work.chinese { "zh" } else { "en" }.to_owned()),
        ("N1", work.note.clone()),
    ]);
    lines(&fields)
}

fn lines(fields: &[(&str, String)]) -> String {
    let known = fields.iter().filter(|(_, text)| !text.is_empty());
    known.fold(String::new(), |mut out, (tag, text)| {
        let _ = write!(out, "{tag}  - {text}\r\n");
        out
    })
}

fn printed(name: &Name) -> String {
    match name {
        Name::Person { family, given } => format!("{family}, {given}"),
        Name::Whole(name) => name.clone(),
    }
}

/// `2021/05/17/`: the slashes are part of the field.
fn date(date: &str) -> String {
    let parts = date_parts(date);
    let Some(year) = parts.first() else { return String::new() };
    let two = |at: usize| parts.get(at).map(|n| format!("{n:02}")).unwrap_or_default();
    format!("{year:04}/{}/{}/", two(1), two(2))
}

fn kind(kind: WorkKind) -> &'static str {
    match kind {
        WorkKind::Article => "JOUR",
        WorkKind::Book => "BOOK",
        WorkKind::Chapter => "CHAP",
        WorkKind::Paper => "CPAPER",
        WorkKind::Thesis => "THES",
        WorkKind::Report => "RPRT",
        WorkKind::Standard => "STAND",
        WorkKind::Patent => "PAT",
        WorkKind::Document => "GEN",
    }
}
