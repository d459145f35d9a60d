//! Tables drawn by hand.

use crate::frame::{Direction, Frame, Rect};
use crate::glyph::Glyph;
use crate::layout::{compose, paragraphs};
use crate::rules::{Rule, Rules};
use yinju_core::{BlockKind, Table};

const PAGE: Frame = Frame::new([0.0, 0.0, 600.0, 800.0], 0);

/// Text set from left to right at a baseline; a space leaves a gap and no glyph.
fn set(text: &str, x: f32, y: f32) -> Vec<Glyph> {
    let mut at = x;
    let mut glyphs = Vec::new();
    for c in text.chars() {
        let width = if c.is_ascii() { 5.0 } else { 10.0 };
        let rect = Rect { x0: at, y0: y - 9.0, x1: at + width, y1: y + 2.0 };
        at += width;
        let (direction, size) = (Direction::Right, 10.0);
        let glyph = Glyph { c, rect, direction, size, ..Glyph::default() };
        glyphs.extend((c != ' ').then_some(glyph));
    }
    glyphs
}

fn rows(rows: &[[&str; 3]], y: f32, step: f32) -> Vec<Glyph> {
    let set_row = |(i, row): (usize, &[&str; 3])| -> Vec<Glyph> {
        let y = y + step * i as f32;
        [(row[0], 60.0), (row[1], 200.0), (row[2], 320.0)]
            .iter()
            .flat_map(|(text, x)| set(text, *x, y))
            .collect()
    };
    rows.iter().enumerate().flat_map(set_row).collect()
}

fn tables(glyphs: Vec<Glyph>, rules: &Rules) -> Vec<Table> {
    let composed = compose(&paragraphs(glyphs, rules, &PAGE), &PAGE);
    let tables = composed.blocks.into_iter().filter(|b| b.kind == BlockKind::Table);
    tables.filter_map(|b| b.table).collect()
}

fn rule(at: f32, from: f32, to: f32) -> Rule {
    Rule { at, from, to, edge: false }
}

const FIGURES: [[&str; 3]; 4] = [
    ["项目", "2024", "2023"],
    ["营业收入", "186,420", "152,310"],
    ["营业成本", "98,100", "90,200"],
    ["净利润", "12,700", "9,850"],
];

#[test]
fn cells_without_lines_are_found_by_their_gaps() {
    let found = tables(rows(&FIGURES, 100.0, 16.0), &Rules::default());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rows, FIGURES);
    assert_eq!(found[0].header_rows, 1);
}

#[test]
fn a_cell_of_two_lines_is_one_cell_between_lines() {
    let mut glyphs = rows(&[["Name", "Note", "Sum"], ["Alpha", "first part", "12"]], 100.0, 16.0);
    glyphs.extend(set("second part", 200.0, 128.0));
    glyphs.extend(rows(&[["Beta", "short", "7"]], 146.0, 16.0));
    let level = [88.0, 104.0, 132.0, 152.0].map(|y| rule(y, 50.0, 400.0)).to_vec();
    let found = tables(glyphs, &Rules { level, upright: Vec::new() });
    assert_eq!(
        found[0].rows,
        [
            ["Name", "Note", "Sum"],
            ["Alpha", "first part second part", "12"],
            ["Beta", "short", "7"]
        ]
    );
}

#[test]
fn a_grid_says_which_cells_span() {
    let mut glyphs = set("Region", 60.0, 100.0);
    glyphs.extend(set("Sales", 230.0, 100.0));
    glyphs.extend(rows(&[["", "2024", "2023"], ["North", "5", "4"]], 120.0, 20.0));
    let upright = vec![
        rule(50.0, 85.0, 145.0),
        rule(180.0, 85.0, 145.0),
        rule(300.0, 105.0, 145.0),
        rule(400.0, 85.0, 145.0),
    ];
    let level = vec![
        rule(85.0, 50.0, 400.0),
        rule(105.0, 180.0, 400.0),
        rule(125.0, 50.0, 400.0),
        rule(145.0, 50.0, 400.0),
    ];
    let found = tables(glyphs, &Rules { level, upright });
    assert_eq!(found[0].rows, [["Region", "Sales", ""], ["", "2024", "2023"], ["North", "5", "4"]]);
    let spans: Vec<_> =
        found[0].spans.iter().map(|s| (s.row, s.column, s.rows, s.columns)).collect();
    assert_eq!(spans, [(0, 0, 2, 1), (0, 1, 1, 2)]);
    assert_eq!(found[0].header_rows, 2);
}

