//! An answer's text laid out: its Markdown as blocks and runs, each run with the sentence it is of. Made
//! once, when an answer is checked (`yinju-answer`), and kept with it; whatever shows, exports or shortens
//! an answer reads this. Deliberately not here: how Markdown is read, and links, images and HTML, of which
//! the text alone stays.

use crate::page::CharRange;
use serde::{Deserialize, Serialize};

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its characters in the answer's text, bullets and bars included.
    pub range: CharRange,
    /// What it is.
    #[serde(flatten)]
    pub kind: BlockKind,
}

/// What a piece of an answer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BlockKind {
    /// Running text.
    Paragraph {
        /// What it says.
        text: Vec<Inline>,
    },
    /// The head of what follows.
    Heading {
        /// From 1, the highest, to 6.
        level: u8,
        /// What it says.
        text: Vec<Inline>,
    },
    /// Points in a row.
    List {
        /// The number of the first; `None` where they have none.
        start: Option<u64>,
        /// The points.
        items: Vec<Item>,
    },
    /// Somebody else's words.
    Quote {
        /// They.
        blocks: Vec<Block>,
    },
    /// Text as it is typed.
    Code {
        /// Its lines.
        text: String,
        /// The sentence it counts as, by its index.
        sentence: Option<u32>,
    },
    /// Rows of cells.
    Table {
        /// How each column is set; there are as many as columns.
        aligns: Vec<Align>,
        /// The first is the head. Each has a cell for every column.
        rows: Vec<Row>,
    },
    /// A line between what is before and after it.
    Rule,
}

/// A point of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its characters in the text, the bullet included.
    pub range: CharRange,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its characters in the text.
    pub range: CharRange,
    /// What each cell says.
    pub cells: Vec<Vec<Inline>>,
}

/// How a column of a table is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// From the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// To the right.
    Right,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inline {
    /// Words.
    Run(Run),
    /// The line ends.
    Break,
    /// A citation.
    Marker {
        /// Its number.
        marker: u32,
        /// Its characters in the text.
        range: CharRange,
        /// The sentence it belongs to, by its index.
        sentence: Option<u32>,
    },
}

impl Inline {
    /// The index of the sentence it belongs to.
    pub fn sentence(&self) -> Option<u32> {
        match self {
            Self::Run(run) => run.sentence,
            Self::Marker { sentence, .. } => *sentence,
            Self::Break => None,
        }
    }
}

/// Words in one face and of one sentence.
#[allow(clippy::struct_excessive_bools, reason = "each of them goes with each")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// They.
    pub text: String,
    /// Strong emphasis.
    pub bold: bool,
    /// Emphasis.
    pub italic: bool,
    /// Struck out.
    pub strike: bool,
    /// As it is typed.
    pub code: bool,
    /// The sentence they are of, by its index.
    pub sentence: Option<u32>,
}

impl Run {
    /// Whether words of both look the same and are of one sentence.
    pub fn continues(&self, other: &Self) -> bool {
        let face = |run: &Self| (run.bold, run.italic, run.strike, run.code, run.sentence);
        face(self) == face(other)
    }
}

impl BlockKind {
    /// All lines of it, of what it holds too, in the order they are read.
    pub fn lines(&self) -> Vec<&[Inline]> {
        match self {
            Self::Paragraph { text } | Self::Heading { text, .. } => vec![text],
            Self::List { items, .. } => {
                let blocks = items.iter().flat_map(|item| &item.blocks);
                blocks.flat_map(|block| block.kind.lines()).collect()
            }
            Self::Quote { blocks } => blocks.iter().flat_map(|b| b.kind.lines()).collect(),
            Self::Table { rows, .. } => {
                rows.iter().flat_map(|row| &row.cells).map(Vec::as_slice).collect()
            }
            Self::Code { .. } | Self::Rule => Vec::new(),
        }
    }
}

/// Words alone.
pub fn plain(text: &[Inline]) -> String {
    let words = text.iter().map(|inline| match inline {
        Inline::Run(run) => run.text.as_str(),
        Inline::Break => "\n",
        Inline::Marker { .. } => "",
    });
    words.collect()
}
