//! The manuscript as paragraphs and tables, in order.

use super::notes::footnote;
use super::styles::{INDENT, indent_level, level_indent};
use crate::manuscript::{Manuscript, Plate, Section};
use crate::parts::Refused;
use docx_rs::{BreakType, NumberingId, Paragraph, Pic, Run, Table, TableCell, TableRow, WidthType};
use yinju_core::CharRange;
use yinju_core::markup::{self, Block, BlockKind, Inline, Item, Row};

/// English metric units (1/914,400 inch) of a pixel at 144 to the inch.
const PIXEL: f64 = 6350.0;
/// Of the text between the margins.
const TEXT_WIDTH: u32 = 5_500_000;

/// What a body consists of.
pub(super) enum Piece {
    Paragraph(Box<Paragraph>),
    Table(Box<Table>),
}

/// The body as far as it is written.
pub(super) struct Body<'a> {
    manuscript: &'a Manuscript,
    pub pieces: Vec<Piece>,
    /// For each list, from 1, the number it starts with, or nothing for bullets.
    pub lists: Vec<Option<u64>>,
}

/// Where a block stands.
#[derive(Clone, Copy)]
struct Place {
    style: &'static str,
    /// Levels of quotations around it.
    quoted: i32,
    /// The list it is in and its level there.
    list: Option<(usize, usize)>,
    /// Whether the item's bullet or number stands before it.
    first: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self { style: "BodyText", quoted: 0, list: None, first: false }
    }
}

impl<'a> Body<'a> {
    pub fn new(manuscript: &'a Manuscript) -> Self {
        Self { manuscript, pieces: vec![], lists: vec![] }
    }

    /// Writes all of it.
    pub fn write(&mut self) {
        let manuscript = self.manuscript;
        self.line("Title", &manuscript.title);
        self.line("Byline", &manuscript.byline);
        for section in &manuscript.sections {
            self.section(section);
        }
        self.references();
        self.plates();
    }

    fn section(&mut self, section: &Section) {
        let words = &self.manuscript.words;
        self.line("Heading1", &section.question);
        self.blocks(&section.blocks, Place::default());
        if section.interrupted {
            self.line("Source", words.interrupted);
        }
        if !section.also.is_empty() {
            let mut also = vec![plain(&format!("{}{}", words.not_in_text, words.colon))];
            also.extend(section.also.iter().cloned());
            self.paragraph(&also, Place::default());
        }
        if let Some(refusal) = &section.refusal {
            self.refusal(refusal);
        }
        if !section.unsupported.is_empty() {
            self.line("Heading3", words.unsupported);
            self.bullets(&section.unsupported);
        }
        if let Some(model) = &section.model {
            self.line("Source", &format!("{}{}{model}", words.model, words.colon));
        }
    }

    fn refusal(&mut self, refusal: &Refused) {
        let words = &self.manuscript.words;
        let message =
            markup::Run { text: refusal.message.into(), bold: true, ..Default::default() };
        self.paragraph(&[Inline::Run(message)], Place::default());
        if !refusal.missing.is_empty() {
            let missing = refusal.missing.join(", ");
            self.line("BodyText", &format!("{}{}{missing}", words.missing, words.colon));
        }
        if !refusal.nearest.is_empty() {
            self.line("Heading3", words.nearest);
        }
        for near in &refusal.nearest {
            self.line("Source", &format!("{} · {}", near.file, near.pages));
            self.line("Quote", &near.text);
        }
        if !refusal.unreadable.is_empty() {
            self.line("Heading3", words.unreadable);
            let colon = words.colon;
            let lines =
                refusal.unreadable.iter().map(|(file, pages)| format!("{file}{colon}{pages}"));
            self.bullets(&lines.collect::<Vec<_>>());
        }
    }

    fn references(&mut self) {
        let manuscript = self.manuscript;
        if manuscript.references.is_empty() {
            return;
        }
        self.line("Heading1", manuscript.words.references);
        for (i, runs) in manuscript.references.iter().enumerate() {
            let mut text: Vec<Inline> = runs.iter().cloned().map(Inline::Run).collect();
            if manuscript.numbered {
                text.insert(0, plain(&format!("[{}] ", i + 1)));
            }
            self.paragraph(&text, Place { style: "Bibliography", ..Place::default() });
        }
    }

    fn plates(&mut self) {
        let manuscript = self.manuscript;
        if manuscript.plates.is_empty() {
            return;
        }
        self.line("Heading1", manuscript.words.plates);
        for Plate { number, caption, picture } in &manuscript.plates {
            let label = Run::new().add_text(format!("[{number}] {caption}"));
            let label = Paragraph::new().style("Source").keep_next(true).add_run(label);
            self.pieces.push(Piece::Paragraph(Box::new(label)));
            let (width, height) = (picture.width.max(1), picture.height.max(1));
            let scale = f64::from(TEXT_WIDTH).min(f64::from(width) * PIXEL) / f64::from(width);
            let side = |pixels: u32| (f64::from(pixels) * scale) as u32;
            let pic = Pic::new_with_dimensions(picture.png.clone(), width, height)
                .size(side(width), side(height));
            let paragraph = Paragraph::new().style("Picture").add_run(Run::new().add_image(pic));
            self.pieces.push(Piece::Paragraph(Box::new(paragraph)));
        }
    }

