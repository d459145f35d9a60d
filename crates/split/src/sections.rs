//! The headings above a place in a document, as its pages come. Deliberately not here: what makes
//! a line a heading (the reader's), and where passages begin.

use std::collections::{BTreeSet, HashMap, VecDeque};
use yinju_core::PageNumber;
use yinju_core::document::OutlineEntry;
use yinju_core::title::Folded;

/// A title and how deep it is.
#[derive(Clone, Debug)]
struct Heading {
    level: u8,
    title: String,
    folded: Folded,
}

impl Heading {
    fn new(level: u8, title: String) -> Self {
        Self { level, folded: Folded::new(&title), title }
    }
}

/// So many sections that end by the same title do not end by it: it heads boxes within them.
const BOXES: usize = 3;

/// Where a place stands. An outline's entry names the section from its page on, or from the
/// heading on that page that says the same; other headings nest below it by their level.
#[derive(Default)]
pub(crate) struct Sections {
    /// Entries whose page has not come yet, by page.
    ahead: VecDeque<(PageNumber, Heading)>,
    /// Entries of this page whose heading has not come yet.
    due: VecDeque<Heading>,
    /// Entries of the outline above this place, outermost first.
    outline: Vec<Heading>,
    /// Headings below the last of them.
    headings: Vec<Heading>,
    /// Under which headings each title was met that would have ended theirs.
    ended: HashMap<Folded, BTreeSet<String>>,
}

impl Sections {
    pub(crate) fn new(outline: &[OutlineEntry]) -> Self {
        let mut ahead: Vec<_> = (outline.iter().zip(places(outline)))
            .map(|(entry, page)| (page, Heading::new(entry.level, entry.title.clone())))
            .collect();
        ahead.sort_by_key(|(page, _)| *page);
        let ahead = VecDeque::from(ahead);
        Self { ahead, ..Self::default() }
    }

    /// A page begins that has these headings.
    pub(crate) fn page<'t>(&mut self, page: PageNumber, headings: impl Iterator<Item = &'t str>) {
        self.enter_due(self.due.len());
        while let Some((_, entry)) = self.ahead.pop_front_if(|(start, _)| *start <= page) {
            self.due.push_back(entry);
        }
        if self.due.is_empty() {
            return;
        }
        let headings: Vec<_> = headings.map(Folded::new).collect();
        let is_on_page = |entry: &Heading| headings.iter().any(|h| h.is(&entry.folded));
        let before = self.due.iter().position(is_on_page).unwrap_or(self.due.len());
        self.enter_due(before);
    }

    /// A heading was met.
    pub(crate) fn heading(&mut self, level: u8, title: String) {
        let heading = Heading::new(level, title);
        if let Some(at) = self.due.iter().position(|entry| entry.folded.is(&heading.folded)) {
            return self.enter_due(at + 1);
        }
        // Said again, as at the top of a page: nothing new, and everything below it is over.
        let is_same = |above: &Heading| above.folded.is(&heading.folded);
        if let Some(at) = self.outline.iter().position(is_same) {
            self.outline.truncate(at + 1);
            self.headings.clear();
        } else if !self.is_of_box(&heading) {
            self.headings.retain(|above| above.level < heading.level);
            self.headings.push(heading);
        }
    }

    /// Whether a heading is that of a box, which stands in a section however loudly it is set: an outcry
    /// (警告！), or the same over and over above what is deeper.
    fn is_of_box(&mut self, heading: &Heading) -> bool {
        let Some(last) = self.headings.last() else { return false };
        let ends = last.level >= heading.level;
        if ends && heading.title.trim_end().ends_with(['!', '！']) {
            return true;
        }
        if last.level <= heading.level {
            return false;
        }
        let title = last.title.clone();
        let under = self.ended.entry(heading.folded.clone()).or_default();
        under.insert(title);
        under.len() >= BOXES
    }

    /// The titles, outermost first.
    pub(crate) fn path(&self) -> Vec<String> {
        self.outline.iter().chain(&self.headings).map(|heading| heading.title.clone()).collect()
    }

    fn enter_due(&mut self, count: usize) {
        for entry in self.due.drain(..count) {
            self.outline.retain(|above| above.level < entry.level);
            self.outline.push(entry);
            self.headings.clear();
        }
    }
}

