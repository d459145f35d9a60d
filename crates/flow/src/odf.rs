//! OpenDocument (ODT, ODP, ODS and their templates): text with its headings, lists, tables and notes, a page
//! a slide, pictures, and sheets with their values as they are shown.
//!
//! OASIS OpenDocument 1.3, Part 3.

use crate::FlowError;
use crate::archive::Archive;
use crate::builder::{Builder, Style};
use crate::flow::{Flow, Piece};
use crate::grid::{self, Cell};
use crate::picture::{self, Picture};
use crate::properties::Properties;
use crate::sheets::{self, Merged};
use crate::source::Source;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashSet;
use yinju_core::BlockKind;

mod lists;

use lists::{Counters, HEADINGS, ListStyles};

const EXPECTED: &str = "an OpenDocument file";
/// An empty cell or row may be said to stand a million times; so many are taken for that many.
const MOST_REPEATED: usize = 256;

pub(crate) fn read(source: Source<'_>) -> Result<Flow, FlowError> {
    let mut archive = Archive::open(source, EXPECTED)?;
    let manifest = archive.optional("META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.windows(16).any(|window| window == b":encryption-data") {
        let path = archive.path().to_owned();
        return Err(FlowError::Encrypted { path, scheme: "it has a password" });
    }
    let bytes = archive.needed("content.xml")?;
    let mut properties = Properties::default();
    if let Ok(bytes) = archive.optional("meta.xml")? {
        let _ = xml::walk(&bytes, &mut properties);
    }
    let mut lists = ListStyles::default();
    if let Ok(styles) = archive.optional("styles.xml")? {
        let _ = xml::walk(&styles, &mut lists);
    }
    // Damage is met again, and told, when the text is read.
    let _ = xml::walk(&bytes, &mut lists);
    let mut content = Content { list_styles: lists, ..Content::default() };
    let ended = xml::walk(&bytes, &mut content);
    let (mut pieces, is_sheets) = content.finish();
    picture::fetch(&mut pieces, |name| archive.picture(name.trim_start_matches("./")));
    let mut flow = Flow::single(properties.info, pieces);
    flow.headings_break = is_sheets;
    flow.title_from_heading();
    if let Err(reason) = ended {
        flow.damaged(format!("content.xml: {reason}"));
    }
    Ok(flow)
}

/// `content.xml`, read once from start to end.
#[derive(Default)]
struct Content {
    builder: Builder,
    /// What is written once the block that is being written ends: builders around cells and notes.
    outer: Vec<Builder>,
    tables: Vec<OpenTable>,
    lists: Vec<OpenList>,
    list_styles: ListStyles,
    counters: Counters,
    /// Elements open since one that is passed over.
    skipped: usize,
    /// Names of styles whose characters stand raised, and whether the spans that are open are of one.
    raised: HashSet<String>,
    spans: Vec<bool>,
    style: String,
    /// The mark of the note that is open.
    mark: String,
    /// Whose characters those that come are.
    reads: Reads,
    in_body: bool,
    is_sheets: bool,
    has_slides: bool,
}

/// What characters are read for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reads {
    #[default]
    Text,
    /// The mark of a note.
    Mark,
}

/// A list that is open.
struct OpenList {
    style: String,
    /// The point that begins.
    point: Option<Point>,
}

/// A point of a list.
struct Point {
    /// A number of its own.
    start: Option<usize>,
}

#[derive(Default)]
struct OpenTable {
    name: String,
    rows: Vec<Vec<OpenCell>>,
    header_rows: usize,
    in_header: bool,
    repeated_row: usize,
}

#[derive(Clone, Default)]
struct OpenCell {
    text: String,
    columns: usize,
    rows: usize,
    repeated: usize,
    is_covered: bool,
}

impl Content {
    fn finish(mut self) -> (Vec<Piece>, bool) {
        while let Some(outer) = self.outer.pop() {
            let pieces = std::mem::replace(&mut self.builder, outer).finish();
            self.builder.extend(pieces);
        }
        (self.builder.finish(), self.is_sheets)
    }

    fn into(&mut self) {
        self.outer.push(std::mem::take(&mut self.builder));
    }

