//! An answer's text, laid out.

use super::wire_name;
use serde::Serialize;
use ts_rs::TS;
use yinju_core::markup::{Block, BlockKind, Inline, Item, Row};

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "AnswerBlock")]
pub enum AnswerBlockDto {
    Paragraph {
        text: Vec<InlineDto>,
    },
    Heading {
        level: u8,
        text: Vec<InlineDto>,
    },
    List {
        /// The number of the first point, unless they have none.
        start: Option<u64>,
        items: Vec<Vec<AnswerBlockDto>>,
    },
    Quote {
        blocks: Vec<AnswerBlockDto>,
    },
    Code {
        text: String,
        sentence: Option<u32>,
    },
    Table {
        #[ts(type = "Array<'left' | 'center' | 'right'>")]
        aligns: Vec<String>,
        /// The first is the head; each has a cell for every column.
        rows: Vec<Vec<Vec<InlineDto>>>,
    },
    Rule,
}

/// A piece of a line; `sentence` is the index of the one it belongs to.
#[allow(clippy::struct_excessive_bools, reason = "each of them goes with each")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(rename = "Inline")]
pub enum InlineDto {
    Run { text: String, bold: bool, italic: bool, strike: bool, code: bool, sentence: Option<u32> },
    Break,
    Marker { marker: u32, sentence: Option<u32> },
}

/// All of an answer.
pub fn laid_out(blocks: Vec<Block>) -> Vec<AnswerBlockDto> {
    blocks.into_iter().map(|block| block.kind.into()).collect()
}

impl From<BlockKind> for AnswerBlockDto {
    fn from(kind: BlockKind) -> Self {
        match kind {
            BlockKind::Paragraph { text } => Self::Paragraph { text: line(text) },
            BlockKind::Heading { level, text } => Self::Heading { level, text: line(text) },
            BlockKind::List { start, items } => {
                let items = items.into_iter().map(|Item { blocks, .. }| laid_out(blocks));
                Self::List { start, items: items.collect() }
            }
            BlockKind::Quote { blocks } => Self::Quote { blocks: laid_out(blocks) },
            BlockKind::Code { text, sentence } => Self::Code { text, sentence },
            BlockKind::Table { aligns, rows } => {
                let row = |Row { cells, .. }: Row| cells.into_iter().map(line).collect();
                Self::Table {
                    aligns: aligns.into_iter().map(wire_name).collect(),
                    rows: rows.into_iter().map(row).collect(),
                }
            }
            BlockKind::Rule => Self::Rule,
        }
    }
}

fn line(text: Vec<Inline>) -> Vec<InlineDto> {
    text.into_iter().map(Into::into).collect()
}

impl From<Inline> for InlineDto {
    fn from(inline: Inline) -> Self {
        match inline {
            Inline::Run(run) => Self::Run {
                text: run.text,
                bold: run.bold,
                italic: run.italic,
                strike: run.strike,
                code: run.code,
                sentence: run.sentence,
            },
            Inline::Break => Self::Break,
            Inline::Marker { marker, sentence, .. } => Self::Marker { marker, sentence },
        }
    }
}
