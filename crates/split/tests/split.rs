//! What splitting promises, for a small word-level tokenizer made here.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use yinju_core::document::OutlineEntry;
use yinju_core::page::{CellSpan, Table};
use yinju_core::{Block, BlockKind, CharRange, Page, PageNumber, PageStatus, PassageDraft};
use yinju_split::{SplitConfig, Splitter};

/// One token a word or Chinese character.
fn splitter(config: SplitConfig) -> Splitter {
    let tokenizer = serde_json::json!({
        "version": "1.0",
        "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": "\\p{Han}|[。！？]"}, "behavior": "Isolated", "invert": false},
            {"type": "Whitespace"}]},
        "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"},
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), tokenizer.to_string()).unwrap();
    Splitter::from_file(file.path(), config).unwrap()
}

/// A page whose blocks are these, in order, separated by an empty line.
fn page(number: usize, blocks: &[(BlockKind, &str)]) -> Page {
    let mut text = String::new();
    let mut made = Vec::new();
    for (kind, block) in blocks {
        let start = text.chars().count();
        text.push_str(block);
        text.push_str("\n\n");
        made.push(Block {
            kind: *kind,
            level: (*kind == BlockKind::Heading).then_some(1),
            range: CharRange::new(start, text.chars().count()),
            boxes: Vec::new(),
            table: None,
        });
    }
    Page {
        number: PageNumber::from_index(number - 1),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text,
        blocks: made,
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}

fn check_spans(pages: &[Page], passages: &[PassageDraft]) {
    for passage in passages {
        let slices: Vec<_> =
            passage.spans.iter().map(|s| pages[s.page.index()].slice(s.range)).collect();
        assert_eq!(passage.text, slices.join("\n"));
    }
}

#[test]
fn a_heading_begins_a_passage_and_names_its_section() {
    use BlockKind::{Heading, Paragraph};
    let pages = [page(
        1,
        &[(Heading, "茶"), (Paragraph, "绿茶。"), (Heading, "水"), (Paragraph, "热水。")],
    )];
    let passages = splitter(SplitConfig::default()).split(&pages, &[]);
    let texts: Vec<_> = passages.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(texts, ["茶\n\n绿茶。", "水\n\n热水。"]);
    assert_eq!(passages[1].section, ["水"]);
}

#[test]
fn a_paragraph_runs_on_across_a_page_and_others_do_not() {
    use BlockKind::Paragraph;
    let pages = [
        page(1, &[(Paragraph, "一句话没有说完")]),
        page(2, &[(Paragraph, "就到了下一页。")]),
        page(3, &[(Paragraph, "另一段。")]),
    ];
    let passages = splitter(SplitConfig::default()).split(&pages, &[]);
    assert_eq!(passages.len(), 2);
    assert_eq!(passages[0].text, "一句话没有说完\n就到了下一页。");
    assert_eq!(passages[0].spans.len(), 2);
}

#[test]
fn headers_footers_and_page_numbers_are_left_out() {
    use BlockKind::{Footer, Header, Paragraph};
    let blocks = [(Header, "报告"), (Paragraph, "正文。"), (Paragraph, "— 3 —"), (Footer, "机密")];
    let passages = splitter(SplitConfig::default()).split(&[page(1, &blocks)], &[]);
    assert_eq!(passages.len(), 1);
    assert_eq!(passages[0].text, "正文。");
}

#[test]
fn garbled_pages_are_left_out() {
    use BlockKind::Paragraph;
    let mut garbled = page(1, &[(Paragraph, "\u{3}\u{4}\u{5} 口口口")]);
    garbled.status = PageStatus::Garbled;
    let pages = [garbled, page(2, &[(Paragraph, "正文。")])];
    let passages = splitter(SplitConfig::default()).split(&pages, &[]);
    check_spans(&pages, &passages);
    assert_eq!(passages.len(), 1);
    assert_eq!(passages[0].text, "正文。");
}

#[test]
fn long_blocks_are_cut_between_sentences_not_lines() {
    let sentence = "这是一个\n不长的句子。";
    let text = sentence.repeat(40);
    let config =
        SplitConfig { target_tokens: 40, max_tokens: 60, min_tokens: 5, lookup_tokens: 60 };
    let pages = [page(1, &[(BlockKind::Paragraph, &text)])];
    let passages = splitter(config).split(&pages, &[]);
    assert!(passages.len() > 5);
    check_spans(&pages, &passages);
    assert!(passages.iter().all(|p| p.text.ends_with('。') && p.tokens <= 60));
}

/// Sizes small enough for texts that can be read.
const SMALL: SplitConfig =
    SplitConfig { target_tokens: 20, max_tokens: 30, min_tokens: 4, lookup_tokens: 30 };

/// Puts a table behind the blocks of a page: a line a row, a tab between cells.
fn with_table(mut page: Page, table: Table) -> Page {
    let start = page.text.chars().count();
    let lines: Vec<_> = table.rows.iter().map(|row| row.join("\t")).collect();
    page.text.push_str(&lines.join("\n"));
    page.text.push_str("\n\n");
    let range = CharRange::new(start, page.text.chars().count());
    let kind = BlockKind::Table;
    page.blocks.push(Block { kind, level: None, range, boxes: Vec::new(), table: Some(table) });
    page
}

fn table(rows: &[&[&str]], header_rows: u8) -> Table {
    let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
    Table { rows: rows.iter().map(row).collect(), header_rows, ..Table::default() }
}

#[test]
fn a_table_is_read_as_markdown_under_one_line_of_header() {
    let mut years = table(&[&["", "Sales", ""], &["Tea", "2023", "2024"], &["green", "7", ""]], 2);
    years.spans = vec![
        CellSpan { row: 0, column: 1, rows: 1, columns: 2 },
        CellSpan { row: 2, column: 1, rows: 1, columns: 2 },
    ];
    let blocks = [(BlockKind::Paragraph, "As sold\nin town."), (BlockKind::Caption, "Table 1")];
    let pages = [with_table(page(1, &blocks), years)];
    let passages = splitter(SplitConfig::default()).split(&pages, &[]);
    check_spans(&pages, &passages);
    assert_eq!(passages.len(), 1);
    assert!(passages[0].text.ends_with("Table 1\n\n\tSales\t\nTea\t2023\t2024\ngreen\t7"));
    let lines = [
        "As sold in town. Table 1",
        "| Tea | Sales / 2023 | Sales / 2024 |",
        "|---|---|---|",
        "| green | 7 | 7 |",
    ];
    assert_eq!(passages[0].reading(), lines.join("\n"));
}

#[test]
fn a_long_table_is_cut_between_rows_and_repeats_its_header() {
    let rows: Vec<Vec<String>> = (0..12).map(|n| vec![format!("r{n}"), format!("{n}")]).collect();
    let mut rows: Vec<Vec<&str>> =
        rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    rows.insert(0, vec!["name", "value"]);
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let first = with_table(page(1, &[(BlockKind::Caption, "Values")]), table(&rows, 1));
    let going_on = Table { continues: true, ..table(&[&["r12", "12"]], 0) };
    let pages = [first, with_table(page(2, &[]), going_on)];
    let passages = splitter(SMALL).split(&pages, &[]);
    check_spans(&pages, &passages);
    assert!(passages.len() > 2);
    assert!(passages.iter().all(|p| p.tokens as usize <= SMALL.max_tokens));
    for (index, passage) in passages.iter().enumerate() {
        let reading = passage.reading();
        assert!(reading.starts_with("Values\n| name | value |\n|---|---|\n| r"), "{reading}");
        assert_eq!(passage.text.contains("name"), index == 0);
    }
    assert!(passages.last().unwrap().reading().ends_with("| r12 | 12 |"));
}

#[test]
fn a_row_that_does_not_fit_is_read_as_text() {
    let long = "一".repeat(100);
    let pages = [with_table(page(1, &[]), table(&[&["a", "b"], &["c", &long], &["d", "e"]], 1))];
    let passages = splitter(SMALL).split(&pages, &[]);
    check_spans(&pages, &passages);
    assert!(passages.iter().all(|p| p.tokens as usize <= SMALL.max_tokens));
    let all: String = passages.iter().map(|p| p.text.replace(char::is_whitespace, "")).collect();
    assert_eq!(all, format!("abc{long}de"));
}

#[test]
fn a_paragraph_runs_on_over_footnotes_which_follow_it() {
    use BlockKind::{Footnote, Paragraph};
    let pages = [
        page(1, &[(Paragraph, "一句话没有说完"), (Footnote, "注一。")]),
        page(2, &[(Paragraph, "就到了下一页。"), (Paragraph, "又一段。"), (Footnote, "注二。")]),
    ];
    let passages = splitter(SplitConfig::default()).split(&pages, &[]);
    check_spans(&pages, &passages);
    let texts: Vec<_> = passages.iter().map(|p| p.text.as_str()).collect();
    let expected = ["一句话没有说完\n就到了下一页。\n\n又一段。\n\n注二。", "注一。"];
    assert_eq!(texts, expected);
}

#[test]
fn passages_come_while_pages_still_do() {
    let splitter = splitter(SplitConfig::default());
    let mut splitting = splitter.begin(&[]);
    for number in 1..=50 {
        let passages = splitting.push(&page(number, &[(BlockKind::Paragraph, "一页一段。")]));
        assert_eq!(passages.len(), usize::from(number > 1), "page {number}");
    }
    assert_eq!(splitting.finish().len(), 1);
}

/// Blocks of any kind, tables among them.
fn any_page() -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((0_u8..8, "[a-z。引据 \n|.]{0,300}"), 0..5)
}

