//! What comes of texts, and that nothing of them is lost.

use super::*;
use yinju_core::markup::{BlockKind, Inline};

fn sentence(text: &str, words: &str, markers: &[u32], origin: Origin) -> Sentence {
    let at = text.find(words).unwrap();
    let range = chars(text, &(at..at + words.len()));
    let (text, markers) = (words.to_owned(), markers.to_vec());
    Sentence { text, markers, support: Support::Supported, origin, range }
}

/// Blocks as signs: what a person sees.
fn shown(blocks: &[Block]) -> String {
    let lines = blocks.iter().map(|block| match &block.kind {
        BlockKind::Paragraph { text } => format!("p:{}", line(text)),
        BlockKind::Heading { level, text } => format!("h{level}:{}", line(text)),
        BlockKind::List { start, items } => {
            let items: Vec<String> = items.iter().map(|item| shown(&item.blocks)).collect();
            format!("{}({})", start.map_or("ul".to_owned(), |n| format!("ol{n}")), items.join("; "))
        }
        BlockKind::Quote { blocks } => format!("quote({})", shown(blocks)),
        BlockKind::Code { text, .. } => format!("code:{text}"),
        BlockKind::Table { rows, .. } => {
            let row = |cells: &Vec<Vec<Inline>>| {
                cells.iter().map(|cell| line(cell)).collect::<Vec<_>>().join("|")
            };
            let rows: Vec<String> = rows.iter().map(|r| row(&r.cells)).collect();
            format!("table({})", rows.join("; "))
        }
        BlockKind::Rule => "rule".to_owned(),
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn line(text: &[Inline]) -> String {
    let inlines = text.iter().map(|inline| match inline {
        Inline::Run(run) => {
            let face = [(run.bold, '*'), (run.italic, '/'), (run.strike, '~'), (run.code, '`')];
            let face: String = face.iter().filter(|(on, _)| *on).map(|(_, sign)| *sign).collect();
            format!("{face}{}", run.text)
        }
        Inline::Break => "⏎".to_owned(),
        Inline::Marker { marker, .. } => format!("<{marker}>"),
    });
    inlines.collect()
}

fn check(text: &str, expected: &str) {
    let sentence = sentence(text, text, &[1, 2], Origin::Model);
    assert_eq!(shown(&blocks(text, &[sentence])), expected, "{text}");
}

#[test]
fn markdown_is_laid_out_and_markers_are_places() {
    check("甲是乙[1]。\n丙[7]", "p:甲是乙<1>。⏎丙[7]");
    check("1. **Rent**: 5 [1]\n2. b\n   - c", "ol1(p:*Rent: 5 <1>; p:b ul(p:c))");
    check("# A\n\n> b\n\n---\n\n```sh\nls [1]\n```", "h1:A quote(p:b) rule code:ls [1]");
    check("use `a[1]` and <b>x</b> [y](http://z)", "p:use `a[1] and <b>x</b> y");
    check("| a | b |\n|---|:-:|\n| x\\|y [1] | 2 |", "table(a|b; x|y <1>|2)");
    check("3.2 水温", "p:3.2 水温");
}

#[test]
fn what_is_no_markdown_stays_as_it_is() {
    check("3~5 天，6~8 天", "p:3~5 天，6~8 天");
    check("2*3*4", "p:2*3*4");
    check("R&amp;D", "p:R&D");
    check("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 1 |", "table(a|b; 1|2 | 3; 1|)");
}

#[test]
fn quotations_are_no_markdown() {
    let text = "1. *Do* not `x` # [1]\n\n- y | z [2]";
    let quoted = [
        sentence(text, "1. *Do* not `x` # [1]", &[1], Origin::Quoted),
        sentence(text, "- y | z [2]", &[2], Origin::Quoted),
    ];
    assert_eq!(shown(&blocks(text, &quoted)), "p:1. *Do* not `x` # <1> p:- y | z <2>");
    let text = "| a |\n|---|\n| x \\| `y` [1] |";
    let quoted = [sentence(text, "x \\| `y` [1]", &[1], Origin::Quoted)];
    assert_eq!(shown(&blocks(text, &quoted)), "table(a; x | `y` <1>)");
}

#[test]
fn each_run_knows_its_sentence() {
    let text = "A is B [1]. C is D [2].";
    let sentences = [
        sentence(text, "A is B [1].", &[1], Origin::Model),
        sentence(text, "C is D [2].", &[2], Origin::Model),
    ];
    let blocks = blocks(text, &sentences);
    let BlockKind::Paragraph { text } = &blocks[0].kind else { panic!("{blocks:?}") };
    let of: Vec<Option<u32>> = text.iter().map(Inline::sentence).collect();
    let (first, second) = (Some(0), Some(1));
    assert_eq!(of, [first, first, first, None, second, second, second]);
}

#[test]
fn sentences_are_found_where_markdown_says_something() {
    let text = "两步：\n1. 甲。乙。\n2. \n\n## 表\n\n| a | b |\n|---|---|\n| 1. x | y. Z |\n\n```\nls. A\n```";
    let found: Vec<&str> =
        sentences::of_draft(text, &[]).into_iter().map(|(r, _)| &text[r]).collect();
    let row = "| 1. x | y. Z |";
    let row = row.trim_matches(['|', ' ']);
    assert_eq!(found[..4], ["两步：", "甲。", "乙。", "表"]);
    assert!(found[5].contains(row), "{found:?}");
    assert_eq!(found[6], "```\nls. A\n```");
}

#[test]
fn a_table_is_one_from_its_first_bar_on() {
    let whole = "| a | b |\n| --- | :-: |\n| 1 | 2 |";
    for end in 3..=whole.len() {
        let seen = shown(&begun(&whole[..end]));
        assert!(seen.starts_with("table("), "{:?}: {seen}", &whole[..end]);
    }
}

#[test]
fn sentences_kept_without_places_are_found() {
    let text = "| d | s |\n| --- | --- |\n| A | B \\| is [1]. C. |";
    let known = |words: &str, markers: &[u32]| Sentence {
        text: words.to_owned(),
        markers: markers.to_vec(),
        support: Support::Supported,
        origin: Origin::Model,
        range: CharRange::default(),
    };
    let mut known = [known("B | is.", &[1]), known("gone", &[]), known("C.", &[])];
    located(text, &mut known);
    let stands = |range: CharRange| yinju_core::text::slice_chars(text, range);
    assert_eq!(stands(known[0].range), "B \\| is [1].");
    assert_eq!((stands(known[1].range), stands(known[2].range)), ("", "C."));
}

#[test]
fn nesting_ends_somewhere_and_no_text_is_lost() {
    let deep = format!("{}x\n\ny", "> ".repeat(500));
    let seen = shown(&begun(&deep));
    assert!(seen.contains("p:x") && seen.contains("p:y"), "{seen}");
    assert!(seen.matches("quote").count() <= 8);
    let item = |depth: usize| format!("{}- item {depth}", "  ".repeat(depth));
    let list = (0..60).map(item).collect::<Vec<_>>().join("\n");
    let seen = shown(&begun(&list));
    assert!((0..60).all(|depth| seen.contains(&format!("item {depth}"))));
}

/// All words.
fn gather(blocks: &[Block], seen: &mut String) {
    for block in blocks {
        match &block.kind {
            BlockKind::Code { text, .. } => seen.push_str(text),
            BlockKind::List { items, .. } => {
                for item in items {
                    gather(&item.blocks, seen);
                }
            }
            BlockKind::Quote { blocks } => gather(blocks, seen),
            kind => kind.lines().iter().for_each(|l| seen.push_str(&yinju_core::markup::plain(l))),
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_laid_out(text in "[ab1甲 .|*_`#>~\\[\\]\n\\\\-]{0,60}") {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let found = begun(&text);
        let mut seen = String::new();
        gather(&found, &mut seen);
        // The word behind a fence names a language.
        proptest::prop_assume!(!text.contains("```") && !text.contains("~~~"));
        proptest::prop_assert_eq!(letters(&seen), letters(&text));
    }
}
