//! A page as it was read: text in reading order, and where each character of it stands.

use crate::geometry::BBox;
use crate::text::slice_chars;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;

/// A physical page, counted from 1 as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageNumber(pub NonZeroU32);

impl PageNumber {
    /// The page at a position counted from 0.
    pub fn from_index(index: usize) -> Self {
        let number = u32::try_from(index).unwrap_or(u32::MAX - 1).saturating_add(1);
        Self(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
    }

    /// The position counted from 0.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }

    /// The number counted from 1.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for PageNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A half-open range of Unicode scalar values in a text: a page's, or an answer's.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct CharRange {
    /// First character.
    pub start: u32,
    /// One past the last character.
    pub end: u32,
}

impl CharRange {
    /// The range from `start` up to but not including `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Number of characters.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether it holds no character.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// What both have in common, if anything.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let range = Self { start: self.start.max(other.start), end: self.end.min(other.end) };
        (!range.is_empty()).then_some(range)
    }
}

/// What could be read from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStatus {
    /// Its own text layer.
    Text,
    /// Recognised from its image.
    Ocr,
    /// Both.
    Mixed,
    /// Nothing: blank, or an image nobody recognised yet.
    Empty,
    /// Text whose characters have no meaning (fonts without a Unicode mapping).
    Garbled,
    /// The page could not be opened.
    Failed,
}

/// What a block is to a reader. Stores keep a kind by its place among these: new ones come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the field's own")]
pub enum BlockKind {
    Heading,
    Paragraph,
    ListItem,
    Table,
    Caption,
    Formula,
    Header,
    Footer,
    Footnote,
    FormField,
    Annotation,
    Figure,
}

/// A run of lines that belong together. Blocks stand in reading order, do not overlap, and cover
/// the page's text together: every character of the text, separators included, is in one block.
/// A figure is a picture with the words that are written in it, which may be none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Depth of a heading, from 1.
    pub level: Option<u8>,
    /// Where its text stands in the page's text.
    pub range: CharRange,
    /// One box a line, or one for the whole; of a figure the box around the picture.
    pub boxes: Vec<BBox>,
    /// The cells of a table.
    pub table: Option<Table>,
}

/// A table as a grid. A cell that spans several has its text in its first place, top left; the
/// others it covers are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The texts, row by row; every row has as many as there are columns.
    pub rows: Vec<Vec<String>>,
    /// How many of the first rows name the columns.
    pub header_rows: u8,
    /// Cells larger than one place.
    pub spans: Vec<CellSpan>,
    /// Whether it goes on with the table the page before ends with.
    pub continues: bool,
}

/// A cell that covers several places of a table's grid. Rows and columns count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellSpan {
    /// Its first row.
    pub row: u16,
    /// Its first column.
    pub column: u16,
    /// Rows it covers, at least 1.
    pub rows: u16,
    /// Columns it covers, at least 1.
    pub columns: u16,
}

impl Block {
    /// Where each row of its table stands in the page's text: a line each. `None` where it is no table,
    /// or its lines are not its rows.
    pub fn rows(&self, page_text: &str) -> Option<Vec<CharRange>> {
        let count = self.table.as_ref()?.rows.len();
        let (mut ranges, mut start) = (Vec::with_capacity(count), self.range.start as usize);
        for row in slice_chars(page_text, self.range).split('\n') {
            let end = start + row.chars().count();
            ranges.push(CharRange::new(start, end));
            start = end + 1;
        }
        let is_over = |range: &CharRange| range.is_empty();
        let enough = count > 0 && ranges.len() >= count && ranges[count..].iter().all(is_over);
        enough.then(|| ranges.into_iter().take(count).collect())
    }
}

impl Table {
    /// The text of every place, spanning cells repeated in all they cover.
    pub fn filled(&self) -> Vec<Vec<String>> {
        let mut rows = self.rows.clone();
        for span in &self.spans {
            let (row, column) = (usize::from(span.row), usize::from(span.column));
            let Some(text) = self.rows.get(row).and_then(|r| r.get(column)) else { continue };
            let covered = rows.iter_mut().skip(row).take(span.rows.into());
            for place in covered.flat_map(|r| r.iter_mut().skip(column).take(span.columns.into())) {
                place.clone_from(text);
            }
        }
        rows
    }
}

/// A line of text and the edges of its characters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Where its characters stand in the page's text.
    pub range: CharRange,
    /// The box around it.
    pub bbox: BBox,
    /// For every character of `range` its leading and trailing edge along the line, in 1/65535 of
    /// the page's width (height when `vertical`): two numbers a character.
    pub edges: Vec<[u16; 2]>,
    /// Whether the characters run from top to bottom.
    pub vertical: bool,
    /// How sure a recognised line is, in hundredths; nothing where the file says the text itself.
    pub confidence: Option<u8>,
}

impl Line {
    /// Whether the middle of a character of this line lies in a box.
    fn middle_lies_in(&self, edges: [u16; 2], bbox: &BBox) -> bool {
        let along = f32::from(edges[0].midpoint(edges[1])) / 65535.0;
        let BBox { x0, y0, x1, y1 } = self.bbox;
        let (x, y) =
            if self.vertical { (x0.midpoint(x1), along) } else { (along, y0.midpoint(y1)) };
        (bbox.x0..=bbox.x1).contains(&x) && (bbox.y0..=bbox.y1).contains(&y)
    }

