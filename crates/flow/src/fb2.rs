//! FictionBook 2: a book's sections with their titles, paragraphs, verses, tables and pictures.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::flow::{Flow, Piece, tidy};
use crate::grid::{self, Cell};
use crate::picture::{self, Picture};
use crate::sheets;
use crate::source::Source;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use yinju_core::document::DocumentInfo;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let mut book = Book::default();
    let ended = xml::walk(&source.bytes()?, &mut book);
    if !book.found {
        let (path, expected) = (source.path.to_owned(), "a FictionBook");
        return Err(FlowError::OtherContent { path, expected });
    }
    let mut pieces = book.builder.finish();
    picture::fetch(&mut pieces, |name| {
        match picture::from_base64(book.binaries.get(name.trim_start_matches('#'))?)? {
            Picture::Inside(bytes) => Some(bytes),
            Picture::Named(_) => None,
        }
    });
    let mut flow = Flow::single(book.info, pieces);
    flow.headings_break = true;
    flow.title_from_heading();
    if let Err(reason) = ended {
        flow.damaged(reason);
    }
    Ok(flow)
}

#[derive(Default)]
struct Book {
    builder: Builder,
    info: DocumentInfo,
    found: bool,
    part: Part,
    /// Sections that are open.
    depth: u8,
    titles: usize,
    raised: usize,
    captured: String,
    name: Vec<String>,
    rows: Vec<Vec<Cell>>,
    shape: (usize, usize),
    header_rows: usize,
    /// Files inside the book by their names, as they are written.
    binaries: HashMap<String, String>,
    binary: String,
}

/// The part of a book that is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// What is said of the file, and pictures.
    #[default]
    Other,
    TitleInfo,
    Body,
    Table,
}

impl Visitor for Book {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "FictionBook" => self.found = true,
            "body" => self.part = Part::Body,
            "title-info" => self.part = Part::TitleInfo,
            "section" => self.depth += 1,
            "title" if self.part == Part::Body => {
                let style = Style::heading(self.depth.clamp(1, 9));
                self.titles += 1;
                self.builder.style(style);
            }
            "p" | "v" | "subtitle" | "text-author" if self.part == Part::Body => {
                if self.titles == 0 {
                    self.builder.style(Style::PLAIN);
                }
            }
            "image" if self.part == Part::Body => {
                let picture = attribute(element, "href").map(Picture::Named);
                let says = attribute(element, "alt").unwrap_or_default();
                if let Some(picture) = picture {
                    self.builder.picture(Piece::picture(picture, &says));
                }
            }
            "binary" => {
                self.binary = attribute(element, "id").unwrap_or_default();
                self.captured.clear();
            }
            "sup" => self.raised += 1,
            "table" if self.part == Part::Body => self.part = Part::Table,
            "tr" => self.rows.push(Vec::new()),
            "td" | "th" => {
                let count =
                    |name| attribute(element, name).and_then(|n| n.parse().ok()).unwrap_or(1);
                self.shape = (count("colspan"), count("rowspan"));
                if name == "th" && self.rows.len() == self.header_rows + 1 {
                    self.header_rows += 1;
                }
                self.captured.clear();
            }
            _ => self.captured.clear(),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "body" | "title-info" => self.part = Part::Other,
            "section" => self.depth = self.depth.saturating_sub(1),
            "title" if self.part == Part::Body => {
                self.titles = self.titles.saturating_sub(1);
                self.builder.end_block();
            }
            // A title of several lines is one.
            "p" if self.titles > 0 => self.builder.text(" "),
            "p" | "v" | "subtitle" | "text-author" if self.part == Part::Body => {
                self.builder.end_block();
            }
            "sup" => self.raised = self.raised.saturating_sub(1),
            "td" | "th" => {
                let (columns, rows) = self.shape;
                let cell = Cell::new(&sheets::cell(&self.captured), columns, rows);
                self.rows.iter_mut().next_back().into_iter().for_each(|row| row.push(cell.clone()));
            }
            "table" if self.part == Part::Table => {
                self.part = Part::Body;
                let rows = std::mem::take(&mut self.rows);
                let header_rows = std::mem::take(&mut self.header_rows);
                if let Some(table) = grid::lay_out(rows, header_rows) {
                    self.builder.table(table);
                }
            }
            "binary" => {
                let name = std::mem::take(&mut self.binary);
                self.binaries.insert(name, std::mem::take(&mut self.captured));
            }
            "book-title" if self.part == Part::TitleInfo => self.info.title = tidy(&self.captured),
            "first-name" | "middle-name" | "last-name" if self.part == Part::TitleInfo => {
                self.name.extend(tidy(&self.captured));
            }
            "author" if self.part == Part::TitleInfo => {
                self.info.authors.extend(tidy(&std::mem::take(&mut self.name).join(" ")));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.part != Part::Body {
            self.captured.push_str(text);
        } else if self.raised > 0 {
            self.builder.raised(text);
        } else {
            self.builder.text(text);
        }
    }
}
