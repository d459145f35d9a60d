//! What every reader makes of its file: pieces in reading order, before there are pages.

use crate::picture::Picture;
use yinju_core::document::DocumentInfo;
use yinju_core::{BlockKind, Table, Warning, WarningCode};

/// A heading with more characters than this is a paragraph somebody set in bold.
const LONGEST_HEADING: usize = 300;

/// A block without a place yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub kind: BlockKind,
    /// Depth of a heading, from 1.
    pub level: Option<u8>,
    /// Lines separated by `\n`, none of them empty, none at either end. Of a table one line a row,
    /// cells separated by a tab.
    pub text: String,
    pub table: Option<Table>,
    /// A picture that has yet to be looked at; then `text` is what its author says of it.
    pub picture: Option<Picture>,
    /// How sure each line of a picture is; empty where the file says all of it.
    pub confidence: Vec<Option<u8>>,
    /// The file says that a page begins here.
    pub page_break: bool,
    /// The printed page that begins at this piece, where the file has the pages of a printed book.
    pub label: Option<String>,
    /// Notes and remarks that belong at the end of its page.
    pub notes: Vec<Piece>,
}

impl Piece {
    pub(crate) fn new(kind: BlockKind, level: Option<u8>, text: String) -> Self {
        let too_long = kind == BlockKind::Heading && text.chars().count() > LONGEST_HEADING;
        let kind = if too_long { BlockKind::Paragraph } else { kind };
        let level = level.filter(|_| kind == BlockKind::Heading);
        Self {
            kind,
            level,
            text,
            table: None,
            picture: None,
            confidence: Vec::new(),
            page_break: false,
            label: None,
            notes: Vec::new(),
        }
    }

    /// A table and its text.
    pub(crate) fn table(table: Table) -> Self {
        let rows: Vec<String> = table.rows.iter().map(|row| row.join("\t")).collect();
        Self { table: Some(table), ..Self::new(BlockKind::Table, None, rows.join("\n")) }
    }

    /// The same text with nothing around it.
    pub(crate) fn with_text(&self, text: String) -> Self {
        Self::new(self.kind, self.level, text)
    }
}

/// A part of a file that begins a page: a chapter of a book, or all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chapter {
    pub pieces: Vec<Piece>,
    /// Why it, or some of it, could not be read.
    pub failure: Option<String>,
}

/// A line of the outline and the piece it leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub level: u8,
    pub title: String,
    /// Indices of a chapter and of a piece in it.
    pub target: Option<(usize, usize)>,
}

/// A file, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flow {
    /// Without page count and outline.
    pub info: DocumentInfo,
    pub chapters: Vec<Chapter>,
    /// The file's own outline; its headings make one where it has none.
    pub outline: Vec<Entry>,
    /// Remarks on the whole file.
    pub warnings: Vec<Warning>,
    /// Pages are cut after so many characters.
    pub page_characters: usize,
    /// Whether headings of the first level begin a page.
    pub headings_break: bool,
}

impl Flow {
    pub(crate) fn new(info: DocumentInfo, chapters: Vec<Chapter>) -> Self {
        Self {
            info,
            chapters,
            outline: Vec::new(),
            warnings: Vec::new(),
            page_characters: crate::cut::PAGE_CHARACTERS,
            headings_break: false,
        }
    }

    /// A file that is one run of pieces.
    pub(crate) fn single(info: DocumentInfo, pieces: Vec<Piece>) -> Self {
        Self::new(info, vec![Chapter { pieces, failure: None }])
    }

    /// Something in the file is not read, though nothing is wrong with it.
    pub(crate) fn incomplete(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning { code: WarningCode::Incomplete, message: message.into() });
    }

    pub(crate) fn damaged(&mut self, message: impl Into<String>) {
        self.warnings.push(Warning { code: WarningCode::Damaged, message: message.into() });
    }

    /// Metadata without a title leaves it to a heading that opens the file.
    pub(crate) fn title_from_heading(&mut self) {
        let first = self.chapters.first().and_then(|chapter| chapter.pieces.first());
        let first = first.filter(|piece| piece.level == Some(1));
        let title = first.map(|piece| piece.text.replace('\n', " "));
        self.info.title = self.info.title.take().or(title);
    }
}

/// A line of metadata: white space folded, nothing if nothing is left.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
