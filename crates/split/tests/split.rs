//! What splitting promises, for a small word-level tokenizer made here.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
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
    let config = SplitConfig { target_tokens: 40, max_tokens: 60, min_tokens: 5 };
    let pages = [page(1, &[(BlockKind::Paragraph, &text)])];
    let passages = splitter(config).split(&pages, &[]);
    assert!(passages.len() > 5);
    check_spans(&pages, &passages);
    assert!(passages.iter().all(|p| p.text.ends_with('。') && p.tokens <= 60));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long(
        pages in prop::collection::vec(
            prop::collection::vec("[a-z。引据 \n.]{0,300}", 0..4), 0..4)
    ) {
        let config = SplitConfig { target_tokens: 20, max_tokens: 30, min_tokens: 4 };
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
