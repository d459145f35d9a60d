//! Tables that go on across a page break.

use super::blocks::Paragraph;
use super::tables::{Marks, TableDraft};
use yinju_core::BlockKind;

/// Lines between the columns of both parts stand at the same places within this many points …
const SAME_LINE: f32 = 8.0;
/// … and gaps, whose middle depends on the cells of the part, within this share of the width.
const SAME_GAP: f32 = 0.12;

/// The table a page ends with.
#[derive(Debug, Default)]
pub(crate) struct OpenTable(Option<End>);

#[derive(Debug)]
struct End {
    edges: Vec<f32>,
    marks: Marks,
    /// The texts of its header rows.
    header: Vec<Vec<String>>,
}

impl OpenTable {
    /// Marks the table a page begins with, if it goes on with the one before, and remembers the one
    /// it ends with. To be called for every page in order, after its blocks were named.
    pub(crate) fn pass(&mut self, paragraphs: &mut [Paragraph]) {
        let before = self.0.take();
        let mut body = paragraphs.iter_mut().filter(|p| is_body(p.kind));
        let first = body.next().and_then(|p| p.table.as_mut());
        let mut open_header = None;
        if let (Some(before), Some(table)) = (before, first)
            && same_columns(&before, table)
        {
            table.continues = true;
            let own = header_of(table, before.header.len());
            table.header_rows = if own == before.header { before.header.len() } else { 0 };
            open_header = Some(before.header);
        }
        let bodies = paragraphs.iter().filter(|p| is_body(p.kind)).count();
        let last = paragraphs.iter().rfind(|p| is_body(p.kind)).and_then(|p| p.table.as_ref());
        self.0 = last.map(|table| End {
            edges: table.edges.clone(),
            marks: table.marks,
            header: open_header
                .filter(|_| bodies == 1)
                .unwrap_or_else(|| header_of(table, table.header_rows)),
        });
    }
}

fn is_body(kind: BlockKind) -> bool {
    !matches!(
        kind,
        BlockKind::Header | BlockKind::Footer | BlockKind::Footnote | BlockKind::Annotation
    )
}

fn header_of(table: &TableDraft, rows: usize) -> Vec<Vec<String>> {
    table.table().rows.into_iter().take(rows).collect()
}

fn same_columns(before: &End, table: &TableDraft) -> bool {
    let (a, b) = (&before.edges, &table.edges);
    let width = a[a.len() - 1] - a[0];
    let is_grid = before.marks == Marks::Grid && table.marks == Marks::Grid;
    let slack = if is_grid { SAME_LINE } else { width * SAME_GAP };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= slack)
}
