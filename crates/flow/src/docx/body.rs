//! `document.xml`, read once from start to end.

use super::formula::Formula;
use super::is_on;
use super::notes::{Marks, NoteKind, Notes, marked};
use super::numbering::{Counters, Numbering};
use super::paragraph::Paragraph;
use super::styles::{Styles, heading_of_outline};
use super::tables::{CellShape, Merge, WordTable};
use crate::builder::Builder;
use crate::flow::Piece;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use yinju_core::BlockKind;

/// A first look through the document, for what must be known before it is read.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Word has noted where pages began when it last set the document.
    pub is_rendered: bool,
    /// For every section whether it begins a page.
    sections: Vec<bool>,
}

impl Survey {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut survey = Self::default();
        // Damage is met again, and told, when the document is read.
        let _ = xml::walk(bytes, &mut survey);
        survey
    }

    /// Whether a page begins after this section, counted from 0: the next one says so.
    fn breaks_after(&self, section: usize) -> bool {
        self.sections.get(section + 1).copied().unwrap_or(false)
    }
}

impl Visitor for Survey {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "lastRenderedPageBreak" => self.is_rendered = true,
            "sectPr" => self.sections.push(true),
            "type" => {
                let value = attribute(element, "val");
                let goes_on = matches!(value.as_deref(), Some("continuous" | "nextColumn"));
                if let (true, Some(section)) = (goes_on, self.sections.last_mut()) {
                    *section = false;
                }
            }
            _ => {}
        }
    }
    fn close(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
}

/// What is being read: paragraphs stand in text boxes of paragraphs, and tables in cells of tables.
pub(super) struct Body<'a> {
    styles: &'a Styles,
    numbering: &'a Numbering,
    counters: Counters,
    notes: &'a Notes,
    marks: Marks,
    survey: &'a Survey,
    /// The kind of every block, where the whole is of one kind.
    around: Option<BlockKind>,
    /// What is written to: the document, then cells, outermost first.
    builders: Vec<Builder>,
    tables: Vec<(WordTable, CellShape)>,
    paragraphs: Vec<Paragraph>,
    sections: usize,
    /// Elements open since one that is passed over.
    skipped: usize,
    in_run: bool,
    run: Run,
    in_text: bool,
    formula: Formula,
    /// Charts and the like by the ids of their relations, and those that wait for their paragraph's end.
    embedded: HashMap<String, Vec<Piece>>,
    waiting: Vec<Piece>,
}

