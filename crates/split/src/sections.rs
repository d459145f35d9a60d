//! The headings above a place in a document.

use yinju_core::document::OutlineEntry;
use yinju_core::text::unwrap_lines;
use yinju_core::{BlockKind, Page};

/// The headings met so far, by depth.
pub(crate) struct Sections<'a> {
    outline: &'a [OutlineEntry],
    /// Level and title, outermost first.
    path: Vec<(u8, String)>,
    next: usize,
    has_headings: bool,
}

impl<'a> Sections<'a> {
    /// Headings on the pages name the sections; a file whose pages show none is named by its
    /// outline.
    pub(crate) fn new(pages: &[Page], outline: &'a [OutlineEntry]) -> Self {
        let has_headings =
            pages.iter().flat_map(|page| &page.blocks).any(|b| b.kind == BlockKind::Heading);
        Self { outline, path: Vec::new(), next: 0, has_headings }
    }

    /// A heading was met on the page.
    pub(crate) fn heading(&mut self, level: u8, text: &str) {
        self.enter(level, unwrap_lines(text));
    }

    /// A page begins.
    pub(crate) fn page(&mut self, page: &Page) {
        if self.has_headings {
            return;
        }
        while let Some(entry) = self.outline.get(self.next) {
            if entry.page.is_some_and(|start| start > page.number) {
                break;
            }
            self.next += 1;
            self.enter(entry.level, entry.title.clone());
        }
    }

    /// The titles, outermost first.
    pub(crate) fn path(&self) -> Vec<String> {
        self.path.iter().map(|(_, title)| title.clone()).collect()
    }

    fn enter(&mut self, level: u8, title: String) {
        self.path.retain(|(above, _)| *above < level);
        self.path.push((level, title));
    }
}
