//! What the places a question names mean among the documents there are.

use crate::planned::{COVER, MOST_OPENED};
use crate::{Engine, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;
use yinju_core::text::is_cjk;
use yinju_core::{Document, DocumentId, DocumentRef, PageNumber, Passage, PassageId, Scope};
use yinju_question::{DocumentKind, Filters, SectionName};
use yinju_store::PageSummary;

/// Passages whose headings are read for a chapter that was named in passing, at most: a tenth of a
/// second.
const MOST_READ_IN_PASSING: u32 = 50_000;

/// Where a search looked because the question said so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    /// In these documents; empty where the question names none.
    pub documents: Vec<DocumentRef>,
    /// In passages of certain pages or under certain headings.
    pub passages: bool,
    /// What was typed names no place that exists, and nothing can be found.
    pub nowhere: bool,
}

impl Narrowing {
    /// The place does not exist.
    pub(crate) fn nowhere() -> Self {
        Self { nowhere: true, ..Self::default() }
    }
}

/// A place that exists.
#[derive(Default)]
pub(crate) struct Narrowed {
    pub(crate) scope: Scope,
    /// Only in these passages, sorted.
    pub(crate) only: Option<Vec<PassageId>>,
    pub(crate) told: Option<Narrowing>,
}

impl Narrowed {
    /// What the person chose, as it is.
    pub(crate) fn to(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }
}

impl Engine {
    /// The place that filters mean; `None` where nothing is there.
    pub(crate) fn narrow(&self, scope: &Scope, filters: &Filters) -> Result<Option<Narrowed>> {
        let mut documents = self.in_scope(scope)?;
        let mut place = Narrowed::to(scope.clone());
        let mut told = Narrowing::default();
        place.scope.languages.extend(&filters.languages);
        if filters.choose_documents() {
            documents = self.documents_meant(documents, filters)?;
            place.scope.documents = documents.iter().map(|d| d.reference.id).collect();
            told.documents = documents.iter().map(|d| d.reference.clone()).collect();
        }
        if !filters.pages.is_empty() || !filters.sections.is_empty() {
            let only = self.passages_meant(&documents, filters)?;
            told.passages = true;
            place.only = Some(only);
        }
        let is_nowhere = documents.is_empty() || place.only.as_ref().is_some_and(Vec::is_empty);
        place.told = Some(told);
        Ok((!is_nowhere).then_some(place))
    }

    /// The same for places named in passing, without much reading. A chapter or page is looked for in
    /// the documents that the question names too, where it names some: every manual has a chapter 8.
    pub(crate) fn narrow_in_passing(
        &self,
        scope: &Scope,
        question: &str,
    ) -> Result<Option<Narrowed>> {
        let filters = &yinju_question::named(question);
        if filters.is_empty() {
            return Ok(None);
        }
        let mut scope = scope.clone();
        if filters.documents.is_empty() && filters.years.is_empty() {
            let named = called_in(question, &self.in_scope(&scope)?);
            if !named.is_empty() {
                scope.documents = named;
            }
        }
        let scope = &scope;
        let names_chapter = !filters.sections.is_empty() && filters.documents.is_empty();
        let passages: u32 = self.in_scope(scope)?.iter().map(|d| d.passages).sum();
        if names_chapter && passages > MOST_READ_IN_PASSING {
            return Ok(None);
        }
        self.narrow(scope, filters)
    }

    fn documents_meant(&self, among: Vec<Document>, filters: &Filters) -> Result<Vec<Document>> {
        let mut meant = Vec::new();
        // A year may be named in passing; that many files are not opened for it.
        let opens = among.len() <= MOST_OPENED;
        for document in among {
            let names = Names::of(&document);
            let is_named = filters.documents.is_empty() || names.hold_any(&filters.documents);
            if is_named && self.is_of(&document, &names, filters, opens)? {
                meant.push(document);
            }
        }
        Ok(meant)
    }