/// The page of every entry. One that leads nowhere is taken to stand where the next one does: it
/// is the title of what follows.
fn places(outline: &[OutlineEntry]) -> Vec<PageNumber> {
    let mut next = outline.iter().rev().find_map(|entry| entry.page);
    let mut places: Vec<_> = (outline.iter().rev())
        .map(|entry| {
            next = entry.page.or(next);
            next.unwrap_or(PageNumber::from_index(0))
        })
        .collect();
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(level: u8, title: &str, page: usize) -> OutlineEntry {
        let page = page.checked_sub(1).map(PageNumber::from_index);
        OutlineEntry { level, title: title.to_owned(), page }
    }

    /// Goes through pages given as their headings, and says the path after each heading, or after
    /// the page where it has none.
    fn paths(outline: &[OutlineEntry], pages: &[&[(u8, &str)]]) -> Vec<String> {
        let mut sections = Sections::new(outline);
        let mut paths = Vec::new();
        for (index, headings) in pages.iter().enumerate() {
            sections.page(PageNumber::from_index(index), headings.iter().map(|(_, title)| *title));
            for (level, title) in *headings {
                sections.heading(*level, (*title).to_owned());
                paths.push(sections.path().join("/"));
            }
            if headings.is_empty() {
                paths.push(sections.path().join("/"));
            }
        }
        paths
    }

    #[test]
    fn without_an_outline_headings_nest_by_level() {
        let pages: [&[_]; 2] = [&[(1, "A"), (2, "B"), (2, "C")], &[(1, "D")]];
        assert_eq!(paths(&[], &pages), ["A", "A/B", "A/C", "D"]);
    }

    #[test]
    fn entries_begin_with_their_page_or_with_their_heading() {
        let outline = [entry(1, "1 Tea", 1), entry(2, "1.1 Water", 2), entry(1, "2 Cups", 3)];
        let pages: [&[_]; 3] = [&[], &[(3, "Notes"), (2, "Water"), (3, "Heat")], &[]];
        let expected =
            ["1 Tea", "1 Tea/Notes", "1 Tea/1.1 Water", "1 Tea/1.1 Water/Heat", "2 Cups"];
        assert_eq!(paths(&outline, &pages), expected);
    }

    #[test]
    fn the_title_of_a_box_ends_no_section() {
        let pages: [&[_]; 3] = [
            &[(1, "Brakes"), (2, "Check"), (2, "Warning!"), (2, "Fill")],
            &[(2, "Bleed"), (1, "Tip"), (2, "Park"), (1, "Tip")],
            &[(1, "Lights"), (2, "Fuses"), (1, "Tip"), (2, "Bulbs")],
        ];
        let expected = [
            "Brakes",
            "Brakes/Check",
            "Brakes/Check",
            "Brakes/Fill",
            "Brakes/Bleed",
            "Tip",
            "Tip/Park",
            "Tip",
            "Lights",
            "Lights/Fuses",
            "Lights/Fuses",
            "Lights/Bulbs",
        ];
        assert_eq!(paths(&[], &pages), expected);
    }

    #[test]
    fn an_entry_without_a_page_stands_with_the_next() {
        let outline = [entry(1, "Front", 1), entry(1, "Part I", 0), entry(2, "Tea", 2)];
        assert_eq!(paths(&outline, &[&[], &[]]), ["Front", "Part I/Tea"]);
    }

    #[test]
    fn a_heading_said_again_ends_what_is_below_it() {
        let outline = [entry(1, "Tea", 1)];
        let pages: [&[_]; 2] = [&[(1, "Tea"), (2, "Water")], &[(1, "TEA")]];
        assert_eq!(paths(&outline, &pages), ["Tea", "Tea/Water", "Tea"]);
    }
}
