//! What can be quoted: the sentences of the evidence as they stand on their pages.
//!
//! Every candidate is a stretch of one page whose characters all have boxes, so whatever is chosen
//! can be shown. A quotation never crosses a page break, nor a gap inside a passage (a footer that was
//! left out): its words must stand on the page that is named, in one piece. Deliberately not here:
//! which candidate bears out what.

use crate::rows::Grid;
use crate::sentences::{self, Layout, trimmed};
use crate::terms::Terms;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use yinju_core::text::{fold_whitespace, is_cjk, slice_chars};
use yinju_core::{BlockKind, CharRange, DocumentId, Evidence, Page, PageNumber, Span};

/// Where pages come from. `None`: the page is gone, and nothing on it can be cited.
pub type Pages<'a> = dyn Fn(DocumentId, PageNumber) -> Option<Page> + 'a;

/// Longest quotation, in columns: an ideograph takes one, another character half of one.
const LONGEST_QUOTE: usize = 200;
/// Most sentences in a quotation.
const MOST_SENTENCES: usize = 3;

/// A stretch of a page that can be cited.
pub(crate) struct Candidate {
    /// Index into the evidence.
    pub evidence: usize,
    /// The page it stands on.
    pub page: Rc<Page>,
    /// Where.
    pub range: CharRange,
    /// How many sentences, or pieces of a long one, it has.
    pub sentences: usize,
    /// Whether it is a section's heading or a table's: it says what is spoken of, not what is said of it.
    pub heading: bool,
    /// The table it is a row of, and which.
    pub row: Option<(Rc<Grid>, usize)>,
    terms: OnceCell<Terms>,
}

impl Candidate {
    /// The words, verbatim.
    pub fn text(&self) -> &str {
        self.page.slice(self.range)
    }

    /// What the words say; those of a row say it under the heads of the table's columns.
    pub fn terms(&self) -> &Terms {
        match &self.row {
            Some((grid, row)) => grid.terms(*row),
            None => self.terms.get_or_init(|| Terms::of(self.text())),
        }
    }

    /// Length as a share of the longest quotation.
    pub fn length(&self) -> f32 {
        columns(self.text()) as f32 / LONGEST_QUOTE as f32
    }
}

/// Everything that can be cited from some evidence, in the evidence's order.
pub(crate) fn candidates(evidence: &[Evidence], pages: &Pages) -> Vec<Candidate> {
    let mut known = BTreeMap::new();
    let mut all = Vec::new();
    for (index, item) in evidence.iter().enumerate() {
        let passage = &item.hit.passage;
        let folded = fold_whitespace(&passage.draft.text);
        for (page, range) in runs(passage.document, &passage.draft.spans, &mut known, pages) {
            if folded.contains(&fold_whitespace(page.slice(range))) {
                add_run(&mut all, index, &page, range);
            }
        }
    }
    all
}

type Known = BTreeMap<(DocumentId, PageNumber), Option<Rc<Page>>>;

/// The spans with their pages, those joined that only white space keeps apart.
fn runs(
    document: DocumentId,
    spans: &[Span],
    known: &mut Known,
    pages: &Pages,
) -> Vec<(Rc<Page>, CharRange)> {
    let mut runs: Vec<(Rc<Page>, CharRange)> = Vec::new();
    for span in spans {
        let page = known
            .entry((document, span.page))
            .or_insert_with(|| pages(document, span.page).map(Rc::new));
        let Some(page) = page else { continue };
        let len = page.slice(span.range).chars().count();
        let range = CharRange::new(span.range.start as usize, span.range.start as usize + len);
        match runs.last_mut() {
            Some((last, before)) if last.number == page.number && joins(page, *before, range) => {
                before.end = range.end;
            }
            _ => runs.push((Rc::clone(page), range)),
        }
    }
    runs
}

fn joins(page: &Page, before: CharRange, after: CharRange) -> bool {
    let gap = CharRange { start: before.end, end: after.start };
    before.end <= after.start && page.slice(gap).trim().is_empty()
}

/// A table of a page and where its rows stand.
struct PageTable {
    range: CharRange,
    grid: Rc<Grid>,
    rows: Vec<CharRange>,
}

/// The tables of a page whose lines are their rows; the others are read as running text.
fn tables(page: &Page) -> Vec<PageTable> {
    let read = |(index, block): (usize, &yinju_core::Block)| {
        let (table, rows) = (block.table.as_ref()?, block.rows(&page.text)?);
        let around = [index.checked_sub(1), Some(index + 1)].into_iter().flatten();
        let captions = around
            .filter_map(|near| page.blocks.get(near))
            .filter(|near| near.kind == BlockKind::Caption)
            .map(|near| page.slice(near.range));
        let grid = Rc::new(Grid::of(table, &captions.collect::<Vec<_>>().join("\n")));
        Some(PageTable { range: block.range, grid, rows })
    };
    page.blocks.iter().enumerate().filter_map(read).collect()
}

