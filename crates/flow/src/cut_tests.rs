//! Where pages end.

use super::*;
use crate::grid::Cell;
use yinju_core::document::DocumentInfo;

fn paragraph(length: usize) -> Piece {
    Piece::new(BlockKind::Paragraph, None, "x".repeat(length))
}

fn heading(title: &str, level: u8) -> Piece {
    Piece::new(BlockKind::Heading, Some(level), title.to_owned())
}

fn sheets(pieces: Vec<Piece>) -> (Vec<Sheet>, Vec<OutlineEntry>) {
    cut(&mut Flow::single(DocumentInfo::default(), pieces))
}

fn sizes(sheets: &[Sheet]) -> Vec<usize> {
    sheets.iter().map(|sheet| sheet.pieces.iter().map(size).sum()).collect()
}

#[test]
fn pages_end_between_blocks() {
    let (sheets, _) = sheets(vec![paragraph(2_000), paragraph(900), paragraph(200)]);
    assert_eq!(sizes(&sheets), [2_900, 200]);
}

#[test]
fn a_heading_goes_with_what_it_heads() {
    let (sheets, outline) = sheets(vec![paragraph(2_990), heading("next", 2), paragraph(50)]);
    assert_eq!(sizes(&sheets), [2_990, 54]);
    assert_eq!(outline[0].page.map(PageNumber::get), Some(2));
}

#[test]
fn a_file_without_pieces_is_one_page() {
    assert_eq!(sheets(Vec::new()).0.len(), 1);
}

#[test]
fn long_text_is_cut_after_a_sentence() {
    let text = "一二三四五六七八九。".repeat(1_000);
    let (sheets, _) = sheets(vec![Piece::new(BlockKind::Paragraph, None, text.clone())]);
    let parts: Vec<_> = sheets.iter().map(|sheet| sheet.pieces[0].text.as_str()).collect();
    assert_eq!(parts.concat(), text);
    assert!(parts.iter().all(|part| part.ends_with('。') && part.chars().count() <= 3_000));
}

#[test]
fn long_tables_are_cut_between_rows_and_say_that_they_go_on() {
    let row = |i: usize| vec![Cell::new(&format!("{i:05}"), 1, 1), Cell::new("1234567890", 1, 1)];
    let table = grid::lay_out((0..400).map(row).collect(), 1).unwrap();
    let (sheets, _) = sheets(vec![Piece::table(table.clone())]);
    let tables: Vec<_> = sheets.iter().filter_map(|s| s.pieces[0].table.clone()).collect();
    assert_eq!(tables.iter().map(|t| t.continues).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(tables.iter().flat_map(|t| t.rows.clone()).collect::<Vec<_>>(), table.rows);
    assert_eq!((tables[0].header_rows, tables[1].header_rows), (1, 0));
}

#[test]
fn notes_stand_at_the_end_of_their_page() {
    let mut noted = paragraph(1_000);
    noted.notes = vec![Piece::new(BlockKind::Footnote, None, "note".to_owned())];
    let (sheets, _) = sheets(vec![noted, paragraph(1_000), paragraph(2_000)]);
    assert_eq!(sizes(&sheets), [2_004, 2_000]);
    assert_eq!(sheets[0].pieces[2].text, "note");
}

#[test]
fn printed_page_labels_hold_until_the_next() {
    let labelled =
        |label: &str, length| Piece { label: Some(label.to_owned()), ..paragraph(length) };
    let pieces = vec![labelled("7", 2_000), paragraph(2_000), labelled("8", 500), paragraph(2_000)];
    let labels: Vec<_> = sheets(pieces).0.into_iter().map(|sheet| sheet.label.unwrap()).collect();
    assert_eq!(labels, ["7", "7", "8"]);
}
