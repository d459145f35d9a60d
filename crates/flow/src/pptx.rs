//! PPTX (Office Open XML, PowerPoint): a page a slide, with its title, its text from top to bottom, its
//! tables, charts, diagrams and pictures, and its speaker's notes.

use crate::FlowError;
use crate::archive::Archive;
use crate::builder::{Builder, Style};
use crate::flow::{Chapter, Flow, Piece};
use crate::grid::{self, Cell};
use crate::numbering::Format;
use crate::package::{self, Main, Relations};
use crate::properties::Properties;
use crate::source::Source;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;
use yinju_core::BlockKind;

const MAIN: Main =
    Main { folder: "ppt/", default: "ppt/presentation.xml", expected: "a PPTX presentation" };

pub(crate) fn read(source: Source<'_>) -> Result<Flow, FlowError> {
    crate::docx::refuse_compound(&source, MAIN.expected)?;
    let mut archive = Archive::open(source, MAIN.expected)?;
    let main = package::main_part(&mut archive, &MAIN)?;
    let mut order = Order::default();
    let ended = xml::walk(&archive.needed(&main)?, &mut order);
    let relations = Relations::of(&mut archive, &main)?;
    let mut properties = Properties::default();
    if let Ok(bytes) = archive.optional("docProps/core.xml")? {
        let _ = xml::walk(&bytes, &mut properties);
    }
    let mut flow = Flow::new(properties.info, Vec::new());
    for path in order.slides.iter().filter_map(|id| relations.by_id(id)) {
        flow.chapters.push(slide(&mut archive, &path)?);
    }
    flow.title_from_heading();
    if let Err(reason) = ended {
        flow.damaged(format!("{main}: {reason}"));
    }
    Ok(flow)
}

/// The slides in their order, by the ids of their relations.
#[derive(Default)]
struct Order {
    slides: Vec<String>,
}

impl Visitor for Order {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if name == "sldId" {
            // `id` is a number of the slide as well; the relation's is in a namespace of its own.
            let mut ids = element.attributes();
            let relation =
                ids.with_checks(false).flatten().find(|a| a.key.as_ref().ends_with(":id"));
            self.slides.extend(relation.map(|a| a.value.to_string()));
        }
    }
    fn close(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
}

fn slide(archive: &mut Archive, path: &str) -> Result<Chapter, FlowError> {
    let mut chapter = Chapter::default();
    let bytes = match archive.optional(path)? {
        Ok(bytes) => bytes,
        Err(reason) => {
            chapter.failure = Some(reason);
            return Ok(chapter);
        }
    };
    let embedded = Relations::of(archive, path)?.embedded(archive)?;
    let mut shapes = Shapes { embedded, ..Shapes::new(None) };
    chapter.failure =
        xml::walk(&bytes, &mut shapes).err().map(|reason| format!("{path}: {reason}"));
    chapter.pieces = shapes.finish();
    let mut notes = Vec::new();
    for path in Relations::of(archive, path)?.targets("notesSlide") {
        if let Ok(bytes) = archive.optional(&path)? {
            let mut shapes = Shapes::new(Some(BlockKind::Annotation));
            let _ = xml::walk(&bytes, &mut shapes);
            notes.extend(shapes.finish());
        }
    }
    match chapter.pieces.last_mut() {
        Some(last) => last.notes = notes,
        None => chapter.pieces = notes,
    }
    Ok(chapter)
}

/// The shapes of a slide: those with text as they come, which is the order in which they are read aloud,
/// the title first.
struct Shapes {
    /// The kind of every block, where the whole is of one kind.
    around: Option<BlockKind>,
    builder: Builder,
    title: Vec<Piece>,
    body: Vec<Piece>,
    shape: Shape,
    table: Option<TableRows>,
    in_text: bool,
    is_raised: bool,
    /// Charts and diagrams by the ids of their relations.
    embedded: HashMap<String, Vec<Piece>>,
    /// Level of the paragraph that is read, and how far each level of the shape has counted.
    level: usize,
    counts: [u32; LEVELS],
}

/// Levels of a list, as PowerPoint has them.
const LEVELS: usize = 9;

/// What a shape is a place for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Text,
    Title,
    /// Dates, numbers and footers of slides; pictures of slides on notes.
    Frame,
}

#[derive(Default)]
struct TableRows {
    rows: Vec<Vec<Cell>>,
    columns: usize,
    height: usize,
    is_covered: bool,
    has_header: bool,
}

impl Shapes {
    fn new(around: Option<BlockKind>) -> Self {
        Self {
            around,
            builder: Builder::default(),
            title: Vec::new(),
            body: Vec::new(),
            shape: Shape::default(),
            table: None,
            in_text: false,
            is_raised: false,
            embedded: HashMap::new(),
            level: 0,
            counts: [0; LEVELS],
        }
    }

