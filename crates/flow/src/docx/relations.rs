//! Which part of the package is what.

use super::EXPECTED;
use crate::FlowError;
use crate::archive::Archive;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;

const DEFAULT_MAIN: &str = "word/document.xml";

/// The path of the main document. A package without one is of another program.
pub(super) fn main_document(archive: &mut Archive) -> Result<String, FlowError> {
    let relations = Relations::of(archive, "")?;
    let main = relations.target("officeDocument").unwrap_or_else(|| DEFAULT_MAIN.to_owned());
    let names = archive.names();
    let there = |path: &str| names.iter().any(|name| name.eq_ignore_ascii_case(path));
    let is_word = main.to_ascii_lowercase().ends_with(".xml") && !is_of_another_program(&main);
    if is_word && there(&main) {
        return Ok(main);
    }
    if there(DEFAULT_MAIN) {
        return Ok(DEFAULT_MAIN.to_owned());
    }
    Err(FlowError::OtherContent { path: archive.path().to_owned(), expected: EXPECTED })
}

fn is_of_another_program(main: &str) -> bool {
    let main = main.to_ascii_lowercase();
    main.starts_with("xl/") || main.starts_with("ppt/") || main.starts_with("visio/")
}

/// What one part refers to.
#[derive(Debug, Default)]
pub(super) struct Relations {
    /// The folder of the part.
    folder: String,
    /// Kinds (the last word of the relationship's type) and targets.
    found: Vec<(String, String)>,
}

impl Relations {
    /// Those of a part, or of the package for the empty path.
    pub(super) fn of(archive: &mut Archive, part: &str) -> Result<Self, FlowError> {
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
    pub(super) fn targets(&self, kind: &str) -> Vec<String> {
        let of_kind = self.found.iter().filter(|(found, _)| found == kind);
        let path = |target: &String| match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if self.folder.is_empty() => target.clone(),
            None => format!("{}/{target}", self.folder),
        };
        of_kind.map(|(_, target)| path(target)).collect()
    }

    /// Walks through the part of a kind, if there is one.
    pub(super) fn visit(
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
        self.found.extend(kind.zip(attribute(element, "Target")));
    }
    fn close(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
}
