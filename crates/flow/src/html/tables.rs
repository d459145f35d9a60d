//! Which tables hold data, and their cells.

use super::elements::heading_level;
use super::{NodeRef, pieces_below};
use crate::builder::Style;
use crate::grid::Cell;
use scraper::node::Element;

/// A cell with more characters than this is a part of the page, not of a table.
const LONGEST_CELL: usize = 2_000;

/// The cells of a table.
pub(super) struct Rows {
    pub cells: Vec<Vec<Cell>>,
    /// How many of the first rows name the columns.
    pub header_rows: usize,
}

/// The rows of a table of data; nothing for one that lays out a page: it says so, or its cells hold
/// tables, headings or more text than a cell does.
pub(super) fn rows(table: NodeRef<'_>) -> Option<Rows> {
    let own = table.value().as_element()?;
    if matches!(own.attr("role"), Some("presentation" | "none")) || holds_a_page(table) {
        return None;
    }
    let (mut cells, mut header_rows) = (Vec::new(), 0);
    for row in rows_of(table) {
        let found: Vec<_> = row.children().filter(|node| is(*node, &["td", "th"])).collect();
        let heads = !found.is_empty() && found.iter().all(|node| is(*node, &["th"]));
        let in_head = row.parent().is_some_and(|parent| is(parent, &["thead"]));
        if header_rows == cells.len() && (heads || in_head) {
            header_rows += 1;
        }
        cells.push(found.into_iter().map(cell).collect::<Option<_>>()?);
    }
    // A table of nothing but names names no columns.
    header_rows = if header_rows == cells.len() { 0 } else { header_rows };
    Some(Rows { cells, header_rows })
}

fn holds_a_page(table: NodeRef<'_>) -> bool {
    let inside = table.descendants().skip(1).filter_map(|node| node.value().as_element());
    inside.into_iter().any(|e| e.name() == "table" || heading_level(e.name()).is_some())
}

/// Rows stand in a table or in one of its groups.
fn rows_of(table: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let groups = table.children().flat_map(|node| {
        let group = is(node, &["thead", "tbody", "tfoot"]);
        let rows = if group { node.children().collect() } else { vec![node] };
        rows.into_iter().filter(|node| is(*node, &["tr"]))
    });
    groups.collect()
}

fn cell(node: NodeRef<'_>) -> Option<Cell> {
    let element = node.value().as_element()?;
    let pieces = pieces_below(node, Style::PLAIN);
    let text = pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n");
    let places = |name| element.attr(name).and_then(|n| n.trim().parse().ok()).unwrap_or(1);
    // `rowspan="0"` reaches to the end of the table.
    let down = places("rowspan");
    let down = if down == 0 { usize::from(u16::MAX) } else { down };
    (text.chars().count() <= LONGEST_CELL).then(|| Cell::new(&text, places("colspan"), down))
}

fn is(node: NodeRef<'_>, names: &[&str]) -> bool {
    node.value().as_element().is_some_and(|element: &Element| names.contains(&element.name()))
}
