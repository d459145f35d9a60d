//! `container.xml` and the package document: metadata, manifest, spine.

use super::paths::resolve;
use crate::FlowError;
use crate::archive::Archive;
use crate::flow::tidy;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use yinju_core::document::DocumentInfo;

/// What a package says of its book. Paths are those of the archive.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub info: DocumentInfo,
    /// Documents in reading order.
    pub spine: Vec<String>,
    /// The navigation document of EPUB 3.
    pub navigation: Option<String>,
    /// The list of contents of EPUB 2.
    pub ncx: Option<String>,
    /// What was not as it should be.
    pub complaints: Vec<String>,
}

const CONTAINER: &str = "META-INF/container.xml";

impl Package {
    pub(super) fn read(archive: &mut Archive) -> Result<Self, FlowError> {
        let path = package_path(archive)?;
        let bytes = archive.needed(&path)?;
        let mut opf = Opf::default();
        let ended = xml::walk(&bytes, &mut opf);
        let mut package = opf.package(&path);
        if package.spine.is_empty() {
            return Err(archive.damaged(format!("{path} names nothing to read")));
        }
        package.complaints.extend(ended.err().map(|reason| format!("{path}: {reason}")));
        Ok(package)
    }
}

/// Where the package document is: as the container says, else the one there is.
fn package_path(archive: &mut Archive) -> Result<String, FlowError> {
    let mut container = Container(None);
    if let Ok(bytes) = archive.optional(CONTAINER)? {
        // What was read before any damage is enough.
        let _ = xml::walk(&bytes, &mut container);
    }
    let found = container.0.map(|path| resolve("", &path));
    let known =
        || archive.names().into_iter().find(|name| name.to_ascii_lowercase().ends_with(".opf"));
    found.or_else(known).ok_or_else(|| archive.damaged(format!("it has no {CONTAINER}")))
}

struct Container(Option<String>);

impl Visitor for Container {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if name == "rootfile" && self.0.is_none() {
            self.0 = attribute(element, "full-path");
        }
    }
    fn close(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
}

#[derive(Default)]
struct Opf {
    info: DocumentInfo,
    text: String,
    /// By id: path and whether it is the navigation document.
    items: HashMap<String, Item>,
    spine: Vec<String>,
    ncx: Option<String>,
}

struct Item {
    href: String,
    media_type: String,
    is_navigation: bool,
}

impl Visitor for Opf {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        self.text.clear();
        match name {
            "item" => self.add_item(element),
            "itemref" => self.spine.extend(attribute(element, "idref")),
            "spine" => self.ncx = attribute(element, "toc"),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        let text = tidy(&std::mem::take(&mut self.text));
        match name {
            "title" => self.info.title = self.info.title.take().or(text),
            "creator" => self.info.authors.extend(text),
            "date" => self.info.created = self.info.created.take().or(text),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

impl Opf {
    fn add_item(&mut self, element: &BytesStart<'_>) {
        let (Some(id), Some(href)) = (attribute(element, "id"), attribute(element, "href")) else {
            return;
        };
        let properties = attribute(element, "properties").unwrap_or_default();
        let is_navigation = properties.split_whitespace().any(|property| property == "nav");
        let media_type = attribute(element, "media-type").unwrap_or_default();
        self.items.insert(id, Item { href, media_type, is_navigation });
    }

    fn package(self, path: &str) -> Package {
        let at = |item: &Item| resolve(path, &item.href);
        let spine = self.spine.iter().filter_map(|id| self.items.get(id)).map(at).collect();
        let ncx = self.ncx.as_ref().and_then(|id| self.items.get(id)).or_else(|| {
            self.items.values().find(|item| item.media_type == "application/x-dtbncx+xml")
        });
        let lost = self.spine.iter().filter(|id| !self.items.contains_key(*id));
        Package {
            spine,
            navigation: self.items.values().find(|item| item.is_navigation).map(at),
            ncx: ncx.map(at),
            complaints: lost.map(|id| format!("{path} does not say where {id} is")).collect(),
            info: self.info,
        }
    }
}