    /// The number of the paragraph that begins, by the name of its scheme (ECMA-376 20.1.10.61).
    fn count(&mut self, element: &BytesStart<'_>) {
        let scheme = attribute(element, "type").unwrap_or_default();
        let start = attribute(element, "startAt").and_then(|start| start.parse().ok()).unwrap_or(1);
        let count = &mut self.counts[self.level];
        *count = if *count == 0 { start } else { count.saturating_add(1) };
        let format = match scheme.as_str() {
            _ if scheme.starts_with("alphaLc") => Format::LowerLetter,
            _ if scheme.starts_with("alphaUc") => Format::UpperLetter,
            _ if scheme.starts_with("romanLc") => Format::LowerRoman,
            _ if scheme.starts_with("romanUc") => Format::UpperRoman,
            _ if scheme.starts_with("circleNum") => Format::Circled,
            _ if scheme.starts_with("ea1") => Format::Chinese,
            _ => Format::Decimal,
        };
        let number = format.write(*count);
        let lead = match () {
            () if scheme.ends_with("ParenBoth") => format!("({number})"),
            () if scheme.ends_with("ParenR") => format!("{number})"),
            () if scheme.ends_with("Plain") => number,
            () => format!("{number}."),
        };
        self.counts[self.level + 1..].fill(0);
        self.builder.style(Style::of(self.around.unwrap_or(BlockKind::ListItem)));
        self.builder.lead(&lead);
    }

    fn finish(mut self) -> Vec<Piece> {
        self.end_shape();
        self.title.append(&mut self.body);
        self.title
    }

    fn end_shape(&mut self) {
        self.counts = [0; LEVELS];
        let pieces = std::mem::take(&mut self.builder).finish();
        match std::mem::take(&mut self.shape) {
            Shape::Title if self.around.is_none() => {
                let text = pieces.iter().map(|piece| piece.text.replace('\n', " "));
                let text = text.collect::<Vec<_>>().join(" ");
                if !text.is_empty() {
                    self.title.push(Piece::new(BlockKind::Heading, Some(1), text));
                }
            }
            Shape::Frame => {}
            _ => self.body.extend(pieces),
        }
    }

    fn style(&self) -> Style {
        Style::of(self.around.unwrap_or(BlockKind::Paragraph))
    }
}

impl Visitor for Shapes {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "sp" | "graphicFrame" => self.end_shape(),
            "ph" => {
                self.shape = match attribute(element, "type").as_deref() {
                    Some("title" | "ctrTitle") => Shape::Title,
                    Some("dt" | "ftr" | "sldNum" | "hdr" | "sldImg") => Shape::Frame,
                    _ => Shape::Text,
                };
            }
            "tbl" => self.table = Some(TableRows::default()),
            "tblPr" => {
                let on = attribute(element, "firstRow").is_some_and(|v| v == "1" || v == "true");
                self.table.iter_mut().for_each(|table| table.has_header = on);
            }
            "tr" => self.table.iter_mut().for_each(|table| table.rows.push(Vec::new())),
            "tc" => {
                let count =
                    |name| attribute(element, name).and_then(|n| n.parse().ok()).unwrap_or(1);
                let on = |name| attribute(element, name).is_some_and(|v| v == "1" || v == "true");
                if let Some(table) = &mut self.table {
                    table.columns = count("gridSpan");
                    table.height = count("rowSpan");
                    table.is_covered = on("hMerge") || on("vMerge");
                }
            }
            "p" => {
                let style = self.style();
                self.builder.style(style);
                self.level = 0;
            }
            "pPr" => {
                let level = attribute(element, "lvl").and_then(|level| level.parse().ok());
                self.level = level.unwrap_or(0).min(LEVELS - 1);
            }
            "buAutoNum" => self.count(element),
            "chart" | "relIds" | "blip" => {
                let id = match name {
                    "relIds" => attribute(element, "dm"),
                    "blip" => attribute(element, "embed"),
                    _ => attribute(element, "id"),
                };
                let pieces = id.and_then(|id| self.embedded.remove(&id)).unwrap_or_default();
                self.builder.extend(pieces);
            }
            "rPr" | "endParaRPr" => {
                // In thousandths of the font size over the line.
                let lift = attribute(element, "baseline").and_then(|v| v.parse::<i32>().ok());
                self.is_raised = lift.is_some_and(|lift| lift > 0);
            }
            "r" => self.is_raised = false,
            "br" => self.builder.line_break(),
            "t" => self.in_text = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "tc" => {
                let Some(table) = &mut self.table else { return };
                let pieces = std::mem::take(&mut self.builder).finish();
                let text = pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
                if !table.is_covered
                    && let Some(row) = table.rows.last_mut()
                {
                    row.push(Cell::new(&text, table.columns, table.height));
                }
            }
            "tbl" => {
                let Some(table) = self.table.take() else { return };
                let texts: Vec<String> =
                    table.rows.iter().flatten().map(|cell| cell.text.clone()).collect();
                match grid::lay_out(table.rows, usize::from(table.has_header)) {
                    Some(table) => self.builder.table(table),
                    None => texts.iter().for_each(|text| {
                        self.builder.style(Style::PLAIN);
                        self.builder.text(text);
                    }),
                }
            }
            "p" => self.builder.end_block(),
            "sp" | "graphicFrame" => self.end_shape(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.is_raised {
            self.builder.raised(text);
        } else if self.in_text {
            self.builder.text(text);
        }
    }
}
