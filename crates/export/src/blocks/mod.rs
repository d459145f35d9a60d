//! An answer's Markdown as blocks and runs, for formats that lay them out themselves; its markers as
//! places for notes. Not here: HTML, links and images, whose text alone stays.

mod reading;

pub(crate) use reading::blocks;

use serde::Serialize;

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Block {
    Paragraph {
        text: Vec<Inline>,
    },
    Heading {
        level: u8,
        text: Vec<Inline>,
    },
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quote {
        blocks: Vec<Block>,
    },
    Code {
        text: String,
    },
    /// The first row is the head.
    Table {
        columns: usize,
        rows: Vec<Row>,
    },
    Rule,
}

/// The cells of a row.
pub(crate) type Row = Vec<Vec<Inline>>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Inline {
    Run(Run),
    Break,
    /// A citation of the answer, by its marker.
    Marker {
        marker: u32,
    },
}

/// Text in one face.
#[allow(clippy::struct_excessive_bools, reason = "each of them goes with each")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub code: bool,
}

impl Run {
    fn same_face(&self, other: &Self) -> bool {
        let face = |run: &Self| (run.bold, run.italic, run.strike, run.code);
        face(self) == face(other)
    }
}
