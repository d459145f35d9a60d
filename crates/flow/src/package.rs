//! Which part of an Office package is what (ECMA-376 Part 2).

use crate::FlowError;
use crate::archive::Archive;
use crate::flow::Piece;
use crate::picture::Picture;
use crate::xml::{self, Visitor, attribute};
use crate::{chart, decode, html, text};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Where the main part of a package is and what it is called where nothing says it.
pub(crate) struct Main {
    /// The folder of the program's parts.
    pub folder: &'static str,
    pub default: &'static str,
    /// What the file should be, with its article.
    pub expected: &'static str,
}

/// The path of the main part. A package without one is of another program.
pub(crate) fn main_part(archive: &mut Archive, main: &Main) -> Result<String, FlowError> {
    let relations = Relations::of(archive, "")?;
    let stated = relations.target("officeDocument").unwrap_or_else(|| main.default.to_owned());
    let names = archive.names();
    let there = |path: &str| names.iter().any(|name| name.eq_ignore_ascii_case(path));
    if is_of(&stated, main) && there(&stated) {
        return Ok(stated);
    }
    if there(main.default) {
        return Ok(main.default.to_owned());
    }
    Err(FlowError::OtherContent { path: archive.path().to_owned(), expected: main.expected })
}

/// Programs other than Microsoft's name folders as they like, but not as one of those.
fn is_of(path: &str, main: &Main) -> bool {
    let path = path.to_ascii_lowercase();
    let is_xml = std::path::Path::new(&path).extension().is_some_and(|e| e == "xml");
    let others = ["word/", "xl/", "ppt/", "visio/"].into_iter().filter(|f| *f != main.folder);
    is_xml && !{ others }.any(|other| path.starts_with(other))
}

/// Another file that stands for a part of the text: a web page or plain text.
fn chunk(bytes: &[u8]) -> Vec<Piece> {
    let decoded = decode::markup(bytes);
    let start = decoded.text.trim_start();
    if start.starts_with("PK") || start.starts_with("{\\rtf") || decoded.is_binary() {
        return Vec::new();
    }
    if start.starts_with('<') { html::pieces(&decoded.text) } else { text::pieces(&decoded.text) }
}

fn picture(bytes: &[u8]) -> Vec<Piece> {
    vec![Piece::picture(Picture::Inside(bytes.to_vec()), "")]
}

/// What one part refers to.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    /// The folder of the part.
    folder: String,
    /// Kinds (the last word of the relationship's type), ids and targets.
    found: Vec<(String, String, String)>,
}

impl Relations {
    /// Those of a part, or of the package for the empty path.
    pub(crate) fn of(archive: &mut Archive, part: &str) -> Result<Self, FlowError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}_rels/{file}.rels");
        let mut relations = Self { folder: folder.to_owned(), found: Vec::new() };
        if let Ok(bytes) = archive.optional(&path)? {
            // What was read before any damage counts; the rest has its usual names.
            let _ = xml::walk(&bytes, &mut relations);
        }
        Ok(relations)
    }

    fn target(&self, kind: &str) -> Option<String> {
        self.targets(kind).into_iter().next()
    }

    /// The paths of all parts of a kind.
    pub(crate) fn targets(&self, kind: &str) -> Vec<String> {
        let of_kind = self.found.iter().filter(|(found, ..)| found == kind);
        of_kind.map(|(.., target)| self.path(target)).collect()
    }

    /// A target as a path of the package, without `..`.
    fn path(&self, target: &str) -> String {
        let (folder, target) = match target.strip_prefix('/') {
            Some(absolute) => ("", absolute),
            None => (self.folder.as_str(), target),
        };
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in target.split('/') {
            match part {
                "." | "" => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }

    /// What the part refers to by ids that pieces stand for: charts, diagrams, pictures (each
    /// once a file), and other files set into it.
    pub(crate) fn embedded(
        &self,
        archive: &mut Archive,
    ) -> Result<HashMap<String, Vec<Piece>>, FlowError> {
        let mut embedded = HashMap::new();
        for (kind, id, target) in &self.found {
            let path = self.path(target);
            let read: fn(&[u8]) -> Vec<Piece> = match kind.as_str() {
                "image" if archive.is_first(&path) => picture,
                "chart" => chart::pieces,
                "diagramData" => chart::words,
                "aFChunk" => chunk,
                _ => continue,
            };
            // What is damaged is as if it were not there; the part itself is told of.
            if let Ok(bytes) = archive.optional(&path)? {
                embedded.insert(id.clone(), read(&bytes));
            }
        }
        Ok(embedded)
    }

    /// What the part refers to by an id.
    pub(crate) fn by_id(&self, id: &str) -> Option<String> {
        let (.., target) = self.found.iter().find(|(.., found, _)| found == id)?;
        Some(self.path(target))
    }

    /// Walks through the part of a kind, if there is one.
    pub(crate) fn visit(
        &self,
        archive: &mut Archive,
        kind: &str,
        visitor: &mut dyn Visitor,
        complaints: &mut Vec<String>,
    ) -> Result<(), FlowError> {
        let path = self.target(kind).unwrap_or_else(|| format!("{}/{kind}.xml", self.folder));
        let outcome = archive.optional(&path)?;
        let ended = outcome.and_then(|bytes| {
            xml::walk(&bytes, visitor).map_err(|reason| format!("{path}: {reason}"))
        });
        complaints.extend(ended.err());
        Ok(())
    }
}

impl Visitor for Relations {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if name != "Relationship"
            || attribute(element, "TargetMode").is_some_and(|m| m == "External")
        {
            return;
        }
        let kind = attribute(element, "Type");
        let kind = kind.as_deref().and_then(|kind| kind.rsplit('/').next()).map(str::to_owned);
        let id = attribute(element, "Id").unwrap_or_default();
        self.found.extend(kind.zip(attribute(element, "Target")).map(|(kind, to)| (kind, id, to)));
    }
    fn close(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
}