    fn out_of(&mut self) -> Vec<Piece> {
        let outer = self.outer.pop().unwrap_or_default();
        std::mem::replace(&mut self.builder, outer).finish()
    }

    fn begin_paragraph(&mut self, name: &str, element: &BytesStart<'_>) {
        let level = attribute(element, "outline-level").and_then(|level| level.parse::<u8>().ok());
        let style = match name {
            "h" => Style::heading(level.unwrap_or(1).clamp(1, 9)),
            _ if self.lists.last().is_some_and(|list| list.point.is_some()) => {
                Style::of(BlockKind::ListItem)
            }
            _ => Style::PLAIN,
        };
        self.builder.style(style);
        let depth = self.lists.len();
        let lead = match self.lists.last_mut() {
            Some(list) => list.point.take().and_then(|point| {
                self.counters.next(&self.list_styles, &list.style, depth, point.start)
            }),
            None if name == "h" => self.counters.next(
                &self.list_styles,
                HEADINGS,
                usize::from(level.unwrap_or(1)),
                None,
            ),
            None => None,
        };
        self.builder.lead(&lead.unwrap_or_default());
    }

    fn begin_list(&mut self, element: &BytesStart<'_>) {
        let around = self.lists.last().map(|list| list.style.clone());
        let style = attribute(element, "style-name").or(around).unwrap_or_default();
        let goes_on = attribute(element, "continue-numbering").is_some_and(|value| value == "true")
            || attribute(element, "continue-list").is_some();
        if !goes_on {
            self.counters.begin(&style, self.lists.len() + 1);
        }
        self.lists.push(OpenList { style, point: None });
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) {
        let repeated = attribute(element, "number-rows-repeated").and_then(|n| n.parse().ok());
        if let Some(table) = self.tables.last_mut() {
            table.rows.push(Vec::new());
            table.repeated_row = repeated.unwrap_or(1).max(1);
        }
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>, is_covered: bool) {
        self.into();
        let count = |name| attribute(element, name).and_then(|n| n.parse().ok()).unwrap_or(1_usize);
        let cell = OpenCell {
            text: String::new(),
            columns: count("number-columns-spanned"),
            rows: count("number-rows-spanned"),
            repeated: count("number-columns-repeated").min(MOST_REPEATED),
            is_covered,
        };
        if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut()) {
            row.push(cell);
        }
    }

    fn end_cell(&mut self) {
        let pieces = self.out_of();
        let text = pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
        let row = self.tables.last_mut().and_then(|table| table.rows.last_mut());
        if let Some(cell) = row.and_then(|row| row.last_mut()) {
            cell.text = sheets::cell(&text);
        }
    }

    fn end_row(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let Some(row) = table.rows.last_mut() else { return };
        // Empty cells at the end fill the sheet to its edge.
        while row.last().is_some_and(|cell| cell.text.is_empty() && cell.repeated > 1) {
            row.pop();
        }
        let cells = std::mem::take(row);
        *row = cells
            .into_iter()
            .flat_map(|cell| {
                let repeated = std::mem::replace(&mut { cell.repeated }, 1);
                std::iter::repeat_n(cell, repeated)
            })
            .collect();
        let is_empty = row.iter().all(|cell| cell.text.is_empty());
        let copy = row.clone();
        let more = if is_empty { 0 } else { table.repeated_row.min(MOST_REPEATED) - 1 };
        table.rows.extend(std::iter::repeat_n(copy, more));
        table.header_rows += usize::from(table.in_header);
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        if self.is_sheets && self.tables.is_empty() {
            self.builder.style(Style::heading(1));
            self.builder.text(&table.name);
            self.builder.end_block();
            let pieces = table.into_pieces();
            self.builder.extend(pieces);
            return;
        }
        let rows = table.rows.into_iter().map(|row| {
            let own = row.into_iter().filter(|cell| !cell.is_covered);
            own.map(|cell| Cell::new(&cell.text, cell.columns, cell.rows)).collect()
        });
        let cells: Vec<Vec<Cell>> = rows.collect();
        let texts: Vec<String> = cells.iter().flatten().map(|cell| cell.text.clone()).collect();
        match grid::lay_out(cells, table.header_rows) {
            Some(table) => self.builder.table(table),
            None => {
                for text in texts {
                    self.builder.style(Style::PLAIN);
                    self.builder.text(&text);
                }
            }
        }
    }
}