    /// Whether a document is of the years, of the kinds and between the parties that are meant. Its first pages
    /// are read only where what it is called does not say so.
    fn is_of(
        &self,
        document: &Document,
        names: &Names,
        filters: &Filters,
        opens: bool,
    ) -> Result<bool> {
        let Filters { years, kinds, parties, .. } = filters;
        let id = document.reference.id;
        let dated = if years.is_empty() { String::new() } else { self.bibliography(id)?.date };
        let is_dated = years.is_empty() || filters.holds_year(&[&names.title, &names.file, &dated]);
        if is_dated && kinds.is_empty() && parties.is_empty() {
            return Ok(true);
        }
        // The report of 2023 tells of 2022 on its first page, too.
        if !is_dated && (!opens || Filters::is_dated(&[&names.title, &names.file])) {
            return Ok(false);
        }
        let cover = self.cover(id)?;
        let first = cover.first().map_or("", String::as_str);
        let is_of_kind = || {
            let stem = Path::new(&names.file).file_stem().unwrap_or_default().to_string_lossy();
            let kind = DocumentKind::of(&names.title, &stem, first);
            kinds.is_empty() || kind.is_some_and(|kind| kinds.contains(&kind))
        };
        let is_between = || {
            let there = yinju_question::parties(&cover.join("\n")).join("\n").to_lowercase();
            parties.is_empty() || parties.iter().any(|party| there.contains(&party.to_lowercase()))
        };
        Ok((is_dated || filters.holds_year(&[first])) && is_of_kind() && is_between())
    }

    /// The first pages, which say what a document is.
    fn cover(&self, document: DocumentId) -> Result<Vec<String>> {
        let pages = (0..COVER).map(PageNumber::from_index);
        let pages = pages.map(|number| Ok(self.store().page(document, number)?));
        pages.filter_map(|page| page.map(|page| page.map(|page| page.text)).transpose()).collect()
    }

    fn passages_meant(&self, documents: &[Document], filters: &Filters) -> Result<Vec<PassageId>> {
        let mut meant = Vec::new();
        for document in documents {
            let passages = self.store().passages(document.reference.id)?;
            let pages = match &filters.pages[..] {
                [] => Vec::new(),
                pages => printed(pages, &self.store().page_summaries(document.reference.id)?),
            };
            let begun = sections_begun(&passages, &filters.sections);
            let is_meant = |passage: &&Passage| is_meant(passage, &pages, filters, &begun);
            let before = meant.len();
            meant.extend(passages.iter().filter(is_meant).map(|passage| passage.id));
            if meant.len() == before && pages.is_empty() {
                // Short sections share a passage, which stands under the last of them.
                let holds = |passage: &&Passage| holds_heading(passage, &filters.sections);
                meant.extend(passages.iter().filter(holds).map(|passage| passage.id));
            }
        }
        meant.sort_unstable();
        Ok(meant)
    }
}

/// The pages of a file that are meant by numbers: a person says what is printed on a page. Where no page has
/// the number printed on it, its place in the file is meant.
pub(crate) fn printed(
    meant: &[RangeInclusive<u32>],
    pages: &[PageSummary],
) -> Vec<RangeInclusive<u32>> {
    let number =
        |page: &PageSummary| page.label.as_ref().and_then(|label| label.parse::<u32>().ok());
    let labelled: Vec<(u32, u32)> =
        pages.iter().filter_map(|page| Some((number(page)?, page.number.get()))).collect();
    let places = meant.iter().flat_map(|range| {
        let named: Vec<RangeInclusive<u32>> = labelled
            .iter()
            .filter(|(label, _)| range.contains(label))
            .map(|(_, page)| *page..=*page)
            .collect();
        if named.is_empty() { vec![range.clone()] } else { named }
    });
    places.collect()
}

