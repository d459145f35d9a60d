//! A document being split: pages go in, passages that are finished come out. Deliberately not
//! here: how a page is cut, and how units are packed.

use crate::Splitter;
use crate::pack::Packer;
use crate::sections::Sections;
use crate::table::Head;
use crate::units::{self, PageUnits, Unit};
use yinju_core::document::OutlineEntry;
use yinju_core::text::unwrap_lines;
use yinju_core::{BlockKind, Page, PageNumber, PassageDraft};

/// Splits a document whose pages come one at a time. It holds what is still open: the last
/// passage, the last page's footnotes, the header of the last table, and the outline.
pub struct Splitting<'s> {
    splitter: &'s Splitter,
    sections: Sections,
    packer: Packer,
    head: Head,
    /// The last page's paragraph that ends without the end of a sentence.
    unfinished: Option<PageNumber>,
    /// The last page's footnotes and annotations: they follow its body, which may run on.
    asides: Vec<Unit>,
}

impl<'s> Splitting<'s> {
    pub(crate) fn new(splitter: &'s Splitter, outline: &[OutlineEntry]) -> Self {
        Self {
            splitter,
            sections: Sections::new(outline),
            packer: Packer::new(splitter.config),
            head: Head::default(),
            unfinished: None,
            asides: Vec::new(),
        }
    }

    /// One without an outline for the same encoder.
    pub(crate) fn anew(&self) -> Self {
        Self::new(self.splitter, &[])
    }

    /// The next page, in order. Gives the passages that are finished now.
    pub fn push(&mut self, page: &Page) -> Vec<PassageDraft> {
        let PageUnits { mut body, asides } = units::of_page(page, &mut self.head, self.splitter);
        let runs_on = self.runs_on(&body);
        if runs_on {
            let asides = std::mem::take(&mut self.asides);
            self.packer.add_after(asides, &self.sections.path());
        } else {
            self.add_asides();
        }
        if let (Some(first), true) = (body.first_mut(), runs_on) {
            first.continues = true;
        }
        let is_heading = |unit: &&Unit| unit.kind == BlockKind::Heading;
        let headings = body.iter().filter(is_heading).map(|unit| unit.parts[0].text.as_str());
        self.sections.page(page.number, headings);
        self.unfinished = body.last().filter(|last| last.is_unfinished()).map(|_| page.number);
        for unit in body {
            self.add(unit);
        }
        self.asides = asides;
        self.packer.take()
    }

    /// There are no more pages. Gives the rest.
    pub fn finish(mut self) -> Vec<PassageDraft> {
        self.add_asides();
        self.packer.close();
        self.packer.take()
    }

    /// Whether the last page's paragraph goes on with this body: it ends without the end of a
    /// sentence, and what follows on the next page is running text too.
    fn runs_on(&self, body: &[Unit]) -> bool {
        let (Some(unfinished), Some(first)) = (self.unfinished, body.first()) else { return false };
        first.kind == BlockKind::Paragraph && first.page().index() == unfinished.index() + 1
    }

    fn add_asides(&mut self) {
        for unit in std::mem::take(&mut self.asides) {
            self.add(unit);
        }
    }

    fn add(&mut self, unit: Unit) {
        if unit.kind == BlockKind::Heading {
            self.sections.heading(unit.level, unwrap_lines(&unit.parts[0].text));
        }
        self.packer.add(unit, self.sections.path());
    }
}