impl OpenTable {
    /// The blocks of a sheet.
    fn into_pieces(self) -> Vec<Piece> {
        let places = self.rows.iter().enumerate().flat_map(|(row, cells)| {
            cells.iter().enumerate().map(move |(column, cell)| (row, column, cell))
        });
        let merged = places.filter(|(.., cell)| cell.columns > 1 || cell.rows > 1);
        let merged: Vec<Merged> = merged
            .map(|(row, column, cell)| Merged {
                row,
                column,
                rows: cell.rows,
                columns: cell.columns,
            })
            .collect();
        let texts =
            self.rows.into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect());
        sheets::pieces(texts.collect(), &merged)
    }
}

impl Visitor for Content {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        match name {
            "style" => self.style = attribute(element, "name").unwrap_or_default(),
            "text-properties" => {
                let position = attribute(element, "text-position").unwrap_or_default();
                let raised = position.starts_with("super")
                    || position
                        .split('%')
                        .next()
                        .is_some_and(|p| p.parse::<f32>().is_ok_and(|p| p > 0.0));
                if raised {
                    self.raised.insert(self.style.clone());
                }
            }
            "body" => self.in_body = true,
            "spreadsheet" => self.is_sheets = true,
            // What was deleted while changes were tracked, and what is said of the document.
            "tracked-changes" | "annotation" | "sequence-decls" | "forms" => {
                self.skipped = 1;
            }
            "page" if self.in_body && std::mem::replace(&mut self.has_slides, true) => {
                self.builder.page_break();
            }
            "h" | "p" if self.in_body => self.begin_paragraph(name, element),
            "span" => {
                let style = attribute(element, "style-name").unwrap_or_default();
                self.spans.push(self.raised.contains(&style));
            }
            "list" => self.begin_list(element),
            "list-item" => {
                let start = attribute(element, "start-value").and_then(|start| start.parse().ok());
                self.lists
                    .iter_mut()
                    .next_back()
                    .into_iter()
                    .for_each(|list| list.point = Some(Point { start }));
            }
            "image" if self.in_body => {
                if let Some(name) = attribute(element, "href") {
                    self.builder.picture(Piece::picture(Picture::Named(name), ""));
                }
            }
            "s" | "tab" => self.builder.text(" "),
            "line-break" => self.builder.line_break(),
            "note" => self.into(),
            "note-citation" => self.reads = Reads::Mark,
            "table" if self.in_body => {
                let name = attribute(element, "name").unwrap_or_default();
                self.tables.push(OpenTable { name, ..OpenTable::default() });
            }
            "table-header-rows" => {
                self.tables.iter_mut().next_back().into_iter().for_each(|t| t.in_header = true);
            }
            "table-row" => self.begin_row(element),
            "table-cell" => self.begin_cell(element, false),
            "covered-table-cell" => self.begin_cell(element, true),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match name {
            "h" | "p" if self.in_body => self.builder.end_block(),
            "span" => _ = self.spans.pop(),
            "list" => _ = self.lists.pop(),
            "note-citation" => self.reads = Reads::Text,
            "note" => {
                let pieces = self.out_of();
                let text = pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
                let mark = std::mem::take(&mut self.mark);
                let mark = if mark.is_empty() { mark } else { format!("[{mark}]") };
                self.builder.text(&mark);
                if !text.is_empty() {
                    let text = format!("{mark} {text}").trim_start().to_owned();
                    self.builder.note(Piece::new(BlockKind::Footnote, None, text));
                }
            }
            "table-header-rows" => {
                self.tables.iter_mut().next_back().into_iter().for_each(|t| t.in_header = false);
            }
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => self.end_row(),
            "table" if self.in_body => self.end_table(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 || !self.in_body {
            return;
        }
        if self.reads == Reads::Mark {
            self.mark.push_str(text.trim());
        } else if self.spans.last() == Some(&true) {
            self.builder.raised(text);
        } else {
            self.builder.text(text);
        }
    }
}