    fn bullets(&mut self, lines: &[String]) {
        let kind = |line: &String| BlockKind::Paragraph { text: vec![plain(line)] };
        let items: Vec<Item> = lines.iter().map(|line| item(kind(line))).collect();
        self.list(None, &items, Place::default());
    }

    fn blocks(&mut self, blocks: &[Block], place: Place) {
        for (i, block) in blocks.iter().enumerate() {
            self.block(&block.kind, Place { first: place.first && i == 0, ..place });
        }
    }

    fn block(&mut self, kind: &BlockKind, place: Place) {
        match kind {
            BlockKind::Paragraph { text } => self.paragraph(text, place),
            BlockKind::Heading { level, text } => {
                let style = if *level < 3 { "Heading2" } else { "Heading3" };
                self.paragraph(text, Place { style, ..place });
            }
            BlockKind::Quote { blocks } => {
                let quoted = place.quoted + 1;
                self.blocks(blocks, Place { style: "Quote", quoted, ..place });
            }
            BlockKind::Code { text, .. } => {
                self.paragraph(&[plain(text)], Place { style: "Code", ..place });
            }
            BlockKind::List { start, items } => self.list(*start, items, place),
            BlockKind::Table { rows, .. } => self.table(rows),
            BlockKind::Rule => self.line("BodyText", "———"),
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], place: Place) {
        self.lists.push(start);
        let id = self.lists.len();
        let level = place.list.map_or(0, |(_, level)| level + 1);
        for item in items {
            self.blocks(&item.blocks, Place { list: Some((id, level)), first: true, ..place });
        }
    }

    fn table(&mut self, rows: &[Row]) {
        let rows = rows.iter().enumerate().map(|(i, row)| {
            let cells = row.cells.iter().map(|cell| {
                let mut text = cell.clone();
                if i == 0 {
                    text.iter_mut().for_each(embolden);
                }
                TableCell::new().add_paragraph(self.filled(Paragraph::new(), &text))
            });
            TableRow::new(cells.collect()).cant_split()
        });
        // Fiftieths of a per cent: the width of the text.
        let table = Table::new(rows.collect()).width(5000, WidthType::Pct);
        self.pieces.push(Piece::Table(Box::new(table)));
        // Word joins tables that nothing parts.
        self.pieces.push(Piece::Paragraph(Box::default()));
    }

    /// Text in a style; its lines stay lines.
    fn line(&mut self, style: &'static str, text: &str) {
        self.paragraph(&[plain(text)], Place { style, ..Place::default() });
    }

    fn paragraph(&mut self, text: &[Inline], place: Place) {
        let mut paragraph = Paragraph::new().style(place.style);
        if place.style.starts_with("Heading") {
            paragraph = paragraph.keep_next(true);
        }
        paragraph = match place.list {
            Some((id, level)) if place.first => {
                paragraph.numbering(NumberingId::new(id), indent_level(level))
            }
            Some((_, level)) => paragraph.indent(Some(level_indent(level)), None, None, None),
            None if place.quoted > 1 => {
                paragraph.indent(Some(INDENT * place.quoted), None, Some(INDENT), None)
            }
            None => paragraph,
        };
        self.pieces.push(Piece::Paragraph(Box::new(self.filled(paragraph, text))));
    }

    fn filled(&self, paragraph: Paragraph, text: &[Inline]) -> Paragraph {
        text.iter().fold(paragraph, |paragraph, inline| match inline {
            Inline::Run(run) => paragraph.add_run(styled(run)),
            Inline::Break => paragraph.add_run(Run::new().add_break(BreakType::TextWrapping)),
            Inline::Marker { marker, .. } => {
                match self.manuscript.notes.get(*marker as usize - 1) {
                    Some(note) => {
                        let note = footnote(&self.manuscript.words, *marker, note);
                        paragraph.add_run(Run::new().add_footnote_reference(note))
                    }
                    None => paragraph,
                }
            }
        })
    }
}

fn plain(text: &str) -> Inline {
    Inline::Run(markup::Run { text: text.to_owned(), ..markup::Run::default() })
}

fn item(kind: BlockKind) -> Item {
    let range = CharRange::default();
    Item { range, blocks: vec![Block { range, kind }] }
}

fn embolden(inline: &mut Inline) {
    if let Inline::Run(run) = inline {
        run.bold = true;
    }
}

fn styled(text: &markup::Run) -> Run {
    let mut run = Run::new();
    if text.code {
        run = run.style("CodeText");
    }
    if text.bold {
        run = run.bold();
    }
    if text.italic {
        run = run.italic();
    }
    if text.strike {
        run = run.strike();
    }
    for (i, line) in text.text.split('\n').enumerate() {
        if i > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        run = run.add_text(line);
    }
    run
}