fn add_run(all: &mut Vec<Candidate>, evidence: usize, page: &Rc<Page>, run: CharRange) {
    let mut from = run.start;
    for table in tables(page) {
        let Some(shared) = table.range.intersect(run) else { continue };
        add_prose(all, evidence, page, CharRange { start: from, end: shared.start });
        add_rows(all, evidence, page, shared, &table);
        from = shared.end;
    }
    add_prose(all, evidence, page, CharRange { start: from, end: run.end });
}

/// Every row is a quotation of its own.
fn add_rows(
    all: &mut Vec<Candidate>,
    evidence: usize,
    page: &Rc<Page>,
    run: CharRange,
    table: &PageTable,
) {
    let boxed = boxed_characters(page);
    for (row, range) in table.rows.iter().enumerate() {
        let Some(part) = range.intersect(run) else { continue };
        let text = page.slice(part);
        let range = to_chars(text, trimmed(text, 0..text.len()), part.start);
        if !range.is_empty() && covered(page, &boxed, range) {
            all.push(Candidate {
                evidence,
                page: Rc::clone(page),
                range,
                sentences: 1,
                heading: table.grid.is_header(row),
                row: Some((Rc::clone(&table.grid), row)),
                terms: OnceCell::new(),
            });
        }
    }
}

fn add_prose(all: &mut Vec<Candidate>, evidence: usize, page: &Rc<Page>, run: CharRange) {
    let text = page.slice(run);
    let boxed = boxed_characters(page);
    let pieces: Vec<Range<usize>> = sentences::split(text, Layout::Page, &[])
        .into_iter()
        .flat_map(|sentence| shorten(text, sentence))
        .collect();
    for first in 0..pieces.len() {
        for last in first..pieces.len().min(first + MOST_SENTENCES) {
            let bytes = pieces[first].start..pieces[last].end;
            if last > first && !reads_on(text, pieces[last - 1].end..pieces[last].start, &bytes) {
                break;
            }
            let range = to_chars(text, bytes, run.start);
            if covered(page, &boxed, range) {
                all.push(Candidate {
                    evidence,
                    page: Rc::clone(page),
                    range,
                    sentences: last - first + 1,
                    heading: is_section_heading(page, range),
                    row: None,
                    terms: OnceCell::new(),
                });
            }
        }
    }
}

/// Whether two sentences stand together and are short enough together.
fn reads_on(text: &str, gap: Range<usize>, whole: &Range<usize>) -> bool {
    text[gap].matches('\n').count() < 2 && columns(&text[whole.clone()]) <= LONGEST_QUOTE
}

fn to_chars(text: &str, bytes: Range<usize>, offset: u32) -> CharRange {
    let start = offset as usize + text[..bytes.start].chars().count();
    CharRange::new(start, start + text[bytes].chars().count())
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum::<usize>().div_ceil(2)
}

/// A sentence longer than a quotation may be, cut at its clauses, else at a space, else anywhere.
fn shorten(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while columns(&text[rest.clone()]) > LONGEST_QUOTE {
        let cut = rest.start + cut_point(&text[rest.clone()]);
        pieces.push(trimmed(text, rest.start..cut));
        rest = cut..rest.end;
    }
    pieces.push(trimmed(text, rest));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn cut_point(text: &str) -> usize {
    let (mut clause, mut space, mut used) = (None, None, 0);
    for (byte, c) in text.char_indices() {
        used += if is_cjk(c) { 2 } else { 1 };
        if used > 2 * LONGEST_QUOTE {
            return clause.or(space).unwrap_or(byte);
        }
        if matches!(c, '，' | '；' | '：' | ';' | '、') {
            clause = Some(byte + c.len_utf8());
        } else if c.is_whitespace() {
            space = Some(byte + c.len_utf8());
        }
    }
    text.len()
}

/// Whether a range lies in a heading that is not the document's title: a title can be asked for.
fn is_section_heading(page: &Page, range: CharRange) -> bool {
    let block =
        page.blocks.iter().find(|b| b.range.start <= range.start && range.end <= b.range.end);
    block.is_some_and(|block| {
        let title = page.number.index() == 0 && block.level == Some(1);
        block.kind == BlockKind::Heading && !title
    })
}

/// Which characters of a page stand in a line with edges.
fn boxed_characters(page: &Page) -> Vec<bool> {
    let mut boxed = vec![false; page.text.chars().count()];
    for line in &page.lines {
        let len = line.range.len().min(line.edges.len());
        let start = (line.range.start as usize).min(boxed.len());
        let end = (start + len).min(boxed.len());
        boxed[start..end].fill(true);
    }
    boxed
}

fn covered(page: &Page, boxed: &[bool], range: CharRange) -> bool {
    let start = range.start as usize;
    let words = slice_chars(&page.text, range).chars().enumerate();
    words.filter(|(_, c)| !c.is_whitespace()).all(|(i, _)| boxed.get(start + i) == Some(&true))
}