/// The sections that begin by a heading of some names, as they stand above a passage: an outline often has
/// them without their numbers, which then are read from the heading that is printed.
fn sections_begun<'p>(passages: &'p [Passage], names: &[SectionName]) -> Vec<&'p [String]> {
    if names.is_empty() {
        return Vec::new();
    }
    let begins = |passage: &&Passage| {
        let Some(heading) = passage.draft.section.last() else { return false };
        let bare =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let mut lines = passage.draft.text.lines().filter(|line| !line.trim().is_empty());
        let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        // `Chapter 6` has its words below it.
        let is_heading = [first, second].iter().any(|line| bare(line).ends_with(&bare(heading)));
        is_heading && names.iter().any(|name| name.is(first))
    };
    passages.iter().filter(begins).map(|passage| passage.draft.section.as_slice()).collect()
}

/// Whether one of a passage's lines is a heading of some names. A number alone begins many lines that are
/// none; in parts, or with its kind, it is one where the line is short.
pub(crate) fn holds_heading(passage: &Passage, names: &[SectionName]) -> bool {
    let is_heading = |line: &&str| {
        let number = line.split_whitespace().next().unwrap_or_default();
        // A section may be one paragraph, with its number before it.
        let is_in_parts = number.trim_end_matches('.').contains('.');
        let has_kind = !number.starts_with(|c: char| c.is_ascii_digit());
        is_in_parts || (has_kind && line.chars().count() <= LONGEST_HEADING)
    };
    let mut headings = passage.draft.text.lines().filter(is_heading);
    headings.any(|line| {
        names.iter().any(|name| matches!(name, SectionName::Numbered { .. }) && name.is(line))
    })
}

/// Whether a passage stands on one of the pages and under one of the headings.
fn is_meant(
    passage: &Passage,
    pages: &[RangeInclusive<u32>],
    Filters { sections, .. }: &Filters,
    begun: &[&[String]],
) -> bool {
    let touched = passage.pages();
    let on_page =
        |range: &RangeInclusive<u32>| touched.iter().any(|page| range.contains(&page.get()));
    let under = |name: &SectionName| passage.draft.section.iter().any(|heading| name.is(heading));
    (pages.is_empty() || pages.iter().any(on_page))
        && (sections.is_empty()
            || sections.iter().any(under)
            || begun.iter().any(|section| passage.draft.section.starts_with(section)))
}

/// Longer lines are no headings.
const LONGEST_HEADING: usize = 60;
/// Parts of a name that a question has at least, for the document to be meant by it.
const LEAST_PARTS: usize = 2;

/// The documents whose names have most parts in a question.
pub(crate) fn called_in(question: &str, documents: &[Document]) -> Vec<DocumentId> {
    let asked = parts_of(question);
    let mut most = LEAST_PARTS;
    let mut named = Vec::new();
    for document in documents {
        let Names { title, file } = Names::of(document);
        let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        let count = parts_of(&title).union(&parts_of(stem)).filter(|p| asked.contains(*p)).count();
        if count > most {
            named.clear();
            most = count;
        }
        if count == most {
            named.push(document.reference.id);
        }
    }
    named
}

/// Words of three letters and more, and every two ideographs that stand side by side.
fn parts_of(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() || is_cjk(c));
    let words = words.filter(|word| word.chars().count() > 2).map(str::to_owned);
    let chars: Vec<char> = lower.chars().collect();
    let pairs = chars.windows(2).filter(|pair| pair.iter().all(|c| is_cjk(*c)));
    words.chain(pairs.map(|pair| pair.iter().collect())).collect()
}

/// What a document is called, in lower case.
struct Names {
    title: String,
    file: String,
}

impl Names {
    fn of(document: &Document) -> Self {
        let file = document.reference.path.file_name().unwrap_or_default();
        Self {
            title: document.reference.title.to_lowercase(),
            file: file.to_string_lossy().to_lowercase(),
        }
    }

    fn hold_any(&self, names: &[String]) -> bool {
        names
            .iter()
            .map(|name| name.to_lowercase())
            .any(|name| self.title.contains(&name) || self.file.contains(&name))
    }
}
