//! A search as its question needs it: by its topic, and by the lines of the statements that a figure
//! is made of (`yinju_question::Plan`). What was found of a statement comes first, since the question
//! asks for nothing else; where no statement stands there, the topic alone decides.

use crate::look::Found;
use crate::search::SearchQuery;
use crate::{Engine, Result};
use std::collections::BTreeMap;
use yinju_core::ports::RankedPassage;
use yinju_core::text::is_cjk;
use yinju_core::{Document, DocumentId, DocumentRef, PageNumber, Scope};
use yinju_question::{Plan, Query, Statement, Year};

/// Among so many passages a statement's are looked for: a report's notes have the same words.
const DEPTH: usize = 100;
/// Among so many lines of a page stands its title.
const TITLE_LINES: usize = 8;
/// So many passages of each statement come first: its page is cut into a few.
const FIRST: usize = 2;
/// Among so many pages stands what a document is about: the first may be a picture.
pub(crate) const COVER: usize = 3;

impl Engine {
    /// Passages in order, without their texts; everything that the question needs.
    pub(crate) fn look(&self, query: &SearchQuery) -> Result<Found> {
        let found = self.look_planned(query)?;
        let found = self.exact_first(query, found)?;
        self.references_followed(query, found)
    }

    fn look_planned(&self, query: &SearchQuery) -> Result<Found> {
        let plan = Plan::of(&query.text);
        let topic = if query.is_asked { plan.topic.clone() } else { query.text.clone() };
        let found = self.look_once(&SearchQuery { text: topic, ..query.clone() })?;
        // Whoever typed a place or a phrase to have or to leave out says where the plan would guess.
        let is_typed = !query.is_asked && Query::read(&query.text).is_ok_and(|q| q.has_phrases());
        if plan.statements.is_empty() || found.narrowed.is_some() || is_typed {
            return Ok(found);
        }
        let Some(scope) = self.documents_named(&query.scope, &plan.names)? else {
            return Ok(found);
        };
        let mut first: Vec<Vec<RankedPassage>> = Vec::new();
        for (statement, text) in &plan.statements {
            let query = SearchQuery {
                text: text.clone(),
                scope: scope.clone(),
                limit: DEPTH,
                is_asked: true,
                ..query.clone()
            };
            let ranked = self.look_once(&query)?.ranked;
            first.push(self.of_statement(*statement, &plan.years, ranked)?);
        }
        Ok(found.after(&first, query.limit))
    }

    /// The passages on pages that are headed as a statement and have one of some years, best first.
    fn of_statement(
        &self,
        statement: Statement,
        years: &[Year],
        ranked: Vec<RankedPassage>,
    ) -> Result<Vec<RankedPassage>> {
        let mut kept = Vec::new();
        let mut known: BTreeMap<(DocumentId, PageNumber), bool> = BTreeMap::new();
        for found in ranked {
            let Some(passage) = self.store().passage(found.passage)? else { continue };
            let Some(number) = passage.pages().first().copied() else { continue };
            let is_headed = match known.get(&(passage.document, number)) {
                Some(is_headed) => *is_headed,
                None => self.is_headed(passage.document, number, statement, years)?,
            };
            known.insert((passage.document, number), is_headed);
            if is_headed {
                kept.push(found);
            }
            if kept.len() == FIRST {
                break;
            }
        }
        Ok(kept)
    }

    /// Whether a page is headed as a statement: by its first lines, whatever they were taken for. A
    /// title over a table may be a running head of one page, or the table's first row.
    fn is_headed(
        &self,
        document: DocumentId,
        number: PageNumber,
        statement: Statement,
        years: &[Year],
    ) -> Result<bool> {
        let Some(page) = self.store().page(document, number)? else { return Ok(false) };
        let lines = page.text.lines().filter(|line| !line.trim().is_empty());
        let is_headed = lines.take(TITLE_LINES).any(|line| statement.is_title(line));
        if !is_headed || years.is_empty() {
            return Ok(is_headed);
        }
        let document = self.store().document(document)?.reference;
        self.may_tell_of(years, &document, Some(number))
    }