fn made(number: usize, blocks: &[(u8, String)]) -> Page {
    use BlockKind::{Caption, Footnote, Heading, ListItem, Paragraph};
    blocks.iter().fold(page(number, &[]), |made, (kind, text)| {
        let kinds = [Paragraph, Paragraph, Heading, Footnote, Caption, ListItem];
        if let Some(kind) = kinds.get(usize::from(*kind)) {
            return with_block(made, *kind, text);
        }
        let mut rows: Vec<Vec<String>> =
            (text.split('\n')).map(|row| row.split(' ').map(str::to_owned).collect()).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(1);
        for row in &mut rows {
            row.resize(columns, String::new());
        }
        let continues = *kind == 7;
        with_table(made, Table { rows, header_rows: kind % 2, spans: Vec::new(), continues })
    })
}

fn with_block(mut page: Page, kind: BlockKind, text: &str) -> Page {
    let start = page.text.chars().count();
    page.text.push_str(text);
    page.text.push_str("\n\n");
    let range = CharRange::new(start, page.text.chars().count());
    let level = (kind == BlockKind::Heading).then_some(2);
    page.blocks.push(Block { kind, level, range, boxes: Vec::new(), table: None });
    page
}

/// The characters that are not white space, in any order.
fn characters<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<char> {
    let mut characters: Vec<char> =
        texts.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect();
    characters.sort_unstable();
    characters
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_the_blocks_nothing_is_lost_or_too_long(
        pages in prop::collection::vec(any_page(), 0..4)
    ) {
        let pages: Vec<_> = pages.iter().enumerate().map(|(n, b)| made(n + 1, b)).collect();
        let outline = [OutlineEntry {
            level: 1, title: "a".to_owned(), page: Some(PageNumber::from_index(1)),
        }];
        let splitter = splitter(SMALL);
        let passages = splitter.split(&pages, &outline);
        check_spans(&pages, &passages);
        let before = characters(pages.iter().map(|p| p.text.as_str()));
        let after = characters(passages.iter().map(|p| p.text.as_str()));
        prop_assert_eq!(before, after);
        prop_assert!(passages.iter().all(|p| p.tokens as usize <= SMALL.max_tokens));
        let ordinals: Vec<_> = passages.iter().map(|p| p.ordinal as usize).collect();
        prop_assert_eq!(ordinals, (0..passages.len()).collect::<Vec<_>>());
        // What is finished does not change with what is still to come.
        let mut splitting = splitter.begin(&outline);
        let mut early = Vec::new();
        for page in &pages {
            early.extend(splitting.push(page));
            let here = page.number.index();
            let open = passages[early.len()..].iter().filter(|p| {
                p.spans.iter().any(|span| span.page.index() + 1 < here)
            });
            prop_assert!(open.count() <= SMALL.max_tokens, "passages are held back");
        }
        early.extend(splitting.finish());
        prop_assert_eq!(&early, &passages);
        // Whoever holds pages until their passages came may let go of those before the latest.
        let first = |p: &PassageDraft| p.spans.iter().map(|span| span.page).min();
        prop_assert!(passages.iter().map(first).is_sorted(), "{passages:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long(
        pages in prop::collection::vec(
            prop::collection::vec("[a-z。引据 \n.]{0,300}", 0..4), 0..4)
    ) {
        let config = SplitConfig { target_tokens: 20, max_tokens: 30, min_tokens: 4, lookup_tokens: 30 };
        let pages: Vec<_> = pages
            .iter()
            .enumerate()
            .map(|(n, blocks)| {
                let blocks: Vec<_> =
                    blocks.iter().map(|b| (BlockKind::Paragraph, b.as_str())).collect();
                page(n + 1, &blocks)
            })
            .collect();
        let passages = splitter(config).split(&pages, &[]);
        check_spans(&pages, &passages);
        let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let before: String = pages.iter().map(|p| solid(&p.text)).collect();
        let after: String = passages.iter().map(|p| solid(&p.text)).collect();
        prop_assert_eq!(before, after);
        prop_assert!(passages.iter().all(|p| p.tokens as usize <= config.max_tokens));
    }
}
