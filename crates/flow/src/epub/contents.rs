//! The list of contents: the navigation document of EPUB 3, else the NCX of EPUB 2.

use super::package::Package;
use super::paths::resolve;
use crate::FlowError;
use crate::archive::Archive;
use crate::flow::tidy;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;

/// A line of it, with the path or `path#anchor` it leads to.
pub(super) struct Line {
    pub level: u8,
    pub title: String,
    pub target: Option<String>,
}

/// The lines there are, and what is wrong with them. A book without a list is no worse for it.
pub(super) fn read(
    archive: &mut Archive,
    package: &Package,
) -> Result<(Vec<Line>, Option<String>), FlowError> {
    let mut complaint = None;
    for (path, mut lines) in sources(package) {
        match archive.optional(&path)? {
            Ok(bytes) => {
                let ended = xml::walk(&bytes, lines.as_visitor());
                complaint = complaint.or(ended.err().map(|reason| format!("{path}: {reason}")));
            }
            Err(reason) => complaint = complaint.or(Some(reason)),
        }
        let found = lines.found();
        if !found.is_empty() {
            return Ok((found, complaint));
        }
    }
    Ok((Vec::new(), complaint))
}

fn sources(package: &Package) -> Vec<(String, Lines)> {
    let navigation = package.navigation.clone().map(|path| {
        let lines = Lines::Navigation(Navigation { path: path.clone(), ..Navigation::default() });
        (path, lines)
    });
    let ncx = package.ncx.clone().map(|path| {
        let lines = Lines::Ncx(Ncx { path: path.clone(), ..Ncx::default() });
        (path, lines)
    });
    navigation.into_iter().chain(ncx).collect()
}

enum Lines {
    Navigation(Navigation),
    Ncx(Ncx),
}

impl Lines {
    fn as_visitor(&mut self) -> &mut dyn Visitor {
        match self {
            Self::Navigation(lines) => lines,
            Self::Ncx(lines) => lines,
        }
    }

    fn found(self) -> Vec<Line> {
        match self {
            Self::Navigation(lines) => lines.found,
            Self::Ncx(lines) => lines.found,
        }
    }
}

/// `<nav epub:type="toc"><ol><li><a href>`, lists within lists.
#[derive(Default)]
struct Navigation {
    path: String,
    found: Vec<Line>,
    in_toc: bool,
    depth: u8,
    /// The title being read, and where it leads.
    title: Option<(String, Option<String>)>,
}

impl Visitor for Navigation {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "nav" => {
                let own = attribute(element, "type").or_else(|| attribute(element, "role"));
                self.in_toc = own.is_none_or(|t| t.split_whitespace().any(|t| t.ends_with("toc")));
            }
            "ol" if self.in_toc => self.depth = self.depth.saturating_add(1),
            "a" | "span" if self.in_toc && self.depth > 0 && self.title.is_none() => {
                let target = attribute(element, "href").map(|href| resolve(&self.path, &href));
                self.title = Some((String::new(), target));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "nav" => (self.in_toc, self.depth) = (false, 0),
            "ol" => self.depth = self.depth.saturating_sub(1),
            // A span within a link ends with the title still open.
            "a" | "span" => {
                let whole = self.title.take_if(|(_, target)| name == "a" || target.is_none());
                let Some((title, target)) = whole else { return };
                if let Some(title) = tidy(&title) {
                    self.found.push(Line { level: self.depth.max(1), title, target });
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((title, _)) = &mut self.title {
            title.push_str(text);
        }
    }
}

/// `<navPoint><navLabel><text>…</text></navLabel><content src/>`, points within points.
#[derive(Default)]
struct Ncx {
    path: String,
    found: Vec<Line>,
    depth: u8,
    in_label: bool,
    title: String,
}

impl Visitor for Ncx {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "navPoint" => self.depth = self.depth.saturating_add(1),
            "navLabel" => (self.in_label, self.title) = (true, String::new()),
            "content" if self.depth > 0 => {
                let target = attribute(element, "src").map(|src| resolve(&self.path, &src));
                if let Some(title) = tidy(&std::mem::take(&mut self.title)) {
                    self.found.push(Line { level: self.depth, title, target });
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "navPoint" => self.depth = self.depth.saturating_sub(1),
            "navLabel" => self.in_label = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_label && self.depth > 0 {
            self.title.push_str(text);
        }
    }
}
