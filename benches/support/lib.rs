//! What benchmarks share: documents made here, of a known size.

use yinju_core::{Block, BlockKind, CharRange, Page, PageNumber, PageStatus};

/// Pages of running text, half Chinese and half English, five paragraphs each.
pub fn book(pages: usize) -> Vec<Page> {
    (0..pages).map(page).collect()
}

fn page(index: usize) -> Page {
    let sentence = if index.is_multiple_of(2) {
        "绿茶用八十到八十五摄氏度的水冲泡，投茶量为每一百五十毫升水三克，第一泡静置一分半钟。"
    } else {
        "The bridge was fitted with one hundred and eighteen nodes, each of which measures strain. "
    };
    let mut text = String::new();
    let mut blocks = Vec::new();
    for _ in 0..5 {
        let start = text.chars().count();
        text.push_str(&sentence.repeat(6));
        text.push_str("\n\n");
        let range = CharRange::new(start, text.chars().count());
        let kind = BlockKind::Paragraph;
        blocks.push(Block { kind, level: None, range, boxes: Vec::new(), table: None });
    }
    Page {
        number: PageNumber::from_index(index),
        label: None,
        width: 595.0,
        height: 842.0,
        status: PageStatus::Text,
        text,
        blocks,
        lines: Vec::new(),
        warnings: Vec::new(),
    }
}