    /// The box around the part of this line that lies in `range`.
    pub fn bbox_of(&self, range: CharRange) -> Option<BBox> {
        let part = self.range.intersect(range)?;
        let first = (part.start - self.range.start) as usize;
        let edges = self.edges.get(first..first + part.len())?;
        let low = f32::from(edges.iter().map(|e| e[0].min(e[1])).min()?) / 65535.0;
        let high = f32::from(edges.iter().map(|e| e[0].max(e[1])).max()?) / 65535.0;
        Some(if self.vertical {
            BBox::new(self.bbox.x0, low, self.bbox.x1, high)
        } else {
            BBox::new(low, self.bbox.y0, high, self.bbox.y1)
        })
    }
}

/// Why part of a page may not be as printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// Characters without a Unicode meaning.
    GarbledText,
    /// An image covers the page and there is no text: it needs OCR.
    NeedsOcr,
    /// The page could not be opened.
    PageFailed,
    /// The page's size is not one a person prints.
    UnusualSize,
    /// The file is damaged; what could be read was.
    Damaged,
    /// Something in the file is not read, though nothing is wrong with it.
    Incomplete,
    /// Some text was left out, as there was more than a page can hold.
    Truncated,
    /// The text was recognised, and parts of it may be wrong.
    LowConfidence,
    /// The page needs OCR, and there are no models for it.
    OcrUnavailable,
    /// The file holds other files, which are not read.
    Attachments,
    /// What the page shows is made by a form program (XFA) that is not run.
    XfaForm,
    /// A watermark stands across the page; it is no part of its text.
    Watermark,
}

impl WarningCode {
    /// Whether it says that an image was not recognised.
    pub fn is_about_ocr(self) -> bool {
        matches!(self, Self::NeedsOcr | Self::OcrUnavailable)
    }
}

/// A remark about a page or a file that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What kind of remark.
    pub code: WarningCode,
    /// The remark in a sentence.
    pub message: String,
}

/// A page as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Which page.
    pub number: PageNumber,
    /// The printed page label, where the file has one.
    pub label: Option<String>,
    /// Width in points, after rotation.
    pub width: f32,
    /// Height in points, after rotation.
    pub height: f32,
    /// What could be read.
    pub status: PageStatus,
    /// The text in reading order: lines end with `\n`, blocks are separated by an empty line.
    pub text: String,
    /// The structure of `text`.
    pub blocks: Vec<Block>,
    /// The lines of `text`, in order.
    pub lines: Vec<Line>,
    /// What was not as it should be.
    pub warnings: Vec<Warning>,
}

/// Lines under this confidence, in hundredths, are shown as doubtful.
pub const LOW_CONFIDENCE: u8 = 80;

impl Page {
    /// A page of which there is nothing, with the reason.
    pub fn failed(number: PageNumber, message: String) -> Self {
        Self {
            number,
            label: None,
            width: 0.0,
            height: 0.0,
            status: PageStatus::Failed,
            text: String::new(),
            blocks: Vec::new(),
            lines: Vec::new(),
            warnings: vec![Warning { code: WarningCode::PageFailed, message }],
        }
    }

    /// How sure its recognised text is on average, a character counting as much as any other, in
    /// hundredths; nothing where no text was recognised.
    pub fn confidence(&self) -> Option<u8> {
        let known = self.lines.iter().filter_map(|l| Some((l.range.len(), l.confidence?)));
        let (characters, sum) = known.fold((0, 0), |(characters, sum), (length, confidence)| {
            (characters + length, sum + length * usize::from(confidence))
        });
        (characters > 0).then(|| (sum / characters) as u8)
    }

    /// The boxes that cover a range of the text, one a line.
    pub fn boxes_of(&self, range: CharRange) -> Vec<BBox> {
        self.lines.iter().filter_map(|line| line.bbox_of(range)).map(BBox::clamped).collect()
    }

    /// The characters that boxes cover, line by line: what [`Self::boxes_of`] made boxes of. A character
    /// is covered by what its middle lies in.
    pub fn ranges_in(&self, boxes: &[BBox]) -> Vec<CharRange> {
        let covered = |line: &Line| -> Vec<CharRange> {
            let is_covered =
                |edges: &[u16; 2]| boxes.iter().any(|b| line.middle_lies_in(*edges, b));
            let mut ranges: Vec<CharRange> = Vec::new();
            for (n, _) in line.edges.iter().enumerate().filter(|(_, edges)| is_covered(edges)) {
                let at = line.range.start as usize + n;
                match ranges.last_mut() {
                    Some(last) if last.end as usize == at => last.end += 1,
                    _ => ranges.push(CharRange::new(at, at + 1)),
                }
            }
            ranges
        };
        self.lines.iter().flat_map(covered).collect()
    }

    /// The text in a range; shorter where the page ends before it.
    pub fn slice(&self, range: CharRange) -> &str {
        slice_chars(&self.text, range)
    }
}

/// Boxes on one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Which page.
    pub page: PageNumber,
    /// Where on it.
    pub boxes: Vec<BBox>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_lead_back_to_the_characters_they_were_made_of() {
        // Two lines of ten characters, each as wide as a tenth of the page.
        let line = |start: usize, y: f32| Line {
            range: CharRange::new(start, start + 10),
            bbox: BBox::new(0.0, y, 1.0, y + 0.1),
            edges: (0..10).map(|n| [n * 6553, (n + 1) * 6553]).collect(),
            vertical: false,
            confidence: None,
        };
        let page = Page {
            text: "0123456789\n0123456789".into(),
            lines: vec![line(0, 0.2), line(11, 0.3)],
            ..Page::failed(PageNumber::from_index(0), String::new())
        };
        let range = CharRange::new(7, 14);
        let found = page.ranges_in(&page.boxes_of(range));
        assert_eq!(found, [CharRange::new(7, 10), CharRange::new(11, 14)]);
        assert_eq!(page.ranges_in(&[]), []);
    }
}