#[test]
fn a_long_cell_keeps_its_neighbour_apart() {
    let mut glyphs = rows(&FIGURES, 100.0, 16.0);
    // Reaches to 190 of 200, over the middle of the gap that the other rows leave.
    glyphs.extend(set("归属于母公司股东的净利润额", 60.0, 164.0));
    glyphs.extend(set("11,002", 200.0, 164.0));
    glyphs.extend(set("8,775", 320.0, 164.0));
    let found = tables(glyphs, &Rules::default());
    assert_eq!(found[0].rows[4], ["归属于母公司股东的净利润额", "11,002", "8,775"]);
    assert!(found[0].spans.is_empty());
}

#[test]
fn names_to_the_left_of_their_numbers_are_no_columns() {
    let mut glyphs = [("City", 60.0), ("Sample", 150.0), ("Value", 300.0)]
        .iter()
        .flat_map(|(text, x)| set(text, *x, 100.0))
        .collect::<Vec<_>>();
    for (i, row) in ["Oslo", "Lima", "Cairo"].iter().enumerate() {
        let y = 116.0 + 16.0 * i as f32;
        glyphs.extend(set(row, 60.0, y));
        glyphs.extend(set("23", 240.0, y));
        glyphs.extend(set("0.49", 380.0, y));
    }
    let found = tables(glyphs, &Rules::default());
    assert_eq!(found[0].rows[0], ["City", "Sample", "Value"]);
    assert_eq!(found[0].rows[3], ["Cairo", "23", "0.49"]);
}

#[test]
fn names_cover_their_groups_without_lines() {
    let columns = [60.0, 150.0, 240.0, 330.0, 420.0];
    let lines: [[&str; 5]; 5] = [
        ["", "2024", "", "2023", ""],
        ["Item", "Sum", "Share", "Sum", "Share"],
        ["Rent", "410", "12%", "380", "11%"],
        ["Wages", "900", "27%", "870", "26%"],
        ["Power", "120", "4%", "101", "3%"],
    ];
    let mut glyphs = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        for (text, x) in line.iter().zip(columns) {
            glyphs.extend(
                set(text, x, 100.0 + 16.0 * i as f32)
                    .into_iter()
                    .map(|glyph| Glyph { bold: i < 2, ..glyph }),
            );
        }
    }
    let found = tables(glyphs, &Rules::default());
    let spans: Vec<_> =
        found[0].spans.iter().map(|s| (s.row, s.column, s.rows, s.columns)).collect();
    assert_eq!(spans, [(0, 1, 1, 2), (0, 3, 1, 2)], "{:?}", found[0]);
}

#[test]
fn a_name_goes_on_beside_rows_that_are_named_themselves() {
    let regions = [
        ["Region", "City", "Income"],
        ["North", "Oslo", "91"],
        ["", "Bergen", "41"],
        ["South", "Lima", "51"],
        ["", "Quito", "87"],
        ["", "Cusco", "12"],
    ];
    let found = tables(rows(&regions, 100.0, 16.0), &Rules::default());
    let spans: Vec<_> = found[0].spans.iter().map(|s| (s.row, s.column, s.rows)).collect();
    assert_eq!(spans, [(1, 0, 2), (3, 0, 3)]);
}

#[test]
fn contents_and_lists_are_no_tables() {
    let contents = [
        ["1", "Introduction", "3"],
        ["2", "Methods and materials", "9"],
        ["3", "Results", "21"],
        ["4", "Discussion", "40"],
    ];
    assert!(tables(rows(&contents, 100.0, 16.0), &Rules::default()).is_empty());
}

#[test]
fn a_row_is_a_line_of_the_text_with_tabs() {
    let glyphs = rows(&FIGURES, 100.0, 16.0);
    let text = compose(&paragraphs(glyphs, &Rules::default(), &PAGE), &PAGE).text;
    assert!(text.contains("营业收入\t186,420\t152,310\n"), "{text}");
}