    /// Whether a page may tell of one of some years: by its own words, or by what its document is
    /// called and says on its first pages, since a report of 2022 does not repeat that on every page.
    pub(crate) fn may_tell_of(
        &self,
        years: &[Year],
        document: &DocumentRef,
        page: Option<PageNumber>,
    ) -> Result<bool> {
        let stands = |text: &str| years.iter().any(|year| year.stands_in(text));
        if stands(&document.title) || stands(&document.path.to_string_lossy()) {
            return Ok(true);
        }
        for number in page.into_iter().chain((0..COVER).map(PageNumber::from_index)) {
            if self.store().page(document.id, number)?.is_some_and(|page| stands(&page.text)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The scope without documents that have fewer of a question's names in what they are called:
    /// `Adobe 2022` means that report, where there is one. Where no title and no file has a name, the
    /// first pages may, which say whose report it is; where none does, another's statement is no
    /// answer: `None`. As it was for a question without names.
    fn documents_named(&self, scope: &Scope, names: &[String]) -> Result<Option<Scope>> {
        let names: Vec<String> = names.iter().map(|name| folded(name)).collect();
        if !names.iter().any(|name| is_word(name)) {
            return Ok(Some(scope.clone()));
        }
        let documents = self.in_scope(scope)?;
        let titles = documents.iter().map(|document| (document.reference.id, called(document)));
        let mut meant = holding(&names, titles);
        if meant.is_empty() && documents.len() <= MOST_OPENED {
            let first = PageNumber::from_index(0);
            let mut pages = Vec::with_capacity(documents.len());
            for id in documents.iter().map(|document| document.reference.id) {
                let page = self.store().page(id, first)?;
                pages.extend(page.map(|page| (id, page.text.to_lowercase())));
            }
            meant = holding(&names, pages.into_iter());
        }
        Ok((!meant.is_empty()).then(|| Scope { documents: meant, ..scope.clone() }))
    }
}

/// First pages of so many documents are read for one question.
pub(crate) const MOST_OPENED: usize = 200;

/// Those that hold most of some names, one of them at least; a year alone names nothing.
fn holding(
    names: &[String],
    called: impl Iterator<Item = (DocumentId, String)>,
) -> Vec<DocumentId> {
    let mut by_count: BTreeMap<usize, Vec<DocumentId>> = BTreeMap::new();
    for (id, text) in called {
        let held = |name: &&String| text.contains(name.as_str());
        if names.iter().filter(|name| is_word(name)).any(|name| held(&name)) {
            by_count.entry(names.iter().filter(held).count()).or_default().push(id);
        }
    }
    by_count.pop_last().map(|(_, ids)| ids).unwrap_or_default()
}

impl Found {
    /// What was found, behind the first of what else was looked for, one of each in turn.
    fn after(self, first: &[Vec<RankedPassage>], limit: usize) -> Self {
        let longest = first.iter().map(Vec::len).max().unwrap_or(0);
        let in_turn = (0..longest).flat_map(|at| first.iter().filter_map(move |list| list.get(at)));
        let mut ranked: Vec<RankedPassage> = Vec::with_capacity(limit);
        for found in in_turn.copied().chain(self.ranked) {
            if !ranked.iter().any(|known| known.passage == found.passage) {
                ranked.push(found);
            }
        }
        ranked.truncate(limit);
        Self { ranked, ..self }
    }
}

/// `FY2022` is the year 2022 in a title.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let year = lower.strip_prefix("fy").filter(|year| year.len() == 4);
    year.filter(|year| year.bytes().all(|b| b.is_ascii_digit()))
        .map_or(lower.clone(), str::to_owned)
}

/// Whether it is a name, as opposed to a year. Chinese has no capitals to tell names by.
fn is_word(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_NAME && !name.contains(is_cjk)
}

/// Fewer letters stand in too many titles.
const SHORTEST_NAME: usize = 3;

fn called(document: &Document) -> String {
    let file = document.reference.path.file_stem().unwrap_or_default().to_string_lossy();
    format!("{}\n{file}", document.reference.title).to_lowercase()
}