/// How the characters of a run are shown.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    is_hidden: bool,
    /// They stand raised beside those before them.
    is_raised: bool,
    /// Of the box of a form that is being read, whether it is ticked.
    tick: Option<bool>,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        styles: &'a Styles,
        numbering: &'a Numbering,
        notes: &'a Notes,
        survey: &'a Survey,
    ) -> Self {
        Self {
            styles,
            numbering,
            counters: Counters::default(),
            notes,
            marks: Marks::default(),
            survey,
            around: None,
            builders: vec![Builder::default()],
            tables: Vec::new(),
            paragraphs: Vec::new(),
            sections: 0,
            skipped: 0,
            in_run: false,
            run: Run::default(),
            in_text: false,
            formula: Formula::default(),
            embedded: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    /// The same with what is set into the text.
    pub(super) fn with(mut self, embedded: HashMap<String, Vec<Piece>>) -> Self {
        self.embedded = embedded;
        self
    }

    /// The same with every block of one kind.
    pub(super) fn within(mut self, kind: BlockKind) -> Self {
        self.around = Some(kind);
        self
    }

    /// The pieces; of a document cut short, those before the cut.
    pub(super) fn finish(mut self) -> Vec<Piece> {
        while !self.paragraphs.is_empty() {
            self.end_paragraph();
        }
        while !self.tables.is_empty() {
            self.end_cell();
            self.end_table();
        }
        self.builders.pop().map(Builder::finish).unwrap_or_default()
    }

    fn builder(&mut self) -> &mut Builder {
        self.builders.last_mut().expect("the document's own is only taken by `finish`")
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraphs.pop() else { return };
        let (styles, around) = (self.styles, self.around);
        let lead = paragraph
            .place_in_list(styles, self.numbering)
            .and_then(|(list, level)| self.counters.lead(self.numbering, &list, level));
        let is_cell = self.builders.len() > 1;
        let lead = lead.filter(|lead| {
            // A column of running numbers: cells with nothing in them but the count.
            let is_number = is_cell && paragraph.is_empty();
            if is_number {
                paragraph.text(lead.trim_end());
            }
            !is_number
        });
        paragraph.write(self.builder(), styles, around, &lead.unwrap_or_default());
        if self.paragraphs.is_empty() {
            let waiting = std::mem::take(&mut self.waiting);
            self.builder().extend(waiting);
        }
    }

    /// What is set into the text comes after the paragraph it stands in.
    fn embed(&mut self, name: &str, element: &BytesStart<'_>) {
        let id = match name {
            "relIds" => attribute(element, "dm"),
            "blip" => attribute(element, "embed"),
            _ => attribute(element, "id"),
        };
        let pieces = id.and_then(|id| self.embedded.remove(&id)).unwrap_or_default();
        if self.paragraphs.is_empty() {
            self.builder().extend(pieces);
        } else {
            self.waiting.extend(pieces);
        }
    }

    fn end_cell(&mut self) {
        // The first is the document's.
        if self.builders.len() <= 1 {
            return;
        }
        let pieces = self.builders.pop().map(Builder::finish).unwrap_or_default();
        if let Some((table, shape)) = self.tables.last_mut() {
            table.cell(std::mem::take(shape), pieces);
        }
    }

    fn end_table(&mut self) {
        if let Some((table, _)) = self.tables.pop() {
            self.builder().extend(table.into_pieces());
        }
    }

    fn open_paragraph_property(&mut self, name: &str, element: &BytesStart<'_>) {
        let breaks = self.survey.breaks_after(self.sections);
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let value = || attribute(element, "val").unwrap_or_default();
        match name {
            "pStyle" => paragraph.style = Some(value()),
            "outlineLvl" => paragraph.outline = heading_of_outline(&value()),
            "numId" => paragraph.list = Some(value()),
            "ilvl" => paragraph.level = value().parse().ok(),
            "pageBreakBefore" if is_on(element) => paragraph.page_break(),
            "del" | "vanish" => paragraph.end_is_gone = true,
            "sectPr" => {
                paragraph.ends_section = breaks;
                self.sections += 1;
            }
            _ => {}
        }
    }

    fn open_in_run(&mut self, name: &str, element: &BytesStart<'_>) {
        if name == "vanish" && is_on(element) {
            self.run.is_hidden = true;
        }
        if name == "vertAlign" {
            self.run.is_raised = attribute(element, "val").as_deref() == Some("superscript");
        } else if name == "position" {
            // In half points over the line: how other programs raise characters.
            let lift = attribute(element, "val").and_then(|lift| lift.parse::<i32>().ok());
            self.run.is_raised |= lift.is_some_and(|lift| lift > 0);
        }
        match (name, self.run.tick) {
            ("checkBox", _) => self.run.tick = Some(false),
            ("default" | "checked", Some(_)) => self.run.tick = Some(is_on(element)),
            _ => {}
        }
        let is_hidden = self.run.is_hidden;
        let refers = NoteKind::referred_to_by(name).filter(|_| !is_hidden);
        let notes = refers.and_then(|kind| Some((kind, attribute(element, "id")?)));
        let Some(paragraph) = self.paragraphs.last_mut().filter(|_| !is_hidden) else { return };
        match name {
            "lastRenderedPageBreak" => paragraph.page_break(),
            "br" if attribute(element, "type").as_deref() == Some("page") => paragraph.page_break(),
            "br" | "cr" => paragraph.text("\n"),
            "tab" | "ptab" => paragraph.text(" "),
            "noBreakHyphen" => paragraph.text("-"),
            "sym" => paragraph.text(&symbol(element).unwrap_or_default()),
            _ => {
                let Some(of) = notes else { return };
                // Another mark is text of its own and follows.
                let has_own = attribute(element, "customMarkFollows").is_some_and(|on| on != "0");
                let mark = if has_own { None } else { self.marks.next(of.0) };
                let mark = mark.map(|mark| format!("[{mark}]")).unwrap_or_default();
                paragraph.text(&mark);
                paragraph.notes(&marked(self.notes.get(&of), &mark));
            }
        }
    }

    fn open_table_property(&mut self, name: &str, element: &BytesStart<'_>) {
        let Some((table, shape)) = self.tables.last_mut() else { return };
        let value = || attribute(element, "val");
        let number = || value().and_then(|v| v.parse::<u8>().ok()).map_or(1, usize::from).max(1);
        match name {
            "gridSpan" => shape.columns = number(),
            "gridBefore" => table.leave_free(number()),
            "tblHeader" if is_on(element) => table.header_row(),
            "vMerge" => {
                let restarts = value().as_deref() == Some("restart");
                shape.merge = if restarts { Merge::Restart } else { Merge::Continue };
            }
            _ => {}
        }
    }
}

/// What is passed over: text that was moved away, the second form of what was read in its first,
/// properties before a change, pronunciations, and the prompts of forms.
fn is_passed_over(name: &str) -> bool {
    matches!(name, "moveFrom" | "Fallback" | "rt" | "sdtPr") || name.ends_with("PrChange")
}

/// A character of a symbol font; those of private use mean nothing outside it.
fn symbol(element: &BytesStart<'_>) -> Option<String> {
    let code = u32::from_str_radix(&attribute(element, "char")?, 16).ok()?;
    char::from_u32(code).filter(|c| !matches!(*c, '\u{E000}'..='\u{F8FF}')).map(String::from)
}

impl Visitor for Body<'_> {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if self.skipped > 0 || is_passed_over(name) {
            self.skipped += 1;
            return;
        }
        if name == "oMath" || self.formula.is_open() {
            self.formula.begin(name, element);
            return;
        }
        match name {
            "chart" | "relIds" | "altChunk" | "blip" | "imagedata" => self.embed(name, element),
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => (self.in_run, self.run) = (true, Run::default()),
            "t" => self.in_text = true,
            "tbl" => self.tables.push((WordTable::default(), CellShape::default())),
            "tr" => {
                if let Some((table, _)) = self.tables.last_mut() {
                    table.begin_row();
                }
            }
            "tc" if !self.tables.is_empty() => self.builders.push(Builder::default()),
            _ if self.in_run => self.open_in_run(name, element),
            _ => {
                self.open_paragraph_property(name, element);
                self.open_table_property(name, element);
            }
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.formula.is_open() {
            let written = self.formula.end();
            if let Some((paragraph, formula)) = self.paragraphs.last_mut().zip(written) {
                paragraph.text(&formula);
            }
            return;
        }
        match name {
            "p" => self.end_paragraph(),
            "checkBox" => {
                let tick = self.run.tick.take().map(|ticked| if ticked { "☒" } else { "☐" });
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.text(tick.unwrap_or_default());
                }
            }
            "r" => self.in_run = false,
            "t" => self.in_text = false,
            "tbl" => self.end_table(),
            "tc" => self.end_cell(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.formula.is_open() {
            self.formula.text(text);
            return;
        }
        if !self.in_text || self.run.is_hidden || self.skipped > 0 {
            return;
        }
        let is_raised = self.run.is_raised;
        if let Some(paragraph) = self.paragraphs.last_mut() {
            if is_raised {
                paragraph.raised(text);
            } else {
                paragraph.text(text);
            }
        }
    }
}
